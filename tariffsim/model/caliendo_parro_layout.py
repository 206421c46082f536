"""The layout of accounts and shocks for the sweep of the world model; knows no equation of it.

Traded products come first and their axis leads, so that a product over pairs of economies is one
run of small matrices, and draws come in blocks small enough to stay in the processor's cache.
"""

from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats, Ints
from tariffsim.model.world_accounts import WorldAccounts, WorldShock

BLOCK_BYTES = 2.5e6

# What aims a step, but enters no residual, is kept in single precision: half the memory to read.
Steps = npt.NDArray[np.float32]


@attrs.frozen(kw_only=True, eq=False)
class Bench:
    """The accounts laid out for the sweep, traded products first."""

    order: Ints  # (product,), the product of the accounts at each place
    out: slice | Ints  # where the traded products are in the accounts
    traded: int  # how many come first that some pair trades
    share: Floats  # (traded, importer, exporter)
    power: Floats  # (traded, importer, exporter), one plus the benchmark rate
    bought: Floats  # (traded, importer), sum of the shares; one where nothing is bought
    nothing: Floats  # (traded, importer, 1), one where nothing is bought, else zero
    inputs: Floats  # (economy, used, using)
    added: Floats  # (economy, product)
    final: Floats  # (economy, product)
    labour: Floats  # (economy,)
    spent: Floats  # (economy, product)
    scale: Floats  # (economy, 1), about total expenditure
    home_power: Floats  # (economy, product), one plus the benchmark rate on own goods
    deficit: Floats  # (economy,)


@attrs.frozen(kw_only=True, eq=False)
class Block:
    """Some draws of a shock, laid out for the sweep."""

    bench: Bench
    elasticity: Floats  # (draw, product)
    gross: Floats  # (draw, traded, importer, exporter), share x change in cost ^ -elasticity
    net: Floats  # (draw, traded, importer, exporter), the same before duty
    home_cost: Floats  # (draw or 1, economy, untraded), log change of the cost of own goods
    home_power: Floats  # (draw or 1, economy, product), one plus the new rate on own goods
    home_duty: Floats | None  # (draw or 1, economy, untraded), duty in what is spent, if any
    deficit: Floats  # (draw, economy)


def arrange(accounts: WorldAccounts) -> Bench:
    """Lay the accounts out, traded products first."""
    a, here = accounts, np.arange(len(accounts.labour_income))
    own = a.trade_share[here, here]
    pairs = np.count_nonzero(a.trade_share, axis=(0, 1)) > np.count_nonzero(own, axis=0)
    order, traded = np.argsort(~pairs, kind="stable"), int(pairs.sum())
    as_is = bool((np.diff(order) > 0).all())
    # A slice where it will do: picking by number makes one copy more.
    out = slice(0, traded) if as_is else order[:traded]
    share = _by_product(a.trade_share, out)
    power = _by_product(a.applied_rate, out)
    power += 1.0
    inputs = a.input_share if as_is else a.input_share[:, order[:, None], order]
    bought = share @ np.ones((len(here), 1))
    nothing = np.where(bought == 0.0, 1.0, 0.0)
    return Bench(
        order=order,
        out=out,
        traded=traded,
        share=share,
        power=power,
        bought=(bought + nothing)[:, :, 0],
        nothing=nothing,
        inputs=inputs,
        added=a.value_added_share[:, order],
        final=a.final_share[:, order],
        labour=a.labour_income,
        spent=a.expenditure[:, order],
        # A power of two, so that expenditure comes back from the state to the last digit.
        scale=np.exp2(np.round(np.log2(a.expenditure.sum(axis=1, keepdims=True)))),
        home_power=1.0 + a.applied_rate[here, here][:, order],
        deficit=a.deficit,
    )


def _by_product(values: Floats, out: slice | Ints) -> Floats:
    """Return (..., importer, exporter, product) with the products that are traded first."""
    axes = (*range(values.ndim - 3), values.ndim - 1, values.ndim - 3, values.ndim - 2)
    return np.array(values[..., out].transpose(axes), order="C")


