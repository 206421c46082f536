"""The decomposition of a rate on a day, layer by layer, with the events behind each; no day's law.

Layers are whole numbers of 1e-12, so they add up to the total exactly. Where a list covers an
unknown part of a product, a layer has a low and a high end.
"""

import datetime as dt

import attrs

from tariffsim.scopes import DayInterval, ShareInterval
from tariffsim.terms import PARTS_PER_UNIT, Economy, Product, Rate, Slug

EXACT_PER_PERCENT = 10**10


@attrs.frozen(kw_only=True)
class Pause:
    """A pause on a measure's rate that is active on a day.

    Parameters
    ----------
    suspension : Slug
        The pause's name.
    points : Rate, optional
        Points it takes off, parts per million; None takes off all.
    until : date, optional
        First day no longer paused, as set by the day asked about; None is open.
    event, end_event : str
        Ids of the events that began it and that set its end: one and the same unless it was moved.
    """

    suspension: Slug
    points: Rate | None
    until: dt.date | None
    event: str
    end_event: str


@attrs.frozen(kw_only=True)
class Layer:
    """What one measure adds to a rate.

    Parameters
    ----------
    measure, authority, group : Slug
        Which measure, under which law, in which stacking group.
    rate : Rate
        The measure's own level after pauses, parts per million.
    low, high : int
        What it adds after stacking where the lists cover the least and the most that is known,
        units of 1e-12. A layer that steps aside for a list shrinks as that list covers more, so
        `low` may exceed `high`.
    events : tuple of str
        Ids of the events that put it there, the one that set the level first.
    refundable : bool
        Whether a court has since made what is paid on this day refundable.
    level : Rate, optional
        What the measure's level is before pauses; None where nobody set one.
    pauses : tuple of Pause
        The pauses on that level.
    """

    measure: Slug
    authority: Slug
    group: Slug
    rate: Rate
    low: int
    high: int
    events: tuple[str, ...]
    refundable: bool = False
    level: Rate | None = None
    pauses: tuple[Pause, ...] = ()


@attrs.frozen(kw_only=True)
class OneOf:
    """Measures of which at most one covers a tariff line, and the event that says so."""

    event: str
    measures: tuple[Slug, ...]


@attrs.frozen(kw_only=True)
class Stacked:
    """The stacked statutory rate on one flow on one day.

    Parameters
    ----------
    on : date
        The day.
    importer, exporter : Economy
        The flow.
    product : Product, optional
        None is the headline: measures on all goods.
    layers : tuple of Layer
        In the order in which the measures came into force.
    rules : tuple of str
        Ids of the stacking rules that bind some of them.
    one_of : tuple of OneOf
        Measures here of which at most one covers a tariff line.
    """

    on: dt.date
    importer: Economy
    exporter: Economy
    product: Product | None
    layers: tuple[Layer, ...]
    rules: tuple[str, ...] = ()
    one_of: tuple[OneOf, ...] = ()

    @property
    def low(self) -> int:
        """The total where lists cover the least that is known, units of 1e-12."""
        return sum(layer.low for layer in self.layers)

    @property
    def high(self) -> int:
        """The total where lists cover the most that is known, units of 1e-12."""
        return sum(layer.high for layer in self.layers)

    @property
    def ends(self) -> tuple[int, int]:
        """The least and the most that these goods can pay, units of 1e-12.

        Differs from `low` and `high` where lists that exclude each other may each cover the
        goods: `high` adds them all, and no line pays all of them.
        """
        most = self.high - sum(self.excess(apart) for apart in self.one_of)
        return min(self.low, most), max(self.low, most)

    def excess(self, apart: OneOf) -> int:
        """Tell by how much measures that exclude each other overstate `high` together.

        Notes
        -----
        Shares of the goods are given out up to all of them: to each measure what it covers at the
        least, and the rest by rate, the highest first, up to what it covers at the most.
        """
        own = [layer for layer in self.layers if layer.measure in apart.measures and layer.rate]
        room = PARTS_PER_UNIT - sum(layer.low // layer.rate for layer in own)
        over = 0
        for layer in sorted(own, key=lambda layer: -layer.rate):
            wanted = max(layer.high - layer.low, 0)
            given = min(wanted, max(room, 0) * layer.rate)
            over += wanted - given
            room -= given // layer.rate
        return over


@attrs.frozen(kw_only=True)
class ControlOnDay:
    """One export control as it stands towards one destination on one day.

    Parameters
    ----------
    control : Slug
        Which control.
    stance : str
        What an exporter must obtain.
    materials : tuple of Slug
        What it covers.
    approval : ShareInterval
        Share of what needs a licence that is granted one.
    freed : ShareInterval
        Share of the flow that general licences free.
    delay_days : DayInterval
        Days from application to licence.
    since : date
        First day in force.
    events : tuple of str
        Ids of the events behind it.
    """

    control: Slug
    stance: str
    materials: tuple[Slug, ...]
    approval: ShareInterval
    freed: ShareInterval
    delay_days: DayInterval
    since: dt.date
    events: tuple[str, ...]
