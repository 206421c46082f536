"""Duty over the horizon, on benchmark trade and on trade as it responds; knows no event."""

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.experiment import Experiment, MarketCase
from tariffsim.grounds import DutyTake
from tariffsim.result import Result, Variable

QUANTILES = (0.1, 0.5, 0.9)
PER_BILLION = 1000.0
BEFORE = "applied_rate"
"""What the rate at benchmark trade is called."""


def takes(result: Result, experiment: Experiment) -> tuple[DutyTake, ...]:
    """Compare what duties would take if trade did not respond with what they take.

    Parameters
    ----------
    result : Result
        With the monthly duty, and the rate at benchmark trade.
    experiment : Experiment
        For benchmark trade.

    Returns
    -------
    tuple of DutyTake
        One a flow and path; empty where the result lacks the variables.

    Notes
    -----
    Static: sum over months of rate at benchmark trade x benchmark value x share of the year.
    """
    held = {variable.key for variable in result.paths}
    found: list[DutyTake] = []
    for case in experiment.markets:
        flow = f"{case.importer}.{case.exporter}"
        if {f"{BEFORE}.{flow}", f"duty.{flow}"} <= held:
            found += _of_market(result, experiment, case, result[f"{BEFORE}.{flow}"])
    return tuple(found)


def _of_market(
    result: Result, experiment: Experiment, case: MarketCase, rate: Variable
) -> list[DutyTake]:
    flow = f"{case.importer}.{case.exporter}"
    months = experiment.year_share[experiment.first :]
    worth = float(case.customs_value[0].sum()) / PER_BILLION
    duty = result[f"duty.{flow}"]
    found = []
    for path in dict.fromkeys(duty.path.tolist()):
        branch = duty.path.tolist().index(path)
        found.append(
            DutyTake(
                importer=case.importer,
                exporter=case.exporter,
                branch=result.branch.labels[branch],
                static=_ends((rate.branch(branch) / 100.0 * months).sum(axis=1) * worth),
                behavioural=_ends(duty.branch(branch).sum(axis=1) / PER_BILLION),
            )
        )
    return found


def _ends(values: Floats) -> tuple[float, ...]:
    return tuple(np.quantile(values, QUANTILES).tolist())
