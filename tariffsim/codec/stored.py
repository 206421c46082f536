"""Stored lines to a log and back; knows the form of a line's event, not the chain around it."""

import datetime as dt
from collections.abc import Iterable

from tariffsim.codec.converter import structure
from tariffsim.codec.documents import Assembled
from tariffsim.codec.fault import Fault
from tariffsim.codec.lines import Decoded, LogLine
from tariffsim.events import Event
from tariffsim.finding import Finding, Place
from tariffsim.identity import event_id, plain
from tariffsim.log import Entry, Log, join
from tariffsim.terms import Slug


def to_lines(events: Iterable[Event], *, recorded: dt.date | None) -> list[LogLine]:
    """Turn events into lines to be encoded; claims and titles travel with the meaning."""
    lines = []
    for event in events:
        content = plain(event)
        assert isinstance(content, dict)
        lines.append(LogLine(event=content, recorded=recorded))
    return lines


def from_lines(decoded: Decoded, *, name: Slug, file: str) -> Assembled:
    """Turn decoded lines into a log.

    Parameters
    ----------
    decoded : Decoded
        Lines whose chain has been verified.
    name : Slug
        The log's name.
    file : str
        For places; line n of the file is entry n.

    Returns
    -------
    Assembled
        With every fault of every line, and the notices of decoding.
    """
    findings: list[Finding] = list(decoded.notices)
    entries: list[Entry] = []
    places: dict[str, Place] = {}
    for number, line in enumerate(decoded.entries, 1):
        place = Place(file=file, line=number, column=1)
        try:
            event = structure(line.event, Event, dialect="stored")
        except ExceptionGroup as group:
            findings += [
                Finding(rule=fault.rule, message=fault.message, place=place)
                for fault in group.exceptions
                if isinstance(fault, Fault)
            ]
            continue
        entry = Entry(id=event_id(event), event=event, recorded=line.recorded)
        places.setdefault(entry.id, place)
        entries.append(entry)
    log = join(Log(name=name, entries=()), Log(name=name, entries=tuple(entries)))
    return Assembled(log=log, places=places, findings=tuple(findings))
