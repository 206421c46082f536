"""Markets of two sources whose first may sell only a part of what it would; knows no stock.

The same market as `one_supply`, with a quantity in the place of the first source's supply curve:
its price rises until buyers want no more of it than there is, and no further than what is made
with it fetches.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import NotConverged
from tariffsim.model.one_supply import responses, solve_one_supply

TOLERANCE = 1e-12
STEPS = 100
NEAR = 1e-9
"""An elasticity this near to one is taken as one."""


@attrs.frozen(kw_only=True, eq=False)
class Terms:
    """What buyers and sellers do; any shapes that broadcast.

    Parameters
    ----------
    share : (...), fraction
        Of the first source at benchmark landed prices.
    wedge : tuple of (...)
        New over old (1 + rate), first source and the rest.
    substitution, demand : (...)
        Elasticities, magnitudes above zero.
    inverse_supply : (...)
        Zero or above, of the rest; and of the first source where it is not capped.
    choke : (...), ratio
        Landed price of the first source above which nobody buys, over that of the benchmark.
    """

    share: Floats
    wedge: tuple[Floats, Floats]
    substitution: Floats
    demand: Floats
    inverse_supply: Floats
    choke: Floats


@attrs.frozen(kw_only=True, eq=False)
class Market:
    """What a market does, over its benchmark; (...).

    Parameters
    ----------
    log_price_index : logarithm of the price index
    landed, border : price of the first source with and without duty
    wanted : quantity of the first source that is used
    rest_value : customs value of the rest
    """

    log_price_index: Floats
    landed: Floats
    border: Floats
    wanted: Floats
    rest_value: Floats


def uncapped(terms: Terms) -> Market:
    """Solve the market with nothing withheld, in closed form."""
    shape = _shape(terms)
    flat = [np.broadcast_to(each, shape).ravel() for each in _all(terms)]
    share, own, rest, sigma, eta, inverse, _ = flat
    found = solve_one_supply(
        share[None, None],
        np.stack([own, rest])[:, None],
        responses(
            armington_elasticity=sigma,
            import_demand_elasticity=eta,
            inverse_supply_elasticity=inverse,
        ),
    )
    log_landed = found.log_landed_price[0].reshape(shape)
    landed = np.exp(log_landed)
    border = landed / terms.wedge[0]
    return Market(
        log_price_index=found.log_price_index[0].reshape(shape),
        landed=landed,
        border=border,
        wanted=found.value[0][0].reshape(shape) / border,
        rest_value=found.value[1][0].reshape(shape),
    )


def capped(terms: Terms, free: Market, part: Floats) -> Market:
    r"""Solve the market with a part of the first source's quantity, and nothing more to be had.

    Parameters
    ----------
    terms : Terms
    free : Market
        What `uncapped` gives.
    part : (...), fraction
        Of the quantity that would be used; where it is 1, the answer is `free`, to the last digit.

    Returns
    -------
    Market

    Raises
    ------
    NotConverged
        A price is not found; none is returned.

    Notes
    -----
    With Q the quantity left, :math:`q_1` times the part, s the share, i the inverse supply
    elasticity, :math:`k = 1/(1+\sigma i)` and :math:`\bar p` the choke price,

    .. math::

        p_1 = \min\{\bar p,\; (P^{\sigma-\eta} / Q)^{1/\sigma}\}, \qquad
        p_2 = \tau_2^k P^{(\sigma-\eta) k i}, \qquad
        P^{1-\sigma} = s\, p_1^{1-\sigma} + (1 - s)\, p_2^{1-\sigma}

    At the choke price buyers take what there is, and some go without.

    Examples
    --------
    Half the quantity of a source with a third of the market, as in `capped_market`:

    >>> import numpy as np
    >>> one = np.ones(1)
    >>> terms = Terms(share=one / 3, wedge=(one, one), substitution=2 * one, demand=one,
    ...               inverse_supply=0 * one, choke=30 * one)
    >>> found = capped(terms, uncapped(terms), 0.5 * one)
    >>> float(found.landed[0].round(4)), float(np.exp(found.log_price_index[0]).round(4))
    (1.5, 1.125)
    """
    shape = np.broadcast_shapes(_shape(terms), part.shape)
    bound = np.broadcast_to(part, shape) < 1.0
    answer = {
        field.name: np.array(np.broadcast_to(getattr(free, field.name), shape))
        for field in attrs.fields(Market)
    }
    if not bound.any():
        return Market(**answer)
    share, own, rest, sigma, eta, inverse, choke = (
        np.broadcast_to(each, shape)[bound] for each in _all(terms)
    )
    left = answer["wanted"][bound] * np.broadcast_to(part, shape)[bound]
    damp = 1.0 / (1.0 + sigma * inverse)
    before = answer["log_price_index"][bound], np.log(answer["landed"][bound])
    with np.errstate(divide="ignore"):
        tight = np.log(left)
    buyers = _Buyers(
        share=share,
        gap=np.where(np.abs(1.0 - sigma) < NEAR, NEAR, 1.0 - sigma),
        tight=tight / sigma,
        pull=(sigma - eta) / sigma,
        top=np.maximum(np.log(choke), before[1]),
        rest=damp * np.log(rest),
        follow=(sigma - eta) * damp * inverse,
    )
    index = _root(buyers, *before)
    log_own, log_rest = buyers.prices(index)
    answer["log_price_index"][bound] = index
    answer["landed"][bound] = np.exp(log_own)
    answer["border"][bound] = np.exp(log_own) / own
    answer["wanted"][bound] = left
    # b q tau = p^(1 - sigma) P^(sigma - eta)
    value = np.exp((1.0 - sigma) * log_rest + (sigma - eta) * index) / rest
    answer["rest_value"][bound] = value
    return Market(**answer)


@attrs.frozen(kw_only=True, eq=False)
class _Buyers:
    """Both prices at a price index, and the index at both prices; all logarithms."""

    share: Floats
    gap: Floats
    tight: Floats
    pull: Floats
    top: Floats
    rest: Floats
    follow: Floats

    def prices(self, index: Floats) -> tuple[Floats, Floats]:
        own = np.minimum(self.pull * index - self.tight, self.top)
        return own, self.rest + self.follow * index

    def missed(self, index: Floats) -> tuple[Floats, Floats]:
        """Give how far an index is above that of its prices, and how that grows with it."""
        own, rest = self.prices(index)
        moved = np.expm1(self.gap * (own - rest))
        weight = self.share * (1.0 + moved) / (1.0 + self.share * moved)
        slope = weight * np.where(own < self.top, self.pull, 0.0) + (1.0 - weight) * self.follow
        return index - rest - np.log1p(self.share * moved) / self.gap, 1.0 - slope


def _root(buyers: _Buyers, index: Floats, log_landed: Floats) -> Floats:
    """Find the index: that of the free market, or above it by as much as the price can rise."""
    low, high = index, index + (buyers.top - log_landed) + TOLERANCE
    for _ in range(STEPS):
        error, slope = buyers.missed(index)
        if (np.abs(error) <= TOLERANCE * (1.0 + np.abs(index))).all():
            return index
        low, high = np.where(error < 0, index, low), np.where(error > 0, index, high)
        step = index - error / slope
        inside = (step > low) & (step < high)
        index = np.where(inside, step, 0.5 * (low + high))
    raise NotConverged(
        "the price of a capped source was not found; widen the elasticities",
        iterations=STEPS,
        residual=float(np.abs(error).max()),
    )


def _all(terms: Terms) -> tuple[Floats, ...]:
    return (
        terms.share,
        *terms.wedge,
        terms.substitution,
        terms.demand,
        terms.inverse_supply,
        terms.choke,
    )


def _shape(terms: Terms) -> tuple[int, ...]:
    return np.broadcast_shapes(*(np.shape(each) for each in _all(terms)))
