"""When each frame of a video is shown, and from which frames decoding can start: from its packets, or by decoding it.

Packets are read once without decoding. Containers that keep no presentation times give guesses of them, which are right
for some codecs alone; there all is decoded once, and the order in which frames come out is that of their presentation.
"""

from collections.abc import Callable, Iterable
from contextlib import suppress

import av
import numpy as np
import pandas as pd

from squint.errors import InputError
from squint.files.chapters import film_bytes
from squint.files.containers import CONVERT, REMEDY, open_video

# Presentation times may jitter by this share of a frame in a file of constant rate (time bases round).
RATE_JITTER = 0.1
# In a damaged file, holes in otherwise even times stand for lost frames if they are few: so many a frame.
HOLES_SHARE = 0.05
# Decoding times may not run back by more than this, in s.
RUN_BACK_S = 1
# No codec keeps more frames to predict others from.
MOST_REFERENCES = 16
# Codecs that may show frames in another order than they are stored in without saying so in each of them.
REORDERING = ("h264", "hevc", "vvc")


def lacks_times(container: av.container.InputContainer, stream: av.VideoStream) -> bool:  # pyright: ignore[reportAttributeAccessIssue]
    """Whether presentation times are guesses that are wrong where frames are shown in another order than stored."""
    return container.format.name == "avi" and stream.codec_context.name in REORDERING


def index_packets(path: str) -> pd.DataFrame:
    """The index of a video, one row a frame in presentation order, from its packets, without decoding.

    Columns: `pts` (presentation time in the stream's time base), `key_frame` (decoding can start here), `packet`
    (position in decoding order; −1 for a frame that was lost). Frames that can't be decoded because no key frame comes
    before them are not counted, nor are those that the file's edit list hides. `attrs["repeated"]` says whether times
    repeat, which leave a frame out. Raises InputError for a file without frames or times.
    """
    container, stream = open_video(path)
    rows, damaged, timeless = [], False, 0
    with container:
        transport = "mpegts" in container.format.name
        time_base = stream.time_base
        rate = float((stream.average_rate or 0) * (time_base or 0))  # frames in a unit of time
        try:
            for packet in container.demux(stream):
                # The second field of an interlaced frame may come in a packet of its own, most often without a time.
                if packet.size and packet.pts is not None:
                    rows.append((packet.pts, packet.dts, packet.is_keyframe, packet.is_discard))
                    damaged = damaged or packet.is_corrupt
                timeless += packet.size > 0 and packet.pts is None
        except av.FFmpegError:
            damaged = True  # what was read so far is there
    if timeless > len(rows):
        found = f"none for {timeless} of {timeless + len(rows)} packets"
        raise InputError(path, "frames with presentation times", found, CONVERT)
    table = pd.DataFrame(rows, columns=["pts", "dts", "key_frame", "hidden"])
    if table.empty:
        raise InputError(path, "frames with presentation times", "none", REMEDY)
    back = table.dts.diff() * float(time_base or 0) < -RUN_BACK_S
    if back.any():
        found = f"they run back after packet {back.argmax() - 1}, as where two files were joined"
        raise InputError(path, "times that rise", found, REMEDY)
    # A broken packet of a transport stream may come twice; elsewhere, two frames have one time.
    repeated = not transport and bool(table.pts.duplicated().any())
    table = table.drop_duplicates("pts")
    first_key = table.pts[table.key_frame].min() if table.key_frame.any() else table.pts.min()
    table = table[~table.hidden & (table.pts >= first_key)].reset_index()
    table = table.sort_values("pts", ignore_index=True)
    if transport and len(table) > 2 and round(2 * rate * table.pts.diff().median()) == 1:
        table = drop_second_fields(path, table)
    table["packet"] = table["index"].rank().astype(int) - 1
    table.loc[0, "key_frame"] = True
    # A transport stream's broken packets vanish, and so do those beyond the end of a cut file.
    if damaged or transport:
        table = fill_holes(table)
    table = with_size(path, table[["pts", "key_frame", "packet"]])
    table.attrs["repeated"] = repeated
    return table


