"""What a scenario names, gathered; and the refusal of whatever became known too late.

Knows parameters, trade tables and knowledge days; folds no log.
"""

from collections.abc import Mapping

import attrs

from tariffsim.errors import InputError
from tariffsim.log import Log
from tariffsim.parameters import Parameter
from tariffsim.scenario import Scenario
from tariffsim.terms import nearest
from tariffsim.trade import TradeTable
from tariffsim.world import WorldTable


@attrs.frozen(kw_only=True, eq=False)
class Inputs:
    """Everything a scenario refers to by name.

    Parameters
    ----------
    scenario : Scenario
        The question.
    log : Log
        The whole log that it forks.
    trade : TradeTable or None
        Benchmark trade, where the scenario has markets.
    parameters : mapping of str to Parameter
        The packaged parameters.
    share_priors : mapping of str to mapping of str to float
        Under the name the scenario gives: share of the exporter by product.
    digests : mapping of str to str
        Hashes of the files read.
    world : WorldTable or None
        Benchmark world, where the scenario is for a world model.
    """

    scenario: Scenario
    log: Log
    trade: TradeTable | None
    parameters: Mapping[str, Parameter]
    share_priors: Mapping[str, Mapping[str, float]]
    digests: Mapping[str, str]
    world: WorldTable | None = None


MARKET_PARAMETERS = (
    "armington_elasticity_short",
    "armington_elasticity_long",
    "years_to_long_run",
    "demand_to_substitution_ratio",
    "coverage_position",
)
"""What every market needs, whoever trades."""

ELASTICITIES = ("trade_elasticity_short", "trade_elasticity_long")
WORLD_PARAMETERS = {
    "gsim": (*MARKET_PARAMETERS, "inverse_export_supply_elasticity_world"),
    "gravity": (*ELASTICITIES, "years_to_long_run", "coverage_position"),
    "world": (*ELASTICITIES, "years_to_long_run", "coverage_position"),
}
"""What each world model needs."""


def known_parameters(inputs: Inputs) -> dict[str, Parameter]:
    """Gather the parameters a scenario uses, and refuse what was learnt after the knowledge day.

    Raises
    ------
    InputError
        Every unknown name, late parameter and late trade source at once.
    """
    scenario = inputs.scenario
    wrong = [
        f"parameter must be one that the model has, got {name!r}{nearest(name, inputs.parameters)}"
        for name in dict.fromkeys((*scenario.parameters, *_wanted(scenario)))
        if name not in inputs.parameters
    ]
    found = {
        name: _overridden(inputs.parameters[name], scenario)
        for name in _wanted(scenario)
        if name in inputs.parameters
    }
    wrong += [
        f"{parameter.name} became known on {parameter.known}, after the knowledge day "
        f"{scenario.known_on}; set it in the scenario under parameters"
        for parameter in found.values()
        if parameter.known > scenario.known_on
    ]
    wrong += [
        f"{source.key} of the trade table was published on {source.published}, after the "
        f"knowledge day {scenario.known_on}; choose another table, or a later knowledge day"
        for source in (inputs.trade.sources if inputs.trade else ())
        if source.published > scenario.known_on
    ]
    wrong += [
        f"{source.key} of the benchmark world was published on {source.published}, after the "
        f"knowledge day {scenario.known_on}; choose another table, or a later knowledge day"
        for source in (inputs.world.sources if inputs.world else ())
        if source.published > scenario.known_on and not source.exception
    ]
    if wrong:
        raise InputError("\n".join(f"{scenario.scenario}: {message}" for message in wrong))
    return found


def _overridden(parameter: Parameter, scenario: Scenario) -> Parameter:
    override = scenario.parameters.get(parameter.name)
    if override is None:
        return parameter
    fields = attrs.asdict(override, filter=lambda field, _: field.name != "reason")
    note = f"set by the scenario: {override.reason}"
    return attrs.evolve(parameter, **fields, known=scenario.known_on, note=note)


def _wanted(scenario: Scenario) -> list[str]:
    partial = scenario.model == "partial"
    names = [*MARKET_PARAMETERS] if scenario.markets and partial else []
    names += WORLD_PARAMETERS.get(scenario.model, ())
    if scenario.world is not None and scenario.world.rebate == "labour-tax":
        names.append("labour_supply_elasticity")
    for market in scenario.markets if partial else ():
        names.append(market.supply)
        if market.share_prior is not None:
            names.append("us_share_concentration")
    for material in scenario.materials:
        names += [*material.reliance, material.cover, material.refill]
    return list(dict.fromkeys(names))
