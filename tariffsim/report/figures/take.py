"""Duty over the horizon on benchmark trade, beside what is taken once trade responds."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tariffsim.grounds import DutyTake
from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Cell, Figure, slug
from tariffsim.report.names import the
from tariffsim.report.numbers import figure as number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

ROW = 44.0
ROOM = marks.Margins(left=8.0, right=44.0, top=6.0, bottom=30.0)


def take(found: Sequence[DutyTake], labels: Sequence[str]) -> Figure:
    """Draw static against behavioural duty on one flow, a pair of bars a path.

    Parameters
    ----------
    found : sequence of DutyTake
        Of one flow.
    labels : sequence of str
        Name of each path.

    Returns
    -------
    Figure
        One row of data a path and kind.
    """
    buyer, seller = the(found[0].importer), the(found[0].exporter)
    height = ROOM.top + ROW * len(found) + ROOM.bottom
    told = "; ".join(
        f"{label} {number(one.static[1])} and {number(one.behavioural[1])}"
        for label, one in zip(labels, found, strict=True)
    )
    return Figure(
        id=slug("take", found[0].importer, found[0].exporter),
        title=f"Duty of {buyer} on goods of {seller}: if trade stood still, and as it responds",
        note=(
            "USD billion over the horizon, all duties on the flow. Pale: rates of the law on "
            "benchmark trade. Full: on trade as it responds; line: eight draws of ten."
        ),
        alt=f"Pairs of bars, USD billion, static and behavioural: {told}.",
        head=("path", "kind", "p10", "p50", "p90"),
        rows=tuple(_rows(found, labels)),
        height=height / 72.0,
        draw=lambda canvas: _draw(canvas, found, labels, height),
        of="take",
        flow=(found[0].importer, found[0].exporter, ""),
    )


def _rows(found: Sequence[DutyTake], labels: Sequence[str]) -> list[tuple[Cell, ...]]:
    rows: list[tuple[Cell, ...]] = []
    for label, one in zip(labels, found, strict=True):
        rows.append((label, "static", *one.static))
        rows.append((label, "behavioural", *one.behavioural))
    return rows


def _draw(
    canvas: "FigureBase", found: Sequence[DutyTake], labels: Sequence[str], height: float
) -> "Axes":
    axes = marks.panel(canvas, height, ROOM)
    axes.grid(visible=True, axis="x")
    axes.grid(visible=False, axis="y")
    axes.set_ylim(ROW * len(found), 0.0)
    axes.set_yticks([])
    highest = max(max(*one.static, *one.behavioural) for one in found)
    axes.set_xlim(0.0, highest * 1.02)
    axes.locator_params(axis="x", nbins=6)
    marks.along(axes)
    axes.set_xlabel("USD billion over the horizon", loc="left")
    bars = []
    for place, (one, label) in enumerate(zip(found, labels, strict=True)):
        top = ROW * place + 16.0
        colour = style.colour(place)
        axes.text(0.0, top - 4.0, label, color=style.label_colour(place), fontsize=style.SMALL)
        for part, (values, alpha) in enumerate(((one.static, 0.35), (one.behavioural, 1.0))):
            level = top + 4.0 + part * 11.5
            bars.append(
                marks.Box(
                    left=0.0, right=values[1], low=level - 4.5, high=level + 4.5, colour=colour,
                    alpha=alpha,
                )
            )  # fmt: skip
            axes.plot([values[0], values[2]], [level] * 2, color=style.INK, linewidth=1.0, zorder=3)
            at = max(values[1], values[2]) + 0.012 * highest
            axes.text(at, level, number(values[1]), fontsize=style.SMALL, va="center")
    marks.boxes(axes, bars)
    return axes
