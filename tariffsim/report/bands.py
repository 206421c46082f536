"""Medians, means and bands of a result, level and difference from the baseline, draw by draw.

Branches that took the same path are told once, under the options that set them apart. Over all
branches, draws count by the probability of their branch.
"""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.report.censored import Censored, censored, difference_ends, level_ends
from tariffsim.report.mixture import mixed_quantiles
from tariffsim.result import Result, Variable

QUANTILES = (0.1, 0.5, 0.9)
FAN = (0.05, 0.1, 0.25, 0.5, 0.75, 0.9, 0.95)
"""Quantiles of a path by month: the ends of bands that hold half, 80 and 90 % of the draws."""

EVERY_BRANCH = "all branches"
"""What stands for the branch where all of them count; no option can have a blank in its name."""


@attrs.frozen(kw_only=True, eq=False)
class Column:
    """One path of a variable, with the branches that took it.

    Parameters
    ----------
    label : str
        The options that set the path apart.
    branches : tuple of str
        Branch names.
    probability : float
        Sum of their probabilities.
    level : (quantile, period)
        Quantiles over draws.
    expected : (period,)
        Mean over draws.
    difference : (quantile, period) or None
        Quantiles of the difference from the baseline, draw by draw; None for the baseline itself.
    expected_difference : (period,) or None
        Its mean.
    fan : (fan quantile, period) or None
        The level at the quantiles of `FAN`; None where fewer are told.
    open_level, open_difference : Censored or None
        What of the level and of the difference is only a bound, where draws may have none.
    """

    label: str
    branches: tuple[str, ...]
    probability: float
    level: Floats
    expected: Floats
    difference: Floats | None = None
    expected_difference: Floats | None = None
    fan: Floats | None = None
    open_level: Censored | None = None
    open_difference: Censored | None = None


def fanned(column: Column) -> Column:
    """Take a column whose level is at the quantiles of `FAN` for one that has both."""
    places = [FAN.index(quantile) for quantile in QUANTILES]
    return attrs.evolve(column, level=column.level[places], fan=column.level)


def ordered_levels(variable: Variable) -> dict[int, Floats]:
    """Sort the draws of each path, for `columns` and `whole` alike; path to (period, draw)."""
    return {path: _ordered(variable.values[path]) for path in dict.fromkeys(variable.path.tolist())}


def columns(
    result: Result,
    variable: Variable,
    quantiles: Sequence[float] = QUANTILES,
    *,
    ordered: Mapping[int, Floats] | None = None,
) -> tuple[Column, ...]:
    """Summarise a variable over its distinct paths.

    Parameters
    ----------
    result : Result
        For branches, options and probabilities.
    variable : Variable
        Any variable of the result.
    quantiles : sequence of float
        Which, of the level; those of the difference are `QUANTILES`.
    ordered : mapping of int to (period, draw), optional
        What `ordered_levels` gives, where it is there already.

    Returns
    -------
    tuple of Column
        The baseline's path first.
    """
    sorted_draws = ordered or ordered_levels(variable)
    base = int(variable.path[0])
    order = list(dict.fromkeys(variable.path.tolist()))
    found = []
    for path in order:
        members = [n for n, own in enumerate(variable.path.tolist()) if own == path]
        values = variable.values[path]
        gap = None if path == base else values - variable.values[base]
        column = Column(
            label=_label(result, members, alone=len(order) == 1),
            branches=tuple(result.branch.labels[n] for n in members),
            probability=float(sum(result.probability[n] for n in members)),
            level=_quantiles(sorted_draws[path], quantiles),
            expected=_mean(values),
            difference=None if gap is None else _quantiles(_ordered(gap), QUANTILES),
            expected_difference=None if gap is None else _mean(gap),
        )
        found.append(_with_bounds(column, variable, {path: 1.0}))
    return tuple(found)


