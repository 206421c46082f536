"""Quantiles by bisection on distribution functions written from their definitions."""

import math
from collections.abc import Callable
from statistics import NormalDist

from tests.reference.twin_welfare import area

STANDARD = NormalDist()


def quantile_of(cdf: Callable[[float], float], unit: float, low: float, high: float) -> float:
    for _ in range(200):
        middle = 0.5 * (low + high)
        if cdf(middle) < unit:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)


def triangular_cdf(x: float, low: float, mode: float, high: float) -> float:
    if x <= mode:
        return (x - low) ** 2 / ((high - low) * (mode - low))
    return 1.0 - (high - x) ** 2 / ((high - low) * (high - mode))


def truncated_normal_cdf(x: float, mean: float, sd: float, low: float, high: float) -> float:
    normal = NormalDist(mean, sd)
    return (normal.cdf(x) - normal.cdf(low)) / (normal.cdf(high) - normal.cdf(low))


def beta_cdf(x: float, a: float, b: float) -> float:
    """For a, b of at least 2, so that the density is smooth enough for Simpson's rule."""
    scale = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b))
    return scale * area(lambda u: u ** (a - 1) * (1 - u) ** (b - 1), 0.0, x)
