"""How good a forecast was, as text for a terminal and as plain data; scores nothing."""

import textwrap
from typing import Any

import attrs

from tariffsim.scorecard import Score, Scorecard


def scores_data(card: Scorecard) -> dict[str, Any]:
    """Give a scorecard as plain data, the same that the text shows and every month beside it.

    Returns
    -------
    dict
        ``scenario, log, known_on, lag, history, notes, scores, points``.
    """
    source = card.provenance
    return {
        "scenario": source.scenario,
        "log": source.log,
        "known_on": source.known_on,
        "lag": card.lag,
        "history": dict(card.history),
        "notes": list(card.notes),
        "scores": [attrs.asdict(own) for own in card.scores],
        "points": [attrs.asdict(own) for own in card.points],
    }


def scores_text(card: Scorecard, *, width: int) -> str:
    """Write a scorecard for a terminal.

    Parameters
    ----------
    card : Scorecard
        What to show.
    width : int
        Columns of the terminal.

    Returns
    -------
    str
        Plain text without a trailing newline.
    """
    source = card.provenance
    lines = textwrap.wrap(
        f"{source.scenario}, as known on {source.known_on}, held against what came. CRPS and "
        "pinball loss are in the unit of the series, less is better; of a single number the CRPS "
        "is its error. Skill is against a benchmark, above 0 % is better than it. Covered: months "
        "within the 80 % band. PIT: mean, 0.5 leans neither way.",
        width,
    )
    # The score with the most benchmarks has them in order.
    names = list(max(card.scores, key=lambda score: len(score.naive)).naive)
    names += sorted({n for score in card.scores for n in score.naive} - set(names))
    previous = None
    for score in card.scores:
        if score.series != previous:
            lines += ["", f"{score.series}, {score.unit}", _head(names)]
        previous = score.series
        lines.append(_row(score, names))
    for note in card.notes:
        lines += ["", *textwrap.wrap(f"Note: {note}.", width)]
    return "\n".join(line.rstrip() for line in lines)


def _head(names: list[str]) -> str:
    numbers = ("months", "CRPS", "pinball", "bias", "covered", "PIT")
    return (
        "  forecast".ljust(34)
        + "ahead".ljust(16)
        + "".join(name.rjust(10) for name in numbers)
        + "".join(f"  skill: {name}" for name in names)
    )


def _row(score: Score, names: list[str]) -> str:
    numbers = (
        str(score.months),
        f"{score.crps:,.4g}",
        f"{score.pinball:,.4g}",
        f"{score.bias:+,.4g}",
        f"{score.coverage:.0%}",
        f"{score.pit:.2f}",
    )
    return (
        f"  {score.forecast}".ljust(34)
        + score.horizon.ljust(16)
        + "".join(number.rjust(10) for number in numbers)
        + "".join(_skill(score, name).rjust(len(name) + 9) for name in names)
    )


def _skill(score: Score, name: str) -> str:
    benchmark = score.naive.get(name)
    if benchmark is None or benchmark.skill is None:
        return "none"
    share = f"{round(benchmark.skill, 2) + 0.0:+.0%}"
    return share if benchmark.months == score.months else f"{share} of {benchmark.months}"
