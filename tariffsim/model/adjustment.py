"""From short run to long run along a path of regimes; knows values and weights, not what they are.

A value answers a change of regime at once by its short-run part and approaches the long-run part
at a steady speed. Each regime is solved once at either end; the path is then a filter.
"""

import math

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats
from tariffsim.errors import InputError

# What counts as having arrived: within 5 % of the long-run elasticity.
ARRIVED = 0.05


def adjust(
    short: Floats,
    long: Floats,
    weights: Floats,
    speed: npt.ArrayLike,
    *,
    in_logs: bool = False,
) -> Floats:
    r"""Return the path of a value that answers at two speeds, (period, draw...).

    Parameters
    ----------
    short, long : (regime, draw...), any unit
        The value in each regime at short-run and at long-run elasticities.
    weights : (period, regime) or (period, regime, draw), fraction
        Share of each period's days under each regime; sums to one over regimes. With draws, each
        lies on a path of its own.
    speed : (draw...) or number, per period
        Part of the remaining way gone in a period, in [0, 1]; see `speed_from_years`.
    in_logs : bool
        Filter the logarithms, for levels that must stay above zero. Mixing regimes within a
        period stays in levels, since days add up.

    Returns
    -------
    (period, draw...)

    Raises
    ------
    InputError
        Where shapes do not fit, weights are no shares, or a logarithm has no value.

    Notes
    -----
    With S and L the period's mixtures of `short` and `long` and lambda the speed,

    .. math::

        value_t = S_t + z_t, \qquad z_{t+1} = z_t + \lambda (L_t - S_t - z_t), \qquad z_0 = 0

    so a regime that does not last never has its long-run effect, and the cost grows with
    regimes x draws for the equilibria and with periods x draws only for this sum.

    References
    ----------
    Boehm, C. E., Levchenko, A. A. and Pandalai-Nayar, N. (2023), The long and short (run) of
    trade elasticities, American Economic Review 113(4). https://doi.org/10.1257/aer.20210225

    Examples
    --------
    >>> import numpy as np
    >>> weights = np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]])
    >>> adjust(np.array([100.0, 90.0]), np.array([100.0, 70.0]), weights, 0.5)
    array([100.,  90.,  80.])
    """
    short, long, weights = (np.asarray(array, dtype=np.float64) for array in (short, long, weights))
    rate = np.asarray(speed, dtype=np.float64)
    _check(short, long, weights, rate)
    low, high = (_mixture(values, weights) for values in (short, long))
    if in_logs:
        if not (low.min() > 0 and high.min() > 0):
            raise InputError("values must be above zero to be adjusted in logs; drop in_logs")
        low, high = np.log(low), np.log(high)
    path = np.empty((len(weights), *np.broadcast_shapes(low.shape[1:], rate.shape)))
    gap = np.zeros(path.shape[1:])
    for period, (near, far) in enumerate(zip(low, high, strict=True)):
        path[period] = near + gap
        gap += rate * (far - near - gap)
    return np.exp(path, out=path) if in_logs else path


def lagged(values: Floats, share: npt.ArrayLike, months: npt.ArrayLike) -> Floats:
    r"""Return the path of a price that follows another one in part, and late.

    Parameters
    ----------
    values : (period, draw...), any unit
        Departure of the price that is followed from its benchmark.
    share : (draw...) or number, fraction
        Part that arrives in the end.
    months : (draw...) or number, periods
        Time constant: after so many, 63 % of that part has arrived.

    Returns
    -------
    (period, draw...)

    Notes
    -----
    .. math::

        r_t = r_{t-1} + \lambda\,(\rho\,x_t - r_{t-1}), \qquad \lambda = 1 - e^{-1/T}, \qquad
        r_{-1} = 0

    References
    ----------
    Cavallo, A., Gopinath, G., Neiman, B. and Tang, J. (2021), Tariff pass-through at the border
    and at the store, American Economic Review: Insights 3(1).
    https://doi.org/10.1257/aeri.20190536

    Examples
    --------
    Half arrives in the end, and a fifth within seven months:

    >>> import numpy as np
    >>> lagged(np.ones(7), 0.5, 13.7)[[0, 6]].round(2)
    array([0.04, 0.2 ])
    """
    part, lag = (np.asarray(array, dtype=np.float64) for array in (share, months))
    if not (np.all(lag > 0) and np.all(part >= 0)):
        raise InputError("months must be above zero and share zero or more; check both ranges")
    speed = -np.expm1(-1.0 / lag)
    path = np.empty((len(values), *np.broadcast_shapes(values.shape[1:], part.shape, lag.shape)))
    now = np.zeros(path.shape[1:])
    for period, value in enumerate(values):
        now += speed * (part * value - now)
        path[period] = now
    return path