def whole(
    result: Result,
    variable: Variable,
    quantiles: Sequence[float] = QUANTILES,
    *,
    ordered: Mapping[int, Floats] | None = None,
) -> Column:
    r"""Summarise a variable over all branches, each draw with the probability of its branch.

    Parameters
    ----------
    result : Result
        For probabilities.
    variable : Variable
        Any variable of the result.
    quantiles : sequence of float
        Which, of the level; those of the difference are `QUANTILES`.
    ordered : mapping of int to (period, draw), optional
        What `ordered_levels` gives, where it is there already.

    Returns
    -------
    Column
        With quantiles of the difference only where there is one period. Where one path has all
        the probability, exactly the numbers of that path.

    Notes
    -----
    With p the probability of branch b and x the value of draw i of n,

    .. math::

        \bar{x} = \sum_b p_b \frac{1}{n} \sum_i x_{bi}, \qquad
        x_q = \min\{x : \sum_b p_b \frac{1}{n} \#\{i : x_{bi} \le x\} \ge q\}
    """
    shares: dict[int, float] = {}
    for path, probability in zip(variable.path.tolist(), result.probability.tolist(), strict=True):
        if probability > 0.0:
            shares[path] = shares.get(path, 0.0) + probability
    base = variable.values[int(variable.path[0])]
    sorted_draws = ordered or ordered_levels(variable)
    levels = [variable.values[path] for path in shares]
    weights = list(shares.values())
    gaps = [_ordered(level - base) for level in levels] if base.shape[1] == 1 else []
    expected = _weighed([_mean(level) for level in levels], weights)
    column = Column(
        label=EVERY_BRANCH,
        branches=result.branch.labels,
        probability=float(sum(weights)),
        level=_mixture([sorted_draws[path] for path in shares], weights, quantiles),
        expected=expected,
        difference=_mixture(gaps, weights, QUANTILES) if gaps else None,
        expected_difference=expected - _mean(base),
    )
    return _with_bounds(column, variable, shares)


def _with_bounds(column: Column, variable: Variable, shares: Mapping[int, float]) -> Column:
    """Say what of a column is only a bound, where a day may not have come by the end."""
    end = variable.censored_at
    if end is None:
        return column
    weights, base = list(shares.values()), variable.values[int(variable.path[0])]

    def quantiles(parts: Sequence[Floats]) -> Floats:
        return _mixture([_ordered(part) for part in parts], weights, QUANTILES)

    levels = [level_ends(variable.values[path], end) for path in shares]
    gaps = [difference_ends(variable.values[path], base, end) for path in shares]
    change = column.difference
    return attrs.evolve(
        column,
        open_level=censored(column.level, levels, weights, quantiles),
        open_difference=None if change is None else censored(change, gaps, weights, quantiles),
    )


@attrs.frozen(kw_only=True, eq=False)
class Told:
    """What is told of a variable: its distinct paths, and all branches together."""

    columns: tuple[Column, ...]
    whole: Column


def told(result: Result, variable: Variable, quantiles: Sequence[float] = QUANTILES) -> Told:
    """Summarise a variable by path and over all branches, its draws sorted once."""
    ordered = ordered_levels(variable)
    return Told(
        columns=columns(result, variable, quantiles, ordered=ordered),
        whole=whole(result, variable, quantiles, ordered=ordered),
    )


@attrs.frozen(eq=False)
class Bands:
    """The bands of a result's metrics, each worked out once for all who tell them.

    Parameters
    ----------
    result : Result
        Whose.

    Examples
    --------
    >>> import tariffsim as ts
    >>> bands = Bands(ts.run(ts.with_options(ts.load_inputs("canola"), draws=64)))
    >>> bands.of(bands.result.headline[0]) is bands.of(bands.result.headline[0])
    True
    """

    result: Result
    _known: dict[str, Told] = attrs.field(factory=dict, init=False)

    def of(self, variable: Variable) -> Told:
        """Give what is told of a metric."""
        if variable.key not in self._known:
            self._known[variable.key] = told(self.result, variable)
        return self._known[variable.key]


def _mean(values: Floats) -> Floats:
    found: Floats = np.ascontiguousarray(values.T).mean(axis=-1)
    return found


def _weighed(means: Sequence[Floats], weights: Sequence[float]) -> Floats:
    if len(means) == 1:
        return means[0]
    found = np.zeros_like(means[0])
    for mean, weight in zip(means, weights, strict=True):
        found += weight * mean
    return found


def _ordered(values: Floats) -> Floats:
    """Sort draws, (draw, period) to (period, draw).

    A whole sort of draws that lie side by side is cheaper than partitioning at six places.
    """
    side_by_side = values.T.copy(order="C")
    if not (side_by_side[:, :1] == side_by_side).all():
        side_by_side.sort(axis=-1)
    return side_by_side


def _quantiles(ordered: Floats, quantiles: Sequence[float]) -> Floats:
    place = np.array(quantiles) * (ordered.shape[-1] - 1)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    lower, upper = ordered[..., below], ordered[..., above]
    found: Floats = (lower + (place - below) * (upper - lower)).T
    return found


def _mixture(
    parts: Sequence[Floats], weights: Sequence[float], quantiles: Sequence[float]
) -> Floats:
    one = len(parts) == 1
    return _quantiles(parts[0], quantiles) if one else mixed_quantiles(parts, weights, quantiles)


def _label(result: Result, members: list[int], *, alone: bool) -> str:
    if alone:
        return "every branch"
    first = result.options[members[0]]
    shared = [
        option
        for question, option in first.items()
        if all(result.options[n].get(question) == option for n in members)
    ]
    return "+".join(shared) or result.branch.labels[members[0]]
