"""The headline table: fixed metrics by branch, as text for a terminal and as plain data.

Two lines a metric: the level, and the difference from the baseline branch, each as a median with
its 80 % band. Wide tables are split into panels that fit the width.
"""

import math
import textwrap
from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.report.bands import EVERY_BRANCH, Bands, Column
from tariffsim.report.censored import Bound, Censored
from tariffsim.report.drivers import driver_data, driver_lines
from tariffsim.report.numbers import NONE_ON_ALL, none_on_all
from tariffsim.result import Result, Variable
from tariffsim.terms import PARTS_PER_UNIT

CELL_WIDTH = 25
NO_DAY = "none by the end"
BOUNDS = (
    "Days after the control: where none comes by the end of the horizon, > and < stand before what "
    "is only a least or a most. Draws with none in either branch count as no difference."
)


def headline_data(result: Result, *, bands: Bands | None = None) -> dict[str, Any]:
    """Give the headline table as plain data, the same that the text shows.

    Parameters
    ----------
    result : Result
        What to tell.
    bands : Bands, optional
        Its bands, where they are at hand.

    Returns
    -------
    dict
        ``scenario, question, model, log, known_on, known_through, horizon, draws, not_converged,
        warnings, seed, given, chances, baseline, branches, metrics, flags``.
    """
    source = result.provenance
    known = bands or Bands(result)
    return {
        "scenario": source.scenario,
        "question": source.question,
        "model": source.model,
        "log": source.log,
        "known_on": source.known_on,
        "known_through": source.known_through,
        "horizon": [result.period.labels[0], result.period.labels[-1]],
        "draws": result.draws,
        "not_converged": list(result.not_converged),
        "warnings": list(result.warnings),
        "seed": result.seed,
        "given": dict(source.given),
        "chances": chances_data(result),
        "baseline": result.branch.labels[0],
        "branches": [
            {"branch": name, "probability": float(probability), "options": dict(options)}
            for name, probability, options in zip(
                result.branch.labels, result.probability, result.options, strict=True
            )
        ],
        "metrics": [_metric(known, variable) for variable in result.headline],
        "flags": list(source.flags),
        **({"drivers": driver_data(result.drivers)} if result.drivers else {}),
    }


def chances_data(result: Result) -> list[dict[str, Any]]:
    """Tell what was drawn of policy: each chance with its prior, its reason, and how it came out.

    Returns
    -------
    list of dict
        ``chance, kind, probability, reason``, and by branch in which share of the paths it
        happened.
    """
    if result.sampled is None:
        return []
    found = []
    for row, name in enumerate(result.sampled.names):
        chance = result.sampled.chances[name]
        prior = chance.probability
        happened = (result.sampled.days[row] > 0).mean(axis=1).tolist()
        found.append(
            {
                "chance": str(name),
                "kind": chance.kind,
                "probability": [prior.low / PARTS_PER_UNIT, prior.high / PARTS_PER_UNIT],
                "reason": chance.reason,
                "happened": dict(zip(result.branch.labels, happened, strict=True)),
            }
        )
    return found


def _metric(bands: Bands, variable: Variable) -> dict[str, Any]:
    by_branch = {}
    for column in bands.of(variable).columns:
        for branch in column.branches:
            by_branch[branch] = _told(column)
    return {
        "metric": variable.subject,
        "label": variable.label,
        "unit": variable.unit,
        "basis": variable.basis,
        **({} if variable.censored_at is None else {"censored_at": variable.censored_at}),
        "branches": {name: by_branch[name] for name in bands.result.branch.labels},
        "all_branches": _told(bands.of(variable).whole),
    }


def _told(column: Column) -> dict[str, dict[str, Any] | None]:
    difference = None
    if column.difference is not None and column.expected_difference is not None:
        difference = _named(column.difference, column.expected_difference, column.open_difference)
    return {
        "level": _named(column.level, column.expected, column.open_level),
        "difference": difference,
    }


def _named(band: Floats, expected: Floats, found: Censored | None) -> dict[str, Any]:
    low, middle, high = band[:, 0].tolist()
    told = {"p10": low, "p50": middle, "p90": high, "mean": float(expected[0])}
    if found is None:
        return told
    marks = dict(zip(told, (*found.band, found.mean), strict=True))
    return {
        **told,
        "none_by_end": found.share,
        "bounds": {name: mark for name, mark in marks.items() if mark},
    }


