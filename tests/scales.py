"""The scales that tests score on: the default's, and another that is nothing like it."""

import yaml

from squint.domain.scale import make_guide, make_scale
from tests.conftest import ROOT

# The whole of it, as the config has it.
WHOLE_MGS = yaml.safe_load((ROOT / "scales" / "mouse_grimace.yaml").read_text())
MGS, MGS_GUIDE = make_scale(WHOLE_MGS), make_guide(WHOLE_MGS)
UNITS = list(MGS.units)
WHOLE_ORBITAL = yaml.safe_load((ROOT / "scales" / "orbital_tightening.yaml").read_text())
ORBITAL, ORBITAL_GUIDE = make_scale(WHOLE_ORBITAL), make_guide(WHOLE_ORBITAL)
# What each network's settings hold of it.
SCALE = MGS.values
