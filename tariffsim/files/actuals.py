"""What came, from a CSV file, held against the series of a result."""

from pathlib import Path

from tariffsim.codec.actuals import read_actuals
from tariffsim.disk import read_text
from tariffsim.files.shipped import short_name
from tariffsim.result import Result
from tariffsim.scorecard import Actual


def load_actuals(path: Path, result: Result) -> tuple[Actual, ...]:
    """Read what came, for the monthly variables of a result.

    Parameters
    ----------
    path : Path
        CSV with the columns series, period, value, and perhaps unit and published.
    result : Result
        With its monthly paths.

    Raises
    ------
    InputError
        Every fault of the file, with its line.
    """
    units = {variable.key: variable.unit for variable in result.paths}
    return read_actuals(read_text(path), file=short_name(path), units=units)
