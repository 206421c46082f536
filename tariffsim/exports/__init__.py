"""A result in other formats than tidy CSV, as bytes; opens no file that stays.

Each format has a module of its own, which imports what it needs when it is called.
"""

from collections.abc import Callable, Sequence

from tariffsim.errors import InputError
from tariffsim.exports.netcdf import netcdf_bytes
from tariffsim.exports.parquet import parquet_bytes
from tariffsim.exports.records import records_bytes
from tariffsim.exports.workbook import workbook_bytes
from tariffsim.result import Result
from tariffsim.terms import nearest

__all__ = ["FORMATS", "check_formats", "exported"]

FORMATS: dict[str, tuple[str, Callable[[Result], bytes]]] = {
    "json": ("tidy.json", records_bytes),
    "parquet": ("tidy.parquet", parquet_bytes),
    "xlsx": ("result.xlsx", workbook_bytes),
    "netcdf": ("result.nc", netcdf_bytes),
}
"""File name and writer of each format; tidy CSV is written anyway."""


def exported(result: Result, formats: Sequence[str]) -> dict[str, bytes]:
    """Write a result in each of some formats.

    Parameters
    ----------
    result : Result
        What to write.
    formats : sequence of str
        Of `FORMATS`, or ``csv``, which adds nothing.

    Returns
    -------
    dict of str to bytes
        File name to content.

    Raises
    ------
    InputError
        A format is unknown.
    MissingExtra
        What a format needs is not installed.
    """
    check_formats(formats)
    wanted = [FORMATS[name] for name in dict.fromkeys(formats) if name != "csv"]
    return {name: write(result) for name, write in wanted}


def check_formats(formats: Sequence[str]) -> None:
    """Refuse a format that is none of ours."""
    known = ["csv", *FORMATS]
    for name in formats:
        if name not in known:
            raise InputError(
                f"format must be one of {', '.join(known)}, got {name!r}{nearest(name, known)}"
            )
