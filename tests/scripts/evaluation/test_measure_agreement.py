"""The script reads each recording's scores with its condition and writes one table."""

import runpy
from contextlib import nullcontext
from types import SimpleNamespace

import pandas as pd
import pytest

from tests.scales import MGS_GUIDE, ORBITAL_GUIDE, UNITS

SCRIPT = "scripts.evaluation.measure_agreement"


def scored(coder, values, units=UNITS):
    table = pd.DataFrame({"item": range(1, len(values) + 1), "coder": coder, "accepted": True, "duplicate_of": 0})
    return table.assign(
        sync_index=table["item"] * 5, **{unit: [float(v) for v in values] for unit in (*units, "score")}
    )


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Runs the script as Snakemake does, but for its log."""
    monkeypatch.setattr("squint.jobs.job.job", lambda snakemake: nullcontext())

    def script(tables, conditions, units=MGS_GUIDE.units, highest=2):
        paths = [str(tmp_path / f"{name}.parquet") for name in tables]
        for table, path in zip(tables.values(), paths, strict=True):
            table.to_parquet(path)
        snakemake = SimpleNamespace(
            input=SimpleNamespace(scored=paths),
            output=SimpleNamespace(table=str(tmp_path / "agreement.csv")),
            params=SimpleNamespace(
                experiments=list(tables),
                conditions=conditions,
                units=units,
                highest=highest,
                draws=30,
                confidence=0.95,
                seed=1,
            ),
        )
        runpy.run_module(SCRIPT, init_globals={"snakemake": snakemake}, run_name="__main__")
        return (tmp_path / "agreement.csv").read_text()

    return script


def test_recordings_go_with_their_scores_and_conditions(run):
    tables = {
        "EXP1": pd.concat([scored("a", [0, 1, 2, 1]), scored("b", [1, 1, 2, 1])]),
        "BAS1": pd.concat([scored("a", [0, 1, 0]), scored("b", [0, 0, 0])]),
    }
    lines = [line.split(",") for line in run(tables, {"BAS1": "basal", "EXP1": "pain"}).splitlines()]
    assert lines[0][:5] == ["between", "condition", "unit", "pairs", "icc"]
    bias = lines[0].index("bias")
    # By condition: the pairs, and by how much b scores higher.
    assert {(row[1], row[3], row[bias]) for row in lines[1:]} == {
        ("all", "7", "0.000"),
        ("basal", "3", "-0.333"),
        ("pain", "4", "0.250"),
    }
    assert len(lines) == 1 + 3 * (len(UNITS) + 1)


def test_where_nothing_was_scored_twice_the_table_has_its_header_alone(run):
    text = run({"EXP1": scored("a", [0, 1])}, {"EXP1": "pain"})
    assert text == "between,condition,unit,pairs,icc,icc low,icc high,kappa,kappa low,kappa high\n"


def test_a_scale_of_one_unit_is_told_by_its_name_and_in_its_own_steps(run):
    """A step is less of a disagreement on a scale that has more of them."""
    tables = {"EXP1": pd.concat([scored("a", [0, 9, 4, 2], ["eye"]), scored("b", [0, 9, 5, 2], ["eye"])])}
    header, *rows = [line.split(",") for line in run(tables, {"EXP1": "pain"}, ORBITAL_GUIDE.units, 9).splitlines()]
    units = {(row[1], row[2]): row for row in rows}
    assert set(units) == {(group, name) for group in ("all", "pain") for name in ("orbital tightening", "mean score")}
    chance = sum(abs(one - other) for one in (0, 9, 4, 2) for other in (0, 9, 5, 2)) / 16
    kappa = header.index("kappa")
    assert float(units["all", "orbital tightening"][kappa]) == pytest.approx(1 - 0.25 / chance, abs=1e-3)
    assert units["all", "mean score"][kappa] == ""
