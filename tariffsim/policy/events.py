"""Outcomes of a path as events of the log's own kinds, on the days drawn; folds nothing."""

import datetime as dt
from collections.abc import Mapping

import attrs

from tariffsim.errors import InputError
from tariffsim.events import Event, RateSet, Threatened
from tariffsim.log import Log, find
from tariffsim.policy.outcomes import Outcome
from tariffsim.scenario import Chance
from tariffsim.terms import Slug

MOVED = ("announced", "effective", "until", "void_from")
"""Days of an event that move with it; what it says of the past stays."""


Written = dict[tuple[Slug, int, int], tuple[Event, ...]]


def drawn_events(
    chances: Mapping[Slug, Chance],
    outcomes: Mapping[Slug, Outcome],
    *,
    written: Written | None = None,
) -> tuple[Event, ...]:
    """Write what happens on a path as events.

    Parameters
    ----------
    chances : mapping of Slug to Chance
        As written: as of their first day.
    outcomes : mapping of Slug to Outcome
        What came of them.
    written : dict, optional
        Events written before, under chance, day and end: what came on the same day is then the
        same object.

    Returns
    -------
    tuple of Event
        Each moved by as many days as its chance came later than its first day.
    """
    known = {} if written is None else written
    found: list[Event] = []
    for name, chance in chances.items():
        for day, until in outcomes[name].effects:
            key = (name, day, until)
            if key not in known:
                days = day - chance.start.toordinal()
                known[key] = tuple(moved(event, days, until) for event in chance.events)
            found += known[key]
    return tuple(found)


def moved(event: Event, days: int, until: int = 0) -> Event:
    """Move an event by some days; `until`, where given, is the ordinal of its new end.

    Examples
    --------
    >>> import datetime as dt
    >>> from tariffsim.events import RateSet
    >>> event = RateSet(announced=dt.date(2025, 8, 1), effective=dt.date(2025, 8, 7),
    ...     measure="us-duty", rate=250_000)
    >>> moved(event, 30).effective.isoformat()
    '2025-09-06'
    """
    shift = dt.timedelta(days=days)
    changes = {
        name: getattr(event, name) + shift
        for name in MOVED
        if getattr(event, name, None) is not None
    }
    if until:
        changes["until"] = dt.date.fromordinal(until)
    if isinstance(event, RateSet) and event.grace is not None:
        loaded, entered = event.grace.loaded_before + shift, event.grace.entered_by + shift
        grace = attrs.evolve(event.grace, loaded_before=loaded, entered_by=entered)
        return attrs.evolve(event, grace=grace, **changes)
    return attrs.evolve(event, **changes)


def threatened_events(chance: Chance, log: Log, known_on: dt.date) -> tuple[Event, ...]:
    """Find what a threat of the log would do, written as of the chance's first day.

    Parameters
    ----------
    chance : Chance
        With a `threat`.
    log : Log
        As known on `known_on`.
    known_on : date
        Knowledge day: what carries the threat out is announced after it.

    Returns
    -------
    tuple of Event
        The one event that the threat says would follow.

    Raises
    ------
    InputError
        The log holds no such threat by then, or it names no event.
    """
    assert chance.threat is not None
    (entry,) = find(log, chance.threat)[:1]
    threat = entry.event
    if not isinstance(threat, Threatened) or threat.would is None:
        raise InputError(
            f"threat must be a threatened event that says what would follow, got {chance.threat!r}"
        )
    notice = threat.would.effective - threat.would.announced
    announced = min(max(chance.start - notice, known_on + dt.timedelta(days=1)), chance.start)
    title = threat.would.title or threat.title
    return (attrs.evolve(threat.would, announced=announced, effective=chance.start, title=title),)
