"""Accounts of trade in one good and the shocks asked of it; knows no equilibrium."""

from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats, read_only
from tariffsim.errors import InputError


def _floats(value: Floats) -> Floats:
    return read_only(np.asarray(value, dtype=np.float64))


def _one() -> Floats:
    return np.ones((1, 1, 1))


@attrs.frozen(kw_only=True, eq=False)
class GravityAccounts:
    """One benchmark year of trade in one composite good, own trade on the diagonal."""

    # (importer, exporter, 1), value before duty
    customs_value: Floats = attrs.field(converter=_floats)
    # (importer, exporter, 1), fraction of customs value
    applied_rate: Floats = attrs.field(
        default=attrs.Factory(lambda self: np.zeros_like(self.customs_value), takes_self=True),
        converter=_floats,
    )


@attrs.frozen(kw_only=True, eq=False)
class GravityShock:
    """What is asked of the accounts; leading axes are draws and broadcast against each other."""

    # (..., 1), magnitude: sigma - 1 for Armington, theta for Eaton and Kortum
    trade_elasticity: Floats = attrs.field(converter=_floats)
    # (..., importer, exporter, 1), fraction of customs value; None for that of the accounts
    applied_rate: Floats | None = attrs.field(
        default=None, converter=attrs.converters.optional(_floats)
    )
    # (..., importer, exporter, 1), ratio of trade at given wages and price indices:
    # iceberg cost change ^ -elasticity, or exp of a gravity estimate
    partial_effect: Floats = attrs.field(factory=_one, converter=_floats)
    # (..., 1), magnitude; 0 for a fixed number of hours
    labour_supply_elasticity: Floats = attrs.field(default=np.zeros(1), converter=_floats)
    deficit: Literal["additive", "multiplicative"] = attrs.field(
        default="additive", validator=attrs.validators.in_(("additive", "multiplicative"))
    )
    rebate: Literal["lump-sum", "labour-tax"] = attrs.field(
        default="lump-sum", validator=attrs.validators.in_(("lump-sum", "labour-tax"))
    )


def check(accounts: GravityAccounts, shock: GravityShock) -> tuple[int, ...]:
    """Refuse arrays that cannot be used, every fault at once; return the axes of the draws."""
    trade, faults = accounts.customs_value, []
    cell = (*trade.shape[:1] * 2, 1)
    if trade.shape != cell or accounts.applied_rate.shape != cell:
        raise InputError(
            "the gravity model has one product: customs_value and applied_rate must have shape "
            f"(n, n, 1), got {trade.shape} and {accounts.applied_rate.shape}; sum the products"
        )
    batch: tuple[int, ...] = ()
    tails = {"trade_elasticity": 1, "labour_supply_elasticity": 1, "partial_effect": 3}
    for name, tail in tails.items() | {("applied_rate", 3)}:
        value = getattr(shock, name)
        if value is None or value.ndim == 0:
            continue
        try:
            if np.broadcast_shapes(value.shape[-tail:], cell[-tail:]) != cell[-tail:]:
                raise ValueError
            batch = np.broadcast_shapes(batch, value.shape[:-tail])
        except ValueError:
            faults.append(f"{name} must be draws then {cell[-tail:]}, got {value.shape}")
    rate = accounts.applied_rate if shock.applied_rate is None else shock.applied_rate
    rules = (
        (bool((trade >= 0).all()), "customs_value must not be negative or missing"),
        (bool((trade.sum(axis=0) > 0).all()), "every economy must sell something"),
        (bool((trade.sum(axis=1) > 0).all()), "every economy must buy something"),
        (bool((accounts.applied_rate > -1).all() and (rate > -1).all()), "rates above -100% only"),
        (bool(np.isfinite(rate).all()), "applied_rate must be finite"),
        (bool((shock.trade_elasticity > 0).all()), "trade_elasticity must be positive"),
        (bool((shock.labour_supply_elasticity >= 0).all()), "labour_supply_elasticity below zero"),
        (bool((shock.partial_effect >= 0).all()), "partial_effect must not be negative"),
    )
    faults += [text for good, text in rules if not good]
    if faults:
        raise InputError("the gravity model cannot use its inputs: " + "; ".join(faults))
    return batch
