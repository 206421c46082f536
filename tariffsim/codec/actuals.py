"""CSV text to what came: series, period, value; every fault with its line; opens no file.

Beside these three columns a file may have ``unit``, held against the result's, and ``published``,
the day the figure became public.
"""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from tariffsim import terms
from tariffsim.codec.documents import refuse
from tariffsim.codec.tables import Row, read_cell, table_rows
from tariffsim.finding import Finding, Place
from tariffsim.scenario import Month, parse_month
from tariffsim.scorecard import Actual
from tariffsim.terms import nearest

COLUMNS = ("series", "period", "value")


def read_actuals(text: str, *, file: str, units: dict[str, str]) -> tuple[Actual, ...]:
    """Read what came.

    Parameters
    ----------
    text : str
        CSV with the columns `COLUMNS`, and perhaps ``unit`` and ``published``.
    file : str
        For places.
    units : dict of str to str
        Series that can be scored, with their units.

    Returns
    -------
    tuple of Actual
        In the order of the file.

    Raises
    ------
    InputError
        Every unknown series, repeated period, other unit and bad value, with its line.
    """
    findings: list[Finding] = []
    rows = [_actual(row, units, findings) for row in table_rows(text, file, COLUMNS, findings)]
    good = [row for row in rows if row is not None]
    findings += _repeated(good)
    if not rows and not findings:
        message = "the file must have at least one row below its first line, got none"
        findings.append(
            Finding(rule="no-rows", message=message, place=Place(file=file, line=1, column=1))
        )
    refuse(findings)
    return tuple(actual for _, actual in good)


def _actual(
    row: Row, units: dict[str, str], findings: list[Finding]
) -> tuple[Place, Actual] | None:
    place, cells = row
    before = len(findings)
    series = cells["series"].strip()
    if series not in units:
        message = (
            f"series must be a monthly variable of the result, got {series!r}"
            f"{nearest(series, units)}; there are {', '.join(sorted(units)) or 'none'}"
            + ("" if units else ", run it again with --keep paths")
        )
        findings.append(Finding(rule="unknown-series", message=message, place=place))
    period = read_cell(place, cells, "period", parse_month, findings)
    value = read_cell(place, cells, "value", terms.parse_decimal, findings)
    if series in units:
        findings += _unit_faults(place, cells, units[series])
    published = _published(place, cells, period, findings)
    if len(findings) > before:
        return None
    return place, Actual(series=series, period=str(period), value=float(value), published=published)


def _unit_faults(place: Place, cells: dict[str, str], unit: str) -> list[Finding]:
    given = (cells.get("unit") or "").strip()
    if given and given != unit:
        message = f"unit must be {unit!r}, as in the result, got {given!r}; convert the values"
        return [Finding(rule="other-unit", message=message, place=place)]
    return []


def _published(
    place: Place, cells: dict[str, str], period: Any, findings: list[Finding]
) -> dt.date | None:
    if not (cells.get("published") or "").strip():
        return None
    day: dt.date | None = read_cell(place, cells, "published", terms.parse_day, findings)
    if day is not None and isinstance(period, Month) and day < period.first:
        message = (
            f"published must not be before the period, got {day} for {period}; check both days"
        )
        findings.append(Finding(rule="published-early", message=message, place=place))
    return day


def _repeated(rows: Sequence[tuple[Place, Actual]]) -> list[Finding]:
    seen: dict[tuple[str, str], int] = {}
    found = []
    for place, actual in rows:
        key = (actual.series, actual.period)
        if key in seen:
            message = (
                f"{actual.series} must have {actual.period} once, got it again after line "
                f"{seen[key]}"
            )
            found.append(Finding(rule="repeated-period", message=message, place=place))
        seen.setdefault(key, place.line)
    return found
