"""The daily stock of a material whose exporter asks for a licence; knows no prices.

Everything is measured in days of the buyer's normal need: a stock of 45 lasts 45 days without
deliveries, an inflow of 0.4 covers two fifths of a day.
"""

import math

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Floats, Ints, read_only
from tariffsim.errors import InputError

# Need counts as met in full above this: round-off is no shortage.
FULL = 1.0 - 1e-9
# Beyond it the exponential is nothing; an infinite power would be no number.
LARGEST_EXPONENT = 700.0


@attrs.frozen(kw_only=True)
class Licensing:
    """How much of the controlled flow may come, day by day; the first axis is the day.

    Parameters
    ----------
    approval : (day, draw...), share
        Part of what was applied for that is granted, on the day it would arrive.
    free : (day, draw...), share
        Part of the flow that needs no licence: 1 without a control, 0 under one, in between
        under general licences. A spell of control begins on the first day below 1.
    delay_days : (draw...), days
        From application to arrival. The first applications are filed on a spell's first day.
    cleared_days : (draw...), days
        How long goods cleared before the spell keep arriving.
    """

    approval: Floats = attrs.field(converter=read_only, eq=False)
    free: Floats = attrs.field(converter=read_only, eq=False)
    delay_days: Floats = attrs.field(converter=read_only, eq=False)
    cleared_days: Floats = attrs.field(converter=read_only, eq=False, default=0.0)


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
        What other sources, recycling and substitution deliver; by default 1 - reliance.
    """

    cover_days: Floats = attrs.field(converter=read_only, eq=False)
    reliance: Floats = attrs.field(converter=read_only, eq=False)
    refill_days: Floats = attrs.field(converter=read_only, eq=False, default=90.0)
    other: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), eq=False, default=None
    )


@attrs.frozen(kw_only=True)
class StockPath:
    """What the buyer has and uses, day by day.

    Parameters
    ----------
    availability : (day, draw...), share
        Use over need: 1 until the stock is gone, then what comes in.
    days_of_cover : (day, draw...), days of need
        Stock at the end of the day.
    inflow : (day, draw...), days of need
    first_shortage : (draw...), day
        Index of the first day on which need is not met in full; -1 where there is none.
    """

    availability: Floats = attrs.field(converter=read_only, eq=False)
    days_of_cover: Floats = attrs.field(converter=read_only, eq=False)
    inflow: Floats = attrs.field(converter=read_only, eq=False)
    first_shortage: Ints = attrs.field(converter=read_only, eq=False)


def stock_path(buyer: Buyer, licensing: Licensing) -> StockPath:
    r"""Run a stock down and up again under a licence rule.

    Parameters
    ----------
    buyer : Buyer
    licensing : Licensing
        Its `approval` sets the number of days.

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
    With A the initial cover, R the refill days, r the reliance, f the free share, o the other
    inflow, and g what licences let through of the rest,

    .. math::

        order_t = 1 + (A - stock_t)/R, \qquad
        inflow_t = \min\{order_t,\; o_t + r\,(f_t\,order_t + (1 - f_t)\,g_t)\}

        use_t = \min(1, stock_t + inflow_t), \qquad
        stock_{t+1} = stock_t + inflow_t - use_t \ge 0

    On the n-th day of a spell of control, from 0, g is 1 while goods cleared before it arrive
    (n < cleared), then 0 until the first licences do (n >= delay), then the approval share.
    Licences are taken to be given against current need: only the free flow, and what others have
    to spare, rebuilds a stock. So more approval, more stock, or less delay never means less.

    Examples
    --------
    Ten days of stock, 80 % of need controlled, licences after 20 days for a quarter:

    >>> import numpy as np
    >>> path = stock_path(
    ...     Buyer(cover_days=10.0, reliance=0.8),
    ...     Licensing(approval=np.full(40, 0.25), free=np.zeros(40), delay_days=20.0),
    ... )
    >>> int(path.first_shortage), path.availability[[0, 15, 30]].round(3)
    (12, array([1. , 0.2, 0.4]))
    """
    _check(buyer, licensing)
    draws = _draws(buyer, licensing)
    days = len(licensing.approval)
    since = _days_under_control(licensing.free)
    other = buyer.other
    if other is None:
        other = np.broadcast_to(1.0 - buyer.reliance, (days, *buyer.reliance.shape))
    stock = np.broadcast_to(buyer.cover_days, draws).astype(np.float64)
    use, cover, inflow = (np.empty((days, *draws)) for _ in range(3))
    first = np.full(draws, -1, dtype=np.int64)
    for day in range(days):
        order = 1.0 + (buyer.cover_days - stock) / buyer.refill_days
        came = buyer.reliance * _controlled(licensing, day, since[day], order) + other[day]
        stock += np.minimum(came, order, out=inflow[day, ...])
        stock -= np.minimum(stock, 1.0, out=use[day, ...])
        cover[day] = stock
        first[(use[day, ...] < FULL) & (first < 0)] = day
    for made in (use, cover, inflow, first):
        made.flags.writeable = False
    return StockPath(availability=use, days_of_cover=cover, inflow=inflow, first_shortage=first)


def unmet_need(path: StockPath) -> Floats:
    """Return the part of each day's need that is not met, (day, draw...), share."""
    return np.asarray(1.0 - path.availability)


