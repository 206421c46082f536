"""What every event carries: two days, words for people, and the claims it rests on.

Knows nothing of any particular kind of event, of logs, or of what an event does to the state.
"""

import datetime as dt
from typing import Any, ClassVar, Literal

import attrs

from tariffsim.terms import Slug

Grade = Literal["primary", "official", "secondary", "media", "memory"]
Confidence = Literal["H", "M", "L"]


def _not_meaning(**options: Any) -> Any:
    """Declare a field that helps people but is no part of the fact, and so not of its identity."""
    return attrs.field(metadata={"meaning": False}, **options)


@attrs.frozen(kw_only=True)
class Claim:
    """Who says so, where, and in which figure.

    Parameters
    ----------
    source : Slug
        Key of the source register.
    locator : str, optional
        Paragraph or section of the source.
    figure : str, optional
        The figure as printed there.
    grade : {'primary', 'official', 'secondary', 'media', 'memory'}
        How near the source is to the act itself; `memory` was not looked up.
    confidence : {'H', 'M', 'L'}, optional
        How sure we are that the source says this.
    fact : str, optional
        Id of the fact in a reading of the document, for example ``S0-25``.
    says : str, optional
        What this source says where it contradicts the accepted fact; its presence is dissent.
    """

    source: Slug
    grade: Grade
    locator: str | None = None
    figure: str | None = None
    confidence: Confidence | None = None
    fact: str | None = None
    says: str | None = None

    @property
    def dissents(self) -> bool:
        """Whether this claim contradicts the accepted fact."""
        return self.says is not None


@attrs.frozen(kw_only=True)
class Stretch:
    """A stretch of days, both ends included; written ``{from: 2025-05-12, to: 2025-06-03}``."""

    start: dt.date
    end: dt.date

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(
                f"to must not be before from, got {self.start} to {self.end}; swap the two"
            )


@attrs.frozen(kw_only=True)
class Event:
    """A dated fact, in the past tense.

    Parameters
    ----------
    announced : date
        The day the public could know; drives "as known on".
    effective : date
        First civil day in force in the imposing economy; the announcement's day unless said.
    occurred : Stretch, optional
        The stretch of time that a statement or figure is about.
    retroactive : bool
        Must be true where `effective` is before `announced`.
    title : str
        One line for people; no part of the event's identity.
    key : Slug, optional
        A handle by which other events of the log refer to this one; no part of its identity.
    note : str, optional
        Anything else worth saying; no part of its identity.
    claims : tuple of Claim
        The evidence; better evidence for the same fact is not a second fact.
    """

    kind: ClassVar[str] = "event"
    version: ClassVar[int] = 1
    changes_state: ClassVar[bool] = False

    announced: dt.date
    effective: dt.date = attrs.field(
        default=attrs.Factory(lambda self: self.announced, takes_self=True)
    )
    occurred: Stretch | None = None
    retroactive: bool = False
    title: str = _not_meaning(default="")
    key: Slug | None = _not_meaning(default=None)
    note: str | None = _not_meaning(default=None)
    claims: tuple[Claim, ...] = _not_meaning(default=())

    def __attrs_post_init__(self) -> None:
        if self.effective < self.announced and not self.retroactive:
            raise ValueError(
                f"effective must not be before announced, got effective {self.effective} and "
                f"announced {self.announced}; correct a day, or say retroactive: true"
            )


def until_after(until: dt.date | None, effective: dt.date) -> None:
    """Refuse an end that does not come after the beginning."""
    if until is not None and until <= effective:
        raise ValueError(
            f"until must be after effective, got until {until} and effective {effective}; "
            "until is the first day that is no longer covered"
        )
