"""Events as people write them in a fact sheet; the way back of what the codec reads.

Only the tests need it: the library writes logs in their stored form alone.
"""

import datetime as dt
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

import attrs
import yaml

from tariffsim.events import Event, Settlement, StatementMade, Stretch
from tariffsim.scopes import DayInterval, Partners, Products, ShareInterval
from tariffsim.terms import Rate, Share

RENAMED: dict[type, dict[str, str]] = {
    Stretch: {"start": "from", "end": "to"},
    StatementMade: {"form": "kind"},
    Settlement: {"when": "with"},
}


def sheet(events: typing.Iterable[Event], *, log: str = "example", flow: bool = False) -> str:
    """Write a fact sheet, in block style or in braces."""
    data = {"log": log, "events": [written(event) for event in events]}
    style = True if flow else None
    return str(yaml.safe_dump(data, allow_unicode=True, default_flow_style=style, sort_keys=False))


def written(record: Any) -> dict[str, Any]:
    """Write a record field by field; what is at its default is left out."""
    found: dict[str, Any] = {"type": record.kind} if isinstance(record, Event) else {}
    for field in attrs.fields(type(record)):
        value = getattr(record, field.name)
        name = RENAMED.get(type(record), {}).get(field.name, field.name)
        if name == "points" and value is None:
            found[name] = "all"
        elif value is not None and (value != field.default or name == "effective"):
            found[name] = _value(value, field.type)
    return found


def _value(value: Any, kind: Any) -> Any:
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        kind = next(arm for arm in typing.get_args(kind) if arm is not type(None))
    if kind in (Rate, Share):
        return f"{Decimal(value) / 10_000:f}%"
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date | int):
        return str(value)
    if isinstance(value, str):
        return value
    if isinstance(value, ShareInterval):
        return [_value(value.low, Share), _value(value.high, Share)]
    if isinstance(value, DayInterval):
        return [str(value.low), str(value.high)]
    if isinstance(value, Partners | Products):
        return _scope(value)
    if isinstance(value, tuple):
        return [_value(item, typing.get_args(kind)[0]) for item in value]
    return written(value)


def _scope(scope: Partners | Products) -> Any:
    include: Any = "all" if scope.include is None else list(scope.include)
    found: dict[str, Any] = {"include": include}
    if scope.exclude:
        found["except"] = list(scope.exclude)
    shares: Mapping[Any, Any] = getattr(scope, "shares", {})
    if shares:
        found["shares"] = {code: written(share) for code, share in shares.items()}
    # The short form wherever it says everything.
    short = include if isinstance(include, str) or len(include) != 1 else include[0]
    return found if len(found) > 1 else short
