"""One path of policy played forward: which chances come, on which days; knows no event and no log.

The next thing that can happen is played first, so that what ends a chance, or starts its clock,
counts from the day it happens on.
"""

import math
from collections.abc import Mapping

import attrs

from tariffsim.scenario import Chance
from tariffsim.scopes import DayInterval
from tariffsim.terms import PARTS_PER_UNIT, Slug

DAYS_PER_MONTH = 365.25 / 12.0
"""A chance a month is one of an average month."""

NEVER = 0
"""The day of what does not happen."""


@attrs.frozen
class Outcome:
    """What came of one chance.

    Parameters
    ----------
    day : int
        Ordinal of the day on which it happened, 0 if it did not; of a renewal, the day on which
        the pause ran out.
    effects : tuple of (int, int)
        Ordinals of the days on which its events take effect, and until when (0 where no end).
    """

    day: int = NEVER
    effects: tuple[tuple[int, int], ...] = ()


def play(
    chances: Mapping[Slug, Chance], units: Mapping[str, float], last: int
) -> dict[Slug, Outcome]:
    r"""Play one path.

    Parameters
    ----------
    chances : mapping of Slug to Chance
        What may happen; of two on the same day, the one written first comes first, and renewals
        come last.
    units : mapping of str to float, open unit interval
        Under the names of `factors`.
    last : int
        Ordinal of the last day that counts.

    Returns
    -------
    dict of Slug to Outcome
        One a chance, in the order written.

    Notes
    -----
    With u uniform, p the prior and m the days of an average month, a hazard comes
    :math:`\lfloor m \ln u / \ln(1 - p) \rfloor` days after its clock starts, so that it comes
    within a month with probability p; something that comes once comes where :math:`u < p`; a pause
    is renewed :math:`\lfloor \ln u / \ln p \rfloor` times, so that each renewal has probability p.

    References
    ----------
    Kalbfleisch, J. D. and Prentice, R. L. (2002), The Statistical Analysis of Failure Time Data,
    2nd edition, chapter 8 on competing risks. https://doi.org/10.1002/9781118032985

    Examples
    --------
    A pause of 90 days that is renewed with probability one half, and was lucky once:

    >>> import datetime as dt
    >>> from tariffsim.events import SuspensionEndSet
    >>> from tariffsim.scopes import DayInterval, ShareInterval
    >>> day = dt.date(2025, 8, 12)
    >>> chance = Chance(kind="renewal", probability=ShareInterval(low=500_000, high=500_000),
    ...     reason="a coin", start=day, length_days=DayInterval(low=90, high=90),
    ...     events=(SuspensionEndSet(announced=day, measure="a", suspension="b"),))
    >>> found = play({"pause": chance}, {"pause": 0.3}, day.toordinal() + 400)["pause"]
    >>> dt.date.fromordinal(found.day).isoformat(), len(found.effects)
    ('2025-11-10', 1)
    """
    return _Game(chances=chances, units=units, last=last).played()


def factors(name: Slug, chance: Chance, last: int) -> tuple[str, ...]:
    """Name the uniform numbers that a chance needs on a path that ends on day `last`."""
    found = [str(name)]
    if chance.ranged:
        found.append(f"{name}.prior")
    if chance.delay_days.low != chance.delay_days.high:
        found.append(f"{name}.delay")
    length = chance.length_days
    if length is not None and length.low != length.high:
        most = max(math.ceil((last + 1 - chance.start.toordinal()) / length.low), 0)
        found += [f"{name}.length.{number}" for number in range(1, most + 1)]
    return tuple(found)


@attrs.define
class _Game:
    """What has been played so far."""

    chances: Mapping[Slug, Chance]
    units: Mapping[str, float]
    last: int
    waiting: dict[Slug, int] = attrs.field(factory=dict)
    out: set[Slug] = attrs.field(factory=set)
    found: dict[Slug, Outcome] = attrs.field(factory=dict)
    renewals: dict[Slug, int] = attrs.field(factory=dict)
    order: list[Slug] = attrs.field(factory=list)

    def played(self) -> dict[Slug, Outcome]:
        self.found = {name: Outcome() for name in self.chances}
        self.order = list(self.chances)
        for name, chance in self.chances.items():
            if chance.after is None:
                self._start(name, chance.start.toordinal())
        while self.waiting:
            name = min(self.waiting, key=self._turn)
            day = self.waiting.pop(name)
            if self.chances[name].kind == "renewal":
                self._end_of_pause(name, day)
            else:
                self._happens(name, day, ((day, NEVER),))
        return self.found

    def _turn(self, name: Slug) -> tuple[int, bool, int]:
        # A pause is renewed only where nothing else has come that day.
        renewal = self.chances[name].kind == "renewal"
        return (self.waiting[name], renewal, self.order.index(name))

    def _start(self, name: Slug, day: int) -> None:
        chance = self.chances[name]
        first = self._first(name, max(day, chance.start.toordinal()))
        end = self.last if chance.end is None else min(self.last, chance.end.toordinal())
        if chance.kind == "renewal":
            self.renewals[name] = self._lucky(name)
            end = self.last
        if first is not None and first <= end and name not in self.out:
            self.waiting[name] = first

    def _first(self, name: Slug, start: int) -> int | None:
        """Give the first day on which something may come of a chance whose clock has started."""
        chance, unit = self.chances[name], self.units[name]
        if chance.kind == "renewal":
            return start
        prior = self._prior(name)
        if chance.kind == "once":
            return (
                start + self._between(chance.delay_days, f"{name}.delay") if unit < prior else None
            )
        if prior <= 0.0:
            return None
        wait = 0.0 if prior >= 1.0 else DAYS_PER_MONTH * math.log(unit) / math.log1p(-prior)
        return start + math.floor(min(wait, self.last))

    def _prior(self, name: Slug) -> float:
        chance = self.chances[name]
        low, high = chance.probability.low, chance.probability.high
        place = self.units[f"{name}.prior"] if chance.ranged else 0.0
        return (low + place * (high - low)) / PARTS_PER_UNIT

    def _between(self, days: DayInterval, factor: str) -> int:
        if days.low == days.high:
            return days.low
        return days.low + math.floor(self.units[factor] * (days.high + 1 - days.low))

    def _lucky(self, name: Slug) -> int:
        """Count how often a pause would be renewed before it once is not."""
        prior = self._prior(name)
        if prior <= 0.0:
            return 0
        most = self.last
        return (
            most
            if prior >= 1.0
            else min(math.floor(math.log(self.units[name]) / math.log(prior)), most)
        )

    def _end_of_pause(self, name: Slug, day: int) -> None:
        chance = self.chances[name]
        before = self.found[name].effects
        late = chance.end is not None and day > chance.end.toordinal()
        if late or len(before) >= self.renewals[name]:
            self._happens(name, day, before)
            return
        assert chance.length_days is not None
        until = day + self._between(chance.length_days, f"{name}.length.{len(before) + 1}")
        self.found[name] = Outcome(effects=(*before, (day, until)))
        if until <= self.last:
            self.waiting[name] = until

    def _happens(self, name: Slug, day: int, effects: tuple[tuple[int, int], ...]) -> None:
        self.found[name] = Outcome(day=day, effects=effects)
        for other, chance in self.chances.items():
            if name in chance.ended_by:
                self.out.add(other)
                self.waiting.pop(other, None)
        for other, chance in self.chances.items():
            if chance.after == name:
                self._start(other, day)
