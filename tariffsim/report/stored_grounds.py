"""Grounds as text and back; opens no file."""

import json
from collections.abc import Iterator
from typing import Any

import attrs
import cattrs

from tariffsim.errors import InputError
from tariffsim.grounds import Grounds
from tariffsim.report.manifest import AGAIN, is_day, same, shown

GROUNDS = "grounds.json"
"""Name of the file in the folder of a result."""

BAND = (0.1, 0.5, 0.9)
"""Quantiles of duty taken."""

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
        data = json.loads(text)
        found = _CONVERTER.structure(data, Grounds)
    except Exception as error:
        raise InputError(
            f"{GROUNDS} must be grounds as this version writes it, got {type(error).__name__}: "
            f"{shown(str(error))}; {AGAIN}"
        ) from None
    # Structuring turns what it meets into what it wants: none at all into the text "None".
    own = attrs.asdict(found)
    odd = [name for name, value in data.items() if name in own and not same(value, own[name])]
    fault = f"an entry of another type under {odd[0]}" if odd else next(_faults(found), None)
    if fault is not None:
        raise InputError(
            f"{GROUNDS} must be grounds as this version writes it, got {fault}; {AGAIN}"
        )
    return found


def _faults(grounds: Grounds) -> Iterator[str]:
    """Find what a reader of grounds could trip over: counts, chances and days that do not fit."""
    branches = set(grounds.branches)
    if not branches or set(grounds.probability) != branches:
        yield "no probability of each branch"
    if not all(0.0 <= chance <= 1.0 for chance in grounds.probability.values()):
        yield "a probability that is none"
    for one in grounds.variables:
        if len(one.path) != len(branches) or len(one.mean) not in (0, len(branches)):
            yield f"another number of branches under {one.key}"
    for path in grounds.rates:
        if not path.branches or not branches.issuperset(path.branches):
            yield f"rates of {path.importer} on {path.exporter} in other branches"
    for take in grounds.take:
        if not len(take.static) == len(take.behavioural) == len(BAND):
            yield f"a band of duty on {take.importer}, {take.exporter} without its {len(BAND)} ends"
    days = [day for fact in grounds.facts for day in (fact.announced, fact.effective)]
    days += [step.on for path in grounds.rates for step in path.steps]
    if not all(map(is_day, days)):
        yield "a fact or a rate that has no day"
