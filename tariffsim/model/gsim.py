"""GSIM: one industry in many regions, linear in world prices; knows nothing between industries.

The named mode of Francois and Hall for results that must compare with theirs. Every product is a
system of its own; draws and products are solved together.
"""

from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, read_only
from tariffsim.errors import InputError


@attrs.frozen(kw_only=True, eq=False)
class GsimMarket:
    """Trade of an industry at world prices, and how it responds; leading axes broadcast."""

    # (..., importer, exporter, product), value at world prices
    trade: Floats = attrs.field(converter=read_only)
    # fractions before and after, on the axes of trade
    applied_rate: Floats = attrs.field(converter=read_only)
    counterfactual_rate: Floats = attrs.field(converter=read_only)
    # magnitudes that broadcast to (..., importer, product)
    import_demand_elasticity: Floats = attrs.field(converter=read_only)
    substitution_elasticity: Floats = attrs.field(converter=read_only)
    # magnitude that broadcasts to (..., exporter, product); infinite for a given world price
    export_supply_elasticity: Floats = attrs.field(converter=read_only)


@attrs.frozen(kw_only=True, eq=False)
class GsimResult:
    """What the linear system gives, and the surpluses in the units of trade."""

    world_price_difference: Floats = attrs.field(converter=read_only)  # (..., exporter, product)
    trade: Floats = attrs.field(converter=read_only)  # (..., importer, exporter, product)
    composite_price_difference: Floats = attrs.field(
        converter=read_only
    )  # (..., importer, product)
    consumer_surplus: Floats = attrs.field(converter=read_only)  # (..., importer, product)
    producer_surplus: Floats = attrs.field(converter=read_only)  # (..., exporter, product)
    revenue_difference: Floats = attrs.field(converter=read_only)  # (..., importer, product)
    # (..., importer, exporter, product): the linear form took a flow below zero
    below_zero: Bools = attrs.field(converter=read_only)


def solve(market: GsimMarket, *, surplus: Literal["exact", "as_published"] = "exact") -> GsimResult:
    """Solve for the world prices that clear the industry after a change in rates.

    Parameters
    ----------
    market : GsimMarket
        Trade, rates and elasticities.
    surplus : {"exact", "as_published"}
        Surplus under curves of constant elasticity, or the published second-order formulas.

    Returns
    -------
    GsimResult
        Differences are relative changes (a ratio less one).

    Raises
    ------
    InputError
        A value has no meaning, or the system has no unique solution.

    Notes
    -----
    With i exporter, v importer, M trade at world prices, T one plus the rate, s(i,v) shares of
    v's imports at internal prices, f(i,v) shares of i's exports at world prices, and as
    magnitudes e demand, E substitution, x supply::

        m(i,v) = -E_v (p_i + g(i,v)) + (E_v - e_v) sum_r s(r,v) (p_r + g(r,v))
        x_i p_i = sum_v f(i,v) m(i,v),      g = T'/T - 1

    m and p relative changes of trade and world prices: one linear system an industry. New trade
    is M (1 + m)(1 + p). With c_v = sum_i s(i,v) ((1 + p_i) T'/T - 1), C_v spending at internal
    prices and R_i export earnings::

        as published  dCS = C_v (-e_v/2 c_v^2 sign(c_v) - c_v),   dPS = R_i p_i (1 + x_i p_i / 2)
        exact         dCS = -C_v ((1 + c_v)^(1-e_v) - 1) / (1 - e_v)   (a logarithm at e_v = 1)
                      dPS = R_i ((1 + p_i)^(1+x_i) - 1) / (1 + x_i)
        revenue       sum_i M' (T' - 1) - M (T - 1)

    The sign in the published consumer surplus makes the loss from a higher price larger than the
    rectangle at the old quantity, where it is smaller.

    References
    ----------
    Francois, J. and Hall, H. K. (2003), Global Simulation Analysis of Industry-Level Trade
    Policy, technical paper, World Bank.

    Examples
    --------
    >>> import numpy as np
    >>> rate = np.array([[[0.0], [0.5]], [[0.0], [0.0]]])
    >>> result = solve(
    ...     GsimMarket(
    ...         trade=np.array([[[50.0], [50.0]], [[20.0], [80.0]]]),
    ...         applied_rate=rate,
    ...         counterfactual_rate=np.zeros((2, 2, 1)),
    ...         import_demand_elasticity=1.25,
    ...         substitution_elasticity=5.0,
    ...         export_supply_elasticity=1.5,
    ...     )
    ... )
    >>> result.world_price_difference[:, 0].round(4)
    array([-0.0675,  0.0746])
    """
    trade, power, change, demand, substitution, supply = _prepare(market, surplus)
    landed = trade * power
    spent, earned = landed.sum(axis=-2), trade.sum(axis=-3)
    import_share = landed / np.where(spent > 0, spent, 1.0)[..., None, :]
    export_share = trade / np.where(earned > 0, earned, 1.0)[..., None, :, :]
    price = _clear(import_share, export_share, change - 1.0, demand, substitution, supply)
    dearer = price[..., None, :, :] + change - 1.0
    index = (import_share * dearer).sum(axis=-2, keepdims=True)
    quantity = -substitution[..., None, :] * dearer + (substitution - demand)[..., None, :] * index
    traded = trade * (1.0 + quantity) * (1.0 + price[..., None, :, :])
    internal = (1.0 + price[..., None, :, :]) * change - 1.0
    composite = (import_share * internal).sum(axis=-2)
    duty = traded * (power * change - 1.0) - trade * (power - 1.0)
    published = surplus == "as_published"
    return GsimResult(
        world_price_difference=price,
        trade=traded,
        composite_price_difference=composite,
        consumer_surplus=spent * _consumers(composite, demand, published=published),
        producer_surplus=earned * _producers(price, supply, published=published),
        revenue_difference=duty.sum(axis=-2),
        below_zero=quantity < -1.0,
    )


