"""JSON Schemas of the files people write, made from the classes that read them; reads no file.

An editor that knows the schema completes names, shows what a field means and marks slips while one
types. The converter stays the judge: what no schema can say (that probabilities sum to one, that an
event exists) is told by `tariffsim check`.
"""

import datetime as dt
import types
import typing
from collections.abc import Mapping
from typing import Any, Literal

import attrs

from tariffsim import terms
from tariffsim.codec import docstrings
from tariffsim.codec.converter import RENAMED
from tariffsim.events import KINDS, Event, Suspended
from tariffsim.log import Source
from tariffsim.scenario import Month, Scenario
from tariffsim.scopes import CodeShare, DayInterval, Partners, Products, ShareInterval

Schema = dict[str, Any]

DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PERCENT = r"^\d[\d_ ]*(\.\d+)?\s*%$"
_DAY: Schema = {"type": "string", "pattern": r"^\d{4}-\d{2}-\d{2}$"}
_PLAIN: dict[Any, Schema] = {
    str: {"type": ["string", "number", "boolean"]},
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    dt.date: _DAY,
    Month: {"type": "string", "pattern": r"^\d{4}-(0[1-9]|1[0-2])$"},
    terms.Rate: {"type": "string", "pattern": _PERCENT, "examples": ["145%"]},
    terms.Share: {"type": "string", "pattern": _PERCENT, "examples": ["25%"]},
    terms.Economy: {"type": "string", "pattern": r"^[A-Z]{3}$|^EU27$", "examples": ["USA"]},
    terms.Product: {"type": ["string", "integer"], "examples": ["8517.13"]},
    terms.Slug: {"type": "string", "pattern": r"^[a-z0-9]+(-[a-z0-9]+)*$"},
}

FILES = ("scenario", "event", "sheet", "sources")
"""What there is a schema of."""


def schema(of: Literal["scenario", "event", "sheet", "sources"]) -> Schema:
    """Make the JSON Schema of a file, or of one event in it.

    Parameters
    ----------
    of : {'scenario', 'event', 'sheet', 'sources'}
        A scenario; one event; a fact sheet of a log; the register of a log's sources.

    Returns
    -------
    dict
        JSON Schema, draft 2020-12.

    References
    ----------
    https://json-schema.org/draft/2020-12

    Examples
    --------
    >>> schema("scenario")["required"][:3]
    ['scenario', 'question', 'log']
    """
    found: dict[str, Schema] = {}
    made = {
        "scenario": lambda: _record(Scenario, found),
        "event": lambda: _kind(Event, found),
        "sheet": lambda: _closed(
            {"log": _PLAIN[terms.Slug], "events": _list(_kind(Event, found))}, ("log", "events")
        ),
        "sources": lambda: _closed({"sources": _mapping(_source(found))}, ("sources",)),
    }[of]()
    head = {"$schema": DIALECT, "title": f"tariffsim {of}"}
    return head | made | ({"$defs": found} if found else {})


def _source(found: dict[str, Schema]) -> Schema:
    """A source's key stands before it, not in it."""
    made = _record(Source, found)
    made["properties"].pop("key")
    made["required"].remove("key")
    return made


def _kind(kind: Any, found: dict[str, Schema]) -> Schema:
    """Give the schema of a type; records go to `found`, and are referred to."""
    if kind in _PLAIN:
        return _PLAIN[kind]
    if kind in _SCOPES:
        return _SCOPES[kind]()
    if typing.get_origin(kind) is not None:
        return _composed(kind, found)
    if kind is Event:
        return _event(found)
    if kind.__name__ not in found:
        found[kind.__name__] = {}  # a record may hold itself; the name is enough for that
        found[kind.__name__] = _record(kind, found)
    return {"$ref": f"#/$defs/{kind.__name__}"}


def _composed(kind: Any, found: dict[str, Schema]) -> Schema:
    """Give the schema of a choice, a list or a mapping."""
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return {"enum": list(inside)}
    if origin is tuple:
        return _list(_kind(inside[0], found))
    if origin in (dict, Mapping):
        return _mapping(_kind(inside[1], found))
    parts = [_kind(part, found) for part in inside if part is not types.NoneType]
    return parts[0] if len(parts) == 1 else {"anyOf": parts}


def _event(found: dict[str, Schema]) -> Schema:
    if "Event" not in found:
        found["Event"] = {}
        found["Event"] = {
            "type": "object",
            "required": ["type"],
            "properties": {"type": {"enum": sorted(KINDS)}},
            "allOf": [
                {
                    "if": {"properties": {"type": {"const": name}}},
                    "then": _kind(kind, found),
                }
                for name, kind in sorted(KINDS.items())
            ],
        }
    return {"$ref": "#/$defs/Event"}


def _record(cls: type, found: dict[str, Schema]) -> Schema:
    hints = typing.get_type_hints(cls)
    said = docstrings.read(cls)
    names = RENAMED.get(cls, {})
    properties: dict[str, Schema] = {}
    needed = []
    for field in attrs.fields(cls):
        name = names.get(field.name, field.name)
        made = dict(_kind(hints[field.name], found))
        if cls is Suspended and field.name == "points":
            made = {"anyOf": [made, {"const": "all"}]}
        if field.name in said.fields:
            made["description"] = said.fields[field.name]
        properties[name] = made
        if field.default is attrs.NOTHING:
            needed.append(name)
    if issubclass(cls, Event):
        properties["type"] = {"type": "string"}
        needed = [name for name in needed if name != "effective"]
    return {"description": said.summary} | _closed(properties, needed)


def _closed(properties: Schema, required: typing.Iterable[str]) -> Schema:
    return {
        "type": "object",
        "properties": properties,
        "required": list(required),
        "additionalProperties": False,
    }


def _list(items: Schema) -> Schema:
    return {"type": "array", "items": items}


def _mapping(values: Schema) -> Schema:
    return {"type": "object", "additionalProperties": values}


def _one_or_more(items: Schema) -> Schema:
    return {"anyOf": [items, _list(items)]}


def _interval(unit: Schema) -> Schema:
    return {"anyOf": [unit, {"type": "array", "items": unit, "minItems": 2, "maxItems": 2}]}


def _partners() -> Schema:
    codes = _one_or_more(_PLAIN[terms.Economy])
    return {"anyOf": [codes, _closed({"include": codes, "except": codes}, ("include",))]}


def _code_share() -> Schema:
    share = _interval(_PLAIN[terms.Share])
    long = {"share": share, "basis": _PLAIN[str], "source": _PLAIN[terms.Slug]}
    return {"anyOf": [share, _closed(long, ("share",))]}


def _products() -> Schema:
    codes = _one_or_more(_PLAIN[terms.Product])
    parts = {"include": codes, "except": codes, "shares": _mapping(_code_share())}
    return {"anyOf": [codes, _closed(parts, ("include",))]}


_SCOPES: dict[Any, typing.Callable[[], Schema]] = {
    ShareInterval: lambda: _interval(_PLAIN[terms.Share]),
    DayInterval: lambda: _interval(_PLAIN[int]),
    Partners: _partners,
    Products: _products,
    CodeShare: _code_share,
}
