"""From a flow or a controlled input to the parameters and events that its numbers are made from.

Knows which measures fall on which flow; knows no rate and no day.
"""

from collections.abc import Iterable, Sequence

from tariffsim.events import Event, StackingSet
from tariffsim.experiment import Experiment, MarketCase, MaterialCase
from tariffsim.grounds import RatePath, Uses
from tariffsim.log import Log
from tariffsim.reduce import fold
from tariffsim.resolve import Inputs
from tariffsim.resolve.inputs import MARKET_PARAMETERS
from tariffsim.scopes import Partners, covers_partner
from tariffsim.states import MeasureState, State
from tariffsim.terms import Economy

Members = dict[Economy, frozenset[Economy]]


def uses(
    inputs: Inputs, experiment: Experiment, rates: Sequence[RatePath], known: Log
) -> tuple[Uses, ...]:
    """Say for every flow and controlled input what its numbers use.

    Parameters
    ----------
    inputs : Inputs
        For the sources of trade.
    experiment : Experiment
        Flows, inputs and the ids of events that count.
    rates : sequence of RatePath
        For what moved the rate on a flow.
    known : Log
        As known on the knowledge day.

    Returns
    -------
    tuple of Uses
        Flows first.
    """
    state = fold(known)
    counted = set(experiment.provenance.events)
    events = [entry for entry in known.entries if entry.id in counted]
    trade = tuple(source.key for source in inputs.trade.sources) if inputs.trade else ()
    found = []
    for case in experiment.markets:
        measures = _measures(state, case)
        own = {e.id for e in events if _bears_on(e.event, measures, case.importer)}
        own |= _movers(rates, case) & set(known.by_id)
        found.append(
            Uses(
                importer=case.importer,
                exporter=case.exporter,
                parameters=_market_parameters(case),
                facts=tuple(entry.id for entry in known.entries if entry.id in own),
                trade=trade,
            )
        )
    for material in experiment.materials:
        ids = tuple(e.id for e in events if _names(e.event, material.control))
        found.append(_of_material(material, ids))
    return tuple(found)


def _of_material(case: MaterialCase, facts: tuple[str, ...]) -> Uses:
    return Uses(
        importer=case.importer,
        exporter=case.exporter,
        product=case.material,
        parameters=(*case.reliance, case.cover, case.refill),
        facts=facts,
    )


def _market_parameters(case: MarketCase) -> tuple[str, ...]:
    prior = ("us_share_concentration",) if case.share_prior is not None else ()
    return (*MARKET_PARAMETERS, case.supply, *prior)


def _movers(rates: Iterable[RatePath], case: MarketCase) -> set[str]:
    return {
        id
        for path in rates
        if (path.importer, path.exporter) == (case.importer, case.exporter)
        for step in path.steps
        for id in step.events
    }


def _bears_on(event: Event, measures: set[str], importer: str) -> bool:
    if isinstance(event, StackingSet):
        return event.imposer == importer
    return getattr(event, "measure", None) in measures


def _names(event: Event, control: str) -> bool:
    return control in (getattr(event, "control", None), getattr(event, "measure", None))


def _measures(state: State, case: MarketCase) -> set[str]:
    """Name the ad valorem measures that ever fall on a flow."""
    groups = _members(state)
    return {name for name, found in state.measures.items() if _falls_on(found, case, groups)}


def _falls_on(found: MeasureState, case: MarketCase, groups: Members) -> bool:
    law = found.enacted
    if law is None or law.form != "ad-valorem":
        return False
    ends = (Economy(case.importer), Economy(case.exporter))
    imposer, partner = ends if law.flow == "import" else ends[::-1]
    if imposer != law.imposer and imposer not in groups.get(law.imposer, frozenset()):
        return False
    scopes: list[Partners] = [law.partners, *(s.partners for s in found.spans if s.partners)]
    return any(covers_partner(scope, partner, groups) for scope in scopes)


def _members(state: State) -> Members:
    return {
        group: frozenset(member for span in spans for member in span.members)
        for group, spans in state.groups.items()
    }
