"""Scores from their definitions, one draw at a time; normal scores in closed form."""

import math
from collections.abc import Sequence
from statistics import NormalDist


def crps_of(draws: Sequence[float], weights: Sequence[float], actual: float) -> float:
    """The double sum as it stands."""
    total = math.fsum(weights)
    w = [weight / total for weight in weights]
    miss = math.fsum(own * abs(x - actual) for own, x in zip(w, draws, strict=True))
    pairs = math.fsum(
        w[i] * w[j] * abs(draws[i] - draws[j]) for i in range(len(draws)) for j in range(len(draws))
    )
    return miss - 0.5 * pairs


def crps_by_steps(draws: Sequence[float], weights: Sequence[float], actual: float) -> float:
    """The integral of the squared gap between two step functions, piece by piece."""
    total = math.fsum(weights)
    ends = sorted({*draws, actual})
    area = 0.0
    for low, high in zip(ends, ends[1:], strict=False):
        below = math.fsum(w for x, w in zip(draws, weights, strict=True) if x <= low) / total
        area += (below - (1.0 if actual <= low else 0.0)) ** 2 * (high - low)
    return area


def crps_normal(mean: float, sd: float, actual: float) -> float:
    """Gneiting and Raftery (2007), section 4.2."""
    standard = NormalDist()
    z = (actual - mean) / sd
    return sd * (
        z * (2.0 * standard.cdf(z) - 1.0) + 2.0 * standard.pdf(z) - 1.0 / math.sqrt(math.pi)
    )


def pinball_of(quantile: float, level: float, actual: float) -> float:
    if actual >= quantile:
        return level * (actual - quantile)
    return (1.0 - level) * (quantile - actual)
