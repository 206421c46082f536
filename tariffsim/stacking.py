"""Which duties add and which exclude each other: law, not economics; arrays in, arrays out.

Contributions are whole numbers of 1e-12 (a rate in parts per million times a coverage in parts
per million), so the layers of a cell add up to its total exactly. Knows no names and no days.
"""

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Bools, Ints

FULL = 1_000_000
EXACT_PER_UNIT = FULL * FULL


@attrs.frozen(kw_only=True, eq=False)
class Rule:
    """One rule of law over measures, by position.

    Parameters
    ----------
    kind : {'maximum', 'yields', 'top-up', 'cap'}
        See `stack`.
    members : (measure,), bool
        The measures the rule binds.
    over : (measure,), bool
        yields: the measures they step aside for; top-up: the measures that count first.
    amount : int
        Floor or ceiling, parts per million.
    """

    kind: Literal["maximum", "yields", "top-up", "cap"]
    members: Bools
    over: Bools
    amount: int = 0


def stack(rates: Ints, coverage: Ints, rules: Sequence[Rule]) -> Ints:
    """Combine measures on each cell into layers that add up exactly.

    The order is fixed: yields, sums, maxima, top-ups, caps. Yields come first because they say
    which goods a measure is on at all.

    Parameters
    ----------
    rates : (measure,), parts per million
        Level of each measure after pauses.
    coverage : (measure, cell), parts per million
        Share of the cell's goods that each measure covers.
    rules : sequence of Rule
        Rules in force; those of one kind apply in the order given.

    Returns
    -------
    (measure, cell), units of 1e-12
        What each measure adds to the rate of each cell.

    Notes
    -----
    *Yields* works on shares of goods: a measure that steps aside for lists covering 30 % of a
    cell keeps 70 % of its own coverage there. Lists stepped aside for are taken as disjoint.

    Examples
    --------
    >>> import numpy as np
    >>> rates = np.array([200_000, 100_000])
    >>> int(stack(rates, np.full((2, 1), FULL), []).sum()) / EXACT_PER_UNIT
    0.3
    """
    shares = coverage
    for rule in _of(rules, "yields"):
        taken = np.minimum(coverage[rule.over].sum(axis=0), FULL)
        kept = shares[rule.members] * (FULL - taken) // FULL
        shares = _replaced(shares, rule.members, kept)
    layers = rates[:, None] * shares
    for rule in _of(rules, "maximum"):
        layers = _highest_only(layers, rule.members)
    for rule in _of(rules, "top-up"):
        layers = _topped_up(layers, shares, rule)
    for rule in _of(rules, "cap"):
        layers = _capped(layers, rule)
    return layers


def _of(rules: Sequence[Rule], kind: str) -> list[Rule]:
    return [rule for rule in rules if rule.kind == kind]


def _replaced(array: Ints, rows: Bools, values: Ints) -> Ints:
    changed = array.copy()
    changed[rows] = values
    return changed


def _highest_only(layers: Ints, members: Bools) -> Ints:
    block = layers[members]
    if len(block) < 2:
        return layers
    winner = np.arange(len(block))[:, None] == block.argmax(axis=0)
    return _replaced(layers, members, np.where(winner, block, 0))


def _topped_up(layers: Ints, shares: Ints, rule: Rule) -> Ints:
    block = shares[rule.members]
    if not len(block):
        return layers
    # In each cell it is the oldest measure that covers it which tops up.
    first = np.arange(len(block))[:, None] == (block > 0).argmax(axis=0)
    lacking = np.maximum(rule.amount * FULL - layers[rule.over].sum(axis=0), 0)
    return _replaced(layers, rule.members, np.where(first, lacking // FULL * block, 0))


def _capped(layers: Ints, rule: Rule) -> Ints:
    changed = layers.copy()
    excess = np.maximum(layers[rule.members].sum(axis=0) - rule.amount * FULL, 0)
    # The youngest measures give way first, so that the older law is left whole.
    for row in np.flatnonzero(rule.members)[::-1]:
        taken = np.minimum(changed[row], excess)
        changed[row] -= taken
        excess -= taken
    return changed
