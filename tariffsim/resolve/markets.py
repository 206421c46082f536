"""One importer's markets from compiled rates: regimes, monthly weights, benchmark rates.

Knows days and trade weights; knows no parameter's value and solves nothing.
"""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.axes import Axis
from tariffsim.errors import InputError
from tariffsim.experiment import MarketCase
from tariffsim.resolve.inputs import Inputs
from tariffsim.resolve.paths import Calendar, Rows
from tariffsim.resolve.sampled import TariffPaths
from tariffsim.scenario import Market, Month
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.terms import REST


def market_case(
    market: Market, inputs: Inputs, rows: Rows, tariffs: TariffPaths, listed: Sequence[Month]
) -> MarketCase:
    """Resolve one importer's markets.

    Parameters
    ----------
    market : Market
        The flow in question.
    inputs : Inputs
        For trade, share priors and the benchmark day.
    rows : Rows
        Stacked rates over the scenario's importers, and the trade table's exporters and products.
    tariffs : TariffPaths
        Which row holds when, path by path.
    listed : sequence of Month
        All months from the benchmark on.

    Returns
    -------
    MarketCase
        With every distinct column of added rates once.
    """
    trade = inputs.trade
    assert trade is not None
    row = trade.axes.importer.index(market.importer)
    into = _sources(trade.axes.exporter, market)
    value = _grouped(trade.customs_value[row], into)
    duty = _grouped(trade.duty[row], into)
    kept = value[0] > 0
    products = [code for code, keep in zip(trade.axes.product.labels, kept, strict=True) if keep]
    view = _View(
        own=[other.importer for other in inputs.scenario.markets].index(market.importer),
        weight=_weights_within(trade.customs_value[row], into),
        into=into,
        kept=kept,
    )
    base = int(tariffs.calendars[0].at(inputs.scenario.benchmark_day.toordinal()))
    days = _days_by_row(tariffs.calendars, listed, len(rows.low))
    low, high, regimes = _regimes([_added(rows, row, base, view) for row in days])
    weights = _by_regime(days, regimes, len(low), listed)
    return MarketCase(
        importer=market.importer,
        exporter=market.exporter,
        source=Axis("exporter", [market.exporter, REST]),
        product=Axis("product", products),
        customs_value=value[:, kept],
        benchmark_rate=np.divide(duty, value, out=np.zeros_like(duty), where=value > 0)[:, kept],
        added_low=low,
        added_high=high,
        weights=weights,
        supply=market.supply,
        share_prior=_share_prior(market, inputs, products),
        tracks=tariffs.tracks,
    )


@attrs.frozen(kw_only=True, eq=False)
class _View:
    """How one importer sees a row of rates: its own part, its sources, their weights."""

    own: int
    weight: Floats
    into: Ints
    kept: np.ndarray[tuple[int], np.dtype[np.bool_]]


def _regimes(ends: Sequence[tuple[Floats, Floats]]) -> tuple[Floats, Floats, Ints]:
    """Number the distinct columns of added rates; low, high, and the number of each row."""
    keys = [(low.tobytes(), high.tobytes()) for low, high in ends]
    ordered = {key: number for number, key in enumerate(dict.fromkeys(keys))}
    numbers = np.array([ordered[key] for key in keys], dtype=np.int64)
    firsts = [int(np.argmax(numbers == number)) for number in range(len(ordered))]
    low, high = (np.stack([ends[first][end] for first in firsts]) for end in (0, 1))
    return low, high, numbers


def _days_by_row(
    calendars: Sequence[Calendar], listed: Sequence[Month], rows: int
) -> dict[int, Ints]:
    """Count the days of each path's months on which a row of rates holds; row to (path, month)."""
    edges = np.array([*(month.first.toordinal() for month in listed), _end(listed)])
    found: dict[int, Ints] = {}
    for path, calendar in enumerate(calendars):
        inside = (calendar.starts > edges[0]) & (calendar.starts < edges[-1])
        starts = np.union1d(edges, calendar.starts[inside])
        months = np.searchsorted(edges, starts[:-1], side="right") - 1
        held = calendar.at(starts[:-1])
        for row, month, days in zip(
            held.tolist(), months.tolist(), np.diff(starts).tolist(), strict=True
        ):
            if row not in found:
                found[row] = np.zeros((len(calendars), len(listed)), dtype=np.int64)
            found[row][path, month] += days
    return {row: found[row] for row in range(rows) if row in found}


def _by_regime(
    days: Mapping[int, Ints], regimes: Ints, count: int, listed: Sequence[Month]
) -> Floats:
    """Turn days by row into shares of months by regime; (path, month, regime)."""
    whole = np.array([(month.next.first - month.first).days for month in listed])
    held = np.zeros((*next(iter(days.values())).shape, count), dtype=np.int64)
    for regime, counted in zip(regimes.tolist(), days.values(), strict=True):
        held[:, :, regime] += counted
    shares: Floats = held / whole[:, None]
    return shares


def _end(listed: Sequence[Month]) -> int:
    return listed[-1].next.first.toordinal()


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
