"""Values, duty and surplus of markets before and after, on arrays; knows CES demand only.

Everything is in the unit of the benchmark customs value: what the goods of each source were worth
at the border, duty excluded, on the benchmark day. Losses are negative.
"""

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import EXPORTER, Floats
from tariffsim.model.armington import Equilibrium

# Stands for 1 - eta where eta is exactly 1: expm1(gap * y) / gap is its limit y at this size.
NEARLY_NOTHING = 1e-30


def customs_value(benchmark_value: Floats, equilibrium: Equilibrium) -> Floats:
    """Return the new duty-exclusive value at the border, (..., exporter, product).

    Parameters
    ----------
    benchmark_value : (..., exporter, product), money
    equilibrium : Equilibrium

    Examples
    --------
    >>> import numpy as np
    >>> from tariffsim.model.armington import solve
    >>> half, same = np.full((2, 1), 0.5), np.ones((2, 1))
    >>> still = solve(
    ...     half,
    ...     same,
    ...     armington_elasticity=2.5,
    ...     import_demand_elasticity=1.2,
    ...     inverse_supply_elasticity=0.1,
    ... )
    >>> customs_value(np.array([[60.0], [60.0]]), still)
    array([[60.],
           [60.]])
    """
    return np.asarray(
        benchmark_value * np.exp(equilibrium.log_border_price + equilibrium.log_quantity)
    )


def duty(value: Floats, rate: npt.ArrayLike) -> Floats:
    """Return the duty on customs values, (..., exporter, product): rate times value."""
    return np.asarray(np.asarray(rate, dtype=np.float64) * value)


def revenue_difference(
    benchmark_value: Floats,
    benchmark_rate: npt.ArrayLike,
    rate: npt.ArrayLike,
    equilibrium: Equilibrium,
) -> Floats:
    """Return new duty minus old, over all sources, (..., product), money.

    Parameters
    ----------
    benchmark_value : (..., exporter, product), money
    benchmark_rate, rate : (..., exporter, product), fraction
        Ad valorem on the duty-exclusive value, before and after.
    equilibrium : Equilibrium
    """
    after = duty(customs_value(benchmark_value, equilibrium), rate)
    before = duty(benchmark_value, benchmark_rate)
    return np.asarray(after.sum(axis=EXPORTER) - before.sum(axis=EXPORTER))


def consumer_surplus(
    benchmark_expenditure: Floats,
    log_price_index: Floats,
    *,
    import_demand_elasticity: npt.ArrayLike,
) -> Floats:
    r"""Return the change in consumer surplus, (..., product), money; a price rise is a loss.

    Parameters
    ----------
    benchmark_expenditure : (..., product), money
        At landed prices: customs value plus duty, over all sources.
    log_price_index : (..., product)
        Logarithm of the new price index over the old.
    import_demand_elasticity : (..., product) or number
        Magnitude. Without the exporter axis that `armington.solve` has.

    Notes
    -----
    The area under the demand curve :math:`Q = P^{-\eta}` between the old price and the new,
    exact at any size of change, with its logarithmic limit at :math:`\eta = 1`:

    .. math::

        \Delta CS = -E_0 \int_1^{P} u^{-\eta}\,du = -E_0 \frac{P^{1-\eta} - 1}{1-\eta}

    Examples
    --------
    >>> import numpy as np
    >>> consumer_surplus(
    ...     np.array([100.0]), np.log([1.1]), import_demand_elasticity=1.0
    ... ).round(4)
    array([-9.531])
    """
    eta = np.asarray(import_demand_elasticity, dtype=np.float64)
    gap = np.where(eta == 1.0, NEARLY_NOTHING, 1.0 - eta)
    return np.asarray(-benchmark_expenditure * np.expm1(gap * log_price_index) / gap)


def producer_surplus(
    benchmark_value: Floats,
    equilibrium: Equilibrium,
    *,
    inverse_supply_elasticity: npt.ArrayLike,
) -> Floats:
    r"""Return the change in each source's producer surplus, (..., exporter, product), money.

    Parameters
    ----------
    benchmark_value : (..., exporter, product), money
    equilibrium : Equilibrium
    inverse_supply_elasticity : (..., exporter, product) or number
        As given to `armington.solve`; a perfectly elastic source has no surplus to lose.

    Notes
    -----
    The area left of the supply curve :math:`q = b^{\omega}`, where :math:`b q = b^{1+\omega}`:

    .. math:: \Delta PS_j = v_j \int_1^{b_j} u^{\omega_j} du = v_j \frac{b_j q_j - 1}{1+\omega_j}
    """
    inverse = np.asarray(inverse_supply_elasticity, dtype=np.float64)
    change = customs_value(benchmark_value, equilibrium) - benchmark_value
    return np.asarray(change * (inverse / (1.0 + inverse)))


