"""Events of a fork as written: those that can be read, whatever is wrong with the rest."""

import datetime as dt
from collections.abc import Iterable, Iterator

import attrs

from tariffsim.codec.converter import structure
from tariffsim.codec.fault import Fault, Path
from tariffsim.events import KINDS, Event


@attrs.frozen(kw_only=True)
class WrittenDrafts:
    """What can be told of a fork.

    Parameters
    ----------
    known_on : date or None
        The knowledge day, where it can be read.
    events : tuple of (path, Event)
        Events without a fault, with their paths in the file.
    unread : frozenset of str
        Names that the others may bring.
    """

    known_on: dt.date | None
    events: tuple[tuple[Path, Event], ...]
    unread: frozenset[str]


def written_drafts(data: object) -> WrittenDrafts:
    """Read the events of a fork one by one."""
    fields = data if isinstance(data, dict) else {}
    events: list[tuple[Path, Event]] = []
    unread: set[str] = set()
    for path, item in _listed(fields):
        try:
            events.append((path, structure(item, Event)))
        except ExceptionGroup:
            unread.update(brought(item))
    try:
        known_on = structure(fields.get("known_on"), dt.date)
    except ExceptionGroup:
        known_on = None
    return WrittenDrafts(known_on=known_on, events=tuple(events), unread=frozenset(unread))


def _listed(fields: dict[str, object]) -> Iterator[tuple[Path, object]]:
    yield from _items(fields.get("what_if"), ("what_if",))
    for key in ("branches", "chances"):
        yield from _inside(fields.get(key), (key,))


def _inside(data: object, path: Path) -> Iterator[tuple[Path, object]]:
    """Find the lists of events of options and chances, however deep they lie."""
    for key, value in data.items() if isinstance(data, dict) else ():
        found = _items if key == "events" else _inside
        yield from found(value, (*path, key))


def _items(data: object, path: Path) -> Iterator[tuple[Path, object]]:
    for position, item in enumerate(data) if isinstance(data, list) else ():
        yield (*path, position), item


def in_the_past(known_on: dt.date, drafts: Iterable[tuple[Path, Event]]) -> Iterator[Fault]:
    """Find the events of a fork that are announced or take effect by the knowledge day."""
    for path, event in drafts:
        for field in ("announced", "effective"):
            if getattr(event, field) <= known_on:
                message = (
                    f"{field} of an event that has not happened must be after the knowledge day "
                    f"{known_on}, got {getattr(event, field)}; a fork may not change an earlier day"
                )
                yield Fault((*path, field), "fork-in-the-past", message)
                break


BRING_NAMES = frozenset({"measure_enacted", "control_set", "suspended"})
"""Kinds that bring more names than their own key: of measures, controls and suspensions."""


def brought(item: object) -> Iterator[str]:
    """Give the names that an event which cannot be read may bring."""
    kind = item.get("type") if isinstance(item, dict) else None
    if isinstance(item, dict) and kind in KINDS and kind not in BRING_NAMES:
        yield from texts(item.get("key"))
    else:
        yield from texts(item)


def texts(data: object) -> Iterator[str]:
    """Give every text in plain data, keys among them."""
    if isinstance(data, str):
        yield data
    elif isinstance(data, dict):
        for key, value in data.items():
            yield from texts(key)
            yield from texts(value)
    elif isinstance(data, list):
        for value in data:
            yield from texts(value)
