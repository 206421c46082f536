"""Monthly paths by branch: a line for the median, nested bands around it, a name at the end."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tariffsim.arrays import Floats
from tariffsim.report.bands import FAN, QUANTILES, Column
from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Cell, Figure, slug
from tariffsim.report.names import spelled
from tariffsim.report.numbers import banded, places_of, written
from tariffsim.report.summary import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

PLOT = 140.0
ROOM = marks.Margins(left=38.0, right=98.0, top=22.0, bottom=34.0)
SHADE = 0.13
"""Opacity of one band."""
HEIGHT = PLOT + ROOM.top + ROOM.bottom


def paths(series: Series) -> Figure:
    """Draw one monthly variable.

    Parameters
    ----------
    series : Series
        A variable with a value each month.

    Returns
    -------
    Figure
        One row of data a branch path and month.
    """
    title = f"{spelled(series.label)}"
    return Figure(
        id=slug("paths", series.key),
        title=title,
        note=(
            f"{series.unit}, month by month, all of it projected. Line: median; {fan_note(series)}."
        ),
        alt=_alt(series, title),
        head=("path", "month", "unit", *quantile_names(series)),
        rows=tuple(_rows(series)),
        height=HEIGHT / 72.0,
        draw=lambda canvas: _draw(canvas, series),
        of=series.name,
        flow=(series.importer, series.exporter, series.product),
    )


def _alt(series: Series, title: str) -> str:
    ends = "; ".join(
        f"{column.label} {banded(*column.level[:, -1].tolist())}" for column in series.columns
    )
    return (
        f"Lines of {title}, {series.unit}, from {series.periods[0]} to {series.periods[-1]}. "
        f"At the end, with the 80 percent band: {ends}."
    )


def _rows(series: Series) -> list[tuple[Cell, ...]]:
    return [
        (column.label, period, series.unit, *told(column)[:, n].tolist())
        for column in series.columns
        for n, period in enumerate(series.periods)
    ]


def told(column: Column) -> Floats:
    """Give every quantile that a column has; (quantile, period)."""
    return column.level if column.fan is None else column.fan


def quantile_names(*found: Series) -> tuple[str, ...]:
    """Name the columns of data that `told` fills."""
    full = all(column.fan is not None for series in found for column in series.columns)
    return tuple(f"p{quantile * 100:g}" for quantile in (FAN if full else QUANTILES))


def fan_note(series: Series) -> str:
    """Say what the bands around the median hold."""
    if len(quantile_names(series)) == len(FAN):
        return "bands, from the inside out: half, 80 % and 90 % of the draws"
    return "band: 80 % of the draws"


def _draw(canvas: "FigureBase", series: Series) -> "Axes":
    axes = marks.panel(canvas, HEIGHT, ROOM)
    lines(axes, series, PLOT)
    marks.heading(axes, series.unit)
    return axes


def lines(
    axes: "Axes",
    series: Series,
    height: float,
    *,
    limits: tuple[float, float] | None = None,
    span: Sequence[str] = (),
) -> None:
    """Draw lines with fans on a panel.

    Parameters
    ----------
    axes : Axes
        An empty panel.
    series : Series
        What to draw.
    height : float
        Of the panel, points.
    limits : tuple of float, optional
        Ends of the vertical axis; taken from the values where left out.
    span : sequence of str, optional
        Periods that the horizontal axis holds, where panels share one.
    """
    days = marks.drawn_on(series.periods, within=span)
    places = [day.toordinal() for day in days]
    axes.set_ylim(*(limits or _limits(series)))
    marks.upright(axes)
    held = sorted({*marks.drawn_on(span, within=span), *days})
    first, last = held[0].replace(day=1), max(held[-1].replace(day=28), held[-1])
    marks.date_axis(axes, first, last)
    marks.ahead(axes, first)
    ends = []
    for number, column in enumerate(series.columns):
        fill, line = style.colour(number), style.dash(number)
        rows = told(column)
        middle = len(rows) // 2
        # Each band lies on the wider one, so that the ground darkens towards the median.
        for outer in range(middle):
            axes.fill_between(
                places,
                rows[outer],
                rows[-1 - outer],
                color=fill,
                alpha=SHADE,
                linewidth=0,
                zorder=2,
            )
        axes.plot(places, rows[middle], color=fill, linestyle=line, zorder=3)
        ends.append(_ending(series, number))
    marks.endings(axes, ends, height)


def _limits(series: Series) -> tuple[float, float]:
    low = min(float(told(column).min()) for column in series.columns)
    high = max(float(told(column).max()) for column in series.columns)
    pad = 0.06 * (high - low) or 0.06 * abs(high) or 1.0
    if 0.0 <= low < 0.5 * high or low == high == 0.0:
        return 0.0, high + (0.06 * high or 1.0)
    return low - pad, high + pad


def _ending(series: Series, number: int) -> marks.Ending:
    column = series.columns[number]
    value = float(column.level[1, -1])
    size = places_of(*(float(other.level[1, -1]) for other in series.columns))
    name = f"{marks.fold(column.label, most=1)}\n" if len(series.columns) > 1 else ""
    return marks.Ending(
        place=value, text=f"{name}{written(value, size)}", colour=style.label_colour(number)
    )
