"""Fields of attrs classes as tables of what a file may say; knows no page.

Names, types, defaults and words come from the class and its docstring, and names that files spell
in another way from the converter's own table, so nothing is written twice.
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
from tariffsim.events import Event, Suspended
from tariffsim.scenario import Month
from tariffsim.scopes import CodeShare, DayInterval, Partners, Products, ShareInterval

VALUES = "../values.md"
"""The page that says how single values and scopes are written."""

WORDS: dict[Any, str] = {
    str: "text",
    bool: "`true` or `false`",
    int: "whole number",
    float: "number",
    dt.date: f"[day]({VALUES}#days-and-months)",
    Month: f"[month]({VALUES}#days-and-months)",
    terms.Rate: f"[rate]({VALUES}#rates-and-shares)",
    terms.Share: f"[share]({VALUES}#rates-and-shares)",
    terms.Economy: f"[economy]({VALUES}#economies)",
    terms.Product: f"[product]({VALUES}#products)",
    terms.Slug: f"[name]({VALUES}#names)",
    ShareInterval: f"[share or interval of shares]({VALUES}#intervals)",
    DayInterval: f"[days or interval of days]({VALUES}#intervals)",
    Partners: f"[partners]({VALUES}#partners)",
    Products: f"[products]({VALUES}#products-of-a-measure)",
    Event: "[event](events.md)",
}
BY_HAND = {Partners, Products, CodeShare, ShareInterval, DayInterval, Month}
"""Classes that a file spells in a short form, told on the page of values."""


def words(kind: Any) -> str:
    """Say a type as the reader of a file would."""
    if kind in WORDS:
        return WORDS[kind]
    origin, inside = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return ", ".join(f"`{value}`" for value in inside)
    if origin in (typing.Union, types.UnionType):
        return " or ".join(words(part) for part in inside if part is not types.NoneType)
    if origin is tuple:
        return f"list of {words(inside[0])}"
    if origin in (dict, Mapping):
        return f"mapping of {words(inside[0])} to {words(inside[1])}"
    if attrs.has(kind):
        return f"[{kind.__name__}](#{kind.__name__.lower()})"
    raise TypeError(f"{kind} has no words yet; add them to WORDS")


def parts(kind: Any) -> list[type]:
    """List the records that a type is made of, where a table of their own tells them."""
    if kind in BY_HAND or (isinstance(kind, type) and issubclass(kind, Event)):
        return []
    if isinstance(kind, type) and attrs.has(kind):
        return [kind]
    return [found for inner in typing.get_args(kind) for found in parts(inner)]


def table(cls: type, *, without: frozenset[str] = frozenset()) -> str:
    """Write the table of a class's fields.

    Parameters
    ----------
    cls : type
        An attrs class.
    without : frozenset of str
        Fields that are told elsewhere.
    """
    hints = typing.get_type_hints(cls)
    said = docstrings.read(cls).fields
    rows = ["| field | type | if left out | |", "|---|---|---|---|"]
    for field in attrs.fields(cls):
        if field.name in without:
            continue
        name = RENAMED.get(cls, {}).get(field.name, field.name)
        kind = words(hints[field.name])
        if field.metadata.get("reference"):
            kind = kind.replace("text", "key or id of an event")
        if cls is Suspended and field.name == "points":
            kind += " or `all`"
        cells = (f"`{name}`", kind, _default(field), said.get(field.name, ""))
        rows.append(f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |")
    return "\n".join(rows) if len(rows) > 2 else "No fields of its own."


def _default(field: "attrs.Attribute[Any]") -> str:
    if field.default is attrs.NOTHING:
        return "**needed**"
    if field.name == "effective":
        return "the day announced"
    if isinstance(field.default, attrs.Factory) or field.default in (None, (), ""):  # type: ignore[arg-type]
        return "none"
    default = field.default
    return f"`{str(default).lower() if isinstance(default, bool) else default}`"
