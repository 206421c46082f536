"""What came, and how good a forecast of it was; scores nothing itself."""

import datetime as dt
from collections.abc import Mapping

import attrs

from tariffsim.experiment import Provenance

MIXTURE = "by probability"
"""The forecast that weighs every branch by its prior probability."""

EVERY = "all months"
"""The group of all months together."""


@attrs.frozen(kw_only=True)
class Actual:
    """One figure that came.

    Parameters
    ----------
    series : str
        A monthly variable of the result, for example ``customs_value.USA.CHN``.
    period : str
        The month.
    value : float
        In the variable's unit.
    published : date or None
        The day it became public; None where the file does not say.
    """

    series: str
    period: str
    value: float
    published: dt.date | None = None


@attrs.frozen(kw_only=True)
class Point:
    """One month of one series under one forecast.

    Parameters
    ----------
    series, forecast, period : str
        What, by which branch (or `MIXTURE`), when.
    ahead : int
        Months from the knowledge day's month.
    actual : float
        What came.
    low, middle, high : float
        10th, 50th and 90th percentile of the forecast.
    pinball : tuple of float
        Losses of the three.
    crps, pit : float
        Score, and where what came stands in the forecast.
    covered : bool
        Whether it lies in the 80 % band.
    naive : mapping of str to float
        CRPS of each benchmark that has one; of a single number, its absolute error.
    """

    series: str
    forecast: str
    period: str
    ahead: int
    actual: float
    low: float
    middle: float
    high: float
    pinball: tuple[float, float, float]
    crps: float
    pit: float
    covered: bool
    naive: Mapping[str, float]


@attrs.frozen(kw_only=True)
class Benchmark:
    """A benchmark over the months that it has a number for.

    Parameters
    ----------
    months : int
        How many.
    crps : float
        Its mean score.
    skill : float or None
        One less the forecast's score over the benchmark's, on those months: above zero is better
        than the benchmark. None where the benchmark made no error.
    """

    months: int
    crps: float
    skill: float | None


@attrs.frozen(kw_only=True)
class Score:
    """A forecast of a series over a group of months.

    Parameters
    ----------
    series, unit, forecast, horizon : str
        What, in which unit, by which branch, and how far ahead.
    months : int
        How many were scored.
    crps, pinball, bias : float
        Means: score, loss over the three quantiles, median less what came.
    coverage : float
        Share of months within the 80 % band.
    pit : float
        Mean of the transform; one half where forecasts lean neither way.
    naive : mapping of str to Benchmark
        By name.
    """

    series: str
    unit: str
    forecast: str
    horizon: str
    months: int
    crps: float
    pinball: float
    bias: float
    coverage: float
    pit: float
    naive: Mapping[str, Benchmark]


@attrs.frozen(kw_only=True)
class Scorecard:
    """How good a result was.

    Parameters
    ----------
    provenance : Provenance
        Of the result.
    lag : int
        Days after a month's end on which a figure without a day of publication counts as public.
    scores : tuple of Score
        By series, forecast and how far ahead.
    points : tuple of Point
        Month by month.
    notes : tuple of str
        What was left out, and why.
    history : mapping of str to str
        Of each series, the last month that was public on the knowledge day.
    """

    provenance: Provenance
    lag: int
    scores: tuple[Score, ...]
    points: tuple[Point, ...]
    notes: tuple[str, ...]
    history: Mapping[str, str]
