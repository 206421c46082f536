"""One controlled input over draws: each supply path's stock day by day, then by month.

Joins the stock kernel to a resolved material and drawn values; knows no branch and no price.
"""

import itertools
from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import MaterialCase
from tariffsim.model.supply import Buyer, Licensing, StockPath, stock_path
from tariffsim.model.tracks import paths_of_draws

Values = Mapping[str, Floats]
BLOCK = 2048
"""Draws run at a time: two years of days by so many draws stay in cache."""


@attrs.frozen(kw_only=True, eq=False)
class MaterialPaths:
    """Monthly paths of one controlled input.

    Parameters
    ----------
    availability : (track, draw, month), fraction
        Mean of use over need in the month.
    days_of_cover : (track, draw, month), days
        Stock on the month's last day.
    short : (track, draw, month), 0 or 1
        Whether need has gone unmet on any day by the end of the month.
    first_shortage : (track, draw), days
        Days from the control's first day to the first unmet need; -1 where there is none.
    """

    availability: Floats
    days_of_cover: Floats
    short: Floats
    first_shortage: Ints


def factors(case: MaterialCase) -> tuple[str, str]:
    """Name the two uniform factors of a material: where approval and delay lie in their ranges."""
    return (f"{case.material}.approval", f"{case.material}.delay")


def material_paths(case: MaterialCase, drawn: Values) -> MaterialPaths:
    """Run every supply track of a material.

    Parameters
    ----------
    case : MaterialCase
        The resolved material.
    drawn : mapping of str to (draw,)
        Parameter values and the two factors of `factors`.

    Returns
    -------
    MaterialPaths
        By track, draw and month of the horizon; on a track each draw lies on its own path.

    Notes
    -----
    One draw of each factor holds for the whole path: an authority that is strict in April is
    strict in June. Applications pend from the control's first day, so a shorter delay lets
    through on its first day whatever has waited as long.
    """
    count = len(drawn[case.cover])
    blocks = [
        _block(case, {name: values[block] for name, values in drawn.items()}, block)
        for block in (slice(start, min(start + BLOCK, count)) for start in range(0, count, BLOCK))
    ]
    return MaterialPaths(
        availability=np.concatenate([block.availability for block in blocks], axis=1),
        days_of_cover=np.concatenate([block.days_of_cover for block in blocks], axis=1),
        short=np.concatenate([block.short for block in blocks], axis=1),
        first_shortage=np.concatenate([block.first_shortage for block in blocks], axis=1),
    )


def _block(case: MaterialCase, drawn: Values, block: slice) -> MaterialPaths:
    buyer = Buyer(
        cover_days=drawn[case.cover],
        reliance=np.prod([drawn[name] for name in case.reliance], axis=0),
        refill_days=drawn[case.refill],
    )
    months = int(case.month_of_day.max()) + 1
    approval, delay = (drawn[name] for name in factors(case))
    stocks = [
        stock_path(buyer, licensing) for licensing in _licensings(case, block, approval, delay)
    ]
    found = [_monthly(stock, case, months) for stock in stocks]
    return MaterialPaths(
        availability=np.stack([monthly[0] for monthly in found]),
        days_of_cover=np.stack([monthly[1] for monthly in found]),
        short=np.stack([monthly[2] for monthly in found]),
        first_shortage=np.stack([stock.first_shortage for stock in stocks]),
    )


def _licensings(
    case: MaterialCase, block: slice, approval: Floats, delay: Floats
) -> Iterator[Licensing]:
    """Give the licensing of each track; draws on one path share the work."""
    tracks = np.arange(len(case.approval))[:, None] if case.tracks is None else case.tracks
    for members in tracks:
        paths = paths_of_draws(members, block)
        if (members == members[0]).all():
            yield _licensing(case, int(members[0]), approval, delay)
        else:
            yield _licensing_by_draw(case, paths, approval, delay)


def _licensing_by_draw(
    case: MaterialCase, paths: Ints, approval: Floats, delay: Floats
) -> Licensing:
    """Give the licensing of draws that each lie on a path of their own."""
    (low, high), (free_low, free_high), (soon, late) = (
        ends[paths].transpose(1, 2, 0) for ends in (case.approval, case.freed, case.delay)
    )
    waited = np.arange(low.shape[0])[:, None]
    share = low + approval * (high - low)
    granted = np.where(waited >= soon + delay * (late - soon), share, 0.0)
    ranged = bool((case.freed[:, 0] != case.freed[:, 1]).any())
    freed = free_low + approval * (free_high - free_low) if ranged else np.array(free_low)
    for made in (granted, freed):
        made.flags.writeable = False
    return Licensing(approval=granted, free=freed, delay_days=np.zeros(1))


def _licensing(case: MaterialCase, path: int, approval: Floats, delay: Floats) -> Licensing:
    days = case.approval.shape[2]
    table = np.concatenate([case.approval[path], case.freed[path], case.delay[path]]).T
    # The practice changes on few days; between them one row serves all.
    starts = [0, *(np.flatnonzero((np.diff(table, axis=0) != 0).any(axis=1)) + 1).tolist(), days]
    granted = np.empty((days, len(approval)))
    # Where the freed share is no range, one column serves all draws.
    ranged = bool((table[:, 2] != table[:, 3]).any())
    freed = np.empty((days, len(approval) if ranged else 1))
    waited = np.arange(days)[:, None]
    for start, end in itertools.pairwise(starts):
        row = table[start]
        share = row[0] + approval * (row[1] - row[0])
        wait = row[4] + delay * (row[5] - row[4])
        granted[start:end] = np.where(waited[start:end] >= wait, share, 0.0)
        freed[start:end] = row[2] + approval * (row[3] - row[2]) if ranged else row[2]
    for made in (granted, freed):
        made.flags.writeable = False  # nobody else holds them; saves the record a copy
    return Licensing(approval=granted, free=freed, delay_days=np.zeros(1))


def _monthly(path: StockPath, case: MaterialCase, months: int) -> tuple[Floats, Floats, Floats]:
    month = case.month_of_day
    draws = path.availability.shape[1]
    availability, cover, short = (np.empty((draws, months)) for _ in range(3))
    days = np.arange(len(month))
    hit = path.first_shortage
    for number in range(months):
        inside = days[month == number]
        availability[:, number] = path.availability[inside].mean(axis=0)
        cover[:, number] = path.days_of_cover[inside[-1]]
        short[:, number] = (hit >= 0) & (hit <= inside[-1])
    return availability, cover, short
