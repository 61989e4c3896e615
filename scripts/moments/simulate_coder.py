"""Stands in for the expert on simulated recordings: scores the sheet, and corrects face boxes, from the truth.

The scores are off as an expert's are. ASSUME each unit is judged with normal noise and that now and
then the whole face is misjudged; with these values duplicated moments differ by a mean absolute
error near 0.17 and a ratio of RMSE to MAE near 1.5, as in the thesis (section 5.2). Measured by a test.
"""

import numpy as np
import pandas as pd

from squint.domain.boxes import accepted, overlap
from squint.domain.scale import Scale, make_scale
from squint.domain.seeds import named_generator
from squint.files.score_sheets import item_keys, sheet_columns
from squint.jobs.job import job
from squint.simulation.units import SEVEREST, is_frontal, on_scale

# Standard deviations are those on a scale from 0 to 2, and larger on one that reaches higher.
UNIT_NOISE = 0.17  # standard deviation of the judgement of one unit
MISJUDGED_SHARE = 0.12  # of moments
MISJUDGEMENT = 0.4  # standard deviation of what is added to all units of such a moment
BAD_SHARE = 0.02  # of moments, by chance; moments whose faces are hidden are bad too
UNSEEN_SHARE = 0.02  # of units, by chance
FRONTAL_DEGREES = 65  # the nose bulge and the cheeks are judged from views nearer to the front than this
FEWEST_FACES = 2  # a moment is bad with fewer, where it has more than one camera
GOOD_OVERLAP = 0.5  # intersection over union from which the corrector leaves a detected box as it is


def judge(truth: pd.DataFrame, scale: Scale, generator: np.random.Generator) -> dict:
    """The scores of one item from the truth about its frames (one row a camera)."""
    faces, units, wide = truth[truth.face], scale.units, scale.highest / SEVEREST
    frontal = bool((faces.view_degrees.abs() < FRONTAL_DEGREES).any())
    seen = {unit: frontal if is_frontal(unit) else len(faces) > 0 for unit in units}
    draws = generator.normal(0, UNIT_NOISE, len(units))
    misjudged, shift = generator.random() < MISJUDGED_SHARE, generator.normal(0, MISJUDGEMENT)
    unseen = generator.random(len(units)) < UNSEEN_SHARE
    bad = generator.random() < BAD_SHARE or len(faces) < min(FEWEST_FACES, len(truth))
    scores = np.clip(np.round(on_scale(truth, scale) + wide * (draws + misjudged * shift)), 0, scale.highest)
    given = {
        unit: "" if gone or not seen[unit] else str(int(score))
        for unit, score, gone in zip(units, scores, unseen, strict=True)
    }
    return given | {"bad_image": int(bad), "done": 1}


def simulate_scores(
    moments: pd.DataFrame, truth: pd.DataFrame, scale: Scale, experiment: str, seed: int
) -> pd.DataFrame:
    """A filled sheet: one row an item, in the form in which scores come back."""
    keys = ["camera", "frame_num"]
    seen = moments[["item", *keys]].merge(truth, on=keys, validate="many_to_one")
    rows = [
        {"item": item} | judge(frames, scale, named_generator(seed, "coder", experiment, item))
        for item, frames in seen.groupby("item")
    ]
    scores = pd.DataFrame(rows).assign(coder="simulated").merge(item_keys(moments), on="item")
    return scores.reindex(columns=sheet_columns(scale.units))


def simulate_corrections(moments: pd.DataFrame, truth: pd.DataFrame, min_prob: float) -> pd.DataFrame:
    """Corrections of missed, outside_frame and false boxes: `camera`, `frame_num`, `box_x`, `box_y`, `box_size`."""
    keys, box = ["camera", "frame_num"], ["box_x", "box_y", "box_size"]
    shown = moments[moments.frame_num >= 0].drop_duplicates(keys).sort_values(keys, ignore_index=True)
    true = shown[keys].merge(truth, on=keys, validate="one_to_one")
    detected = accepted(shown, min_prob)
    right = detected & (overlap(shown[box], true[box]) >= GOOD_OVERLAP)
    wrong = (true.face & ~right) | (~true.face & detected)
    corrections = true.loc[wrong, [*keys, *box, "face"]]
    corrections.loc[~corrections.face, box] = 0
    return corrections.drop(columns="face")


def simulate_coder(
    moments_path: str,
    truths: list[str],
    scores_path: str,
    corrections_path: str,
    scale: Scale,
    experiment: str,
    min_prob: float,
    seed: int,
) -> None:
    """Write the simulated coder's scores and corrections of one recording."""
    moments = pd.read_parquet(moments_path)
    truth = pd.concat([pd.read_parquet(path) for path in truths])
    simulate_scores(moments, truth, scale, experiment, seed).to_csv(scores_path, index=False)
    simulate_corrections(moments, truth, min_prob).to_csv(corrections_path, index=False)


if __name__ == "__main__":
    with job(snakemake):
        simulate_coder(
            moments_path=snakemake.input.moments,
            truths=snakemake.input.truths,
            scores_path=snakemake.output.scores,
            corrections_path=snakemake.output.corrections,
            scale=make_scale(snakemake.params.scale),
            experiment=snakemake.wildcards.experiment,
            min_prob=snakemake.params.min_prob,
            seed=snakemake.params.seed,
        )
