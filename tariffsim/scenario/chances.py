"""What may happen on a day that nobody knows: how likely, when, and which events; draws nothing.

A chance is written as it would be if it came on its first day. Any other day moves its events by
as many days.
"""

import datetime as dt
from typing import Literal

import attrs

from tariffsim.events import Event
from tariffsim.scopes import DayInterval, ShareInterval
from tariffsim.terms import Slug

ChanceKind = Literal["hazard", "once", "renewal"]
AT_ONCE = DayInterval(low=0, high=0)


@attrs.frozen(kw_only=True)
class Chance:
    """An event of policy that is drawn: whether it happens, and on which day.

    Parameters
    ----------
    kind : {'hazard', 'once', 'renewal'}
        `hazard`: may come any day, with a constant chance a month. `once`: comes or does not, and
        if so after a delay; how a threat is carried out. `renewal`: a pause that is renewed when
        it ends, again and again, until once it is not.
    probability : ShareInterval
        Prior: of coming within a month (`hazard`), of coming at all (`once`), of each renewal
        (`renewal`). An interval is a range whose place is drawn, evenly, once a path.
    reason : str
        Why that prior.
    start : date
        First day it can take effect, and the day as of which its events are written. Of a renewal:
        the first day on which the pause no longer holds unless it is renewed.
    end : date, optional
        Last day it can take effect; the end of the horizon where left out.
    events : tuple of Event
        What then happens. Of a renewal: the new end of the pause, once a measure; `until` is
        filled in.
    threat : str, optional
        A threat of the log that would be carried out; its event then stands for `events`.
    delay_days : DayInterval
        Of `once`: days from `start` until it takes effect, drawn evenly.
    length_days : DayInterval, optional
        Of `renewal`: how long each one lasts, drawn evenly for each.
    after : Slug, optional
        Another chance: the clock of this one starts on the day the other happens, if later than
        `start`. A renewal happens on the day its pause runs out.
    ended_by : tuple of Slug
        Other chances: once one of them has happened, this one no longer can.
    title : str
        One line for people.
    """

    kind: ChanceKind
    probability: ShareInterval
    reason: str
    start: dt.date
    end: dt.date | None = None
    events: tuple[Event, ...] = ()
    threat: str | None = attrs.field(default=None, metadata={"reference": True})
    delay_days: DayInterval = AT_ONCE
    length_days: DayInterval | None = None
    after: Slug | None = None
    ended_by: tuple[Slug, ...] = ()
    title: str = ""

    def __attrs_post_init__(self) -> None:
        if self.end is not None and self.end < self.start:
            raise ValueError(f"to must not be before from, got {self.start} to {self.end}")
        if (self.length_days is not None) != (self.kind == "renewal"):
            raise ValueError(f"length_days must be given for a renewal only, got kind {self.kind}")
        if self.length_days is not None and self.length_days.low < 1:
            raise ValueError(f"length_days must be a day or more, got {self.length_days.low}")
        if self.delay_days != AT_ONCE and self.kind != "once":
            raise ValueError(f"delay_days must be given for once only, got kind {self.kind}")
        if self.threat is not None and (self.events or self.kind == "renewal"):
            raise ValueError("threat must stand alone, without events, and be no renewal")
        if self.threat is None and not self.events:
            raise ValueError("events must be given; say what happens, or name a threat of the log")

    @property
    def ranged(self) -> bool:
        """Whether the probability is a range, and so is drawn itself."""
        return self.probability.low != self.probability.high