def headline_text(result: Result, *, width: int, bands: Bands | None = None) -> str:
    """Write the headline table for a terminal.

    Parameters
    ----------
    result : Result
        What to show.
    width : int
        Columns of the terminal.
    bands : Bands, optional
        Its bands, where they are at hand.

    Returns
    -------
    str
        Plain text without a trailing newline.
    """
    source = result.provenance
    known = bands or Bands(result)
    head = [
        source.question,
        "",
        f"Log {source.log} as known on {source.known_on}, facts known through "
        f"{source.known_through}. {result.period.labels[0]} to {result.period.labels[-1]}, "
        f"{result.draws} draws, seed {result.seed}.",
        "Median [80 % band]; below it the difference from the baseline, draw by draw.",
        *_drawn(result),
    ]
    if source.model != "partial":
        head.insert(3, _modelled(result))
    lines = [line for text in head for line in textwrap.wrap(text, width) or [""]]
    for labels, variables in _by_columns(known):
        lines += ["", *_panel(known, labels, variables, width)]
    lines += driver_lines(result.drivers, width=width)
    if any(variable.censored_at is not None for variable in result.headline):
        lines += ["", *textwrap.wrap(BOUNDS, width)]
    for warning in result.warnings:
        lines += ["", *textwrap.wrap(f"Warning: {warning}.", width)]
    if len(result.branch) > 1 or result.sampled is not None:
        lines += ["", *_whole_panel(known)]
    if source.flags:
        lines += ["", f"Rests on {len(source.flags)} estimates and judgements; see manifest.json."]
    return "\n".join(lines)


def _drawn(result: Result) -> list[str]:
    """Say what is given, and what is drawn."""
    found = []
    if result.provenance.given:
        given = ", ".join(f"{name}={option}" for name, option in result.provenance.given.items())
        found.append(f"Given {given}; probabilities are those of the branches left.")
    if result.sampled is not None:
        count = result.sampled.days.shape[2]
        found.append(
            f"Drawn on {count} {'path' if count == 1 else 'paths'} of policy: "
            f"{', '.join(result.sampled.names)}. Bands hold them."
        )
    return found


def _whole_panel(bands: Bands) -> list[str]:
    """Write what is to be expected over all branches, in one column."""
    margin = _margin(bands.result.headline)
    lines = [
        " " * margin + _right(EVERY_BRANCH),
        " " * margin + _right("expected [80 % band]"),
    ]
    for variable in bands.result.headline:
        column = bands.of(variable).whole
        assert column.difference is not None
        assert column.expected_difference is not None
        level = _spread(column.expected, column.level, _open(column.open_level, variable))
        change = _spread(
            column.expected_difference,
            column.difference,
            _open(column.open_difference),
            signed=True,
        )
        if none_on_all(variable.name, [variable.values]):
            level = NONE_ON_ALL
        lines.append(variable.label.ljust(margin) + _right(level))
        lines.append(_about(variable).ljust(margin) + _right(change))
    return [line.rstrip() for line in lines]


def _spread(expected: Floats, band: Floats, found: "_Open | None", *, signed: bool = False) -> str:
    """Write a mean with the ends of a band."""
    low, high = band[0], band[-1]
    if found is not None:
        found = attrs.evolve(found, marks=(found.marks[0], found.mean, found.marks[-1]))
    return _band(np.stack([low, expected, high]), found, signed=signed)


def _margin(variables: Sequence[Variable]) -> int:
    return 1 + max(max(len(v.label), len(_about(v))) for v in variables)


def _modelled(result: Result) -> str:
    lost = result.not_converged
    named = ", ".join(map(str, lost[:8])) + (" and others" if len(lost) > 8 else "")
    left = f" Left out, without an equilibrium: {len(lost)} draws ({named})." if lost else ""
    return f"Model {result.provenance.model}.{left}"


def _by_columns(bands: Bands) -> list[tuple[tuple[str, ...], list[Variable]]]:
    """Put the metrics whose branches fall into the same columns together, in order."""
    groups: dict[tuple[str, ...], list[Variable]] = {}
    for variable in bands.result.headline:
        labels = tuple(column.label for column in bands.of(variable).columns)
        groups.setdefault(labels, []).append(variable)
    return list(groups.items())


