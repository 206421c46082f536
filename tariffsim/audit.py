"""Log and the state folded from it to findings, by a tuple of small checks; mends nothing.

A finding names the event it is about; whoever read the file knows the line.
"""

import datetime as dt
from collections.abc import Callable, Collection, Iterable, Iterator
from decimal import Decimal

import attrs

from tariffsim.doubt import doubts, in_words
from tariffsim.errors import LogError
from tariffsim.events import (
    STATUTORY_ADD_ON,
    AgreementReached,
    ClaimAdded,
    ControlEased,
    ControlSet,
    Disputed,
    Event,
    GeneralLicenceGranted,
    MeasureEnacted,
    Observed,
    RateSet,
    Retracted,
    Reviewed,
    ScopeChanged,
    Suspended,
    SuspensionEndSet,
    Terminated,
    Voided,
)
from tariffsim.finding import Finding
from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.log import Entry, Log, append, known_on
from tariffsim.reduce import fold, stacked_on
from tariffsim.scenario import Scenario, branches_of
from tariffsim.states import State
from tariffsim.terms import nearest

Check = Callable[[Log], Iterable[Finding]]


def audit(log: Log, *, since: dt.date | None = None) -> tuple[Finding, ...]:
    """Run every check on a log.

    Parameters
    ----------
    log : Log
        The whole record, or a fork of it.
    since : date, optional
        Hold the fold against figures observed from this day on; against all by default.

    Returns
    -------
    tuple of Finding
        Errors, then warnings, then notes.
    """
    found = [finding for check in CHECKS for finding in check(log)]
    try:
        state = fold(known_on(log, None))
    except LogError as clash:
        found += _clashes(log, clash)
    else:
        if not any(finding.severity == "error" for finding in found):
            found += _observed_figures(log, state, since or dt.date.min)
    rank = {"error": 0, "warning": 1, "note": 2}
    return tuple(sorted(found, key=lambda finding: rank[finding.severity]))


def audit_part(log: Log, *, unread: Collection[str]) -> tuple[Finding, ...]:
    """Audit what could be read of a log, leaving open whatever the rest of it may settle.

    Parameters
    ----------
    log : Log
        The events that could be read.
    unread : collection of str
        Every text that stands in what could not: it may enact, open or register what others name.

    Returns
    -------
    tuple of Finding
        Errors only: names that nothing answers to, and facts that contradict each other.
    """
    found = [*_names(log, unread), *_suspensions(log, unread), *_sources(log, unread)]
    try:
        fold(known_on(log, None))
    except LogError as clash:
        found += _clashes(log, clash)
    return tuple(finding for finding in found if finding.severity == "error")


def audit_fork(scenario: Scenario, log: Log) -> tuple[Finding, ...]:
    """Audit every branch of a scenario, alone and with each of its chances, as a log of its own.

    Parameters
    ----------
    scenario : Scenario
        With references resolved.
    log : Log
        The log that it forks.

    Returns
    -------
    tuple of Finding
        Errors only, each once; what is said of a log's own facts is said by `audit`.
    """
    known = known_on(log, scenario.known_on)
    found: dict[tuple[str, str | None], Finding] = {}
    audited: set[tuple[str, ...]] = set()
    for branch in branches_of(attrs.evolve(scenario, given={})):
        for events in ((), *(chance.events for chance in branch.chances.values())):
            fork = append(known, (*branch.events, *events))
            ids = tuple(entry.id for entry in fork.entries)
            since = _first_change((*branch.events, *events))
            for finding in audit(fork, since=since) if ids not in audited else ():
                if finding.severity == "error":
                    found.setdefault((finding.message, finding.about), finding)
            audited.add(ids)
    return tuple(found.values())


def _first_change(events: Iterable[Event]) -> dt.date:
    """Find the day before which a fork leaves everything as the log has it."""
    # A retraction takes back what was said of any day.
    days = (dt.date.min if isinstance(e, Retracted) else e.effective for e in events)
    return min(days, default=dt.date.max)


def _names(log: Log, unread: Collection[str] = ()) -> Iterator[Finding]:
    measures = {event.measure for event in log if isinstance(event, MeasureEnacted)}.union(unread)
    controls = {event.control for event in log if isinstance(event, ControlSet)}.union(unread)
    for entry in log.entries:
        event = entry.event
        if isinstance(event, RateSet | ScopeChanged | Voided) and event.measure not in measures:
            yield _unknown(entry, "measure", event.measure, measures)
        elif isinstance(event, Suspended | SuspensionEndSet | Terminated):
            if event.measure not in measures | controls:
                yield _unknown(entry, "measure", event.measure, measures | controls)
        elif isinstance(event, ControlEased | GeneralLicenceGranted) and (
            event.control not in controls
        ):
            yield _unknown(entry, "control", event.control, controls)


def _unknown(entry: Entry, what: str, name: str, known: Iterable[str]) -> Finding:
    message = (
        f"{what} must be one that the log enacts, got {name!r}; add the event that enacts it, "
        f"or correct the name{nearest(name, known)}"
    )
    return Finding(rule=f"unknown-{what}", message=message, about=entry.id)


def _suspensions(log: Log, unread: Collection[str] = ()) -> Iterator[Finding]:
    known = {e.measure for e in log if isinstance(e, MeasureEnacted)}
    known |= {e.control for e in log if isinstance(e, ControlSet)}
    opened = {(e.measure, e.suspension): e for e in log if isinstance(e, Suspended)}
    for entry in log.entries:
        event = entry.event
        if not isinstance(event, SuspensionEndSet):
            continue
        start = opened.get((event.measure, event.suspension))
        if start is None and (event.suspension in unread or event.measure not in known):
            continue  # nothing was read that could say so, or the measure has its own finding
        if start is None:
            names = [name for measure, name in opened if measure == event.measure]
            yield _unknown(entry, "suspension", event.suspension, names)
        elif event.until is not None and event.until <= start.effective:
            message = (
                f"until must be after the suspension's start, got {event.until} and "
                f"{start.effective}; to undo a suspension, retract it"
            )
            yield Finding(rule="end-before-start", message=message, about=entry.id)


