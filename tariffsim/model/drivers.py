"""Which draws explain which answers of a material, in the baseline branch; computes ranks only."""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.experiment import MaterialCase
from tariffsim.model.materials import factors
from tariffsim.model.rank_shares import rank_correlations
from tariffsim.result import Driver, Variable

METRICS = (
    "days_until_shortage",
    "availability",
    "value_added_at_risk",
    "value_of_month_stock",
    "days_short",
)
LEAST = 0.01
"""Shares below one percent are noise with some thousand draws."""


def drivers_of(
    case: MaterialCase, headline: Sequence[Variable], drawn: Mapping[str, Floats]
) -> list[Driver]:
    """Rank what drives a material's answers.

    Parameters
    ----------
    case : MaterialCase
        For its names.
    headline : sequence of Variable
        Its metrics.
    drawn : mapping of str to (draw,)
        Everything that was drawn, for this material or another.

    Returns
    -------
    list of Driver
        By metric, the largest share first; those that explain less than one percent are left
        out.
    """
    own = f"{case.material}."
    names = [name for name in _varied(drawn) if "." not in name or name.startswith(own)]
    return [
        attrs.evolve(driver, parameter=_said(driver.parameter, case))
        for metric in headline
        if metric.name in METRICS and metric.product == case.material
        for driver in _ranked(metric, {name: drawn[name] for name in names})
    ]


def drivers_of_network(headline: Sequence[Variable], drawn: Mapping[str, Floats]) -> list[Driver]:
    """Rank what drives the value added that all industries of a table lose together."""
    varied = {name: drawn[name] for name in _varied(drawn)}
    return [
        driver
        for metric in headline
        if metric.name == "value_added_lost" and not metric.importer
        for driver in _ranked(metric, varied)
    ]


def _varied(drawn: Mapping[str, Floats]) -> list[str]:
    return [name for name, values in drawn.items() if np.ptp(values) > 0]


def _ranked(metric: Variable, drawn: Mapping[str, Floats]) -> list[Driver]:
    """Rank draws by the share of a metric's spread in the baseline, the largest first."""
    names = list(drawn)
    correlations = rank_correlations(
        metric.branch(0)[:, 0], np.stack([drawn[name] for name in names])
    )
    order = np.argsort(-np.abs(correlations), kind="stable")
    return [
        Driver(
            metric=metric.subject,
            parameter=names[position],
            correlation=float(correlations[position]),
            share=float(correlations[position] ** 2),
        )
        for position in order.tolist()
        if correlations[position] ** 2 >= LEAST
    ]


def _said(name: str, case: MaterialCase) -> str:
    """Name the two factors by what they place: where in the log's interval the practice lies."""
    approval, delay = factors(case)
    return {approval: f"{case.control} approval", delay: f"{case.control} delay"}.get(name, name)
