"""A scenario as written, with what points at its lines; reads nothing that it names."""

import contextlib
import re
from collections.abc import Iterator
from pathlib import Path

import attrs

from tariffsim.codec.documents import refuse
from tariffsim.codec.fault import Path as FaultPath
from tariffsim.codec.marked import Marked
from tariffsim.errors import InputError
from tariffsim.finding import Finding, Place
from tariffsim.scenario import Scenario


@attrs.frozen(kw_only=True)
class Written:
    """A scenario as read, with what is needed to point at its lines."""

    scenario: Scenario
    marked: Marked
    path: Path


@contextlib.contextmanager
def placed(marked: Marked, path: FaultPath) -> Iterator[None]:
    """Give a fault without a place the line of the scenario that leads to it."""
    try:
        yield
    except InputError as error:
        if any(isinstance(found, Finding) and found.place for found in error.findings):
            raise
        place = marked.place(path)
        refuse([Finding(rule="unknown-name", message=str(error), place=place)])


@contextlib.contextmanager
def pointed(marked: Marked) -> Iterator[None]:
    """Give a fault without a place the line that holds the name it quotes."""
    try:
        yield
    except InputError as error:
        if error.findings:
            raise
        lines = str(error).splitlines()
        places = [_place_of(line, marked) for line in lines]
        if not any(places):
            raise
        refuse(
            Finding(rule="unknown-name", message=line, place=place)
            for line, place in zip(lines, places, strict=True)
        )


def _place_of(message: str, marked: Marked) -> Place | None:
    """Find where the first name that a message quotes stands in a file, if it does."""
    quoted = re.search(r"got '([^']+)'", message)
    path = quoted and _path_to(quoted[1], marked.data)
    return None if path is None else marked.place(path[0], key=path[1])


def _path_to(text: str, data: object, path: FaultPath = ()) -> tuple[FaultPath, bool] | None:
    """Find the first value or key that is a text: its path, and whether it is the key."""
    if data == text:
        return path, False
    inside = data.items() if isinstance(data, dict) else ()
    for key, value in enumerate(data) if isinstance(data, list) else inside:
        if key == text:
            return (*path, key), True
        found = _path_to(text, value, (*path, key))
        if found is not None:
            return found
    return None


def beside(name: str, scenario: Path) -> str:
    """Take a path from the scenario's folder; leave a bare name as it is."""
    near = scenario.parent / name
    return str(near) if "/" in name or "." in name else name
