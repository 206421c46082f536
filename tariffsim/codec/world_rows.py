"""Rows of the long tables around a benchmark world, every fault with its line; opens no file.

Lines that start with # before the first line of a table are for people.
"""

import csv
import io
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Any

from tariffsim import terms
from tariffsim.axes import Axis
from tariffsim.codec.broken_csv import told
from tariffsim.finding import Finding, Place
from tariffsim.log import Source
from tariffsim.terms import PARTS_PER_UNIT, Slug

Row = tuple[Place, dict[str, str]]
Parsers = Mapping[str, Callable[[str], Any]]
Text = tuple[str, str]
"""File name and text."""


def parse_sector(text: str) -> str:
    """Read a sector: a customs code, or any name."""
    stripped = text.strip()
    if not stripped:
        raise ValueError("product must be a customs code or a name, got nothing")
    digits = stripped.replace(".", "")
    return terms.parse_product(stripped) if digits.isdigit() else stripped


def parse_amount(text: str) -> float:
    """Read a number of zero or more."""
    amount = float(terms.parse_decimal(text))
    if not 0.0 <= amount < float("inf"):
        raise ValueError(f"value must be zero or more, and finite, got {text}")
    return amount


def parse_positive(text: str) -> float:
    """Read a number above zero."""
    amount = parse_amount(text)
    if amount == 0.0:
        raise ValueError(f"value must be above zero, got {text}")
    return amount


def parse_fraction(text: str) -> float:
    """Read a rate with its percent sign, as a fraction."""
    return terms.parse_rate(text) / PARTS_PER_UNIT


class RowReader:
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
