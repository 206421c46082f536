"""A result held against what came: month by month, by how far ahead, beside naive forecasts.

Benchmarks use only what was public on the knowledge day; what was public then is no forecast and is
not scored.
"""

import datetime as dt
from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError
from tariffsim.model.scores import covered, crps, pinball, pit, quantiles
from tariffsim.result import Result, Variable
from tariffsim.scenario import Month, parse_month
from tariffsim.scorecard import EVERY, MIXTURE, Actual, Benchmark, Point, Score, Scorecard

LEVELS = (0.1, 0.5, 0.9)
LAST, SEASONAL, UNCHANGED = "last value", "same month last year", "no-change rates"
LAG = 45
"""Days from a month's end to the figures on its trade, where a file does not say."""

HORIZONS = ((3, "0 to 3 months"), (6, "4 to 6 months"), (12, "7 to 12 months"))
BEYOND = "over 12 months"


def score(
    result: Result,
    actuals: Sequence[Actual],
    *,
    unchanged: Result | None = None,
    lag: int = LAG,
) -> Scorecard:
    """Score a result.

    Parameters
    ----------
    result : Result
        With its monthly paths.
    actuals : sequence of Actual
        What came; what was public on the knowledge day is history for the naive benchmarks.
    unchanged : Result, optional
        The same scenario at the rates of the knowledge day: the benchmark of no change.
    lag : int
        Days after a month's end on which a figure without a day of publication counts as public.

    Returns
    -------
    Scorecard
        For every branch, and for all of them weighed by their probabilities.

    Raises
    ------
    InputError
        The result kept no paths, or nothing is left to score.
    """
    if not result.paths:
        raise InputError(
            "the result must have kept the draws of its months, found none; run again with "
            "--keep paths, or score the scenario itself"
        )
    known_on = dt.date.fromisoformat(result.provenance.known_on)
    history = [actual for actual in actuals if _public(actual, lag) <= known_on]
    later = [actual for actual in actuals if _public(actual, lag) > known_on]
    inside = [actual for actual in later if actual.period in result.period.labels]
    if not inside:
        raise InputError(
            f"there must be a month to score, from {result.period.labels[0]} to "
            f"{result.period.labels[-1]} and public after {known_on}; got none"
        )
    task = _Task(result=result, unchanged=unchanged, history=history, known_on=known_on)
    points = tuple(point for actual in inside for point in _points(task, actual))
    units = {variable.key: variable.unit for variable in result.paths}
    return Scorecard(
        provenance=result.provenance,
        lag=lag,
        scores=tuple(_scores(points, units)),
        points=points,
        notes=tuple(_notes(task, later, inside)),
        history=_last_periods(history),
    )


@attrs.frozen(kw_only=True, eq=False)
class _Task:
    """What every month is scored with."""

    result: Result
    unchanged: Result | None
    history: Sequence[Actual]
    known_on: dt.date

    def known(self, series: str, period: str) -> float | None:
        """Give the value of a month that was public on the knowledge day."""
        for actual in self.history:
            if (actual.series, actual.period) == (series, period):
                return actual.value
        return None


def _public(actual: Actual, lag: int) -> dt.date:
    if actual.published is not None:
        return actual.published
    return parse_month(actual.period).next.first + dt.timedelta(days=lag - 1)


def _points(task: _Task, actual: Actual) -> Iterator[Point]:
    result = task.result
    variable = result[actual.series]
    month = result.period.index(actual.period)
    naive = _naive(task, actual, month)
    for number, branch in enumerate(result.branch.labels):
        draws = variable.branch(number)[:, month]
        yield _point(task, actual, branch, draws, None, naive)
    if len(result.branch) > 1:
        draws, weights = _mixture(result, variable, month)
        yield _point(task, actual, MIXTURE, draws, weights, naive)


def _mixture(result: Result, variable: Variable, month: int) -> tuple[Floats, Floats]:
    """Put the draws of all paths together, each by the probability of its branches."""
    chance = np.bincount(variable.path, weights=result.probability, minlength=len(variable.values))
    count = variable.values.shape[1]
    draws: Floats = variable.values[:, :, month].ravel()
    return draws, np.repeat(chance / count, count)


