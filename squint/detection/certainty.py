"""Certainty that means what it says: of faces found with 0.95, 95 in 100 are right."""

import numpy as np

# How firmly the certainty is left as it is, in held-out frames.
PRIOR = 2.0
# A steeper certainty would be 0 or 1, and faces could not be told apart by it.
SLOPES = (0.2, 3.0)
STEPS, SMALLEST = 100, 1e-6
START = np.array([1.0, 0.0])


def logit(certainty: np.ndarray) -> np.ndarray:
    """Log odds of certainties, which may be 0 or 1 by rounding."""
    clipped = np.clip(np.asarray(certainty, float), 1e-7, 1 - 1e-7)
    return np.log(clipped / (1 - clipped))


def fit_certainty(certainty: np.ndarray, right: np.ndarray) -> tuple[float, float]:
    """Slope and shift of the log odds of a certainty, so that it is the share that is right (Platt scaling).

    `certainty` and `right` (bool) are of held-out frames, (n,). Where these are few or all alike, the certainty stays
    near to what it was. A slope is above 0, so that no frame passes another.
    """
    odds, truth = logit(certainty), np.asarray(right, float)

    def loss(values: np.ndarray) -> float:
        told = values[0] * odds + values[1]
        return float(np.sum(np.logaddexp(0, told) - truth * told) + PRIOR / 2 * np.sum((values - START) ** 2))

    values, free = START, [0, 1]
    for _ in range(STEPS):  # Newton's steps of a convex loss, shorter where they would go too far
        share = scaled(certainty, *values)
        weight, miss = share * (1 - share), share - truth
        gradient = np.array([np.sum(miss * odds), np.sum(miss)]) + PRIOR * (values - START)
        mixed = np.sum(weight * odds)
        curvature = np.array([[np.sum(weight * odds**2), mixed], [mixed, np.sum(weight)]]) + PRIOR * np.eye(2)
        step, best = np.zeros(2), loss(values)
        step[free] = np.linalg.solve(curvature[np.ix_(free, free)], gradient[free])
        while loss(values - step) > best and np.abs(step).max() > SMALLEST:
            step = step / 2
        values = values - step
        if np.abs(step).max() <= SMALLEST:
            slope = np.clip(values[0], *SLOPES)
            if slope == values[0]:
                break
            values, free = np.array([slope, values[1]]), [1]  # the shift that goes with it
    return float(np.clip(values[0], *SLOPES)), float(values[1])


def scaled(certainty: np.ndarray, slope: float, shift: float) -> np.ndarray:
    """Certainties whose log odds have been given a slope and a shift."""
    return 0.5 * (1 + np.tanh((slope * logit(certainty) + shift) / 2))


def scale_certainty(model, slope: float, shift: float) -> None:
    """Build a slope and a shift of the log odds into the detector's own last layer."""
    layer = model.get_layer("certainty")
    kernel, bias = layer.get_weights()
    layer.set_weights([kernel * slope, bias * slope + shift])
