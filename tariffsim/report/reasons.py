"""Why an event stands in a log: as text for people, as data for programs; leaves nothing out."""

from collections.abc import Iterator
from typing import Any

from tariffsim.doubt import Doubt, doubts_of, in_words
from tariffsim.identity import plain
from tariffsim.log import Log
from tariffsim.query import Reasons
from tariffsim.report.fields import claim_lines, fields_of
from tariffsim.report.record import entry_data, name_of


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
        "paused_by": [entry.id for entry in reasons.paused_by],
        "sources": [
            plain(log.sources[claim.source])
            for claim in reasons.entry.event.claims
            if claim.source in log.sources
        ],
    }


def reasons_text(reasons: Reasons, log: Log) -> str:
    """Write the reasons of an event: what it says, who says so, what came before and after.

    Parameters
    ----------
    reasons : Reasons
        What to write.
    log : Log
        The record; names sources and events.

    Returns
    -------
    str
        One line for each position of a dispute and each promise of an agreement, in full.
    """
    lines = [*_head(reasons, log), *_evidence(reasons, log), *_neighbours(reasons)]
    return "\n".join(lines)


def _head(reasons: Reasons, log: Log) -> Iterator[str]:
    event = reasons.entry.event
    yield event.title or event.kind
    yield f"  {event.kind} {name_of(reasons.entry)}, id {reasons.entry.id[:16]}"
    yield f"  announced {event.announced}, effective {event.effective}"
    for name, said in fields_of(event, log):
        if len(said) == 1:
            yield f"  {name}: {said[0]}"
        else:
            yield f"  {name}:"
            yield from (f"    - {one}" for one in said)
    if event.note:
        yield f"  note: {event.note}"
    if found := _doubts(reasons):
        yield f"  in doubt: {in_words(found)}"


def _evidence(reasons: Reasons, log: Log) -> Iterator[str]:
    event = reasons.entry.event
    agreeing = [claim for claim in event.claims if not claim.dissents]
    dissenting = [claim for claim in event.claims if claim.dissents]
    for title, claims in (("Who says so", agreeing), ("Who says otherwise", dissenting)):
        if claims or title == "Who says so":
            yield from ("", f"{title}:")
        for claim in claims:
            first, *more = claim_lines(claim, log)
            yield from (f"  - {first}", *(f"    {line}" for line in more))
    if not agreeing:
        yield "  nobody by then"
    yield from _read_in(reasons, log)


def _read_in(reasons: Reasons, log: Log) -> Iterator[str]:
    """Name the documents in which the positions of a dispute are read."""
    positions = getattr(reasons.entry.event, "positions", ())
    keys = dict.fromkeys(position.source for position in positions)
    found = [log.sources[key] for key in keys if key in log.sources]
    if found:
        yield from ("", "Read in:")
    for source in found:
        yield f"  [{source.key}] {source.title}, {source.publisher}, {source.published}"
        if source.url:
            yield f"    {source.url}"


def _neighbours(reasons: Reasons) -> Iterator[str]:
    for title, entry in (
        ("It replaced", reasons.replaced),
        ("It was replaced by", reasons.replaced_by),
    ):
        if entry is not None:
            yield from ("", f"{title}: {name_of(entry)}, {entry.event.title}")
    for title, entries in (
        ("Paused by", reasons.paused_by),
        ("Rests on", reasons.rests_on),
        ("Said about it", reasons.about_it),
    ):
        if entries:
            yield from ("", f"{title}:")
            yield from (f"  {name_of(e)}, {e.event.announced}, {e.event.title}" for e in entries)


def _doubts(reasons: Reasons) -> tuple[Doubt, ...]:
    return doubts_of(reasons.entry.event, (entry.event for entry in reasons.about_it))
