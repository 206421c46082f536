"""A scenario's fork held against the log that it forks; reads no file."""

from collections.abc import Collection, Sequence

import attrs

from tariffsim.audit import audit_fork, audit_part
from tariffsim.codec.documents import refuse
from tariffsim.codec.drafts import written_drafts
from tariffsim.codec.fault import Path as FaultPath
from tariffsim.codec.marked import Marked
from tariffsim.events import Event
from tariffsim.files.written import Written, placed
from tariffsim.finding import Finding
from tariffsim.identity import event_id
from tariffsim.log import Log, append, known_on
from tariffsim.policy import threatened_events
from tariffsim.references import resolve_references
from tariffsim.scenario import Scenario
from tariffsim.scenario.tree import chances, drafts, with_drafts


def bound(written: Written, log: Log) -> Scenario:
    """Resolve the draft's references into the log, and audit each branch as a log of its own."""
    drafted = tuple(drafts(written.scenario))
    paths = [path for path, _ in drafted]
    resolved, findings = _resolved(written.marked, drafted, log)
    refuse(findings)
    scenario = with_drafts(
        written.scenario, {**_by_holder(paths, resolved), **_threats(written, log)}
    )
    where = {
        event_id(event): written.marked.place(path)
        for path, event in zip(paths, resolved, strict=True)
    }
    refuse(
        attrs.evolve(finding, place=where.get(finding.about or ""))
        for finding in audit_fork(scenario, log)
    )
    return scenario


def names_in(marked: Marked, log: Log) -> tuple[Finding, ...]:
    """Find the names that lead nowhere in the fork of a scenario that cannot be read in full.

    Parameters
    ----------
    marked : Marked
        The scenario as written.
    log : Log
        The log that it forks.

    Returns
    -------
    tuple of Finding
        Errors. What events say of each other is left open: their branches are not known.
    """
    found = written_drafts(marked.data)
    resolved, findings = _resolved(marked, found.events, log, unread=found.unread)
    where = {
        event_id(event): marked.place(path)
        for (path, _), event in zip(found.events, resolved, strict=True)
    }
    fork = append(known_on(log, found.known_on), resolved)
    return (
        *findings,
        *(
            attrs.evolve(finding, place=where[finding.about])
            for finding in audit_part(fork, unread=found.unread)
            if finding.rule != "clash" and finding.about in where
        ),
    )


def _resolved(
    marked: Marked,
    drafted: Sequence[tuple[FaultPath, Event]],
    log: Log,
    *,
    unread: Collection[str] = (),
) -> tuple[list[Event], list[Finding]]:
    """Resolve references into the log; and find those that lead nowhere."""
    findings: list[Finding] = []

    def report(position: int, message: str, handle: str) -> None:
        if handle not in unread:
            place = marked.place(drafted[position][0])
            findings.append(Finding(rule="unknown-reference", message=message, place=place))

    known = {key: entry.id for key, entry in log.by_key.items()}
    return resolve_references([event for _, event in drafted], report, known=known), findings


def _by_holder(
    paths: Sequence[FaultPath], events: Sequence[Event]
) -> dict[FaultPath, tuple[Event, ...]]:
    """Put events together under the path of what holds them."""
    found: dict[FaultPath, tuple[Event, ...]] = {}
    for path, event in zip(paths, events, strict=True):
        holder = () if path[0] == "what_if" else path[:-2]
        found[holder] = (*found.get(holder, ()), event)
    return found


def _threats(written: Written, log: Log) -> dict[FaultPath, tuple[Event, ...]]:
    """Look up what the threats of the log would do."""
    day = written.scenario.known_on
    found = {}
    for path, _, chance in chances(written.scenario):
        if chance.threat is not None:
            with placed(written.marked, (*path, "threat")):
                found[path] = threatened_events(chance, known_on(log, day), day)
    return found
