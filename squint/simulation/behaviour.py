"""What a simulated mouse does and feels: its path, its head, its grooming, its action units.

Everything here is a test bed. Nothing computed from it is a finding about mice.
"""

from dataclasses import dataclass

import numpy as np

from squint.simulation.units import SEVEREST, UNITS

STEP_S = 0.1  # resolution of the simulated behaviour; poses between steps are interpolated
WANDERING_RADIUS_CM = 4.2  # the mouse's body is 8 cm long in a cylinder of 18 cm

# Spread of each unit's score around its recording's mean, and the correlation between units, follow
# 4,944 published scores of 24 mice, given from 0 to 9 (`mgs_scores_raw.tsv`): within a recording the
# standard deviations are 1.43, 1.36, 1.06, 1.24 and 0.98 on that scale and the correlations lie
# between 0.70 and 0.78.
UNIT_SPREAD = np.array([1.43, 1.36, 1.06, 1.24, 0.98]) / 1.21
UNIT_CORRELATION = 0.75


@dataclass(frozen=True)
class Behaviour:
    """A mouse over time; every array has one entry a step of `STEP_S` seconds.

    `position` (n, 2) in cm from the cylinder's axis; `heading`, `head_yaw`, `head_pitch` (n,) in
    radians; `grooming` (n,) from 0 (paws down) to 1 (paws over the face); `units` (n, 5), 0 to 2.
    """

    position: np.ndarray
    heading: np.ndarray
    head_yaw: np.ndarray
    head_pitch: np.ndarray
    grooming: np.ndarray
    units: np.ndarray

    def at(self, time_s: float | np.ndarray) -> dict[str, np.ndarray]:
        """The states at `time_s` (…), linear between steps; arrays of that shape, and of the vectors' axis."""
        last = len(self.heading) - 2
        step = np.clip(np.asarray(time_s) / STEP_S, 0.0, last + 1.0)
        left = np.minimum(step.astype(int), last)
        weight = step - left

        def between_steps(values: np.ndarray) -> np.ndarray:
            share = weight if values.ndim == 1 else weight[..., None]
            return values[left] * (1 - share) + values[left + 1] * share

        return {name: between_steps(getattr(self, name)) for name in self.__dataclass_fields__}


def wander(generator: np.random.Generator, steps: int, time_constant_s: float, columns: int = 1) -> np.ndarray:
    """Ornstein–Uhlenbeck processes of unit variance, shape (steps, columns)."""
    keep = np.exp(-STEP_S / time_constant_s)
    noise = generator.standard_normal((steps, columns))
    noise[1:] *= np.sqrt(1 - keep**2)
    values = np.empty_like(noise)
    values[0] = noise[0]
    for step in range(1, steps):
        values[step] = keep * values[step - 1] + noise[step]
    return values


def smooth(values: np.ndarray, seconds: float) -> np.ndarray:
    """Moving average over `seconds` of an array whose first axis is time."""
    width = max(1, round(seconds / STEP_S))
    padded = np.pad(values, [(width // 2, width - 1 - width // 2)] + [(0, 0)] * (values.ndim - 1), mode="edge")
    total = np.cumsum(np.concatenate([np.zeros_like(padded[:1]), padded]), axis=0)
    return (total[width:] - total[:-width]) / width


def simulate_units(generator: np.random.Generator, steps: int, condition: str) -> np.ndarray:
    """Scores of the five action units over a recording, shape (steps, 5), 0 to 2.

    A recording of any length tells the same story: after the injury pain rises within the first
    sixth and recedes slowly. ASSUME the published scores' spread and correlation hold for this story.
    """
    duration_s = steps * STEP_S
    phase = np.linspace(0, 1, steps)
    animal = generator.normal(0, 0.1)
    if condition == "pain":
        level = 0.35 + 1.0 * (1 - np.exp(-phase / 0.07)) * np.exp(-0.55 * phase) + animal
    else:
        level = np.full(steps, 0.28) + 0.5 * animal
    spread = 0.55 if condition == "pain" else 0.27
    time_constant_s = max(4.0, 0.05 * duration_s)
    shared = wander(generator, steps, time_constant_s)
    own = wander(generator, steps, time_constant_s, len(UNITS))
    deviation = np.sqrt(UNIT_CORRELATION) * shared + np.sqrt(1 - UNIT_CORRELATION) * own
    units = level[:, None] + spread * UNIT_SPREAD * smooth(deviation, 1.0)
    return np.clip(units, 0, SEVEREST)


def simulate_behaviour(generator: np.random.Generator, duration_s: float, condition: str) -> Behaviour:
    """A mouse that rests, turns, walks and grooms for `duration_s` seconds."""
    steps = int(np.ceil(duration_s / STEP_S)) + 2
    units = simulate_units(generator, steps, condition)
    position = np.zeros((steps, 2))
    heading = np.zeros(steps)
    grooming = np.zeros(steps)
    location = generator.uniform(-2, 2, 2)
    direction = generator.uniform(-np.pi, np.pi)
    step = 0
    while step < steps:
        activity = generator.choice(["rest", "turn", "walk", "groom"], p=[0.28, 0.3, 0.3, 0.12])
        length = int(
            generator.uniform(*{"rest": (2, 6), "turn": (1, 3), "walk": (1.5, 4), "groom": (1.5, 4)}[activity]) / STEP_S
        )
        turning = {"rest": 0.1, "turn": 1.5, "walk": 0.5, "groom": 0.1}[activity] * generator.choice([-1, 1])
        speed = {"rest": 0.0, "turn": 0.3, "walk": 3.0, "groom": 0.0}[activity]
        for now in range(step, min(step + length, steps)):
            direction += turning * STEP_S
            ahead = location + speed * STEP_S * np.array([np.cos(direction), np.sin(direction)])
            if np.hypot(*ahead) < WANDERING_RADIUS_CM:
                location = ahead
            else:
                direction += 2.0 * STEP_S * np.sign(turning)
            position[now], heading[now], grooming[now] = location, direction, activity == "groom"
        step += length
    sway = wander(generator, steps, 1.5, 2)
    return Behaviour(
        position=smooth(position, 0.5),
        heading=smooth(heading, 0.5),
        head_yaw=np.clip(0.3 * smooth(sway[:, 0], 0.5), -0.8, 0.8),
        head_pitch=np.clip(-0.12 + 0.13 * smooth(sway[:, 1], 0.5), -0.5, 0.3),
        grooming=smooth(grooming, 0.4),
        units=units,
    )
