"""The daily stock of a material whose exporter asks for a licence; knows no prices.

Everything is measured in days of the buyer's normal need: a stock of 45 lasts 45 days without
deliveries, an inflow of 0.4 covers two fifths of a day.
"""

import math
from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Floats, Ints, read_only
from tariffsim.errors import InputError
from tariffsim.model.ranges import check_between
from tariffsim.model.rationing import Rationing, divert

# Need counts as met in full above this: round-off is no shortage.
FULL = 1.0 - 1e-9
Since = int | Ints
"""Days since the spell of control began: one number where all draws agree."""


@attrs.frozen(kw_only=True)
class Licensing:
    """How much of the controlled flow may come; the first axis is the row, a stretch of days.

    Parameters
    ----------
    approval : (row, draw...), share
        Part of what was applied for that is granted, on the days it would arrive.
    free : (row, draw...), share
        Part of the flow that needs no licence: 1 without a control, 0 under one, in between
        under general licences. A spell of control begins on the first day below 1.
    delay_days : (row, draw...), days
        From application to arrival; a row, or a single number, may serve all. The first
        applications are filed on a spell's first day.
    cleared_days : (draw...), days
        How long goods cleared before the spell keep arriving.
    lengths : (row,), days
        How many days each row holds; by default a row is a day.
    """

    approval: Floats = attrs.field(converter=read_only, eq=False)
    free: Floats = attrs.field(converter=read_only, eq=False)
    delay_days: Floats = attrs.field(converter=read_only, eq=False)
    cleared_days: Floats = attrs.field(converter=read_only, eq=False, default=0.0)
    lengths: Ints | None = attrs.field(
        converter=attrs.converters.optional(read_only), eq=False, default=None
    )


@attrs.frozen(kw_only=True)
class Growth:
    """A source, a recycler or a substitute that comes in slowly.

    Parameters
    ----------
    limit : (draw...), share of need
        What it adds in the end.
    days : (draw...), days
        Its time constant: after as many days 63 % of the limit are there; at least 1.
    begins : int, day
        Index of the day on which it begins, with nothing.
    """

    limit: Floats = attrs.field(converter=read_only, eq=False)
    days: Floats = attrs.field(converter=read_only, eq=False)
    begins: int = 0


@attrs.frozen(kw_only=True)
class Buyer:
    """Who needs the material, and what else there is.

    Parameters
    ----------
    cover_days : (draw...), days of need
        Stock at the start, and the stock the buyer goes back to.
    reliance : (draw...), share
        Part of need that comes from the controlled source in normal times.
    refill_days : (draw...), days
        Over how many days a gap in the stock is reordered; at least 1.
    other : (day, draw...), days of need a day, optional
        What other sources deliver; by default 1 - reliance.
    aim_days : (row, draw...), days of need, optional
        The stock aimed at in each row of the licensing, where it is not `cover_days`: above it
        ahead of a control that is known, so that buyers hoard.
    growth : tuple of Growth
        What comes in slowly beside the other sources.
    """

    cover_days: Floats = attrs.field(converter=read_only, eq=False)
    reliance: Floats = attrs.field(converter=read_only, eq=False)
    refill_days: Floats = attrs.field(converter=read_only, eq=False, default=90.0)
    other: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), eq=False, default=None
    )
    aim_days: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), eq=False, default=None
    )
    growth: tuple[Growth, ...] = ()


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
    lengths = _lengths(buyer, licensing)
    days = int(lengths.sum())
    last = np.arange(days) if ends is None else np.asarray(ends, dtype=np.int64)
    _check(buyer, licensing, last, days)
    draws = _draws(buyer, licensing)
    stock = np.broadcast_to(buyer.cover_days, draws).astype(np.float64)
    use, cover, inflow = (np.zeros((len(last), *draws)) for _ in range(3))
    first = np.full(draws, -1, dtype=np.int64)
    gap, came, used = (np.empty(draws) for _ in range(3))
    pace = 1.0 / buyer.refill_days
    daily = zip(range(int(last[-1]) + 1), _days(buyer, licensing, lengths), strict=False)
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


def _days(
    buyer: Buyer, licensing: Licensing, lengths: Ints
) -> Iterator[tuple[Floats, Floats, Floats | None]]:
    r"""Yield a day's aimed stock, what comes at an order of 1, and what follows orders.

    Notes
    -----
    With :math:`order = 1 + gap`, what comes is
    :math:`1 - r(1-f)(1-g) + (o - 1 + r) + r f\, gap`: exactly 1 where nothing is controlled.
    """
    since: Since = -1
    missing: list[Floats] = [growth.limit for growth in buyer.growth]
    keep = [np.exp(-1.0 / growth.days) for growth in buyer.growth]
    day = 0
    for row, length in enumerate(lengths.tolist()):
        practice = _Practice.of(buyer, licensing, row)
        for _ in range(length):
            since = _next(since, practice.under)
            level = practice.level(since)
            if buyer.other is not None:
                level = level + (buyer.other[day] - 1.0 + buyer.reliance)
            for number, source in enumerate(buyer.growth):
                if day > source.begins:
                    missing[number] = missing[number] * keep[number]
                # Each difference is at least 0, so what grows never takes from a normal order.
                level = level + (source.limit - missing[number])
            yield practice.aim, level, practice.loose
            day += 1


