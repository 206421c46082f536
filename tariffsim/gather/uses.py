"""From a flow or a controlled input to the parameters and events that its numbers are made from.

Knows which measures fall on which flow; knows no rate and no day.
"""

from collections.abc import Iterable, Sequence

import attrs

from tariffsim.events import Event, StackingSet
from tariffsim.experiment import Experiment, MarketCase, MaterialCase
from tariffsim.gather.rates import Flow, flows_of
from tariffsim.grounds import RatePath, Uses
from tariffsim.log import Log, Source
from tariffsim.network import INDUSTRIES
from tariffsim.reduce import fold
from tariffsim.resolve import Inputs
from tariffsim.resolve.inputs import INDUSTRY_PARAMETERS, USE_PARAMETERS
from tariffsim.scopes import Partners, covers_partner
from tariffsim.states import MeasureState, State
from tariffsim.terms import Economy, Slug

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
    trade = tuple(source.key for source in benchmark_sources(inputs))
    found = []
    for flow in flows_of(experiment):
        measures = _measures(state, flow)
        own = {e.id for e in events if _bears_on(e.event, measures, flow.importer)}
        own |= _movers(rates, flow) & set(known.by_id)
        own |= {
            e.id
            for e in events
            for case in _handed(flow, experiment)
            if _names(e.event, case.control)
        }
        found.append(
            Uses(
                importer=flow.importer,
                exporter=flow.exporter,
                parameters=_of_flow(flow, experiment, inputs),
                facts=tuple(entry.id for entry in known.entries if entry.id in own),
                trade=trade,
            )
        )
    for material in experiment.materials:
        ids = tuple(e.id for e in events if _names(e.event, material.control))
        found.append(_of_material(material, inputs, ids))
    return (*found, *_of_network(experiment, found))


def _of_network(experiment: Experiment, found: Sequence[Uses]) -> list[Uses]:
    """Say what industries use that buy from each other: all that their materials use, and more."""
    if experiment.network is None:
        return []
    fed = {experiment.materials[feed.material].material for feed in experiment.network.feeds}
    own = [use for use in found if use.product in fed]
    parameters = [name for use in own for name in use.parameters]
    return [
        Uses(
            importer=economy,
            exporter="",
            product=INDUSTRIES,
            parameters=tuple(dict.fromkeys((*parameters, *INDUSTRY_PARAMETERS))),
            facts=tuple(dict.fromkeys(id for use in own for id in use.facts)),
        )
        for economy in experiment.network.economies
    ]


def benchmark_sources(inputs: Inputs) -> tuple[Source, ...]:
    """List where benchmark trade comes from: the table by product, and that of the world."""
    trade = inputs.trade.sources if inputs.trade else ()
    world = inputs.world.sources if inputs.world else ()
    return tuple(dict.fromkeys((*trade, *world)))


def _of_material(case: MaterialCase, inputs: Inputs, facts: tuple[str, ...]) -> Uses:
    return Uses(
        importer=case.importer,
        exporter=case.exporter,
        product=case.material,
        parameters=_of_input(case, inputs),
        facts=facts,
    )


def _of_input(case: MaterialCase, inputs: Inputs) -> tuple[str, ...]:
    own = (*case.reliance, case.cover, case.refill)
    profile = inputs.profiles.get(Slug(case.material))
    if profile is None:
        return own
    return tuple(dict.fromkeys((*own, *profile.parameters, *USE_PARAMETERS)))


def _of_flow(flow: Flow, experiment: Experiment, inputs: Inputs) -> tuple[str, ...]:
    """Name every parameter but those of controlled inputs and of other markets alone."""
    own = flow.market
    others = {name for case in experiment.markets if case is not own for name in _named(case)}
    others -= _named(own) if own is not None else set()
    others |= {name for case in experiment.materials for name in _of_input(case, inputs)}
    for case in _handed(flow, experiment):
        others.difference_update(_of_input(case, inputs))
    others.update(INDUSTRY_PARAMETERS)
    if own is not None and own.share_prior is None:
        others.add("us_share_concentration")
    return tuple(name for name in experiment.parameters if name not in others)


def _handed(flow: Flow, experiment: Experiment) -> list[MaterialCase]:
    """List the controlled inputs that are missing from a flow's trade where they are withheld."""
    return [
        case
        for case in experiment.materials
        if case.covered
        and flow.market is not None
        and (case.importer, case.exporter) == (flow.importer, flow.exporter)
    ]


def _named(case: MarketCase) -> set[str]:
    """Give the words that a market holds, the names of its own parameters among them."""
    held = [getattr(case, field.name) for field in attrs.fields(MarketCase)]
    lists = [value for value in held if isinstance(value, tuple)]
    return {word for word in (*held, *(one for each in lists for one in each)) if _word(word)}


def _word(value: object) -> bool:
    return isinstance(value, str)


def _movers(rates: Iterable[RatePath], flow: Flow) -> set[str]:
    return {
        id
        for path in rates
        if (path.importer, path.exporter) == (flow.importer, flow.exporter)
        for step in path.steps
        for id in step.events
    }


def _bears_on(event: Event, measures: set[str], importer: str) -> bool:
    if isinstance(event, StackingSet):
        return event.imposer == importer
    return getattr(event, "measure", None) in measures


def _names(event: Event, control: str) -> bool:
    return control in (getattr(event, "control", None), getattr(event, "measure", None))


def _measures(state: State, flow: Flow) -> set[str]:
    """Name the ad valorem measures that ever fall on a flow."""
    groups = _members(state)
    return {name for name, found in state.measures.items() if _falls_on(found, flow, groups)}


def _falls_on(found: MeasureState, flow: Flow, groups: Members) -> bool:
    law = found.enacted
    ends = (flow.importer, flow.exporter)
    if law is None or law.form != "ad-valorem":
        return False
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
