"""Shortages of materials followed through an input-output table, draw by draw; knows no label.

Joins what material paths leave of output to the propagation kernel, a few draws at a time, and
keeps of each what is asked for: a day, industry and draw each would be too much to hold.
"""

from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.model.propagation import (
    Behaviour,
    Links,
    Propagation,
    Shortage,
    critical_by_cost,
    propagate,
)
from tariffsim.model.propagation_answers import (
    output_lost,
    unmet_final_demand,
    value_added_lost,
)
from tariffsim.network import NetworkCase

Values = Mapping[str, Floats]
PER_BILLION = 1000.0
NORMAL = 0.99
"""Output over its normal day that counts as normal."""
BLOCK_BYTES = 1e8
"""Of the daily answers held at a time."""


@attrs.frozen(kw_only=True, eq=False)
class Allowed:
    """What a material allows its uses to make, stretch by stretch.

    Parameters
    ----------
    first_day : int
        Ordinal of the first stretch's first day.
    lengths : (stretch,), days
    output : (track, use, draw, stretch), share of normal output
    """

    first_day: int
    lengths: Ints
    output: Floats


@attrs.frozen(kw_only=True, eq=False)
class NetworkPaths:
    """What becomes of the industries of a table.

    Parameters
    ----------
    value_lost, output_lost : (track, industry, draw), USD billion
        Value added, and gross output, not made in the horizon; below zero where more was made up.
    first_loss : (track, industry, draw), days
        From the first day of control to the first with output below normal; -1 without one.
    days_below : (track, industry, draw), days
        From then to the last such day.
    monthly_output : (track, industry in which a material enters, draw, month), fraction not made
    monthly_value : (track, economy, draw, month), USD million not made
    unmet_final : (track, draw), USD billion
    """

    value_lost: Floats
    output_lost: Floats
    first_loss: Ints
    days_below: Ints
    monthly_output: Floats
    monthly_value: Floats
    unmet_final: Floats


def network_paths(case: NetworkCase, allowed: Mapping[int, Allowed], drawn: Values) -> NetworkPaths:
    """Follow every draw of every track through the table.

    Parameters
    ----------
    case : NetworkCase
        The table, and where materials enter.
    allowed : mapping of int to Allowed
        By the number of the material.
    drawn : mapping of str to (draw,)
        Parameter values.

    Returns
    -------
    NetworkPaths

    Notes
    -----
    Uses of one material in one industry take their parts of its output together; of several
    materials the scarcest counts. A draw in which nothing is short is not followed: all of it is
    normal, to the last digit.
    """
    tracks, _, draws, _ = next(iter(allowed.values())).output.shape
    months = int(case.month_of_day.max()) + 1
    shape = (tracks, len(case.names), draws)
    found = NetworkPaths(
        value_lost=np.zeros(shape),
        output_lost=np.zeros(shape),
        first_loss=np.full(shape, -1, dtype=np.int64),
        days_below=np.zeros(shape, dtype=np.int64),
        monthly_output=np.zeros((tracks, len(case.fed), draws, months)),
        monthly_value=np.zeros((tracks, len(case.economies), draws, months)),
        unmet_final=np.zeros((tracks, draws)),
    )
    links = Links(intermediate=case.intermediate, final=case.final)
    daily = 26.0 * len(case.month_of_day) * len(case.names)
    block = max(1, int(BLOCK_BYTES / daily))
    for track in range(tracks):
        short = np.flatnonzero(_short(case, allowed, track))
        for start in range(0, len(short), block):
            some = short[start : start + block]
            path = _followed(case, links, allowed, (track, some), drawn)
            _keep(case, links, path, found, (track, some))
    return found


def _short(case: NetworkCase, allowed: Mapping[int, Allowed], track: int) -> Bools:
    """Tell in which draws a use that feeds an industry makes less than normal; (draw,)."""
    less = [
        (allowed[feed.material].output[track, feed.use] < 1.0).any(axis=1) for feed in case.feeds
    ]
    return np.asarray(np.any(less, axis=0))


def ceiling(case: NetworkCase, allowed: Mapping[int, Allowed], track: int, draws: Ints) -> Floats:
    """Give the highest output of each industry in which a material enters.

    Returns
    -------
    (day, industry, draw), share
        In the order of the case's `fed`; 1 before a material's days.
    """
    days = len(case.month_of_day)
    whole = np.ones((days, len(case.fed), len(draws)))
    for number, material in allowed.items():
        stretch = np.repeat(np.arange(len(material.lengths)), material.lengths)
        begins = material.first_day - case.first_day
        own = np.ones_like(whole)
        for feed in (feed for feed in case.feeds if feed.material == number):
            made = material.output[track, feed.use][draws][:, stretch].T
            own[begins:, case.fed.index(feed.industry)] -= feed.share * (1.0 - made)
        np.minimum(whole, own, out=whole)
    return np.clip(whole, 0.0, 1.0)


def behaviour(links: Links, drawn: Values, draws: Ints) -> Behaviour:
    """Give how industries cope in some draws."""
    rated = critical_by_cost(links, criticality=1.0)
    return Behaviour(
        inventory_days=drawn["industry_stock_days"][draws],
        criticality=rated * drawn["industry_criticality"][draws],
        restock_days=drawn["industry_restock_days"][draws],
        buffer_share=drawn["industry_buffer_share"][draws],
        highest_capacity=drawn["industry_highest_capacity"][draws],
        switching=drawn["industry_switching"][draws],
    )


def _followed(
    case: NetworkCase,
    links: Links,
    allowed: Mapping[int, Allowed],
    where: tuple[int, Ints],
    drawn: Values,
) -> Propagation:
    track, draws = where
    highest = ceiling(case, allowed, track, draws)
    shortage = Shortage(
        industry=np.array(case.fed),
        capacity=np.ones((len(highest), len(case.fed), 1)),
        ceiling=highest,
    )
    return propagate(links, shortage, behaviour(links, drawn, draws), draws=len(draws))


def _keep(
    case: NetworkCase,
    links: Links,
    path: Propagation,
    found: NetworkPaths,
    where: tuple[int, Ints],
) -> None:
    """Write what is kept of a block of draws."""
    track, draws = where
    inside = case.month_of_day >= 0
    value = value_added_lost(path, links)
    found.value_lost[track][:, draws] = value[inside].sum(axis=0) / PER_BILLION
    found.output_lost[track][:, draws] = output_lost(path, links)[inside].sum(axis=0) / PER_BILLION
    unmet = unmet_final_demand(path, links)[inside].sum(axis=(0, 1))
    found.unmet_final[track, draws] = unmet / PER_BILLION
    below = path.output < NORMAL
    ever, days = below.any(axis=0), len(below)
    first, last = below.argmax(axis=0), days - below[::-1].argmax(axis=0)
    since = np.maximum(first - case.control_day, 0)
    found.first_loss[track][:, draws] = np.where(ever, since, -1)
    found.days_below[track][:, draws] = np.where(ever, last - first, 0)
    regions = links.final.shape[0]
    for month in range(found.monthly_value.shape[-1]):
        of_month = case.month_of_day == month
        lost = 1.0 - path.output[of_month][:, case.fed]
        found.monthly_output[track][:, draws, month] = lost.mean(axis=0)
        whole = value[of_month].sum(axis=0).reshape(regions, -1, len(draws)).sum(axis=1)
        found.monthly_value[track][:, draws, month] = whole
