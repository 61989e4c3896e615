"""The benchmark of a finished run adds up what Snakemake recorded of its jobs."""

import json
import sys

import pytest

from benchmarks import run

JOB = "s\tmax_rss\tcpu_time\n{s}\t{mib}\t{cpu}\n"


@pytest.fixture
def finished(tmp_path):
    """The results of a run of two rules, one with a job for each recording, one with a single job; it went on once."""
    jobs = tmp_path / "results" / "benchmarks" / "jobs"
    (jobs / "probe_video").mkdir(parents=True)
    (jobs / "probe_video" / "EXP1.tsv").write_text(JOB.format(s=2, mib=100, cpu=1.5))
    (jobs / "probe_video" / "EXP2.tsv").write_text(JOB.format(s=3, mib=120, cpu=2.0))
    (jobs / "make_report.tsv").write_text(JOB.format(s=9, mib=90, cpu=8.0))
    runs = "wall_s,scheduler_cpu_s,jobs_cpu_s,jobs\n10,0.5,9.5,2\n5,0.25,4.75,1\n"
    (tmp_path / "results" / "benchmarks" / "runs.csv").write_text(runs)
    (tmp_path / "results" / "report.html").write_bytes(bytes(1000))
    return tmp_path


def test_rules_are_added_up_and_the_longest_comes_first(finished):
    rules = run.by_rule(run.read_jobs(finished / "results" / "benchmarks" / "jobs"))
    assert rules.index.tolist() == ["make_report", "probe_video"]
    assert rules.loc["probe_video"].tolist() == [2, 5, 3.5, 120]


def test_bytes_are_those_of_all_files(finished):
    sizes = run.folder_bytes(finished / "results")
    assert sizes["report.html"] == 1000
    files = [path for path in (finished / "results").rglob("*") if path.is_file()]
    assert sum(sizes.values()) == sum(path.stat().st_size for path in files)


def test_parts_of_a_run_are_one(finished, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["run", "--directory", str(finished)])
    run.main()
    told = json.loads((finished / "results" / "benchmarks" / "run.json").read_text())
    assert (told["wall_s"], told["cpu_s"], told["scheduler_cpu_s"], told["jobs"], told["runs"]) == (15, 15, 0.75, 3, 2)
    assert told["largest_mib"] == 120
    assert "MISSED" not in capsys.readouterr().out


def test_without_a_run_it_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setattr(sys, "argv", ["run", "--directory", str(tmp_path)])
    with pytest.raises(SystemExit, match="make run"):
        run.main()
