"""Rises that buyers see coming along a path: what the law, as known then, says of days to come.

A buyer on a day knows what has been announced by that day and nothing else. So a path is read as a
sequence of laws, each known from one announcement to the next; a rise that all of them hold is one
rise, and one that a later law calls off was prepared for until then. Knows no chance and no draw.
"""

from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import CHANCES, LAW, THREAT, Ahead
from tariffsim.scenario import Month

NOTHING = 1e-12
"""A jump below this is rounding."""


@attrs.frozen(kw_only=True, eq=False)
class KnownLaw:
    """What the law said of one flow from the day it was known.

    Parameters
    ----------
    since : int
        Ordinal of the first day on which it was known.
    starts : (segment,), int
        Ordinal of each segment's first day.
    rate : (segment, product), fraction
        Duty in all on each product.
    threat : bool
        Whether a threat was added to it, of which only what it adds counts.
    """

    since: int
    starts: Ints
    rate: Floats
    threat: bool = False
    jumps: dict["Horizon", dict[int, Floats]] = attrs.field(factory=dict, init=False)


@attrs.frozen(kw_only=True, eq=False)
class Rise:
    """A rise that buyers see coming.

    Parameters
    ----------
    announced, due, ended : int
        Ordinals of the days on which it became known, was to come, and came or was called off.
    log_jump : (product,)
        Logarithm of new over old (1 + rate).
    threat : bool
        Whether it is only threatened.
    since : int
        Ordinal of the first day on which it was just this rise; what was seen before is another.
    share : (day,), fraction, or None
        Share of buyers who count on it on each of `days_before` it, where chances say how likely it
        is.
    """

    announced: int
    due: int
    ended: int
    log_jump: Floats
    threat: bool = False
    since: int = 0
    share: Floats | None = None


@attrs.frozen(kw_only=True)
class Horizon:
    """When buyers look ahead: from the knowledge day to the last day of the projection.

    Parameters
    ----------
    first, last : int
        Ordinals; rises due in between count.
    lead, window : int
        Days from order to entry, and days before a rise in which anybody buys for it.
    """

    first: int
    last: int
    lead: int
    window: int


def rises_seen(laws: Sequence[KnownLaw], announced: Ints, horizon: Horizon) -> list[Rise]:
    """Follow what is known of rises to come through a sequence of laws.

    Parameters
    ----------
    laws : sequence of KnownLaw
        In the order in which they became known; the first is that of the knowledge day.
    announced : (segment of the first law,), int
        Ordinal of the day on which each of its segments had become known.
    horizon : Horizon
        Which rises count.

    Returns
    -------
    list of Rise
        By announcement.
    """
    open_: list[Rise] = []
    done: list[Rise] = []
    for number, law in enumerate(laws):
        new = _jumps(law, horizon)
        still: list[Rise] = []
        for rise in open_:
            if rise.due <= law.since:
                done.append(attrs.evolve(rise, ended=rise.due))
                continue
            kept = np.minimum(rise.log_jump, new.get(rise.due, np.zeros_like(rise.log_jump)))
            if (rise.log_jump - kept).max() > NOTHING:
                # Until then all of it was counted on; what is left of it, from then on.
                done.append(attrs.evolve(rise, ended=law.since))
                rise = attrs.evolve(rise, log_jump=kept, since=law.since)  # noqa: PLW2901
            if kept.max() > NOTHING:
                still.append(attrs.evolve(rise, log_jump=kept))
                new[rise.due] = new[rise.due] - kept
        open_ = still
        for due, jump in new.items():
            if jump.max() > NOTHING:
                known = law.since if number else _known(law, announced, due)
                open_.append(Rise(announced=known, due=due, ended=due, log_jump=jump))
    return sorted([*done, *open_], key=lambda rise: (rise.announced, rise.due, rise.ended))


def threat_seen(
    law: KnownLaw, threat: KnownLaw, horizon: Horizon, *, laws: Sequence[KnownLaw]
) -> list[Rise]:
    """List what a threat would add to a law, until it comes due or becomes law itself.

    Parameters
    ----------
    law : KnownLaw
        As it stood when the threat was made.
    threat : KnownLaw
        The same, with the threat carried out.
    horizon : Horizon
        Which rises count.
    laws : sequence of KnownLaw
        All laws of the path, in order.
    """
    lawful = _jumps(law, horizon)
    found = []
    for due, jump in _jumps(threat, horizon).items():
        more = np.maximum(jump - lawful.get(due, np.zeros_like(jump)), 0.0)
        if more.max() > NOTHING:
            made_law = (
                later.since
                for later in laws
                if law.since < later.since < due and due in _jumps(later, horizon)
            )
            ended = next(made_law, due)
            found.append(
                Rise(announced=threat.since, due=due, ended=ended, log_jump=more, threat=True)
            )
    return found


def _known(law: KnownLaw, announced: Ints, due: int) -> int:
    return int(announced[np.searchsorted(law.starts, due)])


def _jumps(law: KnownLaw, horizon: Horizon) -> dict[int, Floats]:
    """Give the rises that a law holds for days to come: jump by product under the day due."""
    if horizon not in law.jumps:
        law.jumps[horizon] = _worked_out(law, horizon)
    return dict(law.jumps[horizon])


def _worked_out(law: KnownLaw, horizon: Horizon) -> dict[int, Floats]:
    found = {}
    after = max(law.since, horizon.first)
    for segment in range(1, len(law.starts)):
        due = int(law.starts[segment])
        if after < due <= horizon.last:
            before, then = law.rate[segment - 1], law.rate[segment]
            jump = np.maximum(np.log1p(then) - np.log1p(before), 0.0)
            if jump.max() > NOTHING:
                found[due] = jump
    return found


