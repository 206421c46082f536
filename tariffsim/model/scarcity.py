"""The price at which a market clears when one source may sell no more than a cap; knows no stock.

The hand-over from supply to trade: what licences let through becomes the quantity of one source
in an Armington market, and its price rises until buyers want no more of it.
"""

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats, read_only
from tariffsim.errors import InputError, NotConverged

TOLERANCE = 1e-12
STEPS = 100


@attrs.frozen(kw_only=True)
class CappedMarket:
    """A market in which one source is capped and the others supply at their price.

    Parameters
    ----------
    capped_price : (...), ratio to the benchmark
        Price of the capped source; 1 where the cap does not bind.
    price_index : (...), ratio
        Of the product over all sources.
    other_quantity : (...), ratio
        What the other sources sell.
    rent : (...), share of the capped source's benchmark value
        Above the benchmark price, on the capped quantity; it goes to whoever holds the licence.
    """

    capped_price: Floats = attrs.field(converter=read_only, eq=False)
    price_index: Floats = attrs.field(converter=read_only, eq=False)
    other_quantity: Floats = attrs.field(converter=read_only, eq=False)
    rent: Floats = attrs.field(converter=read_only, eq=False)


def capped_market(
    cap: npt.ArrayLike,
    share: npt.ArrayLike,
    armington_elasticity: npt.ArrayLike,
    import_demand_elasticity: npt.ArrayLike,
) -> CappedMarket:
    r"""Solve a market for the price of a capped source.

    Parameters
    ----------
    cap : array_like, in (0, 1]
        Quantity that may be sold, over that of the benchmark.
    share : array_like, in [0, 1)
        Expenditure share of the capped source.
    armington_elasticity, import_demand_elasticity : array_like, > 0
        Among sources, and of imports to their price; magnitudes.

    Returns
    -------
    CappedMarket

    Raises
    ------
    InputError
        Where an argument is out of its range.
    NotConverged
        Where the price is not found; none is returned.

    Notes
    -----
    With Q the cap, s the share, :math:`\sigma` and :math:`\eta`, and P the price index,

    .. math::

        \hat p = \left(P^{\sigma-\eta} / Q\right)^{1/\sigma}, \qquad
        P^{1-\sigma} = s\,\hat p^{1-\sigma} + 1 - s

    One equation in log P, by Newton steps that keep to a bracket; :math:`\sigma` = 1 is a limit.

    Examples
    --------
    Half the quantity of a source with a third of the market:

    >>> found = capped_market(0.5, 1 / 3, 2.0, 1.0)
    >>> float(found.capped_price.round(4)), float(found.price_index.round(4))
    (1.5, 1.125)
    """
    q, s, sigma, eta = (
        np.asarray(values, dtype=np.float64)
        for values in np.broadcast_arrays(
            cap, share, armington_elasticity, import_demand_elasticity
        )
    )
    _check(q, s, sigma, eta)
    tight = np.log(q)
    low, high = np.zeros(q.shape), np.maximum(-tight / np.minimum(sigma, eta), 0.0) + 1e-9
    x = np.zeros(q.shape)
    m = np.where(np.abs(1.0 - sigma) < 1e-9, 1e-9, 1.0 - sigma)
    for _ in range(STEPS):
        log_p = ((sigma - eta) * x - tight) / sigma
        with np.errstate(over="ignore"):
            weight = s * np.exp(m * (log_p - _index(log_p, s, m)))
        error = x - _index(log_p, s, m)
        low, high = np.where(error < 0, x, low), np.where(error > 0, x, high)
        if (np.abs(error) <= TOLERANCE * (1.0 + np.abs(x))).all():
            break
        slope = 1.0 - weight * (sigma - eta) / sigma
        with np.errstate(divide="ignore", invalid="ignore"):
            step = x - error / slope
        inside = np.isfinite(step) & (step > low) & (step < high)
        x = np.where(inside, step, 0.5 * (low + high))
    else:
        raise NotConverged(
            "the price of a capped source was not found; raise the cap or the elasticities",
            iterations=STEPS,
            residual=float(np.abs(error).max()),
        )
    price = np.exp(((sigma - eta) * x - tight) / sigma)
    return CappedMarket(
        capped_price=price,
        price_index=np.exp(x),
        other_quantity=np.exp((sigma - eta) * x),
        rent=(price - 1.0) * q,
    )


def _index(log_p: Floats, share: Floats, m: Floats) -> Floats:
    """Return the log of the price index, (1/m) log(s p^m + 1 - s), without large powers."""
    power = m * log_p
    near = np.log1p(share * np.expm1(np.minimum(power, 0.5)))
    far = power + np.log(share + (1.0 - share) * np.exp(-np.maximum(power, 0.0)) + 1e-300)
    return np.asarray(np.where(power <= 0.5, near, far) / m)


def _check(cap: Floats, share: Floats, sigma: Floats, eta: Floats) -> None:
    for name, values, ok in (
        ("cap", cap, (cap > 0) & (cap <= 1)),
        ("share", share, (share >= 0) & (share < 1)),
        ("armington_elasticity", sigma, sigma > 0),
        ("import_demand_elasticity", eta, eta > 0),
    ):
        if not ok.all():
            raise InputError(
                f"{name} must be above 0 and, for shares, at most 1; got {values.min():g} to "
                f"{values.max():g}"
            )
