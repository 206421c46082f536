"""What is known on the knowledge day, what is threatened, and when the law was announced.

Knows the log and the events of a branch; knows no path that is drawn and no buyer.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.axes import Axis, TradeAxes
from tariffsim.events import Event, Threatened
from tariffsim.identity import event_id
from tariffsim.log import Log
from tariffsim.reduce import Compiled, Covered, compile_rates, fold_fork
from tariffsim.resolve.ahead import KnownLaw
from tariffsim.scenario import Market
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.states import MeasureState, State

ON_TRADE = frozenset(
    {
        "measure_enacted",
        "rate_set",
        "scope_changed",
        "suspended",
        "suspension_end_set",
        "terminated",
        "voided",
        "stacking_set",
        "group_membership_set",
    }
)
"""Kinds of event that may change what is levied."""


@attrs.frozen(kw_only=True, eq=False)
class Knowledge:
    """The log on the knowledge day, and every law that was worked out from it.

    Parameters
    ----------
    known : Log
        As known on the knowledge day.
    state : State
        The same, folded.
    law : Compiled
        The same, compiled.
    axes : TradeAxes
        The flows in question only.
    day, since : date
        Knowledge day; and the day before which no rate is wanted.
    covered : Covered
        What measures cover, for every law over the axes of `law`.
    worked_out : dict of tuple of str to Compiled
        Laws by the ids of the events added.
    """

    known: Log
    state: State
    law: Compiled
    axes: TradeAxes
    day: dt.date
    since: dt.date
    covered: Covered = attrs.field(factory=Covered)
    worked_out: dict[tuple[str, ...], Compiled] = attrs.field(factory=dict)

    def with_events(self, events: Sequence[Event]) -> Compiled:
        """Work out the law with some events added, once."""
        key = tuple(sorted(map(event_id, events)))
        if key not in self.worked_out:
            state = fold_fork(events, self.known, self.state)
            self.worked_out[key] = compile_rates(state, self.axes, since=self.since)
        return self.worked_out[key]


def flows_of(axes: TradeAxes, markets: Sequence[Market]) -> TradeAxes:
    """Keep the importers and exporters that the markets ask about."""
    partners = [market.exporter for market in markets]
    return attrs.evolve(axes, exporter=Axis("exporter", list(dict.fromkeys(partners))))


@attrs.frozen(kw_only=True, eq=False)
class Threat:
    """A threat definite enough to be written down: the law that it was made under, and with it."""

    since: int
    before: Compiled
    carried_out: Compiled


def threats(knowledge: Knowledge, events: Sequence[Event]) -> list[Threat]:
    """List the threats that are known along a path and still to come due.

    Parameters
    ----------
    knowledge : Knowledge
        What is known on the knowledge day.
    events : sequence of Event
        What the path's branch adds.
    """
    tariffs = [event for event in events if event.kind in ON_TRADE]
    found = []
    made = [entry.event for entry in knowledge.known.entries]
    for event in _pending([*made, *events], knowledge.day):
        assert event.would is not None
        day = max(event.announced, knowledge.day)
        by_then = [added for added in tariffs if added.announced <= day]
        would = attrs.evolve(event.would, announced=event.announced)
        found.append(
            Threat(
                since=day.toordinal(),
                before=knowledge.with_events(by_then),
                carried_out=knowledge.with_events([*by_then, would]),
            )
        )
    return found


def _pending(events: Iterable[Event], day: dt.date) -> list[Threatened]:
    """List threats definite enough to write down whose day is still to come."""
    return [
        event
        for event in events
        if isinstance(event, Threatened)
        and event.would is not None
        and event.would.kind in ON_TRADE
        and event.would.effective > max(day, event.announced)
    ]


def flow_law(
    law: Compiled, market: Market, kept: Bools, benchmark: Floats, *, day: int, since: int
) -> KnownLaw:
    """Take one flow's rates out of a law.

    Parameters
    ----------
    law : Compiled
        Of all flows.
    market : Market
        The flow.
    kept : (product,), bool
        Products of the market among those of the law.
    benchmark : (product kept,), fraction
        Duty collected in the benchmark.
    day : int
        Ordinal of the benchmark day.
    since : int
        Ordinal of the day from which it is known.
    """
    row = law.axes.importer.index(market.importer)
    column = law.axes.exporter.index(market.exporter)
    both = law.low[:, row, column][:, kept] + law.high[:, row, column][:, kept]
    rate = both / (2.0 * EXACT_PER_UNIT)
    base = rate[int(np.searchsorted(law.starts, day, side="right")) - 1]
    first = int(np.searchsorted(law.starts, since, side="right")) - 1
    return KnownLaw(since=since, starts=law.starts[first:], rate=benchmark + rate[first:] - base)


def announcements(knowledge: Knowledge, importer: str, starts: Ints) -> Ints:
    """Give the day on which each change of the law had been announced in full, (segment,)."""
    said: dict[int, int] = {}
    for measure in knowledge.state.measures.values():
        if measure.enacted is not None and measure.enacted.imposer == importer:
            for day, announced in _said(measure):
                said[day] = max(said.get(day, 0), announced)
    today = knowledge.day.toordinal()
    return np.array([said.get(int(start), today) for start in starts], dtype=np.int64)


def _said(measure: MeasureState) -> Iterable[tuple[int, int]]:
    for level in measure.levels:
        yield level.effective.toordinal(), level.announced.toordinal()
    for span in measure.spans:
        yield span.effective.toordinal(), span.announced.toordinal()
        if span.until is not None:
            yield span.until.toordinal(), span.announced.toordinal()
    for window in measure.windows.values():
        for end in window.ends:
            if end.until is not None:
                yield end.until.toordinal(), end.announced.toordinal()
