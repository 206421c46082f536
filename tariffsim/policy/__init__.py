"""Chances to paths of policy: draws what happens and when, as events; folds no log."""

from tariffsim.policy.events import drawn_events, threatened_events
from tariffsim.policy.outcomes import Outcome, play
from tariffsim.policy.sample import Sample, luck_factors, sample, sample_at

__all__ = [
    "Outcome",
    "Sample",
    "drawn_events",
    "luck_factors",
    "play",
    "sample",
    "sample_at",
    "threatened_events",
]
