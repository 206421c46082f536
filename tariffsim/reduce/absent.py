"""Measures that would fall on a flow had nothing taken them off it, and the events that did.

A stack shows what is there. Where goods left a list, or a measure ended, on word that is in doubt,
whoever reads the stack should see that too. Judges no evidence.
"""

import datetime as dt

import attrs

from tariffsim.reduce.reach import coverage_on, groups_on
from tariffsim.states import MeasureState, State
from tariffsim.terms import Economy, Product, Slug


@attrs.frozen(kw_only=True)
class Absent:
    """A measure that does not fall on a flow, and the events because of which it does not."""

    measure: Slug
    events: tuple[str, ...]


def absent_on(
    state: State,
    day: dt.date,
    importer: Economy,
    exporter: Economy,
    product: Product | None = None,
) -> tuple[Absent, ...]:
    """List the measures that once came into being and by a day are off a flow.

    Parameters
    ----------
    state : State
        The folded log.
    day : date
        The day.
    importer, exporter : Economy
        The flow.
    product : Product, optional
        HS code; None asks about the measures on all goods.

    Returns
    -------
    tuple of Absent
        By name: measures that ended, and measures of whose list a change took these goods out.
    """
    groups = groups_on(state, day)
    found = []
    for name, measure in sorted(state.measures.items()):
        if measure.enacted is None or day < measure.enacted.effective:
            continue
        outs = tuple(
            span.event
            for span in measure.spans
            if span.direction == "out"
            and span.effective <= day
            and (span.until is None or day < span.until)
        )
        stayed = _with(measure, without=outs)
        covered, would = (
            coverage_on(one, day, importer, exporter, product, groups).high
            for one in (measure, stayed)
        )
        ended = measure.ended is not None and measure.ended <= day
        if ended and would:
            found.append(Absent(measure=name, events=(measure.ended_by or "",)))
        elif outs and would and not covered:
            found.append(Absent(measure=name, events=outs))
    return tuple(found)


def _with(measure: MeasureState, *, without: tuple[str, ...]) -> MeasureState:
    kept = tuple(span for span in measure.spans if span.event not in without)
    return attrs.evolve(measure, spans=kept)
