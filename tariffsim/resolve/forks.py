"""A branch forked by what is drawn: each path's days of law from a few new rows; draws nothing.

Paths by the thousand differ in days and hardly in rates. The branch is folded and compiled once;
a path folds its own few events on top, and asks for a new row of rates only where a measure stands
as it has on no path before.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.axes import TradeAxes
from tariffsim.errors import InputError, LogError
from tariffsim.events import (
    ControlEased,
    ControlSet,
    Event,
    GeneralLicenceGranted,
    GroupMembershipSet,
    RateSet,
    Suspended,
    SuspensionEndSet,
    Terminated,
    Voided,
)
from tariffsim.identity import event_id
from tariffsim.log import make_log
from tariffsim.reduce import compile_rates, fold, rates_at, stacked_on
from tariffsim.resolve.paths import Calendar, Rows
from tariffsim.scenario import Chance
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.states import State
from tariffsim.terms import Economy, Slug

Key = tuple[object, ...]
NEVER = dt.date.max.toordinal()

ON_RATES = (RateSet, Suspended, SuspensionEndSet, Terminated, Voided)
"""Kinds whose whole effect on a day is the rate of their measure, or its end."""

ON_CONTROLS = (ControlSet, ControlEased, GeneralLicenceGranted)


@attrs.define(kw_only=True, eq=False)
class Fork:
    """One branch, and the rows of rates that its paths have asked for so far.

    Parameters
    ----------
    name : str
        The branch.
    state : State
        Folded with the branch's own events.
    calendar : Calendar
        Its days of law, with every breakpoint.
    touched : tuple of Slug
        Measures that something drawn may change.
    axes : TradeAxes
        What rows are about.
    rows : Rows
        Shared by all branches.
    """

    name: str
    state: State
    calendar: Calendar
    touched: tuple[Slug, ...]
    axes: TradeAxes
    rows: Rows
    known: dict[Key, int] = attrs.field(factory=dict)
    add_ons: dict[Key, Floats] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        keys = self._keys(self.state, (), self.calendar.starts)
        self.known.update(zip(keys, self.calendar.rows.tolist(), strict=True))

    def path(self, events: Sequence[Event]) -> tuple[Calendar, State]:
        """Work out the days of law of one path.

        Parameters
        ----------
        events : sequence of Event
            What was drawn, on top of the branch.

        Returns
        -------
        calendar : Calendar
            Merged.
        state : State
            The fold of the branch and these events.

        Raises
        ------
        InputError
            Two events set the same thing differently, or a day before the first event changes.
        """
        if not events:
            return self.calendar.merged(), self.state
        state = self.folded(events)
        starts = np.union1d(self.calendar.starts, np.array(sorted(_breaks(events)), dtype=np.int64))
        keys = self._keys(state, events, starts)
        missing = {
            key: start
            for key, start in zip(keys, starts.tolist(), strict=True)
            if key not in self.known
        }
        if missing:
            days = sorted(set(missing.values()))
            table = compile_rates(state, self.axes, days=[dt.date.fromordinal(d) for d in days])
            rows = dict(zip(days, self.rows.add(table).rows.tolist(), strict=True))
            self.known.update({key: rows[start] for key, start in missing.items()})
        found = Calendar(starts, np.array([self.known[key] for key in keys], dtype=np.int64))
        self._refuse_changed_past(found, min(event.effective for event in events))
        return found.merged(), state

    def folded(self, events: Sequence[Event]) -> State:
        """Fold what was drawn on top of the branch."""
        try:
            return fold(make_log(Slug("drawn"), events), start=self.state)
        except LogError as clash:
            raise InputError(f"{self.name}: what is drawn clashes: {clash}") from None

    def add_on(
        self,
        state: State,
        events: Sequence[Event],
        last: dt.date,
        flows: Iterable[tuple[Economy, Economy]],
    ) -> Floats:
        """Give the headline add-on of a path on the last day; (flow,), percent."""
        (key,) = self._keys(state, events, np.array([last.toordinal()]))
        if key not in self.add_ons:
            stacks = [stacked_on(state, last, *flow).low for flow in flows]
            self.add_ons[key] = 100.0 * np.array(stacks, dtype=np.float64) / EXACT_PER_UNIT
        return self.add_ons[key]

    def _keys(self, state: State, events: Sequence[Event], starts: Ints) -> list[Key]:
        """Say what the rates of each day depend on: the branch's own day, and what was drawn."""
        columns = [(np.searchsorted(self.calendar.starts, starts, side="right") - 1).tolist()]
        for name in self.touched:
            measure = state.measures.get(name)
            if measure is not None:
                columns.append(rates_at(measure, starts).tolist())
                ended = NEVER if measure.ended is None else measure.ended.toordinal()
                columns.append((starts >= ended).tolist())
        for event in events:
            if not isinstance(event, ON_RATES):
                until = getattr(event, "until", None)
                within = starts < (NEVER if until is None else until.toordinal())
                handle = event_id(event)
                holds = (starts >= event.effective.toordinal()) & within
                columns.append([handle if held else "" for held in holds.tolist()])
        return list(zip(*columns, strict=True))

    def _refuse_changed_past(self, found: Calendar, first: dt.date) -> None:
        before = found.starts[found.starts < first.toordinal()]
        if not np.array_equal(found.at(before), self.calendar.at(before)):
            raise InputError(
                f"{self.name}: what is drawn may not change a day before its first event on "
                f"{first}; move the events' effective days"
            )


def touched_by(chances: Iterable[Chance]) -> tuple[Slug, ...]:
    """List the measures whose rate some chances may change."""
    events = (event for chance in chances for event in chance.events)
    return tuple(sorted({event.measure for event in events if isinstance(event, ON_RATES)}))


def on_tariffs(event: Event, state: State) -> bool:
    """Tell whether an event may change a rate."""
    if isinstance(event, Suspended | SuspensionEndSet | Terminated):
        measure = state.measures.get(event.measure)
        return measure is not None and measure.enacted is not None
    return not isinstance(event, ON_CONTROLS)


def on_supply(event: Event, state: State) -> bool:
    """Tell whether an event may change the practice of a control."""
    if isinstance(event, Suspended | SuspensionEndSet | Terminated):
        control = state.controls.get(event.measure)
        return control is not None and control.control_set is not None
    return isinstance(event, (*ON_CONTROLS, GroupMembershipSet))


def _breaks(events: Iterable[Event]) -> set[int]:
    """List the days on which something drawn begins or ends."""
    days = set()
    for event in events:
        until = getattr(event, "until", None)
        days |= {event.effective.toordinal(), *([until.toordinal()] if until else [])}
    return days
