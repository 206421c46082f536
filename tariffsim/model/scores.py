"""How good a forecast was: pinball loss, CRPS, coverage and PIT from draws; knows arrays only.

Draws stand on the first axis. Weights let one forecast be a mixture, such as branches by their
probabilities. All losses are in the unit of what is forecast, and less is better.
"""

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Floats
from tariffsim.errors import InputError


def pinball(quantile: npt.ArrayLike, level: npt.ArrayLike, actual: npt.ArrayLike) -> Floats:
    r"""Return the pinball loss of a quantile.

    Parameters
    ----------
    quantile : array_like
        The forecast quantile.
    level : array_like in (0, 1)
        Which quantile it is.
    actual : array_like
        What came.

    Returns
    -------
    ndarray
        Of the shape all broadcast to.

    Notes
    -----
    With q the quantile at level a, and y what came,

    .. math:: L_a(q, y) = (1\{y < q\} - a)(q - y)

    Its mean is least where q is the true quantile.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007), Strictly proper scoring rules, prediction, and
    estimation. https://doi.org/10.1198/016214506000001437

    Examples
    --------
    >>> pinball([10.0, 10.0], 0.9, [12.0, 8.0]).round(2)
    array([1.8, 0.2])
    """
    q, a, y = (np.asarray(values, dtype=np.float64) for values in (quantile, level, actual))
    if not ((a > 0) & (a < 1)).all():
        raise InputError(f"level must lie between 0 and 1, got {a}")
    return np.asarray(((y < q) - a) * (q - y))


def crps(draws: Floats, actual: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Floats:
    r"""Return the continuous ranked probability score of draws, exactly.

    Parameters
    ----------
    draws : (draw, ...)
        The forecast.
    actual : (...)
        What came.
    weights : (draw,), optional
        Zero or more; equal by default.

    Returns
    -------
    (...)
        For one draw, the absolute error.

    Raises
    ------
    InputError
        Weights are negative or all zero, or their number is not that of the draws.

    Notes
    -----
    Of the distribution F that puts weight w on each draw x,

    .. math::

        \int (F(z) - 1\{y \le z\})^2 dz
        = \sum_i w_i |x_i - y| - \tfrac12 \sum_{i,j} w_i w_j |x_i - x_j|

    Where draws are sorted and W sums the weights up to each, the double sum is
    :math:`\sum_i w_i x_i (2 W_i - w_i - 1)`. It is the score of the draws as a forecast in
    themselves; of ever more draws it tends to the score of what they are drawn from.

    References
    ----------
    Gneiting, T. and Raftery, A. E. (2007), Strictly proper scoring rules, prediction, and
    estimation. https://doi.org/10.1198/016214506000001437

    Examples
    --------
    >>> import numpy as np
    >>> float(crps(np.array([1.0, 3.0]), 2.0)), float(crps(np.array([2.5]), 2.0))
    (0.5, 0.5)
    """
    x, y = np.asarray(draws, dtype=np.float64), np.asarray(actual, dtype=np.float64)
    ranked, w = _ranked(x, weights)
    # What all draws have in common takes no part in their spread, and would cost it digits.
    centred = ranked - ranked[:1]
    spread = (w * centred * (2.0 * np.cumsum(w, axis=0) - w - 1.0)).sum(axis=0)
    return np.asarray((w * np.abs(ranked - y)).sum(axis=0) - spread)


def covered(low: npt.ArrayLike, high: npt.ArrayLike, actual: npt.ArrayLike) -> Bools:
    """Return whether what came lies in an interval, ends included.

    Examples
    --------
    >>> covered(1.0, 2.0, [0.5, 1.0, 2.0, 2.5]).tolist()
    [False, True, True, False]
    """
    y = np.asarray(actual, dtype=np.float64)
    return np.asarray((np.asarray(low) <= y) & (y <= np.asarray(high)))


def pit(draws: Floats, actual: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Floats:
    """Return where what came stands in the forecast: the probability integral transform.

    Parameters
    ----------
    draws : (draw, ...)
        The forecast.
    actual : (...)
        What came.
    weights : (draw,), optional
        Zero or more; equal by default.

    Returns
    -------
    (...), in [0, 1]
        Weight below, and half of the weight on it. Evenly spread over many forecasts where they
        are calibrated.

    References
    ----------
    Gneiting, T., Balabdaoui, F. and Raftery, A. E. (2007), Probabilistic forecasts, calibration
    and sharpness. https://doi.org/10.1111/j.1467-9868.2007.00587.x

    Examples
    --------
    >>> import numpy as np
    >>> pit(np.array([1.0, 2.0, 3.0, 4.0]), [0.0, 2.0, 9.0]).tolist()
    [0.0, 0.375, 1.0]
    """
    y = np.asarray(actual, dtype=np.float64)
    x = np.asarray(draws, dtype=np.float64)
    if x.ndim < y.ndim + 1:
        x = x.reshape(x.shape + (1,) * (y.ndim + 1 - x.ndim))
    w = _weights(x, weights)
    return np.asarray((w * (x < y)).sum(axis=0) + 0.5 * (w * (x == y)).sum(axis=0))


def quantiles(draws: Floats, levels: npt.ArrayLike, weights: npt.ArrayLike | None = None) -> Floats:
    """Return quantiles of weighted draws: the least draw with so much weight up to it.

    Parameters
    ----------
    draws : (draw, ...)
        The forecast.
    levels : (level,) in (0, 1)
        Which quantiles.
    weights : (draw,), optional
        Zero or more; equal by default.

    Returns
    -------
    (level, ...)

    Examples
    --------
    >>> import numpy as np
    >>> quantiles(np.array([1.0, 2.0, 3.0]), [0.1, 0.5, 0.9], [8.0, 1.0, 1.0]).tolist()
    [1.0, 1.0, 2.0]
    """
    x = np.asarray(draws, dtype=np.float64)
    ranked, w = _ranked(x, weights)
    upto = np.cumsum(w, axis=0)
    found = []
    for level in np.atleast_1d(np.asarray(levels, dtype=np.float64)):
        # Rounding in the sum of weights must not push a quantile to the next draw.
        place = np.minimum((upto < level - 1e-12).sum(axis=0), len(x) - 1)
        found.append(np.take_along_axis(ranked, place[None], axis=0)[0])
    return np.stack(found)


def _ranked(draws: Floats, weights: npt.ArrayLike | None) -> tuple[Floats, Floats]:
    """Sort draws, and give each the weight that it came with."""
    order = np.argsort(draws, axis=0, kind="stable")
    shaped = np.broadcast_to(_weights(draws, weights), draws.shape)
    return np.take_along_axis(draws, order, axis=0), np.take_along_axis(shaped, order, axis=0)


def _weights(draws: Floats, weights: npt.ArrayLike | None) -> Floats:
    """Give weights that sum to one, shaped to stand before the other axes of draws."""
    count = len(draws)
    given = np.ones(count) if weights is None else np.asarray(weights, dtype=np.float64)
    if given.shape != (count,) or not (given >= 0).all() or not given.sum() > 0:
        raise InputError(
            f"weights must be {count} numbers of zero or more, not all zero, got shape "
            f"{given.shape}"
        )
    shaped: Floats = (given / given.sum()).reshape(-1, *(1,) * (draws.ndim - 1))
    return shaped
