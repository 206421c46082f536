"""What a scenario names, gathered; and the refusal of whatever became known too late.

Knows parameters, trade tables and knowledge days; folds no log.
"""

from collections.abc import Mapping

import attrs

from tariffsim.accounts import Accounts
from tariffsim.errors import InputError
from tariffsim.log import Log, Source
from tariffsim.parameters import Parameter, as_substitution
from tariffsim.resolve.profiles import Profile
from tariffsim.scenario import Market, Scenario
from tariffsim.terms import Slug, nearest
from tariffsim.trade import MonthlyTrade, TradeTable
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
    monthly : MonthlyTrade or None
        Trade by month, where the scenario names it.
    storable : mapping of str to mapping of str to float
        Under the name the scenario gives: share of each product that can be stored.
    accounts : Accounts or None
        Input-output table, where the scenario follows shortages through one.
    digests : mapping of str to str
        Hashes of the tables and parameters read. That of the scenario is of its content, and is
        taken when it is resolved.
    parameter_sources : mapping of Slug to Source
        The register that the parameters refer to.
    profiles : mapping of Slug to Profile
        What sheets say of the materials that rest on them.
    world : WorldTable or None
        Benchmark world, where the scenario is for a world model.
    """

    scenario: Scenario
    log: Log
    trade: TradeTable | None
    parameters: Mapping[str, Parameter]
    share_priors: Mapping[str, Mapping[str, float]]
    digests: Mapping[str, str]
    parameter_sources: Mapping[Slug, Source] = attrs.field(factory=dict)
    profiles: Mapping[Slug, Profile] = attrs.field(factory=dict)
    world: WorldTable | None = None
    monthly: MonthlyTrade | None = None
    storable: Mapping[str, Mapping[str, float]] = attrs.field(factory=dict)
    accounts: Accounts | None = None


MARKET_PARAMETERS = (
    "armington_elasticity_short",
    "armington_elasticity_long",
    "years_to_long_run",
    "demand_to_substitution_ratio",
    "coverage_position",
    "retail_pass_through",
    "retail_lag_months",
)
"""What every market needs, whoever trades."""

RESPONSES = (
    ("other_sources_share", "other_sources_days"),
    ("recycling_share", "recycling_days"),
    ("substitution_share", "substitution_days"),
)
"""What comes in slowly under a control: where it ends, and its time constant."""

USE_PARAMETERS = (
    *(name for pair in RESPONSES for name in pair),
    "hoarding_days",
    "rationing_strength",
    "short_run_input_elasticity",
)
"""What every material needs whose uses are told apart."""
INDUSTRY_PARAMETERS = (
    "industry_stock_days",
    "industry_buffer_share",
    "industry_restock_days",
    "industry_criticality",
    "industry_highest_capacity",
    "industry_switching",
)
"""What industries need that buy from each other."""
ELASTICITIES = ("trade_elasticity_short", "trade_elasticity_long")
WORLD_PARAMETERS = {
    "gsim": (*MARKET_PARAMETERS, "inverse_export_supply_elasticity_world"),
    "gravity": (*ELASTICITIES, "years_to_long_run", "coverage_position"),
    "world": (*ELASTICITIES, "years_to_long_run", "coverage_position"),
}
"""What each world model needs."""
TRANSIT_PARAMETERS = ("transit_days_sea", "transit_days_air")
AHEAD_PARAMETERS = (
    "pull_forward_lead_days",
    "pull_forward_window_days",
    "carrying_cost_month",
    "storage_months",
    "pull_forward_capacity",
    "rise_credence",
    "threat_credence",
)


def known_parameters(inputs: Inputs) -> dict[str, Parameter]:
    """Gather the parameters a scenario uses, and refuse what was learnt after the knowledge day.

    Elasticities are turned here into those of substitution, whatever they were measured on.

    Raises
    ------
    InputError
        Every unknown name, late parameter and late trade source at once.
    """
    scenario = inputs.scenario
    wrong = unknown_parameters(inputs)
    found = used_parameters(inputs)
    wrong += [
        f"{parameter.name} became known on {parameter.known}, after the knowledge day "
        f"{scenario.known_on}; set it in the scenario under parameters"
        for parameter in found.values()
        if parameter.known > scenario.known_on
    ]
    wrong += [
        f"{source.key} of {of} was published on {source.published}, after the knowledge day "
        f"{scenario.known_on}; choose another table, or a later knowledge day; or, where it is a "
        "later copy of what was public, say so under exception in sources.yaml"
        for of, source in table_sources(inputs)
        if source.published > scenario.known_on and not source.exception
    ]
    table = scenario.industries
    if table is not None and table.published and table.published > scenario.known_on:
        wrong.append(
            f"{table.table} was published on {table.published}, after the knowledge day "
            f"{scenario.known_on}; choose an earlier edition of the table"
        )
    if wrong:
        raise InputError("\n".join(f"{scenario.scenario}: {message}" for message in wrong))
    return found


def unknown_parameters(inputs: Inputs) -> list[str]:
    """Say of every parameter that a scenario names and nobody has what it might be."""
    there = _there(inputs)
    return [
        f"parameter must be one that the model has, got {name!r}{nearest(name, there)}"
        for name in dict.fromkeys((*inputs.scenario.parameters, *_wanted(inputs)))
        if name not in there
    ]


def table_sources(inputs: Inputs) -> list[tuple[str, Source]]:
    """List the sources of every table that is used, each once, with what table it is of."""
    found: dict[Source, str] = {}
    for of, table in (
        ("the trade table", inputs.trade),
        ("the monthly table", inputs.monthly),
        ("the benchmark world", inputs.world),
    ):
        for source in () if table is None else table.sources:
            found.setdefault(source, of)
    return [(of, source) for source, of in found.items()]


def used_parameters(inputs: Inputs) -> dict[str, Parameter]:
    """Gather the parameters a scenario uses, as far as they exist, whenever they became known."""
    there = _there(inputs)
    return {name: effective(inputs, name) for name in _wanted(inputs) if name in there}


def _there(inputs: Inputs) -> dict[str, Parameter]:
    """List the parameters of the model and those that sheets of materials bring."""
    there = dict(inputs.parameters)
    for profile in inputs.profiles.values():
        there |= profile.parameters
    return there


def transit_days(inputs: Inputs) -> tuple[int, ...]:
    """Give the days that goods travel by sea and by air; none where nobody's transit counts."""
    scenario = inputs.scenario
    if not scenario.time.transit or all(market.by_sea is None for market in scenario.markets):
        return ()
    return tuple(round(effective(inputs, name).value) for name in TRANSIT_PARAMETERS)