def _before_birth(log: Log) -> Iterator[Finding]:
    born = {event.measure: event.effective for event in log if isinstance(event, MeasureEnacted)}
    for entry in log.entries:
        event = entry.event
        if isinstance(event, RateSet) and event.effective < born.get(event.measure, dt.date.min):
            message = (
                f"effective must not be before {event.measure} came into being on "
                f"{born[event.measure]}, got {event.effective}; correct one of the two days"
            )
            yield Finding(rule="rate-before-measure", message=message, about=entry.id)


def _sources(log: Log, unread: Collection[str] = ()) -> Iterator[Finding]:
    if not log.sources:
        message = f"log {log.name} has no register of sources; put a sources.yaml beside it"
        yield Finding(rule="no-register", message=message, severity="warning")
    for entry in log.entries:
        for source in _cited(entry.event):
            if log.sources and source not in log.sources and source not in unread:
                message = (
                    f"source must be in the register, got {source!r}; add it to sources.yaml"
                    f"{nearest(source, log.sources)}"
                )
                yield Finding(rule="unknown-source", message=message, about=entry.id)
        if not entry.event.claims and not isinstance(entry.event, Reviewed | Disputed | ClaimAdded):
            yield Finding(
                rule="no-claim",
                message=f"claims must name at least one source, got none for {_name(entry)}",
                severity="warning",
                about=entry.id,
            )


def _cited(event: Event) -> Iterator[str]:
    yield from (claim.source for claim in event.claims)
    if isinstance(event, ClaimAdded):
        yield event.added.source
    if isinstance(event, Disputed):
        yield from (side.source for side in event.positions if side.source is not None)
    if isinstance(event, MeasureEnacted | ScopeChanged) and event.products is not None:
        shares = event.products.shares.values()
        yield from (share.source for share in shares if share.source is not None)


def _clashes(log: Log, clash: LogError) -> Iterator[Finding]:
    for line in str(clash).splitlines():
        entry = _named_in(log, line)
        rival = entry and _rival(log, entry)
        message = line.replace("another event", _name(rival)) if rival else line
        yield Finding(rule="clash", message=message, about=entry.id if entry else None)


def _named_in(log: Log, message: str) -> Entry | None:
    for entry in log.entries:
        if message.startswith(f"{entry.event.kind} {entry.event.key or entry.id[:12]} "):
            return entry
    return None


def _rival(log: Log, entry: Entry) -> Entry | None:
    """Find the event that says otherwise of the same thing, announced on the same day."""
    same = ("kind", "measure", "suspension", "control", "name", "group", "effective", "announced")
    wanted = [getattr(entry.event, field, None) for field in same]
    for other in log.entries:
        if other != entry and [getattr(other.event, field, None) for field in same] == wanted:
            return other
    return None


def _commitments(log: Log) -> Iterator[Finding]:
    for entry in log.entries:
        if not isinstance(entry.event, AgreementReached):
            continue
        for commitment in entry.event.commitments:
            if not commitment.carried_out_by:
                due = f" by {commitment.due}" if commitment.due else ""
                message = (
                    f"{commitment.party} promised{due}: {commitment.promise}; "
                    "no event carries it out"
                )
                yield Finding(rule="unmet", message=message, severity="note", about=entry.id)


def _dissent(log: Log) -> Iterator[Finding]:
    for entry in log.entries:
        for claim in entry.event.claims:
            if claim.says is not None:
                message = f"{_name(entry)}: {claim.source} says otherwise: {claim.says}"
                yield Finding(rule="dissent", message=message, severity="note", about=entry.id)
        if isinstance(entry.event, Disputed):
            sides = "; ".join(f"{side.party}: {side.says}" for side in entry.event.positions)
            message = f"{_name(entry)} is disputed: {sides}"
            yield Finding(rule="dispute", message=message, severity="note", about=entry.id)


def _doubts(log: Log) -> Iterator[Finding]:
    for id, found in doubts(log).items():
        # Disputes have a note of their own.
        weak = [doubt for doubt in found if doubt != "disputed"]
        if weak:
            message = f"{_name(log.by_id[id])} changes what is in force and is {in_words(weak)}"
            yield Finding(rule="doubt", message=message, severity="note", about=id)


def _observed_figures(log: Log, state: State, since: dt.date) -> Iterator[Finding]:
    for entry in log.entries:
        event = entry.event
        if not isinstance(event, Observed) or event.basis != STATUTORY_ADD_ON:
            continue
        if event.period is None or event.importer is None or event.exporter is None:
            continue
        if event.period.start < since:
            continue
        stacked = stacked_on(
            state, event.period.start, event.importer, event.exporter, event.product
        )
        folded = Decimal(stacked.low) / EXACT_PER_PERCENT
        if abs(folded - Decimal(event.value)) > Decimal(event.tolerance):
            message = (
                f"the fold must meet the observed {event.value} % on {event.period.start}, "
                f"got {folded.normalize():f} %; a measure is missing, "
                "or the figure has another basis"
            )
            yield Finding(rule="observed", message=message, about=entry.id)


def _name(entry: Entry) -> str:
    event: Event = entry.event
    return event.key or event.title or f"{event.kind} {entry.id[:12]}"


CHECKS: tuple[Check, ...] = (
    _names,
    _suspensions,
    _before_birth,
    _sources,
    _commitments,
    _dissent,
    _doubts,
)
