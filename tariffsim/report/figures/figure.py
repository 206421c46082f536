"""What a figure is: a drawing, the same in words, and the same as data; draws nothing itself."""

import csv
import io
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

import attrs

if TYPE_CHECKING:
    from matplotlib.figure import FigureBase

Cell: TypeAlias = "str | float | int"
Draw: TypeAlias = "Callable[[FigureBase], Any]"

WIDTH = 4.3
"""Inches. A telephone shows it at nine tenths, so that its small type stays legible there."""

FORMULA = ("=", "+", "-", "@", "\t", "\r")


@attrs.frozen(kw_only=True, eq=False)
class Figure:
    """One figure.

    Parameters
    ----------
    id : str
        Stable and unique in a page.
    title : str
        What it shows.
    note : str
        Units, time basis, and how to read it.
    alt : str
        What one sees, in a sentence or two, with the numbers that matter.
    head : tuple of str
        Columns of its data.
    rows : tuple of tuple
        Its data: every number that is drawn.
    height : float
        Inches.
    draw : callable
        Draws on a matplotlib figure, and returns its axes.
    of : str
        What its numbers are: the name of a variable, or of a formula.
    flow : tuple of str
        Importer, exporter and material that it speaks of; empty where of several.
    """

    id: str
    title: str
    note: str
    alt: str
    head: tuple[str, ...]
    rows: tuple[tuple[Cell, ...], ...]
    height: float
    draw: Draw
    of: str = ""
    flow: tuple[str, str, str] = ("", "", "")


def as_csv(figure: Figure) -> str:
    r"""Write a figure's data as CSV; text that a spreadsheet would run as a formula is quoted.

    Examples
    --------
    >>> sample = Figure(id="x", title="X", note="", alt="", head=("a", "b"),
    ...                 rows=(("=1+1", 2.5),), height=1.0, draw=print)
    >>> as_csv(sample)
    "a,b\n'=1+1,2.5\n"
    """
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(figure.head)
    writer.writerows(_plain(row) for row in figure.rows)
    return text.getvalue()


def _plain(row: Sequence[Cell]) -> list[str]:
    return [_safe(cell) if isinstance(cell, str) else repr(cell) for cell in row]


def _safe(text: str) -> str:
    return f"'{text}" if text.startswith(FORMULA) else text


def slug(*parts: str) -> str:
    """Join parts to an id of letters, digits and hyphens.

    Examples
    --------
    >>> slug("paths", "customs_value.USA.CHN")
    'paths-customs-value-usa-chn'
    """
    text = "-".join(part for part in parts if part).lower()
    return "".join(letter if letter.isalnum() else "-" for letter in text)
