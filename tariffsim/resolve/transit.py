"""Goods on their way when a rate rose with a grace clause: the law as it meets them at entry.

A grace clause says which goods a rise spares: those loaded before a day, entered before another.
For goods that travel a known number of days it is a later effective day of that rise. So a mode of
transport sees a log of its own, with the same fold and the same stack.
"""

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.events import Event
from tariffsim.reduce import Compiled, Covered, compile_rates
from tariffsim.resolve.knowledge import ON_TRADE, Knowledge
from tariffsim.states import Level, MeasureState, State


@attrs.frozen(kw_only=True, eq=False)
class Arrivals:
    """Rates as goods meet them that left before a rise.

    Parameters
    ----------
    law : Compiled
        As the law stands, which is what goods meet that travel no time.
    by_mode : tuple of Compiled
        What goods of each mode of transport meet.
    until : int
        Ordinal of the first day on which all of them are the same again.
    """

    law: Compiled
    by_mode: tuple[Compiled, ...]
    until: int


def arrivals(
    state: State, law: Compiled, days: Sequence[int], since: dt.date, *, covered: Covered
) -> Arrivals | None:
    """Work out what goods in transit meet.

    Parameters
    ----------
    state : State
        The law.
    law : Compiled
        The same, compiled.
    days : sequence of int
        How long each mode of transport is on its way.
    since : date
        Grace that ended by then does not count.
    covered : Covered
        What measures cover on the axes of `law`.

    Returns
    -------
    Arrivals or None
        None where no grace clause matters.
    """
    until = max((_last_grace(state, travel) for travel in days), default=0)
    if until <= since.toordinal():
        return None
    by_mode = tuple(
        compile_rates(postponed(state, travel), law.axes, since=since, covered=covered)
        for travel in days
    )
    return Arrivals(law=law, by_mode=by_mode, until=until)


@attrs.frozen(kw_only=True, eq=False)
class Transit:
    """What goods in transit meet, once for all paths that change nothing meanwhile.

    Parameters
    ----------
    days : tuple of int
        How long each mode of transport is on its way; empty where nobody's transit counts.
    knowledge : Knowledge
        What is known on the knowledge day.
    common : Arrivals or None
        What goods meet under the law known then.
    """

    days: tuple[int, ...]
    knowledge: Knowledge
    common: Arrivals | None

    def along(self, events: Sequence[Event], state: State, law: Compiled) -> Arrivals | None:
        """Work out what goods in transit meet where some events are added for certain."""
        if not self.days:
            return None
        own = self.common
        if _has_grace(events) or _first_change(events) < (own.until if own else 0):
            own = arrivals(
                state, law, self.days, self.knowledge.since, covered=self.knowledge.covered
            )
        return own

    def spared(self, own: Arrivals | None, drawn: Sequence[Event]) -> bool:
        """Tell whether what is drawn leaves goods in transit as they were without it."""
        if not self.days or not drawn:
            return True
        if _has_grace(drawn):
            return False
        return own is None or _first_change(drawn) >= own.until


def transit(days: tuple[int, ...], knowledge: Knowledge) -> Transit:
    """Work out what goods in transit meet under the law of the knowledge day."""
    law, common = knowledge.law, None
    if days:
        common = arrivals(knowledge.state, law, days, knowledge.since, covered=knowledge.covered)
    return Transit(days=days, knowledge=knowledge, common=common)


def _has_grace(events: Sequence[Event]) -> bool:
    return any(getattr(e, "grace", None) is not None for e in events if e.kind in ON_TRADE)


def _first_change(events: Sequence[Event]) -> int:
    days = (event.effective.toordinal() for event in events if event.kind in ON_TRADE)
    return min(days, default=dt.date.max.toordinal())


def postponed(state: State, days: int) -> State:
    r"""Let every rise with a grace clause begin when goods that travel so long first pay it.

    Parameters
    ----------
    state : State
        The law.
    days : int
        Days from loading to entry.

    Returns
    -------
    State
        Falls, and rises without a clause, stay where they are: they apply on entry.

    Notes
    -----
    Goods that enter on day t were loaded on day t - d. A rise of day e spares them while t - d is
    before the day of loading L, and t before the last day of entry E, so they meet it from

    .. math:: \min(\max(e,\, L + d),\, E)

    A level that a later one overtakes by then is never met.
    """
    measures = {
        name: attrs.evolve(measure, levels=_postponed(measure, days))
        for name, measure in state.measures.items()
    }
    return attrs.evolve(state, measures=measures)


def _postponed(measure: MeasureState, days: int) -> tuple[Level, ...]:
    kept: list[Level] = []
    moved = [
        attrs.evolve(level, effective=day)
        for level, day in zip(measure.levels, _first_paid(measure, days), strict=True)
    ]
    for level in reversed(moved):
        if not kept or level.effective < kept[-1].effective:
            kept.append(level)
    return tuple(reversed(kept))


def _first_paid(measure: MeasureState, days: int) -> list[dt.date]:
    found, before = [], 0
    for level in measure.levels:
        day = level.effective
        if level.grace is not None and level.rate > before:
            sailed = level.grace.loaded_before + dt.timedelta(days=days)
            day = max(day, min(sailed, level.grace.entered_by))
        found.append(day)
        before = level.rate
    return found


def _last_grace(state: State, days: int) -> int:
    """Find the day after which nothing in transit is spared any more; 0 where nothing ever was."""
    later = [
        day.toordinal()
        for measure in state.measures.values()
        for level, day in zip(measure.levels, _first_paid(measure, days), strict=True)
        if day > level.effective
    ]
    return max(later, default=0)


def mixed(
    weights: Floats, law: Floats, by_mode: Sequence[Floats], shares: Sequence[float]
) -> Floats:
    """Count goods in transit under the regime whose rate they keep; (month, regime).

    Parameters
    ----------
    weights : (month, regime), fraction
        As the law of the path stands.
    law : (month, regime), fraction
        As the law of the arrivals stands; the same as that of the path while grace matters, and
        perhaps another one on later days of the same month.
    by_mode : sequence of (month, regime), fraction
        What each mode meets.
    shares : sequence of float
        Share of trade by mode; sums to one.

    Examples
    --------
    Half of the month is under the old law, a tenth more for goods on their way; the last third of
    it is under a third law, that only this path has:

    >>> import numpy as np
    >>> law, sea = np.array([[0.5, 0.5, 0.0]]), np.array([[0.6, 0.4, 0.0]])
    >>> mixed(np.array([[0.5, 0.2, 0.3]]), law, [sea], [1.0]).round(12)
    array([[0.6, 0.1, 0.3]])
    """
    found = np.array(weights)
    late = np.any([(mode != law).any(axis=1) for mode in by_mode], axis=0)
    same = (weights == law).all(axis=1)
    for chosen, own in ((late & same, law), (late & ~same, weights)):
        # Where the path has the law of the arrivals, a mode's month is its own, to the last bit.
        met = [mode[chosen] + (own[chosen] - law[chosen]) for mode in by_mode]
        total = sum(share * part for share, part in zip(shares, met, strict=True))
        found[chosen] = np.maximum(total, 0.0)
    return found
