"""One stock, day by day, in plain Python, with the spell of control counted as it goes."""

from collections.abc import Sequence
from typing import NamedTuple


class Day(NamedTuple):
    availability: float
    stock: float
    inflow: float


def run_stock(
    approval: Sequence[float],
    free: Sequence[float],
    other: Sequence[float],
    *,
    cover: float,
    reliance: float,
    delay: float,
    cleared: float,
    refill: float,
) -> list[Day]:
    days, stock, spell = [], cover, -1
    for granted, unlicensed, elsewhere in zip(approval, free, other, strict=True):
        spell = spell + 1 if unlicensed < 1 else -1
        order = 1 + (cover - stock) / refill
        if spell < cleared:
            licensed = 1.0
        elif spell >= delay:
            licensed = granted
        else:
            licensed = 0.0
        flow = reliance * (unlicensed * order + (1 - unlicensed) * licensed)
        inflow = min(order, elsewhere + flow)
        use = min(1.0, stock + inflow)
        stock = stock + inflow - use
        days.append(Day(use, stock, inflow))
    return days


def ces_output(availability: float, share: float, elasticity: float) -> float:
    """The production function as it is written in textbooks, for 0 < elasticity < 1."""
    rho = (elasticity - 1) / elasticity
    return (share * availability**rho + 1 - share) ** (1 / rho)
