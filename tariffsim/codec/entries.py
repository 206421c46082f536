"""Lines of an entries file to columns of whole numbers; opens no file and knows no law.

Most lines of customs data look alike and are read all at once. A line that departs in any way from
the plain form is read by itself, and either means the same or is refused with the reason; so speed
never decides what counts.
"""

import csv
import datetime as dt
import re
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np

from tariffsim import terms
from tariffsim.arrays import Ints
from tariffsim.codec.entry_arrays import plain_rows, unquoted
from tariffsim.codec.entry_layout import COLUMNS, DUTY_PAID, LARGEST_DIGITS, Layout
from tariffsim.terms import Economy, Product, nearest
from tariffsim.undo.entries import EXPORTERS, FIRST, LAST, NOT_SAID, Rows, joined, pair_number
from tariffsim.undo.refund import AMOUNT_UNIT, BadRow


def read_rows(
    chunk: bytes, layout: Layout, *, first_line: int
) -> tuple[Rows, tuple[BadRow, ...], int]:
    r"""Read whole lines of an entries file.

    Parameters
    ----------
    chunk : bytes
        Whole lines.
    layout : Layout
        As the first line of the file said.
    first_line : int
        Number of the first of these lines in the file.

    Returns
    -------
    rows : Rows
        Every line that can be counted, in no order.
    bad : tuple of BadRow
        The others, in the order of the file; blank lines are neither.
    lines : int
        How many lines the chunk has.

    Examples
    --------
    >>> from tariffsim.codec.entry_layout import read_header
    >>> layout = read_header(b"date,product,exporter,value", file="entries.csv")
    >>> chunk = b"2025-04-16,4202.92,CHN,1000.00\n2025-02-30,8505,CHN,5\n"
    >>> rows, bad, lines = read_rows(chunk, layout, first_line=2)
    >>> len(rows), bad[0].line, bad[0].reason
    (1, 3, 'date must be a day that exists, got 2025-02-30; check month and day')
    """
    if not chunk.endswith(b"\n"):
        chunk += b"\n"
    plain, rows, count = plain_rows(unquoted(chunk) if b'"' in chunk else chunk, layout)
    if len(plain) == count:
        return rows, (), count
    more, bad = _read_others(chunk, plain, layout, first_line)
    return joined([rows, more]), bad, count


def _read_others(
    chunk: bytes, plain: Ints, layout: Layout, first_line: int
) -> tuple[Rows, tuple[BadRow, ...]]:
    """Read the lines that are not in plain form, one by one."""
    ends = np.flatnonzero(np.frombuffer(chunk, dtype=np.uint8) == ord("\n"))
    odd = np.ones(len(ends), dtype=np.bool_)
    odd[plain] = False
    found: list[tuple[int, ...]] = []
    bad: list[BadRow] = []
    for number in np.flatnonzero(odd).tolist():
        start = ends[number - 1] + 1 if number else 0
        line = chunk[start : ends[number]].decode(errors="replace").rstrip("\r")
        if not line.strip():
            continue
        row = read_line(line, layout)
        if isinstance(row, str):
            bad.append(BadRow(line=first_line + number, reason=row, text=line))
        else:
            found.append(row)
    columns = np.array(found, dtype=np.int64).reshape(-1, 4).T
    return Rows(day=columns[0], pair=columns[1], value=columns[2], duty_paid=columns[3]), tuple(bad)


def read_line(line: str, layout: Layout) -> tuple[int, ...] | str:
    """Read one line with care.

    Returns
    -------
    tuple of int or str
        Day, pair, value and duty paid as in `Rows`, or why it cannot be counted.
    """
    try:
        cells = [cell.strip() for cell in next(csv.reader([line], strict=True))]
        if len(cells) != layout.cells:
            return (
                f"a row must have {layout.cells} cells, as the first line has, got {len(cells)}; "
                "count the commas"
            )
        cell = {name: cells[place] for name, place in layout.place.items()}
        for name in COLUMNS:
            if not cell[name]:
                return f"{name} must be given, got an empty cell; fill it in"
        day = _day(cell["date"])
        pair = pair_number(_exporter(cell["exporter"]), _product(cell["product"]))
        paid = cell.get(DUTY_PAID, "")
        duty_paid = _amount(DUTY_PAID, paid) if paid else NOT_SAID
        return day.toordinal(), pair, _amount("value", cell["value"]), duty_paid
    except csv.Error:
        return "quotes must be closed on their line; check the cells with quotes"
    except ValueError as fault:
        return str(fault)


def _day(text: str) -> dt.date:
    day = terms.parse_day(text)
    if not FIRST <= day <= LAST:
        raise ValueError(f"date must lie from {FIRST} to {LAST}, got {text}; check the year")
    return day


def _exporter(text: str) -> Economy:
    if text not in EXPORTERS:
        hint = nearest(text.upper(), EXPORTERS)
        raise ValueError(
            f"exporter must be an ISO 3166 alpha-3 code, EU27 or ROW, got {text!r}{hint}"
        )
    return Economy(text)


def _product(text: str) -> Product:
    code = terms.parse_product(text)
    if code[:2] in ("00", "77"):
        raise ValueError(f"product must be of a chapter that exists, got {text}; check the code")
    return code


def _amount(name: str, text: str) -> int:
    if not re.fullmatch(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", text, flags=re.ASCII):
        raise ValueError(
            f"{name} must be a plain number, got {text!r}; write 1234.56, without currency and "
            "without commas"
        )
    number = Decimal(text)
    if number < 0:
        raise ValueError(f"{name} must be zero or more, got {text}; net corrections beforehand")
    if number >= 10**LARGEST_DIGITS:
        raise ValueError(f"{name} must be below {10**LARGEST_DIGITS:,}, got {text}; check its unit")
    return int((number * AMOUNT_UNIT).to_integral_value(ROUND_HALF_EVEN))
