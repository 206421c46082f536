"""Composed texts to nouns: fact sheets, source registers, scenarios, parameters; opens no file.

Each reader returns what it could read and every fault with its place; whoever puts several files
together raises once for all of them.
"""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from typing import Any, TypeVar

import attrs

from tariffsim import terms
from tariffsim.audit import audit, audit_part
from tariffsim.codec.converter import about, structure, suggested
from tariffsim.codec.drafts import brought, in_the_past, written_drafts
from tariffsim.codec.fault import Fault, Path
from tariffsim.codec.marked import Marked
from tariffsim.codec.policy import POLICY_CHECKS
from tariffsim.errors import InputError
from tariffsim.events import Event
from tariffsim.finding import Finding, Place, by_place, render
from tariffsim.identity import event_id
from tariffsim.log import Entry, Log, Source, make_log
from tariffsim.parameters import Parameter
from tariffsim.references import resolve_references
from tariffsim.scenario import Scenario, wrong_count
from tariffsim.scenario.tree import drafts
from tariffsim.terms import Slug

T = TypeVar("T")

# More would ask for memory that nobody has before anything could be said about it.


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
    wrong = (fault for check in _SCENARIO_CHECKS for fault in check(scenario))
    return scenario, (*marked.findings, *(_finding(marked, fault) for fault in wrong))


def _draft_events(scenario: Scenario) -> Iterable[Fault]:
    return in_the_past(scenario.known_on, drafts(scenario))


def _horizon(scenario: Scenario) -> Iterable[Fault]:
    if scenario.horizon.end.next.first <= scenario.known_on:
        message = (
            f"horizon must end after the knowledge day {scenario.known_on}, got "
            f"{scenario.horizon.end}; choose a later month"
        )
        yield Fault(("horizon", "to"), "horizon", message)
    if scenario.benchmark_day >= scenario.horizon.start.first:
        message = f"benchmark_day must be before the horizon, got {scenario.benchmark_day}"
        yield Fault(("benchmark_day",), "horizon", message)


def _markets(scenario: Scenario) -> Iterable[Fault]:
    partial = scenario.model == "partial"
    if scenario.markets and scenario.trade is None and partial:
        message = "trade must be given where there are markets; add trade: us-china-2024"
        yield Fault(("markets",), "missing-key", message, at_key=True)
    for position, market in enumerate(scenario.markets):
        if market.exporter in (terms.REST, market.importer):
            message = (
                f"exporter must be one economy, other than the importer, got {market.exporter}; "
                "the rest of the world is the competing source by itself"
            )
            yield Fault(("markets", position, "exporter"), "bad-value", message)
    importers = [market.importer for market in scenario.markets]
    for position, importer in enumerate(importers):
        if importer in importers[:position]:
            message = f"importer must have one market, got {importer} again; ask in two scenarios"
            yield Fault(("markets", position, "importer"), "bad-value", message)
    followed = scenario.world.economies if scenario.world and not partial else ()
    if not scenario.markets and not scenario.materials and not followed:
        message = "markets or materials must be given; a scenario needs something to project"
        yield Fault((), "missing-key", message)


def _materials(scenario: Scenario) -> Iterable[Fault]:
    for position, material in enumerate(scenario.materials):
        if material.facts is None and not (material.reliance and material.cover):
            message = (
                "facts must be given where reliance and cover are not; add facts: project, or "
                "name the parameters"
            )
            yield Fault(("materials", position), "missing-key", message)
        elif material.facts is not None and (material.reliance or material.cover):
            message = (
                "facts must stand alone, since a sheet knows reliance and cover; drop one or the "
                "other, and set parameters of the sheet under parameters"
            )
            yield Fault(("materials", position, "facts"), "bad-value", message)


def _industries(scenario: Scenario) -> Iterable[Fault]:
    table = scenario.industries
    if table is None:
        return
    if not table.uses:
        message = "uses must name at least one use of a material, got none; drop industries"
        yield Fault(("industries", "uses"), "bad-value", message)
    if table.table != "illustrative" and table.published is None:
        message = "published must be given for a table of your own: the day it became public"
        yield Fault(("industries",), "missing-key", message)
    told = [material.material for material in scenario.materials if material.facts is not None]
    held: dict[tuple[str, str, str], int] = {}
    for position, use in enumerate(table.uses):
        where = ("industries", "uses", position)
        if use.material not in told:
            message = (
                f"material must be one of the scenario's, with facts, got {use.material!r}"
                f"{terms.nearest(use.material, told)}; add facts: project to it"
            )
            yield Fault((*where, "material"), "bad-value", message)
        key = (use.material, use.economy, use.sector)
        held[key] = held.get(key, 0) + use.share
        if held[key] > terms.PARTS_PER_UNIT:
            message = (
                f"share of the uses of {use.material} in {use.economy} {use.sector} must be at "
                f"most 100% together, got {terms.percent(held[key])}; say what part each is"
            )
            yield Fault((*where, "share"), "bad-value", message)


def _draws(scenario: Scenario) -> Iterable[Fault]:
    for key, message in (
        ("paths", wrong_count("paths", scenario.paths, least=1, such_as=2048)),
        ("draws", wrong_count("draws", scenario.draws, least=2, such_as=8192)),
    ):
        if message is not None:
            yield Fault((key,), "draws", message)


def _overrides(scenario: Scenario) -> Iterable[Fault]:
    for name, override in scenario.parameters.items():
        fields = attrs.asdict(override, filter=lambda field, _: field.name != "reason")
        try:
            Parameter(
                name=name, unit="", source=Slug("scenario"), known=scenario.known_on, grade="L",
                **fields,
            )  # fmt: skip
        except ValueError as error:
            yield Fault(("parameters", name), "bad-value", str(error))


_SCENARIO_CHECKS: tuple[Callable[[Scenario], Iterable[Fault]], ...] = (
    *POLICY_CHECKS,
    _draft_events,
    _horizon,
    _markets,
    _materials,
    _industries,
    _draws,
    _overrides,
)


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
