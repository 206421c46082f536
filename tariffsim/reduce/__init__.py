"""From events to state, and from state to what stands on a day: the fold and its compiled twin."""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from tariffsim.reduce.absent import absent_on
from tariffsim.reduce.between import held_between
from tariffsim.reduce.fold import evolve, fold, fold_fork
from tariffsim.reduce.on_day import controls_on, rate_on, stacked_on
from tariffsim.reduce.own_unit import at_unit_values, own_units_on, unused_values

if TYPE_CHECKING:
    from tariffsim.reduce.compiled import Compiled, compile_rates, rates_at
    from tariffsim.reduce.covered import Covered

__all__ = [
    "Compiled",
    "Covered",
    "absent_on",
    "at_unit_values",
    "compile_rates",
    "controls_on",
    "evolve",
    "fold",
    "fold_fork",
    "held_between",
    "own_units_on",
    "rate_on",
    "rates_at",
    "stacked_on",
    "unused_values",
]

# Arrays are loaded by who asks for them: a question about one day, and `check`, need none.
_OF_ARRAYS = {
    "Compiled": "compiled",
    "Covered": "covered",
    "compile_rates": "compiled",
    "rates_at": "compiled",
}


def __getattr__(name: str) -> Any:
    if name not in _OF_ARRAYS:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_OF_ARRAYS[name]}"), name)
