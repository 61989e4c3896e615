"""What the simulated mouse does follows its sources, and its seeds."""

import numpy as np
import pytest

from squint.domain.seeds import named_generator
from squint.simulation.behaviour import STEP_S, UNIT_CORRELATION, UNIT_SPREAD, simulate_behaviour, simulate_units


def test_units_spread_and_correlate_as_published_scores():
    units = np.concatenate([simulate_units(named_generator(n, "units"), 3000, "pain") for n in range(40)])
    within = np.concatenate([u - u.mean(axis=0) for u in np.split(units, 40)])
    correlations = np.corrcoef(within.T)[np.triu_indices(5, 1)]
    assert correlations.mean() == pytest.approx(UNIT_CORRELATION, abs=0.1)
    spread = within.std(axis=0)
    assert np.corrcoef(spread, UNIT_SPREAD)[0, 1] > 0.9
    assert units.min() >= 0
    assert units.max() <= 2
    assert np.mean(np.any(units >= 1.9, axis=1)) > 0.05


def test_pain_is_above_basal_and_rises_after_the_injury():
    pain = np.mean([simulate_units(named_generator(n, "p"), 1000, "pain") for n in range(30)], axis=(0, 2))
    basal = np.mean([simulate_units(named_generator(n, "b"), 1000, "basal") for n in range(30)], axis=(0, 2))
    assert pain[200:400].mean() > pain[:30].mean() + 0.3
    assert pain[200:400].mean() > pain[-200:].mean()
    assert pain.mean() > basal.mean() + 0.4


def test_a_mouse_moves_within_the_cylinder_and_does_all_it_should():
    behaviour = simulate_behaviour(named_generator(1, "behaviour"), 300, "pain")
    assert np.hypot(*behaviour.position.T).max() < 9
    assert 0.03 < (behaviour.grooming > 0.5).mean() < 0.35
    turning = np.abs(np.diff(behaviour.heading)) / STEP_S
    assert (turning < 0.2).any() and (turning > 1).any()


def test_the_state_between_steps_is_linear_and_the_ends_hold():
    behaviour = simulate_behaviour(named_generator(1, "behaviour"), 10, "basal")
    middle = behaviour.at(1.05)["units"]
    assert middle == pytest.approx((behaviour.units[10] + behaviour.units[11]) / 2)
    assert behaviour.at(-5)["heading"] == behaviour.heading[0]
    assert behaviour.at(1e6)["heading"] == behaviour.heading[-1]


def test_states_of_many_moments_are_those_of_each():
    behaviour = simulate_behaviour(named_generator(1, "behaviour"), 10, "basal")
    times_s = np.linspace(-1, 12, 40)
    for name, values in behaviour.at(times_s).items():
        assert np.array_equal(values, [behaviour.at(time_s)[name] for time_s in times_s])


def test_the_same_name_gives_the_same_mouse():
    first, again, other = (simulate_behaviour(named_generator(1, n), 10, "pain").units for n in ("a", "a", "b"))
    assert np.array_equal(first, again)
    assert not np.array_equal(first, other)
