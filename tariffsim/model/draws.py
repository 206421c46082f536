"""Numbers that stand for what is not known: a Sobol sequence and inverse distributions.

Knows no parameter by name. One scrambled sequence serves a whole run, so that branches and
reruns meet the same draws.
"""

import math
from collections.abc import Callable, Mapping
from statistics import NormalDist

import numpy as np
import numpy.typing as npt

from tariffsim import sobol
from tariffsim.arrays import Floats
from tariffsim.errors import InputError

Values = Mapping[str, npt.ArrayLike]

# Bits of a Sobol number; a draw is the middle of its cell of 2 ** -30.
BITS = 30
# The 90th percentile of the standard normal distribution.
NORMAL_90 = 1.2815515655446004


def unit_draws(seed: int, dimension: int, start: int, count: int) -> Floats:
    """Return draws `start` to `start + count` of a scrambled Sobol sequence, (draw, dimension).

    Parameters
    ----------
    seed : int
        Fixes the scrambling, and with it the sequence.
    dimension : int
        Numbers a draw: one for each uncertain parameter.
    start, count : int
        `count` a power of two and `start` a multiple of it: such blocks keep the balance of the
        sequence, and each can be computed by itself.

    Returns
    -------
    (count, dimension), open unit interval
        The same whichever blocks the sequence is taken in.

    Raises
    ------
    InputError
        Where the block is not aligned, or there are more dimensions than the sequence has.

    References
    ----------
    Owen, A. B. (2020), On dropping the first Sobol' point. https://arxiv.org/abs/2008.08051

    Examples
    --------
    >>> whole = unit_draws(7, 3, 0, 8)
    >>> bool((unit_draws(7, 3, 4, 4) == whole[4:]).all())
    True
    """
    if count < 1 or count & (count - 1):
        raise InputError(f"count of draws must be a power of two, got {count}; 8192 is usual")
    if start < 0 or start % count:
        raise InputError(f"start of draws must be a multiple of {count}, got {start}")
    if not 1 <= dimension <= sobol.DIMENSIONS:
        raise InputError(f"dimension must be from 1 to {sobol.DIMENSIONS}, got {dimension}")
    words = sobol.scrambled_words(seed, dimension, start, count, bits=BITS)
    # A scrambled number may be 0 exactly, which has no normal quantile; the cell's middle has.
    return np.asarray((words + 0.5) * 0.5**BITS)


def quantile(kind: str, values: Values, unit: Floats) -> Floats:
    """Return the quantiles of a distribution at `unit`.

    Parameters
    ----------
    kind : {'fixed', 'uniform', 'triangular', 'lognormal', 'truncated-normal', 'beta'}
    values : mapping of str to number or array
        What describes it, by kind:

        - fixed: ``value``
        - uniform: ``low, high``
        - triangular: ``low, mode, high``
        - lognormal: ``median, sd`` (sd of the logarithm), or ``low, high`` (10th and 90th
          percentile, the median their geometric mean), or ``median, low, high``, where either
          side has its own spread so that all three are met
        - truncated-normal: ``mean, sd`` of the normal, cut at ``low, high``
        - beta: ``a, b``, on ``low, high`` if given, else the unit interval; or ``low, mode,
          high`` for the beta of project planning (PERT), with a + b = 6
    unit : array_like, open unit interval

    Returns
    -------
    ndarray
        Of the shape `unit` and the values broadcast to.

    Raises
    ------
    InputError
        Where the kind is unknown, a value is missing or superfluous, or contradicts another.

    Examples
    --------
    >>> import numpy as np
    >>> quantile("triangular", {"low": 0.0, "mode": 1.0, "high": 2.0}, np.array([0.125, 0.5]))
    array([0.5, 1. ])
    """
    if kind not in _KINDS:
        raise InputError(f"distribution must be one of {', '.join(_KINDS)}, got {kind!r}")
    spellings, law = _KINDS[kind]
    if set(values) not in [set(names) for names in spellings]:
        ways = " or ".join(", ".join(names) for names in spellings)
        raise InputError(f"{kind} must be given {ways}, got {', '.join(sorted(values)) or 'none'}")
    arrays = {name: np.asarray(value, dtype=np.float64) for name, value in values.items()}
    for name, array in arrays.items():
        _require(np.isfinite(array), f"{kind}: {name} must be finite")
    return law(arrays, np.asarray(unit, dtype=np.float64))


def _fixed(values: dict[str, Floats], unit: Floats) -> Floats:
    return np.broadcast_to(values["value"], np.broadcast_shapes(values["value"].shape, unit.shape))


