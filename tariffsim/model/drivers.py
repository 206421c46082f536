"""Which draws explain which answers of a material, in the baseline branch; computes ranks only."""

from collections.abc import Mapping, Sequence

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
    varied = {name: values for name, values in drawn.items() if np.ptp(values) > 0}
    others = {name for name in varied if "." in name and not name.startswith(f"{case.material}.")}
    names = [name for name in varied if name not in others]
    found = []
    for metric in headline:
        if metric.name not in METRICS or metric.product != case.material:
            continue
        answer = metric.branch(0)[:, 0]
        correlations = rank_correlations(answer, np.stack([varied[name] for name in names]))
        order = np.argsort(-np.abs(correlations), kind="stable")
        found += [
            Driver(
                metric=metric.subject,
                parameter=_said(names[position], case),
                correlation=float(correlations[position]),
                share=float(correlations[position] ** 2),
            )
            for position in order.tolist()
            if correlations[position] ** 2 >= LEAST
        ]
    return found


def _said(name: str, case: MaterialCase) -> str:
    """Name the two factors by what they place: where in the log's interval the practice lies."""
    approval, delay = factors(case)
    return {approval: f"{case.control} approval", delay: f"{case.control} delay"}.get(name, name)
