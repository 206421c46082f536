"""What is odd about a user's accounts, with numbers; knows no line, for sums have none."""

import numpy as np

from tariffsim.accounts import Accounts
from tariffsim.arrays import Floats
from tariffsim.finding import Finding

TOLERANCE = 1e-3
"""Sums that differ by less, over the larger, are taken as equal: tables are printed rounded."""

SHOWN = 5


def check_accounts(accounts: Accounts) -> tuple[Finding, ...]:
    """Hold a table against what accounts must meet.

    Parameters
    ----------
    accounts : Accounts

    Returns
    -------
    tuple of Finding
        Warnings, each with how many, how much and what to do; none where all is well.

    Examples
    --------
    >>> from tariffsim.axes import Axis
    >>> trade = Accounts(
    ...     name="t", layout="long", economy=Axis("economy", ["CAN", "USA"]),
    ...     sector=Axis("sector", ["01"]), digest="",
    ...     customs_value=[[[0.0], [5.0]], [[3.0], [9.0]]],
    ... )
    >>> [finding.message for finding in check_accounts(trade)]
    ['own trade must be known for world models, missing for 1 of 2 economies (CAN); ...']
    """
    found = [_own_trade(accounts), _negative_trade(accounts)]
    if accounts.outlays is not None:
        advice = "balance the table, or ask its publisher which row is left out"
        found.append(
            _unequal(accounts, "what a sector pays", accounts.outlays, "unbalanced", advice)
        )
    if accounts.stated_output is not None:
        advice = "look for rows or columns that were dropped"
        found.append(
            _unequal(accounts, "the printed output", accounts.stated_output, "other-output", advice)
        )
    if accounts.outlays is not None and accounts.value_added is not None:
        found.append(_no_value_added(accounts, accounts.value_added))
    return tuple(finding for finding in found if finding is not None)


def _warning(rule: str, message: str) -> Finding:
    return Finding(rule=rule, message=message, severity="warning")


def _own_trade(accounts: Accounts) -> Finding | None:
    here = np.arange(len(accounts.economy))
    own = accounts.customs_value[here, here].sum(axis=1)
    missing = [name for name, value in zip(accounts.economy.labels, own, strict=True) if value == 0]
    if not missing:
        return None
    return _warning(
        "no-own-trade",
        f"own trade must be known for world models, missing for {len(missing)} of {len(here)} "
        f"economies ({_listed(missing)}); add rows with one economy as importer and exporter: "
        "gross output less exports",
    )


def _negative_trade(accounts: Accounts) -> Finding | None:
    value = accounts.customs_value
    low = np.argwhere(value < 0)
    if not len(low):
        return None
    economy, sector = accounts.economy.labels, accounts.sector.labels
    names = [f"{economy[j]} from {economy[i]} {sector[k]}" for j, i, k in low[:SHOWN]]
    return _warning(
        "negative-trade",
        f"trade must not be negative, got {len(low)} flows below zero after summing uses, "
        f"{value[value < 0].sum():,.3f} together ({_listed(names, len(low))}); drops in stocks "
        "outweigh sales there: set them to zero and balance again",
    )


def _unequal(
    accounts: Accounts, what: str, other: Floats, rule: str, advice: str
) -> Finding | None:
    sold = accounts.gross_output
    scale = np.maximum(np.abs(sold), np.abs(other))
    gap = np.divide(np.abs(sold - other), scale, out=np.zeros(scale.shape), where=scale > 0)
    off = int((gap > TOLERANCE).sum())
    if not off:
        return None
    worst = np.unravel_index(int(gap.argmax()), gap.shape)
    name = f"{accounts.economy.labels[worst[0]]} {accounts.sector.labels[worst[1]]}"
    return _warning(
        rule,
        f"what a sector sells must equal {what}, differs by more than 0.1% in {off} of {gap.size} "
        f"sectors, most in {name}: {sold[worst]:,.3f} against {other[worst]:,.3f}; totals "
        f"{sold.sum():,.3f} and {other.sum():,.3f}; {advice}",
    )


def _no_value_added(accounts: Accounts, added: Floats) -> Finding | None:
    low = np.argwhere((added < 0) & (accounts.gross_output > 0))
    if not len(low):
        return None
    names = [f"{accounts.economy.labels[i]} {accounts.sector.labels[k]}" for i, k in low[:SHOWN]]
    return _warning(
        "negative-value-added",
        f"value added must not be negative, got {len(low)} sectors below zero "
        f"({_listed(names, len(low))}); merge them with a neighbour, or take subsidies out",
    )


def _listed(names: list[str], count: int | None = None) -> str:
    count = len(names) if count is None else count
    shown = ", ".join(names[:SHOWN])
    return shown if count <= SHOWN else f"{shown} and {count - SHOWN} more"