def effective(inputs: Inputs, name: str) -> Parameter:
    """Give a parameter as the scenario sets it, or as it is packaged."""
    return as_substitution(_overridden(_there(inputs)[name], inputs.scenario))


def _overridden(parameter: Parameter, scenario: Scenario) -> Parameter:
    override = scenario.parameters.get(parameter.name)
    if override is None:
        return parameter
    fields = attrs.asdict(override, filter=lambda field, _: field.name != "reason")
    note = f"set by the scenario: {override.reason}"
    return attrs.evolve(parameter, **fields, known=scenario.known_on, note=note)


def _wanted(inputs: Inputs) -> list[str]:
    scenario = inputs.scenario
    partial = scenario.model == "partial"
    names = [*MARKET_PARAMETERS] if scenario.markets and partial else []
    names += WORLD_PARAMETERS.get(scenario.model, ())
    if scenario.world is not None and scenario.world.rebate == "labour-tax":
        names.append("labour_supply_elasticity")
    for market in scenario.markets:
        if not partial:
            # Of what markets say of time, a world takes this alone.
            names += [market.collected] if market.collected is not None else []
            continue
        names.append(market.supply)
        if market.share_prior is not None:
            names.append("us_share_concentration")
        names += _of_time(market)
    for material in scenario.materials:
        names.append(material.refill)
        profile = inputs.profiles.get(material.material)
        if profile is not None:
            names += [*profile.parameters, *USE_PARAMETERS]
        elif material.cover is not None:
            names += [*material.reliance, material.cover]
        if profile is not None and scenario.trade is not None:
            names += ["armington_elasticity_short", "demand_to_substitution_ratio"]
    names += INDUSTRY_PARAMETERS if scenario.industries is not None else ()
    return list(dict.fromkeys(names))


def _of_time(market: Market) -> list[str]:
    # Whatever the switches say: two runs that differ in one of them keep their draws.
    named = (market.collected, market.growth)
    names = [*market.revenue_offsets, *(name for name in named if name is not None)]
    if market.by_sea is not None:
        names += [market.by_sea, *TRANSIT_PARAMETERS]
    if market.storable is not None:
        names += AHEAD_PARAMETERS
    return names