def speed_from_years(
    years_to_95_percent: npt.ArrayLike, short: npt.ArrayLike, long: npt.ArrayLike
) -> Floats:
    r"""Return the speed per month at which an elasticity goes from its short to its long run.

    Parameters
    ----------
    years_to_95_percent : array_like, years
        When the elasticity is within 5 % of its long-run value.
    short, long : array_like
        Short-run and long-run elasticity, magnitudes.

    Returns
    -------
    ndarray, per month
        1 where the short run is within 5 % of the long run already: nothing is left to wait for.

    Notes
    -----
    An elasticity :math:`e(h) = e_L - (e_L - e_S)\exp(-h/T)` is within 5 % of :math:`e_L` when
    :math:`(e_L - e_S)\exp(-h/T) = 0.05\,e_L`, hence, with h in months,

    .. math:: T = \frac{h}{\ln\left(|e_L - e_S| / (0.05\,e_L)\right)}, \qquad
              \lambda = 1 - \exp(-1/T)

    The nearer the two elasticities, the less of the way the same 5 % leaves, and the longer T.

    Examples
    --------
    With 0.76 at first, 2 in the end and 8.5 years to get there:

    >>> float(speed_from_years(8.5, 0.76, 2.0).round(4))
    0.0244
    """
    years, low, high = (
        np.asarray(values, dtype=np.float64) for values in (years_to_95_percent, short, long)
    )
    for name, values in (("years_to_95_percent", years), ("short", low), ("long", high)):
        if not (np.all(values > 0) and np.all(np.isfinite(values))):
            raise InputError(f"{name} must be above zero and finite, got {values.min()}")
    way = np.abs(high - low) / (ARRIVED * high)
    months = 12.0 * years
    settled = way <= 1.0
    # 1/T, with a way of e where there is none to go, so that no logarithm is taken of it.
    pace = np.log(np.where(settled, math.e, way)) / months
    return np.where(settled, 1.0, -np.expm1(-pace))


def _mixture(values: Floats, weights: Floats) -> Floats:
    """Mix regimes by the days of each period; (period, draw...)."""
    # Sums over the few regimes in force: a matrix product would add mostly zeros, on threads that
    # could change a last bit.
    found = np.zeros((len(weights), *np.broadcast_shapes(values.shape[1:], weights.shape[2:])))
    somebody = np.asarray(weights.reshape(*weights.shape[:2], -1).any(axis=2), dtype=np.bool_)
    for period, row in enumerate(weights):
        for regime in np.flatnonzero(somebody[period]):
            found[period, ...] += row[regime] * values[regime]
    return found


def _check(short: Floats, long: Floats, weights: Floats, speed: Floats) -> None:
    if (
        weights.ndim not in (2, 3)
        or not weights.size
        or short.shape != long.shape
        or short.shape[:1] != weights.shape[1:2]
    ):
        raise InputError(
            "short and long must both be (regime, draw...) and weights (period, regime), got "
            f"{short.shape}, {long.shape} and {weights.shape}"
        )
    if not (np.isfinite(short).all() and np.isfinite(long).all()):
        raise InputError("short and long must be finite; look for the market that has no answer")
    if not (weights.min() >= 0 and np.abs(weights.sum(axis=1) - 1.0).max() <= 1e-9):
        raise InputError(
            "weights must be shares that sum to one in every period, got sums from "
            f"{weights.sum(axis=1).min()} to {weights.sum(axis=1).max()}"
        )
    if not (speed.min() >= 0 and speed.max() <= 1):
        raise InputError(f"speed must be in [0, 1], got {speed.min()} to {speed.max()}")
