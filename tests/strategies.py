"""Strategies for rates, days, scopes, axes and consistent logs; a history is a tuple of events.

Few names and few days, so that what may meet does meet: pauses overlap, rates change inside
them, rules end on the day a measure starts. Histories hold no clash: within a timeline no two
events share (announced, effective), and a measure, a pause or a control comes into being once.
"""

import datetime as dt
import itertools
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, NamedTuple

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tariffsim.axes import Axis, TradeAxes
from tariffsim.events import (
    ControlEased,
    ControlSet,
    Event,
    GeneralLicenceGranted,
    GroupMembershipSet,
    MeasureEnacted,
    RateSet,
    ScopeChanged,
    StackingRule,
    StackingSet,
    Suspended,
    SuspensionEndSet,
    Terminated,
    Voided,
)
from tariffsim.scopes import CodeShare, DayInterval, Partners, Products, ShareInterval

FIRST = dt.date(2025, 1, 1)
LENGTH = 50
IMPOSERS = ("USA", "USA", "USA", "CHN", "EU27")  # duties meet only where one economy levies them
ECONOMIES = ("USA", "CHN", "DEU", "CAN")
GROUPS = ("base", "metals", "extra")
NOT_ALL = Partners(include=("WLD",), exclude=("EU27", "CHN"))
FORMS = (*(("ad-valorem",) * 5), "quota")
CODES = ("84", "8471", "847130", "84713000", "8471300010", "85", "8517", "851713", "01", "0101")

EventTuple = tuple[Event, ...]


def cached(function: Callable[..., Any]) -> Callable[..., SearchStrategy[Any]]:
    """Compose a strategy, once for each set of arguments: building them is what costs."""
    return cache(st.composite(function))


@cache
def maybe(strategy: SearchStrategy[EventTuple]) -> SearchStrategy[EventTuple]:
    return st.just(()) | strategy


def later(day: dt.date, days: int) -> dt.date:
    return day + dt.timedelta(days=days)


class Moment(NamedTuple):
    """When something was announced and from when it holds."""

    announced: dt.date
    effective: dt.date

    @property
    def fields(self) -> dict[str, Any]:
        return {**self._asdict(), "retroactive": self.effective < self.announced}


days = st.integers(-2, LENGTH + 20).map(lambda n: later(FIRST, n))
rates = st.sampled_from((0, 25_000, 100_000, 250_000, 1_000_000)) | st.integers(0, 2_000_000)
parts = st.integers(0, 1_000_000)
lengths = st.none() | st.integers(1, 30) | st.integers(1, 30)
products = st.sampled_from(CODES)
economies = st.sampled_from(ECONOMIES)
flows = st.just(("USA", "CHN")) | st.permutations(ECONOMIES).map(lambda order: tuple(order[:2]))


@cached
def moments(draw: DrawFn, first: int = 0, last: int = LENGTH) -> Moment:
    announced = later(FIRST, draw(st.integers(first, last)))
    return Moment(announced, later(announced, draw(st.sampled_from((0, 0, 0, 1, 5, 20, -4)))))


@cached
def moment_lists(draw: DrawFn, most: int, least: int = 0, last: int = LENGTH) -> list[Moment]:
    """Moments of one timeline, none twice."""
    count = draw(st.integers(least, most))
    return list(dict.fromkeys(draw(moments(last=last)) for _ in range(count)))


def until(effective: dt.date, length: int | None) -> dt.date | None:
    return None if length is None else later(effective, length)


@cached
def intervals(draw: DrawFn) -> ShareInterval:
    low, high = sorted((draw(parts), draw(parts)))
    return ShareInterval(low=low, high=high)


@cached
def delays(draw: DrawFn) -> DayInterval:
    low, high = sorted((draw(st.integers(0, 99)), draw(st.integers(0, 99))))
    return DayInterval(low=low, high=high)


partner_lists = st.builds(
    Partners,
    include=st.sampled_from((*((("WLD",),) * 4), ("CHN",), ("USA", "CHN"), ("EU27",), ("DEU",))),
    exclude=st.sampled_from((*(((),) * 4), ("CAN",), ("EU27",), ("CHN",), ("EU27", "CHN"))),
)
code_lists = st.lists(products, min_size=1, max_size=3, unique=True).map(tuple)
simple_lists = st.sampled_from((Products(), *(Products(include=(c,)) for c in ("84", "85", "01"))))
shares = st.builds(CodeShare, share=intervals())
product_lists = st.builds(
    Products,
    include=st.none() | code_lists,
    exclude=st.just(()) | code_lists,  # of what is included, or of nothing that is
    shares=st.just({}) | st.dictionaries(st.sampled_from(CODES[:2]), shares, max_size=2),
)


