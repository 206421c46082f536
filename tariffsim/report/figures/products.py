"""Duty by product and path at the end of the horizon, as a table of shaded cells."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tariffsim.grounds import ProductRate
from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Figure, slug
from tariffsim.report.names import goods, the
from tariffsim.report.numbers import figure as number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

ROW = 15.0
MOST_ROWS = 18
MOST_COLUMNS = 6
LEFT, TOP, BOTTOM = 120.0, 46.0, 6.0
STEPS = (2.0, 10.0, 20.0, 40.0, 60.0, 100.0)
"""Percent at which the shade grows darker."""


def products(found: Sequence[ProductRate], labels: Sequence[str]) -> Figure:
    """Draw duties by product and path.

    Parameters
    ----------
    found : sequence of ProductRate
        Of one flow, the largest benchmark value first; only the first ones are drawn, all are in
        the data.
    labels : sequence of str
        Name of each path.

    Returns
    -------
    Figure
        One row of data a product and path.
    """
    shown = found[:MOST_ROWS]
    drawn = labels[:MOST_COLUMNS]
    buyer, seller = the(found[0].importer), the(found[0].exporter)
    height = TOP + ROW * len(shown) + BOTTOM
    return Figure(
        id=slug("products", found[0].importer, found[0].exporter),
        title=f"Duty of {buyer} on goods of {seller}, by product and branch",
        note=(
            "Percent of customs value in the last month of the horizon: what was collected in "
            "the benchmark year plus what the law has added since; the middle where a list "
            f"covers an unknown part of a product. The {len(shown)} largest of {len(found)} "
            f"product groups by benchmark value.{_left_out(labels)}"
        ),
        alt=_alt(shown, labels),
        head=("product", "name", "benchmark_usd_million", "path", "percent_of_customs_value"),
        rows=tuple(
            (one.product, goods(one.product), one.value, label, rate)
            for one in found
            for label, rate in zip(labels, one.rates, strict=True)
        ),
        height=height / 72.0,
        draw=lambda canvas: _draw(canvas, shown, drawn, height),
        of="products",
        flow=(found[0].importer, found[0].exporter, ""),
    )


def _left_out(labels: Sequence[str]) -> str:
    more = len(labels) - MOST_COLUMNS
    return f" {more} further branches are in the data." if more > 0 else ""


def _alt(shown: Sequence[ProductRate], labels: Sequence[str]) -> str:
    first = shown[0]
    rates = ", ".join(
        f"{label} {number(rate)} percent" for label, rate in zip(labels, first.rates, strict=True)
    )
    spans = "; ".join(
        f"{label} from {number(min(one.rates[n] for one in shown))} to "
        f"{number(max(one.rates[n] for one in shown))} percent"
        for n, label in enumerate(labels)
    )
    return f"Table of duties. Largest product, {goods(first.product)}: {rates}. Range: {spans}."


def _draw(
    canvas: "FigureBase", shown: Sequence[ProductRate], labels: Sequence[str], height: float
) -> "Axes":
    room = marks.Margins(left=LEFT, right=6.0, top=TOP, bottom=BOTTOM)
    axes = marks.panel(canvas, height, room)
    axes.grid(visible=False)
    axes.set_xlim(0.0, len(labels))
    axes.set_ylim(len(shown), 0.0)
    axes.set_xticks([])
    axes.set_yticks(
        [row + 0.5 for row in range(len(shown))],
        [marks.fold(goods(one.product), 24, 1) for one in shown],
        color=style.INK,
    )
    axes.spines[:].set_visible(False)
    wide = (marks.POINTS - LEFT - 6.0) / len(labels)
    letters = max(int(wide / 5.4), 5)
    for column, label in enumerate(labels):
        axes.text(
            column + 0.5,
            -0.3,
            marks.fold(label, letters, 3),
            color=style.label_colour(column),
            fontsize=style.SMALL,
            ha="center",
            va="bottom",
            linespacing=1.1,
        )
    cells = [
        (row, column, rate)
        for row, one in enumerate(shown)
        for column, rate in enumerate(one.rates[: len(labels)])
    ]
    marks.boxes(axes, [_box(*cell) for cell in cells])
    for cell in cells:
        _write(axes, *cell)
    return axes


def _shade(rate: float) -> str:
    return style.RAMP[sum(rate >= step for step in STEPS)]


def _box(row: int, column: int, rate: float) -> marks.Box:
    return marks.Box(
        left=column + 0.02,
        right=column + 0.98,
        low=row + 0.04,
        high=row + 0.96,
        colour=_shade(rate),
    )


def _write(axes: "Axes", row: int, column: int, rate: float) -> None:
    ground = _shade(rate)
    dark = style.contrast(ground, DEEP) < style.contrast(ground, PALE)
    axes.text(
        column + 0.5,
        row + 0.53,
        number(rate),
        color=PALE if dark else DEEP,
        fontsize=style.SMALL,
        ha="center",
        va="center",
    )


DEEP, PALE = "#101418", "#fdfdfd"
"""Text of cells; named apart from the page's ink, which turns over in the dark."""
