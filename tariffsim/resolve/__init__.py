"""States, scenario, parameters and trade to an experiment: the last place to look up a name.

Folds the log as known on the knowledge day once a branch, compiles it over the trade table's axes,
and reduces days to months and branches to paths.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.axes import Axis, TradeAxes
from tariffsim.errors import InputError, UnknownName
from tariffsim.events import Event, Threatened
from tariffsim.experiment import Experiment, Provenance
from tariffsim.identity import event_id
from tariffsim.log import Log, append, digest, known_on, known_through
from tariffsim.parameters import Parameter
from tariffsim.reduce import Compiled, compile_rates, fold, stacked_on
from tariffsim.resolve.inputs import Inputs, known_parameters, transit_days
from tariffsim.resolve.knowledge import ON_TRADE, Knowledge, flows_of
from tariffsim.resolve.markets import TariffPath, market_case
from tariffsim.resolve.materials import material_cases
from tariffsim.resolve.paths import distinct
from tariffsim.resolve.seasons import season_flags
from tariffsim.resolve.transit import arrivals
from tariffsim.scenario import Branch, Month, Scenario, branches_of, months
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.states import State
from tariffsim.trade import TradeTable

__all__ = ["Inputs", "resolve"]


def resolve(inputs: Inputs) -> Experiment:
    """Resolve a scenario into dense arrays.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names.

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
    axes = _trade_axes(scenario, inputs.trade)
    since = scenario.benchmark_day
    compiled = _compiled(states, axes, since)
    knowledge = _knowledge(scenario, known, axes)
    _refuse_changed_past(scenario, branches, knowledge.law, compiled)
    listed = months(_month_after(scenario.benchmark_day), scenario.horizon.end)
    tariff_paths, firsts = distinct(
        [
            (table.starts, table.low, table.high, _told(branch.events))
            for table, branch in zip(compiled, branches, strict=True)
        ]
    )
    paths = _tariff_paths(
        inputs, knowledge, [(branches[n].events, states[n], compiled[n]) for n in firsts]
    )
    cases = [market_case(market, inputs, paths, listed, knowledge) for market in scenario.markets]
    materials, supply_paths = material_cases(scenario, states, listed)
    return Experiment(
        provenance=_provenance(inputs, known, parameters),
        branches=branches,
        branch_paths=np.stack([tariff_paths, supply_paths], axis=1),
        add_on=_add_on(scenario, states),
        month=Axis("period", [str(month) for month in listed]),
        first=listed.index(scenario.horizon.start),
        year_share=np.array([month.year_share for month in listed]),
        markets=tuple(cases),
        materials=materials,
        parameters=parameters,
        draws=scenario.draws,
        seed=scenario.seed,
    )


def _knowledge(scenario: Scenario, known: Log, axes: TradeAxes) -> Knowledge:
    state = fold(known)
    since = scenario.benchmark_day
    return Knowledge(
        known=known,
        state=state,
        law=compile_rates(state, axes, since=since),
        axes=flows_of(axes, scenario.markets),
        day=scenario.known_on,
        since=since,
    )


def _told(events: Sequence[Event]) -> Ints:
    """Tell paths of equal rates apart by what buyers learn on them: announcements and threats."""
    days = [event.announced.toordinal() for event in events if event.kind in ON_TRADE]
    threats = [int(event_id(event)[:15], 16) for event in events if isinstance(event, Threatened)]
    return np.array([*sorted(days), *sorted(threats)], dtype=np.int64)


def _tariff_paths(
    inputs: Inputs,
    knowledge: Knowledge,
    found: Sequence[tuple[tuple[Event, ...], State, Compiled]],
) -> list[TariffPath]:
    """Work out what goods in transit meet: once for all paths that change nothing meanwhile."""
    days = transit_days(inputs)
    if not days:
        return [TariffPath(events=events, law=law) for events, _, law in found]
    since = knowledge.since
    common = arrivals(knowledge.state, knowledge.law, knowledge.law.axes, days=days, since=since)
    paths = []
    for events, state, law in found:
        changes = [event for event in events if event.kind in ON_TRADE]
        first = min((event.effective.toordinal() for event in changes), default=None)
        until = common.until if common else 0
        graced = any(getattr(event, "grace", None) is not None for event in changes)
        own = common
        if graced or (first is not None and first < until):
            own = arrivals(state, law, law.axes, days=days, since=since)
        paths.append(TariffPath(events=events, law=law, arrivals=own))
    return paths


def _compiled(states: Sequence[State], axes: TradeAxes, since: dt.date) -> list[Compiled]:
    """Compile each state once; branches that differ in controls alone share their rates."""
    done: list[tuple[State, Compiled]] = []
    found = []
    for state in states:
        tariffs = attrs.evolve(state, controls={})
        table = next((known for other, known in done if other == tariffs), None)
        if table is None:
            table = compile_rates(tariffs, axes, since=since)
            done.append((tariffs, table))
        found.append(table)
    return found


def _month_after(day: dt.date) -> Month:
    return Month(year=day.year, number=day.month).next


def _trade_axes(scenario: Scenario, trade: TradeTable | None) -> TradeAxes:
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


def _add_on(scenario: Scenario, states: Sequence[State]) -> Floats:
    last = scenario.horizon.end.next.first - dt.timedelta(days=1)
    rows = [
        [
            stacked_on(state, last, market.importer, market.exporter).low / EXACT_PER_UNIT
            for market in scenario.markets
        ]
        for state in states
    ]
    return 100.0 * np.array(rows, dtype=np.float64)


def _provenance(inputs: Inputs, known: Log, parameters: Mapping[str, Parameter]) -> Provenance:
    scenario = inputs.scenario
    # The review is of our record, not of the world: it counts whenever it was made, up to the
    # knowledge day.
    reviewed = known_through(inputs.log)
    through = min(reviewed, scenario.known_on) if reviewed else None
    used = sorted(
        {
            entry.id
            for entry in known.entries
            if entry.event.changes_state
            and entry.event.effective <= scenario.horizon.end.next.first
        }
    )
    trade = inputs.trade
    flags = [
        *(trade.flagged if trade else ()),
        *(
            f"{source.key}: later vintage allowed, {source.exception}"
            for source in dict.fromkeys(
                source
                for table in (trade, inputs.monthly)
                if table is not None
                for source in table.sources
            )
            if source.exception
        ),
        *season_flags(inputs),
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
        events=tuple(used),
        flags=tuple(flags),
    )
