"""Sensitivities as `tariffsim sensitivity --out` writes them, read back; opens no file."""

import json
from collections.abc import Mapping
from typing import Any

import attrs

from tariffsim.errors import InputError

SAME = ("scenario", "log", "known_on")
"""What a sensitivity and a result must share for the one to speak of the other."""


@attrs.frozen(kw_only=True)
class Moved:
    """One driver: name, ends of its swing in the metric's unit, shares of the variance."""

    name: str
    low: float
    high: float
    first: float
    total: float


@attrs.frozen(kw_only=True)
class Measured:
    """What drives one metric, as it was measured.

    Parameters
    ----------
    metric : str
        Subject of a metric of the headline table.
    unit : str
        Its unit.
    branch : str, optional
        Where policy was held; None where it was drawn with its probabilities.
    baseline : str
        The branch that swings depart from.
    samples : int
        Base samples.
    central : float
        The metric with every parameter at its median, in the baseline.
    drivers : tuple of Moved
        The largest total share first.
    """

    metric: str
    unit: str
    branch: str | None
    baseline: str
    samples: int
    central: float
    drivers: tuple[Moved, ...]


def read_measured(text: str, manifest: Mapping[str, Any]) -> Measured:
    """Read one sensitivity, and hold it against the result that it is shown with.

    Parameters
    ----------
    text : str
        What ``tariffsim sensitivity --out`` wrote.
    manifest : mapping
        Of the result.

    Returns
    -------
    Measured
        Groups of drivers are left out: their members are there.

    Raises
    ------
    InputError
        It is something else, or of another scenario, log or knowledge day.
    """
    try:
        data = json.loads(text)
        swings = {own["name"]: (float(own["low"]), float(own["high"])) for own in data["swings"]}
        found = Measured(
            metric=str(data["metric"]),
            unit=str(data["unit"]),
            branch=data["branch"] if data["branch"] is None else str(data["branch"]),
            baseline=str(data["baseline"]),
            samples=int(data["samples"]),
            central=float(data["central"]),
            drivers=tuple(
                Moved(
                    name=str(own["name"]),
                    low=swings[own["name"]][0],
                    high=swings[own["name"]][1],
                    first=_share(own["first"]),
                    total=_share(own["total"]),
                )
                for own in data["drivers"]
                if own["name"] in swings
            ),
        )
    except (KeyError, TypeError, ValueError, AttributeError):
        raise InputError(
            "sensitivity must be as written by: tariffsim sensitivity SCENARIO --metric M --out "
            "FILE; got something else"
        ) from None
    for name in SAME:
        if data.get(name) != manifest[name]:
            raise InputError(
                f"sensitivity must be of the result's {name}, {manifest[name]}, got "
                f"{data.get(name)}; run it again on the same scenario"
            )
    return found


def _share(estimate: Mapping[str, float]) -> float:
    """Take a share that is below zero by sampling error for zero."""
    return min(max(float(estimate["value"]), 0.0), 1.0)