def across(rows: Floats, matrices: Floats | Steps) -> Floats:
    """Multiply (..., economy, product) by one matrix an economy, all draws in one product each.

    Matrices of single precision give a result of single precision.
    """
    kind = matrices.dtype
    rows = rows.astype(kind, copy=False)
    if rows.ndim == 2:
        only: Floats = (rows[:, None, :] @ matrices)[:, 0]
        return only
    out: Floats = np.empty(rows.shape, dtype=kind)
    np.matmul(rows.transpose(1, 0, 2), matrices, out=out.transpose(1, 0, 2))
    return out


def blocks(bench: Bench, shape: tuple[int, ...]) -> Iterator[tuple[Ints, ...]]:
    """Cut the axes of the draws into runs whose arrays over pairs stay in cache."""
    total = int(np.prod(shape, dtype=np.int64))
    size = max(1, int(BLOCK_BYTES / max(1, bench.share.nbytes)))
    for first in range(0, total, size):
        numbers = np.arange(first, min(first + size, total))
        yield tuple(np.unravel_index(numbers, shape)) if shape else (numbers,)


def load(bench: Bench, shock: WorldShock, draws: tuple[Ints, ...], *, part: float = 1.0) -> Block:
    """Lay some draws of a shock out, or `part` of the way from the benchmark to it.

    Parameters
    ----------
    bench : Bench
        The accounts, laid out.
    shock : WorldShock
        With its deficit as an array; leading axes may broadcast.
    draws : tuple of (draw,) integers
        Indices into the axes of the draws, one array an axis.
    part : float
        Fraction of the logarithmic change in powers and iceberg costs, and of that in deficits.
    """
    here, first = np.arange(len(bench.labour)), bench.traded
    elasticity = _take(shock.trade_elasticity, draws, 1)[:, bench.order]
    rate = _take(shock.applied_rate, draws, 3)
    power, dearer = _change(_by_product(rate, bench.out), bench.power, part)
    own, home = _change(rate[:, here, here][..., bench.order], bench.home_power, part)
    if shock.iceberg_change.size > 1 or shock.iceberg_change.item() != 1.0:
        iceberg = part * np.log(_take(shock.iceberg_change, draws, 3))
        iceberg = np.broadcast_to(iceberg, (len(iceberg), *rate.shape[1:]))
        dearer = dearer + _by_product(iceberg, bench.out)
        home = home + iceberg[:, here, here][..., bench.order]
    theta = elasticity[:, :first, None, None]
    # Arrays over pairs are filled in place where they can be: fresh memory costs more than sums.
    gross = np.multiply(dearer, -theta, out=dearer if len(dearer) >= len(theta) else None)
    np.exp(gross, out=gross)
    gross *= bench.share
    net = np.divide(gross, power, out=power if power.shape == gross.shape else None)
    duty = 1.0 - 1.0 / own[..., first:]
    deficit = _take(np.asarray(shock.deficit), draws, 1)
    return Block(
        bench=bench,
        elasticity=elasticity,
        gross=gross,
        net=net,
        home_cost=home[..., first:],
        home_power=own,
        home_duty=duty if duty.any() else None,
        deficit=bench.deficit + part * (deficit - bench.deficit),
    )


def _change(rate: Floats, before: Floats, part: float) -> tuple[Floats, Floats]:
    """Turn a rate into one plus it, and return that and its log change, or part of the way."""
    power = np.add(rate, 1.0, out=rate)
    change = power / before
    np.log(change, out=change)
    if part == 1.0:
        return power, change
    change *= part
    return before * np.exp(change), change


def _take(values: Floats, draws: tuple[Ints, ...], tail: int) -> Floats:
    """Pick draws of an array whose leading axes may be fewer or shorter than the batch's."""
    lead = values.shape[: values.ndim - tail]
    if not any(size > 1 for size in lead):
        return values.reshape((1, *values.shape[values.ndim - tail :]))
    mine = draws[len(draws) - len(lead) :]
    picked: Floats = values[tuple(k if n > 1 else 0 * k for k, n in zip(mine, lead, strict=True))]
    return picked
