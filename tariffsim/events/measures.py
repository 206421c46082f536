"""Events that set what is levied at a border: measures, rates, scopes, pauses, stacking rules.

They say what was decided, never what follows from it; the fold does that. Events set levels: none
says "raised by", so that reading one twice is harmless.
"""

import datetime as dt
from typing import ClassVar, Literal

import attrs

from tariffsim.events.base import Event, until_after
from tariffsim.scopes import Partners, Products
from tariffsim.terms import Economy, Rate, Slug

Flow = Literal["import", "export"]
Form = Literal["ad-valorem", "specific", "quota", "licence", "ban", "minimum-price", "fee"]


@attrs.frozen(kw_only=True)
class Amount:
    """An amount in its own unit.

    Parameters
    ----------
    minor_units : int
        Whole minor units of the currency, as cents.
    currency : str
        ISO 4217 code.
    per : str
        What one amount is levied on, as item, tonne, net ton.
    """

    minor_units: int
    currency: str
    per: str


@attrs.frozen(kw_only=True)
class Grace:
    """Goods on their way when a rate rose still pay the rate before it.

    Parameters
    ----------
    loaded_before : date
        They were loaded before this day.
    entered_by : date
        They must be entered before this day.
    """

    loaded_before: dt.date
    entered_by: dt.date

    def __attrs_post_init__(self) -> None:
        if self.entered_by < self.loaded_before:
            raise ValueError(
                f"entered_by must not be before loaded_before, got {self.entered_by} and "
                f"{self.loaded_before}; swap the two"
            )


@attrs.frozen(kw_only=True)
class MeasureEnacted(Event):
    """A measure came into being; its rate is set by `RateSet`.

    Parameters
    ----------
    measure : Slug
        The measure's name, used by every later event about it.
    imposer : Economy
        Who levies or restricts.
    authority : Slug
        The legal authority, for example ``section-301``.
    group : Slug
        Stacking group; the groups of one imposer add up unless a stacking rule says otherwise.
    flow : {'import', 'export'}
        Which flow of the imposer it falls on.
    form : str
        Ad valorem duties enter the rate; every other form is recorded in its own unit.
    partners : Partners
        Economies it falls on.
    products : Products
        Goods it falls on.
    legal_basis : str, optional
        The act, order or announcement.
    amount : Amount, optional
        For forms that are not ad valorem.
    """

    kind: ClassVar[str] = "measure_enacted"
    changes_state: ClassVar[bool] = True

    measure: Slug
    imposer: Economy
    authority: Slug
    group: Slug
    partners: Partners
    products: Products
    flow: Flow = "import"
    form: Form = "ad-valorem"
    legal_basis: str | None = None
    amount: Amount | None = None


@attrs.frozen(kw_only=True)
class RateSet(Event):
    """A measure's rate was set, from its effective day until the next rate.

    Parameters
    ----------
    measure : Slug
        Which measure.
    rate : Rate
        The new level, parts per million.
    grace : Grace, optional
        Goods in transit that keep the rate before.
    """

    kind: ClassVar[str] = "rate_set"
    changes_state: ClassVar[bool] = True

    measure: Slug
    rate: Rate
    grace: Grace | None = None


@attrs.frozen(kw_only=True)
class ScopeChanged(Event):
    """Partners or products entered or left a measure.

    Parameters
    ----------
    measure : Slug
        Which measure.
    direction : {'in', 'out'}
        Whether what is named is now covered or no longer covered.
    partners : Partners, optional
        The partners concerned. Where left out, the measure's own: those that it names, and those
        that a change of partners alone has let in and not taken out.
    products : Products, optional
        The goods concerned; all of the measure's where left out.
    until : date, optional
        First day on which the change no longer holds.
    """

    kind: ClassVar[str] = "scope_changed"
    changes_state: ClassVar[bool] = True

    measure: Slug
    direction: Literal["in", "out"]
    partners: Partners | None = None
    products: Products | None = None
    until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.partners is None and self.products is None:
            raise ValueError("scope_changed must name partners or products; add one of them")
        until_after(self.until, self.effective)


