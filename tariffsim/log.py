"""Ordered events: as known on a day, between days, and digests; knows no measure and no rate.

A log is a set. Recording order does not matter: events are kept in the order of effective day,
announcement and id, and appending the same event again only adds its claims.
"""

import datetime as dt
import hashlib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any

import attrs

from tariffsim.errors import InputError, UnknownName
from tariffsim.events import Claim, ClaimAdded, Disputed, Event, Retracted, Reviewed
from tariffsim.identity import event_id
from tariffsim.terms import Slug, nearest, parse_day


@attrs.frozen(kw_only=True)
class Source:
    """One entry of the source register.

    Parameters
    ----------
    key : Slug
        How claims refer to it.
    title, publisher : str
        What it is and who published it.
    published : date
        The day it became public; a year alone counts as its 31 December.
    retrieved : date, optional
        The day the copy was read.
    url : str, optional
        Where.
    digest : str, optional
        ``sha256:`` and the hash of the copy read.
    note : str, optional
        Vintage, language, anything odd.
    exception : str, optional
        Why a copy of a later vintage is allowed where only what was known counts.
    """

    key: Slug
    title: str
    publisher: str
    published: dt.date
    retrieved: dt.date | None = None
    url: str | None = None
    digest: str | None = None
    note: str | None = None
    exception: str | None = None


@attrs.frozen(kw_only=True)
class Entry:
    """An event under its id, in the log; `recorded` is when it entered our record."""

    id: str
    event: Event
    recorded: dt.date | None = None


def _order(entry: Entry) -> tuple[dt.date, dt.date, str]:
    return (entry.event.effective, entry.event.announced, entry.id)


@attrs.frozen(kw_only=True, slots=False)
class Log:
    """A set of events under a name, with the register of their sources.

    Parameters
    ----------
    name : Slug
        The log's name.
    entries : tuple of Entry
        In the order of effective day, announcement, id; one an id.
    sources : mapping of Slug to Source
        The register.

    Examples
    --------
    >>> from tariffsim import load_log
    >>> log = load_log("canada-china")
    >>> log.by_key["cn-canada-100"].event.rate
    1000000
    """

    name: Slug
    entries: tuple[Entry, ...]
    sources: Mapping[Slug, Source] = attrs.field(factory=dict)

    def __len__(self) -> int:
        return len(self.entries)

    def __iter__(self) -> Iterator[Event]:
        return (entry.event for entry in self.entries)

    def __repr__(self) -> str:
        return f"Log({self.name!r}, {len(self)} events, digest {digest(self)[:12]})"

    @cached_property
    def by_id(self) -> Mapping[str, Entry]:
        """Entries under their ids."""
        return {entry.id: entry for entry in self.entries}

    @cached_property
    def by_key(self) -> Mapping[str, Entry]:
        """Entries under their keys, for those that have one."""
        return {entry.event.key: entry for entry in self.entries if entry.event.key}


def make_log(
    name: Slug,
    events: Iterable[Event | Entry],
    *,
    sources: Mapping[Slug, Source] | None = None,
    recorded: dt.date | None = None,
) -> Log:
    """Build a log from events in any order; equal events become one, with all their claims.

    Parameters
    ----------
    name : Slug
        The log's name.
    events : iterable of Event or Entry
        References between events must be ids; an entry comes with its id worked out.
    sources : mapping, optional
        The register.
    recorded : date, optional
        When they entered the record.

    Examples
    --------
    >>> import datetime as dt
    >>> from tariffsim.events import RateSet
    >>> event = RateSet(announced=dt.date(2025, 4, 9), measure="us-duty", rate=1_450_000)
    >>> len(make_log("example", [event, event]))
    1
    """
    entries = (
        event
        if isinstance(event, Entry)
        else Entry(id=event_id(event), event=event, recorded=recorded)
        for event in events
    )
    return Log(name=name, entries=_joined(entries), sources=dict(sources or {}))


def _joined(entries: Iterable[Entry]) -> tuple[Entry, ...]:
    found: dict[str, Entry] = {}
    for entry in entries:
        known = found.get(entry.id, entry)
        event = _with_claims(known.event, entry.event.claims)
        found[entry.id] = known if event is known.event else attrs.evolve(known, event=event)
    return tuple(sorted(found.values(), key=_order))


def _with_claims(event: Event, claims: Iterable[Claim]) -> Event:
    merged = tuple(dict.fromkeys((*event.claims, *claims)))
    return event if merged == event.claims else attrs.evolve(event, claims=merged)


def append(log: Log, events: Iterable[Event], *, recorded: dt.date | None = None) -> Log:
    """Return the log with more events; an event it already holds changes nothing but evidence."""
    fresh = (Entry(id=event_id(event), event=event, recorded=recorded) for event in events)
    return attrs.evolve(log, entries=_joined((*log.entries, *fresh)))


def join(first: Log, second: Log) -> Log:
    """Return the union of two logs, under the first one's name."""
    return attrs.evolve(
        first,
        entries=_joined((*first.entries, *second.entries)),
        sources={**second.sources, **first.sources},
    )


def as_day(value: dt.date | str) -> dt.date:
    """Take a day, or its text as YYYY-MM-DD.

    Raises
    ------
    InputError
        It is neither.

    Examples
    --------
    >>> as_day("2025-05-14")
    datetime.date(2025, 5, 14)
    """
    if isinstance(value, str):
        try:
            return parse_day(value)
        except ValueError as error:
            raise InputError(str(error)) from None
    if not isinstance(value, dt.date):
        raise InputError(f"date must be a day or its text as YYYY-MM-DD, got {value!r}")
    return value.date() if isinstance(value, dt.datetime) else value


