"""States, scenario, parameters and trade to an experiment: the last place to look up a name.

Folds the log as known on the knowledge day once a branch, compiles it over the trade table's axes,
forks it by what is drawn, and reduces days to months and branches to paths.
"""

import datetime as dt
from collections.abc import Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.axes import Axis
from tariffsim.experiment import Experiment, Provenance
from tariffsim.log import Log, digest, known_through
from tariffsim.parameters import Parameter
from tariffsim.policy import sample, sample_at
from tariffsim.reduce import fold_fork
from tariffsim.resolve.courses import Courses
from tariffsim.resolve.evidence import evidence_of, used_entries
from tariffsim.resolve.forks import Fork, touched_by
from tariffsim.resolve.inputs import Inputs, known_parameters, table_sources
from tariffsim.resolve.laws import BranchLaw, branch_law
from tariffsim.resolve.markets import market_case
from tariffsim.resolve.materials import material_cases
from tariffsim.resolve.network import ILLUSTRATIVE, network_case
from tariffsim.resolve.sampled import (
    Asked,
    Law,
    TariffPaths,
    outcomes,
    supply_states,
    tariff_paths,
    written_events,
)
from tariffsim.resolve.seasons import season_flags
from tariffsim.resolve.transit import transit
from tariffsim.resolve.world import (
    WorldView,
    flows_asked,
    world_case,
    world_flags,
)
from tariffsim.scenario import Branch, Month, Scenario, branches_of, months
from tariffsim.scenario.content import content_digest, scenario_digest
from tariffsim.terms import Economy

__all__ = ["Inputs", "resolve"]