def _uniform(values: dict[str, Floats], unit: Floats) -> Floats:
    low, high = values["low"], values["high"]
    _require(low <= high, "uniform: low must not exceed high")
    return np.asarray(low + (high - low) * unit)


def _triangular(values: dict[str, Floats], unit: Floats) -> Floats:
    low, mode, high = values["low"], values["mode"], values["high"]
    _require((low <= mode) & (mode <= high) & (low < high), "triangular: low <= mode <= high")
    width = high - low
    rising = low + np.sqrt(unit * width * (mode - low))
    falling = high - np.sqrt((1.0 - unit) * width * (high - mode))
    return np.where(unit * width <= mode - low, rising, falling)


def _lognormal(values: dict[str, Floats], unit: Floats) -> Floats:
    score = _normal_quantile(unit)
    if "sd" in values:
        centre, spread = values["median"], values["sd"]
        _require((centre > 0) & (spread >= 0), "lognormal: median above zero, sd zero or above")
        return np.asarray(centre * np.exp(spread * score))
    low, high = values["low"], values["high"]
    _require((low > 0) & (low <= high), "lognormal: 0 < low <= high")
    centre = values.get("median", np.sqrt(low * high))
    _require((low <= centre) & (centre <= high), "lognormal: low <= median <= high")
    # A side each, so that all three percentiles are met; one spread where they are symmetric.
    side = np.where(score < 0, centre / low, high / centre)
    return np.asarray(centre * side ** (score / NORMAL_90))


def _truncated_normal(values: dict[str, Floats], unit: Floats) -> Floats:
    mean, sd, low, high = (values[name] for name in ("mean", "sd", "low", "high"))
    _require(sd > 0, "truncated-normal: sd must be above zero")
    _require(low < high, "truncated-normal: low must be below high")
    # A range above the mean is drawn mirrored: probabilities keep their digits near 0, not 1.
    flip = low > mean
    a, b = (low - mean) / sd, (high - mean) / sd
    near, far = (_normal_probability(np.where(flip, -c, d)) for c, d in ((b, a), (a, b)))
    score = _normal_quantile(near + (far - near) * np.where(flip, 1.0 - unit, unit))
    drawn = mean + sd * np.where(flip, -score, score)
    return np.asarray(np.clip(drawn, low, high), dtype=np.float64)


def _beta(values: dict[str, Floats], unit: Floats) -> Floats:
    from scipy.special import betaincinv  # noqa: PLC0415 - imported by those who draw

    zero, one = np.zeros(()), np.ones(())
    low, high = values.get("low", zero), values.get("high", one)
    _require(low < high, "beta: low must be below high")
    if "mode" in values:
        mode = values["mode"]
        _require((low <= mode) & (mode <= high), "beta: low <= mode <= high")
        a, b = (1.0 + 4.0 * part / (high - low) for part in (mode - low, high - mode))
    else:
        a, b = values["a"], values["b"]
        _require((a > 0) & (b > 0), "beta: a and b must be above zero")
    share = np.asarray(betaincinv(a, b, unit), dtype=np.float64)
    return np.asarray(low + (high - low) * share)


# The standard library's normal distribution is as exact as SciPy's, and on a few thousand draws its
# scalar functions take less time than the import of scipy.special.
def _normal_quantile(probability: Floats) -> Floats:
    """Give the standard normal quantile; minus infinity at 0, infinity at 1."""
    inverse = NormalDist().inv_cdf
    scores = (
        inverse(p) if 0.0 < p < 1.0 else math.copysign(math.inf, p - 0.5)
        for p in probability.ravel().tolist()
    )
    return np.fromiter(scores, np.float64, probability.size).reshape(probability.shape)


def _normal_probability(score: Floats) -> Floats:
    """Give the standard normal distribution function, exact in its lower tail."""
    tails = (0.5 * math.erfc(-x / math.sqrt(2.0)) for x in score.ravel().tolist())
    return np.fromiter(tails, np.float64, score.size).reshape(score.shape)


def _require(holds: npt.NDArray[np.bool_], rule: str) -> None:
    if not np.all(holds):
        raise InputError(f"{rule}; correct the distribution")


_KINDS: dict[
    str, tuple[tuple[tuple[str, ...], ...], Callable[[dict[str, Floats], Floats], Floats]]
] = {
    "fixed": ((("value",),), _fixed),
    "uniform": ((("low", "high"),), _uniform),
    "triangular": ((("low", "mode", "high"),), _triangular),
    "lognormal": ((("median", "sd"), ("low", "high"), ("median", "low", "high")), _lognormal),
    "truncated-normal": ((("mean", "sd", "low", "high"),), _truncated_normal),
    "beta": ((("a", "b"), ("a", "b", "low", "high"), ("low", "mode", "high")), _beta),
}
