"""Events that document: figures, talks, statements, agreements, threats, evidence, corrections.

None of them changes a rate. `Observed` asserts, `Threatened` warns, `Retracted` takes an event
out of the record; statements are attributed and never adjudicated.
"""

import datetime as dt
from collections.abc import Iterable
from typing import ClassVar, Literal

import attrs

from tariffsim.events.base import Claim, Event, Stretch
from tariffsim.scopes import Products
from tariffsim.terms import Economy, Product, Share, Slug, parse_decimal

STATUTORY_ADD_ON = Slug("statutory-add-on")
"""The basis on which an observed figure is held against the fold."""


def _reference() -> dict[str, bool]:
    """Mark a field that names other events by key or id; identity rests on their ids."""
    return {"reference": True}


def _in_order(codes: Iterable[Economy]) -> tuple[Economy, ...]:
    return tuple(sorted(set(codes)))


@attrs.frozen(kw_only=True)
class GroupMembershipSet(Event):
    """The members of a group of economies were set, for example those of EU27.

    Parameters
    ----------
    group : Economy
        The group's code.
    members : tuple of Economy
        All members from the effective day on.
    """

    kind: ClassVar[str] = "group_membership_set"
    changes_state: ClassVar[bool] = True

    group: Economy
    members: tuple[Economy, ...] = attrs.field(converter=_in_order)


@attrs.frozen(kw_only=True)
class ProductSetDefined(Event):
    """A named list of HS codes was fixed, with its nomenclature's version.

    Parameters
    ----------
    name : Slug
        The list's name.
    products : Products
        The codes.
    nomenclature : str
        Nomenclature and version.
    """

    kind: ClassVar[str] = "product_set_defined"

    name: Slug
    products: Products
    nomenclature: str = "HS 2022"


@attrs.frozen(kw_only=True)
class Commitment:
    """One promise of an agreement.

    Parameters
    ----------
    party : Economy
        Who promised.
    promise : str
        What, in our words.
    due : date, optional
        By when.
    carried_out_by : tuple of str
        Keys or ids of the events that carried it out.
    """

    party: Economy
    promise: str
    due: dt.date | None = None
    carried_out_by: tuple[str, ...] = attrs.field(default=(), metadata=_reference())


@attrs.frozen(kw_only=True)
class AgreementReached(Event):
    """Parties agreed; what they promised stands as commitments.

    Parameters
    ----------
    agreement : Slug
        The agreement's name.
    parties : tuple of Economy
        Who agreed.
    commitments : tuple of Commitment
        Promises with due days; one that no event carries out is a finding.
    """

    kind: ClassVar[str] = "agreement_reached"

    agreement: Slug
    parties: tuple[Economy, ...]
    commitments: tuple[Commitment, ...] = ()


@attrs.frozen(kw_only=True)
class Threatened(Event):
    """Somebody said they would act; nothing is in force because of it.

    Parameters
    ----------
    by : str
        Who.
    would : Event, optional
        The event that would follow, where it is definite enough to write down.
    due : date, optional
        By when.
    text : str
        The threat in our words.
    """

    kind: ClassVar[str] = "threatened"

    by: str
    text: str
    would: Event | None = None
    due: dt.date | None = None


@attrs.frozen(kw_only=True)
class Observed(Event):
    """A figure was published; with basis ``statutory-add-on`` the fold must meet it.

    Parameters
    ----------
    series : Slug
        Name of the series.
    value : str
        The figure, an exact decimal.
    unit : str
        Its unit.
    basis : Slug
        What the figure measures; 30 as an add-on is not 51 as an average.
    period : Stretch, optional
        The days it is about.
    importer, exporter, product : str, optional
        What trade it is about.
    tolerance : str
        How far the fold may be off, in the figure's unit.
    """

    kind: ClassVar[str] = "observed"

    series: Slug
    value: str
    unit: str
    basis: Slug
    period: Stretch | None = None
    importer: Economy | None = None
    exporter: Economy | None = None
    product: Product | None = None
    tolerance: str = "0"

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        for name in ("value", "tolerance"):
            try:
                parse_decimal(getattr(self, name))
            except ValueError as error:
                raise ValueError(str(error).replace("value", name, 1)) from None
        if self.basis == STATUTORY_ADD_ON:
            needed = ("period", "importer", "exporter")
            missing = [name for name in needed if getattr(self, name) is None]
            if missing or self.unit != "%":
                raise ValueError(
                    "an observed statutory-add-on must name period, importer and exporter and "
                    f"have the unit %, missing {', '.join(missing) or 'the unit'}; add it"
                )


