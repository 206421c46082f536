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


@attrs.frozen(kw_only=True, eq=False)
class Inputs:
    """Everything a scenario refers to by name.

    Parameters
    ----------
    scenario : Scenario
        The question.
    log : Log
        The whole log that it forks.
    trade : TradeTable
        Benchmark trade.
    parameters : mapping of str to Parameter
        The packaged parameters.
    share_priors : mapping of str to mapping of str to float
        Under the name the scenario gives: share of the exporter by product.
    digests : mapping of str to str
        Hashes of the files read.
    """

    scenario: Scenario
    log: Log
    trade: TradeTable
    parameters: Mapping[str, Parameter]
    share_priors: Mapping[str, Mapping[str, float]]
    digests: Mapping[str, str]


def known_parameters(inputs: Inputs) -> dict[str, Parameter]:
    """Apply the scenario's own parameters, and refuse what was learnt after the knowledge day.

    Raises
    ------
    InputError
        Every unknown name, late parameter and late trade source at once.
    """
    scenario = inputs.scenario
    found = dict(inputs.parameters)
    wrong = []
    for name, override in scenario.parameters.items():
        if name not in found:
            wrong.append(
                f"parameter must be one that the model has, got {name!r}{nearest(name, found)}"
            )
            continue
        fields = attrs.asdict(override, filter=lambda field, _: field.name != "reason")
        found[name] = attrs.evolve(
            found[name],
            **fields,
            known=scenario.known_on,
            note=f"set by the scenario: {override.reason}",
        )
    late = [parameter for parameter in found.values() if parameter.known > scenario.known_on]
    wrong += [
        f"{parameter.name} became known on {parameter.known}, after the knowledge day "
        f"{scenario.known_on}; set it in the scenario under parameters"
        for parameter in late
    ]
    wrong += [
        f"{source.key} of the trade table was published on {source.published}, after the "
        f"knowledge day {scenario.known_on}; choose another table, or a later knowledge day"
        for source in inputs.trade.sources
        if source.published > scenario.known_on
    ]
    for name in _wanted(scenario):
        if name not in found:
            wrong.append(
                f"parameter must be one that the model has, got {name!r}{nearest(name, found)}"
            )
    if wrong:
        raise InputError("\n".join(f"{scenario.scenario}: {message}" for message in wrong))
    return found


def _wanted(scenario: Scenario) -> list[str]:
    names = [market.supply for market in scenario.markets]
    for material in scenario.materials:
        names += [*material.reliance, material.cover, material.refill]
    return names