def with_size(path: str, table: pd.DataFrame) -> pd.DataFrame:
    """An index that knows how large its file was."""
    table.attrs["bytes"] = film_bytes(path)
    return table


def index_by_decoding(path: str, shown: Callable[[Iterable], Iterable] = iter) -> pd.DataFrame:
    """As `index_packets`, for files whose presentation times are missing or wrong: every frame is decoded once.

    Packets are numbered, and their frames come out in the order of presentation; packets without a frame are left out.
    A column more, `dts`, tells the packets apart; the sorted decoding times are those of presentation. `shown` shows
    progress. Raises InputError where a packet holds several frames, one can't be decoded, or decoding times do not
    tell packets apart.
    """
    container, stream = open_video(path, threads=0)
    stream.codec_context.options = {"err_detect": "explode", "skip_loop_filter": "all"}  # order is all that matters
    times, keys, order = [], [], []
    with container:
        try:
            for packet in shown(container.demux(stream)):
                if packet.size:
                    times.append(packet.dts)
                    keys.append(packet.is_keyframe)
                    packet.pts = len(times) - 1
                order += [frame.pts for frame in packet.decode()]
        except av.FFmpegError as error:
            where = f"at packet {len(times) - 1}, in a file whose presentation times are missing or wrong"
            found = f"{type(error).__name__} {where}"
            raise InputError(path, "a file that decodes to its end", found, CONVERT) from error
    if None in times or len(set(times)) < len(times):
        raise InputError(
            path, "frames with presentation times, or decoding times that differ", "several of one time", CONVERT
        )
    if None in order or len(set(order)) < len(order) or not order:
        raise InputError(path, "one frame in a packet, or none", f"{len(order)} of {len(times)}", CONVERT)
    table = pd.DataFrame({"dts": times, "key_frame": keys}).iloc[order]
    table = table.assign(packet=table.index).reset_index(drop=True)
    table["pts"] = np.sort(table.dts)
    table.loc[0, "key_frame"] = True
    return with_size(path, table[["pts", "key_frame", "packet", "dts"]])


def drop_second_fields(path: str, table: pd.DataFrame) -> pd.DataFrame:
    """The index without every second row, if those are no frames: they never come out of the decoder."""
    container, stream = open_video(path)
    with container, suppress(av.FFmpegError):
        shown = {frame.pts for frame, _ in zip(container.decode(stream), range(MOST_REFERENCES), strict=False)}
        if shown & set(table.pts[::2]) and not shown & set(table.pts[1::2]):
            return table.iloc[::2].reset_index(drop=True)
    return table


def fill_holes(table: pd.DataFrame) -> pd.DataFrame:
    """The index of a damaged video of constant rate with rows for its lost frames, so that all keep their numbers."""
    if len(table) < 3:
        return table
    step = float(table.pts.diff().median())
    numbers = np.rint((table.pts - table.pts[0]) / step).astype("int64")
    holes = (numbers.diff() > 1).sum()
    even = (np.abs((table.pts - table.pts[0]) - numbers * step) < RATE_JITTER * step).all()
    if not 0 < holes <= HOLES_SHARE * len(table) or not even or numbers.duplicated().any():
        return table
    # Decoding times are as even as presentation times; a hole in them tells after which packet others were lost.
    table["packet"] = np.rint((table.dts - table.dts.min()) / step)
    table = table.set_index(numbers).reindex(range(numbers.iloc[-1] + 1))
    table["pts"] = np.where(table.pts.isna(), np.rint(table.pts[0] + table.index * step), table.pts).astype("int64")
    table["key_frame"] = table.key_frame.eq(True)
    table["packet"] = table.packet.fillna(-1).astype("int64")
    return table.reset_index(drop=True)
