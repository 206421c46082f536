"""One importer's markets from compiled rates: regimes, monthly weights, benchmark rates.

Knows days and trade weights; knows no parameter's value and solves nothing.
"""

from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.axes import Axis
from tariffsim.errors import InputError
from tariffsim.experiment import Ahead, MarketCase
from tariffsim.resolve.ahead import Horizon
from tariffsim.resolve.courses import Courses
from tariffsim.resolve.foresight import Foresight
from tariffsim.resolve.inputs import Inputs, effective
from tariffsim.resolve.paths import Calendar, Rows
from tariffsim.resolve.regimes import days_by_row
from tariffsim.resolve.sampled import TariffPaths
from tariffsim.resolve.seasons import growth_years, season
from tariffsim.resolve.transit import mixed
from tariffsim.scenario import Market, Month
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.terms import REST


def market_case(
    market: Market,
    inputs: Inputs,
    rows: Rows,
    tariffs: TariffPaths,
    listed: Sequence[Month],
    courses: Courses | None,
) -> MarketCase:
    """Resolve one importer's markets.

    Parameters
    ----------
    market : Market
        The flow in question.
    inputs : Inputs
        For trade, share priors, parameters and the benchmark day.
    rows : Rows
        Stacked rates over the scenario's importers, and the trade table's exporters and products.
    tariffs : TariffPaths
        Which row holds when, path by path.
    listed : sequence of Month
        All months from the benchmark on.
    courses : Courses or None
        What could be known along the paths; None where nobody looks ahead.

    Returns
    -------
    MarketCase
        With every distinct column of added rates once.
    """
    trade = inputs.trade
    assert trade is not None
    scenario = inputs.scenario
    row = trade.axes.importer.index(market.importer)
    into = _sources(trade.axes.exporter, market)
    value = _grouped(trade.customs_value[row], into)
    duty = _grouped(trade.duty[row], into)
    kept = value[0] > 0
    products = [code for code, keep in zip(trade.axes.product.labels, kept, strict=True) if keep]
    view = _View(
        own=[other.importer for other in scenario.markets].index(market.importer),
        weight=_weights_within(trade.customs_value[row], into),
        into=into,
        kept=kept,
        day=scenario.benchmark_day.toordinal(),
    )
    value, duty = value[:, kept], duty[:, kept]
    rate = np.divide(duty, value, out=np.zeros_like(duty), where=value > 0)
    regimes = _mixtures(view, rows, tariffs, listed, _by_mode(market, inputs))
    storable = _storable(market, inputs, products) if courses is not None else None
    return MarketCase(
        importer=market.importer,
        exporter=market.exporter,
        source=Axis("exporter", [market.exporter, REST]),
        product=Axis("product", products),
        customs_value=value,
        benchmark_rate=rate,
        added_low=regimes.low,
        added_high=regimes.high,
        weights=regimes.weights,
        year_share=np.array([month.year_share for month in listed]),
        season=season(market, inputs, listed),
        growth_years=growth_years(scenario.benchmark_day, listed),
        statutory=_statutory(regimes, value[0], rate[0]),
        supply=market.supply,
        collected=market.collected if scenario.time.collected else None,
        growth=market.growth if scenario.time.seasonality else None,
        revenue_offsets=market.revenue_offsets,
        share_prior=_share_prior(market, inputs, products),
        storable=storable,
        ahead=None
        if storable is None or courses is None
        else _seen(market, inputs, tariffs, listed, courses, (kept, rate[0], regimes)),
        tracks=tariffs.tracks,
    )


def _by_mode(market: Market, inputs: Inputs) -> tuple[float, ...]:
    """Give the shares of trade by mode of transport, by sea and by air; none without transit."""
    if market.by_sea is None or not inputs.scenario.time.transit:
        return ()
    sea = effective(inputs, market.by_sea).value
    return (sea, 1.0 - sea)


def _storable(market: Market, inputs: Inputs, products: Sequence[str]) -> Floats | None:
    if market.storable is None:
        return None
    shares = inputs.storable[market.storable]
    stems = [
        next((code[:n] for n in range(len(code), 0, -2) if code[:n] in shares), None)
        for code in products
    ]
    missing = [code for code, stem in zip(products, stems, strict=True) if stem is None]
    if missing:
        raise InputError(
            f"{market.storable} must have a share for every product or its chapter, missing "
            f"{', '.join(missing[:10])}"
        )
    return np.array([shares[str(stem)] for stem in stems])


def _seen(
    market: Market,
    inputs: Inputs,
    tariffs: TariffPaths,
    listed: Sequence[Month],
    courses: Courses,
    known: tuple[Bools, Floats, "_Regimes"],
) -> Ahead:
    """Follow what buyers see coming along every path."""
    kept, rate, regimes = known
    scenario = inputs.scenario
    horizon = Horizon(
        # Nothing is in stock when the horizon begins.
        first=max(scenario.known_on, scenario.horizon.start.first).toordinal() - 1,
        last=scenario.horizon.end.next.first.toordinal() - 1,
        lead=round(effective(inputs, "pull_forward_lead_days").value),
        window=round(effective(inputs, "pull_forward_window_days").value),
    )
    buyers = Foresight(
        courses=courses,
        market=market,
        kept=kept,
        benchmark=rate,
        day=scenario.benchmark_day.toordinal(),
        listed=listed,
        horizon=horizon,
    )
    return buyers.ahead(tariffs.courses, regimes.of_segment, len(regimes.low))


@attrs.frozen(kw_only=True, eq=False)
class _View:
    """How one importer sees a compiled table: its row, its sources, the day it compares with."""

    own: int
    weight: Floats
    into: Ints
    kept: Bools
    day: int