def _prepare(market: GsimMarket, surplus: str) -> tuple[Floats, ...]:
    """Check the arrays and broadcast them against each other."""
    if surplus not in ("exact", "as_published"):
        raise InputError(f"surplus must be exact or as_published, got {surplus!r}")
    trade, before, after = np.broadcast_arrays(
        market.trade, 1.0 + market.applied_rate, 1.0 + market.counterfactual_rate
    )
    if trade.ndim < 3 or trade.shape[-3] != trade.shape[-2]:
        raise InputError(f"trade must end in importer, exporter, product, got {trade.shape}")
    economy = (trade.shape[-2], trade.shape[-1])
    elasticities = [
        np.broadcast_to(value, np.broadcast_shapes(np.shape(value), economy)).astype(np.float64)
        for value in (
            market.import_demand_elasticity,
            market.substitution_elasticity,
            market.export_supply_elasticity,
        )
    ]
    rules = (
        (bool((trade >= 0).all()), "trade must not be negative or missing"),
        (bool((before > 0).all() and (after > 0).all()), "rates must be above -100%"),
        (bool(all((x >= 0).all() for x in elasticities)), "elasticities are magnitudes"),
        (bool(all(np.isfinite(x).all() for x in elasticities[:2])), "demand must be finite"),
    )
    faults = [text for good, text in rules if not good]
    if faults:
        raise InputError("GSIM cannot use its inputs: " + "; ".join(faults))
    return (trade, before, after / before, *elasticities)


def _clear(
    import_share: Floats,
    export_share: Floats,
    dearer: Floats,
    demand: Floats,
    substitution: Floats,
    supply: Floats,
) -> Floats:
    """Return the relative changes of world prices, one linear solve a product."""
    # Products join the batch: (..., product, exporter or importer, ...).
    share, weight, gone = (np.moveaxis(x, -1, -3) for x in (import_share, export_share, dearer))
    e, s, x = (np.swapaxes(value, -1, -2) for value in (demand, substitution, supply))
    pull = (s - e)[..., :, None] * share
    spread = np.swapaxes(weight, -1, -2)
    own = (spread @ s[..., :, None])[..., 0]
    shift = (pull * gone).sum(axis=-1)[..., None] - s[..., None] * gone
    push = (weight * shift).sum(axis=-2)
    # Divided by supply, so that an infinite one holds the world price.
    eased = np.where(x > 0, 1.0 / np.where(x > 0, x, 1.0), 1.0)
    held = np.where(x > 0, 1.0, 0.0)
    size = share.shape[-1]
    matrix = np.eye(size) * (held + eased * own)[..., None] - eased[..., :, None] * (spread @ pull)
    # Who exports nothing has no price to clear.
    idle = ~(weight.sum(axis=-2) > 0)
    matrix = np.where(idle[..., None], np.eye(size), matrix)
    push = np.where(idle, 0.0, eased * push)
    try:
        price = np.linalg.solve(matrix, push[..., None])[..., 0]
    except np.linalg.LinAlgError as error:
        raise InputError(
            "GSIM has no unique solution; let substitution exceed import demand"
        ) from error
    return np.asarray(np.swapaxes(price, -1, -2), dtype=np.float64)


def _consumers(price: Floats, demand: Floats, *, published: bool) -> Floats:
    """Return the change of consumer surplus per unit of benchmark spending."""
    if published:
        published_change: Floats = -0.5 * demand * price**2 * np.sign(price) - price
        return published_change
    curve = np.where(demand == 1.0, 0.0, 1.0 - demand)
    log = np.log1p(price)
    # expm1 keeps the limit at unit elasticity exact instead of dividing by nothing.
    exact: Floats = -np.where(
        curve == 0.0, log, np.expm1(curve * log) / np.where(curve == 0.0, 1.0, curve)
    )
    return exact


def _producers(price: Floats, supply: Floats, *, published: bool) -> Floats:
    """Return the change of producer surplus per unit of benchmark earnings."""
    # Where supply is infinite the price stands and no surplus is made.
    finite = np.where(np.isinf(supply), 0.0, supply)
    if published:
        return np.asarray(price * (1.0 + 0.5 * finite * price))
    return np.asarray(np.expm1((1.0 + finite) * np.log1p(price)) / (1.0 + finite))
