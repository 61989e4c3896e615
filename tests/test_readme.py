"""What the README points at exists, and the commands it names are there."""

import re

import pytest

from tests.conftest import ROOT

README = (ROOT / "README.md").read_text()


@pytest.mark.parametrize("link", re.findall(r"\]\((?!https?:)([^)#]+)\)", README))
def test_links_resolve(link):
    assert (ROOT / link).is_file()


@pytest.mark.parametrize("target", sorted(set(re.findall(r"(?:^|`)make ([a-z-]+)", README, re.M))))
def test_make_targets_exist(target):
    assert re.search(rf"^{target}:", (ROOT / "Makefile").read_text(), re.M)


def test_no_command_gives_a_target_to_configfile():
    """Snakemake takes all words after --configfile for config files."""
    commands = re.findall(r"^ *(snakemake .*?)(?: #.*)?$", README, re.M)
    assert len(commands) > 5
    assert not [line for line in commands if re.search(r"--configfile \S+ +[^-\s]", line)]
