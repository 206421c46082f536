"""Along a path of regimes: what belongs to the one in force, and how far users are used to it.

Trade has inertia (`adjustment.adjust`); a duty, a price or a surplus has none of its own. Knows
values and weights, not what they are.
"""

from collections.abc import Sequence

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats


@attrs.frozen(kw_only=True, eq=False)
class InForce:
    """A regime in force in a period: for what share of its days, and how far users are used to it.

    Parameters
    ----------
    period, regime : int
        Which.
    weight : float or (draw,)
        Share of the period's days.
    used : (draw...), fraction
        Part of the way from the short run to the long run that is gone.
    """

    period: int
    regime: int
    weight: float | Floats
    used: Floats


def in_force(weights: Floats, speed: npt.ArrayLike, *, first: int = 0) -> list[InForce]:
    r"""List what is in force from period `first` on, and how far users are used to it.

    Taken once, it serves every quantity that follows the same path.

    Parameters
    ----------
    weights : (period, regime) or (period, regime, draw), fraction
        Share of each period's days under each regime; sums to one over regimes. With draws, each
        lies on a path of its own.
    speed : (draw...) or number, per period
        Part of the remaining way gone in a period, in [0, 1].
    first : int
        First period listed; those before it count by what users got used to in them.

    Notes
    -----
    With w the weights and lambda the speed, what users have got used to of each regime is

    .. math:: m_{t+1} = m_t + \lambda\,(w_t - m_t), \qquad m_0 = 0

    Examples
    --------
    >>> import numpy as np
    >>> listed = in_force(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0]]), 0.5)
    >>> [(entry.period, entry.regime, float(entry.used)) for entry in listed]
    [(0, 0, 0.0), (1, 1, 0.0), (2, 1, 0.5)]
    """
    rate = np.asarray(speed, dtype=np.float64)
    used: dict[int, Floats] = {}
    found = []
    somebody = np.asarray(weights.reshape(*weights.shape[:2], -1).any(axis=2), dtype=np.bool_)
    for period, row in enumerate(weights):
        for regime in np.flatnonzero(somebody[period]).tolist():
            habit = used.setdefault(regime, np.zeros(rate.shape))
            if period >= first:
                found.append(InForce(period=period, regime=regime, weight=row[regime], used=habit))
        used = {regime: habit + rate * (row[regime] - habit) for regime, habit in used.items()}
    return found


def blend(short: Floats, long: Floats, path: Sequence[InForce]) -> Floats:
    r"""Return the path of what belongs to the regime in force: a price, a surplus, a duty.

    Trade has inertia and takes part of an old regime into the next; see `adjust`. A duty does
    not: when it ends, nothing is collected. So these quantities are those of the regimes in force,
    each as far along from its short to its long run as it has been in force.

    Parameters
    ----------
    short, long : (regime, draw...), any unit
        The value in each regime at short-run and at long-run elasticities.
    path : sequence of InForce
        What `in_force` lists, period after period.

    Returns
    -------
    (period, draw...)
        From the first period listed to the last.

    Notes
    -----
    With w the weights and m what users have got used to of each regime,

    .. math:: value_t = \sum_r w_{tr}\,(S_r + m_{tr}\,(L_r - S_r))

    A permanent regime tends to its long run, as with `adjust`; a regime in which the short and the
    long run are nothing gives nothing, whatever came before it.

    Examples
    --------
    >>> import numpy as np
    >>> path = in_force(np.array([[1.0, 0.0], [0.0, 1.0], [0.0, 1.0], [1.0, 0.0]]), 0.5)
    >>> blend(np.array([0.0, 9.0]), np.array([0.0, 7.0]), path)
    array([0., 9., 8., 0.])
    """
    start = path[0].period
    draws = np.broadcast_shapes(short.shape[1:], path[0].used.shape)
    found = np.zeros((path[-1].period - start + 1, *draws))
    gaps: dict[int, Floats] = {}
    for entry in path:
        if entry.regime not in gaps:
            gaps[entry.regime] = np.asarray(long[entry.regime] - short[entry.regime])
        value = np.asarray(entry.used * gaps[entry.regime])
        value += short[entry.regime]
        value *= entry.weight
        found[entry.period - start] += value
    return found
