"""Buying ahead for one draw, product by product and month by month, in plain Python."""

import math
from collections.abc import Sequence


def months_ahead_one(
    log_jump: Sequence[float],
    value: Sequence[float],
    storable: Sequence[float],
    carrying: float,
    storage: float,
) -> float:
    total = 0.0
    for jump, amount, share in zip(log_jump, value, storable, strict=True):
        pays = max(jump, 0.0) / math.log(1.0 + carrying)
        total += amount * share * min(pays, storage)
    return total / math.fsum(value)


def pull_forward_one(
    use: Sequence[float],
    wanted: Sequence[float],
    plan: Sequence[Sequence[float]],
    capacity: Sequence[Sequence[float]],
    room: Sequence[float],
    rundown: Sequence[float],
) -> tuple[list[float], list[float], list[float]]:
    bought, used, stock, held = [], [], [], 0.0
    for month, flow in enumerate(use):
        share = 0.0
        for rise, want in enumerate(wanted):
            share += min(want * plan[rise][month], capacity[rise][month])
        free = max(room[month] * flow - held, 0.0)
        more = min(share * flow, free) if share else 0.0
        held += more
        less = min(held, rundown[month] * flow)
        held -= less
        bought.append(more)
        used.append(less)
        stock.append(held)
    return bought, used, stock


def lagged_one(values: Sequence[float], share: float, months: float) -> list[float]:
    now, path = 0.0, []
    for value in values:
        now = now + (1.0 - math.exp(-1.0 / months)) * (share * value - now)
        path.append(now)
    return path
