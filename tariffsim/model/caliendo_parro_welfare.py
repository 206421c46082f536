"""What an equilibrium of the world model is worth to whom, and who trades what; solves nothing.

Real income exactly and by the published first-order measure, its parts, and trade by pair and
product. Draws are taken in blocks, so that no array over pairs is ever built for all of them
unless it is asked for.
"""

from collections.abc import Iterator
from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.errors import InputError
from tariffsim.model.caliendo_parro import WorldEquilibrium
from tariffsim.model.world_accounts import WorldAccounts, WorldShock, final_income

BLOCK_BYTES = 8e6


@attrs.frozen(kw_only=True, eq=False)
class WorldWelfare:
    """Welfare of every economy in every draw, by name.

    The exact parts sum to `real_income_change` less one; the first-order ones are shares of
    benchmark income and sum to `first_order_difference`.
    """

    real_wage_change: Floats = attrs.field(converter=read_only)  # (..., economy), ratio
    real_income_change: Floats = attrs.field(converter=read_only)  # (..., economy), ratio, exact
    real_wage_part: Floats = attrs.field(converter=read_only)  # (..., economy), share of income
    revenue_part: Floats = attrs.field(converter=read_only)  # (..., economy), share of income
    deficit_part: Floats = attrs.field(converter=read_only)  # (..., economy), share of income
    terms_of_trade: Floats = attrs.field(converter=read_only)  # (..., economy), first order
    volume_of_trade: Floats = attrs.field(converter=read_only)  # (..., economy), first order

    @property
    def first_order_difference(self) -> Floats:
        """The published measure: terms of trade plus volume of trade, (..., economy)."""
        total: Floats = self.terms_of_trade + self.volume_of_trade
        return total


def measure(
    accounts: WorldAccounts, shock: WorldShock, equilibrium: WorldEquilibrium
) -> WorldWelfare:
    """Measure what an equilibrium is worth, exactly and as published.

    Parameters
    ----------
    accounts : WorldAccounts
        Benchmark.
    shock : WorldShock
        The shock that was solved.
    equilibrium : WorldEquilibrium
        Its solution.

    Returns
    -------
    WorldWelfare
        By economy and draw.

    Notes
    -----
    With I income, P the final price index prod_j P_nj^a_nj, L labour income, R revenue, D
    deficit, a prime for the counterfactual, hats for ratios, M_nij imports of n from i before
    duty and E_nij exports of n to i, both at the benchmark::

        exact         I_n' / I_n / P_n_hat,  of which (L_n' / P_n_hat - L_n) / I_n is the real
                      wage's part, and likewise for R and D
        real wage     w_n_hat / P_n_hat
        terms         1 / I_n sum_ij (E_nij (c_nj_hat - 1) - M_nij (c_ij_hat - 1))
        volume        1 / I_n sum_ij t_nij M_nij (M_nij_hat - c_ij_hat)

    Terms and volume are the published measure. It is of first order at the rates before the
    change, and both are differences of ratios, not of logarithms; where trade multiplies, as
    Mexico's did, it is far from the exact change in real income of the same equilibrium.

    References
    ----------
    Caliendo, L. and Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review
    of Economic Studies 82(1), doi:10.1093/restud/rdu035.

    Examples
    --------
    >>> import numpy as np
    >>> from tariffsim.model.caliendo_parro import solve
    >>> from tariffsim.model.world_accounts import calibrate
    >>> trade = np.array([[[8.0], [2.0]], [[2.0], [8.0]]])
    >>> accounts = calibrate(trade, np.zeros((2, 2, 1)), np.full((2, 1, 1), 0.5))
    >>> shock = WorldShock(
    ...     trade_elasticity=np.array([4.0]), applied_rate=np.array([[[0.0], [0.1]], [[0.0]] * 2])
    ... )
    >>> welfare = measure(accounts, shock, solve(accounts, shock))
    >>> (100 * (welfare.real_income_change - 1)).round(3)
    array([ 1.538, -1.884])
    """
    income = final_income(accounts)
    index = np.exp((accounts.final_share * np.log(equilibrium.price_index_change)).sum(axis=-1))
    labour = accounts.labour_income * equilibrium.wage_change
    revenue = income - accounts.labour_income - accounts.deficit
    parts = [
        (after / index - before) / income
        for after, before in (
            (labour, accounts.labour_income),
            (equilibrium.revenue, revenue),
            (equilibrium.deficit, accounts.deficit),
        )
    ]
    terms, volume = _first_order(accounts, shock, equilibrium)
    return WorldWelfare(
        real_wage_change=equilibrium.wage_change / index,
        real_income_change=1.0 + parts[0] + parts[1] + parts[2],
        real_wage_part=parts[0],
        revenue_part=parts[1],
        deficit_part=parts[2],
        terms_of_trade=terms / income,
        volume_of_trade=volume / income,
    )


