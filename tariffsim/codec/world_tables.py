"""CSV texts to a benchmark world, every fault with its line; opens no file.

Long tables all: trade by importer, exporter and product; accounts by economy; inputs by economy,
used and using sector; elasticities and customs codes by sector.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from tariffsim import terms
from tariffsim.arrays import Floats
from tariffsim.axes import Axis
from tariffsim.codec.documents import refuse
from tariffsim.codec.world_rows import (
    Parsers,
    RowReader,
    Text,
    parse_amount,
    parse_fraction,
    parse_positive,
    parse_sector,
)
from tariffsim.finding import Finding, Place
from tariffsim.log import Source
from tariffsim.terms import Slug
from tariffsim.world import WorldTable, codes_held

TRADE = ("importer", "exporter", "product", "customs_value")
MOST_NAMED = 8


@attrs.frozen(kw_only=True)
class WorldTexts:
    """The texts a benchmark world is read from, each with the name of its file.

    Parameters
    ----------
    trade : tuple of (str, str)
        File name and text, likewise all others; None where there is none.
    """

    trade: Text
    accounts: Text | None = None
    inputs: Text | None = None
    concordance: Text | None = None
    elasticities: Text | None = None

    @property
    def digest(self) -> str:
        """Hash of all texts."""
        parts = [part[1] for part in attrs.astuple(self, recurse=False) if part is not None]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


def read_world(texts: WorldTexts, *, name: str, sources: Mapping[Slug, Source]) -> WorldTable:
    """Read a benchmark world.

    Parameters
    ----------
    texts : WorldTexts
        CSV texts.
    name : str
        The table's name.
    sources : mapping of Slug to Source
        The register that rows refer to, where they name a source.

    Returns
    -------
    WorldTable
        Dense; a missing row is no trade. Own trade that no row states is output less exports,
        where there are accounts and one sector.

    Raises
    ------
    InputError
        Every bad row, with its line; then whatever does not add up, with numbers.
    """
    findings: list[Finding] = []
    reader = RowReader(sources, findings)
    trade = reader.read(texts.trade, TRADE, _TRADE, optional=_TRADE_OPTIONAL)
    accounts = reader.read(texts.accounts, ("economy", "value_added"), _ACCOUNTS, optional=_SIZE)
    inputs = reader.read(texts.inputs, ("economy", "used", "using", "value"), INPUTS)
    holds = reader.read(texts.concordance, ("sector", "product"), HOLDS)
    thetas = reader.read(texts.elasticities, ("sector", "trade_elasticity"), THETAS)
    reader.repeated(trade, ("importer", "exporter", "product"))
    reader.repeated(accounts, ("economy",))
    reader.repeated(inputs, ("economy", "used", "using"))
    economy = Axis("economy", list(dict.fromkeys(row["importer"] for row in trade)))
    sector = Axis("sector", sorted({row["product"] for row in trade}))
    reader.known(trade, "exporter", economy)
    reader.known(accounts, "economy", economy)
    reader.known(inputs, "economy", economy)
    for rows, column in (
        (inputs, "used"),
        (inputs, "using"),
        (holds, "sector"),
        (thetas, "sector"),
    ):
        reader.known(rows, column, sector)
    refuse(findings)
    value, rate = _dense(trade, economy, sector)
    output = _outputs(accounts, economy, texts.accounts)
    value = _with_own_trade(value, output, economy, texts.accounts)
    return WorldTable(
        name=name,
        economy=economy,
        sector=sector,
        customs_value=value,
        benchmark_rate=rate,
        input_share=_input_share(value, accounts, inputs, (economy, sector)),
        trade_elasticity={row["sector"]: row["trade_elasticity"] for row in thetas},
        covers=codes_held(sector.labels, codes_by_sector(holds)),
        sources=tuple(sources[Slug(key)] for key in reader.used),
        flagged=(*reader.flagged, *_own_trade_flag(output)),
        digest=texts.digest,
    )


_TRADE: Parsers = {
    "importer": terms.parse_economy,
    "exporter": terms.parse_economy,
    "product": parse_sector,
    "customs_value": parse_amount,
}
_TRADE_OPTIONAL: Parsers = {"benchmark_rate": parse_fraction}
_ACCOUNTS: Parsers = {"economy": terms.parse_economy, "value_added": parse_positive}
_SIZE: Parsers = {"output_ratio": parse_positive, "gross_output": parse_positive}
INPUTS: Parsers = {
    "economy": terms.parse_economy,
    "used": parse_sector,
    "using": parse_sector,
    "value": parse_amount,
}
HOLDS: Parsers = {"sector": parse_sector, "product": terms.parse_product}
THETAS: Parsers = {"sector": parse_sector, "trade_elasticity": parse_positive}


def _dense(rows: Sequence[Mapping[str, Any]], economy: Axis, sector: Axis) -> tuple[Floats, Floats]:
    shape = (len(economy), len(economy), len(sector))
    value, rate = np.zeros(shape), np.zeros(shape)
    for row in rows:
        cell = (
            economy.index(row["importer"]),
            economy.index(row["exporter"]),
            sector.index(row["product"]),
        )
        value[cell], rate[cell] = row["customs_value"], row.get("benchmark_rate", 0.0)
    return value, rate


def _outputs(rows: Sequence[Mapping[str, Any]], economy: Axis, text: Text | None) -> Floats | None:
    """Give gross output by economy, where there are accounts."""
    if text is None:
        return None
    output = np.zeros(len(economy))
    for row in rows:
        ratio = row.get("output_ratio", 1.0)
        output[economy.index(row["economy"])] = row.get("gross_output", row["value_added"] * ratio)
    short = [name for name, size in zip(economy.labels, output, strict=True) if size <= 0]
    if short:
        message = f"the accounts must have every economy, missing {', '.join(short[:MOST_NAMED])}"
        refuse([Finding(rule="accounts", message=message, place=_top(text))])
    return output


def _with_own_trade(
    value: Floats, output: Floats | None, economy: Axis, text: Text | None
) -> Floats:
    """Fill own trade that no row states with output less exports."""
    here = np.arange(len(economy))
    if output is None or text is None or value.shape[2] > 1 or value[here, here].any():
        return value
    exports = value.sum(axis=0)[:, 0]
    own = output - exports
    wrong = [
        f"{name}: output {output[n]:,.0f} less exports {exports[n]:,.0f} is {own[n]:,.0f}"
        for n, name in enumerate(economy.labels)
        if own[n] <= 0
    ]
    if wrong:
        message = f"own trade must be above zero, but {'; '.join(wrong[:MOST_NAMED])}"
        refuse([Finding(rule="own-trade", message=message, place=_top(text))])
    filled = value.copy()
    filled[here, here, 0] = own
    return filled


def _own_trade_flag(output: Floats | None) -> tuple[str, ...]:
    if output is None:
        return ()
    return ("own trade is gross output less exports, and gross output an estimate",)


def _input_share(
    value: Floats,
    accounts: Sequence[Mapping[str, Any]],
    inputs: Sequence[Mapping[str, Any]],
    axes: tuple[Axis, Axis],
) -> Floats:
    """Divide inputs by output; in one sector with accounts, all that is not value added."""
    economy, sector = axes
    output = value.sum(axis=0)
    share = np.zeros((len(economy), len(sector), len(sector)))
    for row in inputs:
        n = economy.index(row["economy"])
        using = sector.index(row["using"])
        if output[n, using] > 0:
            share[n, sector.index(row["used"]), using] = row["value"] / output[n, using]
    if not inputs and len(sector) == 1:
        for row in accounts:
            n = economy.index(row["economy"])
            share[n, 0, 0] = max(1.0 - row["value_added"] / output[n, 0], 0.0)
    return share


def codes_by_sector(rows: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """List the customs codes of each sector, as a table tells them."""
    told: dict[str, tuple[str, ...]] = {}
    for row in rows:
        told[row["sector"]] = (*told.get(row["sector"], ()), row["product"])
    return told


def _top(text: Text) -> Place:
    return Place(file=text[0], line=1, column=1)
