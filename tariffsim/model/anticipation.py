"""Buying ahead of a rise, and running the stock down after it; knows amounts, not what of."""

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError


@attrs.frozen(kw_only=True, eq=False)
class PullForward:
    """What is bought when some of it is bought ahead.

    Parameters
    ----------
    bought, used : (month, draw)
        Bought beyond use, and used out of the stock.
    stock : (month, draw)
        What is held at the end of the month.
    """

    bought: Floats
    used: Floats
    stock: Floats


def months_ahead(
    log_jump: Floats, value: Floats, storable: Floats, carrying: Floats, storage: Floats
) -> Floats:
    r"""Return for how many months of use it pays to buy ahead, (rise, draw).

    Parameters
    ----------
    log_jump : (rise, product)
        Logarithm of new over old (1 + rate); a fall counts as nothing.
    value : (product,), money
        Benchmark value before duty.
    storable : (product,), fraction
        Share of each product that can be stored.
    carrying : (draw,), per month
        Cost of holding a good for a month, over its price.
    storage : (draw,), months
        The most that anybody stores.

    Returns
    -------
    (rise, draw), months of the use of all products

    Notes
    -----
    A unit bought k months early saves the jump and costs k months of carrying; it pays while
    :math:`(1+c)^k < \tau'/\tau`. With v the values and s what can be stored,

    .. math::

        K = \frac{\sum_p v_p s_p \min\!\left(\dfrac{\ln(\tau'_p/\tau_p)}{\ln(1+c)},\ k_{max}\right)}
                 {\sum_p v_p}

    References
    ----------
    Khan, S. A. and Khederlarian, A. (2021), How does trade respond to anticipated tariff changes?
    Evidence from NAFTA, Journal of International Economics 133.
    https://doi.org/10.1016/j.jinteco.2021.103538

    Examples
    --------
    Ten percent more, at two percent a month, is worth 4.8 months; three can be stored:

    >>> import numpy as np
    >>> months_ahead(np.log([[1.1]]), np.ones(1), np.ones(1), np.array([0.02]),
    ...     np.array([9.0, 3.0])).round(2)
    array([[4.81, 3.  ]])
    """
    if not (np.all(carrying > 0) and np.all(storage >= 0)):
        raise InputError("carrying must be above zero and storage zero or more; check both ranges")
    share = value * storable / value.sum()
    pace = np.log1p(carrying)
    found = np.zeros((len(log_jump), *np.broadcast_shapes(carrying.shape, storage.shape)))
    for rise, jumps in enumerate(log_jump):
        # Few products differ in their jump, so one comparison a draw serves all that share it.
        for jump in np.unique(jumps[jumps > 0]).tolist():
            found[rise] += share[jumps == jump].sum() * np.minimum(jump / pace, storage)
    return found


def pull_forward(
    use: Floats,
    wanted: Floats,
    *,
    plan: Floats,
    capacity: Floats,
    room: Floats,
    rundown: Floats,
) -> PullForward:
    r"""Return purchases when rises are bought ahead of, month by month.

    Parameters
    ----------
    use : (month, draw), money
        What is used in each month, which is what is imported when nobody buys ahead.
    wanted : (rise, draw), months of use
        What is to be bought ahead of each rise in all.
    plan : (rise, month) or (rise, month, draw or 1), average months over this month
        Share of it that falls into the month, per month of use.
    capacity : (rise, month, draw or 1), fraction of use
        The most that can be bought beyond use.
    room : (month, draw), fraction of use
        The most that can be held at the end of the month.
    rundown : (month,) or (month, draw or 1), fraction of use
        The most that can come out of the stock.

    Returns
    -------
    PullForward

    Notes
    -----
    With C use, B bought beyond it, U used out of the stock, and N the stock,

    .. math::

        B_t = \min\Bigl(\sum_i \min(K_i a_{it},\ \kappa_{it})\, C_t,\ R_t C_t - N_{t-1}\Bigr)^+,
        \qquad U_t = \min(N_{t-1} + B_t,\ d_t C_t), \qquad N_t = N_{t-1} + B_t - U_t

    Purchases :math:`M_t = C_t + B_t - U_t` sum to what was used plus what is still held.

    Examples
    --------
    Half a month of use is bought in two months, and used up in the two that follow:

    >>> import numpy as np
    >>> moved = pull_forward(np.full((4, 1), 100.0), np.array([[0.5]]),
    ...     plan=np.array([[0.5, 0.5, 0.0, 0.0]]), capacity=np.full((1, 4, 1), 0.4),
    ...     room=np.full((4, 1), 2.0), rundown=np.array([0.0, 0.0, 0.3, 0.3]))
    >>> moved.stock[:, 0]
    array([25., 50., 20.,  0.])
    """
    _check(use, plan, rundown)
    plan = plan if plan.ndim == 3 else plan[:, :, None]
    rundown = rundown if rundown.ndim == 2 else rundown[:, None]
    bought, used, stock = (np.zeros_like(use) for _ in range(3))
    held = np.zeros(use.shape[1:])
    for month, flow in enumerate(use):
        if plan[:, month].any():
            share = np.minimum(wanted * plan[:, month], capacity[:, month]).sum(axis=0)
            free = np.maximum(room[month] * flow - held, 0.0)
            bought[month] = np.minimum(share * flow, free)
            held = held + bought[month]
        if rundown[month].any():
            used[month] = np.minimum(held, rundown[month] * flow)
            held = held - used[month]
        stock[month] = held
    return PullForward(bought=bought, used=used, stock=stock)


def _check(use: Floats, plan: Floats, rundown: Floats) -> None:
    if plan.shape[1:2] != use.shape[:1] or rundown.shape[:1] != use.shape[:1]:
        raise InputError(
            "use, plan and rundown must have the same months, got "
            f"{use.shape[0]}, {plan.shape[1:]} and {rundown.shape}"
        )
    if not (use.min() >= 0 and plan.min(initial=0.0) >= 0):
        raise InputError("use and plan must be zero or more; look for a flow below zero")
    if not (rundown.min() >= 0 and rundown.max() <= 1):
        raise InputError(
            f"rundown must be in [0, 1], got {rundown.min()} to {rundown.max()}; more would import "
            "less than nothing"
        )
