"""What a network can say of a sample, one class an output, by its name in the config.

| output | says | is trained on |
|---|---|---|
| regression | the score | the score |
| units | the units of the scale and their mean | units, those unobserved masked, and the score |
| distribution | P(score > t) for 20 thresholds t of the scale | whether the score is higher |
| classes | the probability of each score range | the range |
| binary | the probability of pain | pain or no pain, by the gap |

To add one, write a class in a file of this package (see `squint.outputs.output.Output`) and name it in `OUTPUTS`.
"""

from squint.outputs.binary import Binary
from squint.outputs.classes import Classes
from squint.outputs.distribution import Distribution
from squint.outputs.output import Output
from squint.outputs.regression import Regression
from squint.outputs.units import Units

OUTPUTS: dict[str, type[Output]] = {kind.name: kind for kind in (Regression, Units, Distribution, Classes, Binary)}


def make_output(settings: dict) -> Output:
    """The output of a network with these `settings`, of which `output` names it."""
    return OUTPUTS[settings["output"]](settings)


__all__ = ["OUTPUTS", "Output", "make_output"]
