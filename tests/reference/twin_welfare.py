"""Surplus as areas under curves, by Simpson's rule: slow, and ignorant of the closed forms."""

from collections.abc import Callable


def area(curve: Callable[[float], float], start: float, end: float, *, steps: int = 2000) -> float:
    """Integrate `curve` from `start` to `end`."""
    width = (end - start) / steps
    total = curve(start) + curve(end)
    total += 4.0 * sum(curve(start + width * odd) for odd in range(1, steps, 2))
    total += 2.0 * sum(curve(start + width * even) for even in range(2, steps, 2))
    return total * width / 3.0


def consumer_surplus(expenditure: float, price_index: float, eta: float) -> float:
    return -expenditure * area(lambda price: price**-eta, 1.0, price_index)


def producer_surplus(value: float, border_price: float, omega: float) -> float:
    return value * area(lambda price: price**omega, 1.0, border_price)
