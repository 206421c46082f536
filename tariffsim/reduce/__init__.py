"""From events to state, and from state to what stands on a day: the fold and its compiled twin."""

from tariffsim.reduce.compiled import Compiled, compile_rates, rates_at
from tariffsim.reduce.fold import evolve, fold
from tariffsim.reduce.on_day import controls_on, rate_on, stacked_on

__all__ = [
    "Compiled",
    "compile_rates",
    "controls_on",
    "evolve",
    "fold",
    "rate_on",
    "rates_at",
    "stacked_on",
]
