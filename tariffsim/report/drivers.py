"""Which priors drive which answers: lines for a terminal and plain data."""

import textwrap
from collections.abc import Sequence
from typing import Any

from tariffsim.result import Driver

SHOWN = 4
"""How many drivers of a metric a terminal shows."""
CAVEAT = (
    "No survey of stocks and no estimate of short-run substitution is published. They are wide "
    "priors here, and what they drive is as uncertain as they are."
)


def driver_data(drivers: Sequence[Driver]) -> dict[str, Any]:
    """Give drivers as plain data: by metric, the largest first, with the caveat."""
    by_metric: dict[str, list[dict[str, Any]]] = {}
    for driver in drivers:
        by_metric.setdefault(driver.metric, []).append(
            {
                "parameter": driver.parameter,
                "rank_correlation": driver.correlation,
                "share": driver.share,
            }
        )
    return {"caveat": CAVEAT, "metrics": by_metric}


def driver_lines(drivers: Sequence[Driver], *, width: int) -> list[str]:
    """Write the largest drivers of each metric, and what the reader must know of them.

    Parameters
    ----------
    drivers : sequence of Driver
        The largest of each metric first.
    width : int
        Columns of the terminal.

    Returns
    -------
    list of str
        Empty where there are none.
    """
    if not drivers:
        return []
    lines = [
        "",
        "What drives it, in the baseline: share of the spread (ranks), sign of the effect.",
    ]
    for metric in dict.fromkeys(driver.metric for driver in drivers):
        own = [driver for driver in drivers if driver.metric == metric][:SHOWN]
        said = ", ".join(
            f"{driver.parameter} {driver.share:.0%} ({'+' if driver.correlation > 0 else '-'})"
            for driver in own
        )
        lines += textwrap.wrap(
            f"{metric}: {said}", width, initial_indent="  ", subsequent_indent="    "
        )
    return [*lines, "", *textwrap.wrap(CAVEAT, width)]
