"""Stacking of one cell, rule by rule in plain whole numbers; knows no names, no days, no arrays.

Says the same as the arrays of `stacking`, and is written apart from them: each checks the other,
and a question about one day needs no array.
"""

from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from tariffsim.terms import PARTS_PER_UNIT


@attrs.frozen(kw_only=True)
class CellRule:
    """One rule of law over measures, by their positions.

    Parameters
    ----------
    kind : {'maximum', 'yields', 'top-up', 'cap'}
        As in `stacking.stack`.
    members : tuple of int
        The measures the rule binds, oldest first.
    over : tuple of int
        yields: the measures they step aside for; top-up: the measures that count first.
    amount : int
        Floor or ceiling, parts per million.
    """

    kind: Literal["maximum", "yields", "top-up", "cap"]
    members: tuple[int, ...]
    over: tuple[int, ...]
    amount: int = 0


def stack_cell(rates: Sequence[int], shares: Sequence[int], rules: Iterable[CellRule]) -> list[int]:
    """Combine measures on one cell into layers that add up exactly.

    Parameters
    ----------
    rates : sequence of int
        Level of each measure after pauses, oldest first; parts per million.
    shares : sequence of int
        What each covers of the cell's goods, parts per million.
    rules : iterable of CellRule
        Rules in force; yields apply before maxima, these before top-ups, and caps last.

    Returns
    -------
    list of int
        What each measure adds to the rate, units of 1e-12.

    Examples
    --------
    >>> larger = CellRule(kind="maximum", members=(0, 1), over=())
    >>> stack_cell([200_000, 100_000], [1_000_000, 1_000_000], [larger])
    [200000000000, 0]
    """
    ordered = sorted(rules, key=lambda rule: _ORDER.index(rule.kind))
    kept = list(shares)
    for rule in ordered:
        if rule.kind == "yields":
            left = max(PARTS_PER_UNIT - sum(shares[other] for other in rule.over), 0)
            for member in rule.members:
                kept[member] = kept[member] * left // PARTS_PER_UNIT
    layers = [rate * share for rate, share in zip(rates, kept, strict=True)]
    for rule in ordered:
        if rule.kind == "maximum" and rule.members:
            winner = max(rule.members, key=lambda member: (layers[member], -member))
            _keep(layers, rule.members, winner, layers[winner])
        elif rule.kind == "top-up":
            # It is the oldest measure that covers the goods which tops up.
            first = next((member for member in rule.members if kept[member]), None)
            reached = sum(layers[other] for other in rule.over)
            lacking = max(rule.amount * PARTS_PER_UNIT - reached, 0) // PARTS_PER_UNIT
            _keep(layers, rule.members, first, 0 if first is None else lacking * kept[first])
        elif rule.kind == "cap":
            excess = sum(layers[member] for member in rule.members) - rule.amount * PARTS_PER_UNIT
            for member in reversed(rule.members):
                taken = min(layers[member], max(excess, 0))
                layers[member] -= taken
                excess -= taken
    return layers


_ORDER = ("yields", "maximum", "top-up", "cap")


def _keep(layers: list[int], members: Iterable[int], winner: int | None, layer: int) -> None:
    """Leave one of the measures with a layer, and the others with nothing."""
    for member in members:
        layers[member] = layer if member == winner else 0
