"""A result as an Excel workbook: the headline table, a sheet a figure, and what it rests on.

Text is always written as text. A cell that a spreadsheet would run as a formula is neutralised too,
so that it stays harmless where the sheet is saved as CSV.
"""

import datetime as dt
import io
import re
from collections.abc import Sequence
from typing import Any

from tariffsim.errors import MissingExtra
from tariffsim.report.bands import columns
from tariffsim.report.cells import plain_cell
from tariffsim.result import Result, Variable

# A workbook made today and one made tomorrow are the same.
MADE = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)
LONGEST_NAME = 31
FORBIDDEN = re.compile(r"[\[\]:*?/\\']")
HEADLINE = ("metric", "what", "unit", "over", "branch", "probability")
BANDS = ("p10", "p50", "p90")
CHANGES = ("difference p10", "difference p50", "difference p90")
PATHS = ("importer", "exporter", "product", "branch", "period", *BANDS, *CHANGES, "unit")
SOURCES = (
    "kind",
    "name",
    "title",
    "known",
    "source",
    "publisher",
    "locator",
    "url",
    "about",
    "note",
)


def workbook_bytes(result: Result) -> bytes:
    """Write a result as an Excel workbook.

    Parameters
    ----------
    result : Result
        What to write.

    Returns
    -------
    bytes
        Sheets ``about``, ``headline``, one a variable with monthly paths, ``sources``.

    Raises
    ------
    MissingExtra
        XlsxWriter is not installed.
    """
    try:
        import xlsxwriter  # noqa: PLC0415 - an extra, imported where used
    except ImportError:
        raise MissingExtra(
            "Excel needs XlsxWriter; install it with: pip install 'tariffsim[excel]'"
        ) from None
    made = io.BytesIO()
    options = {
        "in_memory": True,
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "nan_inf_to_errors": True,
    }
    with xlsxwriter.Workbook(made, options) as book:
        book.set_properties({"title": result.provenance.question[:250], "created": MADE})
        _fill(book, result)
    return made.getvalue()


def _fill(book: Any, result: Result) -> None:
    _sheet(book, "about", ("what", "value"), _about(result), widths=(18, 100))
    _sheet(book, "headline", (*HEADLINE, *BANDS, *CHANGES), _headline(result))
    for name in dict.fromkeys(variable.name for variable in result.paths):
        same = [variable for variable in result.paths if variable.name == name]
        _sheet(book, name, PATHS, [row for own in same for row in _path(result, own)])
    rows = [tuple(getattr(each, name) for name in SOURCES) for each in result.provenance.evidence]
    _sheet(book, "sources", SOURCES, rows, widths=(12, 30, 60, 12, 30, 30, 30, 40, 20, 60))


def _sheet(
    book: Any,
    name: str,
    head: Sequence[str],
    rows: Sequence[Sequence[object]],
    *,
    widths: Sequence[int] = (),
) -> None:
    """Write a table with a head that stays in sight, filters, and numbers as numbers."""
    sheet = book.add_worksheet(FORBIDDEN.sub(" ", name)[:LONGEST_NAME])
    bold = book.add_format({"bold": True, "bg_color": "#E8EDF3", "bottom": 1})
    number = book.add_format({"num_format": "#,##0.00"})
    day = book.add_format({"num_format": "yyyy-mm-dd", "align": "left"})
    for column, word in enumerate(head):
        sheet.write_string(0, column, word, bold)
        longest = max([len(word), *(len(str(row[column])) for row in rows[:200])], default=8)
        sheet.set_column(column, column, widths[column] if widths else min(longest + 2, 44))
    for line, row in enumerate(rows, start=1):
        for column, value in enumerate(row):
            if isinstance(value, float):
                sheet.write_number(line, column, value, number)
            elif isinstance(value, dt.date):
                sheet.write_datetime(line, column, value, day)
            elif value is not None:
                sheet.write_string(line, column, plain_cell(str(value)))
    sheet.freeze_panes(1, 0)
    if rows:
        sheet.autofilter(0, 0, len(rows), len(head) - 1)
    sheet.set_landscape()
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(0)


def _about(result: Result) -> list[tuple[str, str]]:
    source = result.provenance
    return [
        ("question", source.question),
        ("scenario", source.scenario),
        ("log", source.log),
        ("known on", source.known_on),
        ("known through", source.known_through),
        ("months", f"{result.period.labels[0]} to {result.period.labels[-1]}"),
        ("draws", str(result.draws)),
        ("seed", str(result.seed)),
        ("bands", "p10, p50 and p90 are percentiles over draws"),
        ("difference", f"from the branch {result.branch.labels[0]}, draw by draw"),
        *(("rests on", flag) for flag in source.flags),
        *((f"digest of {name}", value) for name, value in source.digests.items()),
    ]


def _headline(result: Result) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for variable in result.headline:
        by_branch = {
            branch: column for column in columns(result, variable) for branch in column.branches
        }
        for branch, probability in zip(result.branch.labels, result.probability, strict=True):
            column = by_branch[branch]
            change = _triple(column.difference, 0) if column.difference is not None else (None,) * 3
            found.append(
                (
                    variable.subject,
                    variable.label,
                    variable.unit,
                    variable.basis,
                    branch,
                    float(probability),
                    *_triple(column.level, 0),
                    *change,
                )
            )
    return found


def _path(result: Result, variable: Variable) -> list[tuple[object, ...]]:
    flow = (variable.importer, variable.exporter, variable.product)
    found: list[tuple[object, ...]] = []
    for column in columns(result, variable):
        for branch in column.branches:
            for number, period in enumerate(result.period.labels):
                change: tuple[object, ...] = (None,) * 3
                if column.difference is not None:
                    change = _triple(column.difference, number)
                level = _triple(column.level, number)
                found.append((*flow, branch, period, *level, *change, variable.unit))
    return found


def _triple(band: Any, number: int) -> tuple[object, ...]:
    return tuple(float(value) for value in band[:, number])
