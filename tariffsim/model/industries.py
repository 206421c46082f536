"""A controlled input told apart by using industry: stocks, output and value at risk, week by week.

Joins the kernels of stocks, rationing and production to a resolved material and drawn values;
knows no branch and no label.
"""

from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import MaterialCase
from tariffsim.model.licensed_share import licensed_share
from tariffsim.model.materials import (
    MaterialPaths,
    Paths,
    Values,
    blocks,
    licensing,
    month_ends,
    on_rows,
    reliance,
    rows,
)
from tariffsim.model.production import marginal_value, output_share
from tariffsim.model.rationing import Rationing
from tariffsim.model.supply import FULL, Buyer, Growth, stock_path

RESPONSES = (
    ("other_sources_share", "other_sources_days"),
    ("recycling_share", "recycling_days"),
    ("substitution_share", "substitution_days"),
)
MORE_STOCK = 30.0
"""Days of need: the month of stock whose worth is asked for."""
DAYS_PER_YEAR = 365.0


@attrs.frozen(kw_only=True, eq=False)
class IndustryPaths:
    """What becomes of a material and of the industries that need it.

    Parameters
    ----------
    whole : MaterialPaths
        All uses together, by month.
    availability : (track, user, draw, week), fraction
        Use over need.
    short : (track, user, draw, week), 0 or 1
        Whether need has gone unmet by the end of the week.
    first_shortage : (track, user, draw), days
        From the control's first day; -1 where there is none.
    output_loss : (track, user, draw, month), fraction
        Of the industry's normal output, made with the material or not.
    value_loss : (track, user, draw), USD billion
        Value added that is not made in the horizon.
    value_of_stock : (track, draw), USD billion
        Value added that 30 more days of stock would have saved.
    days_short : (track, draw), days
        From the first shortage to the end of the last week with one, to the run's end at most.
    price : (track, draw, month), ratio
        Scarcity price over the normal one.
    licensed : (track, draw, month), fraction
        What may come of the controlled flow.
    made : (track, user, draw, stretch), fraction of normal, or None
        Output of each industry in the stretches of `stretches`, where it was asked for.
    """

    whole: MaterialPaths
    availability: Floats
    short: Floats
    first_shortage: Ints
    output_loss: Floats
    value_loss: Floats
    value_of_stock: Floats
    days_short: Floats
    price: Floats
    licensed: Floats
    made: Floats | None = None


def industry_paths(
    case: MaterialCase, drawn: Values, number: Ints | None = None, *, keep_output: bool = False
) -> IndustryPaths:
    """Run every supply track of a material with its uses told apart.

    Parameters
    ----------
    case : MaterialCase
        With uses.
    drawn : mapping of str to (draw,)
        Parameter values and the two factors of the material.
    number : (draw,), int, optional
        Which draw of the sequence each is; by default they are its first.
    keep_output : bool
        Whether output is wanted by stretch.

    Returns
    -------
    IndustryPaths

    Notes
    -----
    Users hold stocks of their own; what comes is rationed among them. Need that no listed use
    has is a last user without a name. Within a week a firm moves output between days, so output
    follows the week's mean availability.
    """
    pieces = [
        [_one(case, paths, part) for paths in on_tracks]
        for on_tracks, part in blocks(case, drawn, number)
    ]

    def joined(name: str, axis: int) -> Floats:
        parts = [np.stack([getattr(one, name) for one in block]) for block in pieces]
        return np.concatenate(parts, axis=axis)

    whole = MaterialPaths(
        availability=joined("all_availability", 1),
        days_of_cover=joined("all_cover", 1),
        short=joined("all_short", 1),
        first_shortage=joined("all_first", 1).astype(np.int64),
    )
    return IndustryPaths(
        whole=whole,
        availability=joined("availability", 2),
        short=joined("short", 2),
        first_shortage=joined("first", 2).astype(np.int64),
        output_loss=joined("output_loss", 2),
        value_loss=joined("value_loss", 2),
        value_of_stock=joined("value_of_stock", 1),
        days_short=joined("days_short", 1),
        price=joined("price", 1),
        licensed=joined("licensed", 1),
        made=joined("made", 2) if keep_output else None,
    )


