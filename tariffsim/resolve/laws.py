"""The log and its forks to the law of every branch: folded, compiled, numbered; draws nothing.

A fork that changes a day before its first event is refused here.
"""

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.axes import Axis, TradeAxes
from tariffsim.errors import InputError, UnknownName
from tariffsim.log import Log, known_on
from tariffsim.reduce import Compiled, Covered, compile_rates, fold, fold_fork
from tariffsim.resolve.inputs import Inputs, transit_days
from tariffsim.resolve.knowledge import Knowledge, flows_of
from tariffsim.resolve.paths import Calendar, Rows
from tariffsim.resolve.world import WorldView, world_view
from tariffsim.scenario import Branch, Scenario, branches_of
from tariffsim.states import State
from tariffsim.trade import TradeTable


@attrs.frozen(kw_only=True, eq=False)
class BranchLaw:
    """The law of every branch, folded and compiled, and the log that they fork.

    Parameters
    ----------
    branches : tuple of Branch
        The baseline first.
    states : tuple of State
        The folded log of each.
    compiled : tuple of Compiled
        Its rates.
    calendars : tuple of Calendar
        The same, as numbers of rows.
    rows : Rows
        Every row of rates there is.
    knowledge : Knowledge
        The log on the knowledge day.
    view : WorldView or None
        The world in question; none in the partial model.
    axes : TradeAxes
        Flows and products of all these rates.
    at_sea : tuple of int, days
        How long goods travel, by mode; none where the law at departure does not count.
    """

    branches: tuple[Branch, ...]
    states: tuple[State, ...]
    compiled: tuple[Compiled, ...]
    calendars: tuple[Calendar, ...]
    rows: Rows
    knowledge: Knowledge
    view: WorldView | None
    axes: TradeAxes
    at_sea: tuple[int, ...]


def branch_law(inputs: Inputs, *, unchanged: bool) -> BranchLaw:
    """Fold and compile the log and its forks; refuse a fork that changes an earlier day."""
    scenario = inputs.scenario
    known = known_on(inputs.log, scenario.known_on)
    branches = branches_of(scenario)
    if unchanged:
        branches = tuple(attrs.evolve(branch, chances={}) for branch in branches)
    state = fold(known)
    states = tuple(fold_fork(branch.events, known, state) for branch in branches)
    view = None if inputs.world is None else world_view(inputs)
    axes = trade_axes(scenario, inputs.trade) if view is None else view.weights.axes
    knowledge = _knowledge(scenario, known, state, axes, Covered())
    rows = Rows()
    compiled = _compiled(states, knowledge)
    calendars = [rows.add(table) for table in compiled]
    _refuse_changed_past(scenario, branches, rows.add(knowledge.law), calendars)
    if unchanged:
        compiled = [_held(table, scenario.known_on) for table in compiled]
        calendars = [rows.add(table) for table in compiled]
    return BranchLaw(
        branches=branches,
        states=states,
        compiled=tuple(compiled),
        calendars=tuple(calendars),
        rows=rows,
        knowledge=knowledge,
        view=view,
        axes=axes,
        # Goods in transit are followed in the partial model, under the law as it was written.
        at_sea=() if view is not None or unchanged else transit_days(inputs),
    )


def _held(table: Compiled, day: dt.date) -> Compiled:
    """Drop every segment that starts after a day, so that the one before it goes on."""
    kept = int(table.segments([day])[0]) + 1
    return attrs.evolve(
        table, starts=table.starts[:kept], low=table.low[:kept], high=table.high[:kept]
    )


def _knowledge(
    scenario: Scenario, known: Log, state: State, axes: TradeAxes, covered: Covered
) -> Knowledge:
    since = scenario.benchmark_day
    return Knowledge(
        known=known,
        state=state,
        law=compile_rates(state, axes, since=since, covered=covered),
        axes=flows_of(axes, scenario.markets),
        day=scenario.known_on,
        since=since,
        covered=covered,
    )


def _compiled(states: Sequence[State], knowledge: Knowledge) -> list[Compiled]:
    """Compile each state once; branches that differ in controls alone share their rates."""
    done = [(attrs.evolve(knowledge.state, controls={}), knowledge.law)]
    found = []
    for state in states:
        tariffs = attrs.evolve(state, controls={})
        table = next((known for other, known in done if other == tariffs), None)
        if table is None:
            table = compile_rates(
                tariffs, knowledge.law.axes, since=knowledge.since, covered=knowledge.covered
            )
            done.append((tariffs, table))
        found.append(table)
    return found


def trade_axes(scenario: Scenario, trade: TradeTable | None) -> TradeAxes:
    """Keep the importers that have a market; refuse a market without trade."""
    if trade is None and scenario.markets:
        raise InputError(f"{scenario.scenario}: trade must be given where there are markets")
    if trade is None:
        return TradeAxes(
            importer=Axis("importer", ()),
            exporter=Axis("exporter", ()),
            product=Axis("product", ()),
        )
    for market in scenario.markets:
        importer = trade.axes.importer.index(market.importer)
        exporter = trade.axes.exporter.index(market.exporter)
        if not trade.customs_value[importer, exporter].sum() > 0:
            raise UnknownName(
                f"the trade table {trade.name} must have imports of {market.importer} from "
                f"{market.exporter}, got none"
            )
    importers = Axis("importer", [market.importer for market in scenario.markets])
    return attrs.evolve(trade.axes, importer=importers)


def _refuse_changed_past(
    scenario: Scenario, branches: Sequence[Branch], base: Calendar, forks: Sequence[Calendar]
) -> None:
    """Hold every day before a fork's first event against the log itself."""
    changed = []
    for branch, fork in zip(branches, forks, strict=True):
        if not branch.events:
            continue
        first = min(event.effective for event in branch.events).toordinal()
        starts = np.union1d(base.starts, fork.starts)
        before = starts[starts < first]
        if not np.array_equal(base.at(before), fork.at(before)):
            changed.append(branch.name)
    if changed:
        raise InputError(
            f"{scenario.scenario}: a fork may not change a day before its first event, but "
            f"{', '.join(dict.fromkeys(changed))} does; move the events' effective days"
        )
