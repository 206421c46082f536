"""What drives a metric, as text for a terminal and as plain data; computes nothing.

Two parts: shares of variance with their bands, and swings one driver at a time with bars.
"""

import textwrap
from typing import Any

from tariffsim.drivers import Driver, Estimate, Sensitivity, Swing

BAR = 24


def sensitivity_data(found: Sensitivity) -> dict[str, Any]:
    """Give a sensitivity as plain data, the same that the text shows.

    Returns
    -------
    dict
        ``scenario, question, log, known_on, metric, label, unit, basis, branch, baseline, samples,
        runs, seed, band, mean, sd, central, chances, drivers, swings, idle``.
    """
    source = found.provenance
    return {
        "scenario": source.scenario,
        "question": source.question,
        "log": source.log,
        "known_on": source.known_on,
        "metric": found.metric,
        "label": found.label,
        "unit": found.unit,
        "basis": found.basis,
        "branch": found.branch,
        "baseline": found.baseline,
        "samples": found.samples,
        "runs": found.runs,
        "seed": found.seed,
        "band": round(found.confidence, 6),
        "mean": found.mean,
        "sd": found.sd,
        "central": found.central,
        "chances": list(found.chances),
        "drivers": [
            {
                "name": driver.name,
                "kind": driver.kind,
                "members": list(driver.members),
                "first": _estimate(driver.first),
                "total": _estimate(driver.total),
            }
            for driver in found.drivers
        ],
        "swings": [
            {
                "name": swing.name,
                "kind": swing.kind,
                "low_at": swing.low_at,
                "low": swing.low,
                "high_at": swing.high_at,
                "high": swing.high,
            }
            for swing in found.swings
        ],
        "idle": list(found.idle),
    }


def _estimate(estimate: Estimate) -> dict[str, float]:
    return {"value": estimate.value, "low": estimate.low, "high": estimate.high}


def sensitivity_text(found: Sensitivity, *, width: int) -> str:
    """Write a sensitivity for a terminal.

    Parameters
    ----------
    found : Sensitivity
        What to show.
    width : int
        Columns of the terminal.

    Returns
    -------
    str
        Plain text without a trailing newline.
    """
    policy = (
        "policy drawn with its probabilities" if found.branch is None else f"policy {found.branch}"
    )
    head = [
        f"{found.label}, {found.unit}: what drives it in {found.provenance.scenario}?",
        "",
        f"{found.samples} base samples, {found.runs} runs, seed {found.seed}; {policy}. "
        f"Mean {found.mean:,.4g}, standard deviation {found.sd:,.4g}.",
        "",
        f"Share of variance [{found.confidence:.0%} bootstrap band]. Alone: gone once it is known. "
        "In all: left once everything else is known. Only independent drivers that act by "
        "themselves add up to 100 %.",
        "",
    ]
    lines = [line for text in head for line in textwrap.wrap(text, width) or [""]]
    lines += _drivers(found.drivers)
    chances = (
        ", chances early or often and late or never, from their middle"
        if any(swing.name in found.chances for swing in found.swings)
        else ""
    )
    lines += [
        "",
        *textwrap.wrap(
            f"One at a time, from {found.central:,.4g} in {found.baseline} with every parameter at "
            "its median: parameters at their 10th and 90th percentile, policy at its lowest and "
            f"highest option{chances}.",
            width,
        ),
        "",
        *_swings(found.swings),
    ]
    if found.idle:
        lines += ["", *textwrap.wrap(f"No part in it: {', '.join(found.idle)}.", width)]
    return "\n".join(lines)


def _drivers(drivers: tuple[Driver, ...]) -> list[str]:
    margin = max(len(driver.name) for driver in drivers) + 1
    lines = [" " * (margin + 10) + "alone".rjust(20) + "in all".rjust(20)]
    for driver in drivers:
        row = driver.name.ljust(margin) + driver.kind.ljust(10)
        lines.append(row + _share(driver.first).rjust(20) + _share(driver.total).rjust(20))
    return lines


def _share(estimate: Estimate) -> str:
    value, low, high = (100.0 * part + 0.0 for part in _ends(estimate))
    return f"{value:.1f}% [{low:.1f}, {high:.1f}]"


def _ends(estimate: Estimate) -> tuple[float, float, float]:
    """Round to what is shown, so that no minus stands before a nought."""
    value, low, high = (
        round(part, 3) + 0.0 for part in (estimate.value, estimate.low, estimate.high)
    )
    return value, low, high


def _swings(swings: tuple[Swing, ...]) -> list[str]:
    margin = max(len(swing.name) for swing in swings) + 1
    widest = max(swing.width for swing in swings)
    settings = max(len(f"{swing.low_at} .. {swing.high_at}") for swing in swings) + 2
    lines = []
    for swing in swings:
        marks = "#" * round(BAR * swing.width / widest) if widest > 0 else ""
        ends = f"{swing.low:,.4g} .. {swing.high:,.4g}"
        setting = f"{swing.low_at} .. {swing.high_at}".ljust(settings)
        lines.append(f"{swing.name.ljust(margin)}{setting}{ends.rjust(22)}  {marks}".rstrip())
    return lines
