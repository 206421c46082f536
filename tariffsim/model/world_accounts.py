"""The accounts of a benchmark world and the shocks asked of it; knows no equilibrium.

Shares and values of one year by economy and product, how far they are from adding up, and the
way from a table of trade to such accounts.
"""

from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats, read_only
from tariffsim.errors import InputError


def _held_or_array(value: Floats | str) -> Floats | str:
    return value if isinstance(value, str) else read_only(value)


def _floats(value: Floats) -> Floats:
    return read_only(np.asarray(value, dtype=np.float64))


@attrs.frozen(kw_only=True, eq=False)
class WorldAccounts:
    """One benchmark year of the world, as shares and values."""

    # (importer, exporter, product), share of expenditure at landed prices, sums to 1 over exporters
    trade_share: Floats = attrs.field(converter=_floats)
    # (importer, exporter, product), fraction of customs value
    applied_rate: Floats = attrs.field(converter=_floats)
    # (economy, used product, using product), share of the using product's output
    input_share: Floats = attrs.field(converter=_floats)
    # (economy, product), share of output; with the input shares it sums to 1
    value_added_share: Floats = attrs.field(converter=_floats)
    # (economy, product), share of final expenditure, sums to 1 over products
    final_share: Floats = attrs.field(converter=_floats)
    # (economy,), value added
    labour_income: Floats = attrs.field(converter=_floats)
    # (economy, product), final and intermediate, at landed prices
    expenditure: Floats = attrs.field(converter=_floats)
    # (economy,), spending beyond income; sums to zero over the world
    deficit: Floats = attrs.field(converter=_floats)

    @deficit.default
    def _balanced(self) -> Floats:
        return np.zeros(np.shape(self.labour_income))


@attrs.frozen(kw_only=True, eq=False)
class WorldShock:
    """What is asked of the accounts; leading axes are draws and broadcast against each other."""

    # (..., product), magnitude by which imports fall with their cost
    trade_elasticity: Floats = attrs.field(converter=_floats)
    # (..., importer, exporter, product), fraction of customs value in the counterfactual
    applied_rate: Floats = attrs.field(converter=_floats)
    # (..., importer, exporter, product), ratio of the cost of moving goods
    iceberg_change: Floats = attrs.field(factory=lambda: np.ones((1, 1, 1)), converter=_floats)
    # (..., economy), value at constant world labour income; or held as it is, or removed
    deficit: Floats | Literal["held", "removed"] = attrs.field(
        default="held", converter=_held_or_array
    )


@attrs.frozen(kw_only=True)
class AccountGaps:
    """How far accounts are from adding up; all but the last two relative, largest of any cell."""

    trade_shares: float  # sum over exporters less one, where something is bought
    cost_shares: float  # inputs and value added of a product less one
    final_shares: float  # sum over products less one
    labour_market: float  # value added sold / labour income less one
    goods_market: float  # expenditure asked for less expenditure, of the economy's total
    negative_inputs: int  # input shares below zero
    lowest_input: float  # smallest input share


def account_gaps(accounts: WorldAccounts) -> AccountGaps:
    """Measure how far the accounts are from an equilibrium of the model.

    Parameters
    ----------
    accounts : WorldAccounts
        Benchmark.

    Returns
    -------
    AccountGaps
        Zeros, up to rounding, where the accounts are balanced.
    """
    bought = accounts.trade_share.sum(axis=1)
    spent = accounts.expenditure
    sales, revenue = _sales_and_revenue(accounts)
    income = accounts.labour_income + revenue + accounts.deficit
    asked = (accounts.input_share @ sales[:, :, None])[:, :, 0]
    asked += accounts.final_share * income[:, None]
    earned = (accounts.value_added_share * sales).sum(axis=1)
    cost = accounts.input_share.sum(axis=1) + accounts.value_added_share
    return AccountGaps(
        trade_shares=float(np.abs(np.where(spent > 0, bought - 1, 0)).max()),
        cost_shares=float(np.abs(cost - 1).max()),
        final_shares=float(np.abs(accounts.final_share.sum(axis=1) - 1).max()),
        labour_market=float(np.abs(earned / accounts.labour_income - 1).max()),
        goods_market=float(np.abs((asked - spent) / spent.sum(axis=1, keepdims=True)).max()),
        negative_inputs=int((accounts.input_share < 0).sum()),
        lowest_input=float(accounts.input_share.min()),
    )


def final_income(accounts: WorldAccounts) -> Floats:
    """Return what each economy spends on final goods: labour income, revenue and deficit."""
    income: Floats = accounts.labour_income + _sales_and_revenue(accounts)[1] + accounts.deficit
    return income


def _sales_and_revenue(accounts: WorldAccounts) -> tuple[Floats, Floats]:
    """Return output (economy, product) and duty (economy,) of the benchmark, in values."""
    flow = 1.0 + accounts.applied_rate
    np.divide(accounts.trade_share, flow, out=flow)
    flow *= accounts.expenditure[:, None, :]
    duty = np.einsum("nij,nij->n", flow, accounts.applied_rate)
    return flow.sum(axis=0), duty


def calibrate(customs_value: Floats, applied_rate: Floats, input_share: Floats) -> WorldAccounts:
    """Derive balanced accounts from trade, rates and input shares.

    Parameters
    ----------
    customs_value : (importer, exporter, product)
        Trade before duty, own trade on the diagonal.
    applied_rate : (importer, exporter, product)
        Fraction of customs value.
    input_share : (economy, used product, using product)
        Share of the using product's output; the rest of it is value added.

    Returns
    -------
    WorldAccounts
        Accounts without gaps, up to rounding.

    Raises
    ------
    InputError
        Value added or final demand would be negative somewhere.

    Notes
    -----
    Expenditure X is trade at landed prices, output the row sum of trade, value added the output
    left after inputs, and final demand the expenditure left after inputs; the deficit is what
    final demand exceeds value added and revenue by.

    Examples
    --------
    >>> import numpy as np
    >>> trade = np.array([[[8.0], [2.0]], [[3.0], [8.0]]])
    >>> accounts = calibrate(trade, np.zeros((2, 2, 1)), np.full((2, 1, 1), 0.5))
    >>> accounts.labour_income, accounts.deficit
    (array([5.5, 5. ]), array([-1.,  1.]))
    """
    landed = customs_value * (1.0 + applied_rate)
    spent, sales = landed.sum(axis=1), customs_value.sum(axis=0)
    added = 1.0 - input_share.sum(axis=1)
    final = spent - np.einsum("nkj,nj->nk", input_share, sales)
    for name, value in (("value added", added), ("final demand", final)):
        if (value < -1e-12 * np.abs(value).max()).any():
            where = tuple(int(i) for i in np.unravel_index(np.argmin(value), value.shape))
            raise InputError(
                f"{name} must not be negative, got {value.min():.6g} at (economy, product) "
                f"{where}; lower the input shares there or add own trade"
            )
    income = final.sum(axis=1)
    labour = (added * sales).sum(axis=1)
    return WorldAccounts(
        trade_share=landed / np.where(spent > 0, spent, 1.0)[:, None, :],
        applied_rate=applied_rate,
        input_share=input_share,
        value_added_share=added,
        final_share=np.maximum(final, 0.0) / income[:, None],
        labour_income=labour,
        expenditure=spent,
        deficit=income - labour - (applied_rate * customs_value).sum(axis=(1, 2)),
    )
