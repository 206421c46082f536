"""A measure undone and its refund as data for programs, and as tidy CSV; writes no file.

States with every figure whether it is of entries or of benchmark flows, which are not what was
imported.
"""

import csv
import datetime as dt
import io
import json
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.log import Log
from tariffsim.undo.refund import (
    AMOUNT_UNIT,
    REFUND_UNIT,
    Amounts,
    LayerShift,
    RateSpan,
    Reading,
    Refund,
    Undone,
)

RATE_COLUMNS = (
    "from",
    "until",
    "importer",
    "exporter",
    "product",
    "measure",
    "with_low",
    "with_high",
    "without_low",
    "without_high",
    "unit",
    "refundable",
)
REFUND_COLUMNS = (
    "measure",
    "month",
    "product",
    "refundable",
    "entries",
    "customs_value",
    "least",
    "most",
    "p10",
    "median",
    "p90",
    "currency",
    "basis",
)
HEADS = {
    "rates.csv": ",".join(RATE_COLUMNS),
    "refund.csv": ",".join(REFUND_COLUMNS),
    "undo.json": '{"measure":',
}
"""What each file of a refund begins with."""
BASIS = {
    "benchmark": "benchmark flows, not on what was imported: one year's trade spread evenly",
    "entries": "the entries given",
}


def refund_data(refund: Refund, log: Log) -> dict[str, Any]:
    """Give a measure undone and its refund as plain data.

    Parameters
    ----------
    refund : Refund
        What to give.
    log : Log
        For the name of the ruling.

    Returns
    -------
    dict
        Days are first days; ``until`` is the first day no longer. A rate that is known only as a
        range is a list: where lists cover the least, and where they cover the most.
    """
    undone = refund.undone
    return {
        "measure": undone.measure,
        "authority": undone.authority,
        "log": undone.log,
        "known_on": _day(undone.known_on),
        "undone_from": _day(undone.start),
        "levied_until": _day(undone.end),
        "ruling": ruling_of(undone, log),
        "refundable_from": _day(undone.refundable_from),
        "importer": undone.importer,
        "exporter": undone.exporter,
        "product": undone.product,
        "rates": [_span_data(span) for span in undone.spans],
        "refund": {
            "basis": refund.basis,
            "flows": refund.name,
            "note": BASIS[refund.basis],
            "currency": refund.currency,
            "draws": refund.draws,
            "seed": refund.seed,
            "levied": _total_data(refund.tables["levied"]),
            "refundable": _total_data(refund.tables["refundable"]),
            "by_month": list(_rows_data(refund.tables["month"], "month")),
            "by_product": list(_rows_data(refund.tables["product"], "product")),
        },
        "reading": None if refund.reading is None else _reading_data(refund.reading),
    }


def _day(day: dt.date | None) -> str | None:
    return None if day is None else day.isoformat()


def ruling_of(undone: Undone, log: Log) -> str | None:
    """Name the event that voided a measure, where one has."""
    if undone.ruling is None:
        return None
    return log.by_id[undone.ruling].event.key or undone.ruling[:12]


def _span_data(span: RateSpan) -> dict[str, Any]:
    return {
        "from": _day(span.start),
        "until": _day(span.end),
        "with_percent": _number(span.with_ends),
        "without_percent": _number(span.without_ends),
        "difference_percent": _number(span.difference_ends),
        "refundable": span.refundable,
        "layers": [
            {
                "measure": layer.measure,
                "with_percent": _number((layer.with_low, layer.with_high)),
                "without_percent": _number((layer.without_low, layer.without_high)),
            }
            for layer in span.layers
        ],
    }


def _number(ends: tuple[int, int]) -> int | float | list[int | float]:
    low, high = (_plain(Decimal(end) / EXACT_PER_PERCENT) for end in ends)
    return low if low == high else [low, high]


def _plain(number: Decimal) -> int | float:
    return int(number) if number == number.to_integral_value() else float(number)


def _total_data(amounts: Amounts) -> dict[str, Any]:
    none = {"entries": 0, "customs_value": 0.0}
    none |= dict.fromkeys(("least", "most", "p10", "median", "p90"), 0.0)
    return next((row for row in _rows_data(amounts)), none)


def _rows_data(amounts: Amounts, *names: str) -> Iterable[dict[str, Any]]:
    for place, label in enumerate(amounts.labels):
        yield {
            **dict(zip(names, label, strict=False)),
            "entries": int(amounts.rows[place]),
            "customs_value": amounts.value[place] / AMOUNT_UNIT,
            "least": amounts.least[place] / REFUND_UNIT,
            "most": amounts.most[place] / REFUND_UNIT,
            "p10": float(amounts.low[place]),
            "median": float(amounts.median[place]),
            "p90": float(amounts.high[place]),
        }


def _reading_data(reading: Reading) -> dict[str, Any]:
    paid = reading.duty_paid
    return {
        "file": reading.file,
        "rows_counted": reading.counted,
        "rows_not_counted": reading.bad,
        "rows_outside_the_days": reading.outside,
        "customs_value": reading.value / AMOUNT_UNIT,
        "duty_paid": None if paid is None else paid / AMOUNT_UNIT,
        "first_not_counted": [
            {"line": row.line, "reason": row.reason, "text": row.text} for row in reading.first_bad
        ],
    }


def refund_files(refund: Refund, log: Log) -> dict[str, str]:
    """Write a measure undone and its refund as files: name to content."""
    undone = refund.undone
    flow = (undone.importer, undone.exporter, undone.product or "")
    rates = (
        (
            _day(span.start),
            _day(span.end) or "",
            *flow,
            layer.measure,
            *map(_percent, ends_of(layer)),
            "percent",
            _word(span.refundable),
        )
        for span in undone.spans
        for layer in span.layers
    )
    lines = (
        (undone.measure, *row.values(), refund.currency, refund.basis)
        for row in _rows_data(refund.tables["line"], "month", "product", "refundable")
    )
    return {
        "rates.csv": _csv(RATE_COLUMNS, rates),
        "refund.csv": _csv(REFUND_COLUMNS, lines),
        "undo.json": json.dumps(refund_data(refund, log), indent=2, ensure_ascii=False) + "\n",
    }


def ends_of(layer: LayerShift) -> tuple[int, int, int, int]:
    """Give what a layer adds with the measure undone, at both ends, and without it."""
    return layer.with_low, layer.with_high, layer.without_low, layer.without_high


def _percent(exact: int) -> str:
    return f"{(Decimal(exact) / EXACT_PER_PERCENT).normalize():f}"


def _word(flag: bool) -> str:
    return "true" if flag else "false"


def _csv(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(columns)
    writer.writerows(rows)
    return text.getvalue()
