"""Two results side by side, as text for a terminal and as plain data; compares nothing itself."""

import textwrap
from typing import Any

from tariffsim.arrays import Floats
from tariffsim.comparison import ComparedRow, Comparison


def comparison_data(found: Comparison) -> dict[str, Any]:
    """Give a comparison as plain data, the same that the text shows.

    Returns
    -------
    dict
        ``first, second, manner, reasons, changes, rows``.
    """
    return {
        "first": found.names[0],
        "second": found.names[1],
        "manner": found.manner,
        "reasons": list(found.reasons),
        "changes": list(found.changes),
        "rows": [
            {
                "metric": row.metric,
                "label": row.label,
                "unit": row.unit,
                "basis": row.basis,
                "branches": [list(pair) for pair in row.branches],
                "first": _named(row.first),
                "second": _named(row.second),
                "difference": _named(row.difference),
            }
            for row in found.rows
        ],
    }


def _named(band: Floats) -> dict[str, float]:
    low, middle, high = band.tolist()
    return {"p10": low, "p50": middle, "p90": high}


def comparison_text(found: Comparison, *, width: int) -> str:
    """Write a comparison for a terminal.

    Parameters
    ----------
    found : Comparison
        What to show.
    width : int
        Columns of the terminal.

    Returns
    -------
    str
        Plain text without a trailing newline.
    """
    first, second = found.names
    lines = textwrap.wrap(f"{second} less {first}", width)
    if found.reasons:
        told = (
            f"QUANTILES ONLY: draws do not match, so the last column is a difference of quantiles, "
            f"not quantiles of differences; {'; '.join(found.reasons)}."
        )
    else:
        told = "Median [80 % band]; differences draw by draw, at common draws."
    lines += textwrap.wrap(told, width)
    if found.changes:
        lines += ["", "What sets them apart:"]
        for change in found.changes:
            lines += textwrap.wrap(change, width, initial_indent="  ", subsequent_indent="    ")
    if not found.rows:
        lines += ["", "No metric stands in both with the same unit."]
    margin = max((len(row.name) for row in found.rows), default=0) + 4
    head = " " * margin + "".join(_right(name) for name in (first, second, "difference"))
    previous = None
    for row in found.rows:
        if row.metric != previous:
            lines += ["", f"{row.label}, {row.unit}", head]
        previous = row.metric
        lines.append(_line(row, margin, draws_match=not found.reasons))
    return "\n".join(line.rstrip() for line in lines)


def _line(row: ComparedRow, margin: int, *, draws_match: bool) -> str:
    same = draws_match and not row.difference.any()
    change = "same" if same else _band(row.difference, signed=True)
    return f"  {row.name}".ljust(margin) + "".join(
        _right(text) for text in (_band(row.first), _band(row.second), change)
    )


def _right(text: str) -> str:
    return text[-30:].rjust(32)


def _band(band: Floats, *, signed: bool = False) -> str:
    low, middle, high = (value + 0.0 for value in band.tolist())
    sign = "+" if signed else ""
    if low == high:
        return f"{middle:{sign},.4g}"
    return f"{middle:{sign},.4g} [{low:,.4g}, {high:,.4g}]"