def _first_order(
    accounts: WorldAccounts, shock: WorldShock, equilibrium: WorldEquilibrium
) -> tuple[Floats, Floats]:
    before = benchmark_value(accounts)
    dearer = equilibrium.cost_change - 1.0
    earned = (before.sum(axis=0) * dearer).sum(axis=-1)
    terms = earned - np.einsum("nij,...ij->...n", before, dearer)
    duty = accounts.applied_rate * before
    kept = np.einsum("nij,...ij->...n", duty, equilibrium.cost_change)
    volume = np.empty(terms.shape)
    for draws, after in _values(accounts, shock, equilibrium):
        # rate x before x (after / before): where nothing was traded there is nothing to collect.
        volume.reshape(-1, terms.shape[-1])[draws] = np.einsum(
            "nij,dnij->dn", accounts.applied_rate, np.where(before > 0.0, after, 0.0)
        )
    return terms, volume - kept


def benchmark_value(accounts: WorldAccounts) -> Floats:
    """Return trade before duty at the benchmark, (importer, exporter, product)."""
    landed = accounts.trade_share * accounts.expenditure[:, None, :]
    value: Floats = landed / (1.0 + accounts.applied_rate)
    return value


def customs_value(
    accounts: WorldAccounts,
    shock: WorldShock,
    equilibrium: WorldEquilibrium,
    *,
    by: Literal["product", "pair"] = "product",
) -> Floats:
    """Return trade before duty in the counterfactual, own trade included.

    Parameters
    ----------
    accounts, shock, equilibrium
        The benchmark, the shock and its solution.
    by : {"product", "pair"}
        Every product, (..., importer, exporter, product), which for many draws is large; or the
        sum over products, (..., importer, exporter).

    Returns
    -------
    (..., importer, exporter[, product])
        Value in units of the accounts, the numeraire being world labour income.
    """
    if by not in ("product", "pair"):
        raise InputError(f"by must be product or pair, got {by!r}")
    cell = accounts.trade_share.shape[: 3 if by == "product" else 2]
    trade = np.empty((*equilibrium.converged.shape, *cell))
    for draws, value in _values(accounts, shock, equilibrium):
        trade.reshape(-1, *cell)[draws] = value if by == "product" else value.sum(axis=-1)
    return trade


def _values(
    accounts: WorldAccounts, shock: WorldShock, equilibrium: WorldEquilibrium
) -> Iterator[tuple[Ints, Floats]]:
    """Yield numbers of draws and their trade before duty, (draw, importer, exporter, product)."""
    shape = equilibrium.converged.shape
    cell = accounts.trade_share.shape
    total = int(np.prod(shape, dtype=np.int64))
    rates = np.broadcast_to(shock.applied_rate, (*shape, *cell))
    iceberg = np.broadcast_to(shock.iceberg_change, (*shape, *cell))
    theta = np.broadcast_to(shock.trade_elasticity, (*shape, cell[-1]))
    size = max(1, int(BLOCK_BYTES / accounts.trade_share.nbytes))
    for first in range(0, total, size):
        draws = np.arange(first, min(first + size, total))
        at = np.unravel_index(draws, shape) if shape else ()
        power = 1.0 + rates[at]
        dearer = power / (1.0 + accounts.applied_rate) * iceberg[at]
        dearer = dearer * equilibrium.cost_change[at][..., None, :, :]
        dearer = dearer / equilibrium.price_index_change[at][..., :, None, :]
        share = accounts.trade_share * dearer ** -theta[at][..., None, None, :]
        value = share * equilibrium.expenditure[at][..., :, None, :] / power
        yield draws, value.reshape(-1, *cell)
