"""How likely a rise that is law is to come, as a buyer reckons it who knows priors and news.

Knows branches that somebody may be on, chances, and what has become known by a day; knows no draw
that is still to come, and no rate.
"""

from collections.abc import Callable, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.policy.outcomes import DAYS_PER_MONTH
from tariffsim.scenario import Chance
from tariffsim.terms import PARTS_PER_UNIT, Slug

NEVER = 2**31
"""An ordinal that no day has."""

Effects = tuple[tuple[int, int], ...]


@attrs.frozen(kw_only=True, eq=False)
class Way:
    """A branch, as one of those that somebody may be on.

    Parameters
    ----------
    probability : float
        Of the branch.
    chances : mapping of Slug to Chance
        Those that may change a tariff.
    said : mapping of str to int
        Ordinal of the day on which each of its own events on tariffs is announced, by event id.
    """

    probability: float
    chances: Mapping[Slug, Chance]
    said: Mapping[str, int]

    def parts_from(self, other: "Way") -> int:
        """Give the first day on which news tell the two apart."""
        apart = {*self.said.items()} ^ {*other.said.items()}
        return min((day for _, day in apart), default=NEVER)


Share = Callable[[Way, Slug], float]


def notice(chance: Chance) -> int:
    """Give the days between the first announcement of a chance and its effect."""
    said = min(event.announced for event in chance.events)
    return max((chance.start - said).days, 0)


def mean_power(low: float, high: float, power: Floats) -> Floats:
    r"""Return the mean of x to a power, x even over a range.

    Parameters
    ----------
    low, high : float, fraction
        Ends of the range.
    power : (...), float
        Zero or more.

    Notes
    -----
    .. math:: \frac{b^{n+1} - a^{n+1}}{(n+1)(b-a)}

    Examples
    --------
    >>> import numpy as np
    >>> mean_power(0.0, 1.0, np.array([0.0, 1.0, 3.0]))
    array([1.  , 0.5 , 0.25])
    """
    if high - low < 1e-9:
        return np.asarray(((low + high) / 2.0) ** power)
    return np.asarray(
        (high ** (power + 1.0) - low ** (power + 1.0)) / ((power + 1.0) * (high - low))
    )


def not_yet(chance: Chance, came: Effects, began: int, last: int, days: Ints) -> Floats:
    r"""Return the probability that a chance has not taken effect by the end of each day.

    Parameters
    ----------
    chance : Chance
        With its prior.
    came : tuple of (int, int)
        How often a pause is known to be renewed: day and new end of each.
    began : int
        Ordinal of the day on which its clock started.
    last : int
        Ordinal of the last day on which it can take effect.
    days : (day,), int
        Ordinals.

    Returns
    -------
    (day,), probability

    Notes
    -----
    As the paths are drawn: with x the days since the clock started, m those of an average month, p
    the prior and f the part of the delays that are over,

    .. math::

        \text{hazard } \operatorname{E}(1-p)^{x/m}, \qquad \text{once } 1 - f\operatorname{E}p,
        \qquad \text{renewal } 1 - \frac{\operatorname{E}p^{k+1}}{\operatorname{E}p^k}

    of the next renewal, from the day on which the pause ends; k are those before it. Means are over
    the range of the prior, which nobody sees the place in.
    """
    low, high = (end / PARTS_PER_UNIT for end in (chance.probability.low, chance.probability.high))
    if chance.kind == "renewal":
        end = pause_end(chance, came)
        if end > last:
            return np.ones(len(days))
        before, after = (
            mean_power(low, high, np.array(len(came) + n, dtype=np.float64)) for n in (0, 1)
        )
        renewed = float(after / before) if before > 0 else 0.0
        return np.where(days >= end, 1.0 - renewed, 1.0)
    over = np.maximum(np.minimum(days, last) + 1.0 - began, 0.0)
    if chance.kind == "hazard":
        return mean_power(1.0 - high, 1.0 - low, over / DAYS_PER_MONTH)
    first, most = chance.delay_days.low, chance.delay_days.high
    part = np.clip((over - first) / (most + 1.0 - first), 0.0, 1.0)
    return np.asarray(1.0 - part * (low + high) / 2.0)


