"""Distinct columns of added rates, numbered, and months as mixtures of them; knows no economy."""

from collections.abc import Sequence

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.reduce import Compiled
from tariffsim.scenario import Month

Ends = tuple[Floats, Floats]


def regimes_of(
    added: Sequence[Ends], tables: Sequence[Compiled], listed: Sequence[Month]
) -> tuple[Floats, Floats, Floats]:
    """Number the distinct columns of added rates, the benchmark day's the first.

    Parameters
    ----------
    added : sequence of (low, high), each (segment, ...)
        Rates above those of the benchmark day, one pair a path.
    tables : sequence of Compiled
        For the first day of each segment; one a path.
    listed : sequence of Month
        The months to mix.

    Returns
    -------
    low, high : (regime, ...), fraction
        Every distinct column once.
    weights : (path, month, regime), fraction
        Share of the month's days.
    """
    still = np.zeros_like(added[0][0][0])
    numbers: dict[bytes, int] = {still.tobytes() * 2: 0}
    lows, highs = [still], [still]
    counts: list[tuple[int, int, int, int]] = []
    for path, ((low, high), table) in enumerate(zip(added, tables, strict=True)):
        for month, when in enumerate(listed):
            for segment, days in days_by_segment(table, when):
                key = low[segment].tobytes() + high[segment].tobytes()
                if key not in numbers:
                    numbers[key] = len(lows)
                    lows.append(low[segment])
                    highs.append(high[segment])
                counts.append((path, month, numbers[key], days))
    # Days are counted whole, so that a month under one regime weighs exactly one.
    days_under = np.zeros((len(tables), len(listed), len(lows)))
    for path, month, regime, days in counts:
        days_under[path, month, regime] += days
    weights = days_under / days_under.sum(axis=2, keepdims=True)
    return np.stack(lows), np.stack(highs), weights


def days_by_segment(table: Compiled, month: Month) -> list[tuple[int, int]]:
    """List the segments of a month with the number of its days."""
    first, last = month.first.toordinal(), month.next.first.toordinal()
    start = int(np.searchsorted(table.starts, first, side="right")) - 1
    found = []
    for segment in range(start, len(table.starts)):
        end = int(table.starts[segment + 1]) if segment + 1 < len(table.starts) else last
        days = min(end, last) - max(int(table.starts[segment]), first)
        if days <= 0:
            break
        found.append((segment, days))
    return found
