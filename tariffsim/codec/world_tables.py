"""CSV texts to a benchmark world, every fault with its line; opens no file.

Long tables all: trade by importer, exporter and product; accounts by economy; inputs by economy,
used and using sector; elasticities and customs codes by sector. Lines that start with # before
the first line of a table are for people.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from tariffsim import terms
from tariffsim.arrays import Floats
from tariffsim.axes import Axis
from tariffsim.codec.broken_csv import told
from tariffsim.codec.documents import refuse
from tariffsim.finding import Finding, Place
from tariffsim.log import Source
from tariffsim.terms import PARTS_PER_UNIT, Slug
from tariffsim.world import WorldTable

GOODS = "goods"
CHAPTERS = tuple(f"{n:02d}" for n in range(1, 98) if n != 77)
"""What the sector `goods` holds: every chapter but 77, which is empty, and 98 and 99."""

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

    trade: tuple[str, str]
    accounts: tuple[str, str] | None = None
    inputs: tuple[str, str] | None = None
    concordance: tuple[str, str] | None = None
    elasticities: tuple[str, str] | None = None

    @property
    def digest(self) -> str:
        """Hash of all texts."""
        parts = [part[1] for part in attrs.astuple(self, recurse=False) if part is not None]
        return hashlib.sha256("\0".join(parts).encode()).hexdigest()


Row = tuple[Place, dict[str, str]]


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
    reader = _Reader(sources, findings)
    trade = reader.read(texts.trade, TRADE, _TRADE, optional=_TRADE_OPTIONAL)
    accounts = reader.read(texts.accounts, ("economy", "value_added"), _ACCOUNTS, optional=_SIZE)
    inputs = reader.read(texts.inputs, ("economy", "used", "using", "value"), _INPUTS)
    holds = reader.read(texts.concordance, ("sector", "product"), _HOLDS)
    thetas = reader.read(texts.elasticities, ("sector", "trade_elasticity"), _THETAS)
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
        covers=_covers(sector, holds),
        sources=tuple(sources[Slug(key)] for key in reader.used),
        flagged=(*reader.flagged, *_own_trade_flag(output)),
        digest=texts.digest,
    )


def _sector(text: str) -> str:
    """Read a sector: a customs code, or any name."""
    stripped = text.strip()
    if not stripped:
        raise ValueError("product must be a customs code or a name, got nothing")
    digits = stripped.replace(".", "")
    return terms.parse_product(stripped) if digits.isdigit() else stripped


def _amount(text: str) -> float:
    amount = float(terms.parse_decimal(text))
    if not 0.0 <= amount < float("inf"):
        raise ValueError(f"value must be zero or more, and finite, got {text}")
    return amount


def _positive(text: str) -> float:
    amount = _amount(text)
    if amount == 0.0:
        raise ValueError(f"value must be above zero, got {text}")
    return amount


def _rate(text: str) -> float:
    return terms.parse_rate(text) / PARTS_PER_UNIT


Parsers = Mapping[str, Callable[[str], Any]]
_TRADE: Parsers = {
    "importer": terms.parse_economy,
    "exporter": terms.parse_economy,
    "product": _sector,
    "customs_value": _amount,
}
_TRADE_OPTIONAL: Parsers = {"benchmark_rate": _rate}
_ACCOUNTS: Parsers = {"economy": terms.parse_economy, "value_added": _positive}
_SIZE: Parsers = {"output_ratio": _positive, "gross_output": _positive}
_INPUTS: Parsers = {
    "economy": terms.parse_economy,
    "used": _sector,
    "using": _sector,
    "value": _amount,
}
_HOLDS: Parsers = {"sector": _sector, "product": terms.parse_product}
_THETAS: Parsers = {"sector": _sector, "trade_elasticity": _positive}


class _Reader:
    """Reads tables row by row; gathers faults, the sources used, and the weak ones."""

    def __init__(self, sources: Mapping[Slug, Source], findings: list[Finding]) -> None:
        self.sources, self.findings = sources, findings
        self.used: dict[str, None] = {}
        self.weak: dict[str, int] = {}

    @property
    def flagged(self) -> list[str]:
        """Name the sources that rest on an estimate or a judgement, and how many figures do."""
        return [
            f"{key}: {self.sources[Slug(key)].title} (grade L, {count} figures)"
            for key, count in self.weak.items()
        ]

    def read(
        self,
        text: tuple[str, str] | None,
        columns: Sequence[str],
        parsers: Parsers,
        *,
        optional: Parsers | None = None,
    ) -> list[dict[str, Any]]:
        """Parse a table; rows with a fault are left out."""
        if text is None:
            return []
        found = []
        for place, cells in self._rows(*text, columns):
            before = len(self.findings)
            given = {key: parse for key, parse in (optional or {}).items() if cells.get(key)}
            row = {key: self._cell(place, cells, key, p) for key, p in {**parsers, **given}.items()}
            self._source(place, cells)
            if len(self.findings) == before:
                found.append({**row, "place": place})
        if not found and not self.findings:
            self._fault("no-rows", "the table must have at least one row, got none", text[0], 1)
        return found

    def _rows(self, file: str, text: str, columns: Sequence[str]) -> Iterator[Row]:
        # Spreadsheets write a byte order mark before the first name.
        lines = text.removeprefix("\ufeff").splitlines(keepends=True)
        above = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
        reader = csv.DictReader(io.StringIO("".join(lines[above:]), newline=""))
        try:
            yield from self._sound(reader, file, columns, above)
        except csv.Error as error:
            self._fault("csv", told(error), file, above + reader.line_num + 1)

    def _sound(
        self, reader: "csv.DictReader[str]", file: str, columns: Sequence[str], above: int
    ) -> Iterator[Row]:
        given = reader.fieldnames or []
        missing = [column for column in columns if column not in given]
        if missing:
            message = f"the table must name the columns {', '.join(columns)}, missing "
            self._fault("columns", message + ", ".join(missing), file, above + 1)
            return
        for cells in reader:
            place = Place(file=file, line=above + reader.line_num, column=1)
            if None in cells or None in cells.values():
                message = f"a row must have {len(given)} cells, as the first has; count the commas"
                self.findings.append(Finding(rule="cells", message=message, place=place))
                continue
            yield place, cells

    def _cell(
        self, place: Place, cells: Mapping[str, str], key: str, parse: Callable[[str], Any]
    ) -> Any:
        try:
            return parse(cells[key])
        except ValueError as error:
            message = f"{key} {str(error).partition(' ')[2]}"
            self.findings.append(Finding(rule="bad-value", message=message, place=place))
            return None

    def _source(self, place: Place, cells: Mapping[str, str]) -> None:
        for prefix in ("", "rate_", "ratio_"):
            key = cells.get(f"{prefix}source")
            if not key:
                continue
            if key not in self.sources:
                hint = terms.nearest(key, self.sources)
                message = f"source must be in the table's register, got {key!r}{hint}"
                self.findings.append(Finding(rule="unknown-source", message=message, place=place))
                continue
            self.used[key] = None
            if cells.get(f"{prefix}grade") == "L":
                self.weak[key] = self.weak.get(key, 0) + 1

    def _fault(self, rule: str, message: str, file: str, line: int) -> None:
        place = Place(file=file, line=line, column=1)
        self.findings.append(Finding(rule=rule, message=message, place=place))

    def repeated(self, rows: Sequence[Mapping[str, Any]], key: Sequence[str]) -> None:
        """Find rows that stand twice."""
        seen: dict[tuple[str, ...], int] = {}
        for row in rows:
            cell = tuple(row[column] for column in key)
            if cell in seen:
                message = f"{' '.join(cell)} must stand once, got it again after line {seen[cell]}"
                self.findings.append(
                    Finding(rule="repeated-row", message=message, place=row["place"])
                )
            seen.setdefault(cell, row["place"].line)

    def known(self, rows: Sequence[Mapping[str, Any]], column: str, axis: Axis) -> None:
        """Find names that the trade table does not have as importer or as product."""
        for row in rows:
            if row[column] not in axis.labels:
                hint = terms.nearest(row[column], axis.labels)
                message = f"{column} must be one of the table's, got {row[column]!r}{hint}"
                self.findings.append(
                    Finding(rule="unknown-name", message=message, place=row["place"])
                )


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


def _outputs(
    rows: Sequence[Mapping[str, Any]], economy: Axis, text: tuple[str, str] | None
) -> Floats | None:
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
    value: Floats, output: Floats | None, economy: Axis, text: tuple[str, str] | None
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


def _covers(sector: Axis, holds: Sequence[Mapping[str, Any]]) -> dict[str, tuple[str, ...]]:
    """List the codes of each sector: as told, or the sector itself where it is a code."""
    told: dict[str, list[str]] = {}
    for row in holds:
        told.setdefault(row["sector"], []).append(row["product"])
    found = {}
    for name in sector.labels:
        own = CHAPTERS if name == GOODS else (name,) if name.isdigit() else ()
        found[name] = tuple(told.get(name, own))
    return found


def _top(text: tuple[str, str]) -> Place:
    return Place(file=text[0], line=1, column=1)
