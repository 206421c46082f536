"""Who needs a controlled material, and the licence rule it comes under; works nothing out.

Nouns of the stock kernel, and the refusal of what does not fit together. Everything is measured in
days of the buyer's normal need.
"""

import math

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.errors import InputError
from tariffsim.model.ranges import check_between


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


def lengths_of(buyer: Buyer, licensing: Licensing) -> Ints:
    """Give the days of each row, and refuse rows that do not fit each other."""
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


def draws_of(buyer: Buyer, licensing: Licensing) -> tuple[int, ...]:
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


def check_supply(buyer: Buyer, licensing: Licensing, ends: Ints, days: int) -> None:
    """Refuse what is out of its range, and periods that do not lie within the days."""
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