def resolve(inputs: Inputs, *, unchanged: bool = False, luck: Floats | None = None) -> Experiment:
    """Resolve a scenario into dense arrays.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names.
    unchanged : bool
        Hold duties at those of the knowledge day for good, whatever the law has ahead: no window
        ends, and nothing announced begins. Controls run their course.
    luck : (path, number), open unit interval, optional
        Paths of policy to play instead of those of the sequence; see `policy.sample_at`.

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
    law = branch_law(inputs, unchanged=unchanged)
    listed = months(_month_after(scenario.benchmark_day), scenario.horizon.end)
    drawn = (
        sample(scenario, law.branches) if luck is None else sample_at(scenario, law.branches, luck)
    )
    forks, events = _forks(law), written_events(law.branches, drawn)
    asked, in_transit = _asked(scenario, law), transit(law.at_sea, law.knowledge)
    tariffs = tariff_paths(forks, _laws(law), events, drawn, in_transit, asked)
    courses = _courses(inputs, law) if asked.foreseen else None
    markets = scenario.markets if law.view is None else ()
    cases = [market_case(market, inputs, law.rows, tariffs, listed, courses) for market in markets]
    flags, world = _left_out(tariffs), None
    if law.view is not None:
        world = world_case(law.view, inputs, law.rows, tariffs, listed)
        flags = [*world_flags(law.view, world, law.states)]
    materials, supply_track = material_cases(inputs, *supply_states(forks, events, drawn), listed)
    return Experiment(
        provenance=_provenance(inputs, law.knowledge.known, parameters, flags),
        branches=law.branches,
        branch_paths=np.stack([tariffs.track, supply_track], axis=1),
        add_on=tariffs.add_on,
        sampled=outcomes(law.branches, drawn),
        month=Axis("period", [str(month) for month in listed]),
        first=listed.index(scenario.horizon.start),
        year_share=np.array([month.year_share for month in listed]),
        markets=tuple(cases),
        materials=materials,
        parameters=parameters,
        draws=scenario.draws,
        seed=scenario.seed,
        world=world,
        network=None
        if scenario.industries is None or inputs.accounts is None
        else network_case(scenario.industries, inputs.accounts, materials),
    )


def _asked(scenario: Scenario, law: BranchLaw) -> Asked:
    """Say what is asked of the rates: by whom, how far ahead, and whether buyers look ahead."""
    stored = any(market.storable is not None for market in scenario.markets)
    return Asked(
        flows=tuple(_flows(scenario, law.view)),
        last=scenario.horizon.last,
        foreseen=scenario.time.anticipation and stored and law.view is None,
    )


def _laws(law: BranchLaw) -> list[Law]:
    return [
        Law(events=branch.events, rates=rates, chances=branch.chances)
        for branch, rates in zip(law.branches, law.compiled, strict=True)
    ]


def _forks(law: BranchLaw) -> list[Fork]:
    """Fork the log once a branch, for what is drawn to go on from."""
    return [
        Fork(
            name=branch.name,
            state=state,
            calendar=calendar,
            touched=touched_by(branch.chances.values()),
            axes=law.axes,
            rows=law.rows,
        )
        for branch, state, calendar in zip(law.branches, law.states, law.calendars, strict=True)
    ]


def _flows(scenario: Scenario, view: WorldView | None) -> list[tuple[Economy, Economy]]:
    """List the flows in question, importer before exporter."""
    if view is None:
        return [(market.importer, market.exporter) for market in scenario.markets]
    labels = view.table.economy.labels
    return [
        (Economy(labels[n]), Economy(labels[i]))
        for n, i in flows_asked(scenario, view.table.economy)
    ]


def _courses(inputs: Inputs, law: BranchLaw) -> Courses:
    """Prepare what buyers can know; branches that were cut off are as likely to them as before."""
    branches, knowledge = law.branches, law.knowledge
    weights = {branch.name: branch.probability for branch in branches}
    others: list[Branch] = []
    if inputs.scenario.given and any(branch.chances for branch in branches):
        whole = branches_of(attrs.evolve(inputs.scenario, given={}))
        weights = {branch.name: branch.probability for branch in whole}
        others = [branch for branch in whole if branch.name not in {own.name for own in branches}]
    every = [
        attrs.evolve(branch, probability=weights[branch.name]) for branch in (*branches, *others)
    ]
    folded = [fold_fork(branch.events, knowledge.known, knowledge.state) for branch in others]
    return Courses(
        knowledge=knowledge,
        branches=tuple(every),
        states=(*law.states, *folded),
        rows=law.rows,
    )


def _month_after(day: dt.date) -> Month:
    return Month(year=day.year, number=day.month).next


def _left_out(tariffs: TariffPaths) -> list[str]:
    """Say what of time was left out on paths that are drawn."""
    if not tariffs.left_out:
        return []
    return [
        "goods in transit meet the law as it stands on paths where a rise is drawn with a grace "
        "clause, or anything before the last grace has ended"
    ]


def _digests(inputs: Inputs, known: Log) -> dict[str, str]:
    """Tell what was used by its content: scenario and tables may have been changed in memory."""
    tables = {"trade": inputs.trade, "monthly": inputs.monthly, "world": inputs.world}
    sheets: dict[str, Mapping[Any, object]] = {
        "share_priors": inputs.share_priors,
        "storable": inputs.storable,
        "materials": inputs.profiles,
    }
    return {
        "scenario": scenario_digest(inputs.scenario),
        **inputs.digests,
        **{name: table.digest for name, table in tables.items() if table is not None},
        **{name: content_digest(sheet) for name, sheet in sheets.items() if sheet},
        "log": digest(known),
    }


def _made_up(scenario: Scenario) -> list[str]:
    if scenario.industries is None or scenario.industries.table != ILLUSTRATIVE:
        return []
    return [
        "the illustrative input-output table is made up and is no economy: read how a shortage "
        "spreads, not how much it costs"
    ]


def _provenance(
    inputs: Inputs, known: Log, parameters: Mapping[str, Parameter], found: Sequence[str]
) -> Provenance:
    scenario = inputs.scenario
    # The review is of our record, not of the world: it counts whenever it was made, up to the
    # knowledge day.
    reviewed = known_through(inputs.log)
    through = min(reviewed, scenario.known_on) if reviewed else None
    trade = inputs.trade
    flags = [
        *(trade.flagged if trade else ()),
        *(
            f"{source.key}: later vintage allowed, {source.exception}"
            for _, source in table_sources(inputs)
            if source.exception
        ),
        *(season_flags(inputs) if inputs.world is None else ()),
        *_made_up(scenario),
        *found,
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
        digests=_digests(inputs, known),
        events=tuple(entry.id for entry in used_entries(known, scenario)),
        flags=tuple(flags),
        parameters=tuple(parameters.values()),
        evidence=evidence_of(inputs, known, parameters),
        model=scenario.model,
        given={str(question): str(option) for question, option in scenario.given.items()},
    )
