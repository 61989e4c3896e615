"""The best backbone is that of the network with the least error, and the record tells those of all."""

import json

import pandas as pd
import pytest

from scripts.evaluation.choose_backbone import choose_backbone

BACKBONES = {"study/backbone~A": "A", "study/backbone~B": "B", "study/backbone~C": "C"}


def choose(folder, values):
    """What is chosen by balanced errors on the validation subsets (network letter to those of two folds)."""
    paths = []
    for letter, errors in values.items():
        rows = {"network": f"study/backbone~{letter}", "fold": [1, 2, "mean"], "view": "single", "test": "VALIDATION"}
        table = pd.DataFrame(rows | {"balanced": True, "metric": "mae", "value": [*errors, 9.0]})
        paths.append(str(folder / f"{letter}.csv"))
        table.to_csv(paths[-1], index=False)
    choose_backbone(paths, BACKBONES, str(folder / "choice.json"))
    return json.loads((folder / "choice.json").read_text())


def test_the_least_mean_error_wins(tmp_path):
    record = choose(tmp_path, {"A": (0.3, 0.5), "B": (0.1, 0.5), "C": (0.4, 0.4)})
    assert record["backbone"] == "B"
    assert record["errors"] == pytest.approx({"B": 0.3, "A": 0.4, "C": 0.4})
    assert list(record["errors"]) == ["B", "A", "C"]


def test_of_tied_backbones_the_first_of_the_study_is_taken(tmp_path):
    record = choose(tmp_path, {"C": (0.25, 0.25), "A": (0.25, 0.25), "B": (0.5, 0.25)})
    assert (record["backbone"], list(record["errors"])) == ("C", ["C", "A", "B"])


def test_one_backbone_is_the_best_one(tmp_path):
    assert choose(tmp_path, {"B": (0.5, 0.7)}) == {"backbone": "B", "errors": {"B": pytest.approx(0.6)}}
