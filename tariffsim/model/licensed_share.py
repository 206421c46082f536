"""How much of a controlled flow the law lets through, period by period; knows no stock.

This is the cap that is handed to the trade model: what may come of a normal order, whatever
buyers hold.
"""

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats
from tariffsim.errors import InputError
from tariffsim.model.supply import Licensing


def licensed_share(licensing: Licensing, ends: npt.ArrayLike) -> Floats:
    r"""Return the share of the controlled flow that may come, mean of each period.

    Parameters
    ----------
    licensing : Licensing
        With one spell of control or several; `free` the same in all draws wherever it is 1.
    ends : (period,), day
        Index of the last day of each period, rising.

    Returns
    -------
    (period, draw...), share

    Raises
    ------
    InputError
        Where the periods reach beyond the rows.

    Notes
    -----
    On a day, :math:`f + (1-f)\,g`, with g as in `stock_path`. Between two changes of practice
    only the number of days past the delay counts, so no day is walked.

    Examples
    --------
    A control from day 10 on, half of it licensed after 20 days; months of 30 days:

    >>> rule = Licensing(
    ...     approval=[1.0, 0.5], free=[1.0, 0.0], delay_days=20.0, lengths=[10, 50]
    ... )
    >>> licensed_share(rule, [29, 59]).round(3)
    array([0.333, 0.5  ])
    """
    last = np.asarray(ends, dtype=np.int64)
    rows = len(licensing.approval)
    lengths = np.ones(rows, np.int64) if licensing.lengths is None else licensing.lengths
    stops = np.cumsum(lengths)
    if last[-1] >= stops[-1]:
        raise InputError(f"ends must lie within the {stops[-1]} days of the rows, got {last[-1]}")
    delays = licensing.delay_days
    shapes = [licensing.approval.shape[1:], licensing.free.shape[1:], licensing.cleared_days.shape]
    draws = np.broadcast_shapes(*shapes, delays.shape[1:])
    found = np.zeros((len(last), *draws))
    begins = np.concatenate([[0], last[:-1] + 1])
    spell = -1  # the first day of the spell that runs
    for row in range(rows):
        start, stop = int(stops[row] - lengths[row]), int(stops[row])
        under = bool((licensing.free[row] < 1.0).any())
        spell = (start if spell < 0 else spell) if under else -1
        for period in np.flatnonzero((begins < stop) & (last >= start)).tolist():
            first, end = max(int(begins[period]), start), min(int(last[period]) + 1, stop)
            if not under:
                found[period] += end - first
                continue
            delay = delays if delays.ndim == 0 else delays[row if len(delays) > 1 else 0]
            since, until = first - spell, end - spell
            # Goods cleared before the spell come in full for as long as they last.
            cleared = (end - first) - _past(since, until, licensing.cleared_days)
            waited = _past(since, until, np.maximum(licensing.cleared_days, delay))
            granted = licensing.approval[row] * waited + cleared
            free = licensing.free[row]
            found[period] += free * (end - first) + (1.0 - free) * granted
    spans = (last - begins + 1).reshape(-1, *(1,) * len(draws))
    shares: Floats = found / spans
    return shares


def _past(first: int, end: int, wait: Floats) -> Floats:
    """Count the days from `first` to before `end` that are at least `wait`."""
    return np.asarray(np.clip(end - np.maximum(np.ceil(wait), first), 0.0, None))
