"""What drives an answer: shares of its variance, and swings one at a time; computes nothing.

A driver is a parameter, a question or a chance of policy, or a group of either.
"""

from typing import Literal

import attrs

from tariffsim.experiment import Provenance

DriverKind = Literal["parameter", "policy", "group"]


@attrs.frozen(kw_only=True)
class Estimate:
    """A share of variance with its bootstrap band; below zero only by sampling error."""

    value: float
    low: float
    high: float


@attrs.frozen(kw_only=True)
class Driver:
    """How much of a metric's variance comes from one driver.

    Parameters
    ----------
    name : str
        The parameter, the question or the chance, or the group.
    kind : {'parameter', 'policy', 'group'}
        What it is.
    members : tuple of str
        What a group holds; empty for the others.
    first : Estimate
        Share gone on average once it is known and nothing else is.
    total : Estimate
        Share left on average once everything else is known; the first-order share and what it
        does together with others.
    """

    name: str
    kind: DriverKind
    members: tuple[str, ...] = ()
    first: Estimate
    total: Estimate


@attrs.frozen(kw_only=True)
class Swing:
    """A metric at both ends of one driver, everything else in the middle.

    Parameters
    ----------
    name : str
        The parameter or the question.
    kind : {'parameter', 'policy', 'group'}
        What it is.
    low_at, high_at : str
        The setting at either end: the parameter's 10th and 90th percentile, the options with the
        lowest and the highest metric, or what came of a chance.
    low, high : float
        The metric there, in its unit.
    """

    name: str
    kind: DriverKind
    low_at: str
    high_at: str
    low: float
    high: float

    @property
    def width(self) -> float:
        """How far the metric moves, whichever way."""
        return abs(self.high - self.low)


@attrs.frozen(kw_only=True)
class Sensitivity:
    """What drives one metric.

    Parameters
    ----------
    provenance : Provenance
        Scenario, log, digests.
    metric, label, unit, basis : str
        Which metric, in which unit, over which time.
    branch : str or None
        The branch that policy was held at; None where it was drawn with its probabilities.
    baseline : str
        The branch that swings depart from.
    samples, runs, seed : int
        Base samples, projections of one draw each, seed of the sequence.
    confidence : float
        Width of the bootstrap bands.
    mean, sd : float
        Of the metric over all base samples, in `unit`.
    central : float
        The metric at every parameter's median, in the baseline, chances in the middle of theirs.
    chances : tuple of str
        Those of the drivers, or of the idle, that are chances of policy.
    drivers : tuple of Driver
        Largest total first; groups after the others.
    swings : tuple of Swing
        Widest first.
    idle : tuple of str
        Parameters and questions that moved the metric in no run.
    """

    provenance: Provenance
    metric: str
    label: str
    unit: str
    basis: str
    branch: str | None
    baseline: str
    samples: int
    runs: int
    seed: int
    confidence: float
    mean: float
    sd: float
    central: float
    chances: tuple[str, ...] = ()
    drivers: tuple[Driver, ...]
    swings: tuple[Swing, ...]
    idle: tuple[str, ...]
