"""Events of a log and differences between days: as text for people, as data for programs."""

import datetime as dt
from collections.abc import Iterable
from typing import Any

from tariffsim.identity import plain
from tariffsim.log import Entry
from tariffsim.query import ControlChange, Difference, OwnUnitChange, RateChange
from tariffsim.report.folded import folded
from tariffsim.report.own_unit import amount_data, words
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


def listing(entries: Iterable[Entry], *, width: int | None = None) -> str:
    """Write events as a table: announced, effective, kind, key, title.

    Where the table is wider than `width`, each title stands below its row.
    """
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
    heads = ["  ".join(c.ljust(w) for c, w in zip(row, widths, strict=False)) for row in rows]
    lines = [f"{head}  {row[4]}".rstrip() for head, row in zip(heads, rows, strict=True)]
    if width is None or max(map(len, lines)) <= width:
        return "\n".join(lines)
    lines = [f"{'  '.join(row[:4])}\n    {row[4]}".rstrip() for row in rows]
    return folded("\n".join(lines), width)


def difference_data(found: Difference, first: dt.date, second: dt.date) -> dict[str, Any]:
    """Give what changed between two days as plain data."""
    data: dict[str, Any] = {
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
    # What most answers have nothing of is left out where there is none.
    if found.own_units:
        data["in_own_unit"] = [_own_unit_data(change) for change in found.own_units]
    return data


def _own_unit_data(change: OwnUnitChange) -> dict[str, Any]:
    return {
        "measure": change.law.measure,
        "form": change.law.form,
        "amount": amount_data(change.law),
        "before": change.before,
        "after": change.after,
        "events": [entry.id for entry in change.events],
    }


def _ends(share: ShareInterval | None) -> list[float] | None:
    return None if share is None else [share.low / 10_000, share.high / 10_000]


def difference_text(found: Difference, first: dt.date, second: dt.date) -> str:
    """Write what changed between two days, measure by measure."""
    lines = [f"In force on {second} and not so on {first}:"]
    lines += [_rate_line(change) for change in found.rates]
    lines += [_own_unit_line(change) for change in found.own_units]
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
    return _line(change.measure, before, after, change.events)


def _own_unit_line(change: OwnUnitChange) -> str:
    said = {None: "not in force", "in-force": words(change.law), "paused": "paused"}
    return _line(change.law.measure, said[change.before], said[change.after], change.events)


def _control_line(change: ControlChange) -> str:
    before, after = (
        "not in force"
        if share is None
        else f"{percent(share.low)} to {percent(share.high)} granted"
        for share in (change.before, change.after)
    )
    return _line(change.control, before, after, change.events)


def _line(name: str, before: str, after: str, events: Iterable[Entry]) -> str:
    return f"  {name}: {before} -> {after}  ({', '.join(map(name_of, events))})"
