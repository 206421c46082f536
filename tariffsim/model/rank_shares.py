"""Which draw drives which answer: rank correlations over draws; knows no name.

Draws of different parameters are independent, so the squares of their rank correlations with an
answer are the shares of its spread, in ranks, that each explains by itself.
"""

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError


def ranks(values: Floats) -> Floats:
    """Return the ranks of values, (draw,), from 0; equal values share the mean of theirs.

    Examples
    --------
    >>> import numpy as np
    >>> ranks(np.array([3.0, 1.0, 3.0, 2.0]))
    array([2.5, 0. , 2.5, 1. ])
    """
    _, which, count = np.unique(values, return_inverse=True, return_counts=True)
    above = np.cumsum(count)
    mean: Floats = (above - (count + 1) / 2.0)[which]
    return mean


def rank_correlations(answer: Floats, drawn: Floats) -> Floats:
    r"""Correlate an answer with each parameter, in ranks.

    Parameters
    ----------
    answer : (draw,)
        One number a draw.
    drawn : (parameter, draw)
        What was drawn.

    Returns
    -------
    (parameter,), -1 to 1
        0 where the answer or the parameter does not vary.

    Raises
    ------
    InputError
        Where the numbers of draws differ.

    Notes
    -----
    Spearman's

    .. math::

        \rho_k = \operatorname{corr}(\operatorname{rank} y, \operatorname{rank} x_k)

    References
    ----------
    Spearman, C. (1904), The proof and measurement of association between two things, *American
    Journal of Psychology* 15(1). https://doi.org/10.2307/1412159

    Examples
    --------
    >>> import numpy as np
    >>> rank_correlations(np.array([1.0, 4.0, 9.0]), np.array([[1.0, 2.0, 3.0], [5.0, 5.0, 5.0]]))
    array([1., 0.])
    """
    if drawn.ndim != 2 or drawn.shape[1] != len(answer):
        raise InputError(
            f"drawn must have one column a draw, got {drawn.shape} for {len(answer)} draws"
        )
    own = _standard(ranks(answer))
    found = [float((own * _standard(ranks(row))).sum()) for row in drawn]
    return np.clip(np.array(found, dtype=np.float64), -1.0, 1.0)


def _standard(values: Floats) -> Floats:
    centred = values - values.mean()
    size = np.sqrt((centred * centred).sum())
    scaled: Floats = centred / size if size > 0 else np.zeros_like(centred)
    return scaled
