"""The world of many sectors in plain Python: the equations one by one, then damped substitution."""

import math
from typing import Any, NamedTuple

import attrs
import numpy as np


class World(NamedTuple):
    wage: list[float]
    price: list[list[float]]  # [economy][product]
    spent: list[list[float]]  # [economy][product]
    trade: list[list[list[float]]]  # [importer][exporter][product], before duty
    revenue: list[float]


def plain(record: Any) -> Any:
    """The arrays of a record as nested lists."""
    named = attrs.asdict(record, recurse=False)
    lists = {k: np.asarray(v).tolist() for k, v in named.items()}
    return NamedTuple("Plain", [(k, list) for k in lists])(**lists)


def one_round(a, theta, rate, deficit, wage, price, spent):
    """Evaluate every equation once; return what each says its left side should be."""
    n, s = len(a.labour_income), len(theta)
    economies, sectors = range(n), range(s)
    cost = [
        [
            wage[i] ** a.value_added_share[i][j]
            * math.prod(price[i][k] ** a.input_share[i][k][j] for k in sectors)
            for j in sectors
        ]
        for i in economies
    ]
    new_price = [[1.0] * s for _ in economies]
    trade = [[[0.0] * s for _ in economies] for _ in economies]
    for v in economies:
        for j in sectors:
            pull = [
                a.trade_share[v][i][j]
                * (cost[i][j] * (1 + rate[v][i][j]) / (1 + a.applied_rate[v][i][j])) ** -theta[j]
                for i in economies
            ]
            total = math.fsum(pull)
            new_price[v][j] = total ** (-1 / theta[j])
            for i in economies:
                trade[v][i][j] = pull[i] / total * spent[v][j] / (1 + rate[v][i][j])
    sales = [[math.fsum(trade[v][i][j] for v in economies) for j in sectors] for i in economies]
    revenue = [
        math.fsum(rate[v][i][j] * trade[v][i][j] for i in economies for j in sectors)
        for v in economies
    ]
    income = [wage[v] * a.labour_income[v] + revenue[v] + deficit[v] for v in economies]
    new_spent = [
        [
            math.fsum(a.input_share[v][k][j] * sales[v][j] for j in sectors)
            + a.final_share[v][k] * income[v]
            for k in sectors
        ]
        for v in economies
    ]
    earned = [
        math.fsum(a.value_added_share[i][j] * sales[i][j] for j in sectors) for i in economies
    ]
    return new_price, new_spent, earned, trade, revenue


def solve_world(accounts, theta, rate, deficit, *, sweeps=20_000) -> World:
    a = plain(accounts)
    theta, rate, deficit = (np.asarray(x).tolist() for x in (theta, rate, deficit))
    n, s = len(a.labour_income), len(theta)
    wage, price = [1.0] * n, [[1.0] * s for _ in range(n)]
    spent = [list(row) for row in a.expenditure]
    damping = 0.5 / (1 + max(theta))
    for _ in range(sweeps):
        new_price, new_spent, earned, trade, revenue = one_round(
            a, theta, rate, deficit, wage, price, spent
        )
        moved = 0.0
        for v in range(n):
            ratio = earned[v] / (wage[v] * a.labour_income[v])
            moved = max(moved, abs(ratio - 1))
            wage[v] *= ratio**damping
            for j in range(s):
                moved = max(moved, abs(new_price[v][j] / price[v][j] - 1))
                moved = max(moved, abs(new_spent[v][j] - spent[v][j]) / sum(spent[v]))
        price, spent = new_price, new_spent
        paid = math.fsum(w * y for w, y in zip(wage, a.labour_income, strict=True))
        level = math.fsum(a.labour_income) / paid
        wage = [w * level for w in wage]
        if moved < 1e-14:
            break
    return World(wage, price, spent, trade, revenue)
