"""Flows and a measure undone to the refund: exact ends, and a band over what lists may cover.

Sums whole numbers first and draws last, so that nothing depends on the order or the pieces in
which entries were read. Knows no file.
"""

import hashlib
from collections.abc import Callable, Iterable
from typing import TypeAlias, TypeVar

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.terms import Economy, Product, Slug
from tariffsim.undo.law import Undoing, undo
from tariffsim.undo.refund import (
    AMOUNT_UNIT,
    RATE_UNIT,
    REFUND_UNIT,
    Amounts,
    Exact,
    Flows,
    Refund,
    month_label,
)
from tariffsim.undo.segments import (
    SegmentLaw,
    Tied,
    costs,
    coverage_under,
    drawn_costs,
    is_open,
    kinds_of,
)

QUANTILES = (0.1, 0.5, 0.9)
# Numbers held at once while drawing; a bound on memory, without effect on results.
BLOCK = 2_000_000

Label: TypeAlias = tuple[str, ...]
Numbers = TypeVar("Numbers", Exact, Ints)


def settle(
    undone: Undoing,
    flows: Flows,
    *,
    exporter: Economy | str | None = None,
    product: Product | str | None = None,
    draws: int = 512,
    seed: int = 1,
) -> Refund:
    """Work out the duty levied under a measure on flows, and what of it is refundable.

    Parameters
    ----------
    undone : Undoing
        The measure taken out.
    flows : Flows
        Imports by segment, month, exporter and product.
    exporter : Economy, optional
        Whose rates to show; as in `undo`.
    product : Product, optional
        The product whose rates to show; as in `undo`.
    draws : int
        Draws of what lists cover.
    seed : int
        Their seed.

    Returns
    -------
    Refund
        By month, by product, by line, and in all.

    Notes
    -----
    The refund of an entry is value x (rate with the measure - rate without it), but no more than
    the duty paid. Where lists cover an unknown part of a product, each list lies at one place
    between its least and its most on every product at once: places are drawn evenly, one stratum a
    draw, from a sequence named after the list. So draws do not average out over products, and the
    band is as wide as one unknown reading of each list makes it.
    """
    codes = sorted({code for _, code in flows.pairs})
    number = {code: place for place, code in enumerate(codes)}
    product_of = np.array([number[code] for _, code in flows.pairs], dtype=np.int64)
    refundable_of = np.array(undone.refundable, dtype=np.bool_)
    month_and_product = flows.month * len(codes) + product_of[flows.pair]
    lines = month_and_product * 2 + refundable_of[flows.segment]
    cells = _cells(undone, flows, lines, _Sampler(draws=draws, seed=seed))
    months, products = np.divmod(cells.line // 2, max(len(codes), 1))
    refundable = cells.line % 2 == 1
    once = np.zeros_like(months)

    name_of = {number: month_label(number) for number in sorted(set(months.tolist()))}

    def line(keys: Ints) -> Iterable[Label]:
        months, products = np.divmod(keys // 2, len(codes))
        flags = ["true" if key % 2 else "false" for key in keys.tolist()]
        return zip(named(months), (codes[n] for n in products.tolist()), flags, strict=True)

    def named(months: Ints) -> Iterable[str]:
        return (name_of[number] for number in months.tolist())

    return Refund(
        undone=undo(undone, exporter=exporter, product=product),
        name=flows.name,
        basis=flows.basis,
        currency=flows.currency,
        tables={
            "levied": _amounts(cells, once, lambda keys: [("levied",)] * len(keys)),
            "refundable": _amounts(
                cells.only(refundable), once[refundable], lambda keys: [("refundable",)] * len(keys)
            ),
            "month": _amounts(cells, months, lambda keys: zip(named(keys), strict=True)),
            "product": _amounts(cells, products, lambda keys: [(codes[n],) for n in keys.tolist()]),
            "line": _amounts(cells, cells.line, line),
        },
        draws=draws,
        seed=seed,
        reading=flows.reading,
    )


@attrs.frozen(kw_only=True, eq=False)
class _Rates:
    """The costs that occur, each once.

    Parameters
    ----------
    low, high : (rate,), units of 1e-12
        At both ends of what lists cover.
    vector : (rate,), int
        Row of `drawn`, or -1 where nothing is open.
    drawn : (vector, draw), fraction
        Over the draws of what lists cover.
    """

    low: Ints
    high: Ints
    vector: Ints
    drawn: Floats


@attrs.frozen(kw_only=True, eq=False)
class _Cells:
    """Flows of one line at one rate, where the measure made a difference.

    Parameters
    ----------
    line, rate : (cell,), int
        Which line, and which of the rates.
    sums : (4, cell), int
        Rows, value, and what the duty by law exceeds the duty paid at both ends.
    rates : _Rates
        The costs that occur.
    """

    line: Ints
    rate: Ints
    sums: Ints
    rates: _Rates

    def only(self, kept: Bools) -> "_Cells":
        """Keep some of the cells."""
        return attrs.evolve(
            self, line=self.line[kept], rate=self.rate[kept], sums=self.sums[:, kept]
        )


def _cells(undone: Undoing, flows: Flows, lines: Ints, sampler: "_Sampler") -> _Cells:
    pairs_of: dict[Economy, list[int]] = {}
    for pair, (exporter, _) in enumerate(flows.pairs):
        pairs_of.setdefault(exporter, []).append(pair)
    kind = np.zeros(len(flows.pairs), dtype=np.int64)
    for exporter, pairs in sorted(pairs_of.items()):
        codes = [flows.pairs[pair][1] for pair in pairs]
        kind[pairs] = kinds_of(undone.tied, exporter, codes)
    law = undone.tied.law[flows.segment]
    met, rate = np.unique(law * (kind.max(initial=0) + 1) + kind[flows.pair], return_inverse=True)
    laws, kinds = np.divmod(met, kind.max(initial=0) + 1)
    rates = _rates(undone.tied, laws, kinds, sampler)
    line, rate, sums = _summed(
        lines, rate, np.stack([flows.rows, flows.value, flows.over_low, flows.over_high])
    )
    cells = _Cells(line=line, rate=rate, sums=sums, rates=rates)
    return cells.only(((rates.low != 0) | (rates.high != 0) | (rates.vector >= 0))[rate])


def _summed(keys: Ints, rate: Ints, sums: Ints) -> tuple[Ints, Ints, Ints]:
    """Sum whole numbers of one key at one rate: keys, rates and sums, in order."""
    width = int(rate.max(initial=0)) + 1
    both = keys * width + rate
    order = np.argsort(both, kind="stable")
    first = _firsts(both[order])
    key, rate = np.divmod(both[order[first]], width)
    if not len(first):
        return key, rate, sums
    return key, rate, np.add.reduceat(sums[:, order], first, axis=1)


def _firsts(ordered: Ints) -> Ints:
    """Find where each new number begins."""
    return np.flatnonzero(np.diff(ordered, prepend=-1))


def _rates(tied: Tied, laws: Ints, kinds: Ints, sampler: "_Sampler") -> _Rates:
    """Work out what kinds of goods bear under the laws that they met."""
    ends = costs(tied, np.arange(len(tied.coverage)))[:, laws, kinds]
    vector = np.full(len(laws), -1, dtype=np.int64)
    drawn = [np.zeros((0, sampler.draws))]
    for number in sorted(set(laws.tolist())):
        law = tied.laws[number]
        met = np.flatnonzero(laws == number)
        coverage = coverage_under(tied, law, kinds[met])
        unknown = np.flatnonzero(is_open(coverage) & coverage[law.own].any(axis=0))
        vector[met[unknown]] = sum(map(len, drawn)) + np.arange(len(unknown))
        drawn += sampler.costs(law, coverage[:, :, unknown])
    return _Rates(low=ends[0], high=ends[1], vector=vector, drawn=np.concatenate(drawn))


@attrs.frozen(kw_only=True)
class _Sampler:
    """Draws of what lists cover."""

    draws: int
    seed: int

    def costs(self, law: SegmentLaw, coverage: Ints) -> list[Floats]:
        """Blocks of (kind, draw), fraction."""
        if not coverage.shape[2]:
            return []
        places = np.stack([self._places(name) for name in law.names])
        step = max(1, BLOCK // places.size)
        return [
            drawn_costs(law, coverage[:, :, start : start + step], places)
            for start in range(0, coverage.shape[2], step)
        ]

    def _places(self, name: Slug) -> Floats:
        """Place one list between its least and its most: one draw a stratum, in its own order.

        A Sobol sequence would do as well, but importing it costs more than reading a million rows.
        """
        digest = hashlib.sha256(name.encode()).digest()
        generator = np.random.default_rng([self.seed, *digest[:8]])
        return (generator.permutation(self.draws) + 0.5) / self.draws


def _amounts(cells: _Cells, keys: Ints, labels: Callable[[Ints], Iterable[Label]]) -> Amounts:
    """Sum cells that have one key; the keys in order are the rows."""
    rates = cells.rates
    key, rate, sums = _summed(keys, cells.rate, cells.sums)
    first = _firsts(key)
    low, high = rates.low[rate], rates.high[rate]
    least = _refunds(sums[1], low, sums[2])
    most = least.copy()
    wide = np.flatnonzero((low != high) | (sums[2] != sums[3]))
    most[wide] = _refunds(sums[1, wide], high[wide], sums[3, wide])
    is_open = rates.vector[rate] >= 0
    base = least.copy()
    base[is_open] = 0
    group = np.repeat(np.arange(len(first)), np.diff(first, append=len(key)))
    band = np.array([number / REFUND_UNIT for number in _by_group(base, first)]) + _bands(
        rates, rate[is_open], group[is_open], sums[:, is_open], len(first)
    )
    return Amounts(
        labels=tuple(labels(key[first])),
        rows=_by_group(sums[0], first).astype(object),
        value=_by_group(sums[1], first).astype(object),
        least=_by_group(least, first),
        most=_by_group(most, first),
        low=band[0],
        median=band[1],
        high=band[2],
    )


def _refunds(value: Ints, rate: Ints, over: Ints) -> Exact:
    """(cell,), units of 1e-16, which no machine integer can hold."""
    refund: Exact = value.astype(object) * rate.astype(object)
    paid_less = np.flatnonzero(over)
    refund[paid_less] -= over[paid_less].astype(object) * RATE_UNIT
    return refund


def _by_group(numbers: Numbers, first: Ints) -> Numbers:
    """Sum the numbers from each first one up to the next."""
    # Nothing, too, has as many groups as numbers.
    return numbers if len(first) == len(numbers) else np.add.reduceat(numbers, first)


def _bands(rates: _Rates, rate: Ints, group: Ints, sums: Ints, count: int) -> Floats:
    """(quantile, group), currency units: the band of what is drawn, groups in order."""
    bands = np.zeros((len(QUANTILES), count))
    groups, first = np.unique(group, return_index=True)
    edges = [*first.tolist(), len(group)]
    step = max(1, BLOCK // rates.drawn.shape[1])
    for start in range(0, len(groups), step):
        some = groups[start : start + step]
        end = edges[min(start + step, len(groups))]
        totals = np.zeros((len(some), rates.drawn.shape[1]))
        for block in range(edges[start], end, step):
            part = slice(block, min(block + step, end))
            drawn = _drawn_refunds(rates, rate[part], sums[:, part])
            np.add.at(totals, np.searchsorted(some, group[part]), drawn)
        bands[:, some] = np.quantile(totals, QUANTILES, axis=1)
    return bands


def _drawn_refunds(rates: _Rates, rate: Ints, sums: Ints) -> Floats:
    """(part, draw), currency units: refunds over the draws, no more than was paid."""
    drawn = rates.drawn[rates.vector[rate]]
    refund: Floats = sums[1, :, None] / AMOUNT_UNIT * drawn
    if not sums[2:].any():
        return refund
    # Row by row only both ends were held against the duty paid. Between them the excess is taken
    # as a straight line, which lies above it, so that the refund is rather too low than too high.
    low, high = rates.low[rate, None] / RATE_UNIT, rates.high[rate, None] / RATE_UNIT
    place = np.clip((drawn - low) / np.where(high == low, 1.0, high - low), 0.0, 1.0)
    over_low, over_high = sums[2, :, None] / AMOUNT_UNIT, sums[3, :, None] / AMOUNT_UNIT
    return refund - (over_low + place * (over_high - over_low))