@attrs.frozen(kw_only=True, eq=False)
class _Practice:
    """One row of a licence rule, worked out as far as it does not change from day to day."""

    aim: Floats
    approval: Floats
    delay: Floats
    cleared: Floats
    under: Bools
    at_stake: Floats  # r (1 - f)
    loose: Floats | None  # r f, where anything is free
    first: float
    last: float
    before: Floats  # the level until the first licences, and once all have come
    after: Floats

    @classmethod
    def of(cls, buyer: Buyer, licensing: Licensing, row: int) -> "_Practice":
        free = licensing.free[row]
        delay = _row(licensing.delay_days, row)
        cleared = licensing.cleared_days
        loose = buyer.reliance * free
        at_stake = np.asarray(buyer.reliance * (1.0 - free))
        return cls(
            aim=buyer.cover_days if buyer.aim_days is None else buyer.aim_days[row],
            approval=licensing.approval[row],
            delay=delay,
            cleared=cleared,
            under=np.asarray(free < 1.0),
            at_stake=at_stake,
            loose=np.asarray(loose) if loose.any() else None,
            first=float(delay.min()),
            last=float(max(delay.max(), cleared.max())),
            before=1.0 - at_stake,
            after=1.0 - at_stake * (1.0 - licensing.approval[row]),
        )

    def level(self, since: Since) -> Floats:
        """Return what comes of a normal order on the day, (draw...)."""
        if isinstance(since, int) and since >= self.last:
            return self.after
        if isinstance(since, int) and self.cleared.max() <= since < self.first:
            return self.before
        granted = np.where(since >= self.delay, self.approval, 0.0)
        granted = np.where(since < self.cleared, 1.0, granted)
        return np.asarray(1.0 - self.at_stake * (1.0 - granted))


def _next(since: Since, under: Bools) -> Since:
    """Count a day of control, or end the spell: 0 on its first day, -1 without one."""
    if isinstance(since, int):
        if under.all():
            return since + 1
        if not under.any():
            return -1
    return np.where(under, np.asarray(since) + 1, -1)


def _row(values: Floats, row: int) -> Floats:
    if values.ndim == 0:
        return values
    return np.asarray(values[row if len(values) > 1 else 0])


def _lengths(buyer: Buyer, licensing: Licensing) -> Ints:
    rows = [licensing.approval, licensing.free]
    rows += [] if buyer.aim_days is None else [buyer.aim_days]
    if any(path.ndim == 0 or path.shape[0] != rows[0].shape[0] for path in rows):
        raise InputError(
            "approval, free and aim_days must have one row a stretch of days, got shapes "
            f"{[path.shape for path in rows]}; repeat what does not change"
        )
    count = rows[0].shape[0]
    lengths = np.ones(count, np.int64) if licensing.lengths is None else licensing.lengths
    if lengths.shape != (count,) or (lengths.size and lengths.min() < 1):
        raise InputError(f"lengths must be whole days of at least 1 for each of {count} rows")
    delays = licensing.delay_days
    if delays.ndim and delays.shape[0] not in (1, count):
        raise InputError(f"delay_days must have one row, or {count}, got {delays.shape[0]}")
    if buyer.other is not None and (buyer.other.ndim == 0 or len(buyer.other) != lengths.sum()):
        raise InputError(f"other must have one row a day, {lengths.sum()}, repeat what is constant")
    return lengths


def _draws(buyer: Buyer, licensing: Licensing) -> tuple[int, ...]:
    """Return the draw axes all arguments broadcast to."""
    rows = [licensing.approval, licensing.free, np.atleast_1d(licensing.delay_days)]
    rows += [path for path in (buyer.other, buyer.aim_days) if path is not None]
    fixed = [buyer.cover_days, buyer.reliance, buyer.refill_days, licensing.cleared_days]
    fixed += [values for growth in buyer.growth for values in (growth.limit, growth.days)]
    try:
        return np.broadcast_shapes(
            *(path.shape[1:] for path in rows), *(values.shape for values in fixed)
        )
    except ValueError:
        raise InputError(
            "the draw axes of buyer and licensing must broadcast; give each its own or none"
        ) from None


def _check(buyer: Buyer, licensing: Licensing, ends: Ints, days: int) -> None:
    for name, values in (
        ("approval", licensing.approval),
        ("free", licensing.free),
        ("reliance", buyer.reliance),
    ):
        check_between(name, values, 0.0, 1.0)
    optional = {"other": buyer.other, "aim_days": buyer.aim_days}
    for name, found in {
        "cover_days": buyer.cover_days,
        "delay_days": licensing.delay_days,
        "cleared_days": licensing.cleared_days,
        **{name: values for name, values in optional.items() if values is not None},
    }.items():
        check_between(name, found, 0.0, math.inf)
    check_between("refill_days", buyer.refill_days, 1.0, math.inf)
    for growth in buyer.growth:
        check_between("limit of a growth", growth.limit, 0.0, math.inf)
        check_between("days of a growth", growth.days, 1.0, math.inf)
    if ends.ndim != 1 or not ends.size or ends[0] < 0 or ends[-1] >= days:
        raise InputError(f"ends must be days of the path, 0 to {days - 1}")
    if (np.diff(ends) < 1).any():
        raise InputError("ends must rise, so that every period has a day")
