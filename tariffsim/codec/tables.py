"""CSV text to trade tables and share priors, every fault with its line; opens no file.

A table is long: one row an importer, exporter and product, with value and duty in USD million.
Codes stay text, so a leading zero survives.
"""

import csv
import hashlib
import io
from collections.abc import Callable, Iterator, Mapping
from typing import Any

import numpy as np

from tariffsim import terms
from tariffsim.axes import Axis, TradeAxes
from tariffsim.codec.broken_csv import told
from tariffsim.codec.documents import refuse
from tariffsim.finding import Finding, Place
from tariffsim.log import Source
from tariffsim.scenario import parse_month
from tariffsim.terms import PARTS_PER_UNIT, Slug
from tariffsim.trade import MonthlyFigure, MonthlyTrade, TradeTable

COLUMNS = ("importer", "exporter", "product", "customs_value", "duty", "source", "grade")
MONTHLY_COLUMNS = ("importer", "exporter", "month", "customs_value", "duty", "published", "source")
Row = tuple[Place, dict[str, str]]


def read_trade(text: str, *, file: str, name: str, sources: Mapping[Slug, Source]) -> TradeTable:
    """Read a long table of benchmark trade.

    Parameters
    ----------
    text : str
        CSV with the columns `COLUMNS`.
    file, name : str
        For places and for the table.
    sources : mapping of Slug to Source
        The register its rows refer to.

    Returns
    -------
    TradeTable
        Dense; a missing row is no recorded trade.

    Raises
    ------
    InputError
        Every bad row, with its line.
    """
    findings: list[Finding] = []
    rows = [_parsed(row, sources, findings) for row in table_rows(text, file, COLUMNS, findings)]
    good = [row for row in rows if row is not None]
    findings += [*_repeated(good), *_nested(good)]
    if not good and not findings:
        message = "the table must have at least one row below its first line, got none"
        place = Place(file=file, line=1, column=1)
        findings.append(Finding(rule="no-rows", message=message, place=place))
    refuse(findings)
    axes = TradeAxes(
        importer=Axis("importer", list(dict.fromkeys(row["importer"] for row in good))),
        exporter=Axis("exporter", list(dict.fromkeys(row["exporter"] for row in good))),
        product=Axis("product", sorted({row["product"] for row in good})),
    )
    value, duty = np.zeros(axes.shape), np.zeros(axes.shape)
    for row in good:
        cell = (
            axes.importer.index(row["importer"]),
            axes.exporter.index(row["exporter"]),
            axes.product.index(row["product"]),
        )
        value[cell], duty[cell] = row["customs_value"], row["duty"]
    used = dict.fromkeys(row["source"] for row in good)
    weak = dict.fromkeys(row["source"] for row in good if row["grade"] == "L")
    return TradeTable(
        name=name,
        axes=axes,
        customs_value=value,
        duty=duty,
        sources=tuple(sources[Slug(key)] for key in used),
        flagged=tuple(f"{key}: {sources[key].title} (grade L)" for key in weak),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def read_shares(text: str, *, file: str) -> dict[str, float]:
    """Read a prior of shares by product: columns ``product`` and ``share`` with its percent sign.

    Returns
    -------
    dict of str to float
        Fractions above 0 and below 1.
    """
    findings: list[Finding] = []
    found: dict[str, float] = {}
    for place, row in table_rows(text, file, ("product", "share"), findings):
        product = read_cell(place, row, "product", terms.parse_product, findings)
        share = read_cell(place, row, "share", terms.parse_share, findings)
        if product is None or share is None:
            continue
        if not 0 < share < PARTS_PER_UNIT:
            message = f"share must lie between 0% and 100%, both excluded, got {row['share']}"
            findings.append(Finding(rule="bad-value", message=message, place=place))
        found[product] = share / PARTS_PER_UNIT
    refuse(findings)
    return found


def read_monthly(
    text: str, *, file: str, name: str, sources: Mapping[Slug, Source]
) -> MonthlyTrade:
    """Read a long table of trade by month, with the day on which each figure became public.

    Parameters
    ----------
    text : str
        CSV with the columns `MONTHLY_COLUMNS`; an empty duty is one that nobody prints.
    file, name : str
        For places and for the table.
    sources : mapping of Slug to Source
        The register its rows refer to.

    Returns
    -------
    MonthlyTrade

    Raises
    ------
    InputError
        Every bad row, with its line.
    """
    findings: list[Finding] = []
    flows: dict[tuple[str, str], dict[str, MonthlyFigure]] = {}
    used: dict[Slug, None] = {}
    for row in table_rows(text, file, MONTHLY_COLUMNS, findings):
        parsed = _month_of_flow(row, sources, findings)
        if parsed is None:
            continue
        key, month, figure = parsed
        if month in flows.setdefault(key, {}):
            message = f"{' '.join(key)} {month} must stand once, got it again"
            findings.append(Finding(rule="repeated-row", message=message, place=row[0]))
        flows[key][month] = figure
        used[Slug(row[1]["source"])] = None
    refuse(findings)
    return MonthlyTrade(
        name=name,
        flows=flows,
        sources=tuple(sources[key] for key in used),
        digest=hashlib.sha256(text.encode()).hexdigest(),
    )


def _month_of_flow(
    row: Row, sources: Mapping[Slug, Source], findings: list[Finding]
) -> tuple[tuple[str, str], str, MonthlyFigure] | None:
    place, cells = row
    before = len(findings)
    found = {
        column: read_cell(place, cells, column, parse, findings)
        for column, parse in (
            ("importer", terms.parse_economy),
            ("exporter", terms.parse_economy),
            ("month", parse_month),
            ("customs_value", _amount),
            ("duty", _amount_or_none),
            ("published", terms.parse_day),
        )
    }
    _in_register(row, sources, findings)
    if len(findings) > before:
        return None
    figure = MonthlyFigure(
        customs_value=found["customs_value"], duty=found["duty"], published=found["published"]
    )
    return (found["importer"], found["exporter"]), str(found["month"]), figure


def table_rows(
    text: str, file: str, columns: tuple[str, ...], findings: list[Finding]
) -> Iterator[Row]:
    """Give the rows of a CSV text with their places; columns that must be there, others may."""
    # Spreadsheets write a byte order mark before the first name.
    reader = csv.DictReader(io.StringIO(text.removeprefix("\ufeff"), newline=""))
    try:
        yield from _sound(reader, file, columns, findings)
    except csv.Error as error:
        place = Place(file=file, line=reader.line_num + 1, column=1)
        findings.append(Finding(rule="csv", message=told(error), place=place))


def _sound(
    reader: "csv.DictReader[str]", file: str, columns: tuple[str, ...], findings: list[Finding]
) -> Iterator[Row]:
    given = reader.fieldnames or []
    missing = [column for column in columns if column not in given]
    if missing:
        message = f"the first line must name the columns {', '.join(columns)}, missing "
        message += ", ".join(missing)
        findings.append(
            Finding(rule="columns", message=message, place=Place(file=file, line=1, column=1))
        )
        return
    for row in reader:
        place = Place(file=file, line=reader.line_num, column=1)
        if None in row or None in row.values():
            message = f"a row must have {len(given)} cells, as the first line has; count the commas"
            findings.append(Finding(rule="cells", message=message, place=place))
            continue
        yield place, row


def _parsed(
    row: Row, sources: Mapping[Slug, Source], findings: list[Finding]
) -> dict[str, Any] | None:
    place, cells = row
    before = len(findings)
    parsed: dict[str, Any] = {"place": place, "grade": cells["grade"], "source": cells["source"]}
    for column, parse in (
        ("importer", terms.parse_economy),
        ("exporter", terms.parse_economy),
        ("product", terms.parse_product),
        ("customs_value", _amount),
        ("duty", _amount),
        ("grade", _grade),
    ):
        parsed[column] = read_cell(place, cells, column, parse, findings)
    _in_register(row, sources, findings)
    return parsed if len(findings) == before else None


def _in_register(row: Row, sources: Mapping[Slug, Source], findings: list[Finding]) -> None:
    place, cells = row
    if cells["source"] not in sources:
        hint = terms.nearest(cells["source"], sources)
        message = f"source must be in the table's register, got {cells['source']!r}{hint}"
        findings.append(Finding(rule="unknown-source", message=message, place=place))


def read_cell(
    place: Place,
    cells: Mapping[str, str],
    column: str,
    parse: Callable[[str], Any],
    findings: list[Finding],
) -> Any:
    """Read one cell, or note what is wrong with it and give None."""
    try:
        return parse(cells[column])
    except ValueError as error:
        message = f"{column} {str(error).partition(' ')[2]}"
        findings.append(Finding(rule="bad-value", message=message, place=place))
        return None


def _amount(text: str) -> float:
    amount = float(terms.parse_decimal(text))
    if not 0 <= amount < float("inf"):
        raise ValueError(f"value must be zero or more, and finite, got {text}")
    return amount


def _amount_or_none(text: str) -> float | None:
    return _amount(text) if text else None


def _grade(text: str) -> str:
    if text not in ("H", "M", "L"):
        raise ValueError(f"grade must be H, M or L, got {text!r}")
    return text


def _repeated(rows: list[dict[str, Any]]) -> list[Finding]:
    seen: dict[tuple[str, str, str], int] = {}
    found = []
    for row in rows:
        key = (row["importer"], row["exporter"], row["product"])
        if key in seen:
            message = f"{' '.join(key)} must stand once, got it again after line {seen[key]}"
            found.append(Finding(rule="repeated-row", message=message, place=row["place"]))
        seen.setdefault(key, row["place"].line)
    return found


def _nested(rows: list[dict[str, Any]]) -> list[Finding]:
    """Find products that another row of the importer holds already: their trade counts twice."""
    held = {(row["importer"], row["product"]) for row in rows}
    found = []
    for row in rows:
        code = row["product"]
        stems = (code[:length] for length in range(2, len(code), 2))
        stem = next((stem for stem in stems if (row["importer"], stem) in held), None)
        if stem is not None:
            message = f"product must not lie within another of the table, got {code} and {stem}"
            found.append(Finding(rule="nested-product", message=message, place=row["place"]))
    return found
