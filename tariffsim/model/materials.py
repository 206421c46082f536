"""One controlled input over draws: each supply path's stock day by day, then by month.

Joins the stock kernel to a resolved material and drawn values; knows no branch and no price.
"""

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import MaterialCase
from tariffsim.model.supply import Buyer, Licensing, StockPath, stock_path

Values = Mapping[str, Floats]
Paths = int | Ints
"""The path that all draws lie on, or the path of each."""
BLOCK = 8192
"""Draws run at a time: large enough that NumPy's calls cost little, small enough for cache."""
MIXED_BLOCK = 1024
"""The same where draws lie on paths of their own, and every change of practice has a row a draw."""


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


def material_paths(case: MaterialCase, drawn: Values, number: Ints | None = None) -> MaterialPaths:
    """Run every supply track of a material, the importer as one buyer.

    Parameters
    ----------
    case : MaterialCase
        The resolved material.
    drawn : mapping of str to (draw,)
        Parameter values and the two factors of `factors`.
    number : (draw,), int, optional
        Which draw of the sequence each is; by default they are its first.

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
    found = [
        [_run(case, paths, part) for paths in on_tracks]
        for on_tracks, part in blocks(case, drawn, number)
    ]

    def joined(name: str) -> Floats:
        parts = [np.stack([getattr(one, name) for one in block]) for block in found]
        # In order, so that sums over months run as they do in memory.
        return np.ascontiguousarray(np.concatenate(parts, axis=1))

    return MaterialPaths(
        availability=joined("availability"),
        days_of_cover=joined("days_of_cover"),
        short=joined("short"),
        first_shortage=joined("first_shortage").astype(np.int64),
    )


def _run(case: MaterialCase, paths: Paths, part: Values) -> MaterialPaths:
    """Run some draws of a track; (draw, month)."""
    buyer = Buyer(
        cover_days=part[case.cover], reliance=reliance(case, part), refill_days=part[case.refill]
    )
    ends = month_ends(case)
    return _monthly(stock_path(buyer, licensing(case, paths, part), ends=ends), ends, case)


def blocks(
    case: MaterialCase, drawn: Values, number: Ints | None = None
) -> Iterator[tuple[list[Paths], Values]]:
    """Cut draws into blocks, and find the path of each draw on every track.

    Yields
    ------
    paths : list of Paths
        One a track.
    part : mapping of str to (draw,)
        The draws of the block.
    """
    count = len(next(iter(drawn.values())))
    numbers = np.arange(count) if number is None else number
    tracks = np.arange(len(case.approval))[:, None] if case.tracks is None else case.tracks
    step = BLOCK if case.tracks is None else MIXED_BLOCK
    for start in range(0, count, step):
        chosen = slice(start, start + step)
        yield (
            [_paths(members[numbers[chosen] % len(members)]) for members in tracks],
            {name: values[chosen] for name, values in drawn.items()},
        )


def _paths(of_draw: Ints) -> Paths:
    first = int(of_draw[0])
    return first if (of_draw == first).all() else of_draw


def reliance(case: MaterialCase, drawn: Values) -> Floats:
    """Multiply the shares that make up the controlled part of need; (draw,)."""
    found: Floats = np.prod([drawn[name] for name in case.reliance], axis=0)
    return found


def rows(case: MaterialCase, paths: Paths) -> Ints:
    """List the days on which a practice changes on any of some paths, the first one among them."""
    which = np.unique(np.atleast_1d(paths))
    parts = [case.approval[which], case.freed[which], case.delay[which]]
    parts += [case.ahead[which][:, None]] if case.ahead is not None else []
    table = np.concatenate(parts, axis=1)
    changed = (np.diff(table, axis=2) != 0).any(axis=(0, 1))
    return np.concatenate([[0], np.flatnonzero(changed) + 1]).astype(np.int64)


def on_rows(table: Floats, paths: Paths, starts: Ints) -> Floats:
    """Take the columns of some days from a table of paths.

    Parameters
    ----------
    table : (path, ..., day)
    paths : Paths
    starts : (row,), day

    Returns
    -------
    (..., row, draw)
        One column for all draws where they are on one path.
    """
    if isinstance(paths, int):
        return np.asarray(table[paths][..., starts, None])
    return np.ascontiguousarray(np.moveaxis(table[..., starts][paths], 0, -1))


def licensing(
    case: MaterialCase, paths: Paths, drawn: Values, *, access: Floats | None = None
) -> Licensing:
    """Draw a licence rule: a row for each stretch of days with one practice.

    Parameters
    ----------
    case : MaterialCase
        The resolved material.
    paths : Paths
        Which supply path, for all draws or for each.
    drawn : mapping of str to (draw,)
        Among them the two factors of `factors`.
    access : (user, draw), share, optional
        Part of the licences that each user may have.

    Returns
    -------
    Licensing
        Rows lead; then users, where `access` tells them apart, and draws.
    """
    starts = rows(case, paths)
    days = case.approval.shape[2]
    name_approval, name_delay = factors(case)
    strict, slow = position(case.stance, drawn[name_approval]), drawn[name_delay]
    low, high = on_rows(case.approval, paths, starts)
    granted = low + strict * (high - low)
    low, high = on_rows(case.freed, paths, starts)
    # Where the freed share is no range, one column serves all draws.
    freed = low + drawn[name_approval] * (high - low) if (low != high).any() else low
    low, high = on_rows(case.delay, paths, starts)
    wait = low + slow * (high - low)
    if access is not None:
        granted = granted[:, None] * access
        freed, wait = freed[:, None], wait[:, None]
    lengths = np.diff(np.append(starts, days))
    return Licensing(approval=granted, free=freed, delay_days=wait, lengths=lengths)


def position(stance: str, unit: Floats) -> Floats:
    """Place a draw in an interval of approval, by what an exporter must obtain.

    Notes
    -----
    A licence: anywhere. A presumption of denial: towards the low end, with a density that falls
    to nothing at the high end. A ban: the low end. A notification: towards the high end.

    Examples
    --------
    >>> import numpy as np
    >>> position("presumption-of-denial", np.array([0.0, 0.75])).round(3)
    array([0. , 0.5])
    """
    if stance == "ban":
        return np.zeros_like(unit)
    if stance == "presumption-of-denial":
        return np.asarray(1.0 - np.sqrt(1.0 - unit))
    return np.asarray(np.sqrt(unit)) if stance == "notification" else unit


def month_ends(case: MaterialCase) -> Ints:
    """List the last day of each month of the horizon, and before them that of the time before."""
    month = case.month_of_day
    return np.append(np.flatnonzero(np.diff(month) != 0), len(month) - 1)


def months_of(case: MaterialCase, ends: Ints) -> Ints:
    """Give the month of the horizon that each period lies in, -1 before it."""
    found: Ints = case.month_of_day[ends]
    return found


def _monthly(stock: StockPath, ends: Ints, case: MaterialCase) -> MaterialPaths:
    """Keep the months of the horizon; (draw, month)."""
    inside = months_of(case, ends) >= 0
    hit = stock.first_shortage
    short = (hit >= 0)[:, None] & (hit[:, None] <= ends[inside])
    since = np.where(hit < 0, hit, np.maximum(hit - case.control_day, 0))
    return MaterialPaths(
        availability=stock.availability[inside].T,
        days_of_cover=stock.days_of_cover[inside].T,
        short=short.astype(np.float64),
        first_shortage=since,
    )
