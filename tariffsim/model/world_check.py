"""Whether accounts and shocks of the world model can be used; mends nothing."""

import attrs
import numpy as np

from tariffsim.errors import InputError
from tariffsim.model.world_accounts import WorldAccounts, WorldShock, account_gaps

# Shares of a published table are rounded; beyond this they are wrong.
ROUNDING = 1e-4


def check(accounts: WorldAccounts, shock: WorldShock) -> tuple[int, ...]:
    """Refuse arrays that cannot be used, every fault at once; return the axes of the draws.

    Raises
    ------
    InputError
        An array has the wrong shape, a value no meaning, or shares do not sum to one.
    """
    faults = _misshapen(accounts)
    if not faults:
        batch, faults = _draw_axes(accounts, shock)
        faults = faults or [text for bad, text in _meaningless(accounts, shock) if bad]
    if faults:
        raise InputError("the world model cannot use its inputs: " + "; ".join(faults))
    return batch


def _misshapen(accounts: WorldAccounts) -> list[str]:
    if accounts.expenditure.ndim != 2:
        return [f"expenditure must have axes economy, product, got {accounts.expenditure.shape}"]
    economies, products = accounts.expenditure.shape
    wanted: dict[str, tuple[int, ...]] = {
        "trade_share": (economies, economies, products),
        "applied_rate": (economies, economies, products),
        "input_share": (economies, products, products),
        "value_added_share": (economies, products),
        "final_share": (economies, products),
        "labour_income": (economies,),
        "deficit": (economies,),
    }
    return [
        f"{name} must have shape {shape}, got {getattr(accounts, name).shape}"
        for name, shape in wanted.items()
        if getattr(accounts, name).shape != shape
    ]


def _draw_axes(accounts: WorldAccounts, shock: WorldShock) -> tuple[tuple[int, ...], list[str]]:
    cell = accounts.trade_share.shape
    batch: tuple[int, ...] = ()
    faults: list[str] = []
    tails = {"applied_rate": cell, "iceberg_change": cell, "trade_elasticity": cell[-1:]}
    if not isinstance(shock.deficit, str):
        tails["deficit"] = cell[:1]
    for name, tail in tails.items():
        shape = getattr(shock, name).shape
        try:
            if np.broadcast_shapes(shape[-len(tail) :], tail) != tail or len(shape) < len(tail):
                raise ValueError
            batch = np.broadcast_shapes(batch, shape[: -len(tail)])
        except ValueError:
            faults.append(f"{name} of the shock must be draws then {tail}, got {shape}")
    return batch, faults


def _meaningless(accounts: WorldAccounts, shock: WorldShock) -> list[tuple[bool, str]]:
    a, s = accounts, shock
    arrays = (*attrs.astuple(a, recurse=False), s.trade_elasticity, s.applied_rate)
    with np.errstate(all="ignore"):
        gaps = account_gaps(a)
    deficit = a.deficit if isinstance(s.deficit, str) else s.deficit
    scale = ROUNDING * np.abs(a.labour_income).sum()
    bad_word = isinstance(s.deficit, str) and s.deficit not in ("held", "removed")
    return [
        (not all(np.isfinite(x).all() for x in arrays), "every value must be finite"),
        (bool((a.trade_share < 0).any()), "trade_share must not be negative"),
        (bool((a.expenditure < 0).any()), "expenditure must not be negative"),
        (bool((a.labour_income <= 0).any()), "labour_income must be positive"),
        (bool((a.value_added_share < 0).any()), "value_added_share must not be negative"),
        (bool((a.applied_rate <= -1).any()), "applied_rate must be above -100%"),
        (bool((s.applied_rate <= -1).any()), "applied_rate of the shock must be above -100%"),
        (not (s.iceberg_change > 0).all(), "iceberg_change must be positive"),
        (bool((s.trade_elasticity <= 0).any()), "trade_elasticity must be positive"),
        (gaps.trade_shares > ROUNDING, f"trade_share sums to one less {gaps.trade_shares:.3g}"),
        (
            gaps.cost_shares > ROUNDING,
            f"input and value-added shares miss one by {gaps.cost_shares:.3g}",
        ),
        (gaps.final_shares > ROUNDING, f"final_share misses one by {gaps.final_shares:.3g}"),
        (
            bool((np.abs(deficit.sum(axis=-1)) > scale).any()),
            "deficits must sum to zero over the world",
        ),
        (bad_word, f"deficit must be held, removed or an array, got {s.deficit!r}"),
    ]
