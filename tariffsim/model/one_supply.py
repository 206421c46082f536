"""Armington markets whose sources share one supply elasticity: the closed form, fused for draws.

The same model as `armington.solve`, which handles any elasticities; this one spends four
exponentials a market and draw where that one spends ten, and makes no check of its own. A property
test holds the two equal. Draws come last here, so that sums over markets run along whole rows.
"""

from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.model.powers import NEAR, log_of_power, power_less_one


@attrs.frozen(kw_only=True, eq=False)
class OneSupply:
    """What markets do after their duties moved.

    Parameters
    ----------
    value_change : (source, market, draw), ratio
        Duty-exclusive value at the border, new over old.
    log_price_index : (market, draw)
        Logarithm of the price index, new over old.
    log_landed_price : (market, draw)
        Logarithm of the first source's landed price, new over old.
    """

    value_change: Floats
    log_price_index: Floats
    log_landed_price: Floats


@attrs.frozen(kw_only=True, eq=False)
class Scratch:
    """Memory that markets solved a piece at a time share; fresh pages cost as much as the work.

    Parameters
    ----------
    by_source : (source, market, draw)
    first, second, third : (market, draw)
    """

    by_source: Floats
    first: Floats
    second: Floats
    third: Floats

    @classmethod
    def of(cls, sources: int, markets: int, draws: int) -> "Scratch":
        """Take memory for at most so many."""
        return cls(
            by_source=np.empty((sources, markets, draws)),
            first=np.empty((markets, draws)),
            second=np.empty((markets, draws)),
            third=np.empty((markets, draws)),
        )

    def cut(self, markets: int, draws: int) -> "Scratch":
        """Take the part for fewer."""
        part = np.s_[..., :markets, :draws]
        return Scratch(
            by_source=self.by_source[part],
            first=self.first[part],
            second=self.second[part],
            third=self.third[part],
        )


def solve_one_supply(
    share: Sequence[Floats] | Floats,
    wedge: Sequence[Floats] | Floats,
    *,
    armington_elasticity: Floats,
    import_demand_elasticity: Floats,
    inverse_supply_elasticity: Floats,
    scratch: Scratch | None = None,
) -> OneSupply:
    r"""Solve markets in closed form.

    Parameters
    ----------
    share : a source but the last each, (market, draw or 1), fraction
        Benchmark shares at landed prices; that of the last source is what they leave.
    wedge : a source each, (market, draw or 1)
        New over old (1 + rate).
    armington_elasticity, import_demand_elasticity : (draw,)
        Magnitudes, above zero.
    inverse_supply_elasticity : (draw,)
        Zero or above; 0 is infinitely elastic.
    scratch : Scratch, optional
        Memory to work in, of at least this size; the answer lies in it.

    Returns
    -------
    OneSupply

    Notes
    -----
    With s, tau, sigma, eta and omega as in `armington.solve`, :math:`k = 1/(1+\sigma/\omega)` and
    :math:`e_j = \tau_j^{(1-\sigma)k} - 1`, the landed prices are

    .. math::

        p_j = \tau_j^{k}\, P^{(\sigma-\eta)k/\omega}, \qquad
        \ln P = \frac{\ln(1 + \sum_j s_j e_j)}{(1-\sigma)\,(1 - (\sigma-\eta)k/\omega)}

    and, since :math:`b_j q_j \tau_j = p_j^{1-\sigma} P^{\sigma-\eta}`, one exponential serves the
    values of all sources:

    .. math::

        b_j q_j = \frac{1 + e_j}{\tau_j}\; P^{(\sigma-\eta)\,(1 + (1-\sigma)k/\omega)}

    References
    ----------
    Armington, P. S. (1969), A theory of demand for products distinguished by place of
    production, IMF Staff Papers 16(1). https://doi.org/10.2307/3866403

    Examples
    --------
    A duty of 10 % on the first of two equal sources, both infinitely elastic:

    >>> import numpy as np
    >>> one = np.ones(1)
    >>> answer = solve_one_supply(
    ...     np.array([[[0.5]]]), np.array([[[1.1]], [[1.0]]]),
    ...     armington_elasticity=2.0 * one, import_demand_elasticity=one,
    ...     inverse_supply_elasticity=0.0 * one)
    >>> np.exp(answer.log_price_index).round(6)
    array([[1.047619]])
    """
    sigma, eta = armington_elasticity, import_demand_elasticity
    inverse = inverse_supply_elasticity
    gap = 1.0 - sigma
    damp = 1.0 / (1.0 + sigma * inverse)
    follow = (sigma - eta) * inverse * damp
    log_wedge = [np.log(own) for own in wedge]
    shapes = [own.shape for own in (*log_wedge, *share)]
    markets, draws = np.broadcast_shapes(sigma.shape, *shapes)
    room = (scratch or Scratch.of(len(log_wedge), markets, draws)).cut(markets, draws)
    powers = room.by_source
    for own, power in zip(log_wedge, powers, strict=True):
        if own.any():
            np.exp(np.multiply(gap * damp, own, out=power), out=power)
        else:
            power[...] = 1.0
    index = _log_mean(share, damp, log_wedge, gap, room)
    index *= 1.0 / (1.0 - follow)
    common = np.multiply((sigma - eta) * (1.0 + gap * inverse * damp), index, out=room.second)
    np.exp(common, out=common)
    powers *= common
    for own, power in zip(wedge, powers, strict=True):
        np.multiply(power, 1.0 / own, out=power)
    landed = np.multiply(follow, index, out=common)
    landed += np.multiply(damp, log_wedge[0], out=room.third)
    return OneSupply(value_change=powers, log_price_index=index, log_landed_price=landed)


def _log_mean(
    share: Sequence[Floats] | Floats,
    damp: Floats,
    log_wedge: Sequence[Floats],
    gap: Floats,
    room: Scratch,
) -> Floats:
    """Take the logarithm of the mean of powers, over the gap; with care where that is near 0."""
    *others, last = room.by_source
    mean = room.first
    mean[...] = last
    for weight, power in zip(share, others, strict=True):
        moved = np.subtract(power, last, out=room.second)
        moved *= weight
        mean += moved
    np.log(mean, out=mean)
    mean *= 1.0 / np.where(gap == 0.0, 1.0, gap)
    near = np.flatnonzero(np.abs(gap) < NEAR)
    if near.size:
        *others, last = (
            power_less_one(gap[near], damp[near] * np.broadcast_to(own, mean.shape)[:, near])
            for own in log_wedge
        )
        weights = (np.broadcast_to(own, mean.shape)[:, near] for own in share)
        parts = (own * (other - last) for own, other in zip(weights, others, strict=True))
        mean[:, near] = log_of_power(gap[near], sum(parts, start=last))
    return mean
