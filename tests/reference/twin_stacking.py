"""Stacking one cell at a time in plain whole numbers, rule by rule as the law says it.

Every division rounds down to whole parts per million of the goods, as the kernel states.
"""

from collections.abc import Sequence
from typing import NamedTuple

FULL = 1_000_000


class TwinRule(NamedTuple):
    kind: str
    members: set[int]
    over: set[int]
    amount: int = 0


def stack_cell(rates: Sequence[int], shares: Sequence[int], rules: Sequence[TwinRule]) -> list[int]:
    """What each measure adds in one cell, units of 1e-12; the oldest measure stands first."""
    kept = list(shares)
    for rule in rules:
        if rule.kind == "yields":
            taken = min(FULL, sum(shares[n] for n in rule.over))
            for n in rule.members:
                kept[n] = kept[n] * (FULL - taken) // FULL
    layers = [rate * share for rate, share in zip(rates, kept, strict=True)]
    for rule in rules:
        if rule.kind == "maximum" and rule.members:
            highest = max(layers[n] for n in rule.members)
            winner = min(n for n in rule.members if layers[n] == highest)
            for n in rule.members - {winner}:
                layers[n] = 0
    for rule in rules:
        if rule.kind == "top-up":
            lacking = max(0, rule.amount * FULL - sum(layers[n] for n in rule.over)) // FULL
            covering = sorted(n for n in rule.members if kept[n])
            for n in rule.members:
                layers[n] = lacking * kept[n] if n in covering[:1] else 0
    for rule in rules:
        if rule.kind == "cap":
            for n in sorted(rule.members, reverse=True):
                excess = sum(layers[m] for m in rule.members) - rule.amount * FULL
                layers[n] -= min(layers[n], max(excess, 0))
    return layers
