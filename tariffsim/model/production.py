"""What a using industry still makes, and what a little more of the material is worth to it.

Near-Leontief: short-run elasticities of substitution near zero. Knows no stock and no licence.
"""

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats
from tariffsim.model.ranges import check_between

# Beyond it the exponential is nothing; an infinite power would be no number.
LARGEST_EXPONENT = 700.0


def output_share(
    availability: npt.ArrayLike, input_share: npt.ArrayLike, elasticity: npt.ArrayLike
) -> Floats:
    r"""Return what a user of the material still makes, over what it made with all it needs.

    Parameters
    ----------
    availability : array_like, share in [0, 1]
    input_share : array_like, share in [1e-12, 1]
        Cost share of the inputs made from the material, in normal times.
    elasticity : array_like in [0, 1]
        Of substitution between those inputs and the rest, magnitude. 0 is fixed proportions,
        where the share no longer matters.

    Returns
    -------
    ndarray, share

    Raises
    ------
    InputError
        Where an argument is out of its range.

    Notes
    -----
    With a the availability, alpha the share and :math:`\rho = (s-1)/s`,

    .. math::

        \left(\alpha a^{\rho} + 1 - \alpha\right)^{1/\rho}
        = a \left(\alpha + (1-\alpha)\, a^{m}\right)^{-1/m}, \qquad m = -\rho

    The right-hand form has no large powers: a at 0 gives 0, s at 1 gives :math:`a^{\alpha}`. No
    estimate of the short-run elasticity is published for magnets; 0.1 is a prior.

    Examples
    --------
    >>> float(output_share(0.5, 0.05, 0.1).round(4))
    0.6947
    >>> output_share([0.0, 0.5, 1.0], 0.05, 0.0)
    array([0. , 0.5, 1. ])
    """
    a, alpha, s = np.broadcast_arrays(
        np.asarray(availability, dtype=np.float64),
        np.asarray(input_share, dtype=np.float64),
        np.asarray(elasticity, dtype=np.float64),
    )
    check_between("availability", a, 0.0, 1.0)
    check_between("input_share", alpha, 1e-12, 1.0)
    check_between("elasticity", s, 0.0, 1.0)
    fixed = s < 1e-15
    # 1 - s stands in the denominator below: at 1 a number that leaves expm1(m x) / m at x.
    m = np.maximum((1.0 - s) / np.where(fixed, 1.0, s), 1e-30)
    log_a = np.log(np.where(a > 0, a, 1.0))
    power = np.maximum(m * log_a, -LARGEST_EXPONENT)
    near_one = np.log1p((1.0 - alpha) * np.expm1(power))
    near_none = np.log(alpha + (1.0 - alpha) * np.exp(power))
    rest = np.where(power > -0.5, near_one, near_none) / m
    share = np.where(a > 0, np.exp(log_a - rest), 0.0)
    return np.where(fixed, a, share)


def marginal_value(
    availability: npt.ArrayLike, input_share: npt.ArrayLike, elasticity: npt.ArrayLike
) -> Floats:
    r"""Return what one more unit of the material is worth to its user, over the normal price.

    Parameters
    ----------
    availability, input_share, elasticity : array_like
        As in `output_share`; the elasticity above 0.

    Returns
    -------
    ndarray, ratio to the normal price, at least 1
        The price at which users would want just what there is: the scarcity price while neither
        the price of their product nor their other inputs move. Infinite at no availability.

    Raises
    ------
    InputError
        Where an argument is out of its range, or the elasticity is 0: in fixed proportions the
        whole product is worth nothing without the input, and no price clears.

    Notes
    -----
    With y the output share, the marginal product of a CES over its normal one is

    .. math::

        \hat p = (y / a)^{1/s}, \qquad
        \hat p \to \alpha^{-1/(1-s)} \text{ as } a \to 0

    so it is bounded for s below 1: nobody pays more for an input than its product fetches.

    Examples
    --------
    >>> float(marginal_value(0.9, 0.05, 0.2).round(4))
    1.6396
    """
    s = np.asarray(elasticity, dtype=np.float64)
    check_between("elasticity", s, 1e-6, 1.0)
    a = np.asarray(availability, dtype=np.float64)
    alpha = np.asarray(input_share, dtype=np.float64)
    made = output_share(a, alpha, s)
    with np.errstate(divide="ignore", invalid="ignore"):
        log_ratio = np.log(made) - np.log(a)
        bound = np.where(s < 1.0, -np.log(alpha) / np.maximum(1.0 - s, 1e-30), np.inf)
        log_price = np.where(a > 0.0, log_ratio / s, bound)
    return np.asarray(np.exp(np.clip(log_price, 0.0, bound)))
