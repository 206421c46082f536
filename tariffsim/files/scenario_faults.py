"""Every fault of a scenario that cannot be run: each step of loading it is tried by itself.

A run stops at the first step that fails. Whoever mends a file wants to know of the others too.
"""

from collections.abc import Callable
from pathlib import Path

from tariffsim.codec.marked import Marked
from tariffsim.errors import InputError
from tariffsim.files.forked import bound, names_in
from tariffsim.files.logs import load_log
from tariffsim.files.scenario_tables import (
    accounts_of,
    monthly_of,
    profiles_of,
    shares_of,
    trade_of,
    world_of,
)
from tariffsim.files.written import Written, beside, placed
from tariffsim.finding import Finding, by_place
from tariffsim.log import Log


def faults_of_fork(marked: Marked, path: Path) -> tuple[Finding, ...]:
    """Hold what can be read of a faulty scenario against its log.

    Parameters
    ----------
    marked : Marked
        The scenario as written.
    path : Path
        Its file.

    Returns
    -------
    tuple of Finding
        What is wrong with the log, or with the names that the fork uses.
    """
    name = marked.data.get("log") if isinstance(marked.data, dict) else None
    if not isinstance(name, str):
        return ()
    log, findings = _log(marked, path, name)
    return findings if log is None else names_in(marked, log)


def faults_of_steps(written: Written) -> tuple[Finding, ...]:
    """Try every step of loading a scenario, and tell what is wrong with each.

    Parameters
    ----------
    written : Written
        A scenario that could be read.

    Returns
    -------
    tuple of Finding
        In the order of their places.
    """
    scenario = written.scenario
    log, found = _log(written.marked, written.path, scenario.log)
    steps: list[Callable[[], object]] = [
        lambda: shares_of(written, "share_prior"),
        lambda: shares_of(written, "storable"),
        lambda: accounts_of(written, profiles_of(written)[0]),
        lambda: world_of(written, scenario),
    ]
    if log is not None:
        steps += [
            lambda: bound(written, log),
            lambda: trade_of(written, log),
            lambda: monthly_of(written, log),
        ]
    findings = [*found, *(finding for step in steps for finding in _wrong_with(step))]
    return tuple(sorted(findings, key=by_place))


def _log(marked: Marked, path: Path, name: str) -> tuple[Log | None, tuple[Finding, ...]]:
    try:
        with placed(marked, ("log",)):
            return load_log(beside(name, path)), ()
    except InputError as error:
        return None, _findings(error)


def _wrong_with(step: Callable[[], object]) -> tuple[Finding, ...]:
    try:
        step()
    except InputError as error:
        return _findings(error)
    return ()


def _findings(error: InputError) -> tuple[Finding, ...]:
    """Give the findings of an error; its text as one, where it has none."""
    found = tuple(finding for finding in error.findings if isinstance(finding, Finding))
    return found or tuple(
        Finding(rule="bad-value", message=line) for line in str(error).splitlines()
    )