@attrs.frozen(kw_only=True)
class Suspended(Event):
    """Points of a measure's rate, or all of it, were paused from the effective day.

    Parameters
    ----------
    measure : Slug
        A measure or an export control.
    suspension : Slug
        The pause's name, by which its end is moved later.
    points : Rate, optional
        Points taken off; None pauses all of it (written ``all``).
    until : date, optional
        First day no longer paused; None is open.
    """

    kind: ClassVar[str] = "suspended"
    changes_state: ClassVar[bool] = True

    measure: Slug
    suspension: Slug
    points: Rate | None
    until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        until_after(self.until, self.effective)


@attrs.frozen(kw_only=True)
class SuspensionEndSet(Event):
    """The end of a pause was moved: extended, shortened, or opened.

    Parameters
    ----------
    measure : Slug
        The measure or control paused.
    suspension : Slug
        The pause.
    until : date, optional
        First day no longer paused; None is open.
    """

    kind: ClassVar[str] = "suspension_end_set"
    changes_state: ClassVar[bool] = True

    measure: Slug
    suspension: Slug
    until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.until is not None and self.until < self.effective:
            raise ValueError(
                f"until must not be before effective, got {self.until} and {self.effective}; "
                "a pause cannot end in the past, retract or void instead"
            )


@attrs.frozen(kw_only=True)
class Terminated(Event):
    """A measure or control ended on its effective day, by whoever imposed it.

    Parameters
    ----------
    measure : Slug
        Which measure or control.
    """

    kind: ClassVar[str] = "terminated"
    changes_state: ClassVar[bool] = True

    measure: Slug


@attrs.frozen(kw_only=True)
class Voided(Event):
    """A court ended a measure.

    Parameters
    ----------
    measure : Slug
        Which measure.
    void_from : date
        First day it is no longer levied.
    refund_from : date, optional
        What was paid from this day on is refundable; the levy as it was does not change.
    """

    kind: ClassVar[str] = "voided"
    changes_state: ClassVar[bool] = True

    measure: Slug
    void_from: dt.date
    refund_from: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.void_from != self.effective:
            raise ValueError(
                f"void_from must be the effective day, got {self.void_from} and {self.effective}; "
                "write the same day in both"
            )


@attrs.frozen(kw_only=True)
class StackingRule:
    """How groups of one imposer combine, in arguments by name.

    Parameters
    ----------
    kind : {'maximum', 'yields', 'top-up', 'cap', 'one-of'}
        maximum: of `groups`, only the highest counts. yields: `group` steps aside on goods that
        any group of `to` covers. top-up: `group` adds what `over` lacks to reach `floor`.
        cap: `groups` together do not exceed `ceiling`. one-of: at most one of `measures` covers
        a tariff line; that changes no layer and bounds what a line can pay.
    """

    kind: Literal["maximum", "yields", "top-up", "cap", "one-of"]
    group: Slug | None = None
    groups: tuple[Slug, ...] = ()
    to: tuple[Slug, ...] = ()
    over: tuple[Slug, ...] = ()
    floor: Rate | None = None
    ceiling: Rate | None = None
    measures: tuple[Slug, ...] = ()

    def __attrs_post_init__(self) -> None:
        needs = {
            "maximum": ("groups",),
            "yields": ("group", "to"),
            "top-up": ("group", "floor", "over"),
            "cap": ("groups", "ceiling"),
            "one-of": ("measures",),
        }[self.kind]
        missing = [name for name in needs if getattr(self, name) in (None, ())]
        if missing:
            raise ValueError(f"a {self.kind} rule must say {' and '.join(missing)}; add it")


@attrs.frozen(kw_only=True)
class StackingSet(Event):
    """A rule of how an imposer's groups combine was laid down.

    Parameters
    ----------
    name : Slug
        The rule's name; setting it again replaces it.
    imposer : Economy
        Whose duties.
    rule : StackingRule
        The rule.
    until : date, optional
        First day on which it no longer holds.
    """

    kind: ClassVar[str] = "stacking_set"
    changes_state: ClassVar[bool] = True

    name: Slug
    imposer: Economy
    rule: StackingRule
    until: dt.date | None = None

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        until_after(self.until, self.effective)
