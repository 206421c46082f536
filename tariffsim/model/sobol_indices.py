"""Shares of variance: first-order and total Sobol indices from paired runs; knows arrays only.

Which factor a row stands for, and what was computed with it, is the caller's business. A row may
move several factors together: then its indices are those of the group.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.errors import InputError

# Resamples worked on at a time: so many rows of whole numbers stay small beside the runs.
RESAMPLES_AT_A_TIME = 16


@attrs.frozen(kw_only=True, eq=False)
class Indices:
    """Shares of the variance of an output.

    Parameters
    ----------
    first : (factor,), share
        What is gone on average once the factor is known and nothing else is.
    total : (factor,), share
        What is left on average once everything but the factor is known.
    """

    first: Floats = attrs.field(converter=read_only)
    total: Floats = attrs.field(converter=read_only)


def sobol_indices(base: Floats, other: Floats, mixed: Floats) -> Indices:
    r"""Estimate first-order and total indices.

    Parameters
    ----------
    base, other : (sample,)
        Output at two independent samples A and B of all factors.
    mixed : (factor, sample)
        Output at A with the factor (or group) taken from B.

    Returns
    -------
    Indices
        Estimates; a small true index may come out slightly below zero.

    Raises
    ------
    InputError
        Shapes do not match, or the output does not vary.

    Notes
    -----
    With f the output less its mean, N samples and V the variance over A and B together,

    .. math::

        S_i = \frac{1}{N V} \sum_n f(B)_n \left(f(A_B^{(i)})_n - f(A)_n\right), \qquad
        T_i = \frac{1}{2 N V} \sum_n \left(f(A)_n - f(A_B^{(i)})_n\right)^2

    The first is that of Saltelli et al. (2010), the second that of Jansen (1999). Taking the mean
    off changes no expectation and much of the noise. A factor that the output does not depend on
    gets exactly zero twice.

    References
    ----------
    Sobol', I. M. (2001), Global sensitivity indices for nonlinear mathematical models and their
    Monte Carlo estimates. https://doi.org/10.1016/S0378-4754(00)00270-6

    Saltelli, A. et al. (2010), Variance based sensitivity analysis of model output.
    https://doi.org/10.1016/j.cpc.2009.09.018

    Jansen, M. J. W. (1999), Analysis of variance designs for model output.
    https://doi.org/10.1016/S0010-4655(98)00154-4

    Examples
    --------
    Twice one factor plus another, each of them a fair coin of -1 and 1:

    >>> import numpy as np
    >>> a = np.array([[-1, -1], [-1, 1], [1, -1], [1, 1]] * 4)
    >>> b = np.repeat(a[:4], 4, axis=0)
    >>> f = lambda x: 2.0 * x[..., 0] + x[..., 1]
    >>> mixed = np.stack([f(np.stack([b[:, 0], a[:, 1]], axis=1)),
    ...                   f(np.stack([a[:, 0], b[:, 1]], axis=1))])
    >>> found = sobol_indices(f(a), f(b), mixed)
    >>> found.first, found.total
    (array([0.8, 0.2]), array([0.8, 0.2]))
    """
    terms = _terms(base, other, mixed)
    moments = terms.mean(axis=-1)
    if not _variance(moments) > 0.0:
        raise InputError(
            f"the output must vary to have indices, got {base[0]:g} in every run; choose another "
            "metric"
        )
    return _from_moments(moments)


def bootstrap_bands(
    base: Floats, other: Floats, mixed: Floats, *, chances: Floats, resamples: int, seed: int
) -> tuple[Floats, Floats]:
    """Give percentile bootstrap bands of both indices.

    Parameters
    ----------
    base, other, mixed : array
        As in `sobol_indices`.
    chances : (quantile,), in [0, 1]
        Which quantiles over resamples.
    resamples : int
        How often the samples are drawn again, with replacement.
    seed : int
        Of the resampling.

    Returns
    -------
    first, total : (quantile, factor)

    Notes
    -----
    Samples are resampled as if they were independent. Those of a Sobol sequence are better spread
    than that, so the bands are wider than the error they stand for.

    References
    ----------
    Archer, G. E. B., Saltelli, A. and Sobol', I. M. (1997), Sensitivity measures, ANOVA-like
    techniques and the use of bootstrap. https://doi.org/10.1080/00949659708811825

    Examples
    --------
    >>> import numpy as np
    >>> from tariffsim.model.draws import unit_draws
    >>> a, b = np.split(unit_draws(1, 4, 0, 256), 2, axis=1)
    >>> mixed = np.stack([b[:, 0] + 0.1 * a[:, 1], a[:, 0] + 0.1 * b[:, 1]])
    >>> low_high = np.array([0.1, 0.9])
    >>> first, total = bootstrap_bands(a[:, 0] + 0.1 * a[:, 1], b[:, 0] + 0.1 * b[:, 1], mixed,
    ...                                chances=low_high, resamples=64, seed=1)
    >>> first.shape, bool((first[0] <= first[1]).all())
    ((2, 2), True)
    """
    terms = _terms(base, other, mixed)
    count = terms.shape[-1]
    random = np.random.default_rng(seed)
    first, total = (np.empty((resamples, len(mixed))) for _ in range(2))
    for start in range(0, resamples, RESAMPLES_AT_A_TIME):
        stop = min(start + RESAMPLES_AT_A_TIME, resamples)
        picks = random.integers(count, size=(stop - start, count))
        moments = _resampled(terms, picks)
        if not (_variance(moments) > 0.0).all():
            raise InputError(
                f"{count} samples are too few for a band: some resamples do not vary; take more"
            )
        found = _from_moments(moments)
        first[start:stop], total[start:stop] = found.first.T, found.total.T
    return np.quantile(first, chances, axis=0), np.quantile(total, chances, axis=0)


def _terms(base: Floats, other: Floats, mixed: Floats) -> Floats:
    """Lay out what both estimates are means of; (2 + 2 x factor, sample)."""
    if mixed.ndim != 2 or not base.shape == other.shape == mixed.shape[1:]:
        raise InputError(
            f"base and other must be (sample,) and mixed (factor, sample), got {base.shape}, "
            f"{other.shape} and {mixed.shape}"
        )
    mean = (base.mean() + other.mean()) / 2.0
    a, b, moved = base - mean, other - mean, mixed - base
    found: Floats = np.concatenate([[(a + b) / 2.0, (a * a + b * b) / 2.0], b * moved, moved**2])
    return found


def _resampled(terms: Floats, picks: Ints) -> Floats:
    """Mean of every term over each resample; (term, resample)."""
    return np.stack([term[picks].mean(axis=-1) for term in terms])


def _variance(moments: Floats) -> Floats:
    found: Floats = np.asarray(moments[1] - moments[0] ** 2)
    return found


def _from_moments(moments: Floats) -> Indices:
    variance = _variance(moments)
    factors = (len(moments) - 2) // 2
    return Indices(
        first=moments[2 : 2 + factors] / variance, total=moments[2 + factors :] / (2.0 * variance)
    )
