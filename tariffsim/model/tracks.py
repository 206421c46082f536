"""Draws on paths: which path each draw of a track lies on, a block at a time; arrays only.

A track is all draws of a branch, each on the path that was drawn for it. Draw i lies on the path of
sample i modulo the number of samples, so that a block of draws, or another number of them, meets
the same paths.
"""

from collections.abc import Iterator

import numpy as np

from tariffsim.arrays import Floats, Ints


def paths_of_draws(members: Ints, draws: slice) -> Ints:
    """Find the path of each draw.

    Parameters
    ----------
    members : (sample,), int
        Path of each sample of a track.
    draws : slice
        From the first to the last draw wanted.

    Returns
    -------
    (draw,), int

    Examples
    --------
    >>> import numpy as np
    >>> paths_of_draws(np.array([4, 0]), slice(1, 4))
    array([0, 4, 0])
    """
    found: Ints = members[np.arange(draws.start, draws.stop) % len(members)]
    return found


def by_draw(values: Floats, tracks: Ints | None, draws: int) -> Floats:
    """Give each draw the value of its path.

    Parameters
    ----------
    values : (path,), any unit
    tracks : (track, sample), int, or None
        Path of each sample; None where each path is a track.
    draws : int
        How many.

    Returns
    -------
    (track, draw), or (track, 1) where each track is one path

    Examples
    --------
    >>> import numpy as np
    >>> by_draw(np.array([30.0, 54.0]), np.array([[1, 0]]), 3)
    array([[54., 30., 54.]])
    """
    if tracks is None:
        return values[:, None]
    return np.stack([values[paths_of_draws(members, slice(0, draws))] for members in tracks])


def tracked_weights(
    weights: Floats, members: Ints, draws: int, block: int
) -> Iterator[tuple[slice, Floats]]:
    """Give the weights along a track.

    Parameters
    ----------
    weights : (path, month, regime), fraction
        Share of the month's days under each regime.
    members : (sample,), int
        Path of each sample of the track.
    draws : int
        How many.
    block : int
        Draws at a time, where they lie on different paths.

    Yields
    ------
    draws : slice
        Which draws.
    weights : (month, regime) or (month, regime, draw), fraction
        One set for all draws where they are on one path.
    """
    if (members == members[0]).all():
        yield slice(0, draws), weights[members[0]]
        return
    for start in range(0, draws, block):
        chosen = slice(start, min(start + block, draws))
        gathered = weights[paths_of_draws(members, chosen)]
        yield chosen, np.ascontiguousarray(gathered.transpose(1, 2, 0))
