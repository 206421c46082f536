"""Stored logs, written: sheets added, two logs joined; nothing is appended unless all holds."""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path

import attrs

from tariffsim.audit import audit
from tariffsim.codec.documents import Sheet, read_sheet, refuse
from tariffsim.codec.lines import EMPTY, Head, encode
from tariffsim.codec.stored import from_lines, to_lines
from tariffsim.errors import InputError
from tariffsim.events import ClaimAdded, Event
from tariffsim.files.shipped import composed, short_name
from tariffsim.finding import Finding, Place
from tariffsim.identity import event_id
from tariffsim.journal import append_lines, read_log
from tariffsim.log import Log, append
from tariffsim.references import resolve_references
from tariffsim.terms import Slug


def add_sheets(path: Path, sheets: Sequence[Path]) -> tuple[int, int]:
    """Append the events of fact sheets to a stored log.

    Parameters
    ----------
    path : Path
        The JSON Lines file; made if absent.
    sheets : sequence of Path
        Fact sheets; their events may refer to events of the log by key.

    Returns
    -------
    added, known : int
        Events appended, and events that the log held already.

    Raises
    ------
    InputError
        Every fault of every sheet, and every clash with the log; nothing was written then.
    """
    log, head = _stored(path)
    read = [read_sheet(composed(sheet)) for sheet in sheets]
    events, places = _resolved(log, read)
    return _append(path, log, head, events, places)


def merge_logs(target: Path, other: Path) -> tuple[int, int]:
    """Append to a stored log every event of another that it does not hold; re-chains them.

    Returns
    -------
    added, known : int
        Events appended, and events that the log held already.
    """
    if not other.exists():
        raise InputError(f"{other}: log must exist, found nothing; check the path")
    log, head = _stored(target)
    source, _ = _stored(other)
    return _append(target, log, head, list(source), {})


def _stored(path: Path) -> tuple[Log, Head]:
    if not path.exists():
        return Log(name=Slug(path.stem), entries=()), EMPTY
    decoded = read_log(path, file=short_name(path))
    assembled = from_lines(decoded, name=Slug(path.stem), file=short_name(path))
    refuse(assembled.findings)
    return assembled.log, decoded.head


def _resolved(log: Log, sheets: Sequence[Sheet]) -> tuple[list[Event], Mapping[str, Place]]:
    events = [event for sheet in sheets for event in sheet.events]
    places = [place for sheet in sheets for place in sheet.places]
    findings = [finding for sheet in sheets for finding in sheet.findings]

    def report(position: int, message: str, _: str) -> None:
        place = places[position]
        findings.append(Finding(rule="unknown-reference", message=message, place=place))

    known = {key: entry.id for key, entry in log.by_key.items()}
    resolved = resolve_references(events, report, known=known)
    refuse(findings)
    return resolved, dict(zip(map(event_id, resolved), places, strict=True))


def _append(
    path: Path, log: Log, head: Head, events: Sequence[Event], places: Mapping[str, Place]
) -> tuple[int, int]:
    fresh = [event for event in events if event_id(event) not in log.by_id]
    evidence = list(_new_claims(log, events))
    joined = append(log, [*fresh, *evidence])
    refuse(
        attrs.evolve(finding, place=places.get(finding.about or "")) for finding in audit(joined)
    )
    if fresh or evidence:
        lines = to_lines([*fresh, *evidence], recorded=dt.datetime.now(tz=dt.UTC).date())
        text, _ = encode(lines, head)
        append_lines(path, text, expected=head)
    return len(fresh), len(events) - len(fresh)


def _new_claims(log: Log, events: Iterable[Event]) -> Iterable[ClaimAdded]:
    """Keep the claims that come with a fact already known: better evidence, not a second fact."""
    for event in events:
        entry = log.by_id.get(event_id(event))
        if entry is None:
            continue
        for claim in event.claims:
            if claim not in entry.event.claims:
                yield ClaimAdded(announced=event.announced, event=entry.id, added=claim)