def stocked_out(path: StockPath) -> Bools:
    """Return on which days need is not met in full, (day, draw...)."""
    return np.asarray(path.availability < FULL)


def output_share(
    availability: npt.ArrayLike, input_share: npt.ArrayLike, elasticity: npt.ArrayLike
) -> Floats:
    r"""Return what a user of the material still makes, over what it made with all it needs.

    Parameters
    ----------
    availability : array_like, share in [0, 1]
    input_share : array_like, share in [1e-12, 1]
        Cost share of the inputs made from the material, in normal times.
    elasticity : array_like in [0, 1]
        Of substitution between those inputs and the rest, magnitude. 0 is fixed proportions,
        where the share no longer matters.

    Returns
    -------
    ndarray, share

    Raises
    ------
    InputError
        Where an argument is out of its range.

    Notes
    -----
    With a the availability, alpha the share and :math:`\rho = (s-1)/s`,

    .. math::

        \left(\alpha a^{\rho} + 1 - \alpha\right)^{1/\rho}
        = a \left(\alpha + (1-\alpha)\, a^{m}\right)^{-1/m}, \qquad m = -\rho

    The right-hand form has no large powers: a at 0 gives 0, s at 1 gives :math:`a^{\alpha}`. No
    estimate of the short-run elasticity is published for magnets; 0.1 is a prior.

    Examples
    --------
    >>> float(output_share(0.5, 0.05, 0.1).round(4))
    0.6947
    >>> output_share([0.0, 0.5, 1.0], 0.05, 0.0)
    array([0. , 0.5, 1. ])
    """
    a, alpha, s = np.broadcast_arrays(
        np.asarray(availability, dtype=np.float64),
        np.asarray(input_share, dtype=np.float64),
        np.asarray(elasticity, dtype=np.float64),
    )
    _check_between("availability", a, 0.0, 1.0)
    _check_between("input_share", alpha, 1e-12, 1.0)
    _check_between("elasticity", s, 0.0, 1.0)
    fixed = s < 1e-15
    # 1 - s stands in the denominator below: at 1 a number that leaves expm1(m x) / m at x.
    m = np.maximum((1.0 - s) / np.where(fixed, 1.0, s), 1e-30)
    log_a = np.log(np.where(a > 0, a, 1.0))
    power = np.maximum(m * log_a, -LARGEST_EXPONENT)
    near_one = np.log1p((1.0 - alpha) * np.expm1(power))
    near_none = np.log(alpha + (1.0 - alpha) * np.exp(power))
    rest = np.where(power > -0.5, near_one, near_none) / m
    share = np.where(a > 0, np.exp(log_a - rest), 0.0)
    return np.where(fixed, a, share)


def _controlled(licensing: Licensing, day: int, since: Ints, order: Floats) -> Floats:
    """Return what comes from the controlled source, per unit of reliance; a new array."""
    free = licensing.free[day]
    granted = np.where(since >= licensing.delay_days, licensing.approval[day], 0.0)
    granted = np.where(since < licensing.cleared_days, 1.0, granted)
    granted *= 1.0 - free
    return np.asarray(free * order + granted)


def _days_under_control(free: Floats) -> Ints:
    """Return the number of days since the spell of control began, 0 on its first day."""
    days = np.arange(len(free)).reshape(-1, *(1,) * (free.ndim - 1))
    last_free = np.maximum.accumulate(np.where(free < 1.0, -1, days), axis=0)
    return np.asarray(days - last_free - 1)


def _draws(buyer: Buyer, licensing: Licensing) -> tuple[int, ...]:
    """Return the draw axes all arguments broadcast to."""
    paths = [licensing.approval, licensing.free, *([] if buyer.other is None else [buyer.other])]
    if any(path.ndim == 0 or path.shape[0] != paths[0].shape[0] for path in paths):
        raise InputError(
            "approval, free and other must have one row a day, got shapes "
            f"{[path.shape for path in paths]}; repeat what does not change"
        )
    fixed = (buyer.cover_days, buyer.reliance, buyer.refill_days)
    waits = (licensing.delay_days, licensing.cleared_days)
    try:
        return np.broadcast_shapes(
            *(path.shape[1:] for path in paths), *(values.shape for values in (*fixed, *waits))
        )
    except ValueError:
        raise InputError(
            "the draw axes of buyer and licensing must broadcast; give each its own or none"
        ) from None


def _check(buyer: Buyer, licensing: Licensing) -> None:
    for name, values in (
        ("approval", licensing.approval),
        ("free", licensing.free),
        ("reliance", buyer.reliance),
    ):
        _check_between(name, values, 0.0, 1.0)
    for name, values in (
        ("cover_days", buyer.cover_days),
        ("delay_days", licensing.delay_days),
        ("cleared_days", licensing.cleared_days),
    ):
        _check_between(name, values, 0.0, math.inf)
    _check_between("refill_days", buyer.refill_days, 1.0, math.inf)
    if buyer.other is not None:
        _check_between("other", buyer.other, 0.0, math.inf)


def _check_between(name: str, values: Floats, low: float, high: float) -> None:
    if values.size and not (values.min() >= low and values.max() <= high):
        raise InputError(
            f"{name} must be between {low:g} and {high:g}, got {values.min():g} to {values.max():g}"
        )
