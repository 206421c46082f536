"""Share of a metric's variance that goes with one input, from draws already made; no model run.

Knows arrays only: sorted places of the inputs' draws, and values of metrics.
"""

import math
from statistics import NormalDist

import numpy as np

from tariffsim.arrays import Floats, Ints

FEWEST_A_BIN = 16
MOST_BINS = 32


def bins_of(count: int) -> int:
    """Choose how many bins of equal size to cut draws into.

    Examples
    --------
    >>> bins_of(8192), bins_of(64), bins_of(2)
    (32, 4, 1)
    """
    return max(min(MOST_BINS, count // FEWEST_A_BIN), 1)


def variance_shares(order: Ints, values: Floats) -> Floats:
    """Estimate first-order variance shares from given draws.

    Parameters
    ----------
    order : (input, draw), int
        Places that sort each input's draws.
    values : (metric, draw)
        What the inputs moved.

    Returns
    -------
    (metric, input), fraction
        Zero where a metric does not vary.

    Notes
    -----
    Draws are cut along one input into B bins of equal size. With eta the share of the variance
    that lies between the means of the bins, an input without any effect still shows (B-1)/(n-1)
    on average; the estimate takes that off: max(0, 1 - (1 - eta) (n - 1) / (n - B)).

    References
    ----------
    Plischke, Borgonovo and Smith (2013), Global sensitivity measures from given data, European
    Journal of Operational Research 226, doi:10.1016/j.ejor.2012.11.047.

    Examples
    --------
    >>> import numpy as np
    >>> x, y = np.repeat(np.arange(64.0), 64), np.tile(np.arange(64.0), 64)
    >>> orders = np.stack([np.argsort(x, kind="stable"), np.argsort(y, kind="stable")])
    >>> variance_shares(orders, np.stack([x + 2.0 * y]))[0].round(2)
    array([0.19, 0.8 ])
    """
    metrics, count = values.shape
    bins = bins_of(count)
    used = count - count % bins
    shares = np.zeros((metrics, len(order)))
    centred = values - values.mean(axis=1, keepdims=True)
    total = (centred**2).sum(axis=1)
    varies = total > np.finfo(float).eps * count * (values**2).max(axis=1, initial=0.0)
    if bins < 2 or not varies.any():
        return shares
    room = np.empty((metrics, used))
    for number, places in enumerate(order):
        means = _taken(centred, places[:used], room).reshape(metrics, bins, -1).mean(axis=2)
        between = (means**2).sum(axis=1) * (used / bins)
        eta = np.divide(between, total, out=np.zeros(metrics), where=varies)
        shares[:, number] = np.maximum(1.0 - (1.0 - eta) * (count - 1) / (count - bins), 0.0)
    shares[~varies] = 0.0
    return shares


def chance_share(count: int, inputs: int) -> float:
    r"""Find the share that chance alone shows in one metric of twenty, in its luckiest input.

    Parameters
    ----------
    count : int
        Draws.
    inputs : int
        How many inputs are looked at, of which the largest share is then believed.

    Returns
    -------
    float
        As `variance_shares` gives it; 1 where the draws are too few to tell anything.

    Notes
    -----
    For an input without effect, and a metric whose draws are about normal, eta follows
    :math:`\mathrm{Beta}((B-1)/2, (n-B)/2)`. Its quantile at :math:`1 - 0.05/m` for m inputs
    (Bonferroni) is brought to the scale of the adjusted share. The quantile is that of the normal
    approximation to F, good to a few percent of itself: the metric is about normal at best.

    References
    ----------
    Kenney and Keeping (1951), Mathematics of Statistics, part 2, on the correlation ratio.
    Paulson (1942), An approximate normalization of the analysis of variance distribution, Annals
    of Mathematical Statistics 13(2), doi:10.1214/aoms/1177731608.

    Examples
    --------
    >>> [round(chance_share(draws, 40), 3) for draws in (2, 64, 512, 8192)]
    [1.0, 0.194, 0.058, 0.004]
    """
    bins = bins_of(count)
    if bins < 2 or not inputs:
        return 1.0
    between, within = bins - 1, count - bins
    ratio = _upper_f(1.0 - 0.05 / inputs, between, within)
    eta = between * ratio / (between * ratio + within)
    return max(1.0 - (1.0 - eta) * (count - 1) / within, 0.0)


def _upper_f(probability: float, between: int, within: int) -> float:
    """Give an upper quantile of F with these degrees of freedom, by Paulson's cube roots."""
    z = NormalDist().inv_cdf(probability)
    small, large = 2.0 / (9.0 * between), 2.0 / (9.0 * within)
    a, b = 1.0 - small, 1.0 - large
    spread = z * math.sqrt(a * a * large + b * b * small - z * z * small * large)
    return float(((a * b + spread) / (b * b - z * z * large)) ** 3)


def tail_means(order: Ints, values: Floats) -> Floats:
    """Mean of each metric over the tenth of the draws where an input is lowest, and highest.

    Returns
    -------
    (metric, input, end)
        Low end first.

    Examples
    --------
    >>> import numpy as np
    >>> x = np.arange(10.0)
    >>> tail_means(np.arange(10)[None, :], x[None, :])[0, 0]
    array([0., 9.])
    """
    tenth = max(values.shape[1] // 10, 1)
    found = np.empty((len(values), len(order), 2))
    room = np.empty((len(values), tenth))
    for number, places in enumerate(order):
        for end, chosen in enumerate((places[:tenth], places[-tenth:])):
            found[:, number, end] = _taken(values, chosen, room).mean(axis=1)
    return found


def _taken(values: Floats, places: Ints, room: Floats) -> Floats:
    """Take the same places of every row, in `room`: a fifth of the time of an index of arrays."""
    for row, out in zip(values, room, strict=True):
        np.take(row, places, out=out, mode="clip")
    return room


def between_share(values: Floats, probability: Floats) -> float:
    """Share of the variance over branches and draws that lies between branches.

    Parameters
    ----------
    values : (branch, draw)
        One metric.
    probability : (branch,), fraction
        Weights of the branches.

    Returns
    -------
    float
        Between 0 and 1; 0 where nothing varies.

    Notes
    -----
    The law of total variance: Var(y) = Var(E[y | branch]) + E[Var(y | branch)].

    Examples
    --------
    >>> import numpy as np
    >>> between_share(np.array([[1.0, 1.0], [3.0, 3.0]]), np.array([0.5, 0.5]))
    1.0
    """
    means = values.mean(axis=1)
    overall = float((means * probability).sum())
    between = float((probability * (means - overall) ** 2).sum())
    within = float((probability * values.var(axis=1)).sum())
    return between / (between + within) if between + within > 0.0 else 0.0
