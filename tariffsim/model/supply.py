"""The daily stock of a material whose exporter asks for a licence; knows no prices.

Everything is measured in days of the buyer's normal need: a stock of 45 lasts 45 days without
deliveries, an inflow of 0.4 covers two fifths of a day.
"""

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Floats, Ints, read_only
from tariffsim.model.buyer import (
    Buyer,
    Growth,
    Licensing,
    check_supply,
    draws_of,
    lengths_of,
)
from tariffsim.model.deliveries import deliveries
from tariffsim.model.rationing import Rationing, divert

__all__ = [
    "FULL",
    "Buyer",
    "Growth",
    "Licensing",
    "StockPath",
    "stock_path",
    "stocked_out",
    "unmet_need",
]

# Need counts as met in full above this: round-off is no shortage.
FULL = 1.0 - 1e-9


@attrs.frozen(kw_only=True)
class StockPath:
    """What the buyer has and uses, period by period; a period is a day unless asked otherwise.

    Parameters
    ----------
    availability : (period, draw...), share
        Use over need, mean of the period: 1 until the stock is gone, then what comes in.
    days_of_cover : (period, draw...), days of need
        Stock at the end of the period.
    inflow : (period, draw...), days of need a day
        Mean of the period.
    first_shortage : (draw...), day
        Index of the first day on which need is not met in full; -1 where there is none.
    """

    availability: Floats = attrs.field(converter=read_only, eq=False)
    days_of_cover: Floats = attrs.field(converter=read_only, eq=False)
    inflow: Floats = attrs.field(converter=read_only, eq=False)
    first_shortage: Ints = attrs.field(converter=read_only, eq=False)


def stock_path(
    buyer: Buyer,
    licensing: Licensing,
    *,
    ends: npt.ArrayLike | None = None,
    rationing: Rationing | None = None,
) -> StockPath:
    r"""Run a stock down and up again under a licence rule.

    Parameters
    ----------
    buyer : Buyer
    licensing : Licensing
        Its rows and their lengths set the number of days.
    ends : (period,), day, optional
        Index of the last day of each period, rising; days after the last are not run. By default
        a period is a day.
    rationing : Rationing, optional
        Who comes first; the first draw axis is then the user.

    Returns
    -------
    StockPath
        Draw axes are those all arguments broadcast to.

    Raises
    ------
    InputError
        Where a share is outside [0, 1], a number of days below its least, or a path too short.

    Notes
    -----
    With A the cover aimed at, R the refill days, r the reliance, f the free share, o the other
    inflow with all that grows in, and g what licences let through of the rest,

    .. math::

        order_t = 1 + (A_t - stock_t)/R, \qquad
        inflow_t = \min\{order_t,\; o_t + r\,(f_t\,order_t + (1 - f_t)\,g_t)\}

        use_t = \min(1, stock_t + inflow_t), \qquad
        stock_{t+1} = stock_t + inflow_t - use_t \ge 0

        o_t = 1 - r + \sum_k L_k \left(1 - e^{-(t - b_k)/T_k}\right)

    On the n-th day of a spell of control, from 0, g is 1 while goods cleared before it arrive
    (n < cleared), then 0 until the first licences do (n >= delay), then the approval share.
    Licences are taken to be given against current need: only the free flow, and what others have
    to spare, builds a stock. So more approval, more stock, or less delay never means less.

    Examples
    --------
    Ten days of stock, 80 % of need controlled, licences after 20 days for a quarter:

    >>> import numpy as np
    >>> path = stock_path(
    ...     Buyer(cover_days=10.0, reliance=0.8),
    ...     Licensing(approval=[0.25], free=[0.0], delay_days=20.0, lengths=[40]),
    ... )
    >>> int(path.first_shortage), path.availability[[0, 15, 30]].round(3)
    (12, array([1. , 0.2, 0.4]))
    """
    lengths = lengths_of(buyer, licensing)
    days = int(lengths.sum())
    last = np.arange(days) if ends is None else np.asarray(ends, dtype=np.int64)
    check_supply(buyer, licensing, last, days)
    draws = draws_of(buyer, licensing)
    stock = np.broadcast_to(buyer.cover_days, draws).astype(np.float64)
    use, cover, inflow = (np.zeros((len(last), *draws)) for _ in range(3))
    first = np.full(draws, -1, dtype=np.int64)
    gap, came, used = (np.empty(draws) for _ in range(3))
    pace = 1.0 / buyer.refill_days
    daily = zip(range(int(last[-1]) + 1), deliveries(buyer, licensing, lengths), strict=False)
    period, start = 0, 0
    for day, (aim, level, loose) in daily:
        np.subtract(aim, stock, out=gap)
        gap *= pace
        if loose is None:
            gap += 1.0
            np.minimum(level, gap, out=came)
        else:
            np.multiply(loose, gap, out=came)
            came += level
            gap += 1.0
            np.minimum(came, gap, out=came)
        if buyer.aim_days is not None:
            np.maximum(came, 0.0, out=came)
        if rationing is not None:
            divert(came, stock, rationing)
        stock += came
        np.minimum(stock, 1.0, out=used)
        stock -= used
        use[period, ...] += used
        inflow[period, ...] += came
        _note_first(first, used, day)
        if day == last[period]:
            cover[period, ...] = stock
            if day > start:
                use[period, ...] /= day + 1 - start
                inflow[period, ...] /= day + 1 - start
            period, start = period + 1, day + 1
    for made in (use, cover, inflow, first):
        made.flags.writeable = False
    return StockPath(availability=use, days_of_cover=cover, inflow=inflow, first_shortage=first)


def unmet_need(path: StockPath) -> Floats:
    """Return the part of each period's need that is not met, (period, draw...), share."""
    return np.asarray(1.0 - path.availability)


def stocked_out(path: StockPath) -> Bools:
    """Return in which periods need is not met in full, (period, draw...)."""
    return np.asarray(path.availability < FULL)


def _note_first(first: Ints, used: Floats, day: int) -> None:
    """Note the day where it is the first with a shortage; in place."""
    if used.size and used.min() < FULL:
        new = used < FULL
        new &= first < 0
        if new.any():
            first[new] = day
