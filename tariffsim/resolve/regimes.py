"""Distinct columns of added rates, numbered, and months as mixtures of them; knows no economy."""

from collections.abc import Callable, Sequence

import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.resolve.paths import Calendar
from tariffsim.scenario import Month

Ends = tuple[Floats, Floats]


def regimes_of(
    added: Callable[[int, int], Ends],
    calendars: Sequence[Calendar],
    day: int,
    listed: Sequence[Month],
) -> tuple[Floats, Floats, Floats]:
    """Number the distinct columns of added rates, the benchmark day's the first.

    Parameters
    ----------
    added : callable of (int, int)
        Gives low and high ends of a row's rates above those of the benchmark day's row.
    calendars : sequence of Calendar
        One a path.
    day : int
        Ordinal of the benchmark day.
    listed : sequence of Month
        The months to mix.

    Returns
    -------
    low, high : (regime, ...), fraction
        Every distinct column once.
    weights : (path, month, regime), fraction
        Share of the month's days.
    """
    bases = [int(calendar.at(day)) for calendar in calendars]
    days = days_by_row(calendars, bases, listed)
    ends = [added(row, base) for row, base in days]
    still = np.zeros_like(ends[0][0])
    numbers: dict[bytes, int] = {still.tobytes() * 2: 0}
    lows, highs = [still], [still]
    of_key = []
    for low, high in ends:
        key = low.tobytes() + high.tobytes()
        if key not in numbers:
            numbers[key] = len(lows)
            lows.append(low)
            highs.append(high)
        of_key.append(numbers[key])
    # Days are counted whole, so that a month under one regime weighs exactly one.
    held = np.zeros((len(calendars), len(listed), len(lows)), dtype=np.int64)
    for regime, counted in zip(of_key, days.values(), strict=True):
        held[:, :, regime] += counted
    weights = held / np.array([month.days for month in listed])[:, None]
    return np.stack(lows), np.stack(highs), weights


def days_by_row(
    calendars: Sequence[Calendar], bases: Sequence[int], listed: Sequence[Month]
) -> dict[tuple[int, int], Ints]:
    """Count the days of each path's months under a row of rates, by row and benchmark's row.

    Rows come as they turn up, path by path and day by day; the days are (path, month).
    """
    end = listed[-1].next.first.toordinal()
    edges = np.array([*(month.first.toordinal() for month in listed), end])
    found: dict[tuple[int, int], Ints] = {}
    for path, (calendar, base) in enumerate(zip(calendars, bases, strict=True)):
        inside = (calendar.starts > edges[0]) & (calendar.starts < end)
        starts = np.union1d(edges, calendar.starts[inside])
        months = np.searchsorted(edges, starts[:-1], side="right") - 1
        held = calendar.at(starts[:-1])
        for row, month, days in zip(
            held.tolist(), months.tolist(), np.diff(starts).tolist(), strict=True
        ):
            if (row, base) not in found:
                found[row, base] = np.zeros((len(calendars), len(listed)), dtype=np.int64)
            found[row, base][path, month] += days
    return found
