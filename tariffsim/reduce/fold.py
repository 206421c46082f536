"""The fold: events to state, one `evolve` a kind; knows no day, no rate on a day, no stacking.

Every event adds one entry to a timeline and moves nothing, so the state does not depend on the
order in which events are read. The same key with another value is an error, never a silent win.
"""

import datetime as dt
from collections.abc import Iterable, Mapping
from functools import singledispatch
from typing import Protocol, TypeVar

import attrs

from tariffsim.errors import LogError
from tariffsim.events import (
    ControlEased,
    ControlSet,
    Event,
    GeneralLicenceGranted,
    GroupMembershipSet,
    MeasureEnacted,
    RateSet,
    ScopeChanged,
    StackingSet,
    Suspended,
    SuspensionEndSet,
    Terminated,
    Voided,
)
from tariffsim.log import Entry, Log, append
from tariffsim.states import (
    ControlLevel,
    ControlState,
    Level,
    Licence,
    MeasureState,
    Membership,
    RuleSpan,
    ScopeSpan,
    State,
    Window,
    WindowEnd,
)
from tariffsim.terms import Slug


class _Dated(Protocol):
    @property
    def effective(self) -> dt.date: ...
    @property
    def announced(self) -> dt.date: ...
    @property
    def event(self) -> str: ...


D = TypeVar("D", bound=_Dated)
K = TypeVar("K")
V = TypeVar("V")


def fold(log: Log, *, start: State | None = None) -> State:
    """Replay a log into state.

    Parameters
    ----------
    log : Log
        Usually `known_on(log, day)`; retracted events must already be out.
    start : State, optional
        A state to go on from, for example a snapshot of an earlier part of the log.

    Returns
    -------
    State
        Timelines of every measure, control, rule and group.

    Raises
    ------
    LogError
        Two events set the same thing for the same days differently; every clash is named.

    Examples
    --------
    >>> import datetime as dt
    >>> from tariffsim.events import RateSet
    >>> from tariffsim.log import make_log
    >>> log = make_log("example", [
    ...     RateSet(announced=dt.date(2025, 4, 9), measure="us-duty", rate=1_450_000)])
    >>> fold(log).measures["us-duty"].levels[0].rate
    1450000
    """
    state = start if start is not None else State()
    clashes: list[str] = []
    for entry in log.entries:
        try:
            state = evolve(entry.event, entry.id, state)
        except LogError as clash:
            clashes.append(_named(str(clash), entry))
    if clashes:
        raise LogError("\n".join(clashes))
    return state


def fold_fork(events: Iterable[Event], log: Log, state: State) -> State:
    """Fold what a fork adds on top of the state of its log, which is what folding both gives.

    Parameters
    ----------
    events : iterable of Event
        What the fork adds.
    log : Log
        What it forks.
    state : State
        `log`, folded.
    """
    fork = append(log, events)
    added = tuple(entry for entry in fork.entries if entry.id not in log.by_id)
    return fold(attrs.evolve(fork, entries=added), start=state)


def _named(message: str, entry: Entry) -> str:
    event = entry.event
    return f"{event.kind} {event.key or entry.id[:12]} (announced {event.announced}): {message}"


@singledispatch
def evolve(event: Event, id: str, state: State) -> State:  # noqa: ARG001 - kinds use them
    """Return the state after one event; kinds that only document change nothing."""
    return state


@evolve.register
def _(event: MeasureEnacted, id: str, state: State) -> State:
    known = _measure(state, event.measure)
    _refuse(known.event not in (None, id), f"measure {event.measure}", "was enacted differently")
    return _set_measure(state, event.measure, attrs.evolve(known, enacted=event, event=id))


@evolve.register
def _(event: RateSet, id: str, state: State) -> State:
    known = _measure(state, event.measure)
    level = Level(
        effective=event.effective,
        announced=event.announced,
        event=id,
        rate=event.rate,
        grace=event.grace,
    )
    levels = _dated(known.levels, level, f"rate of {event.measure}")
    return _set_measure(state, event.measure, attrs.evolve(known, levels=levels))


@evolve.register
def _(event: ScopeChanged, id: str, state: State) -> State:
    known = _measure(state, event.measure)
    span = ScopeSpan(
        effective=event.effective,
        announced=event.announced,
        event=id,
        direction=event.direction,
        partners=event.partners,
        products=event.products,
        until=event.until,
    )
    spans = _inserted(known.spans, span)
    return _set_measure(state, event.measure, attrs.evolve(known, spans=spans))


@evolve.register
def _(event: Suspended, id: str, state: State) -> State:
    windows = _windows(state, event.measure)
    window = windows.get(event.suspension, Window())
    what = f"suspension {event.suspension} of {event.measure}"
    _refuse(window.event not in (None, id), what, "was opened differently")
    end = WindowEnd(
        effective=event.effective, announced=event.announced, event=id, until=event.until
    )
    opened = attrs.evolve(
        window,
        start=event.effective,
        points=event.points,
        event=id,
        ends=_dated(window.ends, end, f"end of {what}"),
    )
    return _set_windows(state, event.measure, _with(windows, event.suspension, opened))


@evolve.register
def _(event: SuspensionEndSet, id: str, state: State) -> State:
    windows = _windows(state, event.measure)
    window = windows.get(event.suspension, Window())
    end = WindowEnd(
        effective=event.effective, announced=event.announced, event=id, until=event.until
    )
    ends = _dated(window.ends, end, f"end of suspension {event.suspension} of {event.measure}")
    moved = attrs.evolve(window, ends=ends)
    return _set_windows(state, event.measure, _with(windows, event.suspension, moved))


