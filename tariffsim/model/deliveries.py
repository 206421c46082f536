"""What comes of a controlled material day by day, before anybody's stock is looked at.

Knows spells of control, licences that pend and sources that grow; knows no stock and no need.
"""

from collections.abc import Iterator

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.model.buyer import Buyer, Licensing

Since = int | Ints
"""Days since the spell of control began: one number where all draws agree."""


def deliveries(
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