@attrs.frozen(kw_only=True, eq=False)
class _Regimes:
    """Distinct columns of added rates, and where they hold.

    Parameters
    ----------
    low, high : (regime, source, product), fraction
        Added rates.
    law, weights : (path, month, regime), fraction
        Shares of days as the law stands, and with goods in transit under what they meet.
    of_segment : tuple of (segment,), int
        One a path: the regime of each segment of its calendar, -1 outside the months.
    """

    low: Floats
    high: Floats
    law: Floats
    weights: Floats
    of_segment: tuple[Ints, ...]


def _mixtures(
    view: _View,
    rows: Rows,
    tariffs: TariffPaths,
    listed: Sequence[Month],
    by_mode: Sequence[float],
) -> _Regimes:
    """Number regimes, those that goods in transit meet among them, and drop what nobody meets."""
    arrivals = list({id(own): own for own in tariffs.arrivals if by_mode and own}.values())
    calendars = list(tariffs.calendars)
    for arrival in arrivals:
        calendars += [rows.add(table) for table in (arrival.law, *arrival.by_mode)]
    low, high, weights, of_segment = _regimes(view, rows, calendars, listed)
    paths = len(tariffs.calendars)
    law = weights[:paths]
    met = np.array(law) if arrivals else law
    for path, own in enumerate(tariffs.arrivals):
        if by_mode and own is not None:
            number = [arrival is own for arrival in arrivals].index(True)
            start = paths + number * (1 + len(by_mode))
            base, *modes = weights[start : start + 1 + len(by_mode)]
            met[path] = mixed(law[path], base, modes, by_mode)
    used = (law.any(axis=(0, 1))) | met.any(axis=(0, 1))
    renumbered = np.where(used, np.cumsum(used) - 1, -1)
    law = law[:, :, used]
    return _Regimes(
        low=low[used],
        high=high[used],
        law=law,
        weights=met[:, :, used] if arrivals else law,
        of_segment=tuple(np.where(own >= 0, renumbered[own], -1) for own in of_segment[:paths]),
    )


def _statutory(regimes: _Regimes, value: Floats, rate: Floats) -> Floats:
    """Weigh the law's rates with benchmark trade; (end, path, month)."""
    share = value / value.sum()
    ends = [((rate + end[:, 0]) * share).sum(axis=1) for end in (regimes.low, regimes.high)]
    return np.stack([(regimes.law * end).sum(axis=2) for end in ends])


def _regimes(
    view: _View, rows: Rows, calendars: Sequence[Calendar], listed: Sequence[Month]
) -> tuple[Floats, Floats, Floats, list[Ints]]:
    """Number the distinct columns of added rates, as they turn up.

    Gives low, high, weights (path, month, regime), and the regime of each calendar's segments.
    """
    bases = [int(calendar.at(view.day)) for calendar in calendars]
    days = days_by_row(calendars, bases, listed)
    ends = [_added(rows, row, base, view) for row, base in days]
    ordered: dict[tuple[bytes, bytes], int] = {}
    numbers = {
        key: ordered.setdefault((low.tobytes(), high.tobytes()), len(ordered))
        for key, (low, high) in zip(days, ends, strict=True)
    }
    firsts = [list(numbers.values()).index(number) for number in range(len(ordered))]
    # Days add up exactly, so a month of one regime has a weight of exactly one.
    held = np.zeros((len(calendars), len(listed), len(ordered)), dtype=np.int64)
    for key, counted in days.items():
        held[:, :, numbers[key]] += counted
    of_segment = [
        np.array([numbers.get((row, base), -1) for row in calendar.rows.tolist()], dtype=np.int64)
        for calendar, base in zip(calendars, bases, strict=True)
    ]
    return (
        np.stack([ends[first][0] for first in firsts]),
        np.stack([ends[first][1] for first in firsts]),
        held / np.array([month.days for month in listed])[:, None],
        of_segment,
    )


def _sources(exporters: Axis, market: Market) -> Ints:
    """Sort exporters into the partner (0), the rest (1) and the importer itself (-1)."""
    numbers = [1] * len(exporters)
    numbers[exporters.index(market.exporter)] = 0
    if market.importer in exporters.labels:
        numbers[exporters.index(market.importer)] = -1
    return np.array(numbers, dtype=np.int64)


def _grouped(values: Floats, into: Ints) -> Floats:
    return np.stack([values[into == 0].sum(axis=0), values[into == 1].sum(axis=0)])


def _weights_within(values: Floats, into: Ints) -> Floats:
    """Trade weights of each exporter within its source; (exporter, product), sum to one."""
    totals = _grouped(values, into)[np.maximum(into, 0)]
    counted = (totals > 0) & (into[:, None] >= 0)
    return np.divide(values, totals, out=np.zeros_like(values), where=counted)


def _added(rows: Rows, row: int, base: int, view: _View) -> tuple[Floats, Floats]:
    """Weigh a row's rates above those of the benchmark day by trade; two of (source, product)."""
    found = []
    for end in (rows.low, rows.high):
        above = (end[row][view.own] - end[base][view.own]) / float(EXACT_PER_UNIT) * view.weight
        sources = [above[view.into == source].sum(axis=0) for source in (0, 1)]
        found.append(np.stack(sources)[:, view.kept])
    return found[0], found[1]


def _share_prior(market: Market, inputs: Inputs, products: Sequence[str]) -> Floats | None:
    if market.share_prior is None:
        return None
    prior = inputs.share_priors[market.share_prior]
    missing = [code for code in products if code not in prior]
    if missing:
        raise InputError(
            f"{market.share_prior} must have a share for every product, missing "
            f"{', '.join(missing[:10])}"
        )
    return np.array([prior[code] for code in products])