def pause_end(chance: Chance, came: Effects) -> int:
    """Give the day on which a pause ends, as far as is known."""
    return came[-1][1] if came else chance.start.toordinal()


def belief(
    ways: Sequence[tuple[Way, int, float]],
    news: Mapping[Slug, Effects],
    days: Ints,
    *,
    due: int,
    called_off: Share,
) -> Floats:
    r"""Return the probability that a rise comes, as seen from each of some days without news.

    Parameters
    ----------
    ways : sequence of (Way, int, float)
        Branches that somebody may be on; the day from which on news rule each out; and the share
        of the rise that its own events to come leave.
    news : mapping of Slug to tuple of (int, int)
        Chances known to have come, with days and ends of their effects.
    days : (day,), int
        Ordinals.
    due : int
        Ordinal of the day of the rise.
    called_off : callable of (Way, Slug)
        Gives the share of the rise that is gone where a chance has taken effect by then.

    Returns
    -------
    (day,), probability

    Notes
    -----
    With :math:`\pi_b` the probability of a branch, S the probability that a chance has not come, t
    the day (and n the notice that a chance would have given by then), D the day due, f what it
    would take off, and g what the branch leaves of the rise,

    .. math::

        P_t = \frac{\sum_b \pi_b\, g_b \prod_c \bigl(S_c(t+n_c) - f_c\,(S_c(t+n_c) - S_c(D))\bigr)}
                   {\sum_b \pi_b \prod_c S_c(t+n_c)}

    over branches that the news do not rule out. Clocks of chances are apart, so that nothing at all
    coming is a product.
    """
    comes, all_ = np.zeros(len(days)), np.zeros(len(days))
    for way, until, left in ways:
        if not {*news} <= {*way.chances}:
            continue
        now, then = _of_way(way, news, days, due, called_off)
        open_ = way.probability * (days < until)
        all_ += open_ * now
        comes += open_ * left * then
    return np.divide(comes, all_, out=np.ones(len(days)), where=all_ > 0)


def _of_way(
    way: Way, news: Mapping[Slug, Effects], days: Ints, due: int, called_off: Share
) -> tuple[Floats, Floats]:
    """Give the probabilities that nothing has come, and that nothing will have called it off."""
    now, then = np.ones(len(days)), np.ones(len(days))
    for name, chance in way.chances.items():
        clock = clock_of(way, news, name)
        if clock is None:
            continue
        came, (began, last) = news.get(name, ()), clock
        today = days + notice(chance)
        still = not_yet(chance, came, began, last, today)
        later = not_yet(chance, came, began, last, np.maximum(today, due))
        now *= still
        then *= still - called_off(way, name) * (still - later)
    return now, then


def clock_of(way: Way, news: Mapping[Slug, Effects], name: Slug) -> tuple[int, int] | None:
    """Give first and last day of a chance, as far as is known; None where it cannot come.

    What waits for a pause to run out waits for the end that is known; what a lapse ends, it ends
    then.
    """
    chance = way.chances[name]
    began = chance.start.toordinal()
    last = NEVER if chance.end is None else chance.end.toordinal()
    if chance.kind != "renewal" and name in news:
        return None
    if chance.after is not None:
        other = _day_of(way, news, chance.after)
        if other is None:
            return None
        began = max(began, other)
    for ender in chance.ended_by:
        day = _day_of(way, news, ender)
        if day is not None:
            last = min(last, day)
    return (began, last) if last >= began else None


def _day_of(way: Way, news: Mapping[Slug, Effects], name: Slug) -> int | None:
    """Give the day on which another chance came, or a pause runs out as far as is known."""
    chance = way.chances.get(name)
    if chance is not None and chance.kind == "renewal":
        return pause_end(chance, news.get(name, ()))
    return news[name][0][0] if name in news else None
