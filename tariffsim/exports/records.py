"""All tidy rows of a result as JSON records, with numbers as numbers."""

import json

from tariffsim.report.tidy import COLUMNS, tidy_rows
from tariffsim.result import Result


def records_bytes(result: Result) -> bytes:
    """Write every tidy row as a JSON record, one a line inside one list.

    Parameters
    ----------
    result : Result
        What to write.

    Returns
    -------
    bytes
        UTF-8; ``quantile`` (null for means) and ``value`` are numbers, ``projected`` is true or
        false.
    """
    lines = ",\n".join(json.dumps(typed(row), ensure_ascii=False) for row in tidy_rows(result))
    return f"[\n{lines}\n]\n".encode()


def typed(row: tuple[str, ...]) -> dict[str, object]:
    """Give a tidy row its types."""
    found: dict[str, object] = dict(zip(COLUMNS, row, strict=True))
    # A mean is of no quantile.
    found["quantile"] = float(row[9]) if row[9] else None
    found["value"] = float(row[10])
    found["projected"] = row[11] == "true"
    return found