def deadweight_loss(
    consumer_surplus_difference: Floats,
    producer_surplus_difference: Floats,
    revenue_difference: Floats,
) -> Floats:
    """Return what nobody gains of what is lost, (..., product), money.

    The loss of buyers and of all sources together that no treasury collects. Negative where the
    change undoes an older distortion: cutting a duty, or shifting trade to a better source.

    Parameters
    ----------
    consumer_surplus_difference, revenue_difference : (..., product), money
    producer_surplus_difference : (..., exporter, product), money

    Examples
    --------
    >>> import numpy as np
    >>> deadweight_loss(np.array([-10.0]), np.array([[-2.0], [1.0]]), np.array([9.0]))
    array([2.])
    """
    producers = producer_surplus_difference.sum(axis=EXPORTER)
    return np.asarray(-(consumer_surplus_difference + producers + revenue_difference))


def trade_creation(
    benchmark_value: Floats,
    price_index_change: Floats,
    *,
    import_demand_elasticity: npt.ArrayLike,
) -> Floats:
    r"""Return the change in trade by source had each kept its part of the market, money.

    Creation and diversion are volumes at benchmark border prices. Creation moves every source
    with the market's total demand, and is negative where the product gets dearer; diversion is
    the rest, what a source wins from others or loses to them. By source, exactly,

        creation + diversion = benchmark value x (quantity_change - 1).

    Parameters
    ----------
    benchmark_value : (..., exporter, product), money
    price_index_change : (..., product), ratio
    import_demand_elasticity : (..., product) or number

    Notes
    -----
    .. math:: TC_j = v_j (P^{-\eta} - 1), \qquad TD_j = v_j (q_j - P^{-\eta})

    The split of one CES nest into its scale and its mix, both taken at the new prices. SMART, by
    contrast, adds the results of two separate experiments.

    Examples
    --------
    >>> import numpy as np
    >>> trade_creation(np.array([[8.0], [2.0]]), np.array([2.0]), import_demand_elasticity=1.0)
    array([[-4.],
           [-1.]])
    """
    return np.asarray(
        benchmark_value * np.expm1(_log_demand(price_index_change, import_demand_elasticity))
    )


def trade_diversion(
    benchmark_value: Floats,
    equilibrium: Equilibrium,
    *,
    import_demand_elasticity: npt.ArrayLike,
) -> Floats:
    """Return what each source wins from others, at benchmark border prices; see `trade_creation`.

    Parameters
    ----------
    benchmark_value : (..., exporter, product), money
    equilibrium : Equilibrium
    import_demand_elasticity : (..., product) or number
    """
    demand = np.exp(_log_demand(equilibrium.price_index_change, import_demand_elasticity))
    return np.asarray(benchmark_value * (equilibrium.quantity_change - demand))


def _log_demand(price_index_change: Floats, elasticity: npt.ArrayLike) -> Floats:
    eta = np.asarray(elasticity, dtype=np.float64)
    return np.expand_dims(-eta * np.log(price_index_change), EXPORTER)


def pass_through(price_wedge_change: npt.ArrayLike, equilibrium: Equilibrium) -> Floats:
    """Return the part of each source's change in duty that buyers pay, (..., exporter, product).

    The logarithm of the landed price change over that of the wedge: 1 where the border price
    stays, 0 where the source bears it all; 1 minus it is the exporter's incidence. In a market
    where other duties moved too it holds their effect as well. NaN where a source's own duty did
    not move: there is nothing to pass on.

    Parameters
    ----------
    price_wedge_change : (..., exporter, product), ratio
    equilibrium : Equilibrium

    Examples
    --------
    >>> import numpy as np
    >>> from tariffsim.model.armington import solve
    >>> wedge = np.array([[1.1]])
    >>> answer = solve(
    ...     np.array([[1.0]]),
    ...     wedge,
    ...     armington_elasticity=2.0,
    ...     import_demand_elasticity=1.0,
    ...     inverse_supply_elasticity=1.0,
    ... )
    >>> pass_through(wedge, answer).round(12)
    array([[0.5]])
    """
    change = np.log(np.asarray(price_wedge_change, dtype=np.float64))
    landed = np.log(equilibrium.landed_price_change)
    change = np.broadcast_to(change, landed.shape)
    share = np.full(landed.shape, np.nan)
    np.divide(landed, change, out=share, where=change != 0)
    return share
