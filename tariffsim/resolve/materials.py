"""Controlled inputs from folded states: approval and delay, day by day, a path a practice.

Knows controls and days; knows no stock and no parameter's value.
"""

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.errors import InputError, UnknownName
from tariffsim.events import ControlSet
from tariffsim.experiment import MaterialCase
from tariffsim.reduce import controls_on
from tariffsim.resolve.inputs import Inputs
from tariffsim.resolve.paths import distinct
from tariffsim.resolve.sampled import tracks_of
from tariffsim.scenario import Material, Month
from tariffsim.scopes import product_coverage
from tariffsim.states import ControlState, State
from tariffsim.terms import PARTS_PER_UNIT, Product, nearest

FREE = (1.0, 1.0, 1.0, 1.0, 0.0, 0.0)
LEAD = 90
"""Days before a known date on which buyers begin to buy ahead; a judgement."""
Practice = tuple[float, ...]


def material_cases(
    inputs: Inputs, states: Sequence[State], paths: Ints, listed: Sequence[Month]
) -> tuple[tuple[MaterialCase, ...], Ints]:
    """Resolve every material, and number the distinct supply tracks of the branches.

    Parameters
    ----------
    inputs : Inputs
        Which materials, and what sheets say of them.
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
    InputError
        A control that begins after the horizon has ended.
    """
    scenario = inputs.scenario
    if not scenario.materials:
        return (), np.zeros(len(paths), dtype=np.int64)
    last = listed[-1].next.first.toordinal()
    for material in scenario.materials:
        _refuse_late(material, states[0], last)
    tables = [_practices(material, states, last, inputs) for material in scenario.materials]
    numbers, firsts = distinct(
        [tuple(row[state] for row in tables) for state in range(len(states))]
    )
    track, tracks = tracks_of(numbers[paths])
    cases = [
        attrs.evolve(
            _case(material, inputs, states[0], [row[state] for state in firsts]), tracks=tracks
        )
        for material, row in zip(scenario.materials, tables, strict=True)
    ]
    return tuple(cases), track


def _case(
    material: Material, inputs: Inputs, state: State, practices: Sequence[Floats]
) -> MaterialCase:
    horizon = inputs.scenario.horizon
    table = np.stack(practices)
    last = horizon.end.next.first.toordinal()
    first = last - table.shape[2]
    law = _law(material, state)
    profile = inputs.profiles.get(material.material)
    if profile is None:
        assert material.cover is not None
    return MaterialCase(
        material=material.material,
        importer=material.importer,
        exporter=material.exporter,
        control=material.control,
        first_day=first,
        approval=table[:, 0:2],
        freed=table[:, 2:4],
        delay=table[:, 4:6],
        month_of_day=_months_of(range(first, last), horizon.start),
        reliance=material.reliance if profile is None else profile.reliance,
        cover=str(material.cover) if profile is None else profile.cover,
        refill=material.refill,
        stance=law.stance,
        control_day=law.effective.toordinal() - first,
        ahead=None if profile is None else table[:, 6],
        uses=() if profile is None else profile.uses,
        imports=None if profile is None else _imports(material, inputs, law),
        covered={} if profile is None else _parts_covered(material, inputs, law),
    )


def _practices(
    material: Material, states: Sequence[State], last: int, inputs: Inputs
) -> list[Floats]:
    """Give the practice of every state; states that say the same of the control share it."""
    known: dict[tuple[object, ...], Floats] = {}
    found = []
    for state in states:
        control = state.controls.get(material.control)
        key = (_ids(control), tuple(map(str, state.groups.values())))
        if key not in known:
            known[key] = _practice(material, state, last, inputs)
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


def _law(material: Material, state: State) -> ControlSet:
    control = state.controls.get(material.control)
    if control is None or control.control_set is None:
        known = [name for name, found in state.controls.items() if found.control_set]
        raise UnknownName(
            f"control must be one of the log, got {material.control!r}"
            f"{nearest(material.control, known)}"
        )
    return control.control_set


def _refuse_late(material: Material, state: State, last: int) -> None:
    begins = _law(material, state).effective
    if begins.toordinal() >= last:
        raise InputError(
            f"control {material.control} must begin within the horizon, got {begins}; let the "
            "horizon end later, or leave the material out"
        )


def _practice(material: Material, state: State, last: int, inputs: Inputs) -> Floats:
    """Give the ends of approval, freed share and delay, and whether a control is known to come.

    Returns
    -------
    (7, day)
        Free where not in force.
    """
    law = _law(material, state)
    control = state.controls[material.control]
    told = material.material in inputs.profiles
    day = min(law.announced, law.effective) if told else law.effective
    # Every month of the horizon is answered, also those that a control does not reach.
    first = min(day, inputs.scenario.horizon.start.first).toordinal()
    starts = sorted(found for found in {first, *_breaks(control)} if first <= found < last)
    table = np.zeros((7, last - first))
    for start in starts:
        ends = _ends(material, state, dt.date.fromordinal(start))
        table[:6, start - first :] = np.array(ends)[:, None]
    if told:
        dates = [
            dt.date.fromordinal(start)
            for start in starts
            if start > first and _covered(table, start - first - 1) == FREE
            if _covered(table, start - first) != FREE
        ]
        for date in dates:
            known = max(_known_since(control, date), date.toordinal() - LEAD, first)
            table[6, known - first : date.toordinal() - first] = 1.0
        table[6] *= np.array([_covered(table, at) == FREE for at in range(table.shape[1])])
    return table


def _covered(table: Floats, day: int) -> Practice:
    return tuple(table[:6, day].tolist())


def _known_since(control: ControlState, date: dt.date) -> int:
    """Find when it became known that the control would bind from a date on."""
    law = control.control_set
    assert law is not None
    found = [law.announced] if law.effective == date else []
    for window in control.windows.values():
        found += [end.announced for end in window.ends if end.until == date]
    return min((day.toordinal() for day in found), default=date.toordinal())


def _imports(material: Material, inputs: Inputs, law: ControlSet) -> Floats | None:
    """Find what the importer buys of the goods of the control, at least and at most."""
    trade = inputs.trade
    if trade is None:
        return None
    value = trade.customs_value[
        trade.axes.importer.index(material.importer), trade.axes.exporter.index(material.exporter)
    ]
    covered = [product_coverage(law.products, Product(code)) for code in trade.axes.product.labels]
    shares = np.array([[share.low, share.high] for share in covered]) / PARTS_PER_UNIT
    found: Floats = (shares * value[:, None]).sum(axis=0)
    return found


def _parts_covered(material: Material, inputs: Inputs, law: ControlSet) -> dict[str, float]:
    """Find the part of each product of the importer's trade that is under the control."""
    if inputs.trade is None:
        return {}
    sharing = sum(
        (other.control, other.importer) == (material.control, material.importer)
        and other.material in inputs.profiles
        for other in inputs.scenario.materials
    )
    found = {}
    for code in inputs.trade.axes.product.labels:
        share = product_coverage(law.products, Product(code))
        if share.high > 0:
            found[code] = (share.low + share.high) / (2.0 * PARTS_PER_UNIT * sharing)
    return found


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
