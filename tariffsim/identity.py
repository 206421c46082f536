"""What an event means as plain data, and its id as a hash of that; knows no kind by name.

The id covers the kind, its version and every field that is part of the fact. Claims, titles, keys
and notes stay out: a better citation of the same fact is more evidence, not a second fact.
"""

import datetime as dt
import hashlib
from collections.abc import Mapping
from typing import Any

import attrs

from tariffsim.events import Event
from tariffsim.exact import Plain, dumps


def plain(value: object, *, meaning_only: bool = False) -> Plain:
    """Turn a record into dicts, lists, strings and whole numbers.

    Parameters
    ----------
    value : object
        An event, any record inside one, or a value of a field.
    meaning_only : bool
        Leave out the fields that are not part of the fact.

    Raises
    ------
    TypeError
        A float or another type that has no exact plain form.
    """
    if value is None or isinstance(value, str | int):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, tuple | list):
        if value and all(type(item) is str for item in value):
            return list(value)
        return [plain(item, meaning_only=meaning_only) for item in value]
    if isinstance(value, Mapping):
        return {str(key): plain(item, meaning_only=meaning_only) for key, item in value.items()}
    if attrs.has(type(value)):
        return _record(value, meaning_only)
    raise TypeError(f"{type(value).__name__} has no exact plain form; use whole numbers or strings")


def _record(value: Any, meaning_only: bool) -> dict[str, Plain]:
    found: dict[str, Plain] = {"type": value.kind} if isinstance(value, Event) else {}
    if isinstance(value, Event) and value.version != 1:
        found["version"] = value.version
    for name, default, required in _fields(type(value), meaning_only):
        item = getattr(value, name)
        # A field left at its default is left out, so that a new optional field of a kind
        # does not change the ids of events that do not use it.
        if required or item != default:
            found[name] = plain(item, meaning_only=meaning_only)
    if isinstance(value, Event) and value.effective == value.announced:
        found.pop("effective", None)
    return found


_KNOWN_FIELDS: dict[tuple[type, bool], tuple[tuple[str, object, bool], ...]] = {}


def _fields(cls: type[Any], meaning_only: bool) -> tuple[tuple[str, object, bool], ...]:
    known = _KNOWN_FIELDS.get((cls, meaning_only))
    if known is None:
        known = _KNOWN_FIELDS[cls, meaning_only] = _looked_up(cls, meaning_only)
    return known


def _looked_up(cls: type[Any], meaning_only: bool) -> tuple[tuple[str, object, bool], ...]:
    return tuple(
        (field.name, field.default, field.default is attrs.NOTHING or _made(field.default))
        for field in attrs.fields(cls)
        if not meaning_only or field.metadata.get("meaning", True)
    )


def _made(default: object) -> bool:
    return isinstance(default, attrs.Factory)  # type: ignore[arg-type]


def event_id(event: Event) -> str:
    """Hash an event's meaning.

    Parameters
    ----------
    event : Event
        Any event; references in it must already be ids.

    Returns
    -------
    str
        64 hexadecimal digits of SHA-256.

    Examples
    --------
    >>> import datetime as dt
    >>> from tariffsim.events import RateSet
    >>> day = dt.date(2025, 4, 9)
    >>> first = RateSet(announced=day, measure="us-duty", rate=1_450_000)
    >>> event_id(first) == event_id(RateSet(announced=day, measure="us-duty", rate=1_450_000,
    ...     title="the same fact, told with a title"))
    True
    """
    return hashlib.sha256(dumps(plain(event, meaning_only=True)).encode()).hexdigest()
