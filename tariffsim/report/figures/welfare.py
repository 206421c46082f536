"""Welfare of one economy by component: a waterfall a branch, in means, because means add up."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Cell, Figure, slug
from tariffsim.report.names import the
from tariffsim.report.numbers import figure as number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

ROW = 13.5
HEAD = 17.0
ROOM = marks.Margins(left=112.0, right=52.0, top=4.0, bottom=32.0)
GAIN, LOSS = style.SERIES[2], style.SERIES[1]


@attrs.frozen(kw_only=True)
class Parts:
    """What adds up to one branch's welfare: (what, mean) in order, USD billion."""

    label: str
    parts: tuple[tuple[str, float], ...]


REVENUE = "customs revenue"


def completed(parts: Sequence[tuple[str, float]], total: float) -> tuple[tuple[str, float], ...]:
    """Put revenue over the benchmark in where a table shows revenue alone: what is left of welfare.

    Examples
    --------
    >>> completed([("buyers' surplus", -5.0), ("exporters' surplus", -1.0)], -2.0)
    (("buyers' surplus", -5.0), ('customs revenue', 4.0), ("exporters' surplus", -1.0))
    """
    if any(words == REVENUE for words, _ in parts):
        return tuple(parts)
    rest = total - sum(value for _, value in parts)
    return (*parts[:1], (REVENUE, rest), *parts[1:])


def welfare(economy: str, found: Sequence[Parts]) -> Figure:
    """Draw the components of an economy's welfare as waterfalls, one below the other.

    Parameters
    ----------
    economy : str
        Whose.
    found : sequence of Parts
        One a path.

    Returns
    -------
    Figure
        One row of data a path and component, and the total.
    """
    height = ROOM.top + sum(_tall(one) for one in found) + ROOM.bottom
    totals = "; ".join(f"{one.label} {number(_sum(one), signed=True)}" for one in found)
    return Figure(
        id=slug("welfare", economy),
        title=f"What {the(economy)} gains and loses, part by part",
        note=(
            "USD billion over the horizon against the benchmark; means over draws, because "
            "medians of parts do not add up to the median of the whole. Partial model: no "
            "effect on wages, output elsewhere, or the exchange rate."
        ),
        alt=f"Waterfalls of welfare for {the(economy)}, USD billion. Totals: {totals}.",
        head=("path", "component", "mean_usd_billion"),
        rows=tuple(_rows(found)),
        height=height / 72.0,
        draw=lambda canvas: _draw(canvas, found, height),
        of="welfare",
        flow=(economy, "", ""),
    )


def _sum(one: Parts) -> float:
    return sum(value for _, value in one.parts)


def _tall(one: Parts) -> float:
    return HEAD + ROW * (len(one.parts) + 1) + 4.0


def _rows(found: Sequence[Parts]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for one in found:
        rows += [(one.label, what, value) for what, value in one.parts]
        rows.append((one.label, "total", _sum(one)))
    return rows


def _draw(canvas: "FigureBase", found: Sequence[Parts], height: float) -> "Axes":
    axes = marks.panel(canvas, height, ROOM)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)
    axes.set_ylim(height - ROOM.top - ROOM.bottom, 0.0)
    low, high = _ends(found)
    pad = 0.02 * (high - low) or 1.0
    axes.set_xlim(low - pad, high + pad)
    axes.locator_params(axis="x", nbins=5)
    marks.along(axes)
    axes.set_xlabel("USD billion over the horizon", loc="left")
    axes.axvline(0.0, color=style.QUIET, linewidth=0.8, zorder=1)
    top = 0.0
    for place, one in enumerate(found):
        _name(axes, top + 11.0, one.label, style.label_colour(place), bold=True)
        _fall(axes, one, top + HEAD)
        top += _tall(one)
    return axes


def _ends(found: Sequence[Parts]) -> tuple[float, float]:
    reached = [0.0]
    for one in found:
        total = 0.0
        for _, value in one.parts:
            total += value
            reached.append(total)
    return min(reached), max(reached)


def _fall(axes: "Axes", one: Parts, top: float) -> None:
    total = 0.0
    bars = []
    for row, (what, value) in enumerate(one.parts):
        level = top + ROW * (row + 0.5)
        bars.append(_bar(level, total, value, GAIN if value >= 0 else LOSS))
        _name(axes, level + 3.0, what, style.INK)
        _value(axes, level, value)
        total += value
        axes.plot([total] * 2, [level, level + ROW], color=style.QUIET, linewidth=0.7, zorder=3)
    level = top + ROW * (len(one.parts) + 0.5)
    bars.append(_bar(level, 0.0, total, style.INK))
    marks.boxes(axes, bars)
    _name(axes, level + 3.0, "together", style.INK, bold=True)
    _value(axes, level, total, bold=True)


def _bar(level: float, start: float, value: float, colour: str) -> marks.Box:
    half = (ROW - 4.0) / 2
    return marks.Box(
        left=start, right=start + value, low=level - half, high=level + half, colour=colour
    )


def _name(axes: "Axes", level: float, text: str, colour: str, *, bold: bool = False) -> None:
    axes.text(
        (4.0 - ROOM.left) / (marks.POINTS - ROOM.left - ROOM.right),
        level,
        text,
        transform=axes.get_yaxis_transform(),
        color=colour,
        fontsize=style.SMALL,
        fontweight="bold" if bold else "normal",
        va="baseline",
    )


def _value(axes: "Axes", level: float, value: float, *, bold: bool = False) -> None:
    axes.text(
        1.0 + (ROOM.right - 4.0) / (marks.POINTS - ROOM.left - ROOM.right),
        level + 3.0,
        number(value, signed=True),
        transform=axes.get_yaxis_transform(),
        fontsize=style.SMALL,
        fontweight="bold" if bold else "normal",
        ha="right",
        va="baseline",
    )
