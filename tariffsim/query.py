"""Questions to a log: what changed between two days, why an event stands; answers as nouns.

Folds what it needs and stacks nothing; knows no terminal.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Literal

import attrs

from tariffsim.asked import flow, goods
from tariffsim.errors import UnknownName
from tariffsim.events import (
    KINDS,
    ControlEased,
    ControlSet,
    Disputed,
    Event,
    ForecastSettled,
    GeneralLicenceGranted,
    MeasureEnacted,
    RateSet,
    Retracted,
)
from tariffsim.layers import Stacked
from tariffsim.log import Entry, Log, as_day, find, known_on
from tariffsim.reduce import at_unit_values, controls_on, fold, rate_on, stacked_on
from tariffsim.reduce.on_day import events_behind, in_force, pauses_on
from tariffsim.scopes import ShareInterval
from tariffsim.states import ControlState, MeasureState
from tariffsim.terms import Economy, Product, Rate, Slug, nearest
from tariffsim.unit_value import UnitValue

Standing = Literal["in-force", "paused"]


@attrs.frozen(kw_only=True)
class RateChange:
    """A measure whose own rate differs between two days; None where it is not in force."""

    measure: Slug
    before: Rate | None
    after: Rate | None
    events: tuple[Entry, ...]


@attrs.frozen(kw_only=True)
class OwnUnitChange:
    """A measure that is no ad valorem duty and does not stand alike on two days.

    Parameters
    ----------
    law : MeasureEnacted
        The measure, with its form and amount.
    before, after : str, optional
        in-force or paused; None where it is not in force.
    events : tuple of Entry
        Because of which.
    """

    law: MeasureEnacted
    before: Standing | None
    after: Standing | None
    events: tuple[Entry, ...]


@attrs.frozen(kw_only=True)
class ControlChange:
    """A control whose approval share differs between two days; None where it does not bind."""

    control: Slug
    before: ShareInterval | None
    after: ShareInterval | None
    events: tuple[Entry, ...]


@attrs.frozen(kw_only=True)
class Difference:
    """What changed between two days, in force and in knowledge.

    Parameters
    ----------
    rates : tuple of RateChange
        Ad valorem duties, measure by measure.
    controls : tuple of ControlChange
        Control by control.
    learnt : tuple of Entry
        Events announced after the first day and by the second.
    own_units : tuple of OwnUnitChange
        Fees, minimum prices, quotas and the like, measure by measure.
    """

    rates: tuple[RateChange, ...]
    controls: tuple[ControlChange, ...]
    learnt: tuple[Entry, ...]
    own_units: tuple[OwnUnitChange, ...] = ()


@attrs.frozen(kw_only=True)
class Reasons:
    """Why an event stands in the log.

    Parameters
    ----------
    entry : Entry
        The event with its claims.
    replaced, replaced_by : Entry or None
        The event of its kind about the same thing just before and just after it.
    about_it : tuple of Entry
        Disputes, retractions and settlements of it.
    rests_on : tuple of Entry
        Events that it refers to.
    paused_by : tuple of Entry
        For a rate: the pauses, and the settings of their ends, that fall on it before another
        rate replaces it.
    """

    entry: Entry
    replaced: Entry | None
    replaced_by: Entry | None
    about_it: tuple[Entry, ...]
    rests_on: tuple[Entry, ...]
    paused_by: tuple[Entry, ...] = ()


def state(
    log: Log,
    on: dt.date | str,
    importer: Economy | str,
    exporter: Economy | str,
    *,
    product: Product | str | None = None,
    known: dt.date | str | None = None,
    unit_values: Iterable[UnitValue] = (),
) -> Stacked:
    """Stack what is in force on one flow on one day, as known on a day.

    Parameters
    ----------
    log : Log
        The record.
    on : date or str
        The day asked about; text is read as YYYY-MM-DD.
    importer, exporter : Economy
        The flow; two different ones.
    product : Product, optional
        HS code, with or without dots; None asks for the headline of the measures on all goods.
    known : date, optional
        Knowledge day; None uses everything in the log.
    unit_values : iterable of UnitValue
        What units of the goods are worth; duties in those units then enter the rate.

    Returns
    -------
    Stacked
        Layers that add up exactly to the total.

    Raises
    ------
    InputError
        A day, an economy or the product is none, or the flow is of an economy to itself.

    Examples
    --------
    >>> import datetime as dt
    >>> from tariffsim import load_log
    >>> stacked = state(load_log("geneva-2025"), dt.date(2025, 5, 14), "USA", "CHN")
    >>> stacked.low / 10**10
    30.0
    """
    day, (buyer, seller), code = as_day(on), flow(importer, exporter), goods(product)
    folded = at_unit_values(fold(known_on(log, known)), unit_values)
    return stacked_on(folded, day, buyer, seller, code)


def difference(
    log: Log, first: dt.date | str, second: dt.date | str, *, known: dt.date | str | None = None
) -> Difference:
    """Compare two days measure by measure.

    Parameters
    ----------
    log : Log
        The record.
    first, second : date
        The days, in either order.
    known : date, optional
        Knowledge day for both; None uses everything in the log.

    Returns
    -------
    Difference
        Only what differs.

    Examples
    --------
    >>> import datetime as dt
    >>> from tariffsim import load_log
    >>> found = difference(load_log("geneva-2025"), dt.date(2025, 5, 13), dt.date(2025, 5, 14))
    >>> [(change.measure, change.before, change.after) for change in found.rates]
    [('cn-additional-duties', 1250000, 100000), ('us-additional-duties', 1450000, 300000)]
    """
    days = first, second = as_day(first), as_day(second)
    seen = known_on(log, known)
    rates, own_units = [], []
    for name, measure in sorted(fold(seen).measures.items()):
        law = measure.enacted
        if law is not None and law.form != "ad-valorem":
            stood, stands = (_standing(measure, day) for day in days)
            if stood != stands:
                moved = _moved(seen, measure, first, second)
                own_units.append(OwnUnitChange(law=law, before=stood, after=stands, events=moved))
            continue
        before, after = (rate_on(measure, day) if in_force(measure, day) else None for day in days)
        if before != after:
            moved = _moved(seen, measure, first, second)
            rates.append(RateChange(measure=name, before=before, after=after, events=moved))
    learnt = tuple(entry for entry in seen.entries if first < entry.event.announced <= second)
    return Difference(
        rates=tuple(rates),
        own_units=tuple(own_units),
        controls=_control_changes(seen, first, second),
        learnt=learnt,
    )


def _standing(measure: MeasureState, day: dt.date) -> Standing | None:
    if not in_force(measure, day):
        return None
    return "paused" if any(p.points is None for p in pauses_on(measure, day)) else "in-force"


def _moved(log: Log, measure: MeasureState, first: dt.date, second: dt.date) -> tuple[Entry, ...]:
    """List the events behind a measure that took effect between two days, or else the first."""
    ids = dict.fromkeys((*events_behind(measure, second), measure.ended_by or ""))
    moved = [log.by_id[id] for id in ids if id in log.by_id]
    near = tuple(entry for entry in moved if first < entry.event.effective <= second)
    return near or tuple(moved[:1])


def _control_changes(seen: Log, first: dt.date, second: dt.date) -> tuple[ControlChange, ...]:
    folded = fold(seen)
    found = []
    for name, control in sorted(folded.controls.items()):
        law = control.control_set
        if law is None:
            continue
        destination = law.destinations.include[0] if law.destinations.include else law.imposer
        ends = []
        for day in (first, second):
            bound = controls_on(folded, day, law.imposer, destination)
            ends.append(next((c for c in bound if c.control == name), None))
        before, after = (end.approval if end else None for end in ends)
        if before != after:
            behind = [id for end in ends if end for id in end.events]
            ids = dict.fromkeys((*behind, *_paused_or_ended(control)))
            moved = [seen.by_id[id] for id in ids if id in seen.by_id]
            near = tuple(entry for entry in moved if first < entry.event.effective <= second)
            events = near or tuple(seen.by_id[id] for id in behind if id in seen.by_id)
            found.append(ControlChange(control=name, before=before, after=after, events=events))
    return tuple(found)


def _paused_or_ended(control: ControlState) -> Iterator[str]:
    for window in control.windows.values():
        yield window.event or ""
        yield from (end.event for end in window.ends)
    yield control.ended_by or ""


def why(log: Log, reference: str, *, known: dt.date | str | None = None) -> tuple[Reasons, ...]:
    """Explain events: their claims, their dissent, what they replaced and what replaced them.

    Parameters
    ----------
    log : Log
        The record.
    reference : str
        Key, id, the start of an id, or the id of a fact such as ``S0-26``.
    known : date, optional
        Knowledge day.

    Returns
    -------
    tuple of Reasons
        One an event; a fact may be carried by several.

    Raises
    ------
    UnknownName
        Nothing answers to `reference`.

    Examples
    --------
    >>> from tariffsim import load_log
    >>> (reasons,) = why(load_log("geneva-2025"), "us-window")
    >>> sorted(claim.fact for claim in reasons.entry.event.claims if claim.fact)[:2]
    ['S0-26', 'S2-11']
    """
    seen = known_on(log, known)
    return tuple(_reasons(seen, entry) for entry in find(seen, reference))


def _reasons(seen: Log, entry: Entry) -> Reasons:
    same = [other for other in seen.entries if _subject(other.event) == _subject(entry.event)]
    place = same.index(entry)
    return Reasons(
        entry=entry,
        replaced=same[place - 1] if place else None,
        replaced_by=same[place + 1] if place + 1 < len(same) else None,
        about_it=tuple(_speaking_of(seen, entry.id)),
        rests_on=tuple(seen.by_id[id] for id in _references(entry.event) if id in seen.by_id),
        paused_by=_pauses_of(seen, entry.event, same[place + 1 :]),
    )


def _pauses_of(log: Log, event: Event, later: Sequence[Entry]) -> tuple[Entry, ...]:
    """List the events that pause a rate between its first day and the next rate's."""
    if not isinstance(event, RateSet):
        return ()
    last = later[0].event.effective if later else dt.date.max
    measure = fold(log).measures.get(event.measure)
    found: dict[str, Entry] = {}
    for window in measure.windows.values() if measure else ():
        begins = window.start
        lapses = window.ends[-1].until if window.ends else None
        if begins and begins < last and (lapses is None or lapses > event.effective):
            ids = [window.event, *(end.event for end in window.ends if end.effective < last)]
            found |= {id: log.by_id[id] for id in ids if id}
    return tuple(found.values())


