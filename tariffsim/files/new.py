"""A commented scenario to start from, its days taken from the record; checks and runs nothing."""

import datetime as dt
from pathlib import Path

from tariffsim.disk import read_text, write_atomically
from tariffsim.errors import InputError
from tariffsim.files.logs import load_log
from tariffsim.files.shipped import shipped, shipped_logs
from tariffsim.log import known_through
from tariffsim.scenario import Month
from tariffsim.terms import parse_slug

LOG = "us-china"
NOTICE = dt.timedelta(days=14)
"""From the knowledge day to the announcement of the template's event."""


def write_template(path: Path) -> Path:
    """Write a starter scenario; a file that stands there already is left alone.

    Parameters
    ----------
    path : Path
        Where; its name without the ending becomes the name of the scenario.

    Returns
    -------
    Path
        The file written.

    Raises
    ------
    InputError
        The name is none, or something stands there.
    """
    if path.suffix not in (".yaml", ".yml"):
        raise InputError(
            f"{path}: scenario file must end in .yaml, got {path.name!r}; write {path}.yaml"
        )
    try:
        name = parse_slug(path.stem)
    except ValueError as error:
        raise InputError(f"{path}: {error}") from None
    if path.exists():
        raise InputError(f"{path}: file must not exist yet; choose another name, or remove it")
    known = known_through(load_log(LOG))
    assert known is not None, "the shipped log says through which day it was read"
    month = Month(year=known.year, number=known.month).next
    last = Month(year=month.year + 1, number=month.number)
    text = read_text(shipped("data") / "templates" / "scenario.yaml").format(
        file=path,
        name=name,
        logs=", ".join(shipped_logs()),
        known_on=known,
        first=month,
        last=last,
        announced=known + NOTICE,
        effective=month.next.first,
    )
    write_atomically(path, text.encode())
    return path
