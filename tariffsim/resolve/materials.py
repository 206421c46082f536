"""Controlled inputs from folded states: approval and delay, day by day, a path a practice.

Knows controls and days; knows no stock and no parameter's value.
"""

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.errors import UnknownName
from tariffsim.experiment import MaterialCase
from tariffsim.reduce import controls_on
from tariffsim.resolve.paths import distinct
from tariffsim.resolve.sampled import tracks_of
from tariffsim.scenario import Material, Month, Scenario
from tariffsim.states import ControlState, State
from tariffsim.terms import PARTS_PER_UNIT, nearest

FREE = (1.0, 1.0, 1.0, 1.0, 0.0, 0.0)


def material_cases(
    scenario: Scenario, states: Sequence[State], paths: Ints, listed: Sequence[Month]
) -> tuple[tuple[MaterialCase, ...], Ints]:
    """Resolve every material, and number the distinct supply tracks of the branches.

    Parameters
    ----------
    scenario : Scenario
        Which materials.
    states : sequence of State
        Folded paths.
    paths : (branch, sample), int
        Which of them each sample of each branch is on.
    listed : sequence of Month
        All months from the benchmark on.

    Returns
    -------
    cases : tuple of MaterialCase
        One a material.
    track : (branch,), int
        Which supply track each branch takes.

    Raises
    ------
    UnknownName
        A control that the log does not set.
    """
    if not scenario.materials:
        return (), np.zeros(len(paths), dtype=np.int64)
    last = listed[-1].next.first.toordinal()
    tables = [_practices(material, states, last) for material in scenario.materials]
    numbers, firsts = distinct(
        [tuple(row[state] for row in tables) for state in range(len(states))]
    )
    track, tracks = tracks_of(numbers[paths])
    cases = [
        attrs.evolve(
            _case(material, scenario, [row[state] for state in firsts], last), tracks=tracks
        )
        for material, row in zip(scenario.materials, tables, strict=True)
    ]
    return tuple(cases), track


def _case(
    material: Material, scenario: Scenario, practices: Sequence[Floats], last: int
) -> MaterialCase:
    table = np.stack(practices)
    first = last - table.shape[2]
    return MaterialCase(
        material=material.material,
        importer=material.importer,
        exporter=material.exporter,
        control=material.control,
        first_day=first,
        approval=table[:, 0:2],
        freed=table[:, 2:4],
        delay=table[:, 4:6],
        month_of_day=_months_of(range(first, last), scenario.horizon.start),
        reliance=material.reliance,
        cover=material.cover,
        refill=material.refill,
    )


def _practices(material: Material, states: Sequence[State], last: int) -> list[Floats]:
    """Give the practice of every state; states that say the same of the control share it."""
    known: dict[tuple[object, ...], Floats] = {}
    found = []
    for state in states:
        control = state.controls.get(material.control)
        key = (_ids(control), tuple(map(str, state.groups.values())))
        if key not in known:
            known[key] = _practice(material, state, last)
        found.append(known[key])
    return found


def _ids(control: ControlState | None) -> tuple[object, ...]:
    """List the events that a control rests on: they say all that there is to say."""
    if control is None:
        return ()
    windows = [
        (window.event, *(end.event for end in window.ends)) for window in control.windows.values()
    ]
    return (
        control.event,
        control.ended_by,
        *(level.event for level in control.levels),
        *(licence.event for licence in control.licences),
        *windows,
    )


def _practice(material: Material, state: State, last: int) -> Floats:
    """Give the ends of approval, freed share and delay; (6, day), free where not in force."""
    control = state.controls.get(material.control)
    if control is None or control.control_set is None:
        known = [name for name, found in state.controls.items() if found.control_set]
        raise UnknownName(
            f"control must be one of the log, got {material.control!r}"
            f"{nearest(material.control, known)}"
        )
    first = control.control_set.effective.toordinal()
    starts = sorted(day for day in _breaks(control) if first <= day < last)
    table = np.empty((6, last - first))
    for start in starts:
        ends = _ends(material, state, dt.date.fromordinal(start))
        table[:, start - first :] = np.array(ends)[:, None]
    return table


def _breaks(control: ControlState) -> set[int]:
    days = [level.effective for level in control.levels]
    days += [control.ended] if control.ended else []
    for licence in control.licences:
        days += [licence.effective, *([licence.until] if licence.until else [])]
    for window in control.windows.values():
        days += [window.start] if window.start else []
        for end in window.ends:
            days += [end.effective, *([end.until] if end.until else [])]
    return {day.toordinal() for day in days}


def _ends(material: Material, state: State, day: dt.date) -> tuple[float, ...]:
    for control in controls_on(state, day, material.exporter, material.importer):
        if control.control == material.control:
            shares = (
                control.approval.low,
                control.approval.high,
                control.freed.low,
                control.freed.high,
            )
            return (
                *(share / PARTS_PER_UNIT for share in shares),
                float(control.delay_days.low),
                float(control.delay_days.high),
            )
    return FREE


def _months_of(days: range, start: Month) -> Ints:
    """Number each day's month within the horizon, -1 before it."""
    first = start.year * 12 + start.number
    dates = map(dt.date.fromordinal, days)
    found = [max(date.year * 12 + date.month - first, -1) for date in dates]
    return np.array(found, dtype=np.int64)