def _subject(event: Event) -> tuple[object, ...]:
    """What an event is about; two events with one subject follow each other."""
    if isinstance(event, ControlSet | ControlEased | GeneralLicenceGranted):
        return ("control", event.control)
    measure = getattr(event, "measure", None)
    if measure is not None:
        return (event.kind, measure, getattr(event, "suspension", None))
    series = getattr(event, "series", None)
    if series is not None:
        return (event.kind, series, getattr(event, "importer", None))
    return (event.kind, id(event))


def _speaking_of(log: Log, id: str) -> Iterable[Entry]:
    for entry in log.entries:
        event = entry.event
        target = None
        if isinstance(event, Disputed | Retracted):
            target = event.event
        elif isinstance(event, ForecastSettled):
            target = event.forecast
        if target == id:
            yield entry


def _references(event: Event) -> list[str]:
    found: list[str] = []
    for record in (event, *getattr(event, "commitments", ())):
        for field in attrs.fields(type(record)):
            if field.metadata.get("reference"):
                value = getattr(record, field.name)
                found += [value] if isinstance(value, str) else list(value or ())
    return found


def select(
    log: Log,
    *,
    since: dt.date | None = None,
    measure: str | None = None,
    kind: str | None = None,
) -> tuple[Entry, ...]:
    """Choose events of a log.

    Parameters
    ----------
    log : Log
        The record.
    since : date, optional
        Only those announced from this day on.
    measure : str, optional
        Only those of this measure or control.
    kind : str, optional
        Only those of this kind, as ``rate_set``.

    Raises
    ------
    UnknownName
        No event of the log has this measure, or there is no such kind.
    """
    if kind is not None and kind not in KINDS:
        raise UnknownName(f"kind must be a known kind of event, got {kind!r}{nearest(kind, KINDS)}")
    named = {_about(entry.event) for entry in log.entries} - {None}
    if measure is not None and measure not in named:
        hint = nearest(measure, [str(name) for name in named])
        raise UnknownName(f"measure must be one of the log {log.name}, got {measure!r}{hint}")
    return tuple(
        entry
        for entry in log.entries
        if (since is None or entry.event.announced >= since)
        and (measure is None or _about(entry.event) == measure)
        and (kind is None or entry.event.kind == kind)
    )


def _about(event: Event) -> str | None:
    return getattr(event, "measure", None) or getattr(event, "control", None)
