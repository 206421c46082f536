"""Armington markets whose sources share one supply elasticity: the closed form, fused for draws.

The same model as `armington.solve`, which handles any elasticities; this one spends four
exponentials a market and draw where that one spends ten, and makes no check of its own. A property
test holds the two equal. Draws come last here, so that sums over markets run along whole rows.
"""

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


def solve_one_supply(
    share: Floats,
    wedge: Floats,
    *,
    armington_elasticity: Floats,
    import_demand_elasticity: Floats,
    inverse_supply_elasticity: Floats,
) -> OneSupply:
    r"""Solve markets in closed form.

    Parameters
    ----------
    share : (source, market, draw or 1), fraction
        Benchmark shares at landed prices; sum to one over sources.
    wedge : (source, market, draw or 1)
        New over old (1 + rate).
    armington_elasticity, import_demand_elasticity : (draw,)
        Magnitudes, above zero.
    inverse_supply_elasticity : (draw,)
        Zero or above; 0 is infinitely elastic.

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
    ...     np.array([[[0.5]], [[0.5]]]), np.array([[[1.1]], [[1.0]]]),
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
    log_wedge = np.log(wedge)
    draws = np.broadcast_shapes(share.shape[1:], log_wedge.shape[1:], sigma.shape)
    powers = np.empty((len(share), *draws))
    np.multiply(gap * damp, log_wedge, out=powers)
    np.exp(powers, out=powers)
    index = _log_mean(share, damp, log_wedge, powers, gap)
    index *= 1.0 / (1.0 - follow)
    common = np.multiply((sigma - eta) * (1.0 + gap * inverse * damp), index)
    np.exp(common, out=common)
    powers *= 1.0 / wedge
    powers *= common
    landed = np.multiply(follow, index)
    landed += damp * log_wedge[0]
    return OneSupply(value_change=powers, log_price_index=index, log_landed_price=landed)


def _log_mean(
    share: Floats, damp: Floats, log_wedge: Floats, powers: Floats, gap: Floats
) -> Floats:
    """Take the logarithm of the mean of powers, over the gap; with care where that is near 0."""
    mean: Floats = share[0] * powers[0]
    for source in range(1, len(share)):
        mean += share[source] * powers[source]
    # Shares sum to one but for a last digit; with it, no change is no change exactly.
    mean += 1.0 - share.sum(axis=0)
    np.log(mean, out=mean)
    mean *= 1.0 / np.where(gap == 0.0, 1.0, gap)
    near = np.flatnonzero(np.abs(gap) < NEAR)
    if near.size:
        weights, wedges = (
            np.broadcast_to(array, powers.shape)[..., near] for array in (share, log_wedge)
        )
        moved = power_less_one(gap[near], damp[near] * wedges)
        mean[..., near] = log_of_power(gap[near], (weights * moved).sum(axis=0))
    return mean
