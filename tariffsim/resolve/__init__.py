"""States, scenario, parameters and trade to an experiment: the last place to look up a name.

Folds the log as known on the knowledge day once a branch, compiles it over the trade table's axes,
forks it by what is drawn, and reduces days to months and branches to paths.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.axes import Axis, TradeAxes
from tariffsim.errors import InputError, UnknownName
from tariffsim.experiment import Experiment, Provenance
from tariffsim.log import Log, append, digest, known_on, known_through
from tariffsim.parameters import Parameter
from tariffsim.policy import sample
from tariffsim.reduce import compile_rates, fold
from tariffsim.resolve.forks import Fork, touched_by
from tariffsim.resolve.inputs import Inputs, known_parameters
from tariffsim.resolve.markets import market_case
from tariffsim.resolve.materials import material_cases
from tariffsim.resolve.paths import Calendar, Rows
from tariffsim.resolve.sampled import outcomes, supply_states, tariff_paths, written_events
from tariffsim.scenario import Branch, Month, Scenario, branches_of, months
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
    rows = Rows()
    calendars = _calendars(states, axes, rows)
    _refuse_changed_past(scenario, branches, rows.add(compile_rates(fold(known), axes)), calendars)
    listed = months(_month_after(scenario.benchmark_day), scenario.horizon.end)
    drawn = sample(scenario, branches)
    forks = [
        Fork(
            name=branch.name,
            state=state,
            calendar=calendar,
            touched=touched_by(branch.chances.values()),
            axes=axes,
            rows=rows,
        )
        for branch, state, calendar in zip(branches, states, calendars, strict=True)
    ]
    events = written_events(branches, drawn)
    tariffs = tariff_paths(scenario, forks, events, drawn)
    cases = [market_case(market, inputs, rows, tariffs, listed) for market in scenario.markets]
    supply = supply_states(forks, events, drawn)
    materials, supply_track = material_cases(scenario, *supply, listed)
    return Experiment(
        provenance=_provenance(inputs, known, parameters),
        branches=branches,
        branch_paths=np.stack([tariffs.track, supply_track], axis=1),
        add_on=tariffs.add_on,
        sampled=outcomes(branches, drawn),
        month=Axis("period", [str(month) for month in listed]),
        first=listed.index(scenario.horizon.start),
        year_share=np.array([month.year_share for month in listed]),
        markets=tuple(cases),
        materials=materials,
        parameters=parameters,
        draws=scenario.draws,
        seed=scenario.seed,
    )


def _calendars(states: Sequence[State], axes: TradeAxes, rows: Rows) -> list[Calendar]:
    """Compile each state once; branches that differ in controls alone share their rates."""
    done: list[tuple[State, Calendar]] = []
    found = []
    for state in states:
        tariffs = attrs.evolve(state, controls={})
        calendar = next((known for other, known in done if other == tariffs), None)
        if calendar is None:
            calendar = rows.add(compile_rates(tariffs, axes))
            done.append((tariffs, calendar))
        found.append(calendar)
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
        events=tuple(used),
        flags=tuple(flags),
        given={str(question): str(option) for question, option in scenario.given.items()},
    )
