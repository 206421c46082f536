"""The gravity equilibrium in plain Python: damped substitution, cell by cell."""

from collections.abc import Sequence
from typing import NamedTuple

Table = Sequence[Sequence[float]]


class World(NamedTuple):
    wage: list[float]
    price: list[float]
    labour: list[float]
    spending: list[float]
    trade: list[list[float]]  # [importer][exporter], before duty


def solve_gravity(
    trade: Table,
    before: Table,
    after: Table,
    effect: Table,
    theta: float,
    *,
    kappa: float = 0.0,
    additive: bool = True,
    relieved: bool = False,
    sweeps: int = 20_000,
) -> World:
    n = len(trade)
    everyone = range(n)
    output = [sum(trade[v][i] for v in everyone) for i in everyone]
    spent = [sum(trade[v][i] * (1 + before[v][i]) for i in everyone) for v in everyone]
    duty = [sum(trade[v][i] * before[v][i] for i in everyone) for v in everyone]
    deficit = [spent[v] - duty[v] - output[v] for v in everyone]
    share = [[trade[v][i] * (1 + before[v][i]) / spent[v] for i in everyone] for v in everyone]
    wage, labour = [1.0] * n, [1.0] * n
    for _ in range(sweeps):
        pull = [
            [
                share[v][i]
                * effect[v][i]
                * ((1 + after[v][i]) / (1 + before[v][i])) ** -theta
                * wage[i] ** -theta
                for i in everyone
            ]
            for v in everyone
        ]
        price = [sum(pull[v]) ** (-1 / theta) for v in everyone]
        new = [[pull[v][i] / sum(pull[v]) for i in everyone] for v in everyone]
        income = [wage[v] * labour[v] * output[v] for v in everyone]
        held = [
            d if additive else d * y / x for d, y, x in zip(deficit, income, output, strict=True)
        ]
        spending, revenue = [], []
        for v in everyone:
            kept = sum(new[v][i] / (1 + after[v][i]) for i in everyone)
            spending.append((income[v] + held[v]) / kept)
            revenue.append(spending[v] * (1 - kept))
        flow = [[new[v][i] * spending[v] / (1 + after[v][i]) for i in everyone] for v in everyone]
        sales = [sum(flow[v][i] for v in everyone) for i in everyone]
        world = sum(sales) / sum(income)
        moved = 0.0
        for i in everyone:
            ratio = sales[i] / income[i] / world
            wage[i] *= ratio ** (0.5 / (1 + theta + kappa))
            relief = 1.0
            if relieved:
                relief = 1 / (1 - revenue[i] / income[i] + duty[i] / output[i])
            target = (relief * wage[i] / price[i]) ** kappa
            moved = max(moved, abs(ratio - 1), abs(target / labour[i] - 1))
            labour[i] *= (target / labour[i]) ** 0.5
        level = sum(output) / sum(w * m * y for w, m, y in zip(wage, labour, output, strict=True))
        wage = [w * level for w in wage]
        if moved < 1e-14 and abs(level - 1) < 1e-14:
            break
    return World(wage, price, labour, spending, flow)
