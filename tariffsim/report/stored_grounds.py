"""Grounds as text and back; opens no file."""

import json
from typing import Any

import attrs
import cattrs

from tariffsim.errors import InputError
from tariffsim.grounds import Grounds

GROUNDS = "grounds.json"
"""Name of the file in the folder of a result."""

_CONVERTER = cattrs.Converter(detailed_validation=False)


def grounds_text(grounds: Grounds) -> str:
    """Write grounds as JSON, one line an item, so that two of them compare by line.

    Parameters
    ----------
    grounds : Grounds
        What to write.

    Returns
    -------
    str
        Ends with a newline.
    """
    lines = ",\n".join(
        f"{json.dumps(name)}: {_part(value)}" for name, value in attrs.asdict(grounds).items()
    )
    return "{\n" + lines + "\n}\n"


def _part(value: Any) -> str:
    if isinstance(value, tuple) and value:
        rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
        return f"[\n{rows}\n]"
    return json.dumps(value, ensure_ascii=False)


def read_grounds(text: str) -> Grounds:
    """Read what `grounds_text` wrote.

    Raises
    ------
    InputError
        It is something else, or was written by another version.

    Examples
    --------
    >>> from tariffsim.grounds import Grounds
    >>> own = Grounds(variables=(), branches={"stay": {}}, probability={"stay": 1.0})
    >>> read_grounds(grounds_text(own)) == own
    True
    """
    try:
        return _CONVERTER.structure(json.loads(text), Grounds)
    except Exception as error:
        raise InputError(
            f"{GROUNDS} must be grounds as this version writes it, got {type(error).__name__}: "
            f"{error}; run the scenario again with --out"
        ) from None
