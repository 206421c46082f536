"""Places of values in a text: lines, marks, plain data with marks; knows no YAML."""

import sys
from collections.abc import Callable, Iterable, Mapping
from functools import cached_property
from typing import NamedTuple, TypeAlias

import attrs

from tariffsim.codec.fault import Path
from tariffsim.errors import InputError
from tariffsim.finding import Finding, Place, render

Plain: TypeAlias = "str | list[Plain] | dict[str, Plain]"

# A caret under a column this far out helps nobody, and a line of megabytes would be printed whole.
LONGEST_LINE_SHOWN = 200


def split_lines(text: str) -> tuple[str, ...]:
    r"""Split text where YAML counts a new line: at LF, CR LF and a lone CR, nowhere else.

    Parameters
    ----------
    text : str
        Any text.

    Returns
    -------
    tuple of str
        The lines without their ends; at least one.

    Examples
    --------
    >>> split_lines("a\r\nb\rc\n")
    ('a', 'b', 'c', '')
    """
    return tuple(text.replace("\r\n", "\n").replace("\r", "\n").split("\n"))


def place_at(line: int, column: int, *, file: str, lines: tuple[str, ...]) -> Place:
    """Make a place, with the text of its line where a caret under it can be seen.

    Parameters
    ----------
    line, column : int
        From 1; past the end means the end of the last line that says something.
    file : str
        Name of the file.
    lines : tuple of str
        Its lines.

    Returns
    -------
    Place
        Never beyond the text.
    """
    if line > len(lines) or (line == len(lines) > 1 and not lines[-1]):
        line = max((n for n, held in enumerate(lines, start=1) if held.strip()), default=1)
        column = len(lines[line - 1].rstrip()) + 1
    text = lines[line - 1]
    shown = text[:LONGEST_LINE_SHOWN] if column <= LONGEST_LINE_SHOWN else ""
    return Place(file=file, line=line, column=column, text=shown)


def refusal(findings: Iterable[Finding], *, kind: type[InputError] = InputError) -> InputError:
    """Make the exception that carries findings, in the order of their places.

    Parameters
    ----------
    findings : iterable of Finding
        At least one.
    kind : type
        `InputError` or a class below it.

    Returns
    -------
    InputError
        Its message shows each finding with its line and a caret.

    Examples
    --------
    >>> place = Place(file="a.yaml", line=2, column=3)
    >>> print(refusal([Finding(rule="syntax", message="a quote must be closed", place=place)]))
    a.yaml:2:3: error: a quote must be closed
    """
    ordered = sorted(findings, key=_position)
    return kind("\n".join(map(render, ordered)), ordered)


def _position(finding: Finding) -> tuple[int, int]:
    place = finding.place
    return (place.line, place.column) if place else (sys.maxsize, 0)


class Mark(NamedTuple):
    """Where a value and its key stand; a tuple because a file has tens of thousands of them.

    Lines and columns count from 1. List items and the root have no key: theirs is the value's
    place. `quoted` tells `""` and `"null"` from nothing and `null` left bare.
    """

    line: int
    column: int
    key_line: int
    key_column: int
    quoted: bool = False


@attrs.frozen(kw_only=True, slots=False)
class Marked:
    """Plain data with the place of every value.

    Parameters
    ----------
    data : str, list or dict
        Mappings as dict, sequences as list, every scalar the string as written.
    read_marks : callable
        Finds the marks; asked only when one is wanted that is not among `tops`.
    file : str
        Name of the file.
    lines : tuple of str
        Its lines, for carets.
    findings : tuple of Finding
        Faults of form that do not keep the data from being read: repeated keys.
    tops : dict
        Line and column of values of the outermost levels, by path.
    """

    data: Plain
    read_marks: Callable[[], dict[Path, Mark]]
    file: str
    lines: tuple[str, ...]
    findings: tuple[Finding, ...] = ()
    tops: Mapping[Path, tuple[int, int]] = attrs.field(factory=dict)

    @cached_property
    def marks(self) -> dict[Path, Mark]:
        """From the path of a value (keys and indices, root first) to its mark."""
        return self.read_marks()

    def place(self, path: Path, *, key: bool = False) -> Place:
        """Find the place of a value, or of its key; of the nearest parent where it has none.

        Parameters
        ----------
        path : tuple of str or int
            Keys and indices from the root.
        key : bool
            Whether the place of the key is wanted.

        Returns
        -------
        Place
            With the text of the line.
        """
        if not key and path in self.tops:
            return place_at(*self.tops[path], file=self.file, lines=self.lines)
        held = path
        while held and held not in self.marks:
            held = held[:-1]
        mark = self.marks[held]
        # A parent's key says nothing about what is missing in it.
        by_key = key and held == path
        line, column = (mark.key_line, mark.key_column) if by_key else (mark.line, mark.column)
        return place_at(line, column, file=self.file, lines=self.lines)
