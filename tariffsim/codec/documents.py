"""Composed texts to nouns: fact sheets, source registers, scenarios, parameters; opens no file.

Each reader returns what it could read and every fault with its place; whoever puts several files
together raises once for all of them.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from tariffsim.audit import audit, audit_part
from tariffsim.codec.converter import about, structure, suggested
from tariffsim.codec.drafts import brought, in_the_past, written_drafts
from tariffsim.codec.fault import Fault, Path
from tariffsim.codec.marked import Marked
from tariffsim.codec.scenario_rules import SCENARIO_CHECKS
from tariffsim.errors import InputError
from tariffsim.events import Event
from tariffsim.finding import Finding, Place, by_place, render
from tariffsim.identity import event_id
from tariffsim.log import Entry, Log, Source, make_log
from tariffsim.parameters import Parameter
from tariffsim.references import resolve_references
from tariffsim.scenario import Scenario
from tariffsim.terms import Slug

T = TypeVar("T")


@attrs.frozen(kw_only=True)
class Sheet:
    """A fact sheet as read: its log, its events, and where each one stands.

    Parameters
    ----------
    log : Slug or None
        The log it says it belongs to.
    events : tuple of Event
        Those without a fault.
    places : tuple of Place
        One an event.
    findings : tuple of Finding
        Faults of the others.
    named : Place, optional
        Where it says which log it belongs to.
    unread : frozenset of str or None
        Names that events with a fault may bring; None where the sheet could not be read at all.
    """

    log: Slug | None
    events: tuple[Event, ...]
    places: tuple[Place, ...]
    findings: tuple[Finding, ...]
    named: Place | None = None
    unread: frozenset[str] | None = frozenset()


@attrs.frozen(kw_only=True)
class Assembled:
    """A log put together from sheets, where each event stands, and what the audit found."""

    log: Log
    places: Mapping[str, Place]
    findings: tuple[Finding, ...]


def refuse(findings: Iterable[Finding]) -> None:
    """Raise one error for all findings that are errors, in the order of their places.

    Raises
    ------
    InputError
        If there is at least one.
    """
    errors = sorted((finding for finding in findings if finding.severity == "error"), key=by_place)
    if errors:
        raise InputError("\n".join(map(render, errors)), errors)


_NO_LIST = "events must be a list; begin each event with - type: on a line of its own"


def read_sheet(marked: Marked) -> Sheet:
    """Read a fact sheet: ``log:`` and a list of ``events:``."""
    findings: list[Finding] = list(marked.findings)
    data = _mapping(marked, findings, allowed=("log", "events"), needed=("log", "events"))
    name = _one(marked, data, "log", Slug, findings)
    listed = data.get("events", [])
    if not isinstance(listed, list):
        findings.append(_finding(marked, Fault(("events",), "bad-value", _NO_LIST)))
        listed = []
    events, places = [], []
    unread: set[str] = set()
    for position, item in enumerate(listed):
        try:
            events.append(structure(item, Event))
            places.append(marked.place(("events", position)))
        except ExceptionGroup as group:
            findings += _findings(marked, group, ("events", position))
            unread.update(brought(item))
    return Sheet(
        log=name,
        events=tuple(events),
        places=tuple(places),
        findings=tuple(findings),
        named=marked.place(("log",)),
        unread=frozenset(unread),
    )


def read_sources(marked: Marked) -> tuple[dict[Slug, Source], tuple[Finding, ...]]:
    """Read a source register: keys under ``sources:``."""
    findings: list[Finding] = list(marked.findings)
    data = _mapping(marked, findings, allowed=("sources",), needed=("sources",))
    found: dict[Slug, Source] = {}
    entries = data.get("sources", {})
    for key, fields in entries.items() if isinstance(entries, dict) else ():
        try:
            found[Slug(key)] = structure({"key": key, **fields}, Source)
        except ExceptionGroup as group:
            findings += _findings(marked, group, ("sources", key))
        except TypeError:
            message = f"source {key} must be a mapping with title, publisher and published"
            fault = Fault(("sources", key), "bad-value", message)
            findings.append(_finding(marked, fault))
    return found, tuple(findings)


def assemble(
    name: Slug,
    sheets: Sequence[Sheet],
    sources: Mapping[Slug, Source],
    *,
    known: Mapping[str, str] | None = None,
    unread: Collection[str] = (),
) -> Assembled:
    """Put sheets together into one log: handles to ids, clashes and unknown names found.

    Parameters
    ----------
    name : Slug
        The log's name.
    sheets : sequence of Sheet
        In any order.
    sources : mapping of Slug to Source
        The register.
    known : mapping of str to str, optional
        Handles and ids of events outside these sheets.
    unread : collection of str
        Texts of a register that could not be read in full.

    Returns
    -------
    Assembled
        The log, the place of every event, and all findings with places.
    """
    events = [event for sheet in sheets for event in sheet.events]
    places = [place for sheet in sheets for place in sheet.places]
    findings = [finding for sheet in sheets for finding in sheet.findings]
    findings += _repeated_keys(events, places)
    findings += _other_logs(name, sheets)

    # What could not be read may be the very thing that something else names.
    open_names = frozenset(unread).union(*(sheet.unread or () for sheet in sheets))
    all_open = any(sheet.unread is None for sheet in sheets)

    def report(position: int, message: str, handle: str) -> None:
        if not all_open and handle not in open_names:
            place = places[position]
            findings.append(Finding(rule="unknown-reference", message=message, place=place))

    resolved = resolve_references(events, report, known=known)
    entries = [Entry(id=event_id(event), event=event) for event in resolved]
    log = make_log(name, entries, sources=sources)
    by_id = {entry.id: place for entry, place in zip(entries, places, strict=True)}
    # Figures that the fold must meet, and all that is merely noted, wait for a sound record.
    about: tuple[Finding, ...] = ()
    if not unread and not any(finding.severity == "error" for finding in findings):
        about = audit(log)
    elif not all_open:
        about = audit_part(log, unread=open_names)
    findings += [attrs.evolve(found, place=by_id.get(found.about or "")) for found in about]
    return Assembled(log=log, places=by_id, findings=tuple(findings))


def _repeated_keys(events: Sequence[Event], places: Sequence[Place]) -> list[Finding]:
    first: dict[str, Place] = {}
    found = []
    for event, place in zip(events, places, strict=True):
        if event.key is None:
            continue
        if event.key in first:
            there = first[event.key]
            message = (
                f"key must be unique in a log, got {event.key!r} again after "
                f"{there.file}:{there.line}; rename one of the two"
            )
            found.append(Finding(rule="repeated-key", message=message, place=place))
        first.setdefault(event.key, place)
    return found


def _other_logs(name: Slug, sheets: Sequence[Sheet]) -> list[Finding]:
    return [
        Finding(
            rule="other-log",
            message=f"log must be {name}, the log this sheet is read for, got {sheet.log}",
            place=sheet.named,
        )
        for sheet in sheets
        if sheet.log is not None and sheet.log != name
    ]


def read_parameters(marked: Marked) -> tuple[tuple[Parameter, ...], tuple[Finding, ...]]:
    """Read a list of ``parameters:``."""
    findings: list[Finding] = list(marked.findings)
    data = _mapping(marked, findings, allowed=("parameters",), needed=("parameters",))
    found = []
    listed = data.get("parameters", [])
    for position, item in enumerate(listed if isinstance(listed, list) else []):
        try:
            found.append(structure(item, Parameter))
        except ExceptionGroup as group:
            findings += _findings(marked, group, ("parameters", position))
    return tuple(found), tuple(findings)


def read_scenario(marked: Marked) -> tuple[Scenario | None, tuple[Finding, ...]]:
    """Read a scenario, without the log that it forks.

    Returns
    -------
    scenario : Scenario or None
        None where a fault keeps it from being read.
    findings : tuple of Finding
        Every fault, those of the fork's form among them.
    """
    try:
        scenario = structure(marked.data, Scenario)
    except ExceptionGroup as group:
        found = written_drafts(marked.data)
        past = in_the_past(found.known_on, found.events) if found.known_on else ()
        faults = (_finding(marked, fault) for fault in past)
        return None, (*marked.findings, *_findings(marked, group, ()), *faults)
    wrong = (fault for check in SCENARIO_CHECKS for fault in check(scenario))
    return scenario, (*marked.findings, *(_finding(marked, fault) for fault in wrong))


def _mapping(
    marked: Marked, findings: list[Finding], *, allowed: Sequence[str], needed: Sequence[str]
) -> dict[str, Any]:
    data = marked.data
    if not isinstance(data, dict):
        message = f"file must be a mapping with {' and '.join(needed)}; write {needed[0]}: first"
        findings.append(_finding(marked, Fault((), "bad-value", message)))
        return {}
    for key in data:
        if key not in allowed:
            message = f"unknown key {key!r}{suggested(key, allowed)}"
            findings.append(_finding(marked, Fault((key,), "unknown-key", message, at_key=True)))
    for key in needed:
        if key not in data:
            message = f"{key} must be given; add {key}: to this file"
            findings.append(_finding(marked, Fault((), "missing-key", message)))
    return data


def _one(
    marked: Marked, data: Mapping[str, Any], key: str, kind: Any, findings: list[Finding]
) -> Any:
    if key not in data:
        return None
    try:
        return structure(data[key], kind)
    except ExceptionGroup as group:
        findings += [
            _finding(marked, Fault((key,), "bad-value", about(str(fault), (key,))))
            for fault in group.exceptions
        ]
        return None


def _findings(marked: Marked, group: ExceptionGroup[Any], start: Path) -> list[Finding]:
    return [
        _finding(marked, Fault(start + fault.path, fault.rule, fault.message, at_key=fault.at_key))
        for fault in group.exceptions
        if isinstance(fault, Fault)
    ]


def _finding(marked: Marked, fault: Fault) -> Finding:
    path = fault.path
    # A rule between two fields speaks of one of them first; the caret goes there.
    field = fault.message.split(" ", 1)[0]
    if (*path, field) in marked.marks and fault.rule == "bad-value":
        path = (*path, field)
    place = marked.place(path, key=fault.at_key)
    return Finding(rule=fault.rule, message=fault.message, place=place)
