"""The cameras' clocks: from the times of frames in each video to moments that all cameras share.

Each camcorder runs by its own clock, which is some parts per million fast or slow, and shows the light come on
between two of its frames. The table of `synchronise_cameras` holds what is known of both: `sync_s`, when the light
came on, and `clock_ppm`, how fast the clock is; `fps` is the recording's frame rate.
"""

import numpy as np
import pandas as pd

from squint.files.result_tables import read_table

# A camera without a frame so near to a moment, in frames, has none of it: half a frame and what time bases round off.
NEAREST_FRAMES = 0.55
# Phases that differ by less, in frames, are the same.
SAME_PHASE = 1e-3


def read_sync(path: str) -> pd.DataFrame:
    """The synchronisation table of a recording, by camera. Raises InputError for a table that is cut."""
    return read_table(path).set_index("camera")


def pace(sync: pd.Series) -> float:
    """How many s of a camera's clock a common s takes; 1 where it is not known."""
    return 1.0 if np.isnan(sync.clock_ppm) else 1 + sync.clock_ppm * 1e-6


def own_times(moments_s: np.ndarray, sync: pd.Series) -> np.ndarray:
    """Moments in s after the light came on as times of one camera's video, in s from its first frame."""
    return sync.sync_s + moments_s * pace(sync)


def common_shift(phases: np.ndarray) -> np.ndarray:
    """Where in the span of one frame the cameras' frames lie closest together, in frames from 0 to 1, (moments,).

    `phases` (moments, cameras): from each moment to the next frame of each camera, in frames. On the circle of one
    frame's length the phases leave a widest gap; opposite to it lies the middle of all of them. With n cameras
    the gap is an nth of a frame at least, so that each camera has a frame within (1 - 1/n)/2 of a frame of that middle:
    5/12 with six, and with one its own frames.
    """
    phases = np.sort(phases % 1, axis=1)
    gaps = np.diff(phases, axis=1, append=phases[:, :1] + 1)
    widest = gaps.argmax(axis=1)
    rows = np.arange(len(phases))
    start = phases[rows, (widest + 1) % phases.shape[1]]
    middle = start + (1 - gaps[rows, widest]) / 2
    return (middle + SAME_PHASE) % 1 - SAME_PHASE


def moment_frames(sync: pd.DataFrame, camera: str, times_s: np.ndarray, every: int) -> np.ndarray:
    """The number of the frame of `camera` at each moment, (moments,); −1 where it has none.

    Moments follow each other by `every` frames of the recording's rate, the first when the light has come on, up to the
    end of the video. `sync` has a row a camera; `times_s` are the presentation times of the camera's frames.
    """
    own = sync.loc[camera]
    fps = float(own.fps)  # one for all cameras, so that all mean the same moments
    last_s = (times_s[-1] - own.sync_s) / pace(own)
    count = max(int(np.floor(last_s * fps / every)) + 1, 0)
    moments_s = (0.5 + every * np.arange(count)) / fps
    phases = [-own_times(moments_s, row) * fps for _, row in sync.iterrows()]
    shift_s = common_shift(np.stack(phases, axis=1)) / fps if count > 0 else 0.0
    wanted_s = own_times(moments_s + shift_s, own)
    right = (
        np.clip(np.searchsorted(times_s, wanted_s), 1, len(times_s) - 1) if len(times_s) > 1 else np.zeros(count, int)
    )
    left = np.maximum(right - 1, 0)
    nearest = np.where(wanted_s - times_s[left] < times_s[right] - wanted_s, left, right)
    return np.where(np.abs(times_s[nearest] - wanted_s) < NEAREST_FRAMES / fps, nearest, -1)
