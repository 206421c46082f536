"""The baseline path of a market: seasons of the months known by then; solves nothing."""

import datetime as dt
from collections.abc import Mapping, Sequence

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError
from tariffsim.resolve.inputs import Inputs
from tariffsim.scenario import Market, Month
from tariffsim.terms import REST
from tariffsim.trade import MonthlyFigure

DAYS_A_YEAR = 365.25


def seasonal_factors(values: Floats, days: Floats) -> Floats:
    r"""Return what a day of each month is of the mean day of its year, (month of the year,).

    Parameters
    ----------
    values : (year, 12), money
        Trade by month, whole years.
    days : (year, 12), days
        Length of each month.

    Returns
    -------
    (12,)
        Weighted with the days of the last year they give one, so that a year's total stays.

    Notes
    -----
    With V the values and D the days, averaged over years y and rescaled,

    .. math::

        f_m \propto \frac{1}{Y} \sum_y \frac{V_{ym} / \sum_m V_{ym}}{D_{ym} / \sum_m D_{ym}},
        \qquad \sum_m f_m D_{Ym} = \sum_m D_{Ym}

    From one year, chance and trend within the year are taken for season.

    Examples
    --------
    >>> import numpy as np
    >>> seasonal_factors(np.array([[30.0, 60.0]]), np.array([[30.0, 30.0]])).round(3)
    array([0.667, 1.333])
    """
    if values.shape != days.shape or not len(values):
        raise InputError(f"values and days must have equal shapes, got {values.shape, days.shape}")
    if not (values.min() > 0 and days.min() > 0):
        raise InputError("values and days must be above zero; leave an incomplete year out")
    each = values / values.sum(axis=1, keepdims=True) / (days / days.sum(axis=1, keepdims=True))
    mean = each.mean(axis=0)
    found: Floats = mean * days[-1].sum() / (mean * days[-1]).sum()
    return found


def season(market: Market, inputs: Inputs, listed: Sequence[Month]) -> Floats:
    """Give what a day of each month is of the mean day of its year, (source, month).

    Parameters
    ----------
    market : Market
        The flow in question; the rest is the second source.
    inputs : Inputs
        For the monthly table, the switch, and the knowledge day.
    listed : sequence of Month
        All months from the benchmark on.

    Returns
    -------
    (source, month)
        One where the table has no whole year of the flow.
    """
    found = np.ones((2, len(listed)))
    if inputs.monthly is None or not inputs.scenario.time.seasonality:
        return found
    position = [month.number - 1 for month in listed]
    for source, exporter in enumerate((market.exporter, REST)):
        years = _whole_years(inputs.monthly.flows.get((market.importer, exporter), {}), inputs)
        if years:
            values, days = (np.array(part) for part in zip(*years, strict=True))
            found[source] = seasonal_factors(values, days)[position]
    return found


def season_flags(inputs: Inputs) -> list[str]:
    """Say on how many years the seasons of each market rest."""
    if inputs.monthly is None or not inputs.scenario.time.seasonality:
        return []
    found = []
    for market in inputs.scenario.markets:
        flow = inputs.monthly.flows.get((market.importer, market.exporter), {})
        years = len(_whole_years(flow, inputs))
        which = "one year: chance is taken for season" if years == 1 else f"{years} years"
        found.append(
            f"{inputs.monthly.name}: seasons of {market.importer} imports from {market.exporter} "
            f"rest on {which}"
        )
    return found


def _whole_years(
    figures: Mapping[str, MonthlyFigure], inputs: Inputs
) -> list[tuple[list[float], list[float]]]:
    """List the years up to the benchmark's of which every month was public on the knowledge day."""
    scenario = inputs.scenario
    known = {name: f for name, f in figures.items() if f.published <= scenario.known_on}
    found = []
    for year in sorted({int(name[:4]) for name in known}):
        listed = [Month(year=year, number=number) for number in range(1, 13)]
        if year <= scenario.benchmark_day.year and all(str(month) in known for month in listed):
            values = [known[str(month)].customs_value for month in listed]
            found.append((values, [float(month.days) for month in listed]))
    return found


def growth_years(benchmark_day: dt.date, listed: Sequence[Month]) -> Floats:
    """Count the years from the middle of the benchmark year to the middle of each month."""
    middle = dt.date(benchmark_day.year, 7, 1).toordinal()
    days = [month.first.toordinal() + 0.5 * month.days - middle for month in listed]
    return np.array(days) / DAYS_A_YEAR
