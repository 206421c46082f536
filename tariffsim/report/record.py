"""Events, differences and reasons of a log: as text for people, as data for programs."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tariffsim.doubt import Doubt, doubts_of, in_words
from tariffsim.events import Claim
from tariffsim.identity import plain
from tariffsim.log import Entry, Log
from tariffsim.query import ControlChange, Difference, RateChange, Reasons
from tariffsim.scopes import ShareInterval
from tariffsim.terms import percent


def name_of(entry: Entry) -> str:
    """Name an event for people: its key, or the start of its id."""
    return entry.event.key or entry.id[:12]


def entry_data(entry: Entry) -> dict[str, Any]:
    """Give an event with its id as plain data."""
    content = plain(entry.event)
    assert isinstance(content, dict)
    return {"id": entry.id, **content}


def listing(entries: Iterable[Entry]) -> str:
    """Write events as a table: announced, effective, kind, key, title."""
    rows = [
        (
            str(entry.event.announced),
            str(entry.event.effective),
            entry.event.kind,
            name_of(entry),
            entry.event.title,
        )
        for entry in entries
    ]
    rows.insert(0, ("announced", "effective", "kind", "key", "title"))
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    return "\n".join(
        "  ".join([*(cell.ljust(w) for cell, w in zip(row, widths, strict=False)), row[4]]).rstrip()
        for row in rows
    )


def difference_data(found: Difference, first: dt.date, second: dt.date) -> dict[str, Any]:
    """Give what changed between two days as plain data."""
    return {
        "from": first.isoformat(),
        "to": second.isoformat(),
        "rates": [
            {
                "measure": change.measure,
                "before_percent": None if change.before is None else change.before / 10_000,
                "after_percent": None if change.after is None else change.after / 10_000,
                "events": [entry.id for entry in change.events],
            }
            for change in found.rates
        ],
        "controls": [
            {
                "control": change.control,
                "before_percent": _ends(change.before),
                "after_percent": _ends(change.after),
                "events": [entry.id for entry in change.events],
            }
            for change in found.controls
        ],
        "learnt": [entry.id for entry in found.learnt],
    }


def _ends(share: ShareInterval | None) -> list[float] | None:
    return None if share is None else [share.low / 10_000, share.high / 10_000]


def difference_text(found: Difference, first: dt.date, second: dt.date) -> str:
    """Write what changed between two days, measure by measure."""
    lines = [f"In force on {second} and not so on {first}:"]
    lines += [_rate_line(change) for change in found.rates]
    lines += [_control_line(change) for change in found.controls]
    if len(lines) == 1:
        lines.append("  nothing changed")
    lines += ["", f"Announced after {first} and by {second}: {len(found.learnt)} events"]
    lines += [
        f"  {entry.event.announced}  {name_of(entry)}  {entry.event.title}"
        for entry in found.learnt
    ]
    return "\n".join(lines)


def _rate_line(change: RateChange) -> str:
    before, after = (
        "not in force" if rate is None else percent(rate) for rate in (change.before, change.after)
    )
    events = ", ".join(name_of(entry) for entry in change.events)
    return f"  {change.measure}: {before} -> {after}  ({events})"


def _control_line(change: ControlChange) -> str:
    before, after = (
        "not in force"
        if share is None
        else f"{percent(share.low)} to {percent(share.high)} granted"
        for share in (change.before, change.after)
    )
    events = ", ".join(name_of(entry) for entry in change.events)
    return f"  {change.control}: {before} -> {after}  ({events})"


def reasons_data(reasons: Reasons, log: Log) -> dict[str, Any]:
    """Give the reasons of an event as plain data."""
    return {
        "log": log.name,
        "event": entry_data(reasons.entry),
        "doubts": list(_doubts(reasons)),
        "replaced": reasons.replaced.id if reasons.replaced else None,
        "replaced_by": reasons.replaced_by.id if reasons.replaced_by else None,
        "about_it": [entry_data(entry) for entry in reasons.about_it],
        "rests_on": [entry.id for entry in reasons.rests_on],
        "sources": [
            plain(log.sources[claim.source])
            for claim in reasons.entry.event.claims
            if claim.source in log.sources
        ],
    }


def reasons_text(reasons: Reasons, log: Log) -> str:
    """Write the reasons of an event: what it says, who says so, what came before and after."""
    event = reasons.entry.event
    lines = [
        event.title or event.kind,
        f"  {event.kind} {name_of(reasons.entry)}, id {reasons.entry.id[:16]}",
        f"  announced {event.announced}, effective {event.effective}",
    ]
    lines += [f"  {name}: {value}" for name, value in _meaning(reasons.entry)]
    if event.note:
        lines.append(f"  note: {event.note}")
    if found := _doubts(reasons):
        lines.append(f"  in doubt: {in_words(found)}")
    agreeing = [claim for claim in event.claims if not claim.dissents]
    dissenting = [claim for claim in event.claims if claim.dissents]
    lines += ["", "Who says so:", *(_claim_line(claim, log) for claim in agreeing)]
    if not agreeing:
        lines.append("  nobody by then")
    if dissenting:
        lines += ["", "Who says otherwise:", *(_claim_line(claim, log) for claim in dissenting)]
    for title, entry in (
        ("It replaced", reasons.replaced),
        ("It was replaced by", reasons.replaced_by),
    ):
        if entry is not None:
            lines += ["", f"{title}: {name_of(entry)}, {entry.event.title}"]
    for title, entries in (("Rests on", reasons.rests_on), ("Said about it", reasons.about_it)):
        if entries:
            lines += ["", f"{title}:"]
            lines += [f"  {name_of(e)}, {e.event.announced}, {e.event.title}" for e in entries]
    return "\n".join(lines)


def _doubts(reasons: Reasons) -> tuple[Doubt, ...]:
    return doubts_of(reasons.entry.event, (entry.event for entry in reasons.about_it))


_SHOWN_ELSEWHERE = {"type", "announced", "effective", "title", "key", "note", "claims"}


def _meaning(entry: Entry) -> list[tuple[str, str]]:
    content = plain(entry.event, meaning_only=True)
    assert isinstance(content, dict)
    found = []
    for name, value in content.items():
        if name in _SHOWN_ELSEWHERE:
            continue
        rate = name in ("rate", "points") and isinstance(value, int)
        found.append((name, percent(value) if rate and isinstance(value, int) else _short(value)))
    return found


def _short(value: object) -> str:
    text = _words(value)
    return text if len(text) <= 160 else f"{text[:157]}..."


def _words(value: object) -> str:
    if isinstance(value, dict):
        return ", ".join(f"{name} {_words(item)}" for name, item in value.items())
    return ", ".join(map(_words, value)) if isinstance(value, list) else str(value)


def _claim_line(claim: Claim, log: Log) -> str:
    source = log.sources.get(claim.source)
    title = f"{source.title}, {source.publisher}, {source.published}" if source else claim.source
    parts = [
        title,
        claim.locator,
        f"figure {claim.figure!r}" if claim.figure else None,
        claim.grade,
        f"confidence {claim.confidence}" if claim.confidence == "L" else None,
    ]
    line = "  - " + "; ".join(part for part in parts if part)
    if claim.fact:
        line += f"; fact {claim.fact}"
    if claim.says:
        line += f"\n    says: {claim.says}"
    return line + (f"\n    {source.url}" if source and source.url else "")
