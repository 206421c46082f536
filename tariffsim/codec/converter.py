"""Plain data to nouns with cattrs, every fault at once with its path; opens no file, reads no text.

Two dialects of one vocabulary: `written` is what people type (percent signs, ``from``, ``except``,
``kind``), `stored` is what a log keeps on disk (whole parts per million, names of the fields).
"""

import contextlib
import datetime as dt
import typing
from collections.abc import Callable, Iterable, Mapping
from functools import cache, partial
from typing import Any, Literal, TypeVar

import attrs
import cattrs
from cattrs.errors import (
    AttributeValidationNote,
    ClassValidationError,
    ForbiddenExtraKeysError,
    IterableValidationError,
    IterableValidationNote,
)
from cattrs.gen import make_dict_structure_fn, override

from tariffsim import terms
from tariffsim.codec.fault import Fault, Path
from tariffsim.events import KINDS, Event, Settlement, StatementMade, Stretch, Suspended
from tariffsim.scenario import Chance, Horizon, Month, parse_month
from tariffsim.scopes import CodeShare, DayInterval, Partners, Products, ShareInterval

Dialect = Literal["written", "stored"]
T = TypeVar("T")

RENAMED: dict[type, dict[str, str]] = {
    Stretch: {"start": "from", "end": "to"},
    StatementMade: {"form": "kind"},
    Settlement: {"when": "with"},
    Horizon: {"start": "from", "end": "to"},
    Chance: {"start": "from", "end": "to"},
}
"""Field names that read better in files, where a Python name would be taken or unclear."""


def structure(data: object, kind: type[T], *, dialect: Dialect = "written") -> T:
    """Turn plain data into a noun.

    Parameters
    ----------
    data : object
        Dicts, lists and scalars.
    kind : type
        An attrs class.
    dialect : {'written', 'stored'}
        How scalars are spelled.

    Returns
    -------
    object of `kind`

    Raises
    ------
    ExceptionGroup
        Of `Fault`, every one found.

    Examples
    --------
    >>> from tariffsim.events import Event
    >>> structure({"type": "rate_set", "announced": "2025-04-09", "measure": "us-duty",
    ...     "rate": "145%"}, Event).rate
    1450000
    """
    try:
        return converter(dialect).structure(data, kind)
    except Exception as error:
        raise ExceptionGroup("faults", list(faults(error))) from None


@cache
def converter(dialect: Dialect) -> cattrs.Converter:
    """Build the converter of a dialect."""
    made = cattrs.Converter(detailed_validation=True, forbid_extra_keys=True)
    _scalars(made)
    made.register_structure_hook(str, lambda value, _: _text(value))
    made.register_structure_hook(bool, lambda value, _: _truth(value))
    made.register_structure_hook_func(_is_literal, _literal)
    made.register_structure_hook_factory(attrs.has, partial(_class_hook, made, dialect))
    made.register_structure_hook_factory(_is_tuple, partial(_tuple_hook, made))
    made.register_structure_hook_factory(_is_mapping, partial(_mapping_hook, made))
    made.register_structure_hook(Month, lambda value, _: parse_month(_text(value)))
    if dialect == "written":
        made.register_structure_hook(ShareInterval, partial(_interval, made, terms.Share))
        made.register_structure_hook(DayInterval, partial(_interval, made, int))
        made.register_structure_hook(Partners, partial(_partners, made))
        made.register_structure_hook(Products, partial(_products, made))
        made.register_structure_hook(CodeShare, partial(_code_share, made))
    made.register_structure_hook_func(lambda kind: kind is Event, partial(_event, made))
    return made


def _scalars(made: cattrs.Converter) -> None:
    def scalar(kind: Any, parse: Callable[[str], Any], *, exact: bool = False) -> None:
        def hook(value: object, _: Any) -> Any:
            if exact and isinstance(value, int) and not isinstance(value, bool):
                return value
            return parse(_text(value))

        made.register_structure_hook(kind, hook)

    scalar(dt.date, terms.parse_day)
    scalar(terms.Rate, terms.parse_rate, exact=True)
    scalar(terms.Share, terms.parse_share, exact=True)
    scalar(terms.Economy, terms.parse_economy)
    scalar(terms.Product, terms.parse_product)
    scalar(terms.Slug, terms.parse_slug)
    scalar(int, terms.parse_whole, exact=True)
    scalar(float, lambda text: float(terms.parse_decimal(text)))


def _text(value: object) -> str:
    if not isinstance(value, str):
        shape = "a list" if isinstance(value, list) else "a mapping"
        shape = shape if isinstance(value, list | dict) else repr(value)
        raise ValueError(f"value must be a single text or number, got {shape}")
    return value


def _truth(value: object) -> bool:
    if value in (True, "true"):
        return True
    if value in (False, "false"):
        return False
    raise ValueError(f"value must be true or false, got {value}")


