"""Chances as factors: the rows of luck that a sensitivity needs, and what each comes to.

Knows chances and unit numbers; plays none of them, and knows no rate.
"""

import datetime as dt
from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.experiment import Sampled
from tariffsim.model.draws import unit_draws
from tariffsim.scenario import Chance
from tariffsim.terms import PARTS_PER_UNIT

DAYS_PER_MONTH = 365.25 / 12.0
ENDS = (0.1, 0.9)
"""Quantiles of the day on which something comes that a swing goes between."""


@attrs.frozen(kw_only=True, eq=False)
class Luck:
    """Rows of unit numbers for the chances of a scenario, one a path of policy.

    Parameters
    ----------
    chances : tuple of str
        The factors: each is all the numbers that one chance needs.
    width : int
        Numbers a row.
    count : int
        Rows of either sample; base sample n has the luck of row n modulo `count`.
    units : (row, number), open unit interval
        The first sample, the second, the first with each chance in turn from the second; then the
        middle, and both ends of each chance.
    """

    chances: tuple[str, ...]
    width: int
    count: int
    units: Floats = attrs.field(converter=read_only)

    def first(self, draws: Ints) -> Ints:
        """Give the rows of the first sample for some base samples."""
        return draws % self.count

    def second(self, draws: Ints) -> Ints:
        """Give the rows of the second sample."""
        return self.count + draws % self.count

    def mixed(self, chance: int, draws: Ints) -> Ints:
        """Give the rows of the first sample with one chance from the second."""
        return (2 + chance) * self.count + draws % self.count

    @property
    def middle(self) -> int:
        """The row with every number at its middle."""
        return (2 + len(self.chances)) * self.count

    def ends(self, chance: int) -> tuple[int, int]:
        """Give the rows on which a chance comes early, or often, and late or not at all."""
        first = self.middle + 1 + 2 * chance
        return first, first + 1


def luck_of(
    chances: Mapping[str, Chance],
    factors: Mapping[str, Sequence[str]],
    *,
    seed: int,
    others: int,
    count: int,
    last: int,
) -> Luck:
    """Draw the luck of both samples, and set that of the swings.

    Parameters
    ----------
    chances : mapping of str to Chance
        Those of the scenario.
    factors : mapping of str to sequence of str
        The names of the numbers that each needs; a path takes all in the order of their names.
    seed : int
        Seed of the sequence.
    others : int
        Dimensions of a sample that are no luck; those of luck come after them.
    count : int
        Rows of either sample, a power of two.
    last : int
        Ordinal of the last day that counts.
    """
    names = sorted(name for own in factors.values() for name in own)
    width = len(names)
    drawn = unit_draws(seed, 2 * (others + width), 0, count)
    first, second = drawn[:, others : others + width], drawn[:, 2 * others + width :]
    rows = [first, second]
    ends = []
    for chance, own in factors.items():
        columns = [names.index(name) for name in own]
        mixed = first.copy()
        mixed[:, columns] = second[:, columns]
        rows.append(mixed)
        for said in _ends(chance, chances, last):
            row = np.full(width, 0.5)
            for name, unit in said.items():
                if name in names:
                    row[names.index(name)] = unit
            ends.append(row)
    rows.append(np.stack([np.full(width, 0.5), *ends]))
    return Luck(chances=tuple(factors), width=width, count=count, units=np.concatenate(rows))


def _ends(
    name: str, chances: Mapping[str, Chance], last: int
) -> tuple[dict[str, float], dict[str, float]]:
    """Give the numbers with which a chance comes early, or often; and late, seldom or never.

    What waits for another chance is moved where that has come, or the pause has run out.
    """
    chance = chances[name]
    early, late = _own_ends(name, chance, last)
    if chance.after is None:
        return early, late
    other = str(chance.after)
    came = _ends(other, chances, last)[1 if chances[other].kind == "renewal" else 0]
    return {**came, **early}, {**came, **late}


def _own_ends(name: str, chance: Chance, last: int) -> tuple[dict[str, float], dict[str, float]]:
    low, high = ENDS
    prior = (chance.probability.low + chance.probability.high) / (2.0 * PARTS_PER_UNIT)
    if chance.kind == "renewal":
        return {name: low}, {name: high}
    if chance.kind == "once":
        if 0.0 < prior < 1.0:
            return {name: prior / 2.0}, {name: (1.0 + prior) / 2.0}
        return {f"{name}.delay": low}, {f"{name}.delay": high}
    months = max(last + 1 - chance.start.toordinal(), 0) / DAYS_PER_MONTH
    comes = 1.0 - (1.0 - prior) ** months
    # Where it comes more seldom than the quantile, early is the middle of when it comes at all.
    early = min(low, comes / 2.0) if comes > 0.0 else low
    return {name: 1.0 - early}, {name: 1.0 - high}


def told(sampled: Sampled, chance: str, branch: int, row: int) -> str:
    """Say in a word what came of a chance on a row.

    Returns
    -------
    str
        The day, ``never`` within the horizon, or how often a pause was renewed.
    """
    place = [str(name) for name in sampled.names].index(chance)
    day, times = (int(own[place, branch, row]) for own in (sampled.days, sampled.times))
    own = sampled.chances[sampled.names[place]]
    if own.kind == "renewal":
        return f"renewed {times} times"
    came = dt.date.fromordinal(day).isoformat() if day else "never"
    return came if own.after is None else f"{came}, after {own.after}"
