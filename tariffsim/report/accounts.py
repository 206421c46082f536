"""A user's accounts in a few lines, and as plain data; checks nothing."""

from typing import Any

import numpy as np

from tariffsim.accounts import Accounts

SHOWN = 8


def account_lines(accounts: Accounts) -> list[str]:
    """Say what a table holds.

    Parameters
    ----------
    accounts : Accounts

    Returns
    -------
    list of str
    """
    data = accounts_data(accounts)
    lines = [
        f"{accounts.name}: layout {accounts.layout}, {len(accounts.economy)} economies "
        f"({_listed(accounts.economy.labels)}), {len(accounts.sector)} sectors "
        f"({_listed(accounts.sector.labels)})",
        f"trade between economies {data['trade']:,.3f}, own trade {data['own_trade']:,.3f} USD "
        "million",
    ]
    if accounts.intermediate is not None:
        lines.append(
            f"sales to industries {data['intermediate']:,.3f}, to final demand "
            f"{data['final']:,.3f} USD million"
        )
    if accounts.value_added is not None:
        lines.append(f"value added {data['value_added']:,.3f} USD million")
    return lines


def accounts_data(accounts: Accounts) -> dict[str, Any]:
    """Give the same as plain data, money in USD million."""
    here = np.arange(len(accounts.economy))
    own = float(accounts.customs_value[here, here].sum())
    parts = {
        "intermediate": accounts.intermediate,
        "final": accounts.final,
        "value_added": accounts.value_added,
        "taxes": accounts.taxes,
    }
    return {
        "name": accounts.name,
        "layout": accounts.layout,
        "digest": accounts.digest,
        "economies": list(accounts.economy.labels),
        "sectors": list(accounts.sector.labels),
        "trade": float(accounts.customs_value.sum()) - own,
        "own_trade": own,
        **{key: None if part is None else float(part.sum()) for key, part in parts.items()},
    }


def _listed(labels: tuple[str, ...]) -> str:
    shown = ", ".join(labels[:SHOWN])
    return shown if len(labels) <= SHOWN else f"{shown}, ..."