def _is_literal(kind: Any) -> bool:
    return typing.get_origin(kind) is Literal


def _literal(value: object, kind: Any) -> object:
    allowed = typing.get_args(kind)
    if value not in allowed:
        listed = ", ".join(str(item) for item in allowed)
        hint = terms.nearest(str(value), map(str, allowed))
        raise ValueError(f"value must be one of {listed}, got {value!r}{hint}")
    return value


def _is_tuple(kind: Any) -> bool:
    return typing.get_origin(kind) is tuple


def _is_mapping(kind: Any) -> bool:
    return typing.get_origin(kind) in (dict, Mapping)


def _tuple_hook(made: cattrs.Converter, kind: Any) -> Callable[[object, Any], Any]:
    inner = typing.get_args(kind)[0]

    def hook(value: object, _: Any) -> tuple[Any, ...]:
        if not isinstance(value, list):
            raise ValueError(f"value must be a list, got {value!r}; write [{value}]")
        if inner is terms.Product and len(value) > 1:
            # Lists of thousands of codes; where one is faulty, the slow way finds each that is.
            with contextlib.suppress(ValueError, AttributeError):
                return tuple(map(terms.parse_product, value))
        return tuple(_each(enumerate(value), lambda item: made.structure(item, inner)).values())

    return hook


def _mapping_hook(made: cattrs.Converter, kind: Any) -> Callable[[object, Any], Any]:
    key_kind, inner = typing.get_args(kind)

    def hook(value: object, _: Any) -> dict[Any, Any]:
        if not isinstance(value, dict):
            raise ValueError(f"value must be a mapping of names to values, got {value!r}")

        def entry(pair: tuple[Any, Any]) -> tuple[Any, Any]:
            try:
                key = made.structure(pair[0], key_kind)
            except ValueError as error:
                message = f"key {str(error).partition(' ')[2]}"
                raise Fault((), "bad-value", message, at_key=True) from None
            return key, made.structure(pair[1], inner)

        pairs = _each(((pair[0], pair) for pair in value.items()), entry)
        found = dict(pairs.values())
        if len(found) < len(pairs):
            raise ValueError(f"value must name each thing once, got {', '.join(pairs)}")
        return found

    return hook


def _each(items: Iterable[tuple[Any, Any]], build: Callable[[Any], Any]) -> dict[Any, Any]:
    """Build every item, and raise what went wrong with all of them, each under its position."""
    found: dict[Any, Any] = {}
    wrong: list[Exception] = []
    for position, item in items:
        try:
            found[position] = build(item)
        except Exception as error:
            error.__notes__ = [IterableValidationNote("inside", position, None)]
            wrong.append(error)
    if wrong:
        raise IterableValidationError("faults", wrong, object)
    return found


def _class_hook(
    made: cattrs.Converter, dialect: Dialect, kind: Any
) -> Callable[[object, Any], Any]:
    renames = RENAMED.get(kind, {}) if dialect == "written" else {}
    overrides: dict[str, Any] = {
        name: override(rename=written) for name, written in renames.items()
    }
    if kind is Suspended:
        overrides["points"] = override(struct_hook=lambda value, _: _points(made, value))
    plain_hook = make_dict_structure_fn(kind, made, _cattrs_forbid_extra_keys=True, **overrides)

    def hook(value: object, cls: Any) -> Any:
        if not isinstance(value, dict):
            keys = ", ".join(_written_names(kind))
            raise ValueError(f"value must be a mapping with keys of {keys}; got {value!r}")
        return plain_hook(value, cls)

    return hook


def _points(made: cattrs.Converter, value: object) -> object:
    return None if value in ("all", None) else made.structure(value, terms.Rate)


def _event(made: cattrs.Converter, value: object, _: Any) -> Event:
    if not isinstance(value, dict):
        raise ValueError(f"event must be a mapping that starts with type, got {value!r}")
    name = value.get("type")
    if name is None:
        message = "type must be given; add for example type: rate_set"
        raise _without_kind(value, Fault((), "missing-key", message))
    kind = KINDS.get(str(name))
    if kind is None:
        hint = suggested(str(name), KINDS)
        message = f"type must be a known kind of event, got {name!r}{hint}"
        raise _without_kind(value, Fault(("type",), "unknown-kind", message))
    return made.structure({key: item for key, item in value.items() if key != "type"}, kind)


def _without_kind(value: Mapping[str, object], first: Fault) -> ExceptionGroup[Fault]:
    """Name beside the fault of the kind every key that no kind of event has."""
    known = {name for kind in KINDS.values() for name in _written_names(kind)}
    keys = [
        Fault((key,), "unknown-key", f"unknown key {key!r}{terms.nearest(key, known)}", at_key=True)
        for key in value
        if key not in known
    ]
    return ExceptionGroup("event", [first, *keys])


