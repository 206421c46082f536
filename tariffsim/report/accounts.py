"""A user's accounts, and a shortage in them, in a few lines; checks and computes nothing."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from tariffsim.accounts import Accounts

SHOWN = 8
WORST = 10


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


def shortage_lines(losses: Sequence[dict[str, Any]]) -> list[str]:
    """Put the industries that lose most in a table: medians, with the range in brackets.

    Parameters
    ----------
    losses : sequence of dict
        Plain data of each industry, the worst first; quantiles low, middle, high.

    Returns
    -------
    list of str
    """
    lines = [
        f"{'industry':<24}{'value added lost':>30}{'least output':>24}{'recovers in':>20}  held by",
        f"{'':<24}{'USD million':>30}{'% of normal':>24}{'days after':>20}",
    ]
    for loss in losses[:WORST]:
        name = f"{loss['economy']}/{loss['sector']}"
        lost = _range(loss["value_added_lost"], "{:,.0f}")
        least = _range([100 * value for value in loss["least_output"]], "{:.0f}")
        back = _range(loss["days_to_recover"], "{:.0f}")
        lines.append(f"{name:<24}{lost:>30}{least:>24}{back:>20}  {loss['limiting_input'] or '-'}")
    added = sum(loss["value_added_lost"][1] for loss in losses)
    unmet = sum(loss["unmet_final"][1] for loss in losses)
    lines.append(
        f"all industries, medians added: value added lost {added:,.0f}, final demand unmet "
        f"{unmet:,.0f} USD million"
    )
    return lines


def _range(values: Sequence[float | None], form: str) -> str:
    low, middle, high = (_told(value, form) for value in values)
    return middle if low == high else f"{middle} [{low}, {high}]"


def _told(value: float | None, form: str) -> str:
    text = "never" if value is None else form.format(value)
    return "0" if text == "-0" else text


def _listed(labels: tuple[str, ...]) -> str:
    shown = ", ".join(labels[:SHOWN])
    return shown if len(labels) <= SHOWN else f"{shown}, ..."
