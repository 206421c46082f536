"""Parts that several figures draw: panels, months, ends of lines, bars; knows no result."""

import datetime as dt
import textwrap
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import attrs

from tariffsim.report.figures import style
from tariffsim.report.figures.figure import WIDTH
from tariffsim.report.figures.labels import spread
from tariffsim.report.numbers import written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

POINTS = WIDTH * 72.0
LINE = 10.5
"""Points from one line of small text to the next."""
WRAP = 17
STEPS_OF_MONTHS = (1, 2, 3, 4, 6, 12, 24, 36, 60, 120)
_NARROW = frozenset("ijltfrI.,:;'|!()[]- ")
_WIDE = frozenset("mwMW%@+=<>\N{MINUS SIGN}")


@attrs.frozen(kw_only=True)
class Margins:
    """Room around a panel, points."""

    left: float
    right: float
    top: float
    bottom: float


def width_of(text: str) -> float:
    """Bound the length of a small text from above, in points, without the drawing library.

    Examples
    --------
    >>> 20 < width_of("2025") < 24
    True
    """
    return sum(_share(letter) for letter in text) * style.SMALL


def _share(letter: str) -> float:
    if letter in _NARROW:
        return 0.42
    if letter in _WIDE or ord(letter) > 0x2E80:
        return 1.0
    return 0.78 if letter.isupper() else 0.65


def panel(canvas: "FigureBase", height: float, room: Margins) -> "Axes":
    """Put one panel on a figure of the house's width and a height in points."""
    return canvas.add_axes(
        (
            room.left / POINTS,
            room.bottom / height,
            1.0 - (room.left + room.right) / POINTS,
            1.0 - (room.top + room.bottom) / height,
        )
    )


def fold(label: str, width: int = WRAP, most: int = 2) -> str:
    r"""Break a label into at most so many lines; what is left over is cut with an ellipsis.

    Examples
    --------
    >>> fold("lapse-as-reported+restricted")
    'lapse-as-\nreported+ ...'
    """
    lines = textwrap.wrap(
        label.replace("+", "+ "), width, max_lines=most, placeholder=" ...", break_on_hyphens=True
    )
    return "\n".join(lines) or label


@attrs.frozen(kw_only=True)
class Ending:
    """What stands at the end of a line: where, what, in which colour."""

    place: float
    text: str
    colour: str


def endings(axes: "Axes", found: Sequence[Ending], height: float) -> None:
    """Label the ends of lines to the right of a panel, apart from each other.

    Parameters
    ----------
    axes : Axes
        With its limits set.
    found : sequence of Ending
        Ends, in data units.
    height : float
        Height of the panel, points.
    """
    low, high = axes.get_ylim()
    lines = max((one.text.count("\n") + 1 for one in found), default=1)
    if lines * LINE * len(found) > height + LINE:
        # Too many for two lines each: names give way to their values, which the colours tell apart.
        found = [attrs.evolve(one, text=one.text.rpartition("\n")[2]) for one in found]
        lines = 1
    gap = lines * LINE / height
    wanted = [(one.place - low) / (high - low) for one in found]
    for one, at, own in zip(found, spread(wanted, gap, 0.0, 1.0), wanted, strict=True):
        away = 10.0 / _length(axes)
        axes.plot(
            [1.0, 1.0 + 0.8 * away],
            [own, at],
            transform=axes.transAxes,
            color=one.colour,
            linewidth=0.6,
            clip_on=False,
        )
        axes.text(
            1.0 + away,
            at,
            one.text,
            transform=axes.transAxes,
            color=one.colour,
            fontsize=style.SMALL,
            va="center",
            linespacing=1.1,
        )


def _length(axes: "Axes") -> float:
    return float(axes.get_position().width) * POINTS


