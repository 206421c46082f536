"""Forecasts, threats and their scores: as text for people, as data for programs."""

import datetime as dt
import textwrap
from collections.abc import Iterable, Sequence
from typing import Any

from tariffsim.forecasts import FEW, Forecast, Score
from tariffsim.log import Log
from tariffsim.report.record import name_of
from tariffsim.terms import PARTS_PER_UNIT

NARROWEST_NAME = 14
WORDS = {
    "open": "open",
    "overdue": "overdue",
    "came-true": "came true",
    "came-false": "came false",
    "partly": "partly",
}
CAVEAT = (
    f"Fewer than {FEW} settled ones a speaker say next to nothing about who foresees well. "
    "A threat that came true was carried out."
)


def forecasts_data(
    found: Sequence[Forecast], counted: Iterable[Score], log: Log, known_on: dt.date | None
) -> dict[str, Any]:
    """Give forecasts and scores as plain data.

    Returns
    -------
    dict
        ``log, known_on, forecasts, scores, caveat``; a share is a fraction, and null where
        nothing is settled.
    """
    return {
        "log": log.name,
        "known_on": known_on.isoformat() if known_on else None,
        "forecasts": [_forecast_data(one) for one in found],
        "scores": [_score_data(score) for score in counted],
        "caveat": CAVEAT,
    }


def _forecast_data(one: Forecast) -> dict[str, Any]:
    event = one.entry.event
    by = one.settled_by
    probability = one.probability
    return {
        "event": one.entry.id,
        "key": event.key,
        "kind": one.kind,
        "speaker": one.speaker,
        "made": event.announced.isoformat(),
        "title": event.title,
        "due": one.due.isoformat() if one.due else None,
        "probability": None if probability is None else probability / PARTS_PER_UNIT,
        "outcome": one.outcome,
        "settled_on": one.settled_on.isoformat() if one.settled_on else None,
        "settled_by": by.id if by else None,
        "settled_by_key": by.event.key if by else None,
    }


def _score_data(score: Score) -> dict[str, Any]:
    return {
        "speaker": score.speaker,
        "kind": score.kind,
        "came_true": score.true,
        "came_false": score.false,
        "partly": score.partly,
        "unsettled": score.unsettled,
        "share_true": score.share_true,
        "brier": score.brier,
        "few": score.settled < FEW,
    }


def forecasts_text(
    found: Sequence[Forecast],
    counted: Sequence[Score],
    log: Log,
    known_on: dt.date | None,
    *,
    width: int,
) -> str:
    """Write forecasts by outcome, and a table of who was right.

    Parameters
    ----------
    found : sequence of Forecast
        What to write.
    counted : sequence of Score
        Their scores.
    log : Log
        The record, for its name.
    known_on : date, optional
        The knowledge day.
    width : int
        Columns there are.
    """
    known = f"as known on {known_on}" if known_on else "with everything in the log"
    lines = textwrap.wrap(f"Forecasts and threats, log {log.name}, {known}", max(width, 30))
    if not found:
        return "\n".join([*lines, "", "There is none in this log by then."])
    for outcome, words in WORDS.items():
        listed = [one for one in found if one.outcome == outcome]
        if listed:
            lines += ["", f"{words}:"]
            lines += [line for one in listed for line in _lines(one, width)]
    lines += ["", *_table(counted, width), "", *textwrap.wrap(CAVEAT, max(width, 30))]
    return "\n".join(lines)


def _lines(one: Forecast, width: int) -> list[str]:
    event = one.entry.event
    parts = [f"  {event.announced} {one.kind} by {one.speaker}: {event.title}"]
    if one.probability is not None:
        parts.append(f"probability {one.probability / PARTS_PER_UNIT:.0%}")
    if one.settled_on is not None:
        by = f" by {name_of(one.settled_by)}" if one.settled_by else " by its due day"
        parts.append(f"settled {one.settled_on}{by}")
    elif one.due is not None:
        parts.append(f"due {one.due}")
    text = f"{'; '.join(parts)} [{name_of(one.entry)}]"
    return textwrap.wrap(text, max(width, 30), subsequent_indent=" " * 4, break_on_hyphens=False)


def _table(counted: Sequence[Score], width: int) -> list[str]:
    """Write the scores; on a narrow terminal names are folded, and what counts tell is left out."""
    head = ("speaker", "kind", "true", "false", "partly", "unsettled", "share true", "Brier")
    rows = [head, *(_cells(score) for score in counted)]
    if all(score.brier is None for score in counted):
        rows = [row[:-1] for row in rows]
    room = _room(rows, width)
    if room < NARROWEST_NAME:
        rows = [(*row[:6], *row[7:]) for row in rows]
        room = max(_room(rows, width), NARROWEST_NAME)
    folded = [textwrap.wrap(row[0], room) for row in rows]
    rows = [(name[0], *row[1:]) for name, row in zip(folded, rows, strict=True)]
    widths = _widths(rows)
    lines = []
    for row, name in zip(rows, folded, strict=True):
        lines.append("  ".join(_aligned(row, widths)).rstrip())
        lines += [f"  {part}" for part in name[1:]]
    return lines


def _room(rows: Sequence[Sequence[str]], width: int) -> int:
    """Give the columns that the other cells of the rows leave to the speaker's name."""
    return width - sum(2 + size for size in _widths(rows)[1:])


def _widths(rows: Sequence[Sequence[str]]) -> list[int]:
    return [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]


def _aligned(row: Sequence[str], widths: Sequence[int]) -> list[str]:
    cells = list(zip(row, widths, strict=True))
    return [c.ljust(w) for c, w in cells[:2]] + [c.rjust(w) for c, w in cells[2:]]


def _cells(score: Score) -> tuple[str, ...]:
    share = "-" if score.share_true is None else f"{score.true} of {score.settled}"
    brier = "-" if score.brier is None else f"{score.brier:.3f}"
    counts = (score.true, score.false, score.partly, score.unsettled)
    return (score.speaker, score.kind, *map(str, counts), share, brier)
