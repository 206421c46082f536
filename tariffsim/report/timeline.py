"""A timeline as a text chart and as data: a row a day of change, a run of characters an authority.

Fits any width and needs no colour; knows no log and no fold.
"""

import textwrap
from collections.abc import Mapping, Sequence
from typing import Any

from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.report.waterfall import number, shown
from tariffsim.terms import Slug
from tariffsim.timeline import Step, Timeline, added_by_authority

SYMBOLS = "#=+o*x%@&~^:"
COLOURS = (36, 33, 35, 32, 34, 31)
GAP = "  "
DAY_WIDTH = len("2025-01-01")
STEPS = (0.1, 0.2, 0.25, 0.5, 1, 2, 2.5, 5, 10, 20, 25, 50, 100, 200, 500, 1000)
"""Points that one character may stand for."""


def timeline_data(found: Timeline) -> dict[str, Any]:
    """Give a timeline as plain data.

    Returns
    -------
    dict
        ``log, known_on, importer, exporter, product, steps``; each step has ``on,
        total_percent, by_authority, moved_by``. A rate that is known only as a range is a list of
        its two ends; a total is bounded by what one line can pay, where lists exclude each other.
    """
    return {
        "log": found.log,
        "known_on": found.known_on.isoformat() if found.known_on else None,
        "importer": found.importer,
        "exporter": found.exporter,
        "product": found.product,
        "steps": [_step_data(step) for step in found.steps],
    }


def _step_data(step: Step) -> dict[str, Any]:
    by_authority = added_by_authority(step.stacked)
    return {
        "on": step.on.isoformat(),
        "total_percent": number(*step.stacked.ends),
        "by_authority": {name: number(*ends) for name, ends in by_authority.items()},
        "moved_by": [
            {"event": entry.id, "key": entry.event.key, "title": entry.event.title}
            for entry in step.moved_by
        ],
    }


def timeline_text(found: Timeline, *, width: int, colour: bool = False) -> str:
    """Draw a timeline as rows of characters.

    Parameters
    ----------
    found : Timeline
        What to draw.
    width : int
        Columns there are. The bar gives way, and names that do not fit beside it stand below, so
        that from 40 on no line is longer.
    colour : bool
        Whether to colour the runs. The characters alone tell the authorities apart.

    Returns
    -------
    str
        A head, a legend, and one row a day of change: day, bar, total, what moved it. Where a
        list covers an unknown part of the product, the bar stands at the middle of the range.
    """
    lines = _head(found, width)
    if not found.steps:
        return "\n".join([*lines, *_wrapped("No measure of this log covers it then.", width)])
    totals = [shown(*step.stacked.ends) for step in found.steps]
    total_width = max(map(len, totals))
    room = width - DAY_WIDTH - total_width - 3 * len(GAP)
    bar_width = max(min(60, room // 2), 1)
    points = _points_a_character(found.steps, bar_width)
    symbols = _symbols(found.steps)
    lines += _legend(found, symbols, points, width)
    lines.append("")
    bars = [_runs(step, symbols, points) for step in found.steps]
    longest = max(sum(count for _, count in runs) for runs in bars)
    for step, total, runs in zip(found.steps, totals, bars, strict=True):
        names = _names(step)
        length = sum(count for _, count in runs)
        bar = "".join(
            _coloured(symbol, count, symbols) if colour else symbol * count
            for symbol, count in runs
        )
        row = f"{step.on}{GAP}{bar}{' ' * (longest - length)}{GAP}{total.rjust(total_width)}"
        if len(names) <= room - longest:
            lines.append(f"{row}{GAP}{names}")
        else:
            lines += [row, *_below(names, width)]
    return "\n".join(lines)


def _head(found: Timeline, width: int) -> list[str]:
    goods = f"HS {found.product}" if found.product else "all goods"
    known = f"as known on {found.known_on}" if found.known_on else "with everything in the log"
    text = (
        f"{found.importer} duties on {goods} of {found.exporter} from change to change, "
        f"log {found.log}, {known}"
    )
    lines = _wrapped(text, width)
    if found.product is None:
        about = "Headline add-on: measures on all goods, above MFN and section 301."
        lines += _wrapped(about, width)
    return lines


def _wrapped(text: str, width: int) -> list[str]:
    return textwrap.wrap(text, max(width, 20), break_on_hyphens=False)


def _legend(found: Timeline, symbols: Mapping[Slug, str], points: float, width: int) -> list[str]:
    size = f"one character is {points:g} {'point' if points == 1 else 'points'}"
    if any(step.stacked.low != step.stacked.high for step in found.steps):
        size += ", bars at the middle of a range"
    lines = [""]
    for part in (*(f"{symbol} {name}" for name, symbol in symbols.items()), size):
        # A name stays with its character, so lines break only between the parts.
        joined = f"{lines[-1]}   {part}" if lines[-1] else part
        if lines[-1] and len(joined) <= width:
            lines[-1] = joined
        else:
            lines += _wrapped(part, width)
    return lines


def _symbols(steps: Sequence[Step]) -> dict[Slug, str]:
    names = dict.fromkeys(name for step in steps for name in added_by_authority(step.stacked))
    return {name: SYMBOLS[n % len(SYMBOLS)] for n, name in enumerate(names)}


def _points_a_character(steps: Sequence[Step], width: int) -> float:
    highest = max((step.stacked.low + step.stacked.high) / 2 for step in steps)
    fitting = [size for size in STEPS if highest / EXACT_PER_PERCENT / size <= width]
    return fitting[0] if fitting else highest / EXACT_PER_PERCENT / width


def _runs(step: Step, symbols: Mapping[Slug, str], points: float) -> list[tuple[str, int]]:
    """Length of each authority's run; ends are rounded, so the runs add up to the bar's length."""
    runs, reached, drawn = [], 0.0, 0
    by_authority = added_by_authority(step.stacked)
    for name, symbol in symbols.items():
        low, high = by_authority.get(name, (0, 0))
        reached += (low + high) / 2 / EXACT_PER_PERCENT / points
        end = int(reached + 0.5)
        runs.append((symbol, end - drawn))
        drawn = end
    return runs


def _coloured(symbol: str, count: int, symbols: Mapping[Slug, str]) -> str:
    if not count:
        return ""
    code = COLOURS[list(symbols.values()).index(symbol) % len(COLOURS)]
    return f"\x1b[{code}m{symbol * count}\x1b[0m"


def _names(step: Step) -> str:
    keys = [entry.event.key or entry.id[:12] for entry in step.moved_by]
    return ", ".join(keys) or "(as it stood)"


def _below(names: str, width: int) -> list[str]:
    """Write names that do not fit beside a bar on lines of their own: a key that is cut is none."""
    indent = " " * (DAY_WIDTH + len(GAP))
    return textwrap.wrap(
        names, width, initial_indent=indent, subsequent_indent=indent, break_on_hyphens=False
    )
