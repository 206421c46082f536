"""Indices term by term from their definitions, one factor and one sample at a time."""

import math
from collections.abc import Sequence


def indices_of(
    base: Sequence[float], other: Sequence[float], mixed: Sequence[float]
) -> tuple[float, float]:
    """First-order (Saltelli et al. 2010) and total (Jansen 1999) index of one factor."""
    count = len(base)
    everything = [*base, *other]
    mean = math.fsum(everything) / (2 * count)
    variance = math.fsum((value - mean) ** 2 for value in everything) / (2 * count)
    covariance = math.fsum(
        (b - mean) * (ab - a) for a, b, ab in zip(base, other, mixed, strict=True)
    )
    squares = math.fsum((a - ab) ** 2 for a, ab in zip(base, mixed, strict=True))
    return covariance / count / variance, squares / (2 * count) / variance
