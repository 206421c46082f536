"""Quantiles by bisection on distribution functions written from their definitions."""

import math
from collections.abc import Callable
from statistics import NormalDist


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


def beta_cdf(x: float, a: int, b: int) -> float:
    """For whole a and b: the chance that a of a + b - 1 uniform draws fall below x."""
    n = a + b - 1
    return math.fsum(math.comb(n, k) * x**k * (1 - x) ** (n - k) for k in range(a, n + 1))