@attrs.frozen(kw_only=True)
class TalksHeld(Event):
    """Parties met, called or wrote.

    Parameters
    ----------
    parties : tuple of str
        Who.
    form : {'call', 'meeting', 'letter'}
        How.
    text : str
        What about, in our words.
    """

    kind: ClassVar[str] = "talks_held"

    parties: tuple[str, ...]
    form: Literal["call", "meeting", "letter"]
    text: str = ""


@attrs.frozen(kw_only=True)
class Settlement:
    """What would settle a forecast, and by which day.

    Parameters
    ----------
    by : date, optional
        The day by which it must show.
    when : str
        What would show it, in our words.
    probability : Share, optional
        The probability that the forecaster gave.
    """

    by: dt.date | None = None
    when: str = ""
    probability: Share | None = None


@attrs.frozen(kw_only=True)
class StatementMade(Event):
    """Somebody said something; kept under their name, as what it is.

    Parameters
    ----------
    speaker : str
        Who said it.
    form : str
        fact, claim, allegation, forecast, opinion, threat or position.
    about : Slug
        Topic.
    text : str
        What was said, in our words.
    settles : Settlement, optional
        For forecasts: what would settle it.
    """

    kind: ClassVar[str] = "statement_made"

    speaker: str
    form: Literal["fact", "claim", "allegation", "forecast", "opinion", "threat", "position"]
    about: Slug
    text: str
    settles: Settlement | None = None


@attrs.frozen(kw_only=True)
class ForecastSettled(Event):
    """A forecast came true or false; known only from this event's day on.

    Parameters
    ----------
    forecast : str
        Key or id of the forecast.
    outcome : {'came-true', 'came-false', 'partly'}
        How it ended.
    settled_by : str, optional
        Key or id of the event that settled it.
    """

    kind: ClassVar[str] = "forecast_settled"

    forecast: str = attrs.field(metadata=_reference())
    outcome: Literal["came-true", "came-false", "partly"]
    settled_by: str | None = attrs.field(default=None, metadata=_reference())


@attrs.frozen(kw_only=True)
class Reviewed(Event):
    """Somebody read the record: facts are known through this day.

    Parameters
    ----------
    through : date
        The last day covered.
    text : str
        What was read, and what was not.
    """

    kind: ClassVar[str] = "reviewed"

    through: dt.date
    text: str = ""


@attrs.frozen(kw_only=True)
class ClaimAdded(Event):
    """Evidence for an earlier event turned up.

    Parameters
    ----------
    event : str
        Key or id of the event.
    added : Claim
        The evidence.
    """

    kind: ClassVar[str] = "claim_added"

    event: str = attrs.field(metadata=_reference())
    added: Claim


@attrs.frozen(kw_only=True)
class Retracted(Event):
    """An event of the record was wrong and is taken out, as known from this day on.

    Parameters
    ----------
    event : str
        Key or id of the event.
    reason : str
        What was wrong with it.
    """

    kind: ClassVar[str] = "retracted"
    changes_state: ClassVar[bool] = True

    event: str = attrs.field(metadata=_reference())
    reason: str


@attrs.frozen(kw_only=True)
class Position:
    """One side of a dispute, attributed.

    Parameters
    ----------
    party : str
        Whose side.
    says : str
        What it says, in our words.
    source, locator, fact : str, optional
        Where that is read.
    """

    party: str
    says: str
    source: Slug | None = None
    locator: str | None = None
    fact: str | None = None


@attrs.frozen(kw_only=True)
class Disputed(Event):
    """Sources or parties disagree; every position is kept and none is chosen.

    Parameters
    ----------
    event : str, optional
        Key or id of the event in dispute.
    topic : Slug, optional
        The matter in dispute where it is no single event.
    positions : tuple of Position
        Two or more sides.
    """

    kind: ClassVar[str] = "disputed"

    event: str | None = attrs.field(default=None, metadata=_reference())
    topic: Slug | None = None
    positions: tuple[Position, ...] = ()

    def __attrs_post_init__(self) -> None:
        super().__attrs_post_init__()
        if self.event is None and self.topic is None:
            raise ValueError("disputed must name an event or a topic; add one")