@cached
def axes(draw: DrawFn) -> TradeAxes:
    codes = draw(st.lists(products, min_size=1, max_size=3, unique=True))
    importers = ["USA", draw(st.sampled_from(ECONOMIES[1:]))]
    exporters = ["CHN", draw(st.sampled_from(("USA", *ECONOMIES[2:])))]
    return TradeAxes(
        importer=Axis("importer", importers),
        exporter=Axis("exporter", exporters),
        product=Axis("product", codes),
    )


@cached
def pauses(draw: DrawFn, measure: str, name: str = "pause", moves: int = 2) -> EventTuple:
    """A pause with the moves of its end, which may be today."""
    moved = st.just(0) | lengths
    opening = draw(moments(last=25))
    start = Suspended(
        measure=measure,
        suspension=name,
        points=draw(st.none() | rates),
        until=until(opening.effective, draw(lengths)),
        **opening.fields,
    )
    ends = [
        SuspensionEndSet(
            measure=measure,
            suspension=name,
            until=until(moment.effective, draw(moved)),
            **moment.fields,
        )
        for moment in draw(moment_lists(moves))
        if moment != opening
    ]
    return (start, *ends)


@cached
def levels(draw: DrawFn, measure: str, least: int = 0, most: int = 3) -> EventTuple:
    found = draw(moment_lists(most, least))
    return tuple(RateSet(measure=measure, rate=draw(rates), **m.fields) for m in found)


@cached
def enactments(draw: DrawFn, measure: str) -> MeasureEnacted:
    return MeasureEnacted(
        measure=measure,
        imposer=draw(st.sampled_from(IMPOSERS)),
        authority="some-law",
        group=draw(st.sampled_from(GROUPS)),
        partners=draw(partner_lists),
        products=draw(product_lists),
        flow=draw(st.sampled_from(("import", "import", "import", "export"))),
        form=draw(st.sampled_from(FORMS)),
        **draw(moments(last=15)).fields,
    )


@cached
def scope_changes(draw: DrawFn, measure: str, least: int = 0) -> EventTuple:
    found = []
    for moment in draw(moment_lists(2, least)):
        partners, goods = draw(
            st.tuples(st.none(), product_lists)
            | st.tuples(partner_lists, st.none())
            | st.tuples(partner_lists, product_lists)
        )
        change = ScopeChanged(
            measure=measure,
            direction=draw(st.sampled_from(("in", "out"))),
            partners=partners,
            products=goods,
            until=until(moment.effective, draw(lengths)),
            **moment.fields,
        )
        found.append(change)
    return tuple(found)


@cached
def endings(draw: DrawFn, name: str) -> EventTuple:
    moment = draw(moments(first=10))
    if draw(st.booleans()):
        return (Terminated(measure=name, **moment.fields),)
    refund = draw(st.none() | days)
    voided = Voided(measure=name, void_from=moment.effective, refund_from=refund, **moment.fields)
    return (voided,)


@cached
def measures(draw: DrawFn, name: str) -> EventTuple:
    """Everything that may happen to one measure."""
    return (
        draw(enactments(name)),
        *draw(levels(name)),
        *draw(maybe(pauses(name, "pause-a"))),
        *draw(maybe(pauses(name, "pause-b"))),
        *draw(maybe(scope_changes(name))),
        *draw(maybe(endings(name))),
    )


group_lists = st.sampled_from((GROUPS[:1], GROUPS[1:2], GROUPS[:2], GROUPS))
amounts = st.integers(1, 400_000) | st.integers(1, 2_000_000)
stacking_rules = st.one_of(
    st.builds(StackingRule, kind=st.just("maximum"), groups=group_lists),
    st.builds(StackingRule, kind=st.just("yields"), group=st.sampled_from(GROUPS), to=group_lists),
    st.builds(
        StackingRule,
        kind=st.just("top-up"),
        group=st.sampled_from(GROUPS),
        over=group_lists,
        floor=amounts,
    ),
    st.builds(
        StackingRule,
        kind=st.just("cap"),
        groups=group_lists,
        ceiling=amounts,
    ),
)


@cached
def stacking_laws(
    draw: DrawFn, name: str, least: int = 0, imposers: tuple[str, ...] = IMPOSERS
) -> EventTuple:
    return tuple(
        StackingSet(
            name=name,
            imposer=draw(st.sampled_from(imposers)),
            rule=draw(stacking_rules),
            until=until(moment.effective, draw(lengths)),
            **moment.fields,
        )
        for moment in draw(moment_lists(2, least, last=25))
    )


@cached
def memberships(draw: DrawFn, least: int = 0) -> EventTuple:
    members = st.sampled_from(((), ("DEU",), ("CAN",), ("DEU", "CAN")))
    return tuple(
        GroupMembershipSet(group="EU27", members=draw(members), **moment.fields)
        for moment in draw(moment_lists(2, least))
    )


