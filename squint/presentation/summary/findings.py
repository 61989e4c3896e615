"""What failed or was left out, told from the study's tables; where nothing did, that is told too."""

from dataclasses import dataclass, field

import pandas as pd

from squint.presentation.summary.wording import count, estimate, listing, number, percent

# A camera that ends earlier than its recording's last one by more than this is told, as when it is synchronised.
EARLY_END_S = 5
# A frame this near to its moment is as near as frames can be.
NEAREST_FRAMES = 0.5
# What becomes of a moment that is not accepted, in the words of the table of groups.
NOT_ACCEPTED = {
    "bad": "with a bad image",
    "too few units": "with too few units to be seen",
    "not scored": "not scored",
}


@dataclass(frozen=True)
class Finding:
    """What is told of one thing that can fail: `trouble` says whether it did, `cases` are listed one by one."""

    about: str
    told: str
    trouble: bool = False
    cases: list[str] = field(default_factory=list)


def camera_name(video: pd.Series) -> str:
    return f"{video.experiment} {video.camera}"


def damaged_videos(recordings: pd.DataFrame) -> Finding:
    """Videos of which frames are missing or could not be decoded. `recordings`: the table, a row a video."""
    damaged = recordings[(recordings.missing_frames > 0) | (recordings.unreadable_samples > 0)]
    if damaged.empty:
        return Finding("Videos", f"No damage was found in {count(len(recordings), 'video')}.")
    cases = [
        f"{camera_name(video)}: {count(video.missing_frames, 'frame')} missing, "
        f"{count(video.unreadable_samples, 'searched frame')} unreadable, of {video.frames:,}"
        for _, video in damaged.iterrows()
    ]
    verb = "is" if len(damaged) == 1 else "are"
    text = f"{len(damaged)} of {count(len(recordings), 'video')} {verb} cut or broken. What could be read was used."
    return Finding("Videos", text, True, cases)


def early_ends(recordings: pd.DataFrame) -> Finding:
    """Cameras that end before the last one of their recording."""
    lasts = (recordings.frames - recordings.sync_frame) / recordings.fps
    early = lasts.groupby(recordings.experiment).transform("max") - lasts
    ended = early[early > EARLY_END_S]
    if ended.empty:
        return Finding("Cameras that stopped", f"No camera ends more than {EARLY_END_S} s before the others.")
    cases = [
        f"{camera_name(video)}: {number(early[row], 0)} s" for row, video in recordings.loc[ended.index].iterrows()
    ]
    text = f"{count(len(ended), 'camera')} ended before the others, and the moments of a recording end with the first."
    return Finding("Cameras that stopped", text, True, cases)


def doubtful_clocks(recordings: pd.DataFrame, tolerance_ppm: float) -> Finding:
    """Cameras whose clock was not measured by a second light event, or is faster or slower than clocks are."""
    cases = []
    recordings = recordings[recordings.groupby("experiment").camera.transform("size") > 1]
    if recordings.empty:
        return Finding("Drift of the cameras’ clocks", "No recording has a second camera, so that no clock counts.")
    for experiment, videos in recordings[recordings.clock_ppm.isna()].groupby("experiment", sort=False):
        off = number(videos.end_error_frames.max(), 1)
        cases.append(f"{experiment}, {listing(list(videos.camera))}: not measured; up to {off} frames off at the end")
    # Clocks are told beside the recording's median one, from which a camera can be off by twice the tolerance.
    odd = recordings[recordings.clock_ppm.abs() > 2 * tolerance_ppm]
    for _, video in odd.iterrows():
        cases.append(
            f"{camera_name(video)}: {number(video.clock_ppm, 0, '+')} parts per million, more than clocks are "
            "expected to differ; corrected for, but look whether it dropped frames"
        )
    measured = int(recordings.clock_ppm.notna().sum())
    text = (
        f"The clocks of {measured} of {count(len(recordings), 'video')} were measured by a second light event, so that "
        f"their frames are within {NEAREST_FRAMES} frames of a moment from start to end."
    )
    return Finding("Drift of the cameras’ clocks", text, bool(cases), cases)


def faceless_cameras(recordings: pd.DataFrame) -> Finding:
    """Videos in which no face counted."""
    blind = recordings[recordings.faces == 0]
    if blind.empty:
        return Finding("Cameras without a face", "Every camera saw the face at some time.")
    cases = [f"{camera_name(video)}: none in {video.searched_frames:,} frames" for _, video in blind.iterrows()]
    return Finding("Cameras without a face", f"{count(len(blind), 'video')} without a face that counts.", True, cases)


def missed_faces(detection: pd.DataFrame | None) -> Finding:
    """How many faces the detector missed, where they are known; `detection` is the table, or None without one."""
    if detection is None:
        text = "Not measured: no frames of these recordings are annotated (config, `faces: test_annotations`)."
        return Finding("Faces that were missed", text, True)
    by_scope = detection.rename(columns=lambda name: name.replace("_", " ")).set_index("scope")
    every, constant = by_scope.loc["all"], by_scope.loc["reference"]
    text = (
        f"The detector found {percent(every.recall)} of {count(int(every.faces), 'known face')}; average precision "
        f"{estimate(every, 'ap50')}, that of a box that never moves {estimate(constant, 'ap50')}."
    )
    return Finding("Faces that were missed", text)


