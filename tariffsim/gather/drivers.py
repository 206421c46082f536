"""What moves the headline metrics: variance shares and tails from the draws of a run.

Draws the parameters again from the same seed, which gives the same values; runs no model. What came
of the chances of policy stands in the result.
"""

from collections.abc import Mapping

import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import Experiment
from tariffsim.grounds import LEAST_SHARE, Driver
from tariffsim.model.project import drawn_inputs
from tariffsim.model.variance_shares import chance_share, tail_means, variance_shares
from tariffsim.result import Result, Variable

Orders = tuple[tuple[str, ...], Ints]
"""Names of inputs, and the places that sort the draws of each, (input, draw)."""

NONE: Orders = ((), np.zeros((0, 0), dtype=np.int64))


def drivers(result: Result, experiment: Experiment) -> tuple[tuple[Driver, ...], float]:
    """Share out the variance of every headline metric, level and difference, by path.

    Parameters
    ----------
    result : Result
        The answer.
    experiment : Experiment
        What it was projected from.

    Returns
    -------
    tuple of Driver
        The largest share first in each metric, path and measure.
    float
        The least share that is listed: what chance alone may show is not.
    """
    drawn = _kept(drawn_inputs(experiment), result)
    names = sorted(name for name, values in drawn.items() if np.ptp(values) > 0.0)
    chances = _of_chances(result)
    if not names and not any(chances.values()):
        return (), LEAST_SHARE
    inputs = len(names) + max(map(len, chances.values()), default=0)
    least = max(LEAST_SHARE, chance_share(result.draws, inputs))
    orders = _stacked({name: np.argsort(drawn[name], kind="stable") for name in names})
    lucky = {branch: _stacked(own) for branch, own in chances.items()}
    found: list[Driver] = []
    for variable in result.headline:
        found += _of_metric(result, variable, orders, lucky, least)
    return tuple(found), least


def _of_chances(result: Result) -> dict[str, dict[str, Ints]]:
    """Sort the draws of each branch by what came of each chance: the earliest first, never last.

    A pause is sorted by how often it was renewed. What came is sorted, and not the luck behind it:
    of two chances that end each other, one explains the other in part.
    """
    sampled = result.sampled
    if sampled is None:
        return {}
    draws = np.delete(
        np.arange(result.draws + len(result.not_converged)), list(result.not_converged)
    )
    of_draw = draws % sampled.days.shape[2]
    never = np.iinfo(np.int64).max
    found: dict[str, dict[str, Ints]] = {}
    for number, branch in enumerate(result.branch.labels):
        own = found.setdefault(branch, {})
        for row, name in enumerate(sampled.names):
            day, times = sampled.days[row, number, of_draw], sampled.times[row, number, of_draw]
            renewed = sampled.chances[name].kind == "renewal"
            key = times if renewed else np.where(day > 0, day, never)
            if (key != key[0]).any():
                own[str(name)] = np.argsort(key, kind="stable")
    return found


def _kept(drawn: Mapping[str, Floats], result: Result) -> dict[str, Floats]:
    """Leave out the draws of which the result holds nothing, and what is not drawn."""
    lost = list(result.not_converged)
    return {name: np.delete(values, lost) for name, values in drawn.items() if values.ndim}


def _of_metric(
    result: Result,
    variable: Variable,
    orders: Orders,
    chances: Mapping[str, Orders],
    least: float,
) -> list[Driver]:
    rows, values = _rows(result, variable)
    shares, ends = _moved(orders, values)
    found: list[Driver] = []
    for row, (branch, measure) in enumerate(rows):
        more = chances.get(branch, NONE)
        names = [*orders[0], *more[0]]
        lucky, lucky_ends = _moved(more, values[row : row + 1])
        share = np.concatenate([shares[row], lucky[0]])
        end = np.concatenate([ends[row], lucky_ends[0]])
        found += [
            Driver(
                metric=variable.subject,
                branch=branch,
                measure=measure,
                name=names[place],
                share=float(share[place]),
                low=float(end[place, 0]),
                high=float(end[place, 1]),
            )
            for place in np.argsort(-share, kind="stable").tolist()
            if share[place] >= least
        ]
    return found


def _stacked(orders: Mapping[str, Ints]) -> Orders:
    return tuple(orders), np.stack(list(orders.values())) if orders else NONE[1]


def _moved(orders: Orders, values: Floats) -> tuple[Floats, Floats]:
    """Give variance shares, (row, input), and means of both tails, (row, input, end)."""
    names, order = orders
    if not names:
        return np.zeros((len(values), 0)), np.zeros((len(values), 0, 2))
    return variance_shares(order, values), tail_means(order, values)


def _rows(result: Result, variable: Variable) -> tuple[list[tuple[str, str]], Floats]:
    """Level of every path, and difference of every other one from the baseline's."""
    base = int(variable.path[0])
    rows: list[tuple[str, str]] = []
    values: list[Floats] = []
    for path in dict.fromkeys(variable.path.tolist()):
        branch = result.branch.labels[variable.path.tolist().index(path)]
        level = variable.values[path][:, 0]
        rows.append((branch, "level"))
        values.append(level)
        if path != base:
            rows.append((branch, "difference"))
            values.append(level - variable.values[base][:, 0])
    return rows, np.stack(values)
