"""The manifest of a result, read back: every entry of the kind that a run writes; opens no file."""

import datetime as dt
import json
import math
from collections.abc import Callable, Iterator, Mapping
from pathlib import PurePath
from typing import Any, TypeAlias

from tariffsim.errors import InputError

MANIFEST = "manifest.json"
AGAIN = "run the scenario again with --out"

Rule: TypeAlias = tuple[Callable[[Any], bool], str]


def _is_whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**63


def is_day(value: object) -> bool:
    """Tell whether a value is text that names a day, as 2025-06-06."""
    try:
        return isinstance(value, str) and bool(dt.date.fromisoformat(value))
    except ValueError:
        return False


def _of(kind: type[Any], holds: type[Any] | None = None) -> Callable[[Any], bool]:
    """Tell a value of a kind, and if it holds others, that all of them are of a kind too."""

    def check(value: Any) -> bool:
        if not isinstance(value, kind):
            return False
        inner = value.values() if isinstance(value, dict) else value
        return holds is None or all(isinstance(own, holds) for own in inner)

    return check


_TEXT: Rule = (_of(str), "text")
_TEXTS: Rule = (_of(list, str), "a list of texts")
_NAMED: Rule = (_of(dict, str), "names with a text each")
_ITEMS: Rule = (_of(list, dict), "a list of items")
_WHOLE: Rule = (_is_whole, "a whole number of at least 0")

# What a page or an explanation cannot do without; the rest may be missing in an older result.
_NEEDED: dict[str, Rule] = {
    "tariffsim": _TEXT,
    "scenario": _TEXT,
    "question": _TEXT,
    "log": _TEXT,
    "known_on": (is_day, "a day, as 2025-06-06"),
    "known_through": _TEXT,
    "digests": _NAMED,
    "flags": _TEXTS,
    "draws": (lambda value: _is_whole(value) and value > 0, "a whole number of at least 1"),
    "seed": _WHOLE,
    "files": (_of(dict, dict), "names with rows and sha256 each"),
}
_OTHERS: dict[str, Rule] = {
    "model": _TEXT,
    "events": _TEXTS,
    "parameters": _ITEMS,
    "evidence": _ITEMS,
    "blind": (_of(dict), "an item"),
    "given": _NAMED,
    "branches": _ITEMS,
    "chances": _ITEMS,
    "paths": _WHOLE,
    "not_converged": (lambda value: _of(list)(value) and all(map(_is_whole, value)), "a list"),
    "warnings": _TEXTS,
    "versions": _NAMED,
}


def read_manifest(text: str) -> dict[str, Any]:
    """Read the manifest of a result.

    Parameters
    ----------
    text : str
        Content of ``manifest.json``.

    Returns
    -------
    dict
        As written; names of files are plain, none leads out of the folder.

    Raises
    ------
    InputError
        Every entry that is missing or no run would write, one a line.

    Examples
    --------
    >>> try:
    ...     read_manifest("[]")
    ... except InputError as error:
    ...     print(str(error).partition(";")[0])
    manifest.json must be as it was written, the manifest.json of a run, got something else
    """
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        data = None
    if not isinstance(data, dict) or "files" not in data:
        raise InputError(
            f"{MANIFEST} must be as it was written, the {MANIFEST} of a run, got something else; "
            f"{AGAIN}"
        )
    faults = [*_faults(data)] or [*_file_faults(data["files"])]
    if faults:
        raise InputError(
            "\n".join(f"{MANIFEST} must be as it was written: {fault}; {AGAIN}" for fault in faults)
        )
    return data


def _faults(data: Mapping[str, Any]) -> Iterator[str]:
    for name, (holds, rule) in {**_NEEDED, **_OTHERS}.items():
        if name in data:
            if not holds(data[name]):
                yield f"{name} must be {rule}, got {shown(data[name])}"
        elif name in _NEEDED:
            yield f"{name} must be {rule}, found none"


def _file_faults(files: Mapping[str, Mapping[str, Any]]) -> Iterator[str]:
    for name, about in files.items():
        if name in ("", "..") or PurePath(name).name != name or "\0" in name:
            yield f"{name!r} must lie beside {MANIFEST}, got a name that is none in its folder"
        if not isinstance(about.get("sha256"), str):
            yield f"sha256 of {name} must be text, got {shown(about.get('sha256'))}"
        rows = about.get("rows")
        if rows is not None and not _is_whole(rows):
            yield f"rows of {name} must be a whole number of at least 0, got {shown(rows)}"


def check_rows(name: str, content: bytes, about: Mapping[str, Any]) -> None:
    """Hold the number of rows of a file against the manifest.

    Raises
    ------
    InputError
        It is another.
    """
    rows = about.get("rows")
    found = max(content.count(b"\n") - 1, 0)
    if rows is not None and rows != found:
        raise InputError(
            f"{name} must have the rows that {MANIFEST} states, {rows}, got {found}; {AGAIN}"
        )


def placed(folder: object, error: InputError) -> InputError:
    """Say in which folder a fault is, line by line."""
    return InputError("\n".join(f"{folder}: {line}" for line in str(error).splitlines()))


def same(written: Any, understood: Any) -> bool:
    """Tell whether what was understood says what was written, down to each type.

    Fields that were not written stand at their default; a number may be whole where any would do.
    No number is infinite or none at all.

    Examples
    --------
    >>> same({"a": 1}, {"a": 1.0, "b": ()}), same({"a": 1}, {"a": "1"}), same([True], (1.0,))
    (True, False, False)
    """
    if isinstance(written, dict):
        return isinstance(understood, Mapping) and all(
            name in understood and same(value, understood[name]) for name, value in written.items()
        )
    if isinstance(written, list):
        return (
            isinstance(understood, (list, tuple))
            and len(written) == len(understood)
            and all(map(same, written, understood))
        )
    if isinstance(written, bool) or isinstance(understood, bool) or written is None:
        return written is understood
    if isinstance(written, (int, float)):
        return (
            isinstance(understood, (int, float))
            and math.isfinite(understood)
            and written == understood
        )
    return bool(written == understood)


def shown(value: object) -> str:
    """Show a value in a message, cut where it is long."""
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}..."
