"""Draws of parameters: named values from one Sobol sequence; knows ranges, not what they mean.

A range becomes a distribution by the rule its parameter states. Every drawn parameter and every
further named factor has a dimension of its own, in the order of their names, so that adding a
branch or a material changes no parameter's draws.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.model.draws import NORMAL_90, quantile, unit_draws
from tariffsim.parameters import Parameter


def draw_parameters(
    parameters: Mapping[str, Parameter], factors: Sequence[str], *, seed: int, count: int
) -> dict[str, Floats]:
    """Draw every parameter, and a unit draw for every further factor.

    Parameters
    ----------
    parameters : mapping of str to Parameter
        Fixed ones give a constant.
    factors : sequence of str
        Names of further uniform factors in [0, 1).
    seed : int
        Seed of the scrambling.
    count : int
        How many draws, a power of two.

    Returns
    -------
    dict of str to (draw,)
        Under the names of parameters and factors.
    """
    names = dimensions(parameters, factors)
    units = unit_draws(seed, len(names), 0, count) if names else np.empty((count, 0))
    return values_at(parameters, names, units)


def dimensions(parameters: Mapping[str, Parameter], factors: Sequence[str]) -> tuple[str, ...]:
    """Name the dimensions of the sequence in order: drawn parameters, then further factors."""
    drawn = sorted(name for name, parameter in parameters.items() if parameter.drawn)
    return (*drawn, *sorted(factors))


def values_at(
    parameters: Mapping[str, Parameter], names: Sequence[str], units: Floats
) -> dict[str, Floats]:
    """Turn unit draws into values.

    Parameters
    ----------
    parameters : mapping of str to Parameter
        Fixed ones give a constant.
    names : sequence of str
        What `dimensions` returned.
    units : (draw, dimension), open unit interval
        One column a name.

    Returns
    -------
    dict of str to (draw,)
        Under the names of parameters and factors.
    """
    found = {
        name: np.full(len(units), parameter.value)
        for name, parameter in parameters.items()
        if not parameter.drawn
    }
    for position, name in enumerate(names):
        column = np.ascontiguousarray(units[:, position])
        parameter = parameters.get(name)
        found[name] = column if parameter is None else _values(parameter, column)
    return found


def _values(parameter: Parameter, unit: Floats) -> Floats:
    return quantile(parameter.distribution, _description(parameter), unit)


def _description(parameter: Parameter) -> dict[str, float]:
    """Say a parameter's value and range in the terms of its distribution.

    Notes
    -----
    Hard bounds are those of the uniform, the triangular (peak at the value) and the beta (PERT,
    mode at the value); an 80 % range is met by the lognormal on both sides of its median, and by
    the truncated normal as mean +- 1.2816 sd, cut at zero because no magnitude is below it.
    """
    value, low, high = parameter.value, parameter.low, parameter.high
    assert low is not None
    assert high is not None
    spread = (high - low) / (2.0 * NORMAL_90)
    described: dict[str, dict[str, float]] = {
        "uniform": {"low": low, "high": high},
        "triangular": {"low": low, "mode": value, "high": high},
        "beta": {"low": low, "mode": value, "high": high},
        "lognormal": {"median": value, "low": low, "high": high},
        "truncated-normal": {"mean": value, "sd": spread, "low": 0.0, "high": value + 8.0 * spread},
    }
    return described[parameter.distribution]
