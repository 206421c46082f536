"""References between events, from the handles people write to the ids that last; no kind by name.

A reference is any field marked so. An event's id covers the ids it refers to, so events are
worked out in the order of their references; a circle of references is an error.
"""

import typing
from collections.abc import Callable, Mapping, Sequence
from functools import cache
from typing import Any

import attrs

from tariffsim.events import Event
from tariffsim.identity import event_id
from tariffsim.terms import nearest

Report = Callable[[int, str, str], None]


def resolve_references(
    events: Sequence[Event], report: Report, *, known: Mapping[str, str] | None = None
) -> list[Event]:
    """Replace handles by ids.

    Parameters
    ----------
    events : sequence of Event
        As written.
    report : callable of (int, str, str)
        Told the position, the message and the handle of every reference that leads nowhere.
    known : mapping of str to str, optional
        Handles of events that stand elsewhere, and their ids.

    Returns
    -------
    list of Event
        In the same order; an unresolved reference is left as written.
    """
    walk = _Walk(events=events, report=report, ids=dict(known or {}))
    walk.positions.update({event.key: n for n, event in enumerate(events) if event.key})
    return [walk.resolved(position) for position in range(len(events))]


@attrs.define
class _Walk:
    events: Sequence[Event]
    report: Report
    ids: dict[str, str]
    positions: dict[str, int] = attrs.field(factory=dict)
    done: dict[int, Event] = attrs.field(factory=dict)
    open: list[int] = attrs.field(factory=list)
    targets: dict[int, str] = attrs.field(factory=dict)

    def resolved(self, position: int) -> Event:
        if position not in self.done:
            self.open.append(position)
            event: Event = self._inside(self.events[position], position)
            self.open.pop()
            self.done[position] = event
        return self.done[position]

    def _inside(self, record: Any, position: int) -> Any:
        changes: dict[str, Any] = {}
        kind: Any = type(record)
        for name, is_reference in _worth_a_look(kind):
            value = getattr(record, name)
            if is_reference:
                changes[name] = self._replaced(value, position)
            elif isinstance(value, tuple):
                if value and attrs.has(type(value[0])):
                    changes[name] = tuple(self._inside(item, position) for item in value)
            elif attrs.has(type(value)):
                changes[name] = self._inside(value, position)
        changed = {name: new for name, new in changes.items() if new != getattr(record, name)}
        return attrs.evolve(record, **changed) if changed else record

    def _replaced(self, value: Any, position: int) -> Any:
        if isinstance(value, tuple):
            return tuple(self._id(handle, position) for handle in value)
        return None if value is None else self._id(value, position)

    def _id(self, handle: str, position: int) -> str:
        target = self.positions.get(handle)
        if target is not None and target in self.open:
            self.report(
                position, f"reference {handle!r} leads back to itself; break the circle", handle
            )
            return handle
        if target is not None:
            if target not in self.targets:
                self.targets[target] = event_id(self.resolved(target))
            return self.targets[target]
        if handle in self.ids:
            return self.ids[handle]
        if _is_id(handle):
            return handle
        hint = nearest(handle, [*self.positions, *self.ids])
        self.report(
            position, f"reference {handle!r} must be the key or id of an event{hint}", handle
        )
        return handle


@cache
def _worth_a_look(kind: Any) -> tuple[tuple[str, bool], ...]:
    """List the fields that are references, or may hold a record with one."""
    return tuple(
        (field.name, bool(field.metadata.get("reference")))
        for field in attrs.fields(kind)
        if field.metadata.get("reference") or _may_hold_records(field.type)
    )


def _may_hold_records(kind: Any) -> bool:
    inner = typing.get_args(kind)
    if inner:
        return any(_may_hold_records(arm) for arm in inner)
    if isinstance(kind, type) and issubclass(kind, Event):
        return True
    return isinstance(kind, type) and attrs.has(kind) and bool(_worth_a_look(kind))


def _is_id(text: str) -> bool:
    return len(text) == 64 and all(letter in "0123456789abcdef" for letter in text)