@cached
def controls(draw: DrawFn, name: str = "control") -> EventTuple:
    """Everything that may happen to one export control."""
    start = draw(moments(last=15))
    law = ControlSet(
        control=name,
        imposer=draw(st.sampled_from(("CHN", "USA"))),
        destinations=draw(partner_lists),
        products=draw(product_lists),
        approval=draw(intervals()),
        delay_days=draw(delays()),
        authority="some-law",
        **start.fields,
    )
    eased = [
        ControlEased(
            control=name, approval=draw(intervals()), delay_days=draw(delays()), **moment.fields
        )
        for moment in draw(moment_lists(2))
        if moment != start
    ]
    licences = [
        GeneralLicenceGranted(
            control=name,
            destinations=draw(partner_lists),
            share=draw(intervals()),
            until=until(moment.effective, draw(lengths)),
            **moment.fields,
        )
        for moment in draw(moment_lists(2))
    ]
    return (law, *eased, *licences, *draw(maybe(pauses(name))), *draw(maybe(endings(name))))


def on_everybody(measure: str, **fields: Any) -> MeasureEnacted:
    """A duty of the United States on all goods of everybody from the first day on."""
    fields = {"imposer": "USA", "products": Products(), "group": "base", **fields}
    everybody = Partners(include=("WLD",))
    return MeasureEnacted(
        announced=FIRST, measure=measure, authority="some-law", partners=everybody, **fields
    )


@cached
def lives(draw: DrawFn, name: str = "measure-0") -> EventTuple:
    """One duty through time: levels, two pauses that may overlap, and who ended it."""
    ends = (draw(endings(name)) for _ in range(draw(st.integers(0, 2))))
    return (
        on_everybody(name),
        *draw(levels(name, least=2)),
        *draw(pauses(name, "pause-b")),
        *draw(pauses(name, "pause-a")),
        *dict.fromkeys(itertools.chain(*ends)),
    )


@cached
def reaches(draw: DrawFn, name: str = "measure-0") -> EventTuple:
    """One duty of 100 % through its scopes: lists, exceptions, changes of both, groups."""
    law = draw(enactments(name))
    if draw(st.booleans()):
        partners = st.sampled_from((Partners(include=("EU27",)), NOT_ALL))
        law = attrs.evolve(law, partners=draw(partners), imposer=draw(st.sampled_from(IMPOSERS)))
    return (
        law,
        RateSet(announced=later(FIRST, -20), measure=name, rate=1_000_000),
        *draw(scope_changes(name, least=2)),
        *draw(memberships(least=2)),
    )


@cached
def crowds(draw: DrawFn) -> EventTuple:
    """Duties that meet in every cell, and the rules between them, which may run out."""
    found: list[Event] = []
    for number in range(draw(st.integers(2, 4))):
        name = f"measure-{number}"
        fields = {
            "group": draw(st.sampled_from(GROUPS[:2])),
            "products": draw(simple_lists | product_lists),
            "imposer": draw(st.sampled_from(("USA", "USA", "USA", "USA", "CHN"))),
            "form": draw(st.sampled_from(FORMS)),
        }
        found.append(on_everybody(name, **fields))
        found.append(RateSet(announced=FIRST, measure=name, rate=draw(st.integers(1, 900_000))))
    for number in range(draw(st.integers(1, 2))):
        found += draw(stacking_laws(f"rule-{number}", 1, ("USA", "USA", "USA", "CHN")))
    return (*found, APART)


# Says what lists exclude each other and combines nothing: beside it everything is as without it.
APART = StackingSet(
    announced=FIRST + dt.timedelta(days=20),
    name="lists-apart",
    imposer="USA",
    rule=StackingRule(kind="one-of", measures=("measure-0", "measure-1")),
)


@cached
def disputes(draw: DrawFn) -> EventTuple:
    """Measures of several imposers, with stacking rules, a group of economies and a control."""
    found: list[Event] = []
    for number in range(draw(st.integers(1, 2))):
        found += draw(measures(f"measure-{number}"))
    found += draw(stacking_laws("rule-0"))
    found += draw(memberships())
    found += draw(maybe(controls()))
    return tuple(found)


@cache
def histories() -> SearchStrategy[EventTuple]:
    """Any of them: what is rare in a dispute of everything is the rule in one of the others."""
    return st.one_of(disputes(), lives(), reaches(), crowds())


def turning_days(events: Iterable[Event]) -> list[dt.date]:
    """First and last days on which something holds, and the days on the other side."""
    found: set[dt.date] = set()
    for event in events:
        for day in (event.effective, getattr(event, "until", None)):
            found |= {day, later(day, -1)} if day else set()
    return sorted(found)
