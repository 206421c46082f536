"""What drives one number: how far each input moves it, and its share of the variance."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Figure, slug
from tariffsim.report.names import driver, spelled
from tariffsim.report.numbers import percent
from tariffsim.report.summary import Series

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

ROW = 25.0
MOST_ROWS = 8
LEFT, SPLIT, RIGHT, TOP, BOTTOM = 10.0, 186.0, 34.0, 24.0, 22.0


@attrs.frozen(kw_only=True)
class Sensitivity:
    """One input of one metric, from a table of indices or from the draws of a run.

    Parameters
    ----------
    name : str
        The input.
    low, high : float
        The metric where the input is low, and where it is high.
    first : float
        First-order share of the variance, fraction.
    total : float, optional
        Total-order index, fraction.
    """

    name: str
    low: float
    high: float
    first: float
    total: float | None = None


def drivers(
    series: Series,
    found: Sequence[Sensitivity],
    *,
    middle: float,
    about: str,
    shares: str = "share of the variance over draws, %.",
) -> Figure:
    """Draw a tornado beside the shares of the variance.

    Parameters
    ----------
    series : Series
        The number.
    found : sequence of Sensitivity
        The largest share first.
    middle : float
        Mean of the number, from which the bars of the tornado reach out.
    about : str
        Which branch, and how low and high were taken.
    shares : str
        What the shares are of.

    Returns
    -------
    Figure
        One row of data an input.
    """
    shown = tuple(found[:MOST_ROWS])
    label, unit = spelled(series.label), series.unit
    height = TOP + ROW * max(len(shown), 1) + BOTTOM
    told = "; ".join(f"{driver(one.name)} {percent(one.first)}" for one in shown)
    return Figure(
        id=slug("drivers", series.key),
        title=f"What drives it: {label}",
        note=f"Left: {unit}, {about} Right: {shares}",
        alt=f"Inputs by their share of the variance of {label}: {told or 'none varies it'}.",
        head=("input", "low", "high", "first_order_share", "total_order_share"),
        rows=tuple(
            (one.name, one.low, one.high, one.first, "" if one.total is None else one.total)
            for one in found
        ),
        height=height / 72.0,
        draw=lambda canvas: _draw(canvas, shown, unit, middle, height),
        of="drivers",
        flow=(series.importer, series.exporter, series.product),
    )


def _draw(
    canvas: "FigureBase",
    shown: Sequence[Sensitivity],
    unit: str,
    middle: float,
    height: float,
) -> "list[Axes]":
    left = marks.Margins(left=LEFT, right=marks.POINTS - SPLIT, top=TOP, bottom=BOTTOM)
    right = marks.Margins(left=SPLIT + 16.0, right=RIGHT, top=TOP, bottom=BOTTOM)
    swing, share = (marks.panel(canvas, height, room) for room in (left, right))
    _swing(swing, shown, unit, middle)
    _share(share, shown)
    return [swing, share]


def _bare(axes: "Axes", rows: int) -> None:
    axes.grid(visible=False)
    axes.set_ylim(max(rows, 1), 0.0)
    axes.set_yticks([])
    axes.spines["left"].set_visible(False)


def _swing(axes: "Axes", shown: Sequence[Sensitivity], unit: str, middle: float) -> None:
    _bare(axes, len(shown))
    ends = [middle, *(end for one in shown for end in (one.low, one.high))]
    pad = 0.05 * (max(ends) - min(ends)) or abs(middle) * 0.05 or 1.0
    axes.set_xlim(min(ends) - pad, max(ends) + pad)
    axes.locator_params(axis="x", nbins=4)
    marks.along(axes)
    marks.heading(axes, unit)
    marks.boxes(
        axes,
        [
            marks.Box(left=middle, right=end, low=row + 0.52, high=row + 0.92, colour=fill)
            for row, one in enumerate(shown)
            for end, fill in ((one.low, style.SERIES[5]), (one.high, style.SERIES[0]))
        ],
    )
    beside = axes.get_yaxis_transform()
    for row, one in enumerate(shown):
        axes.plot([middle] * 2, [row + 0.46, row + 0.98], color=style.INK, linewidth=0.8, zorder=3)
        name = driver(one.name)
        axes.text(0.0, row + 0.42, name, transform=beside, fontsize=style.SMALL, va="baseline")


def _share(axes: "Axes", shown: Sequence[Sensitivity]) -> None:
    _bare(axes, len(shown))
    axes.set_xlim(0.0, 1.0)
    axes.set_xticks([0.0, 0.5, 1.0], ["0", "50", "100"])
    marks.heading(axes, "% of the variance")
    marks.boxes(
        axes,
        [
            marks.Box(
                left=0.0, right=share, low=row + 0.52, high=row + 0.92, colour=style.SERIES[0],
                alpha=alpha,
            )
            for row, one in enumerate(shown)
            for share, alpha in ((one.total or 0.0, 0.35), (one.first, 1.0))
        ],
    )  # fmt: skip
    for row, one in enumerate(shown):
        at = max(one.first, one.total or 0.0) + 0.03
        axes.text(at, row + 0.72, percent(one.first), fontsize=style.SMALL, va="center")
