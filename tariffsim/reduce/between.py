"""What a log holds at all on a flow, on whatever day: nothing, or only what falls on everybody.

A rate of nought from a log that is about others is no answer; whoever asks should be told. Works
out no rate.
"""

from typing import Literal

from tariffsim.reduce.reach import groups_on, lists_on
from tariffsim.scopes import Partners, covers_partner
from tariffsim.states import MeasureState, State
from tariffsim.terms import WORLD, Economy

Held = Literal["nothing", "of-everybody", "of-both"]


def held_between(state: State, importer: Economy, exporter: Economy) -> Held:
    """Tell whether measures of a log are on a flow, and whether one is on it in particular.

    Parameters
    ----------
    state : State
        The folded log.
    importer, exporter : Economy
        The flow.

    Returns
    -------
    {'nothing', 'of-everybody', 'of-both'}
        No measure is ever on it; only measures on all the world are; some measure is on the
        partner in particular, alone or in a group.

    Examples
    --------
    >>> from tariffsim import load_log
    >>> from tariffsim.reduce import fold
    >>> state = fold(load_log("us-china"))
    >>> [held_between(state, "USA", partner) for partner in ("CHN", "DEU")]
    ['of-both', 'of-everybody']
    """
    found: Held = "nothing"
    for measure in state.measures.values():
        if measure.enacted is None or not _falls(state, measure, importer, exporter):
            continue
        partner = importer if measure.enacted.flow == "export" else exporter
        if _names(state, measure, partner):
            return "of-both"
        found = "of-everybody"
    return found


def _falls(state: State, measure: MeasureState, importer: Economy, exporter: Economy) -> bool:
    assert measure.enacted is not None
    days = {measure.enacted.effective, *(span.effective for span in measure.spans)}
    return any(
        lists_on(measure, day, importer, exporter, groups_on(state, day)) for day in sorted(days)
    )


def _names(state: State, measure: MeasureState, partner: Economy) -> bool:
    assert measure.enacted is not None
    if WORLD in measure.enacted.partners.include:
        return False  # who left it and came back is named, and still one among all
    scopes = [measure.enacted.partners]
    scopes += [
        span.partners
        for span in measure.spans
        if span.partners is not None and span.direction == "in"
    ]
    ever = {
        group: frozenset(code for entry in timeline for code in entry.members)
        for group, timeline in state.groups.items()
    }
    return any(covers_partner(Partners(include=scope.include), partner, ever) for scope in scopes)
