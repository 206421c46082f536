"""A measure undone and its refund as text for people: rates by day range, then the money.

States with every figure whether it is of entries or of benchmark flows, which are not what was
imported.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal

from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.log import Log
from tariffsim.report.refund_data import BASIS, ends_of, ruling_of
from tariffsim.undo.refund import AMOUNT_UNIT, Amounts, BadRow, Reading, Refund, Undone

SHOWN_PRODUCTS = 12


def refund_text(refund: Refund, log: Log) -> str:
    """Write a measure undone and its refund for people: rates by day range, then the money."""
    undone = refund.undone
    lines = [*_head(undone, log), "", *_rates(undone), *_returned(undone), "", *_money(refund)]
    return "\n".join(lines)


def _head(undone: Undone, log: Log) -> list[str]:
    known = f"as known on {undone.known_on}" if undone.known_on else "with everything in the log"
    lines = [f"Without {undone.measure} from {undone.start}, log {undone.log}, {known}"]
    ruling = ruling_of(undone, log)
    until = f"levied through {_last_day(undone.end)}" if undone.end else "still levied"
    if ruling is None:
        return [*lines, f"No court has voided it by then: a what-if; {until}."]
    first = undone.refundable_from
    paid = f"refundable if paid from {first} on" if first else "what was paid is not refundable"
    return [*lines, f"Voided by {ruling}: {until}; {paid}."]


def _last_day(end: dt.date) -> dt.date:
    return end - dt.timedelta(days=1)


def _rates(undone: Undone) -> list[str]:
    goods = f"HS {undone.product}" if undone.product else "all goods, above MFN and section 301,"
    rows: list[tuple[str, ...]] = [("from", "to", "with it", "without it", "difference", "")]
    rows += [
        (
            str(span.start),
            str(_last_day(span.end)) if span.end else "open",
            *(_shown(e) for e in (span.with_ends, span.without_ends, span.difference_ends)),
            "" if span.refundable else "not refundable",
        )
        for span in undone.spans
    ]
    title = f"{undone.importer} duties on {goods} of {undone.exporter}:"
    return [title, "", *_table(rows, left=2)]


def _returned(undone: Undone) -> list[str]:
    """Name the measures that add more without the one undone."""
    lines: list[str] = []
    for span in undone.spans:
        for layer in span.layers:
            with_low, with_high, without_low, without_high = ends_of(layer)
            if layer.measure == undone.measure or (with_low, with_high) == (
                without_low,
                without_high,
            ):
                continue
            lines.append(
                f"  {span.start}  {layer.measure}  {_shown((with_low, with_high))} -> "
                f"{_shown((without_low, without_high))}"
            )
    return ["", "Other measures that change without it:", *lines] if lines else []


def _shown(ends: tuple[int, int]) -> str:
    words = [f"{round(Decimal(end) / EXACT_PER_PERCENT, 2).normalize():f}" for end in ends]
    return " to ".join(dict.fromkeys(words)) + " %"


def _money(refund: Refund) -> list[str]:
    benchmark = refund.basis == "benchmark"
    scale, unit = (1_000_000, "USD million") if benchmark else (1, refund.currency)
    lines = [f"Duty under the measure, {unit}, on {BASIS[refund.basis]} ({refund.name})."]
    if refund.reading is not None:
        lines += _read(refund.reading)
    if not refund.tables["levied"].labels:
        return [*lines, "", "It made no difference to any of them."]
    is_open = any(
        (table.low != table.high).any() for table in (refund.tables["month"], refund.tables["line"])
    )
    if is_open:
        lines.append(
            "Lists cover an unknown part of some products: median and 80 % band over "
            f"{refund.draws} draws, seed {refund.seed}."
        )
    return [
        *lines,
        "",
        *_table(_by(refund, "month", scale, refund.tables["month"].labels), left=1),
        "",
        *_largest(refund, scale),
    ]


def _read(reading: Reading) -> list[str]:
    lines = [
        f"{reading.counted:,} rows counted ({reading.outside:,} outside the days above), "
        f"{reading.bad:,} not."
    ]
    if reading.duty_paid is not None:
        paid = reading.duty_paid / AMOUNT_UNIT
        lines.append(
            f"Duty paid on the rows counted: {paid:,.2f}; no row gets back more than it paid."
        )
    return lines


def _by(
    refund: Refund, name: str, scale: int, chosen: Sequence[tuple[str, ...]]
) -> list[tuple[str, ...]]:
    table = refund.tables[name]
    place_of = {label: place for place, label in enumerate(table.labels)}
    rows: list[tuple[str, ...]] = [(name, "customs value", "duty levied", "80 % band")]
    rows += [_amount_row(label[0], table, place_of[label], scale) for label in chosen]
    rows.append(_amount_row("levied", refund.tables["levied"], 0, scale))
    if refund.undone.ruling is not None and refund.tables["refundable"].labels:
        rows.append(_amount_row("refundable", refund.tables["refundable"], 0, scale))
    if not any(row[3] for row in rows[1:]):
        rows = [row[:3] for row in rows]
    return rows


def _largest(refund: Refund, scale: int) -> list[str]:
    table = refund.tables["product"]
    order = sorted(range(len(table.labels)), key=lambda place: (-abs(table.median[place]), place))
    chosen = [table.labels[place] for place in order[:SHOWN_PRODUCTS]]
    rows = _by(refund, "product", scale, chosen)[: len(chosen) + 1]
    left = len(order) - len(chosen)
    more = [f"  and {left:,} more products; --out writes all, by month"] if left else []
    return [*_table(rows, left=1), *more]


def _amount_row(label: str, table: Amounts, place: int, scale: int) -> tuple[str, ...]:
    low, median, high = (
        float(column[place]) / scale for column in (table.low, table.median, table.high)
    )
    band = "" if low == high else f"[{low:,.2f}, {high:,.2f}]"
    value = table.value[place] / (AMOUNT_UNIT * scale)
    return (label, f"{value:,.2f}", f"{median:,.2f}", band)


def _table(rows: Sequence[tuple[str, ...]], *, left: int) -> list[str]:
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        "  "
        + "  ".join(
            cell.ljust(width) if column < left or column == len(row) - 1 else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def bad_rows_text(reading: Reading) -> str:
    """List the first rows that could not be counted, each with its line and the reason."""
    lines = [_bad_row(reading.file, row) for row in reading.first_bad]
    left = reading.bad - len(reading.first_bad)
    if left:
        lines.append(f"{left:,} more rows were not counted; --out writes them all")
    return "\n".join(lines)


def _bad_row(file: str, row: BadRow) -> str:
    return f"{file}:{row.line}:1: warning: {row.reason}; the row was not counted"
