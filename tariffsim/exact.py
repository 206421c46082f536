"""Plain data as its one exact JSON text, and what has none; knows no log."""

import json
from typing import TypeAlias

Plain: TypeAlias = "str | int | bool | list[Plain] | dict[str, Plain] | None"

MAX_DEPTH = 40

# json.dumps would make an encoder for every call.
_ENCODER = json.JSONEncoder(sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def canonical(value: Plain) -> str:
    """Write plain data as its one JSON text: sorted keys, no spaces, no escapes beyond need.

    Parameters
    ----------
    value : str, int, bool, None, list or dict
        Keys must be text; at most `MAX_DEPTH` levels.

    Returns
    -------
    str
        On one line.

    Raises
    ------
    TypeError
        For a float, a key that is no text, or any other type: they have no one exact form.
    ValueError
        For deeper nesting, or half of a surrogate pair.

    Examples
    --------
    >>> canonical({"rate": 1_450_000, "measure": "us-duty"})
    '{"measure":"us-duty","rate":1450000}'
    """
    check(value)
    text = dumps(value)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise ValueError("text must be Unicode, got half of a surrogate pair") from error
    return text


def dumps(value: object) -> str:
    """Write what is known to have an exact text, as `canonical` does."""
    return _ENCODER.encode(value)


def check(value: object, levels: int = MAX_DEPTH) -> None:
    """Raise for whatever has no exact JSON text; `levels` are those still allowed."""
    if value is None or isinstance(value, str | int):
        return
    if not isinstance(value, list | dict):
        raise TypeError(f"{type(value).__name__} has no exact form; use whole numbers or text")
    if levels == 0:
        raise ValueError(f"values may be nested {MAX_DEPTH} levels deep, got more")
    if isinstance(value, dict) and (odd := [key for key in value if not isinstance(key, str)]):
        raise TypeError(f"keys must be text, got {odd[0]!r}")
    for item in value.values() if isinstance(value, dict) else value:
        check(item, levels - 1)