@evolve.register
def _(event: Terminated, id: str, state: State) -> State:
    return _ended(state, event.measure, event.effective, id)


@evolve.register
def _(event: Voided, id: str, state: State) -> State:
    ended = _ended(state, event.measure, event.void_from, id)
    known = _measure(ended, event.measure)
    days = [day for day in (known.refund_from, event.refund_from) if day is not None]
    refund_from = min(days, default=None)
    return _set_measure(ended, event.measure, attrs.evolve(known, refund_from=refund_from))


@evolve.register
def _(event: StackingSet, id: str, state: State) -> State:
    span = RuleSpan(
        effective=event.effective,
        announced=event.announced,
        event=id,
        imposer=event.imposer,
        rule=event.rule,
        until=event.until,
    )
    spans = _dated(state.rules.get(event.name, ()), span, f"stacking rule {event.name}")
    return attrs.evolve(state, rules=_with(state.rules, event.name, spans))


@evolve.register
def _(event: GroupMembershipSet, id: str, state: State) -> State:
    members = Membership(
        effective=event.effective, announced=event.announced, event=id, members=event.members
    )
    known = _dated(state.groups.get(event.group, ()), members, f"members of {event.group}")
    return attrs.evolve(state, groups=_with(state.groups, event.group, known))


@evolve.register
def _(event: ControlSet, id: str, state: State) -> State:
    known = state.controls.get(event.control, ControlState())
    _refuse(known.event not in (None, id), f"control {event.control}", "was set differently")
    levels = _dated(known.levels, _control_level(event, id), f"practice of {event.control}")
    control = attrs.evolve(known, control_set=event, event=id, levels=levels)
    return attrs.evolve(state, controls=_with(state.controls, event.control, control))


@evolve.register
def _(event: ControlEased, id: str, state: State) -> State:
    known = state.controls.get(event.control, ControlState())
    levels = _dated(known.levels, _control_level(event, id), f"practice of {event.control}")
    control = attrs.evolve(known, levels=levels)
    return attrs.evolve(state, controls=_with(state.controls, event.control, control))


@evolve.register
def _(event: GeneralLicenceGranted, id: str, state: State) -> State:
    known = state.controls.get(event.control, ControlState())
    licence = Licence(
        effective=event.effective,
        announced=event.announced,
        event=id,
        destinations=event.destinations,
        share=event.share,
        until=event.until,
    )
    control = attrs.evolve(known, licences=_inserted(known.licences, licence))
    return attrs.evolve(state, controls=_with(state.controls, event.control, control))


def _control_level(event: ControlSet | ControlEased, id: str) -> ControlLevel:
    return ControlLevel(
        effective=event.effective,
        announced=event.announced,
        event=id,
        approval=event.approval,
        delay_days=event.delay_days,
    )


def _measure(state: State, name: Slug) -> MeasureState:
    return state.measures.get(name, MeasureState())


def _set_measure(state: State, name: Slug, measure: MeasureState) -> State:
    return attrs.evolve(state, measures=_with(state.measures, name, measure))


# Pauses and ends may name a measure or a control, and may be read before either is known. Both
# sides are then kept under the same name; the one that never comes into being has no effect.
def _windows(state: State, name: Slug) -> Mapping[Slug, Window]:
    return _measure(state, name).windows


def _set_windows(state: State, name: Slug, windows: Mapping[Slug, Window]) -> State:
    measure = attrs.evolve(_measure(state, name), windows=windows)
    control = attrs.evolve(state.controls.get(name, ControlState()), windows=windows)
    changed = _set_measure(state, name, measure)
    return attrs.evolve(changed, controls=_with(state.controls, name, control))


def _ended(state: State, name: Slug, day: dt.date, id: str) -> State:
    known = _measure(state, name)
    if known.ended is not None and (known.ended, known.ended_by or "") <= (day, id):
        return state
    measure = attrs.evolve(known, ended=day, ended_by=id)
    control = attrs.evolve(state.controls.get(name, ControlState()), ended=day, ended_by=id)
    changed = _set_measure(state, name, measure)
    return attrs.evolve(changed, controls=_with(state.controls, name, control))


def _with(mapping: Mapping[K, V], key: K, value: V) -> dict[K, V]:
    return {**mapping, key: value}


def _dated(timeline: tuple[D, ...], entry: D, what: str) -> tuple[D, ...]:
    """Insert an entry whose key is (effective, announced); another value there is a clash."""
    for known in timeline:
        if (known.effective, known.announced) == (entry.effective, entry.announced):
            if known.event == entry.event:
                return timeline
            _refuse(True, what, f"was set differently on {entry.announced} from {entry.effective}")
    return _inserted(timeline, entry)


def _inserted(timeline: tuple[D, ...], entry: D) -> tuple[D, ...]:
    if entry in timeline:
        return timeline
    return tuple(sorted((*timeline, entry), key=_when))


def _when(entry: _Dated) -> tuple[dt.date, dt.date, str]:
    return (entry.effective, entry.announced, entry.event)


def _refuse(clash: bool, what: str, how: str) -> None:
    if clash:
        raise LogError(f"{what} {how} by another event; retract one of the two")
