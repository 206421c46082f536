"""The stepped rate through time, stacked by legal authority, with what moved it and may come."""

import datetime as dt
import itertools
from collections.abc import Sequence
from typing import TYPE_CHECKING

import attrs

from tariffsim.grounds import RatePath, RateStep
from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Cell, Figure, slug
from tariffsim.report.figures.labels import rows_above
from tariffsim.report.names import the, words
from tariffsim.report.numbers import figure as number

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

MOST_EVENTS = 7
PLOT = 150.0
LEFT, RIGHT, BOTTOM = 30.0, 96.0, 34.0
FILLS = ("#56b4e9", "#e69f00", "#009e73", "#cc79a7", "#7a8490", "#d55e00", "#0072b2")


@attrs.frozen(kw_only=True)
class _Plan:
    """What is drawn, and where the labels of events go."""

    paths: tuple[RatePath, ...]
    labels: tuple[str, ...]
    known_on: dt.date
    first: dt.date
    last: dt.date
    authorities: tuple[str, ...]
    events: tuple[tuple[dt.date, str], ...]
    rows: tuple[int, ...]

    @property
    def legend(self) -> list[list[tuple[str, str]]]:
        """Authorities in lines that fit the width."""
        lines: list[list[tuple[str, str]]] = [[]]
        length = 0.0
        for place, name in enumerate(self.authorities):
            wide = marks.width_of(words(name)) + 20.0
            if length + wide > marks.POINTS - LEFT and lines[-1]:
                lines.append([])
                length = 0.0
            lines[-1].append((name, FILLS[place % len(FILLS)]))
            length += wide
        return lines

    @property
    def top(self) -> float:
        """Room above the panel, points: legend, heading, rows of labels."""
        above = max(self.rows, default=-1) + 1
        return marks.LINE * (len(self.legend) + 1 + above) + 23.0


def rates(
    paths: Sequence[RatePath], labels: Sequence[str], *, known_on: dt.date, last: dt.date
) -> Figure:
    """Draw the rate on one flow from change to change.

    Parameters
    ----------
    paths : sequence of RatePath
        Of one flow, the baseline's first.
    labels : sequence of str
        Name of each path.
    known_on : date
        What lies after it is projected.
    last : date
        Last day of the horizon.

    Returns
    -------
    Figure
        One row of data a day of change, path and authority.
    """
    plan = _plan(tuple(paths), tuple(labels), known_on, last)
    buyer, seller = the(paths[0].importer), the(paths[0].exporter)
    height = (PLOT + plan.top + BOTTOM) / 72.0
    return Figure(
        id=slug("rates", paths[0].importer, paths[0].exporter),
        title=f"Duty that {buyer} adds on goods of {seller}, by legal authority",
        note=(
            f"Percent of customs value by law, day by day; {paths[0].basis}. Areas: "
            f"{labels[0]}; lines: the other branches. Grey ground: after {known_on}, projected."
        ),
        alt=_alt(plan, buyer, seller),
        head=("path", "on", "authority", "percent_of_customs_value", "projected"),
        rows=tuple(_rows(plan)),
        height=height,
        draw=lambda canvas: _draw(canvas, plan, height * 72.0),
        of="rates",
        flow=(paths[0].importer, paths[0].exporter, ""),
    )


