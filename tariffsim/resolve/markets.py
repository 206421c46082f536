"""One importer's markets from compiled rates: regimes, monthly weights, benchmark rates.

Knows days and trade weights; knows no parameter's value and solves nothing.
"""

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.axes import Axis
from tariffsim.errors import InputError
from tariffsim.experiment import MarketCase
from tariffsim.reduce import Compiled
from tariffsim.resolve.inputs import Inputs
from tariffsim.scenario import Market, Month
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.terms import REST


def market_case(
    market: Market, inputs: Inputs, tables: Sequence[Compiled], listed: Sequence[Month]
) -> MarketCase:
    """Resolve one importer's markets.

    Parameters
    ----------
    market : Market
        The flow in question.
    inputs : Inputs
        For trade, share priors and the benchmark day.
    tables : sequence of Compiled
        One a tariff path.
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
        own=tables[0].axes.importer.index(market.importer),
        weight=_weights_within(trade.customs_value[row], into),
        into=into,
        kept=kept,
        day=inputs.scenario.benchmark_day,
    )
    low, high, weights = _regimes(view, tables, listed)
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
    )


@attrs.frozen(kw_only=True, eq=False)
class _View:
    """How one importer sees a compiled table: its row, its sources, the day it compares with."""

    own: int
    weight: Floats
    into: Ints
    kept: np.ndarray[tuple[int], np.dtype[np.bool_]]
    day: dt.date


def _regimes(
    view: _View, tables: Sequence[Compiled], listed: Sequence[Month]
) -> tuple[Floats, Floats, Floats]:
    """Number the distinct columns of added rates; low, high, and weights (path, month, regime)."""
    numbers: dict[tuple[bytes, bytes], int] = {}
    lows: list[Floats] = []
    highs: list[Floats] = []
    shares: list[tuple[int, int, int, float]] = []
    for path, table in enumerate(tables):
        low, high = (_added(end, table, view) for end in (table.low, table.high))
        for month, listed_month in enumerate(listed):
            for segment, share in _shares(table, listed_month):
                key = (low[segment].tobytes(), high[segment].tobytes())
                if key not in numbers:
                    numbers[key] = len(lows)
                    lows.append(low[segment])
                    highs.append(high[segment])
                shares.append((path, month, numbers[key], share))
    weights = np.zeros((len(tables), len(listed), len(lows)))
    for path, month, regime, share in shares:
        weights[path, month, regime] += share
    return np.stack(lows), np.stack(highs), weights


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


def _added(end: Ints, table: Compiled, view: _View) -> Floats:
    """Weigh rates above those of the benchmark day by trade; (segment, source, product)."""
    own = end[:, view.own]
    base = own[table.segments([view.day])[0]]
    weighted = (own - base) / float(EXACT_PER_UNIT) * view.weight
    sources = [weighted[:, view.into == source].sum(axis=1) for source in (0, 1)]
    return np.stack(sources, axis=1)[:, :, view.kept]


def _shares(table: Compiled, month: Month) -> list[tuple[int, float]]:
    """List the segments of a month with their share of its days."""
    first, last = month.first.toordinal(), month.next.first.toordinal()
    start = int(np.searchsorted(table.starts, first, side="right")) - 1
    found = []
    for segment in range(start, len(table.starts)):
        end = table.starts[segment + 1] if segment + 1 < len(table.starts) else last
        days = min(int(end), last) - max(int(table.starts[segment]), first)
        if days <= 0:
            break
        found.append((segment, days / (last - first)))
    return found


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