def days_before(rise: Rise, horizon: Horizon) -> Ints:
    """List the days on which a rise may be bought for, as if nothing called it off; ordinals."""
    start = max(rise.announced + horizon.lead, rise.due - horizon.window, horizon.first + 1)
    return np.arange(start, max(rise.due, start))


@attrs.frozen(kw_only=True, eq=False)
class PathPlan:
    """When buyers act along one path.

    Parameters
    ----------
    log_jump : (rise, product)
        Logarithm of new over old (1 + rate).
    credence : (rise,), int
        What says how many count on it: `LAW`, `THREAT` or `CHANCES`.
    plan, open : (rise, month), fraction
        As of `Ahead`.
    rundown : (month,), fraction
        As of `Ahead`.
    buying, using : (month, regime), fraction
        As of `Ahead`.
    """

    log_jump: Floats
    credence: Ints
    plan: Floats
    open: Floats
    rundown: Floats
    buying: Floats
    using: Floats


def ahead_of(
    rises: Iterable[Rise],
    listed: Sequence[Month],
    horizon: Horizon,
    starts: Ints,
    regime: Ints,
    count: int,
) -> PathPlan | None:
    """Turn rises into plans by month.

    Parameters
    ----------
    rises : iterable of Rise
        Of one path.
    listed : sequence of Month
        All months from the benchmark on.
    horizon : Horizon
        Lead and window.
    starts, regime : (segment,), int
        The path's law: first day and regime of each segment.
    count : int
        How many regimes there are.

    Returns
    -------
    PathPlan or None
        None where there is no time to buy for any of them.

    Notes
    -----
    Goods ordered on the day of the announcement enter `lead` days later. From then, but no earlier
    than `window` days before the rise, the plan is carried out day by day in equal parts until the
    rise comes or is called off; where chances say how likely it is, each day's part is that of the
    buyers who count on it that day. The stock is run down on days after that on which nothing is
    bought ahead.
    """
    edges = np.array(
        [*(month.first.toordinal() for month in listed), listed[-1].next.first.toordinal()]
    )
    days = np.arange(edges[0], edges[-1])
    length = np.diff(edges)
    month = np.repeat(np.arange(len(listed)), length)
    kept, plans, opens = [], [], []
    buying, using = (np.zeros(len(days), dtype=np.bool_) for _ in range(2))
    for rise in rises:
        before = days_before(rise, horizon)
        share = np.ones(len(before)) if rise.share is None else rise.share
        bought = before[(before >= rise.since) & (before < rise.ended) & (share > 0.0)]
        if not len(bought):
            continue
        kept.append(rise)
        weight = share[bought - before[0]]
        by_month = np.bincount(month[bought - edges[0]], weight, minlength=len(listed))
        plans.append(by_month / len(before))
        opens.append(by_month / length)
        buying[bought - edges[0]] = True
        using[max(rise.ended - edges[0], 0) :] = True
    if not kept:
        return None
    using &= ~buying
    of_day = month * count + regime[np.searchsorted(starts, days, side="right") - 1]
    shape = (len(listed), count)
    return PathPlan(
        log_jump=np.stack([rise.log_jump for rise in kept]),
        credence=np.array([_credence(rise) for rise in kept]),
        plan=np.stack(plans),
        open=np.stack(opens),
        rundown=np.bincount(month[using], minlength=len(listed)) / length,
        buying=_regimes_on(of_day[buying], shape),
        using=_regimes_on(of_day[using], shape),
    )


def _credence(rise: Rise) -> int:
    if rise.share is not None:
        return CHANCES
    return THREAT if rise.threat else LAW


def _regimes_on(of_day: Ints, shape: tuple[int, int]) -> Floats:
    """Give the shares of regimes among some days of each month; nothing where there is no day."""
    found = np.bincount(of_day, minlength=shape[0] * shape[1]).reshape(shape).astype(np.float64)
    total = found.sum(axis=1, keepdims=True)
    return np.asarray(np.divide(found, total, out=np.zeros(shape), where=total > 0))


def together(
    plans: Sequence[PathPlan | None], *, months: int, regimes: int, products: int
) -> Ahead:
    """Join the plans of all paths, equal rises numbered alike.

    Parameters
    ----------
    plans : sequence of PathPlan or None
        One a path.
    months, regimes, products : int
        How many there are.
    """
    paths, most = len(plans), max((len(own.plan) for own in plans if own is not None), default=0)
    numbers: dict[bytes, int] = {}
    kinds: list[Floats] = []
    rise, credence = (np.zeros((paths, most), dtype=np.int64) for _ in range(2))
    plan, open_ = (np.zeros((paths, most, months)) for _ in range(2))
    rundown = np.zeros((paths, months))
    buying, using = (np.zeros((paths, months, regimes)) for _ in range(2))
    for path, own in enumerate(plans):
        if own is None:
            continue
        for place, jump in enumerate(own.log_jump):
            rise[path, place] = numbers.setdefault(jump.tobytes(), len(kinds))
            if rise[path, place] == len(kinds):
                kinds.append(jump)
        held = slice(0, len(own.plan))
        credence[path, held], plan[path, held], open_[path, held] = own.credence, own.plan, own.open
        rundown[path], buying[path], using[path] = own.rundown, own.buying, own.using
    return Ahead(
        log_jump=np.stack(kinds) if kinds else np.zeros((0, products)),
        rise=rise,
        credence=credence,
        plan=plan,
        open=open_,
        rundown=rundown,
        buying=buying,
        using=using,
    )