def stretches(case: MaterialCase) -> Ints:
    """List the last day of each stretch within which output does not change."""
    before = [case.control_day - 1] if case.control_day else []
    ends = np.concatenate([month_ends(case), weeks(case), before])
    return np.unique(ends).astype(np.int64)


def weeks(case: MaterialCase) -> Ints:
    """List the last day of each week of control; the last week may be short."""
    days = case.approval.shape[2]
    found = np.arange(case.control_day + 6, days, 7)
    return found if len(found) and found[-1] == days - 1 else np.append(found, days - 1)


@attrs.frozen(kw_only=True, eq=False)
class _One:
    """One track, one block of draws."""

    all_availability: Floats
    all_cover: Floats
    all_short: Floats
    all_first: Ints
    availability: Floats
    short: Floats
    first: Ints
    output_loss: Floats
    value_loss: Floats
    value_of_stock: Floats
    days_short: Floats
    price: Floats
    licensed: Floats
    made: Floats


def _one(case: MaterialCase, path: Paths, drawn: Values) -> _One:
    month_last, week_last = month_ends(case), weeks(case)
    ends = stretches(case)
    spans = np.diff(np.append(-1, ends)).astype(np.float64)
    access = _stacked([drawn[use.access] for use in case.uses], rest=1.0)
    rule = licensing(case, path, drawn, access=access)
    share = _shares(case, drawn)
    rationing = Rationing(need_share=share, strength=drawn["rationing_strength"])
    stock = stock_path(_buyer(case, path, drawn, 0.0), rule, ends=ends, rationing=rationing)
    more = stock_path(_buyer(case, path, drawn, MORE_STOCK), rule, ends=ends, rationing=rationing)
    inside = case.month_of_day[ends] >= 0
    made = _output(case, drawn, stock.availability)
    lost = _lost(case, drawn, made, spans * inside)
    saved = lost.sum(axis=0) - _lost(
        case, drawn, _output(case, drawn, more.availability), spans * inside
    ).sum(axis=0)
    whole = (share * stock.availability).sum(axis=1)
    monthly = _means(whole, ends, spans, month_last)[case.month_of_day[month_last] >= 0]
    named = stock.availability[:, : len(case.uses)]
    week = _means(named, ends, spans, week_last, case.control_day)
    first = stock.first_shortage[: len(case.uses)]
    any_first = _earliest(stock.first_shortage)
    horizon = month_last[case.month_of_day[month_last] >= 0]
    cover = (share * stock.days_of_cover[np.isin(ends, horizon)]).sum(axis=1)
    return _One(
        all_availability=monthly.T,
        all_cover=cover.T,
        all_short=_by(any_first, horizon).T,
        all_first=_since(any_first, case),
        availability=np.moveaxis(week, 0, -1),
        short=np.moveaxis(_by(first, week_last), 0, -1),
        first=_since(first, case),
        output_loss=np.moveaxis(
            _means(1.0 - made, ends, spans, month_last)[case.month_of_day[month_last] >= 0], 0, -1
        ),
        value_loss=lost,
        value_of_stock=saved,
        days_short=_days_short(whole, ends, any_first),
        price=scarcity_price(case, drawn, monthly).T,
        licensed=_licensed(case, path, drawn, month_last).T,
        made=np.moveaxis(made, 0, -1),
    )


def _buyer(case: MaterialCase, path: Paths, drawn: Values, extra: float) -> Buyer:
    common = drawn[case.cover]
    own = [drawn[use.stock] if use.stock else common for use in case.uses]
    cover = np.stack([*own, common]) + extra
    relied = reliance(case, drawn)
    aim = None
    if case.ahead is not None and case.ahead[path].any():
        ahead = on_rows(case.ahead, path, rows(case, path))
        aim = cover + drawn["hoarding_days"] * ahead[:, None]
    return Buyer(
        cover_days=cover,
        reliance=relied,
        refill_days=drawn[case.refill],
        aim_days=aim,
        growth=tuple(
            Growth(limit=relied * drawn[limit], days=drawn[days], begins=case.control_day)
            for limit, days in RESPONSES
        ),
    )


