"""Quantiles of samples that count differently, without pooling them; knows no branch.

A fan over branches asks for a few places in tens of thousands of draws, month by month. Every
sample is sorted already, so a coarse grid of each says between which draws a place must lie, and
only those are put in order.
"""

from collections.abc import Sequence

import numpy as np

from tariffsim.arrays import Floats, Ints

STEP = 32
"""Draws that one point of the coarse grid stands for."""

MOST = 1 << 18
"""Draws put in order at a time."""

ALMOST = 1.0 - 1e-12
"""What is meant to be reached may be missed by rounding alone."""


def mixed_quantiles(
    parts: Sequence[Floats],
    weights: Sequence[float],
    quantiles: Sequence[float],
    *,
    most: int = MOST,
) -> Floats:
    r"""Give the quantiles of a mixture of samples.

    Parameters
    ----------
    parts : sequence of (period, draw)
        Each sample, its draws sorted; as many draws in each.
    weights : sequence of float
        What each sample counts for; its draws share it equally.
    quantiles : sequence of float
        Between 0 and 1.
    most : int
        Draws put in order at a time; changes no number.

    Returns
    -------
    (quantile, period)

    Notes
    -----
    With x the value of draw i of n in sample b, and p its weight, no draw being made up,

    .. math::

        x_q = \min\{x : \sum_b \frac{p_b}{n} \#\{i : x_{bi} \le x\} \ge q \sum_b p_b\}

    Examples
    --------
    >>> import numpy as np
    >>> mixed_quantiles([np.array([[1.0, 2.0]]), np.array([[5.0, 9.0]])], [0.75, 0.25], [0.5, 0.8])
    array([[2.],
           [5.]])
    """
    share = np.array(weights) / parts[0].shape[1]
    targets = np.array(quantiles) * (sum(weights) * ALMOST)
    first, end = _between(parts, share, targets)
    longest = int((end - first).sum(axis=0).max())
    at_once = max(most // (longest * len(targets)), 1)
    found = np.empty((len(parts[0]), len(targets)))
    for start in range(0, len(found), at_once):
        these = slice(start, start + at_once)
        rows = [part[these] for part in parts]
        found[these] = _reached(rows, share, targets, first[:, these], end[:, these])
    return found.T


def _between(parts: Sequence[Floats], share: Floats, targets: Floats) -> tuple[Ints, Ints]:
    """Give between which draws each target lies: the first, and the one after the last.

    Each is (sample, period, target).
    """
    periods, draws = parts[0].shape
    grid = np.concatenate([part[:, STEP - 1 :: STEP] for part in parts], axis=1)
    owner = np.argsort(grid, axis=1, kind="stable") // max(draws // STEP, 1)
    passed = np.zeros((len(parts), periods, grid.shape[1] + 1), dtype=np.int64)
    np.cumsum(owner == np.arange(len(parts))[:, None, None], axis=2, out=passed[:, :, 1:])
    passed *= STEP
    # At a point of the grid at least so much is reached, and less than a step of each beyond it.
    least = (share[:, None, None] * passed).sum(axis=0)[:, None, :]
    within = (STEP - 1) * share.sum()
    below = np.maximum((least < (targets - within)[:, None]).sum(axis=2) - 1, 0)
    above = (least < targets[:, None]).sum(axis=2)
    ends = np.concatenate([passed + STEP, np.full((len(parts), periods, 1), draws)], axis=2)
    first = np.take_along_axis(passed, below[None], axis=2)
    return first, np.minimum(np.take_along_axis(ends, above[None], axis=2), draws)


def _reached(
    rows: Sequence[Floats], share: Floats, targets: Floats, first: Ints, end: Ints
) -> Floats:
    """Find the least value between those draws at which each target is reached; by period."""
    count, shape = end - first, first.shape[1:]
    lengths = count.sum(axis=0)
    pooled = np.full((lengths.size, int(lengths.max())), np.inf)
    counted = np.zeros_like(pooled)
    begin = np.cumsum(count, axis=0) - count
    for own, each, lead, many, skip in zip(rows, share, first, count, begin, strict=True):
        line = np.repeat(np.arange(lengths.size), many.ravel())
        within = np.arange(len(line)) - np.repeat(np.cumsum(many) - many.ravel(), many.ravel())
        column = within + skip.ravel()[line]
        pooled[line, column] = own[line // shape[1], within + lead.ravel()[line]]
        counted[line, column] = each
    order = np.argsort(pooled, axis=1, kind="stable")
    start = (share[:, None, None] * first).sum(axis=0).reshape(-1, 1)
    reached = start + np.cumsum(np.take_along_axis(counted, order, axis=1), axis=1)
    wanted = np.tile(targets, shape[0])[:, None]
    least = np.minimum((reached < wanted).sum(axis=1), lengths.ravel() - 1)
    found: Floats = pooled[np.arange(lengths.size), order[np.arange(lengths.size), least]]
    return found.reshape(shape)
