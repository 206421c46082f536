"""Which goods of a flow a measure falls on, on one day: lists, partners and exceptions; no rate.

Goods enter and leave a measure in the order of its changes of scope. Shares of what is coarser than
a list are ranges, from the least that it may cover to the most.
"""

import datetime as dt
from collections.abc import Iterable, Mapping

from tariffsim.events import MeasureEnacted
from tariffsim.scopes import (
    ALL_OF_IT,
    NONE_OF_IT,
    Products,
    ShareInterval,
    covers_partner,
    product_coverage,
)
from tariffsim.states import MeasureState, ScopeSpan, State
from tariffsim.terms import PARTS_PER_UNIT, Economy, Product, Share

Groups = Mapping[Economy, frozenset[Economy]]


def groups_on(state: State, day: dt.date) -> Groups:
    """List the members of every group of economies on a day."""
    found: dict[Economy, frozenset[Economy]] = {}
    for group, timeline in state.groups.items():
        known = [entry for entry in timeline if entry.effective <= day]
        if known:
            found[group] = frozenset(known[-1].members)
    return found


def coverage_on(
    measure: MeasureState,
    day: dt.date,
    importer: Economy,
    exporter: Economy,
    product: Product | None,
    groups: Groups,
) -> ShareInterval:
    """Find the share of a flow's goods that a measure covers on a day.

    Without a product the question is the headline: whether the measure is on all goods, named
    exceptions allowed.
    """
    return share_of(lists_on(measure, day, importer, exporter, groups), product)


def lists_on(
    measure: MeasureState, day: dt.date, importer: Economy, exporter: Economy, groups: Groups
) -> tuple[tuple[bool, Products], ...]:
    """Find the lists of goods that say, one after the other, what a measure covers of a flow.

    Returns
    -------
    tuple of (bool, Products)
        Whether the goods enter the measure or leave it, and which; none where the flow is not
        the measure's.
    """
    enacted = measure.enacted
    if enacted is None:
        return ()
    imposer, partner = importer, exporter
    if enacted.flow == "export":
        imposer, partner = exporter, importer
    if imposer != enacted.imposer and imposer not in groups.get(enacted.imposer, frozenset()):
        return ()
    own = covers_partner(enacted.partners, partner, groups)
    first = ((True, enacted.products),) if own else ()
    changes = (
        (span.direction == "in", span.products or enacted.products)
        for span in _spans_for(measure, day, partner, groups)
    )
    return (*first, *changes)


def share_of(
    lists: Iterable[tuple[bool, Products]], product: Product | None = None
) -> ShareInterval:
    """Find the share of a product that lists cover, where goods enter and leave in their order."""
    covered = NONE_OF_IT
    for enters, products in lists:
        part = _listed(products, product)
        if covered is NONE_OF_IT:
            covered = part if enters else covered
        else:
            covered = plus(covered, part) if enters else _less(covered, part)
    return covered


def _spans_for(
    measure: MeasureState, day: dt.date, partner: Economy, groups: Groups
) -> list[ScopeSpan]:
    """List the changes of scope that hold on a day and concern a partner."""
    spans = [
        span
        for span in measure.spans
        if span.effective <= day and (span.until is None or day < span.until)
    ]
    assert measure.enacted is not None
    own = _is_own_partner(measure.enacted, spans, partner, groups)
    return [
        span
        for span in spans
        if (own if span.partners is None else covers_partner(span.partners, partner, groups))
    ]


def _is_own_partner(
    enacted: MeasureEnacted, spans: Iterable[ScopeSpan], partner: Economy, groups: Groups
) -> bool:
    """Tell whether goods that enter or leave a measure, no partner named, concern a partner.

    They do where the measure names it, or a change of partners alone let it in since; not where
    such a change took it out.
    """
    own = covers_partner(enacted.partners, partner, groups)
    for span in spans:
        alone = span.partners is not None and span.products is None
        if alone and span.partners and covers_partner(span.partners, partner, groups):
            own = span.direction == "in"
    return own


def _listed(products: Products, product: Product | None) -> ShareInterval:
    if product is None:
        return ALL_OF_IT if products.all_goods else NONE_OF_IT
    return product_coverage(products, product)


def plus(first: ShareInterval, second: ShareInterval) -> ShareInterval:
    """Add what two lists cover, to all of it at most."""
    return ShareInterval(
        low=Share(min(first.low + second.low, PARTS_PER_UNIT)),
        high=Share(min(first.high + second.high, PARTS_PER_UNIT)),
    )


def _less(first: ShareInterval, second: ShareInterval) -> ShareInterval:
    return ShareInterval(
        low=Share(max(first.low - second.high, 0)), high=Share(max(first.high - second.low, 0))
    )


def spans_behind(
    measure: MeasureState,
    day: dt.date,
    importer: Economy,
    exporter: Economy,
    product: Product | None,
    groups: Groups,
) -> list[ScopeSpan]:
    """List the changes of a measure's scope that hold on a day and touch some goods of a flow."""
    enacted = measure.enacted
    assert enacted is not None
    partner = importer if enacted.flow == "export" else exporter
    return [
        span
        for span in _spans_for(measure, day, partner, groups)
        if _listed(span.products or enacted.products, product).high
    ]