def moments_left_out(groups: pd.DataFrame) -> Finding:
    """Selected moments that are no labels, by reason. `groups`: the table of counts by group and score."""
    ours = groups[(groups.counted == "moments") & (groups.grouping == "group")]
    totals = ours.groupby("name")["count"].sum()
    shown, left = int(totals.sum()), int(totals.reindex(NOT_ACCEPTED, fill_value=0).sum())
    if not left:
        return Finding("Moments", f"All {count(shown, 'item')} to score were accepted; none is bad or unscored.")
    reasons = [f"{totals[name]:,} {words}" for name, words in NOT_ACCEPTED.items() if totals.get(name, 0)]
    cases = []
    for experiment, rows in ours.groupby("experiment", sort=False):
        counts = rows.set_index("name")["count"]
        lost = [f"{counts[name]} {words}" for name, words in NOT_ACCEPTED.items() if counts.get(name, 0)]
        if lost:
            cases.append(f"{experiment}: {listing(lost)}, of {counts.sum()}")
    text = f"Left out of {count(shown, 'item')} to score (moments shown twice count twice): {listing(reasons)}."
    return Finding("Moments", text, True, cases)


def unfinished_sheets(sheets: pd.DataFrame) -> Finding:
    """Coders' sheets with items that are not done. `sheets`: `experiment`, `coder`, `done`, `items`, a row a sheet."""
    unfinished = sheets[sheets.done < sheets["items"]]
    if unfinished.empty:
        text = f"{count(len(sheets), 'scoring sheet is', 'scoring sheets are')} filled in to the end."
        return Finding("Scoring sheets", text)
    cases = [f"{row.experiment}, {row.coder}: {row.done} of {row.items} items" for row in unfinished.itertuples()]
    verb = "is" if len(unfinished) == 1 else "are"
    text = f"{len(unfinished)} of {count(len(sheets), 'scoring sheet')} {verb} not filled in to the end."
    return Finding("Scoring sheets", text, True, cases)


def untested_animals(sheet: pd.DataFrame) -> Finding:
    """Animals on which the scorer was not judged: those that only train it or stop its training.

    `sheet` is the sample sheet: `subject` and `role`, a row a recording.
    """
    tested = set(sheet.subject[sheet.role == "rotate"])
    purposes = {"train": "trained on only", "validate": "training stopped by them", "score": "new, without scores"}
    cases = []
    for role, purpose in purposes.items():
        names = sorted(set(sheet.subject[sheet.role == role]) - tested)
        if names:
            cases.append(f"{listing(names)}: {purpose}")
    text = f"The scorer was judged on {count(len(tested), 'animal')}"
    if not cases:
        return Finding("Animals", f"{text}, each left out of its training in turn: all of the sample sheet.")
    return Finding("Animals", f"{text}, each left out of its training in turn. It was not judged on:", False, cases)


def unlike_training(cameras: pd.DataFrame) -> Finding:
    """Cameras of new recordings whose faces are unlike those that the scorer was trained on.

    `cameras`: `experiment`, `camera`, `told` and `differs`, a row a camera of each new recording.
    """
    about = "Unlike the training data"
    if cameras.empty:
        return Finding(about, "There is no new recording.")
    told = cameras[cameras.told]
    if told.empty:
        return Finding(about, f"No camera of {count(len(cameras), 'new video')} is unlike the training data.")
    cases = [
        f"{camera_name(video)}: {video.differs or 'nothing that can be told in words'}" for _, video in told.iterrows()
    ]
    verb = "is" if len(told) == 1 else "are"
    text = f"{len(told)} of {count(len(cameras), 'new video')} {verb} unlike what the scorer was trained on."
    return Finding(about, text, True, cases)


def moments_not_scored(timelines: dict[str, pd.DataFrame]) -> Finding:
    """Moments with a face that the scorer did not score, by recording and reason."""
    about = "Moments that were not scored"
    cases, gone, every = [], 0, 0
    for experiment, table in timelines.items():
        reasons = table.abstained[table.abstained != ""].value_counts()
        every, gone = every + len(table), gone + int(reasons.sum())
        if len(reasons):
            words = listing([f"{many} {reason}" for reason, many in reasons.items()])
            cases.append(f"{experiment}: {words}, of {count(len(table), 'moment')} with a face")
    if not gone:
        return Finding(about, "The scorer scored every moment with a face." if every else "There is no new recording.")
    return Finding(about, f"The scorer did not judge {gone:,} of {count(every, 'moment')} with a face.", True, cases)


def list_findings(
    sheet: pd.DataFrame,
    recordings: pd.DataFrame | None,
    detection: pd.DataFrame | None,
    groups: pd.DataFrame | None,
    sheets: pd.DataFrame | None,
    cameras: pd.DataFrame,
    timelines: dict[str, pd.DataFrame],
    tolerance_ppm: float,
) -> list[Finding]:
    """All findings in the order of the workflow; see the functions for the tables.

    `recordings` is None where nothing was filmed, `groups` and `sheets` where nobody scored moments.
    """
    of_videos = (
        []
        if recordings is None
        else [
            damaged_videos(recordings),
            early_ends(recordings),
            doubtful_clocks(recordings, tolerance_ppm),
            faceless_cameras(recordings),
            missed_faces(detection),
        ]
    )
    of_scores = [] if groups is None or sheets is None else [moments_left_out(groups), unfinished_sheets(sheets)]
    of_animals = [untested_animals(sheet)] if (sheet.role == "rotate").any() else []
    of_curves = [] if recordings is None else [unlike_training(cameras), moments_not_scored(timelines)]
    return [*of_videos, *of_scores, *of_animals, *of_curves]
