"""All tidy rows of a result as one Parquet table."""

import io

from tariffsim.errors import MissingExtra
from tariffsim.exports.records import typed
from tariffsim.report.tidy import COLUMNS, tidy_rows
from tariffsim.result import Result

NUMBERS = {"quantile", "value"}


def parquet_bytes(result: Result) -> bytes:
    """Write every tidy row into a Parquet table.

    Parameters
    ----------
    result : Result
        What to write.

    Returns
    -------
    bytes
        The same columns as the CSV files; the scenario's question and log stand in the metadata.

    Raises
    ------
    MissingExtra
        pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415 - an extra, imported where used
        import pyarrow.parquet as pq  # noqa: PLC0415
    except ImportError:
        raise MissingExtra(
            "Parquet needs pyarrow; install it with: pip install 'tariffsim[parquet]'"
        ) from None
    schema = pa.schema(
        [
            pa.field(name, pa.float64() if name in NUMBERS else pa.string())
            if name != "projected"
            else pa.field(name, pa.bool_())
            for name in COLUMNS
        ],
        metadata={
            "scenario": result.provenance.scenario,
            "question": result.provenance.question,
            "log": result.provenance.log,
            "known_on": result.provenance.known_on,
        },
    )
    table = pa.Table.from_pylist([typed(row) for row in tidy_rows(result)], schema=schema)
    made = io.BytesIO()
    pq.write_table(table, made, compression="zstd")
    return made.getvalue()
