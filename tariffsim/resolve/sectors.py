"""From customs codes to a model's sectors: which codes, with which trade weights.

Knows a benchmark world and a trade table by code; knows no day and no rate's reason.
"""

from collections.abc import Mapping, Sequence
from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.axes import Axis, TradeAxes
from tariffsim.trade import TradeTable
from tariffsim.world import WorldTable

Basis = Literal["pair", "importer", "simple"]
ONE = "all"
"""What the only sector of a summed world is called."""


@attrs.frozen(kw_only=True, eq=False)
class SectorWeights:
    """How the rates of codes become the rate of a sector.

    Parameters
    ----------
    axes : TradeAxes
        The table's economies, and every code that some sector holds.
    weight : (importer, exporter, code), fraction
        Of a code within the sector that holds it: sums to one over the codes of a sector.
    holds : (code, sector), one or nought
        Which sector holds which code; nothing for a sector without codes.
    basis : mapping of (str, str) to str
        By importer and exporter: the pair's own trade by code, all of the importer's, or every
        code alike.
    """

    axes: TradeAxes
    weight: Floats
    holds: Floats
    basis: Mapping[tuple[str, str], Basis]


def sector_weights(table: WorldTable, trade: TradeTable | None) -> SectorWeights:
    """Weigh customs codes by what is known of trade in them.

    Parameters
    ----------
    table : WorldTable
        Economies, sectors and the codes that they hold.
    trade : TradeTable, optional
        Imports by code, of some importers from some exporters.

    Returns
    -------
    SectorWeights
        Import values of the pair where the trade table has them, or the world's own table by code;
        else all imports of the importer; else every code alike.
    """
    codes = _codes(table, trade)
    economy = table.economy.labels
    axes = TradeAxes(
        importer=Axis("importer", economy),
        exporter=Axis("exporter", economy),
        product=Axis("product", codes),
    )
    holds = _holds(table, codes)
    spread = _own_by_code(table, codes)
    weight = np.zeros((len(economy), len(economy), len(codes)))
    basis: dict[tuple[str, str], Basis] = {}
    for n, importer in enumerate(economy):
        for i, exporter in enumerate(economy):
            if i != n:
                value, known = _value(trade, importer, exporter, codes)
                if known != "pair" and spread is not None and spread[n, i].any():
                    value, known = spread[n, i], "pair"
                weight[n, i], kinds = _shares(holds, value, known)
                basis[importer, exporter] = kinds
    return SectorWeights(axes=axes, weight=weight, holds=holds, basis=basis)


def of_sectors(weights: SectorWeights, rate: Floats) -> Floats:
    """Average rates of codes into those of sectors.

    Parameters
    ----------
    weights : SectorWeights
        With one sum of products by sector, over its codes in their order.
    rate : (importer, exporter, code)

    Returns
    -------
    (importer, exporter, sector)
    """
    found = np.zeros((*rate.shape[:2], weights.holds.shape[1]))
    for sector, held in enumerate(weights.holds.T):
        at = np.flatnonzero(held)
        found[..., sector] = np.einsum("nip,nip->ni", rate[..., at], weights.weight[..., at])
    return found


def one_sector(table: WorldTable, weights: SectorWeights) -> tuple[WorldTable, SectorWeights]:
    """Sum the sectors of a world into one, for a model that has no other.

    Parameters
    ----------
    table : WorldTable
        With many sectors.
    weights : SectorWeights
        Of its codes within sectors.

    Returns
    -------
    WorldTable, SectorWeights
        Values are summed; rates are weighted by each pair's trade in every sector, those that hold
        no code among them. Nothing is an input: output is income.
    """
    value = table.customs_value
    total = value.sum(axis=2, keepdims=True)
    share = np.divide(value, total, out=np.zeros_like(value), where=total > 0)
    rate = (share * table.benchmark_rate).sum(axis=2, keepdims=True)
    weight = weights.weight * np.einsum("nis,cs->nic", share, weights.holds)
    whole = np.ones((len(weights.holds), 1))
    codes = tuple(code for held in table.covers.values() for code in held)
    summed = attrs.evolve(
        table,
        sector=Axis("sector", [ONE]),
        customs_value=total,
        benchmark_rate=rate,
        input_share=np.zeros((len(table.economy), 1, 1)),
        trade_elasticity={},
        covers={ONE: codes},
        flagged=(
            *table.flagged,
            f"{table.name}: {len(table.sector)} sectors are summed into one, rates weighted by "
            "each pair's trade in them, and output counts as income",
        ),
    )
    return summed, attrs.evolve(weights, weight=weight, holds=whole)


def _codes(table: WorldTable, trade: TradeTable | None) -> list[str]:
    """List the codes to look rates up for: the finest that a table has within a sector's, or its.

    A trade table beside the world goes before the world's own.
    """
    known = trade.axes.product.labels if trade else table.code.labels if table.code else ()
    found: dict[str, None] = {}
    for held in table.covers.values():
        for code in held:
            inside = [label for label in known if label.startswith(code)]
            found.update(dict.fromkeys(inside or [code]))
    return sorted(found)


def _holds(table: WorldTable, codes: Sequence[str]) -> Floats:
    """Mark which sector holds which code; the longest match wins where several do."""
    held = np.zeros((len(codes), len(table.sector)))
    for row, code in enumerate(codes):
        matches = [
            (len(stem), sector)
            for sector, label in enumerate(table.sector.labels)
            for stem in table.covers[label]
            if code.startswith(stem)
        ]
        if matches:
            held[row, max(matches)[1]] = 1.0
    return held


def _own_by_code(table: WorldTable, codes: Sequence[str]) -> Floats | None:
    """Lay the world's own trade by code over these codes; (importer, exporter, code).

    A coarser code of its own is shared alike among those inside it.
    """
    if table.code is None or table.trade_by_code is None:
        return None
    onto = np.zeros((len(table.code), len(codes)))
    for row, own in enumerate(table.code.labels):
        inside = [place for place, code in enumerate(codes) if code.startswith(own)]
        around = [place for place, code in enumerate(codes) if own.startswith(code)]
        for place in inside or around:
            onto[row, place] = 1.0 / len(inside) if inside else 1.0
    spread: Floats = np.einsum("nic,cp->nip", table.trade_by_code, onto)
    return spread


def _value(
    trade: TradeTable | None, importer: str, exporter: str, codes: Sequence[str]
) -> tuple[Floats, Basis]:
    """Give import values by code and say whose they are."""
    nothing = np.zeros(len(codes))
    if trade is None or importer not in trade.axes.importer.labels:
        return nothing, "simple"
    rows = trade.customs_value[trade.axes.importer.index(importer)]
    known = {code: place for place, code in enumerate(trade.axes.product.labels)}
    at = [known.get(code, -1) for code in codes]

    def picked(values: Floats) -> Floats:
        return np.array([values[place] if place >= 0 else 0.0 for place in at])

    if exporter in trade.axes.exporter.labels:
        own = picked(rows[trade.axes.exporter.index(exporter)])
        if own.any():
            return own, "pair"
    return picked(rows.sum(axis=0)), "importer"


def _shares(holds: Floats, value: Floats, basis: Basis) -> tuple[Floats, Basis]:
    """Turn values by code into shares within each sector; every code alike where none is known."""
    total, count = np.einsum("c,cs->s", value, holds), holds.sum(axis=0)
    known = holds @ (total > 0) > 0
    whole = holds @ np.where(total > 0, total, count)
    shares = np.divide(
        np.where(known, value, 1.0), whole, out=np.zeros_like(value), where=whole > 0
    )
    return shares, basis if (total > 0).any() else "simple"
