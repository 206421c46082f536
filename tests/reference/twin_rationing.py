"""Several users' stocks, day by day, in plain Python: who takes from whom, and what grows in."""

import math
from collections.abc import Sequence


def run_users(
    *,
    cover: Sequence[float],
    share: Sequence[float],
    licensed: Sequence[Sequence[float]],
    free: Sequence[float],
    reliance: float,
    refill: float,
    strength: float,
    growth: Sequence[tuple[float, float]] = (),
    aim: Sequence[Sequence[float]] | None = None,
) -> list[list[tuple[float, float, float]]]:
    """Give (use, stock, delivery) by day and user; `licensed` is by day and user, g of the rest."""
    stock = list(cover)
    days = []
    for day, unlicensed in enumerate(free):
        extra = sum(limit * (1 - math.exp(-day / span)) for limit, span in growth)
        sent = []
        for user, held in enumerate(stock):
            target = cover[user] if aim is None else aim[day][user]
            order = 1 + (target - held) / refill
            flow = reliance * (unlicensed * order + (1 - unlicensed) * licensed[day][user])
            sent.append(max(0.0, min(order, 1 - reliance + extra + flow)))
        for user in range(len(stock) - 1):
            lacks = max(0.0, 1 - stock[user] - sent[user])
            below = sum(share[j] * sent[j] for j in range(user + 1, len(stock)))
            taken = min(share[user] * lacks, strength * below)
            if taken > 0:
                for j in range(user + 1, len(stock)):
                    sent[j] -= taken * sent[j] / below
                sent[user] += taken / share[user]
        row = []
        for user, delivered in enumerate(sent):
            use = min(1.0, stock[user] + delivered)
            stock[user] += delivered - use
            row.append((use, stock[user], delivered))
        days.append(row)
    return days
