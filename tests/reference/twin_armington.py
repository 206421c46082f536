"""One Armington market by bisection, in plain Python: slow, and written from the primitives."""

import math
from collections.abc import Sequence
from typing import NamedTuple


class Market(NamedTuple):
    price_index: float
    border: list[float]
    landed: list[float]
    quantity: list[float]


def solve_market(
    share: Sequence[float],
    wedge: Sequence[float],
    sigma: float,
    eta: float,
    omega: Sequence[float],
) -> Market:
    """Find the price index at which the prices it implies have that index."""

    def border(index: float) -> list[float]:
        return [
            _clearing_price(tau, w, index, sigma, eta) for tau, w in zip(wedge, omega, strict=True)
        ]

    def excess(log_index: float) -> float:
        index = math.exp(log_index)
        landed = [b * tau for b, tau in zip(border(index), wedge, strict=True)]
        return _log_index_over(index, share, landed, sigma)

    low, high = -1.0, 1.0
    while excess(low) < 0:
        low *= 2
    while excess(high) > 0:
        high *= 2
    while low < (middle := 0.5 * (low + high)) < high:
        if excess(middle) > 0:
            low = middle
        else:
            high = middle
    index = math.exp(middle)
    at_border = border(index)
    landed = [b * tau for b, tau in zip(at_border, wedge, strict=True)]
    quantity = [(p / index) ** -sigma * index**-eta for p in landed]
    return Market(index, at_border, landed, quantity)


def _clearing_price(tau: float, omega: float, index: float, sigma: float, eta: float) -> float:
    """The border price b at which demand (b tau / P)^-sigma P^-eta meets supply b^omega."""
    if math.isinf(omega):
        return 1.0
    return (tau**-sigma * index ** (sigma - eta)) ** (1.0 / (omega + sigma))


def _log_index_over(
    index: float, share: Sequence[float], landed: Sequence[float], sigma: float
) -> float:
    """The logarithm of the CES price index of `landed`, over `index`."""
    relative = [math.log(p / index) for p in landed]
    if sigma == 1:
        return math.fsum(s * r for s, r in zip(share, relative, strict=True))
    gap = 1.0 - sigma
    mean = math.fsum(s * math.expm1(gap * r) for s, r in zip(share, relative, strict=True))
    return math.log1p(mean) / gap
