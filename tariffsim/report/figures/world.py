"""Real income economy by economy and branch: dots with bands; economies in the order of size."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tariffsim.report.bands import Column
from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Cell, Figure
from tariffsim.report.names import economy
from tariffsim.report.numbers import figure as number
from tariffsim.report.summary import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

LEFT, RIGHT, TOP, BOTTOM = 92.0, 14.0, 20.0, 22.0
DOT = 7.0
MOST_ECONOMIES = 24


def world(found: Sequence[Series]) -> Figure:
    """Draw one metric of many economies.

    Parameters
    ----------
    found : sequence of Series
        One an economy, its code as importer or exporter; one value over the horizon.

    Returns
    -------
    Figure
        One row of data an economy and path.
    """
    ordered = sorted(found, key=lambda one: (_middle(one.columns[0]), one.subject))
    shown = ordered[:MOST_ECONOMIES]
    labels = [column.label for column in found[0].columns]
    height = TOP + 11.0 * len(labels) + sum(_tall(one) for one in shown) + BOTTOM
    ends = "; ".join(f"{_who(one)} {number(_middle(one.columns[0]))}" for one in shown[:3])
    return Figure(
        id="world",
        title="Real income, economy by economy",
        note=f"{found[0].unit}. Dot: median; line: eight draws of ten.",
        alt=f"Dots by economy and branch, {found[0].unit}. Lowest in {labels[0]}: {ends}.",
        head=("economy", "path", "unit", "p10", "p50", "p90"),
        rows=tuple(_rows(ordered)),
        height=height / 72.0,
        draw=lambda canvas: _draw(canvas, shown, labels, height),
        of=found[0].name,
    )


def _who(one: Series) -> str:
    return one.importer or one.exporter


def _middle(column: Column) -> float:
    return float(column.level[1, 0])


def _tall(one: Series) -> float:
    return DOT * len(one.columns) + 7.0


def _rows(ordered: Sequence[Series]) -> list[tuple[Cell, ...]]:
    return [
        (_who(one), column.label, one.unit, *column.level[:, 0].tolist())
        for one in ordered
        for column in one.columns
    ]


def _limits(shown: Sequence[Series]) -> tuple[float, float]:
    ends = [0.0]
    for one in shown:
        for column in one.columns:
            ends += [float(column.level.min()), float(column.level.max())]
    pad = 0.05 * (max(ends) - min(ends)) or 1.0
    return min(ends) - pad, max(ends) + pad


def _draw(
    canvas: "FigureBase", shown: Sequence[Series], labels: Sequence[str], height: float
) -> "Axes":
    top = TOP + 11.0 * len(labels)
    room = marks.Margins(left=LEFT, right=RIGHT, top=top, bottom=BOTTOM)
    axes = marks.panel(canvas, height, room)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_ylim(height - top - BOTTOM, 0.0)
    axes.axvline(0.0, color=style.QUIET, linewidth=0.8, zorder=1)
    marks.heading(axes, shown[0].unit)
    places = []
    level = 0.0
    for one in shown:
        places.append(level + _tall(one) / 2)
        for number_, column in enumerate(one.columns):
            low, middle, high = (float(value) for value in column.level[:, 0])
            at = level + 5.0 + DOT * (number_ + 0.5)
            colour = style.colour(number_)
            axes.plot([low, high], [at, at], color=colour, linewidth=1.4, zorder=2)
            axes.plot([middle], [at], color=colour, marker="o", markersize=4.0, zorder=3)
        level += _tall(one)
    axes.set_xlim(*_limits(shown))
    axes.locator_params(axis="x", nbins=5)
    marks.along(axes)
    axes.set_yticks(places, [economy(_who(one)) for one in shown], color=style.INK)
    for number_, label in enumerate(labels):
        canvas.text(
            LEFT / marks.POINTS,
            1.0 - (11.0 * (number_ + 1)) / height,
            f"\N{BLACK CIRCLE} {label}",
            color=style.label_colour(number_),
            fontsize=style.SMALL,
        )
    return axes
