"""Stock of a controlled input in days of need, above the chance that need has gone unmet."""

from typing import TYPE_CHECKING

from tariffsim.grounds import WEEK
from tariffsim.report.figures import marks
from tariffsim.report.figures.figure import Cell, Figure, slug
from tariffsim.report.figures.paths import fan_note, lines, quantile_names, told
from tariffsim.report.names import the, words
from tariffsim.report.numbers import figure as number
from tariffsim.report.summary import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

PANEL = 92.0
TOP, GAP, BOTTOM, LEFT, RIGHT = 22.0, 30.0, 34.0, 38.0, 98.0
HEIGHT = TOP + 2 * PANEL + GAP + BOTTOM


def cover(stock: Series, chance: Series) -> Figure:
    """Draw days of cover over the probability of a stock-out.

    Parameters
    ----------
    stock : Series
        ``days_of_cover`` of one importer and material.
    chance : Series
        ``stockout_probability`` of the same, in percent, by month or by week.

    Returns
    -------
    Figure
        One row of data a path, quantity and period.
    """
    who, thing = the(stock.importer), words(stock.product).lower()
    ends = "; ".join(
        f"{column.label} {number(float(column.level[1, -1]))} percent" for column in chance.columns
    )
    return Figure(
        id=slug("cover", stock.importer, stock.product),
        title=f"How long {thing} last in {who}, and how likely they run out",
        note=(
            f"Above: stock in days of need, end of each month. Line: median; {fan_note(stock)}. "
            f"Below: share of draws in which need has gone unmet by then, %{_each(chance)}. "
            "All projected."
        ),
        alt=(
            f"Two panels for {thing} in {who}, {chance.periods[0]} to {stock.periods[-1]}: days of "
            f"cover, and the chance that need has gone unmet. That chance at the end: {ends}."
        ),
        head=("path", "quantity", "period", "unit", *quantile_names(stock, chance)),
        rows=tuple(row for series in (stock, chance) for row in _rows(series)),
        height=HEIGHT / 72.0,
        draw=lambda canvas: _draw(canvas, stock, chance),
        of="days_of_cover",
        flow=(stock.importer, stock.exporter, stock.product),
    )


def _each(chance: Series) -> str:
    return ", week by week from the control's first day" if chance.basis == WEEK else ""


def _rows(series: Series) -> list[tuple[Cell, ...]]:
    return [
        (own.label, series.name, period, series.unit, *told(own)[:, n].tolist())
        for own in series.columns
        for n, period in enumerate(series.periods)
    ]


def _draw(canvas: "FigureBase", stock: Series, chance: Series) -> "list[Axes]":
    upper = marks.Margins(left=LEFT, right=RIGHT, top=TOP, bottom=BOTTOM + PANEL + GAP)
    lower = marks.Margins(left=LEFT, right=RIGHT, top=TOP + PANEL + GAP, bottom=BOTTOM)
    above, below = (marks.panel(canvas, HEIGHT, room) for room in (upper, lower))
    span = (*stock.periods, *chance.periods)
    lines(above, stock, PANEL, span=span)
    lines(below, chance, PANEL, limits=(0.0, 104.0), span=span)
    above.tick_params(labelbottom=False)
    marks.heading(above, "days of need in stock")
    marks.heading(below, "% of draws with need unmet by then")
    return [above, below]
