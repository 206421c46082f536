"""Evidence as text and back; opens no file."""

import json
from typing import Any

import attrs
import cattrs

from tariffsim.errors import InputError
from tariffsim.evidence import Evidence

EVIDENCE = "evidence.json"
"""Name of the file in the folder of a result."""

_CONVERTER = cattrs.Converter(detailed_validation=False)


def evidence_text(evidence: Evidence) -> str:
    """Write evidence as JSON, one line an item, so that two of them compare by line.

    Parameters
    ----------
    evidence : Evidence
        What to write.

    Returns
    -------
    str
        Ends with a newline.
    """
    lines = ",\n".join(
        f"{json.dumps(name)}: {_part(value)}" for name, value in attrs.asdict(evidence).items()
    )
    return "{\n" + lines + "\n}\n"


def _part(value: Any) -> str:
    if isinstance(value, tuple) and value:
        rows = ",\n".join(json.dumps(row, ensure_ascii=False) for row in value)
        return f"[\n{rows}\n]"
    return json.dumps(value, ensure_ascii=False)


def read_evidence(text: str) -> Evidence:
    """Read what `evidence_text` wrote.

    Raises
    ------
    InputError
        It is something else, or was written by another version.

    Examples
    --------
    >>> from tariffsim.evidence import Evidence
    >>> own = Evidence(variables=(), branches={"stay": {}}, probability={"stay": 1.0})
    >>> read_evidence(evidence_text(own)) == own
    True
    """
    try:
        return _CONVERTER.structure(json.loads(text), Evidence)
    except Exception as error:
        raise InputError(
            f"{EVIDENCE} must be evidence as this version writes it, got {type(error).__name__}: "
            f"{error}; run the scenario again with --out"
        ) from None