def _stacked(values: Sequence[Floats], *, rest: float) -> Floats:
    return np.stack([*values, np.full_like(values[0], rest)])


def _shares(case: MaterialCase, drawn: Values) -> Floats:
    """Give each user's share of need, (user, draw); what nobody is named for comes last."""
    named = np.stack([drawn[use.share] for use in case.uses])
    rest = np.maximum(1.0 - named.sum(axis=0), 0.0)
    found = np.concatenate([named, rest[None]])
    return np.asarray(found / found.sum(axis=0))


def _output(case: MaterialCase, drawn: Values, availability: Floats) -> Floats:
    """Give each named industry's output over its normal one, (period, user, draw)."""
    input_share = np.stack([drawn[use.input_share] for use in case.uses])
    dependence = np.stack([drawn[use.dependence] for use in case.uses])
    there = np.clip(availability[:, : len(case.uses)], 0.0, 1.0)
    made = output_share(there, input_share, drawn["short_run_input_elasticity"])
    return np.asarray(1.0 - dependence * (1.0 - made))


def _lost(case: MaterialCase, drawn: Values, made: Floats, days: Floats) -> Floats:
    """Give the value added that is not made, (user, draw), USD billion."""
    value = np.stack([drawn[use.value_added] for use in case.uses])
    lost: Floats = ((1.0 - made) * days[:, None, None]).sum(axis=0) * value / DAYS_PER_YEAR
    return lost


def _means(values: Floats, ends: Ints, spans: Floats, last: Ints, begin: int = 0) -> Floats:
    """Take means over longer periods, from day `begin` on, each made of whole shorter ones."""
    weighted = values * spans.reshape(-1, *(1,) * (values.ndim - 1))
    stops = (np.searchsorted(ends, last) + 1).tolist()
    starts = [int(np.searchsorted(ends, begin)), *stops[:-1]]
    return np.stack(
        [
            weighted[start:stop].sum(axis=0) / spans[start:stop].sum()
            for start, stop in zip(starts, stops, strict=True)
        ]
    )


def _earliest(first: Ints) -> Ints:
    never = np.iinfo(np.int64).max
    found = np.where(first < 0, never, first).min(axis=0)
    return np.where(found == never, -1, found)


def _by(first: Ints, last: Ints) -> Floats:
    """Tell whether a shortage has come by the end of each period, (period, ...)."""
    days = last.reshape(-1, *(1,) * first.ndim)
    return ((first >= 0) & (first <= days)).astype(np.float64)


def _since(first: Ints, case: MaterialCase) -> Ints:
    return np.where(first < 0, -1, np.maximum(first - case.control_day, 0))


def _days_short(whole: Floats, ends: Ints, first: Ints) -> Floats:
    short = whole < FULL
    last = np.where(short, ends[:, None] + 1, 0).max(axis=0)
    return np.where(first < 0, 0.0, last - first).astype(np.float64)


def scarcity_price(case: MaterialCase, drawn: Values, availability: Floats) -> Floats:
    """Give what one more unit is worth to the users together, over the normal price; (..., draw).

    Where nothing is available it is the most that anybody would pay.
    """
    share = np.stack([drawn[use.share] * drawn[use.input_share] for use in case.uses]).sum(axis=0)
    share = share / np.stack([drawn[use.share] for use in case.uses]).sum(axis=0)
    there = np.clip(availability, 0.0, 1.0)
    return marginal_value(there, share, np.maximum(drawn["short_run_input_elasticity"], 1e-3))


def _licensed(case: MaterialCase, paths: Paths, drawn: Values, month_last: Ints) -> Floats:
    inside = case.month_of_day[month_last] >= 0
    draws = len(drawn[case.cover])
    whole = np.empty((int(inside.sum()), draws))
    for path in np.unique(np.atleast_1d(paths)).tolist():
        # Spells of control begin on the same day in all draws of a path.
        own = np.flatnonzero(np.broadcast_to(paths, draws) == path)
        part = {name: values[own] for name, values in drawn.items()}
        whole[:, own] = licensed_share(licensing(case, path, part), month_last)[inside]
    return whole
