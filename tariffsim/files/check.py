"""Whatever a path or a name leads to, checked: findings instead of an exception."""

from pathlib import Path

from tariffsim.codec.marked import compose
from tariffsim.disk import read_text
from tariffsim.errors import InputError
from tariffsim.files.logs import assemble_log
from tariffsim.files.scenarios import check_scenario
from tariffsim.files.shipped import short_name, shipped_logs, shipped_scenarios
from tariffsim.finding import Finding


def check_file(name: str) -> tuple[Finding, ...]:
    """Check a scenario, a fact sheet, a folder of sheets, or a stored log.

    Parameters
    ----------
    name : str
        A path, or the name of a shipped log or scenario.

    Returns
    -------
    tuple of Finding
        Everything found; no exception for bad input.
    """
    try:
        if _is_scenario(name):
            check_scenario(name)
            return ()
        return assemble_log(name).findings
    except InputError as error:
        found = tuple(f for f in error.findings if isinstance(f, Finding))
        return found or (Finding(rule="unreadable", message=str(error)),)


def _is_scenario(name: str) -> bool:
    path = Path(name)
    if path.suffix == ".yaml" and path.is_file():
        data = compose(read_text(path), file=short_name(path)).data
        return isinstance(data, dict) and "events" not in data and "sources" not in data
    bare = "/" not in name and "." not in name and not path.exists()
    return bare and name in shipped_scenarios() and name not in shipped_logs()
