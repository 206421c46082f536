"""CSV texts around a user's accounts to what a world needs of them, each fault with its line.

Opens no file and knows no sum of the accounts, only their names.
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
    parse_fraction,
    parse_positive,
    parse_sector,
)
from tariffsim.codec.world_tables import HOLDS, INPUTS, THETAS, codes_by_sector
from tariffsim.finding import Finding
from tariffsim.own_world import WorldParts
from tariffsim.terms import WORLD

EVERY = "all"

OUTPUT: Parsers = {
    "economy": terms.parse_economy,
    "sector": parse_sector,
    "gross_output": parse_positive,
}
RATES: Parsers = {
    "importer": terms.parse_economy,
    "exporter": terms.parse_economy,
    "sector": parse_sector,
    "benchmark_rate": parse_fraction,
}


@attrs.frozen(kw_only=True)
class PartTexts:
    """Texts beside a table, each with the name of its file; None where there is none."""

    accounts: Text | None = None
    inputs: Text | None = None
    concordance: Text | None = None
    elasticities: Text | None = None
    rates: Text | None = None

    @property
    def digest(self) -> str:
        """Hash of all texts; nothing where there are none."""
        parts = [part[1] for part in attrs.astuple(self, recurse=False) if part is not None]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest() if parts else ""


def read_codes(text: Text | None) -> dict[str, tuple[str, ...]]:
    """Read the customs codes that each sector holds.

    Raises
    ------
    InputError
        Every bad row, with its line.
    """
    findings: list[Finding] = []
    reader = RowReader({}, findings)
    rows = reader.read(text, tuple(HOLDS), HOLDS)
    reader.repeated(rows, ("product",))
    refuse(findings)
    return codes_by_sector(rows)


def read_parts(texts: PartTexts, economy: Axis, sector: Axis) -> WorldParts:
    """Read what a world needs beside its accounts.

    Parameters
    ----------
    texts : PartTexts
        CSV texts.
    economy, sector : Axis
        Names of the accounts, which the texts must use.

    Returns
    -------
    WorldParts
        Without sources, which no row names.

    Raises
    ------
    InputError
        Every bad row, with its line.
    """
    findings: list[Finding] = []
    reader = RowReader({}, findings)
    outputs = reader.read(texts.accounts, tuple(OUTPUT), OUTPUT)
    inputs = reader.read(texts.inputs, tuple(INPUTS), INPUTS)
    thetas = reader.read(texts.elasticities, tuple(THETAS), THETAS)
    rates = reader.read(texts.rates, tuple(RATES), RATES)
    holds = reader.read(texts.concordance, tuple(HOLDS), HOLDS)
    whole = Axis("economy", [*economy.labels, WORLD])
    sectors = Axis("sector", [*sector.labels, EVERY])
    for rows, names, key in (
        (outputs, {"economy": economy, "sector": sector}, ("economy", "sector")),
        (
            inputs,
            {"economy": economy, "used": sector, "using": sector},
            ("economy", "used", "using"),
        ),
        (thetas, {"sector": sector}, ("sector",)),
        (rates, {"importer": economy, "exporter": whole, "sector": sectors}, tuple(RATES)[:3]),
        (holds, {"sector": sector}, ("product",)),
    ):
        reader.repeated(rows, key)
        for column, axis in names.items():
            reader.known(rows, column, axis)
    refuse(findings)
    return WorldParts(
        holds=codes_by_sector(holds),
        trade_elasticity={row["sector"]: row["trade_elasticity"] for row in thetas},
        output={(row["economy"], row["sector"]): row["gross_output"] for row in outputs},
        inputs={(row["economy"], row["used"], row["using"]): row["value"] for row in inputs},
        benchmark_rate=_rates(rates, economy, sector) if rates else None,
        digest=texts.digest,
    )


def _rates(rows: Sequence[Mapping[str, Any]], economy: Axis, sector: Axis) -> Floats:
    """Spread rates over exporters and sectors: what names more goes before what names less."""
    rate = np.zeros((len(economy), len(economy), len(sector)))
    for row in sorted(rows, key=_named):
        n = economy.index(row["importer"])
        i = slice(None) if row["exporter"] == WORLD else economy.index(row["exporter"])
        s = slice(None) if row["sector"] == EVERY else sector.index(row["sector"])
        rate[n, i, s] = row["benchmark_rate"]
    here = np.arange(len(economy))
    rate[here, here] = 0.0
    return rate


def _named(row: Mapping[str, Any]) -> tuple[bool, bool]:
    return row["exporter"] != WORLD, row["sector"] != EVERY
