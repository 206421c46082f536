"""What moves the headline metrics: variance shares and tails from the draws of a run.

Draws the parameters again from the same seed, which gives the same values; runs no model.
"""

from collections.abc import Mapping

import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import Experiment
from tariffsim.grounds import LEAST_SHARE, Driver
from tariffsim.model.project import drawn_inputs
from tariffsim.model.variance_shares import chance_share, tail_means, variance_shares
from tariffsim.result import Result, Variable


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
    if not names:
        return (), LEAST_SHARE
    least = max(LEAST_SHARE, chance_share(result.draws, len(names)))
    order = np.stack([np.argsort(drawn[name], kind="stable") for name in names])
    found: list[Driver] = []
    for variable in result.headline:
        found += _of_metric(result, variable, names, order, least)
    return tuple(found), least


def _kept(drawn: Mapping[str, Floats], result: Result) -> dict[str, Floats]:
    """Leave out the draws of which the result holds nothing, and what is not drawn."""
    lost = list(result.not_converged)
    return {name: np.delete(values, lost) for name, values in drawn.items() if values.ndim}


def _of_metric(
    result: Result, variable: Variable, names: list[str], order: Ints, least: float
) -> list[Driver]:
    rows, values = _rows(result, variable)
    shares = variance_shares(order, values)
    ends = tail_means(order, values)
    found: list[Driver] = []
    for row, (branch, measure) in enumerate(rows):
        found += [
            Driver(
                metric=variable.subject,
                branch=branch,
                measure=measure,
                name=names[place],
                share=float(shares[row, place]),
                low=float(ends[row, place, 0]),
                high=float(ends[row, place, 1]),
            )
            for place in np.argsort(-shares[row], kind="stable").tolist()
            if shares[row, place] >= least
        ]
    return found


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
