"""Agreements and their promises on a day: as text for people, as data for programs."""

import datetime as dt
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from tariffsim.agreements import Agreement, Objection, Promise
from tariffsim.log import Log
from tariffsim.report.record import name_of

INDENT = " " * 4


def agreements_data(
    found: Sequence[Agreement], log: Log, on: dt.date, known_on: dt.date | None
) -> dict[str, Any]:
    """Give agreements as plain data.

    Returns
    -------
    dict
        ``log, on, known_on, agreements``; each has ``agreement, event, key, announced, effective,
        title, parties, contested_by, commitments``, and each commitment ``party, promise, due,
        status, record, done_on, carried_out_by, contested_by``.
    """
    return {
        "log": log.name,
        "on": on.isoformat(),
        "known_on": known_on.isoformat() if known_on else None,
        "agreements": [_agreement_data(agreement) for agreement in found],
    }


def _agreement_data(agreement: Agreement) -> dict[str, Any]:
    event = agreement.reached
    return {
        "agreement": event.agreement,
        "event": agreement.entry.id,
        "key": event.key,
        "announced": event.announced.isoformat(),
        "effective": event.effective.isoformat(),
        "title": event.title,
        "parties": list(event.parties),
        "contested_by": [_objection_data(objection) for objection in agreement.objections],
        "commitments": [_promise_data(promise) for promise in agreement.promises],
    }


def _promise_data(promise: Promise) -> dict[str, Any]:
    commitment = promise.commitment
    return {
        "party": commitment.party,
        "promise": commitment.promise,
        "due": commitment.due.isoformat() if commitment.due else None,
        "status": promise.status,
        "record": promise.record,
        "done_on": promise.done.isoformat() if promise.done else None,
        "carried_out_by": [
            {
                "event": deed.entry.id,
                "key": deed.entry.event.key,
                "title": deed.entry.event.title,
                "on": deed.day.isoformat(),
            }
            for deed in promise.deeds
        ],
        "contested_by": [_objection_data(objection) for objection in promise.objections],
    }


def _objection_data(objection: Objection) -> dict[str, Any]:
    return {
        "event": objection.entry.id,
        "key": objection.entry.event.key,
        "since": objection.since.isoformat(),
        "who": list(objection.who),
        "says": objection.says,
        "about": objection.about,
    }


def agreements_text(
    found: Sequence[Agreement], log: Log, on: dt.date, known_on: dt.date | None, *, width: int
) -> str:
    """Write agreements with their promises, the acts that carry them out, and who objects.

    Parameters
    ----------
    found : sequence of Agreement
        What to write.
    log : Log
        The record, for its name.
    on, known_on : date
        The day, and the knowledge day where one was given.
    width : int
        Columns there are; longer words are folded.

    Returns
    -------
    str
        One block an agreement.
    """
    known = f"as known on {known_on}" if known_on else "with everything in the log"
    lines = _folded(f"Promises on {on}, log {log.name}, {known}", "", width)
    if not found:
        lines += ["", "No agreement was reached by then."]
    for agreement in found:
        lines += ["", *_block(agreement, width)]
    return "\n".join(lines)


def _block(agreement: Agreement, width: int) -> list[str]:
    event = agreement.reached
    lines = _folded(f"{event.agreement}, {event.announced}: {event.title}", "", width)
    if not agreement.promises:
        lines.append("  no promise on record")
    for promise in agreement.promises:
        lines += _promise_lines(promise, width)
    if agreement.objections:
        lines.append("  contested:")
        lines += _objection_lines(agreement.objections, width)
    return lines


def _promise_lines(promise: Promise, width: int) -> list[str]:
    commitment = promise.commitment
    due = f"due {commitment.due}" if commitment.due else "no due day"
    status: str = promise.status
    if promise.status == "contested":
        status += f" ({promise.record} by the acts on record)"
    head = f"  {status}: {commitment.party}, {due}: {commitment.promise}"
    lines = _folded(head, INDENT, width)
    for deed in promise.deeds:
        part = "" if promise.done else "in part, "
        act = f"{INDENT}- {part}{deed.day} {name_of(deed.entry)}: {deed.entry.event.title}"
        lines += _folded(act, INDENT + "  ", width)
    return lines + _objection_lines(promise.objections, width)


def _objection_lines(objections: Iterable[Objection], width: int) -> list[str]:
    lines = []
    for objection in objections:
        who = ", ".join(objection.who)
        # A dispute between many is told by its title; `why` lists every side.
        who = who if len(objection.who) < 4 else f"{len(objection.who)} sides"
        text = (
            f"{INDENT}! {objection.since} {who}: {objection.says} "
            f"[{name_of(objection.entry)}; {objection.about}]"
        )
        lines += _folded(text, INDENT + "  ", width)
    return lines


def _folded(text: str, indent: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 30), subsequent_indent=indent, break_on_hyphens=False)