def known_on(log: Log, day: dt.date | str | None) -> Log:
    """Return what was known on a day: nothing announced later, nothing retracted by then.

    Parameters
    ----------
    log : Log
        The whole record.
    day : date or str, optional
        Knowledge day; None keeps everything announced.

    Returns
    -------
    Log
        Without later announcements, without events retracted by `day`, with the claims that
        `ClaimAdded` events had brought by then, and without claims, shares of codes, positions
        and register entries whose source was published later.

    Examples
    --------
    >>> import datetime as dt
    >>> from tariffsim import load_log
    >>> log = load_log("us-china")
    >>> len(known_on(log, dt.date(2025, 6, 6))) < len(log)
    True
    """
    if not isinstance(log, Log):
        raise InputError(f"log must be a Log, got {log!r}; read one with tariffsim.load_log")
    known = None if day is None else as_day(day)
    kept = [entry for entry in log.entries if known is None or entry.event.announced <= known]
    gone = _retracted(kept)
    evidence: dict[str, list[Claim]] = {}
    for entry in kept:
        if isinstance(entry.event, ClaimAdded):
            evidence.setdefault(entry.event.event, []).append(entry.event.added)
    entries = tuple(
        attrs.evolve(entry, event=_with_claims(entry.event, evidence[entry.id]))
        if entry.id in evidence
        else entry
        for entry in kept
        if entry.id not in gone
    )
    seen = attrs.evolve(log, entries=entries)
    return seen if known is None else _without_later_sources(seen, known)


def _retracted(entries: Iterable[Entry]) -> set[str]:
    targets = {
        entry.id: entry.event.event for entry in entries if isinstance(entry.event, Retracted)
    }
    # A retraction that was itself retracted takes nothing out, whatever the days of the two; so
    # each one waits for all that speak against it.
    against = Counter(targets.values())
    ready = [found for found in targets if not against[found]]
    gone: set[str] = set()
    while ready:
        retraction = ready.pop()
        target = targets[retraction]
        if retraction not in gone:
            gone.add(target)
        against[target] -= 1
        if target in targets and not against[target]:
            ready.append(target)
    return gone


def _without_later_sources(log: Log, day: dt.date) -> Log:
    later = {key for key, source in log.sources.items() if source.published > day}
    if not later:
        return log
    entries = tuple(
        attrs.evolve(entry, event=_as_known(entry.event, later))
        for entry in log.entries
        if not (isinstance(entry.event, ClaimAdded) and entry.event.added.source in later)
    )
    sources = {key: source for key, source in log.sources.items() if key not in later}
    return attrs.evolve(log, entries=entries, sources=sources)


def _as_known(event: Event, later: set[Slug]) -> Event:
    """Take out of an event what rests on sources published later; its id stays what it was.

    Where a list covers part of a code and nobody had said yet how much, the part is unknown.
    """
    changes: dict[str, Any] = {}
    kept = tuple(claim for claim in event.claims if claim.source not in later)
    if len(kept) < len(event.claims):
        changes["claims"] = kept
    products = getattr(event, "products", None)
    if products is not None and any(share.source in later for share in products.shares.values()):
        shares = {
            code: share for code, share in products.shares.items() if share.source not in later
        }
        changes["products"] = attrs.evolve(products, shares=shares)
    if isinstance(event, Disputed):
        sides = tuple(side for side in event.positions if side.source not in later)
        if len(sides) < len(event.positions):
            changes["positions"] = sides
    return attrs.evolve(event, **changes) if changes else event


def between(log: Log, start: dt.date | None = None, end: dt.date | None = None) -> Log:
    """Return the events announced from `start` (included) to `end` (excluded)."""
    entries = tuple(
        entry
        for entry in log.entries
        if (start is None or entry.event.announced >= start)
        and (end is None or entry.event.announced < end)
    )
    return attrs.evolve(log, entries=entries)


def digest(log: Log) -> str:
    """Hash the sorted ids: the same set of facts has the same digest, however recorded."""
    ids = sorted(entry.id for entry in log.entries)
    return hashlib.sha256("\n".join(ids).encode()).hexdigest()


def known_through(log: Log) -> dt.date | None:
    """Find the last day through which somebody reviewed the record; None if nobody did."""
    days = [event.through for event in log if isinstance(event, Reviewed)]
    return max(days, default=None)


def find(log: Log, reference: str) -> tuple[Entry, ...]:
    """Find events by key, id, the start of an id, or the id of a fact that they carry.

    Raises
    ------
    UnknownName
        Nothing answers to `reference`; the message names the nearest.
    """
    if not isinstance(reference, str):
        raise InputError(
            f"event must be a key, an id or a fact as text, got {reference!r}; as 'S0-26'"
        )
    for index in (log.by_id, log.by_key):
        if reference in index:
            return (index[reference],)
    matches = tuple(
        entry
        for entry in log.entries
        if (len(reference) >= 6 and entry.id.startswith(reference))
        or any(claim.fact == reference for claim in entry.event.claims)
    )
    if not matches:
        raise UnknownName(
            f"no event of {log.name} answers to {reference!r}{nearest(reference, log.by_key)}; "
            "list them with: tariffsim log"
        )
    return matches
