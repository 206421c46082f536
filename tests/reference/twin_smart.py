"""SMART for one importer and product, in plain Python: the two-group formulas as published."""

import math
from collections.abc import Sequence


def creation(value: float, before: float, after: float, demand: float, supply: float) -> float:
    """Imports created by a change in a partner's own rate."""
    eased = demand if math.isinf(supply) else demand * supply / (supply + demand)
    return value * eased * (before - after) / (1 + before)


def preferred_diversion(preferred: float, others: float, relative: float, sigma: float) -> float:
    """Imports turned to one preferred group, when its landed price moves by a ratio."""
    pull = relative**-sigma - 1
    return preferred * others * pull / (preferred + others + preferred * pull)


def diversion(values: Sequence[float], relative: Sequence[float], sigma: float) -> list[float]:
    """Imports turned between many partners: the total is shared out anew by price."""
    pulled = [v * r**-sigma for v, r in zip(values, relative, strict=True)]
    total, moved = math.fsum(values), math.fsum(pulled)
    return [total * p / moved - v for v, p in zip(values, pulled, strict=True)]