def _plan(
    paths: tuple[RatePath, ...], labels: tuple[str, ...], known_on: dt.date, last: dt.date
) -> _Plan:
    steps = [step for path in paths for step in path.steps]
    days = [_day(step) for step in steps] or [known_on]
    span = max((last - min(days)).days, 60)
    first = min(days) - dt.timedelta(days=span // 25)
    events = _events(paths[0].steps)
    length = marks.POINTS - LEFT - RIGHT
    starts = [length * ((day - first).days / max((last - first).days, 1)) for day, _ in events]
    widths = [marks.width_of(text) + 8.0 for _, text in events]
    return _Plan(
        paths=paths,
        labels=labels,
        known_on=known_on,
        first=first,
        last=last,
        authorities=tuple(dict.fromkeys(name for step in steps for name in step.by_authority)),
        events=events,
        rows=tuple(rows_above(starts, widths)),
    )


def _day(step: RateStep) -> dt.date:
    return dt.date.fromisoformat(step.on)


def _events(steps: Sequence[RateStep]) -> tuple[tuple[dt.date, str], ...]:
    """Name the largest moves of the total, in the order of their days."""
    totals = [0.0, *(step.total for step in steps)]
    sizes = [abs(new - old) for old, new in itertools.pairwise(totals)]
    largest = sorted(range(len(steps)), key=lambda n: (-sizes[n], n))[:MOST_EVENTS]
    return tuple(
        (_day(steps[n]), f"{_day(steps[n]).day} {_day(steps[n]):%b %Y}: {number(steps[n].total)} %")
        for n in sorted(largest)
        if sizes[n] > 0.0
    )


def _alt(plan: _Plan, buyer: str, seller: str) -> str:
    ends = "; ".join(
        f"{label} {number(path.steps[-1].total)} percent"
        for label, path in zip(plan.labels, plan.paths, strict=True)
        if path.steps
    )
    moves = ", ".join(text for _, text in plan.events)
    return (
        f"Stepped chart of the duty {buyer} adds on goods of {seller}. Largest changes: "
        f"{moves or 'none'}. On the last day of the horizon: {ends or 'no duty'}."
    )


def _rows(plan: _Plan) -> list[tuple[Cell, ...]]:
    found: list[tuple[Cell, ...]] = []
    for label, path in zip(plan.labels, plan.paths, strict=True):
        for step in path.steps:
            later = "true" if _day(step) > plan.known_on else "false"
            parts = step.by_authority or {"none": 0.0}
            found += [(label, step.on, name, value, later) for name, value in parts.items()]
    return found


def _draw(canvas: "FigureBase", plan: _Plan, height: float) -> "Axes":
    room = marks.Margins(left=LEFT, right=RIGHT, top=plan.top, bottom=BOTTOM)
    axes = marks.panel(canvas, height, room)
    highest = max((step.total for path in plan.paths for step in path.steps), default=0.0)
    axes.set_ylim(0.0, max(highest * 1.06, 1.0))
    marks.upright(axes)
    marks.date_axis(axes, plan.first, plan.last)
    marks.ahead(axes, plan.known_on)
    above = max(plan.rows, default=-1) + 1
    marks.heading(axes, "% of customs value", up=marks.LINE * above + (17.0 if above else 5.0))
    _areas(axes, plan)
    _lines(axes, plan)
    _labels(axes, plan)
    _legend(canvas, plan, height)
    return axes


def _areas(axes: "Axes", plan: _Plan) -> None:
    steps = plan.paths[0].steps
    days = [*(_day(step).toordinal() for step in steps), plan.last.toordinal()]
    under = [0.0] * len(days)
    for place, name in enumerate(plan.authorities):
        own = [step.by_authority.get(name, 0.0) for step in steps]
        own += own[-1:] or [0.0]
        over = [low + value for low, value in zip(under, own, strict=True)]
        fill = FILLS[place % len(FILLS)]
        axes.fill_between(days, under, over, step="post", color=fill, linewidth=0, zorder=2)
        under = over


def _lines(axes: "Axes", plan: _Plan) -> None:
    ends = []
    start = plan.known_on.toordinal()
    for place, path in enumerate(plan.paths):
        before = [step.total for step in path.steps if _day(step) <= plan.known_on]
        later = [step for step in path.steps if _day(step) > plan.known_on]
        days = [start, *(_day(step).toordinal() for step in later), plan.last.toordinal()]
        totals = [before[-1] if before else 0.0, *(step.total for step in later)]
        totals.append(totals[-1])
        axes.plot(
            days,
            totals,
            drawstyle="steps-post",
            color=style.colour(place),
            linestyle=style.dash(place),
            zorder=4,
        )
        text = f"{marks.fold(plan.labels[place], most=1)}\n{number(totals[-1])} %"
        ends.append(marks.Ending(place=totals[-1], text=text, colour=style.label_colour(place)))
    marks.endings(axes, ends, PLOT)


def _labels(axes: "Axes", plan: _Plan) -> None:
    for (day, text), row in zip(plan.events, plan.rows, strict=True):
        up = marks.LINE * (row + 1) + 8.0
        across = 3.0 / (marks.POINTS - LEFT - RIGHT) * (plan.last - plan.first).days
        axes.text(
            day.toordinal() + across,
            1.0 + up / PLOT,
            text,
            transform=axes.get_xaxis_transform(),
            fontsize=style.SMALL,
            va="baseline",
        )
        axes.plot(
            [day.toordinal()] * 2,
            [0.0, 1.0 + (up + 7.0) / PLOT],
            transform=axes.get_xaxis_transform(),
            color=style.QUIET,
            linewidth=0.6,
            clip_on=False,
            zorder=1,
        )


def _legend(canvas: "FigureBase", plan: _Plan, height: float) -> None:
    for line, parts in enumerate(plan.legend):
        across = 4.0
        at = 1.0 - (marks.LINE * (line + 1) - 1.0) / height
        for name, fill in parts:
            canvas.text(across / marks.POINTS, at, "\N{BLACK SQUARE}", color=fill, fontsize=11)
            text = words(name)
            canvas.text((across + 11.0) / marks.POINTS, at, text, fontsize=style.SMALL)
            across += marks.width_of(text) + 20.0
