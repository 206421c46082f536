"""Two results side by side: draw by draw where both met the same draws, by quantiles where not.

Knows results only; runs nothing. What sets the two apart beside the numbers is told in words.
"""

from collections.abc import Iterator, Sequence
from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats, read_only
from tariffsim.parameters import Parameter
from tariffsim.result import Result, Variable

QUANTILES = (0.1, 0.5, 0.9)
Manner = Literal["draw by draw", "quantiles only"]


@attrs.frozen(kw_only=True, eq=False)
class ComparedRow:
    """One metric in branches that both results have.

    Parameters
    ----------
    metric, label, unit, basis : str
        Which metric, in which unit, over which time.
    branches : tuple of (str, str)
        The branch of either result; several where they share their numbers.
    name : str
        What the branches have in common.
    first, second : (quantile,)
        10th, 50th and 90th percentile in either result.
    difference : (quantile,)
        Of second less first: percentiles of the differences where the comparison is draw by draw,
        differences of the percentiles otherwise.
    """

    metric: str
    label: str
    unit: str
    basis: str
    branches: tuple[tuple[str, str], ...]
    name: str
    first: Floats = attrs.field(converter=read_only)
    second: Floats = attrs.field(converter=read_only)
    difference: Floats = attrs.field(converter=read_only)


@attrs.frozen(kw_only=True, eq=False)
class Comparison:
    """What a second result says otherwise than a first.

    Parameters
    ----------
    names : tuple of str
        What the two are called.
    manner : {'draw by draw', 'quantiles only'}
        How differences were taken.
    reasons : tuple of str
        Why not draw by draw; empty where it was.
    changes : tuple of str
        What sets the two apart: log, days, files, parameters, branches, metrics.
    rows : tuple of ComparedRow
        In the order of the first result's headline table.
    """

    names: tuple[str, str]
    manner: Manner
    reasons: tuple[str, ...]
    changes: tuple[str, ...]
    rows: tuple[ComparedRow, ...]


def compare(first: Result, second: Result, *, names: tuple[str, str] = ("A", "B")) -> Comparison:
    """Compare two results.

    Parameters
    ----------
    first, second : Result
        Any two; differences are second less first.
    names : tuple of str
        What to call them.

    Returns
    -------
    Comparison
        A row a metric that both have in one unit, and a branch that both have by name; the
        baselines where they share no name.

    Notes
    -----
    Draws match where their number, the seed, and the names of what is drawn are the same: each
    name then meets the same number between 0 and 1 in the same draw. A parameter whose
    distribution differs is still compared draw by draw, at the same rank.

    Examples
    --------
    >>> import tariffsim as ts
    >>> result = ts.run(ts.with_options(ts.load_inputs("canola"), draws=64))
    >>> found = compare(result, result)
    >>> found.manner, float(abs(found.rows[0].difference).max())
    ('draw by draw', 0.0)
    """
    reasons = tuple(_unmatched_draws(first, second))
    pairing = _Pairing(first=first, second=second, pairs=_pairs(first, second), paired=not reasons)
    theirs = {variable.key: variable for variable in second.headline}
    rows: list[ComparedRow] = []
    for own in first.headline:
        other = theirs.get(own.key)
        if other is not None and other.unit == own.unit:
            rows += _rows(pairing, own, other)
    return Comparison(
        names=names,
        manner="quantiles only" if reasons else "draw by draw",
        reasons=reasons,
        changes=tuple(_changes(first, second)),
        rows=tuple(rows),
    )


def _unmatched_draws(first: Result, second: Result) -> Iterator[str]:
    if first.draws != second.draws:
        yield f"numbers of draws differ: {first.draws} and {second.draws}"
    if first.seed != second.seed:
        yield f"seeds differ: {first.seed} and {second.seed}"
    if first.dimensions != second.dimensions:
        only = sorted(set(first.dimensions) ^ set(second.dimensions))
        yield f"not the same is drawn: {', '.join(only)} in one of them only"
    for name in ("scipy", "numpy"):
        ours, theirs = first.versions.get(name), second.versions.get(name)
        if ours != theirs:
            yield f"versions of {name} differ, which may give other draws: {ours} and {theirs}"


