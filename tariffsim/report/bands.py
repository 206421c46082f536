"""Medians and bands of a result, level and difference from the baseline, draw by draw.

Branches that took the same path are told once, under the options that set them apart.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.result import Result, Variable

QUANTILES = (0.1, 0.5, 0.9)


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
        10th, 50th and 90th percentile over draws.
    difference : (quantile, period) or None
        The same of the difference from the baseline, draw by draw; None for the baseline itself.
    """

    label: str
    branches: tuple[str, ...]
    probability: float
    level: Floats
    difference: Floats | None


def columns(result: Result, variable: Variable) -> tuple[Column, ...]:
    """Summarise a variable over its distinct paths.

    Parameters
    ----------
    result : Result
        For branches, options and probabilities.
    variable : Variable
        Any variable of the result.

    Returns
    -------
    tuple of Column
        The baseline's path first.
    """
    base = int(variable.path[0])
    order = list(dict.fromkeys(variable.path.tolist()))
    found = []
    for path in order:
        members = [n for n, own in enumerate(variable.path.tolist()) if own == path]
        values = variable.values[path]
        difference = None if path == base else _quantiles(values - variable.values[base])
        found.append(
            Column(
                label=_label(result, members, alone=len(order) == 1),
                branches=tuple(result.branch.labels[n] for n in members),
                probability=float(sum(result.probability[n] for n in members)),
                level=_quantiles(values),
                difference=difference,
            )
        )
    return tuple(found)


def _quantiles(values: Floats) -> Floats:
    if values.shape[0] > 1 and not np.ptp(values, axis=0).any():
        return np.repeat(values[:1], len(QUANTILES), axis=0)
    # A whole sort of draws that lie side by side is cheaper than partitioning at six places.
    ordered = np.sort(np.ascontiguousarray(values.T), axis=-1)
    place = np.array(QUANTILES) * (ordered.shape[-1] - 1)
    below = place.astype(np.int64)
    above = np.minimum(below + 1, ordered.shape[-1] - 1)
    lower, upper = ordered[..., below], ordered[..., above]
    found: Floats = (lower + (place - below) * (upper - lower)).T
    return found


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