def month_ticks(first: dt.date, last: dt.date, *, room: float) -> list[tuple[dt.date, str]]:
    r"""Choose first days of months that label a stretch of days without touching.

    Parameters
    ----------
    first, last : date
        The stretch.
    room : float
        Its length, points.

    Examples
    --------
    >>> [text for _, text in month_ticks(dt.date(2025, 6, 1), dt.date(2026, 12, 31), room=200.0)]
    ['Sep\n2025', 'Jan\n2026', 'May', 'Sep']
    """
    months = [
        dt.date(year, month, 1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if first <= dt.date(year, month, 1) <= last
    ]
    fit = max(int(room // 34), 1)
    step = next((s for s in STEPS_OF_MONTHS if len(months) / s <= fit), STEPS_OF_MONTHS[-1])
    # Steps count from January 1200, so that whole years begin where they should.
    kept = [day for day in months if ((day.year - 1200) * 12 + day.month - 1) % step == 0]
    found: list[tuple[dt.date, str]] = []
    for day in kept:
        new_year = not found or found[-1][0].year != day.year
        month = "" if step >= 12 else f"{day:%b}\n" if new_year else f"{day:%b}"
        found.append((day, f"{month}{day.year}" if new_year else month))
    return found


def date_axis(axes: "Axes", first: dt.date, last: dt.date) -> None:
    """Make the horizontal axis one of days, ordinals underneath."""
    ticks = month_ticks(first, last, room=_length(axes))
    axes.set_xlim(first.toordinal(), last.toordinal())
    axes.set_xticks([day.toordinal() for day, _ in ticks], [text for _, text in ticks])


def ahead(axes: "Axes", start: dt.date) -> None:
    """Put a grey ground behind what is projected."""
    _, end = axes.get_xlim()
    axes.axvspan(start.toordinal(), end, color=style.AHEAD, zorder=0, linewidth=0)


WEEK_DAYS = 7


def drawn_on(periods: Sequence[str], *, within: Sequence[str] = ()) -> list[dt.date]:
    """Give the days on which values are drawn: middles of months, last days of weeks.

    Parameters
    ----------
    periods : sequence of str
        Months, or first days of weeks.
    within : sequence of str
        Periods of the whole figure; a last week that is short ends with its last month.

    Examples
    --------
    >>> drawn_on(["2025-06"]), drawn_on(["2025-04-04"])
    ([datetime.date(2025, 6, 15)], [datetime.date(2025, 4, 10)])
    >>> drawn_on(["2025-12-26"], within=["2025-12"])
    [datetime.date(2025, 12, 31)]
    """
    months = [dt.date.fromisoformat(f"{own}-01") for own in within if own.count("-") == 1]
    after = max(months) + dt.timedelta(days=31) if months else dt.date.max
    end = after.replace(day=1) - dt.timedelta(days=1) if months else after
    return [min(_drawn_on(period), end) for period in periods]


def _drawn_on(period: str) -> dt.date:
    if period.count("-") == 1:
        return dt.date.fromisoformat(f"{period}-15")
    return dt.date.fromisoformat(period) + dt.timedelta(days=WEEK_DAYS - 1)


def heading(axes: "Axes", text: str, *, up: float = 5.0) -> None:
    """Say above an axis what it measures, from its left end, where it reads as a line."""
    axes.annotate(
        text,
        xy=(0.0, 1.0),
        xycoords="axes fraction",
        xytext=(0.0, up),
        textcoords="offset points",
        color=style.QUIET,
        fontsize=style.SMALL,
        va="bottom",
    )


@attrs.frozen(kw_only=True)
class Box:
    """A filled rectangle in data units, any two corners."""

    left: float
    right: float
    low: float
    high: float
    colour: str
    alpha: float = 1.0


def boxes(axes: "Axes", found: Sequence[Box]) -> None:
    """Draw many rectangles at once, which costs a tenth of drawing each as a bar."""
    from matplotlib.collections import PolyCollection  # noqa: PLC0415 - an extra
    from matplotlib.colors import to_rgba  # noqa: PLC0415

    corners = [
        [(b.left, b.low), (b.left, b.high), (b.right, b.high), (b.right, b.low)] for b in found
    ]
    fills = [to_rgba(box.colour, box.alpha) for box in found]
    axes.add_collection(
        PolyCollection(corners, facecolors=fills, linewidths=0.0, zorder=2), autolim=False
    )


def upright(axes: "Axes") -> None:
    """Write the numbers of the vertical axis as everywhere else."""
    axes.set_yticks(*_ticks(axes.get_yticks(), *axes.get_ylim()))


def along(axes: "Axes") -> None:
    """Write the numbers of the horizontal axis as everywhere else."""
    low, high = axes.get_xlim()
    places, texts = _ticks(axes.get_xticks(), low, high)
    between = _length(axes) * (places[1] - places[0]) / (high - low) if len(places) > 1 else 1.0
    every = 1 + int(max(map(width_of, texts), default=0.0) // between)
    axes.set_xticks(places[::every], texts[::every])


def _ticks(found: Iterable[float], low: float, high: float) -> tuple[list[float], list[str]]:
    ticks = [float(tick) for tick in found if low <= tick <= high]
    places = max((_decimals(tick) for tick in ticks), default=0)
    return ticks, [written(tick, places) for tick in ticks]


def _decimals(value: float) -> int:
    text = f"{value:.6f}".rstrip("0")
    return len(text.partition(".")[2])
