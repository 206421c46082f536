"""One draw of a shortage in an input-output table, in money, every delivery between two industries.

Nothing here is divided by a normal day: orders, stocks and deliveries are amounts, and each is
carried from one industry to one other, so that what is sent can be held against what is received.
"""

from collections.abc import Sequence
from typing import NamedTuple


class Day(NamedTuple):
    output: list[float]
    unmet: list[float]
    cover: list[float]
    limiting: list[int]
    sent: float
    received: float


class Habits(NamedTuple):
    inventory: list[list[float]]  # input, industry
    criticality: list[list[float]]  # input, industry
    restock: float
    buffer: float
    highest: float
    stretch: float
    switching: float
    by_wanted: bool
    final_last: bool


def run_table(
    sales: Sequence[Sequence[float]],
    final: Sequence[float],
    sectors: int,
    habits: Habits,
    capacity: Sequence[Sequence[float]],
    ceiling: Sequence[Sequence[float]],
) -> tuple[list[Day], list[list[float]]]:
    """Return the days, and the stock at the end in amounts (input, industry)."""
    count = len(final)
    everyone, inputs = range(count), range(sectors)
    normal = [sum(sales[s]) + final[s] for s in everyone]
    need = [
        [sum(sales[s][f] for s in everyone if s % sectors == p) for f in everyone] for p in inputs
    ]
    stock = [[habits.inventory[p][f] * need[p][f] for f in everyone] for p in inputs]
    order = [[sales[s][f] for f in everyone] for s in everyone]
    overtime = [1.0] * count
    days = []
    for left, most in zip(capacity, ceiling, strict=True):
        demand = [sum(order[s]) + final[s] for s in everyone]
        wanted = [
            min(demand[f], overtime[f] * left[f] * normal[f], most[f] * normal[f]) for f in everyone
        ]
        made, limiting = [], []
        for f in everyone:
            worst, input_ = 0.0, -1
            for p in inputs:
                if need[p][f] == 0:
                    continue
                technical = need[p][f] / normal[f]
                required = max(1.0, habits.buffer * habits.inventory[p][f]) * technical
                lack = habits.criticality[p][f] * (wanted[f] - stock[p][f] / required)
                if lack > worst:
                    worst, input_ = lack, p
            made.append(wanted[f] - worst)
            limiting.append(input_)
        to_final, sent, received = [0.0] * count, 0.0, 0.0
        delivery = [[0.0] * count for _ in everyone]
        for s in everyone:
            ordered = sum(order[s])
            if habits.final_last:
                to_final[s] = max(0.0, made[s] - ordered)
                part = min(1.0, made[s] / ordered) if ordered else 1.0
            else:
                part = made[s] / demand[s] if demand[s] else 1.0
                to_final[s] = final[s] * part
            for f in everyone:
                delivery[s][f] = order[s][f] * part
            sent += made[s]
            received += to_final[s] + sum(delivery[s])
        for f in everyone:
            for p in inputs:
                if need[p][f] == 0:
                    continue
                stock[p][f] -= min(stock[p][f], need[p][f] * made[f] / normal[f])
                stock[p][f] += sum(delivery[s][f] for s in everyone if s % sectors == p)
        cover = [
            min(
                (
                    stock[p][f] / need[p][f]
                    for p in inputs
                    if need[p][f] > 0 and habits.criticality[p][f] > 0
                ),
                default=float("inf"),
            )
            for f in everyone
        ]
        unmet = [1 - to_final[f] / final[f] if final[f] else 0.0 for f in everyone]
        days.append(
            Day([made[f] / normal[f] for f in everyone], unmet, cover, limiting, sent, received)
        )
        for f in everyone:
            short = (demand[f] - made[f]) / demand[f] if demand[f] else 0.0
            if short > 0:
                overtime[f] += (habits.highest - overtime[f]) * short / habits.stretch
            else:
                overtime[f] += (1 - overtime[f]) / habits.stretch
        factor = [
            max(min(overtime[s] * left[s], most[s]) ** habits.switching, 1e-3) for s in everyone
        ]
        for f in everyone:
            for p in inputs:
                if need[p][f] == 0:
                    continue
                technical = need[p][f] / normal[f]
                gap = habits.inventory[p][f] * technical * wanted[f] - stock[p][f]
                total = technical * made[f] + max(gap, 0.0) / habits.restock
                if habits.by_wanted:
                    gap = habits.inventory[p][f] * need[p][f] - stock[p][f]
                    total = max(technical * wanted[f] + gap / habits.restock, 0.0)
                suppliers = [s for s in everyone if s % sectors == p]
                weights = [sales[s][f] * factor[s] for s in suppliers]
                for s, weight in zip(suppliers, weights, strict=True):
                    order[s][f] = total * weight / sum(weights)
    return days, stock
