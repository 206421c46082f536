"""What is in force in a trade dispute, who says so, what if it changes, and how sure are we.

The face of the library: a dozen names, loaded when first used, so that importing the package
costs nothing. See `docs/` for the tour.

Examples
--------
>>> import tariffsim as ts
>>> log = ts.load_log("us-china")
>>> import datetime as dt
>>> ts.state(log, dt.date(2025, 5, 14), "USA", "CHN").low / 10**10
30.0
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tariffsim.corridor import run, sensitivity, with_options
    from tariffsim.errors import TariffsimError
    from tariffsim.files.check import check_file
    from tariffsim.files.logs import load_log
    from tariffsim.files.results import load_result, write_result
    from tariffsim.files.scenarios import load_inputs, load_scenario
    from tariffsim.log import Log, known_on
    from tariffsim.query import difference, state, why
    from tariffsim.result import Result

__version__ = "0.1.0"

_HOMES = {
    "Log": "log",
    "Result": "result",
    "TariffsimError": "errors",
    "check_file": "files.check",
    "difference": "query",
    "known_on": "log",
    "load_inputs": "files.scenarios",
    "load_log": "files.logs",
    "load_result": "files.results",
    "load_scenario": "files.scenarios",
    "run": "corridor",
    "sensitivity": "corridor",
    "state": "query",
    "why": "query",
    "with_options": "corridor",
    "write_result": "files.results",
}

__all__ = [
    "Log",
    "Result",
    "TariffsimError",
    "check_file",
    "difference",
    "known_on",
    "load_inputs",
    "load_log",
    "load_result",
    "load_scenario",
    "run",
    "sensitivity",
    "state",
    "why",
    "with_options",
    "write_result",
]


def __getattr__(name: str) -> Any:
    home = _HOMES.get(name)
    if home is None:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{home}"), name)


def __dir__() -> list[str]:
    return sorted(__all__)
