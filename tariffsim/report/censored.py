"""What of a band is only a bound: draws in which a day had not come by the end of the run.

Such a draw counts as the length of the run. A quantile that lies among such draws, or a mean over
them, is then a least or a most. Knows values; knows no word and no branch.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats

Bound = Literal["", "at-least", "at-most", "unknown"]
NEVER = 1e18
"""Days after which a day may still come, for all that a run can tell."""
Quantiles = Callable[[Sequence[Floats]], Floats]
"""From values, path by path, to the quantiles of a band."""


@attrs.frozen(kw_only=True)
class Censored:
    """What of a band is only a bound.

    Parameters
    ----------
    share : float
        Of the draws: those with no day by the end; of a difference, those with none on one side.
    band : tuple of Bound
        One a quantile; empty where it is no bound.
    mean : Bound
        Of the mean.
    """

    share: float
    band: tuple[Bound, ...]
    mean: Bound


@attrs.frozen(kw_only=True, eq=False)
class Ends:
    """The least and the most that each draw may be.

    Parameters
    ----------
    least, most : (draw, period)
    """

    least: Floats
    most: Floats


def level_ends(values: Floats, end: float) -> Ends:
    """Give what a level may be, where `end` stands for no day by the end."""
    return Ends(least=values, most=np.where(values >= end, NEVER, values))


def difference_ends(values: Floats, base: Floats, end: float) -> Ends:
    """Give what a difference may be; where neither side has a day, it is none.

    Examples
    --------
    >>> import numpy as np
    >>> ends = difference_ends(np.array([[9.0], [3.0]]), np.array([[5.0], [9.0]]), 9.0)
    >>> ends.least.ravel().tolist(), ends.most.ravel().tolist()
    ([4.0, -1e+18], [1e+18, -6.0])
    """
    own, other, gap = values >= end, base >= end, values - base
    return Ends(least=np.where(other & ~own, -NEVER, gap), most=np.where(own & ~other, NEVER, gap))


def censored(
    band: Floats, ends: Sequence[Ends], weights: Sequence[float], quantiles: Quantiles
) -> Censored:
    """Hold a band against those of the least and of the most that its draws may be.

    Parameters
    ----------
    band : (quantile, 1)
        As told.
    ends : sequence of Ends
        One a path.
    weights : sequence of float
        What each path counts for.
    quantiles : callable
        From values, path by path, to such a band.

    Returns
    -------
    Censored
        A quantile is a bound where it moves with the draws that are open.
    """
    least = quantiles([one.least for one in ends])[:, 0]
    most = quantiles([one.most for one in ends])[:, 0]
    sides = [(one.least == -NEVER, one.most == NEVER) for one in ends]
    open_draws = sum(
        weight * float((below | above).mean())
        for weight, (below, above) in zip(weights, sides, strict=True)
    )
    return Censored(
        share=open_draws / sum(weights),
        band=tuple(map(_bound, least != band[:, 0], most != band[:, 0])),
        mean=_bound(any(below.any() for below, _ in sides), any(up.any() for _, up in sides)),
    )


def _bound(below: object, above: object) -> Bound:
    if below:
        return "unknown" if above else "at-most"
    return "at-least" if above else ""
