"""Strategies for every kind of event with every field, read off the classes themselves.

A kind or a field that is added to the vocabulary is drawn from the day it is added. Nothing here
makes sense as a history; that is what `tests.strategies` is for.
"""

import datetime as dt
import types
import typing
from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any, Literal

import attrs
from hypothesis import strategies as st
from hypothesis.strategies import DrawFn, SearchStrategy

from tariffsim.events import (
    KINDS,
    STATUTORY_ADD_ON,
    Claim,
    Event,
    Grace,
    Observed,
    RateSet,
    StackingRule,
    Stretch,
)
from tariffsim.scopes import CodeShare, DayInterval, Partners, Products, ShareInterval
from tariffsim.terms import Economy, Product, Rate, Share, Slug
from tests import strategies as drawn

# What a person may type: letters of any script, figures, signs and spaces, nothing invisible.
text = st.text(st.characters(categories=("L", "N", "P", "S", "Zs")), max_size=12)
slugs = st.from_regex(r"[a-z0-9]{1,4}(-[a-z0-9]{1,3}){0,2}", fullmatch=True)
ids = st.integers(0, 2**256 - 1).map("{:064x}".format)


figures = st.decimals(0, 10**6, places=3).map(str)
FIGURES = ("value", "tolerance")  # text that must be a number


@st.composite
def graces(draw: DrawFn) -> Grace:
    first = draw(drawn.days)
    return Grace(loaded_before=first, entered_by=drawn.later(first, draw(st.integers(0, 30))))


@st.composite
def stretches(draw: DrawFn) -> Stretch:
    start = draw(drawn.days)
    return Stretch(start=start, end=drawn.later(start, draw(st.integers(0, 30))))


PLAIN: dict[Any, SearchStrategy[Any]] = {
    str: text,
    int: st.integers(0, 10**12),
    bool: st.booleans(),
    dt.date: drawn.days,
    Rate: drawn.rates,
    Share: drawn.parts,
    Slug: slugs,
    Economy: st.sampled_from((*drawn.ECONOMIES, "EU27", "WLD", "ROW")),
    Product: drawn.products,
    Grace: graces(),
    Stretch: stretches(),
    StackingRule: drawn.stacking_rules,
    ShareInterval: drawn.intervals(),
    DayInterval: drawn.delays(),
    CodeShare: st.builds(CodeShare, share=drawn.intervals(), basis=text, source=st.none() | slugs),
    Partners: drawn.partner_lists,
    Products: drawn.product_lists,
    Event: st.builds(RateSet, announced=drawn.days, measure=slugs, rate=drawn.rates),
}


def of_type(kind: Any) -> SearchStrategy[Any]:
    """Find the strategy of an annotated type."""
    if kind in PLAIN:
        return PLAIN[kind]
    origin, inner = typing.get_origin(kind), typing.get_args(kind)
    if origin is Literal:
        return st.sampled_from(inner)
    if origin in (typing.Union, types.UnionType):
        return st.one_of([st.none() if t is type(None) else of_type(t) for t in inner])
    if origin is tuple:
        return st.lists(of_type(inner[0]), max_size=3).map(tuple)
    if origin in (dict, Mapping):
        return st.dictionaries(of_type(inner[0]), of_type(inner[1]), max_size=2)
    return st.builds(kind, **{field.name: of_field(field) for field in attrs.fields(kind)})


def of_field(field: Any) -> SearchStrategy[Any]:
    """Find the strategy of a field; one that names other events holds ids, as it does in a log."""
    if field.name in FIGURES:
        return figures
    if not field.metadata.get("reference"):
        return of_type(field.type)
    if typing.get_origin(field.type) is tuple:
        return st.lists(ids, max_size=2).map(tuple)
    return ids if field.type is str else st.none() | ids


@cache
def fields_of(kind: type[Event]) -> SearchStrategy[dict[str, Any]]:
    clocks = ("announced", "effective", "retroactive")
    fields = [field for field in attrs.fields(kind) if field.name not in clocks]
    return st.fixed_dictionaries({field.name: of_field(field) for field in fields})


@st.composite
def events_of(draw: DrawFn, kind: type[Event]) -> Event:
    """Draw every field, then put right what must agree between them."""
    moment = draw(drawn.moments())
    fields = draw(fields_of(kind)) | moment.fields
    if kind is Observed and fields["basis"] == STATUTORY_ADD_ON:
        fields["basis"] = "another-basis"
    if fields.get("until") is not None:
        fields["until"] = drawn.later(moment.effective, draw(st.integers(1, 30)))
    if "void_from" in fields:
        fields["void_from"] = moment.effective
    if fields.get("topic", "") is None:
        fields["event"] = draw(ids)
    if fields.get("partners", "") is None:
        fields["products"] = draw(drawn.product_lists)
    return kind(**fields)


claims = of_type(Claim)
any_event = st.sampled_from(sorted(KINDS)).flatmap(lambda name: events_of(KINDS[name]))
documents = st.sampled_from(
    sorted(name for name, kind in KINDS.items() if not kind.changes_state)
).flatmap(lambda name: events_of(KINDS[name]))


def written_percent(parts: int) -> Decimal:
    """A figure in percent as a source prints it, exact."""
    return Decimal(parts) / 10_000