def _panel(
    bands: Bands, labels: Sequence[str], variables: Sequence[Variable], width: int
) -> list[str]:
    margin = _margin(variables)
    fit = max((width - margin) // CELL_WIDTH, 1)
    found = {variable.key: bands.of(variable).columns for variable in variables}
    lines: list[str] = []
    for start in range(0, len(labels), fit):
        shown = range(start, min(start + fit, len(labels)))
        sample = found[variables[0].key]
        lines += [""] if start else []
        lines.append(" " * margin + "".join(_right(labels[n]) for n in shown))
        chances = (_right(f"probability {_percent(sample[n].probability)}") for n in shown)
        lines.append(" " * margin + "".join(chances))
        for variable in variables:
            lines += _rows(variable, [found[variable.key][n] for n in shown], margin)
    return [line.rstrip() for line in lines]


def _rows(variable: Variable, shown: Sequence[Column], margin: int) -> list[str]:
    nil = none_on_all(variable.name, [variable.values])
    level = "".join(
        _right(NONE_ON_ALL if nil else _band(column.level, _open(column.open_level, variable)))
        for column in shown
    )
    change = "".join(
        _right(
            "baseline"
            if column.difference is None
            else _band(column.difference, _open(column.open_difference), signed=True)
        )
        for column in shown
    )
    return [variable.label.ljust(margin) + level, _about(variable).ljust(margin) + change]


def _about(variable: Variable) -> str:
    basis = {"horizon": "over the horizon", "last-day": "on the last day", "path": "monthly"}
    return f"  {variable.unit}, {basis[variable.basis]}"


def _right(text: str) -> str:
    return text[: CELL_WIDTH - 2].rjust(CELL_WIDTH)


@attrs.frozen(kw_only=True)
class _Open:
    """Which ends of a band are only bounds; `end` stands for no day at all."""

    marks: tuple[Bound, ...]
    mean: Bound
    end: float = math.inf


def _open(found: Censored | None, variable: Variable | None = None) -> _Open | None:
    if found is None or not (any(found.band) or found.mean):
        return None
    end = math.inf if variable is None or variable.censored_at is None else variable.censored_at
    return _Open(marks=found.band, mean=found.mean, end=end)


def _bounded(band: Floats, found: _Open, *, signed: bool) -> str:
    """Write a band of which some ends are bounds; without decimals where the cell is full."""
    values = [float(value) for value in band[:, 0]]
    if min(values) >= found.end:
        return NO_DAY
    places = 0 if max(map(abs, values)) >= 100 else _places(*values)
    low, middle, high = (
        _marked(value, mark, found.end, f"{sign},.{places}f")
        for value, mark, sign in zip(values, found.marks, ("", "+" * signed, ""), strict=True)
    )
    text = f"{middle} [{low}, {high}]"
    if len(text) > CELL_WIDTH - 2:
        text = text.replace("> ", ">").replace("< ", "<")
    return text


def _marked(value: float, mark: Bound, end: float, form: str) -> str:
    if mark == "unknown":
        return "?"
    if value >= end:
        return f"> {end - 1:,.0f}"
    sign = {"at-least": "> ", "at-most": "< ", "": ""}[mark]
    return sign + format(value + 0.0, form)


def _band(band: Floats, found: _Open | None = None, *, signed: bool = False) -> str:
    if found is not None and any(found.marks):
        return _bounded(band, found, signed=signed)
    low, middle, high = (float(value) for value in band[:, 0])
    places = _places(low, middle, high)
    sign = "+" if signed else ""
    low, middle, high = (round(value, places) + 0.0 for value in (low, middle, high))
    if signed and low == middle == high == 0.0:
        return "same"
    if low == middle == high:
        return f"{middle:{sign},.{places}f}"
    return f"{middle:{sign},.{places}f} [{low:,.{places}f}, {high:,.{places}f}]"


def _percent(share: float) -> str:
    return f"{100.0 * share:.4g}%"


def _places(*values: float) -> int:
    largest = max(abs(value) for value in values)
    return 0 if largest >= 1000 else 1 if largest >= 10 else 2
