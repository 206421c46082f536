"""One controlled input over draws: each supply path's stock day by day, then by month.

Joins the stock kernel to a resolved material and drawn values; knows no branch and no price.
"""

from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import MaterialCase
from tariffsim.model.supply import Buyer, Licensing, StockPath, stock_path
from tariffsim.model.tracks import paths_of_draws

Values = Mapping[str, Floats]
BLOCK = 8192
"""Draws run at a time: large enough that NumPy's calls cost little, small enough for cache."""


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
    """Run every supply track of a material, the importer as one buyer.

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
    months = int((months_of(case, month_ends(case)) >= 0).sum())
    tracks = np.arange(len(case.approval))[:, None] if case.tracks is None else case.tracks
    shape = (len(tracks), count)
    found = MaterialPaths(
        availability=np.empty((*shape, months)),
        days_of_cover=np.empty((*shape, months)),
        short=np.empty((*shape, months)),
        first_shortage=np.empty(shape, dtype=np.int64),
    )
    for track, members in enumerate(tracks):
        of_draw = paths_of_draws(members, slice(0, count))
        for path in np.unique(of_draw).tolist():
            chosen = np.flatnonzero(of_draw == path)
            for start in range(0, len(chosen), BLOCK):
                _run(case, path, drawn, found, (track, chosen[start : start + BLOCK]))
    return found


def _run(
    case: MaterialCase, path: int, drawn: Values, found: MaterialPaths, at: tuple[int, Ints]
) -> None:
    """Run one path for some draws of a track, and write what becomes of them."""
    part = {name: values[at[1]] for name, values in drawn.items()}
    buyer = Buyer(
        cover_days=part[case.cover], reliance=reliance(case, part), refill_days=part[case.refill]
    )
    ends = month_ends(case)
    ran = _monthly(stock_path(buyer, licensing(case, path, part), ends=ends), ends, case)
    for name in ("availability", "days_of_cover", "short", "first_shortage"):
        getattr(found, name)[at] = getattr(ran, name)[0]


def in_blocks(drawn: Values) -> list[Values]:
    """Cut draws into blocks."""
    count = len(next(iter(drawn.values())))
    return [
        {name: values[start : start + BLOCK] for name, values in drawn.items()}
        for start in range(0, count, BLOCK)
    ]


def reliance(case: MaterialCase, drawn: Values) -> Floats:
    """Multiply the shares that make up the controlled part of need; (draw,)."""
    found: Floats = np.prod([drawn[name] for name in case.reliance], axis=0)
    return found


def rows(case: MaterialCase, path: int) -> Ints:
    """List the days on which a path's practice changes, the first one among them."""
    parts = [case.approval[path], case.freed[path], case.delay[path]]
    parts += [case.ahead[path][None]] if case.ahead is not None else []
    table = np.concatenate(parts)
    changed = (np.diff(table, axis=1) != 0).any(axis=0)
    return np.concatenate([[0], np.flatnonzero(changed) + 1]).astype(np.int64)


def licensing(
    case: MaterialCase, path: int, drawn: Values, *, access: Floats | None = None
) -> Licensing:
    """Draw a path's licence rule: a row for each stretch of days with one practice.

    Parameters
    ----------
    case : MaterialCase
        The resolved material.
    path : int
        Which supply path.
    drawn : mapping of str to (draw,)
        Among them the two factors of `factors`.
    access : (user, draw), share, optional
        Part of the licences that each user may have.

    Returns
    -------
    Licensing
        Rows lead; then users, where `access` tells them apart, and draws.
    """
    starts = rows(case, path)
    days = case.approval.shape[2]
    name_approval, name_delay = factors(case)
    strict, slow = position(case.stance, drawn[name_approval]), drawn[name_delay]
    low, high = case.approval[path][:, starts, None]
    granted = low + strict * (high - low)
    low, high = case.freed[path][:, starts, None]
    # Where the freed share is no range, one column serves all draws.
    freed = low + drawn[name_approval] * (high - low) if (low != high).any() else low
    low, high = case.delay[path][:, starts, None]
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
    inside = months_of(case, ends) >= 0
    hit = stock.first_shortage
    short = (hit >= 0)[:, None] & (hit[:, None] <= ends[inside])
    since = np.where(hit < 0, hit, np.maximum(hit - case.control_day, 0))
    return MaterialPaths(
        availability=stock.availability[inside].T[None],
        days_of_cover=stock.days_of_cover[inside].T[None],
        short=short.astype(np.float64)[None],
        first_shortage=since[None],
    )
