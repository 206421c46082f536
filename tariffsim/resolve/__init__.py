"""States, scenario, parameters and trade to an experiment: the last place to look up a name.

Folds the log as known on the knowledge day once a branch, compiles it over the trade table's axes,
and reduces days to months and branches to paths.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.axes import Axis, TradeAxes
from tariffsim.errors import InputError, UnknownName
from tariffsim.experiment import Experiment, Provenance
from tariffsim.log import Log, append, digest, known_on, known_through
from tariffsim.parameters import Parameter
from tariffsim.reduce import Compiled, compile_rates, fold, stacked_on
from tariffsim.resolve.evidence import evidence_of, used_entries
from tariffsim.resolve.inputs import Inputs, known_parameters
from tariffsim.resolve.markets import market_case
from tariffsim.resolve.materials import material_cases
from tariffsim.resolve.paths import distinct
from tariffsim.resolve.world import world_case, world_flags, world_view
from tariffsim.scenario import Branch, Month, Scenario, branches_of, months
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.states import State
from tariffsim.terms import Economy
from tariffsim.trade import TradeTable
from tariffsim.world import WorldCase

__all__ = ["Inputs", "resolve"]


def resolve(inputs: Inputs, *, unchanged: bool = False) -> Experiment:
    """Resolve a scenario into dense arrays.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names.
    unchanged : bool
        Hold duties at those of the knowledge day for good, whatever the law has ahead: no window
        ends, and nothing announced begins. Controls run their course.

    Returns
    -------
    Experiment
        Ready for a model.

    Raises
    ------
    InputError
        Something was learnt after the knowledge day, a name is unknown, or the fork changes a
        day before its first event; all faults at once.
    """
    scenario = inputs.scenario
    parameters = known_parameters(inputs)
    known = known_on(inputs.log, scenario.known_on)
    branches = branches_of(scenario)
    states = [fold(append(known, branch.events)) for branch in branches]
    view = None if inputs.world is None else world_view(inputs)
    axes = _trade_axes(scenario, inputs.trade) if view is None else view.weights.axes
    compiled = _compiled(states, axes)
    _refuse_changed_past(scenario, branches, compile_rates(fold(known), axes), compiled)
    if unchanged:
        compiled = [_held(table, scenario.known_on) for table in compiled]
    listed = months(_month_after(scenario.benchmark_day), scenario.horizon.end)
    tariff_paths, paths = distinct([(table.starts, table.low, table.high) for table in compiled])
    tables = [compiled[branch] for branch in paths]
    markets = scenario.markets if view is None else ()
    cases = [market_case(market, inputs, tables, listed) for market in markets]
    world = None if view is None else world_case(view, inputs, tables, listed)
    flags = world_flags(view, world, states) if view and world else ()
    materials, supply_paths = material_cases(inputs, states, listed)
    return Experiment(
        provenance=_provenance(inputs, known, parameters, flags),
        branches=branches,
        branch_paths=np.stack([tariff_paths, supply_paths], axis=1),
        add_on=_add_on(scenario, states, _flows(scenario, world)),
        month=Axis("period", [str(month) for month in listed]),
        first=listed.index(scenario.horizon.start),
        year_share=np.array([month.year_share for month in listed]),
        markets=tuple(cases),
        materials=materials,
        parameters=parameters,
        draws=scenario.draws,
        seed=scenario.seed,
        world=world,
    )


def _compiled(states: Sequence[State], axes: TradeAxes) -> list[Compiled]:
    """Compile each state once; branches that differ in controls alone share their rates."""
    done: list[tuple[State, Compiled]] = []
    found = []
    for state in states:
        tariffs = attrs.evolve(state, controls={})
        table = next((known for other, known in done if other == tariffs), None)
        if table is None:
            table = compile_rates(tariffs, axes)
            done.append((tariffs, table))
        found.append(table)
    return found


def _held(table: Compiled, day: dt.date) -> Compiled:
    """Drop every segment that starts after a day, so that the one before it goes on."""
    kept = int(table.segments([day])[0]) + 1
    return attrs.evolve(
        table, starts=table.starts[:kept], low=table.low[:kept], high=table.high[:kept]
    )


def _month_after(day: dt.date) -> Month:
    return Month(year=day.year, number=day.month).next


def _trade_axes(scenario: Scenario, trade: TradeTable | None) -> TradeAxes:
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
    scenario: Scenario, branches: Sequence[Branch], base: Compiled, forks: Sequence[Compiled]
) -> None:
    """Hold every day before a fork's first event against the log itself."""
    changed = []
    for branch, fork in zip(branches, forks, strict=True):
        if not branch.events:
            continue
        first = min(event.effective for event in branch.events).toordinal()
        starts = np.union1d(base.starts, fork.starts)
        days = [dt.date.fromordinal(int(start)) for start in starts[starts < first]]
        for ours, theirs in zip(base.exact(days), fork.exact(days), strict=True):
            if not np.array_equal(ours, theirs):
                changed.append(branch.name)
    if changed:
        raise InputError(
            f"{scenario.scenario}: a fork may not change a day before its first event, but "
            f"{', '.join(dict.fromkeys(changed))} does; move the events' effective days"
        )


def _flows(scenario: Scenario, world: WorldCase | None) -> list[tuple[Economy, Economy]]:
    """List the flows in question."""
    if world is None:
        return [(market.importer, market.exporter) for market in scenario.markets]
    labels = world.table.economy.labels
    return [(Economy(labels[n]), Economy(labels[i])) for n, i in world.flows]


def _add_on(
    scenario: Scenario, states: Sequence[State], flows: Sequence[tuple[Economy, Economy]]
) -> Floats:
    last = scenario.horizon.end.next.first - dt.timedelta(days=1)
    rows = [
        [stacked_on(state, last, *flow).low / EXACT_PER_UNIT for flow in flows] for state in states
    ]
    return 100.0 * np.array(rows, dtype=np.float64)


def _provenance(
    inputs: Inputs, known: Log, parameters: Mapping[str, Parameter], world: Sequence[str]
) -> Provenance:
    scenario = inputs.scenario
    # The review is of our record, not of the world: it counts whenever it was made, up to the
    # knowledge day.
    reviewed = known_through(inputs.log)
    through = min(reviewed, scenario.known_on) if reviewed else None
    trade = inputs.trade
    flags = [
        *world,
        *(trade.flagged if trade else ()),
        *(
            f"{source.key}: later vintage allowed, {source.exception}"
            for source in (trade.sources if trade else ())
            if source.exception
        ),
        *(
            f"{parameter.name}: grade L ({parameter.source})"
            for parameter in parameters.values()
            if parameter.grade == "L"
        ),
    ]
    return Provenance(
        scenario=scenario.scenario,
        question=scenario.question,
        log=inputs.log.name,
        known_on=scenario.known_on.isoformat(),
        known_through=through.isoformat() if through else "a day nobody noted",
        digests={**inputs.digests, "log": digest(known)},
        events=tuple(entry.id for entry in used_entries(known, scenario)),
        flags=tuple(flags),
        parameters=tuple(parameters.values()),
        evidence=evidence_of(inputs, known, parameters),
        model=scenario.model,
    )