def _interval(made: cattrs.Converter, unit: Any, value: object, kind: Any) -> Any:
    if not isinstance(value, list):
        only = made.structure(value, unit)
        return kind(low=only, high=only)
    if len(value) != 2:
        raise ValueError(f"interval must be one value or two in a list, got {len(value)} values")
    low, high = _each(enumerate(value), lambda end: made.structure(end, unit)).values()
    return kind(low=low, high=high)


def _partners(made: cattrs.Converter, value: object, _: Any) -> Partners:
    codes = tuple[terms.Economy, ...]
    if not isinstance(value, dict):
        return Partners(include=made.structure(_listed(value), codes))
    found = _parts(made, value, {"include": codes, "except": codes}, required="include")
    return Partners(include=found["include"], exclude=found.get("except", ()))


def _products(made: cattrs.Converter, value: object, _: Any) -> Products:
    codes = tuple[terms.Product, ...]
    if not isinstance(value, dict) and value != "all":
        return Products(include=made.structure(_listed(value), codes))
    fields = dict(value) if isinstance(value, dict) else {"include": value}
    all_goods = fields.get("include") == "all"
    if all_goods:
        fields["include"] = []
    kinds = {"include": codes, "except": codes, "shares": dict[terms.Product, CodeShare]}
    found = _parts(made, fields, kinds, required="include")
    return Products(
        include=None if all_goods else found["include"],
        exclude=found.get("except", ()),
        shares=found.get("shares", {}),
    )


def _code_share(made: cattrs.Converter, value: object, _: Any) -> CodeShare:
    fields = value if isinstance(value, dict) else {"share": value}
    kinds = {"share": ShareInterval, "basis": str, "source": terms.Slug}
    return CodeShare(**_parts(made, fields, kinds, required="share"))


def _parts(
    made: cattrs.Converter, fields: Mapping[str, Any], kinds: Mapping[str, Any], *, required: str
) -> dict[str, Any]:
    """Build the parts of a scope, which may be spelled short (``WLD``) or long."""
    for key in fields:
        if key not in kinds:
            message = f"unknown key {key!r}{suggested(key, kinds)}"
            raise Fault((key,), "unknown-key", message, at_key=True)
    if required not in fields:
        raise KeyError(required)

    def build(item: tuple[str, Any]) -> Any:
        key, value = item
        return made.structure(_listed(value) if _is_tuple(kinds[key]) else value, kinds[key])

    return _each(((key, (key, value)) for key, value in fields.items()), build)


def _listed(value: object) -> object:
    return [value] if isinstance(value, str) else value


def faults(error: BaseException, path: Path = ()) -> typing.Iterator[Fault]:
    """Walk an error of cattrs and yield every fault with its path in the plain data.

    Parameters
    ----------
    error : BaseException
        What structuring raised.
    path : tuple
        Where the walk stands.
    """
    if isinstance(error, BaseExceptionGroup):
        cls = error.cl if isinstance(error, ClassValidationError) else None
        for inner in error.exceptions:
            yield from faults(inner, path + _step(inner, cls))
    elif isinstance(error, ForbiddenExtraKeysError):
        known = _written_names(error.cl)
        for name in sorted(error.extra_fields):
            message = f"unknown key {name!r}{suggested(name, known)}"
            yield Fault((*path, name), "unknown-key", message, at_key=True)
    elif isinstance(error, Fault):
        yield Fault(path + error.path, error.rule, error.message, at_key=error.at_key)
    elif isinstance(error, KeyError):
        name = str(error.args[0])
        inside = path[:-1] if path and path[-1] == name else path
        yield Fault(inside, "missing-key", f"{name} must be given; add {name}: to this entry")
    else:
        yield Fault(path, "bad-value", about(str(error), path))


def _step(error: BaseException, cls: Any) -> Path:
    for note in getattr(error, "__notes__", []):
        if isinstance(note, AttributeValidationNote):
            return (RENAMED.get(cls, {}).get(note.name, note.name),)
        if isinstance(note, IterableValidationNote):
            return (note.index,)
    return ()


def _written_names(cls: Any) -> list[str]:
    renames = RENAMED.get(cls, {})
    names = [renames.get(field.name, field.name) for field in attrs.fields(cls)]
    return [*names, "type"] if issubclass(cls, Event) else names


def suggested(name: str, known: Iterable[str]) -> str:
    """Name the nearest of the known words, or all of them where none is near."""
    return terms.nearest(name, known) or f"; known are {', '.join(known)}"


_GENERIC = ("date", "value", "name", "rate", "share", "economy", "product", "interval")


def about(message: str, path: Path) -> str:
    """Let a message that speaks of a value in general speak of the field it stands in."""
    field = next((step for step in reversed(path) if isinstance(step, str)), None)
    first, _, rest = message.partition(" ")
    return f"{field} {rest}" if field and first in _GENERIC else message
