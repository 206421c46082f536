"""Whatever a path or a name leads to, checked: findings instead of an exception."""

from pathlib import Path

from tariffsim.codec.marked import compose
from tariffsim.disk import read_text
from tariffsim.errors import InputError
from tariffsim.files.logs import assemble_log
from tariffsim.files.shipped import shipped, shipped_logs, shipped_scenarios, short_name
from tariffsim.finding import Finding, by_place


def check_file(name: str) -> tuple[Finding, ...]:
    """Check a scenario, a fact sheet, a folder of sheets, a stored log, or a sheet of materials.

    Parameters
    ----------
    name : str
        A path, or the name of a shipped log or scenario.

    Returns
    -------
    tuple of Finding
        Everything found; no exception for bad input.

    Examples
    --------
    >>> [finding for finding in check_file("geneva-2025") if finding.severity == "error"]
    []
    """
    try:
        if _is_material_sheet(name):
            from tariffsim.files.materials import check_materials  # noqa: PLC0415

            return check_materials(Path(name))
        if _is_scenario(name):
            # What a fork needs beyond its log is read where there is a fork.
            from tariffsim.files.scenarios import check_scenario  # noqa: PLC0415

            check_scenario(name)
            return ()
        return tuple(sorted(assemble_log(name).findings, key=by_place))
    except InputError as error:
        found = tuple(f for f in error.findings if isinstance(f, Finding))
        if found:
            return found
        return tuple(Finding(rule="unreadable", message=line) for line in str(error).splitlines())


def is_shipped(name: str) -> bool:
    """Tell whether a path or a name leads to a log that travels with the library."""
    path = Path(name)
    named = name in shipped_logs() and not path.exists()
    return named or path.resolve().is_relative_to(shipped("seeds").resolve())


def _is_material_sheet(name: str) -> bool:
    path = Path(name)
    if path.suffix != ".yaml" or not path.is_file():
        return False
    # What materials need beyond a log is imported where a file is named that may be theirs.
    from tariffsim.files.materials import SHEET_KEYS  # noqa: PLC0415

    data = compose(read_text(path), file=short_name(path)).data
    return isinstance(data, dict) and "scenario" not in data and bool({*SHEET_KEYS} & {*data})


def _is_scenario(name: str) -> bool:
    path = Path(name)
    if path.suffix == ".yaml" and path.is_file():
        data = compose(read_text(path), file=short_name(path)).data
        return isinstance(data, dict) and "events" not in data and "sources" not in data
    bare = "/" not in name and "." not in name and not path.exists()
    return bare and name in shipped_scenarios() and name not in shipped_logs()
