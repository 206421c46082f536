"""Rates by measure, controls, rules and groups as timelines; no query date, no computation.

A level, a pause or a scope is kept under (effective, announced); which one counts on a day is
looked up at that day. So a pause is an overlay: when it ends, whatever the law says by then is
back, without anybody writing the old rate again.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal

import attrs

from tariffsim.events import ControlSet, Grace, MeasureEnacted, StackingRule
from tariffsim.scopes import DayInterval, Partners, Products, ShareInterval
from tariffsim.terms import Economy, Rate, Slug


@attrs.frozen(kw_only=True, order=False)
class Level:
    """A rate from its effective day on, and the event that set it."""

    effective: dt.date
    announced: dt.date
    event: str
    rate: Rate
    grace: Grace | None = None


@attrs.frozen(kw_only=True)
class WindowEnd:
    """From its effective day on, a pause ends on `until` (None is open)."""

    effective: dt.date
    announced: dt.date
    event: str
    until: dt.date | None


@attrs.frozen(kw_only=True)
class Window:
    """A pause: where it starts, what it takes off (None is all), and its ends as they moved."""

    start: dt.date | None = None
    points: Rate | None = None
    event: str | None = None
    ends: tuple[WindowEnd, ...] = ()


@attrs.frozen(kw_only=True)
class ScopeSpan:
    """Partners or products in or out of a measure for a span of days."""

    effective: dt.date
    announced: dt.date
    event: str
    direction: Literal["in", "out"]
    partners: Partners | None
    products: Products | None
    until: dt.date | None


@attrs.frozen(kw_only=True)
class MeasureState:
    """Everything the log says of one measure."""

    enacted: MeasureEnacted | None = None
    event: str | None = None
    levels: tuple[Level, ...] = ()
    windows: Mapping[Slug, Window] = attrs.field(factory=dict)
    spans: tuple[ScopeSpan, ...] = ()
    ended: dt.date | None = None
    ended_by: str | None = None
    refund_from: dt.date | None = None


@attrs.frozen(kw_only=True)
class ControlLevel:
    """Approval share and delay from the effective day on."""

    effective: dt.date
    announced: dt.date
    event: str
    approval: ShareInterval
    delay_days: DayInterval


@attrs.frozen(kw_only=True)
class Licence:
    """Part of a controlled flow freed for some destinations, for a span of days."""

    effective: dt.date
    announced: dt.date
    event: str
    destinations: Partners
    share: ShareInterval
    until: dt.date | None


@attrs.frozen(kw_only=True)
class ControlState:
    """Everything the log says of one export control."""

    control_set: ControlSet | None = None
    event: str | None = None
    levels: tuple[ControlLevel, ...] = ()
    licences: tuple[Licence, ...] = ()
    windows: Mapping[Slug, Window] = attrs.field(factory=dict)
    ended: dt.date | None = None
    ended_by: str | None = None


@attrs.frozen(kw_only=True)
class RuleSpan:
    """A stacking rule of an imposer for a span of days."""

    effective: dt.date
    announced: dt.date
    event: str
    imposer: Economy
    rule: StackingRule
    until: dt.date | None


@attrs.frozen(kw_only=True)
class Membership:
    """The members of a group from the effective day on."""

    effective: dt.date
    announced: dt.date
    event: str
    members: tuple[Economy, ...]


@attrs.frozen(kw_only=True)
class State:
    """Bilateral tariff and supply law as timelines.

    Parameters
    ----------
    measures : mapping of Slug to MeasureState
        Import and export measures.
    controls : mapping of Slug to ControlState
        Export controls.
    rules : mapping of Slug to tuple of RuleSpan
        Stacking rules under their names.
    groups : mapping of Economy to tuple of Membership
        Groups of economies.
    """

    measures: Mapping[Slug, MeasureState] = attrs.field(factory=dict)
    controls: Mapping[Slug, ControlState] = attrs.field(factory=dict)
    rules: Mapping[Slug, tuple[RuleSpan, ...]] = attrs.field(factory=dict)
    groups: Mapping[Economy, tuple[Membership, ...]] = attrs.field(factory=dict)
