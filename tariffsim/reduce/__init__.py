"""From events to state, and from state to what stands on a day: the fold and its compiled twin."""

from tariffsim.reduce.absent import absent_on
from tariffsim.reduce.compiled import Compiled, compile_rates, rates_at
from tariffsim.reduce.covered import Covered
from tariffsim.reduce.fold import evolve, fold, fold_fork
from tariffsim.reduce.on_day import controls_on, rate_on, stacked_on
from tariffsim.reduce.own_unit import at_unit_values, own_units_on

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
    "own_units_on",
    "rate_on",
    "rates_at",
    "stacked_on",
]
