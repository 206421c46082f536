"""One path through solved regimes: inertia, buying ahead, retail prices; solves no market.

Takes totals by regime at both horizons, and the path's weights; knows no branch and no event. A
call handles any number of draws, so that draws on different paths can be run apart.
"""

from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.model.adjustment import adjust, lagged
from tariffsim.model.anticipation import PullForward, pull_forward
from tariffsim.model.regime_path import blend, in_force

Values = Mapping[str, Floats]

FLOWS = (("customs_value", "duty"), ("customs_value_rest", "duty_rest"))
"""Each flow of trade with the duty on it."""

FOLLOWED = "landed_price_change"
"""What retail prices follow late, so that the months before the horizon count."""


def follow(
    short: Values, long: Values, weights: Floats, speed: Floats, *, first: int
) -> dict[str, Floats]:
    """Run one path: trade with inertia, everything else with the regime.

    Parameters
    ----------
    short, long : mapping of str to (regime, draw)
        Annual rates in each regime at both horizons.
    weights : (month, regime), fraction
        Share of each month's days under each regime.
    speed : (draw,), per month
        See `adjustment.speed_from_years`.
    first : int
        First month of the horizon.

    Returns
    -------
    dict of str to (month, draw)
        Annual rates, from the horizon's first month on; of ``landed_price_change``, which others
        follow late, all months.
    """
    every = in_force(weights, speed)
    listed = [entry for entry in every if entry.period >= first]
    found = {
        name: blend(short[name], long[name], every if name == FOLLOWED else listed)
        for name in short
    }
    for flow, duty in FLOWS:
        found[duty] /= found[flow]
        found[flow] = adjust(short[flow], long[flow], weights, speed)[first:]
        # The rate collected is the regime's; the trade it is collected on has its inertia.
        found[duty] *= found[flow]
    return found


@attrs.frozen(kw_only=True, eq=False)
class Stocking:
    """What decides how much is bought ahead along a path.

    Parameters
    ----------
    wanted : (rise, draw), months of use
        What is to be bought ahead of each rise.
    capacity : (rise, draw), fraction of use
        The most that is bought beyond use in a month.
    carrying : (draw,), per month
        Cost of holding, over price.
    room : (draw,), months of use
        The most that is held.
    storable : float, fraction
        Share of use that can come out of a stock.
    plan, open : (rise, month, draw or 1), fraction
        Share of each plan, and of the month's days, on which it is carried out.
    rundown : (month, draw or 1), fraction
        Share of the month's days on which the stock is run down.
    buying, using : (month, regime, draw or 1), fraction
        Regimes of the days of buying and of using.
    """

    wanted: Floats
    capacity: Floats
    carrying: Floats
    room: Floats
    storable: float
    plan: Floats
    open: Floats
    rundown: Floats
    buying: Floats
    using: Floats


def stock_up(
    found: dict[str, Floats], short: Values, stocking: Stocking, amount: Floats, year_share: Floats
) -> dict[str, Floats]:
    r"""Let buyers move purchases forward: imports and duty move, use and its price do not.

    Parameters
    ----------
    found : mapping of str to (month, draw)
        What `follow` returned; its flow of the first source is what is used.
    short : mapping of str to (regime, draw)
        For the rate collected in each regime.
    stocking : Stocking
        How much, when.
    amount : (month, draw or 1)
        What turns an annual rate into the month's amount.
    year_share : (month,), fraction
        Length of the month over its year.

    Returns
    -------
    dict of str to (month, draw)
        With ``stock``, at the end of each month, and ``stock_cost``, what buyers pay in it for
        moving purchases; both amounts of the month.

    Notes
    -----
    With B bought ahead, U used out of the stock N, r the rate in force on the days of each, and c
    the cost of holding, the duty moves by :math:`\Delta_t = r^B_t B_t - r^U_t U_t`. Buyers'
    surplus counts use at the price in force, so what buyers pay beside is

    .. math:: \Delta_t + c N_t
    """
    use = found["customs_value"] * amount
    average = (1.0 / (12.0 * year_share))[:, None]
    moved = pull_forward(
        use,
        stocking.wanted,
        plan=stocking.plan * average,
        capacity=stocking.capacity[:, None, :] * stocking.open,
        room=stocking.room * stocking.storable * average,
        rundown=stocking.rundown * stocking.storable,
    )
    extra = _duty_moved(short, stocking, moved)
    return {
        **found,
        "customs_value": found["customs_value"] + (moved.bought - moved.used) / amount,
        "duty": found["duty"] + extra / amount,
        "stock": moved.stock,
        "stock_cost": extra + stocking.carrying * moved.stock,
    }


def _duty_moved(short: Values, stocking: Stocking, moved: PullForward) -> Floats:
    rate = short["duty"] / short["customs_value"]
    found = np.zeros_like(moved.stock)
    for weights, part, sign in (
        (stocking.buying, moved.bought, 1.0),
        (stocking.using, moved.used, -1.0),
    ):
        for month, regime in np.argwhere(weights.any(axis=2)).tolist():
            found[month] += sign * weights[month, regime] * rate[regime] * part[month]
    return found


def at_retail(landed: Floats, share: Floats, months: Floats) -> Floats:
    """Give the retail price over benchmark, a ratio, from the landed price; (month, draw)."""
    return 1.0 + lagged(landed - 1.0, share, months)