def _pairs(first: Result, second: Result) -> list[tuple[int, int]]:
    """Pair branches by name; baselines where no name is shared."""
    places = {name: number for number, name in enumerate(second.branch.labels)}
    pairs = [
        (number, places[name]) for number, name in enumerate(first.branch.labels) if name in places
    ]
    return pairs or [(0, 0)]


@attrs.frozen(kw_only=True, eq=False)
class _Pairing:
    """Both results, their branches in pairs, and whether draws match."""

    first: Result
    second: Result
    pairs: Sequence[tuple[int, int]]
    paired: bool


def _rows(pairing: _Pairing, own: Variable, other: Variable) -> Iterator[ComparedRow]:
    """Compare a metric over branches, once for those that share their numbers."""
    groups: dict[tuple[int, int], list[tuple[int, int]]] = {}
    for a, b in pairing.pairs:
        groups.setdefault((int(own.path[a]), int(other.path[b])), []).append((a, b))
    for (path, their_path), members in groups.items():
        ours, theirs = own.values[path][:, 0], other.values[their_path][:, 0]
        level, other_level = np.quantile(ours, QUANTILES), np.quantile(theirs, QUANTILES)
        difference = (
            np.quantile(theirs - ours, QUANTILES) if pairing.paired else other_level - level
        )
        yield ComparedRow(
            metric=own.subject,
            label=own.label,
            unit=own.unit,
            basis=own.basis,
            branches=tuple(
                (pairing.first.branch.labels[a], pairing.second.branch.labels[b])
                for a, b in members
            ),
            name=_shared(pairing.first, [a for a, _ in members], alone=len(groups) == 1),
            first=level,
            second=other_level,
            difference=difference,
        )


def _shared(result: Result, members: Sequence[int], *, alone: bool) -> str:
    """Name the options that the members have in common, and that set them apart from the rest."""
    if alone and len(members) == len(result.branch):
        return "every branch"
    options = [result.options[number] for number in members]
    common = [
        option
        for question, option in options[0].items()
        if all(own.get(question) == option for own in options)
    ]
    return "+".join(common) or result.branch.labels[members[0]]


def _changes(first: Result, second: Result) -> Iterator[str]:
    """Say what sets the two apart beside their numbers."""
    ours, theirs = first.provenance, second.provenance
    for what in ("scenario", "model", "log", "known_on", "known_through"):
        before, after = getattr(ours, what), getattr(theirs, what)
        if before != after:
            yield f"{what.replace('_', ' ')}: {before}, then {after}"
    for name in sorted({*ours.digests, *theirs.digests}):
        if ours.digests.get(name) != theirs.digests.get(name):
            yield f"{name}: the contents differ"
    yield from _parameter_changes(first, second)
    if first.period != second.period:
        yield (
            f"months: {first.period.labels[0]} to {first.period.labels[-1]}, then "
            f"{second.period.labels[0]} to {second.period.labels[-1]}"
        )
    yield from _only("branch", first.branch.labels, second.branch.labels)
    yield from _only(
        "metric", [own.key for own in first.headline], [own.key for own in second.headline]
    )
    units = {own.key: own.unit for own in second.headline}
    for own in first.headline:
        if units.get(own.key, own.unit) != own.unit:
            yield f"metric {own.subject}: not compared, its unit differs"


def _parameter_changes(first: Result, second: Result) -> Iterator[str]:
    ours = {own.name: own for own in first.provenance.parameters}
    theirs = {own.name: own for own in second.provenance.parameters}
    for name in sorted({*ours} & {*theirs}):
        before, after = ours[name], theirs[name]
        said = ("value", "low", "high", "distribution", "range")
        if any(getattr(before, what) != getattr(after, what) for what in said):
            yield f"parameter {name}: {_range(before)}, then {_range(after)}"
    yield from _only("parameter", list(ours), list(theirs))


def _range(parameter: Parameter) -> str:
    if parameter.low is None or parameter.high is None:
        return f"{parameter.value:g}"
    return f"{parameter.value:g} [{parameter.low:g}, {parameter.high:g}]"


def _only(what: str, first: Sequence[str], second: Sequence[str]) -> Iterator[str]:
    for number, (own, other) in enumerate(((first, second), (second, first)), start=1):
        missing = [name for name in own if name not in other]
        if missing:
            order = "first" if number == 1 else "second"
            yield f"{what} only in the {order}: {', '.join(missing)}"
