"""What a scenario says, as a hash: of its content as it is run, and not of the file it came from.

Knows records, days and numbers; knows no file and no log.
"""

import datetime as dt
import hashlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import attrs

from tariffsim.events import Event

if TYPE_CHECKING:
    from tariffsim.scenario import Scenario

ASKED = ("draws", "seed", "given", "model")
"""What is asked of one run of a scenario; a result tells each of them by itself."""


def scenario_digest(scenario: "Scenario") -> str:
    """Hash what a scenario says.

    Parameters
    ----------
    scenario : Scenario
        As it is run: from a file, or changed in memory.

    Returns
    -------
    str
        64 hexadecimal digits of SHA-256. Draws, seed, conditions and model do not enter, and
        neither do comments or the layout of a file. The order of questions and options does,
        since results follow it.

    Examples
    --------
    >>> from tariffsim.files.scenarios import load_scenario
    >>> canola = load_scenario("canola")
    >>> scenario_digest(canola) == scenario_digest(attrs.evolve(canola, seed=99))
    True
    >>> scenario_digest(canola) == scenario_digest(attrs.evolve(canola, question="Another?"))
    False
    """
    said = {name: item for name, item in _fields(scenario).items() if name not in ASKED}
    return _hashed(said)


def content_digest(held: Mapping[Any, object]) -> str:
    """Hash what a mapping of records and numbers holds, as it is used.

    Parameters
    ----------
    held : mapping of str to object
        Records, mappings, days, texts and numbers.

    Returns
    -------
    str
        64 hexadecimal digits of SHA-256; the order of the names does not enter.

    Examples
    --------
    >>> content_digest({"a": {"01": 0.5}, "b": {}}) == content_digest({"b": {}, "a": {"01": 0.5}})
    True
    >>> content_digest({"a": {"01": 0.5}}) == content_digest({"a": {"01": 0.6}})
    False
    """
    return _hashed({str(name): _plain(item) for name, item in held.items()})


def _hashed(said: Mapping[str, Any]) -> str:
    text = json.dumps(said, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(text.encode()).hexdigest()


def _fields(record: Any) -> dict[str, Any]:
    """Give the fields of a record that are not at their default, so that a new one changes none."""
    found = {"type": record.kind} if isinstance(record, Event) else {}
    for field in attrs.fields(type(record)):
        item = getattr(record, field.name)
        if item != _default(field.default, record):
            found[field.name] = _plain(item)
    return found


def _default(default: Any, record: object) -> object:
    if not isinstance(default, attrs.Factory):  # type: ignore[arg-type]
        return default
    return default.factory(record) if default.takes_self else default.factory()


def _plain(value: object) -> Any:
    if value is None or isinstance(value, str | int | float):
        return value
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, Mapping):
        return [[str(key), _plain(item)] for key, item in value.items()]
    if isinstance(value, tuple | list):
        return [_plain(item) for item in value]
    if attrs.has(type(value)):
        return _fields(value)
    raise TypeError(f"{type(value).__name__} has no plain form")