def _point(
    task: _Task,
    actual: Actual,
    forecast: str,
    draws: Floats,
    weights: Floats | None,
    naive: Mapping[str, float],
) -> Point:
    low, middle, high = (float(own) for own in quantiles(draws, LEVELS, weights))
    losses = pinball((low, middle, high), LEVELS, actual.value)
    return Point(
        series=actual.series,
        forecast=forecast,
        period=actual.period,
        ahead=_ahead(task.known_on, parse_month(actual.period)),
        actual=actual.value,
        low=low,
        middle=middle,
        high=high,
        pinball=(float(losses[0]), float(losses[1]), float(losses[2])),
        crps=float(crps(draws, actual.value, weights)),
        pit=float(pit(draws, actual.value, weights)),
        covered=bool(covered(low, high, actual.value)),
        naive=naive,
    )


def _ahead(day: dt.date, month: Month) -> int:
    return (month.year - day.year) * 12 + month.number - day.month


def _naive(task: _Task, actual: Actual, month: int) -> dict[str, float]:
    """Score the benchmarks that have a number for this month."""
    found = {}
    own = [each for each in task.history if each.series == actual.series]
    if own:
        last = max(own, key=lambda each: each.period)
        found[LAST] = abs(last.value - actual.value)
    seasonal = _year_before(task, actual)
    if seasonal is not None:
        found[SEASONAL] = abs(seasonal - actual.value)
    if task.unchanged is not None:
        draws = task.unchanged[actual.series].branch(0)[:, month]
        found[UNCHANGED] = float(crps(draws, actual.value))
    return found


def _year_before(task: _Task, actual: Actual) -> float | None:
    """Give the same month of the last year whose figure was public."""
    month = parse_month(actual.period)
    for years in (1, 2, 3):
        earlier = Month(year=month.year - years, number=month.number)
        value = task.known(actual.series, str(earlier))
        if value is not None:
            return value
    return None


def _scores(points: Sequence[Point], units: Mapping[str, str]) -> Iterator[Score]:
    """Take means by series and forecast, over all months and by how far ahead."""
    groups: dict[tuple[str, str], list[Point]] = {}
    for point in points:
        groups.setdefault((point.series, point.forecast), []).append(point)
    for (series, _), own in groups.items():
        yield _score(own, units[series], EVERY)
        for name in (*(name for _, name in HORIZONS), BEYOND):
            within = [point for point in own if _horizon(point.ahead) == name]
            if within:
                yield _score(within, units[series], name)


def _horizon(ahead: int) -> str:
    return next((name for longest, name in HORIZONS if ahead <= longest), BEYOND)


def _score(points: Sequence[Point], unit: str, horizon: str) -> Score:
    having = {name for point in points for name in point.naive}
    names = [name for name in (LAST, SEASONAL, UNCHANGED) if name in having]
    return Score(
        series=points[0].series,
        unit=unit,
        forecast=points[0].forecast,
        horizon=horizon,
        months=len(points),
        crps=_mean(point.crps for point in points),
        pinball=_mean(loss for point in points for loss in point.pinball),
        bias=_mean(point.middle - point.actual for point in points),
        coverage=_mean(float(point.covered) for point in points),
        pit=_mean(point.pit for point in points),
        naive={name: _benchmark(points, name) for name in names},
    )


def _benchmark(points: Sequence[Point], name: str) -> Benchmark:
    having = [point for point in points if name in point.naive]
    theirs, ours = (
        _mean(point.naive[name] for point in having),
        _mean(point.crps for point in having),
    )
    return Benchmark(
        months=len(having), crps=theirs, skill=1.0 - ours / theirs if theirs > 0 else None
    )


def _mean(values: Iterator[float]) -> float:
    return float(np.mean(list(values)))


def _last_periods(history: Sequence[Actual]) -> dict[str, str]:
    found: dict[str, str] = {}
    for actual in history:
        found[actual.series] = max(found.get(actual.series, ""), actual.period)
    return dict(sorted(found.items()))


def _notes(task: _Task, later: Sequence[Actual], inside: Sequence[Actual]) -> Iterator[str]:
    labels = task.result.period.labels
    if len(later) > len(inside):
        yield (
            f"{len(later) - len(inside)} months outside {labels[0]} to {labels[-1]} were not scored"
        )
    early = [actual for actual in task.history if actual.period in labels]
    if early:
        yield (
            f"{len(early)} months of the horizon were public on {task.known_on}: history, no "
            "forecast"
        )
    for series in dict.fromkeys(actual.series for actual in inside):
        if series not in {actual.series for actual in task.history}:
            yield f"{series}: no month was public on {task.known_on}, so it has no naive forecast"
    if task.unchanged is None:
        yield f"{UNCHANGED}: not run; name the scenario to have it"
