"""One importer's markets over draws: every distinct case at both horizons, then monthly paths.

Joins the Armington kernel, the welfare measures and what happens along a path. Knows a resolved
market and drawn values; knows no branch, no probability and no label.
"""

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.experiment import Ahead, MarketCase
from tariffsim.model.adjustment import speed_from_years
from tariffsim.model.along import Stocking, at_retail, follow, stock_up
from tariffsim.model.anticipation import months_ahead
from tariffsim.model.benchmark import Benchmark
from tariffsim.model.cases import distinct_cases
from tariffsim.model.growth import growth_factors
from tariffsim.model.market_inputs import require_gross_substitutes
from tariffsim.model.market_totals import QUANTITIES, Block, Room, block_totals
from tariffsim.model.pieces import cut
from tariffsim.model.tracks import paths_of_draws, tracked_weights

BLOCK = 1024
"""Draws solved at a time."""

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False)
class MarketPaths:
    """Monthly paths of one importer's markets.

    Parameters
    ----------
    values : mapping of str to (track, draw, month)
        On a track each draw lies on its own path. Under the names of `QUANTITIES`, annual rates;
        ``retail_price_change`` as a ratio;
        ``stock`` and ``stock_cost``, amounts of the month where anybody buys ahead;
        ``statutory_rate`` as a fraction.
    amount : (source, draw or 1, month)
        What turns an annual rate into the month's amount: its length, season and growth.
    benchmark_duty : (source, draw)
        Duty of the benchmark, annual USD million.
    revenue_kept : (draw,), fraction
        Share of new revenue that is not lost elsewhere.
    """

    values: Mapping[str, Floats]
    amount: Floats
    benchmark_duty: Floats
    revenue_kept: Floats


@attrs.frozen(kw_only=True, eq=False)
class RegimeTotals:
    """Every quantity in every regime at both horizons: (regime, draw), annual.

    Parameters
    ----------
    short, long : mapping of str to (regime, draw)
        Under the names of `QUANTITIES`.
    benchmark_duty : (source, draw)
        Duty of the benchmark.
    """

    short: Mapping[str, Floats]
    long: Mapping[str, Floats]
    benchmark_duty: Floats


def market_paths(
    case: MarketCase, drawn: Values, *, first: int, progress: Iterator[None] | None = None
) -> MarketPaths:
    """Solve a market's regimes for every draw, and run each path through them.

    Parameters
    ----------
    case : MarketCase
        The resolved market.
    drawn : mapping of str to (draw,)
        Parameter values by draw.
    first : int
        First month to keep.
    progress : iterator, optional
        Advanced once a block.

    Returns
    -------
    MarketPaths
        Annual rates by track, draw and month from `first` on.

    Notes
    -----
    Cost is draws x distinct cases for the equilibria; months enter only the filter.
    """
    # Months before the horizon count only through inertia.
    wanted = [case.weights[:, first:].any(axis=(0, 1))]
    if case.ahead is not None:
        wanted += [part.any(axis=(0, 1)) for part in (case.ahead.buying, case.ahead.using)]
    full = np.asarray(np.any(wanted, axis=0), dtype=np.bool_)
    totals = total_regimes(case, drawn, full=full, progress=progress)
    amount = _amounts(case, drawn)
    values = _along_tracks(case, totals, drawn, amount, first)
    return MarketPaths(
        values={**values, "statutory_rate": _statutory(case, drawn, first)},
        amount=amount[:, first:].transpose(0, 2, 1),
        benchmark_duty=totals.benchmark_duty,
        revenue_kept=_kept(case, drawn),
    )


def total_regimes(
    case: MarketCase,
    drawn: Values,
    *,
    full: Bools | None = None,
    progress: Iterator[None] | None = None,
) -> RegimeTotals:
    """Solve every distinct case of a market at both horizons, and total over products.

    Parameters
    ----------
    case : MarketCase
        The resolved market.
    drawn : mapping of str to (draw,)
        Parameter values by draw.
    full : (regime,), bool, optional
        Regimes of which every quantity is wanted, and not only trade and prices; all if not given.
    progress : iterator, optional
        Advanced once a block.

    Returns
    -------
    RegimeTotals
    """
    require_gross_substitutes(np.ones(1), drawn["demand_to_substitution_ratio"])
    cases = distinct_cases(case.added_low, case.added_high, full)
    count = len(drawn["armington_elasticity_short"])
    shape = (len(cases.full), count)
    short, long = ({name: np.empty(shape) for name in QUANTITIES} for _ in range(2))
    benchmark = np.empty((len(case.benchmark_rate), count))
    pieces = cut(cases, case.benchmark_rate)
    room = Room.of(cases, case.benchmark_rate.shape[1], min(BLOCK, count))
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        values = {name: array[block] for name, array in drawn.items()}
        values["inverse_supply_elasticity"] = values[case.supply]
        trade = benchmark_of(case, values)
        for source, name in enumerate(("duty", "duty_rest")):
            benchmark[source, block] = trade.totals[name]
        work = Block(
            cases=cases,
            pieces=pieces,
            added_low=case.added_low,
            added_high=case.added_high,
            benchmark=trade,
            position=values["coverage_position"],
            collected=collected_share(case, values),
            room=room,
        )
        for horizon, totals in (("short", short), ("long", long)):
            for name, found in block_totals(work, values, horizon).items():
                totals[name][:, block] = found
        if progress is not None:
            next(progress, None)
    return RegimeTotals(short=short, long=long, benchmark_duty=benchmark)


def _along_tracks(
    case: MarketCase, totals: RegimeTotals, drawn: Values, amount: Floats, first: int
) -> dict[str, Floats]:
    """Run every track, a block of draws at a time; (track, draw, month) from `first` on."""
    tracks = _tracks(case)
    count = len(drawn["armington_elasticity_short"])
    shape = (len(tracks), case.weights.shape[1] - first, count)
    found: dict[str, Floats] = {}
    for track, members in enumerate(tracks):
        for block, weights in tracked_weights(case.weights, members, count, BLOCK):
            short, long = (
                {name: values[:, block] for name, values in ends.items()}
                for ends in (totals.short, totals.long)
            )
            values = {name: array[block] for name, array in drawn.items()}
            months = amount[:, :, block] if amount.shape[2] > 1 else amount
            # One path for all draws of the block, or one a draw.
            own = members[:1] if weights.ndim == 2 else paths_of_draws(members, block)
            for name, path in _path(
                case, own, (short, long), weights, values, months, first
            ).items():
                if name not in found:
                    found[name] = np.empty(shape)
                found[name][track, :, block] = path
    # Draws lie side by side in memory, as sums over months and sorts over draws want them.
    return {name: array.transpose(0, 2, 1) for name, array in found.items()}


def _tracks(case: MarketCase) -> Ints:
    return np.arange(len(case.weights))[:, None] if case.tracks is None else case.tracks


def _path(
    case: MarketCase,
    paths: Ints,
    totals: tuple[Values, Values],
    weights: Floats,
    drawn: Values,
    amount: Floats,
    first: int,
) -> dict[str, Floats]:
    """Run one path, or a path a draw; (month of the horizon, draw)."""
    speed = speed_from_years(
        drawn["years_to_long_run"],
        drawn["armington_elasticity_short"],
        drawn["armington_elasticity_long"],
    )
    short, long = totals
    found = follow(short, long, weights, speed, first=first)
    landed = found["landed_price_change"]
    retail = at_retail(landed, drawn["retail_pass_through"], drawn["retail_lag_months"])
    found["landed_price_change"], found["retail_price_change"] = landed[first:], retail[first:]
    if case.ahead is None:
        return found
    stocking = _stocking(case, case.ahead, paths, drawn, first)
    return stock_up(found, short, stocking, amount[0, first:], case.year_share[first:])


def _stocking(case: MarketCase, ahead: Ahead, paths: Ints, drawn: Values, first: int) -> Stocking:
    """Join what buyers see coming with what they can and want to store; (..., draw).

    Notes
    -----
    So many of them believe in a rise; those act on it in full, the others not at all. Where chances
    say how likely it is, that is the share of them, day by day, and stands in the plan. Goods that
    will not pay the duty need not be bought ahead of it.
    """
    assert case.storable is not None
    value = case.customs_value[0]
    said = np.stack(
        [drawn["rise_credence"], drawn["threat_credence"], np.ones_like(drawn["rise_credence"])]
    )
    draw = np.arange(said.shape[1])
    credence = said[ahead.credence[paths].T, draw] * collected_share(case, drawn)
    months = months_ahead(
        ahead.log_jump, value, case.storable, drawn["carrying_cost_month"], drawn["storage_months"]
    )
    plan, open_ = (part[paths, :, first:].transpose(1, 2, 0) for part in (ahead.plan, ahead.open))
    buying, using = (part[paths, first:].transpose(1, 2, 0) for part in (ahead.buying, ahead.using))
    return Stocking(
        wanted=credence * months[ahead.rise[paths].T, draw],
        capacity=credence * drawn["pull_forward_capacity"],
        carrying=drawn["carrying_cost_month"],
        room=drawn["storage_months"],
        storable=float((value * case.storable).sum() / value.sum()),
        plan=plan,
        open=open_,
        rundown=ahead.rundown[paths, first:].T,
        buying=buying,
        using=using,
    )


def collected_share(case: MarketCase, drawn: Values) -> Floats | float:
    """Give the share of new duties that is collected; (draw,), or 1 where all is."""
    return 1.0 if case.collected is None else drawn[case.collected]


def _kept(case: MarketCase, drawn: Values) -> Floats:
    kept = np.ones(len(drawn["armington_elasticity_short"]))
    for name in case.revenue_offsets:
        kept = kept * (1.0 - drawn[name])
    return kept


def _amounts(case: MarketCase, drawn: Values) -> Floats:
    """Give what turns an annual rate into a month's amount; (source, month, draw or 1)."""
    amount = (case.year_share * case.season)[:, :, None]
    if case.growth is None:
        return amount
    return amount * growth_factors(drawn[case.growth], case.growth_years)


def _statutory(case: MarketCase, drawn: Values, first: int) -> Floats:
    """Give the mean statutory rate at benchmark trade; (track, draw, month)."""
    place = drawn["coverage_position"]
    low, high = case.statutory[:, :, first:]
    if case.tracks is None:
        found: Floats = low[:, :, None] + place * (high - low)[:, :, None]
        return found.transpose(0, 2, 1)
    draws = slice(0, len(place))
    paths = [paths_of_draws(members, draws) for members in case.tracks]
    return np.stack([low[own] + place[:, None] * (high[own] - low[own]) for own in paths])


def benchmark_of(case: MarketCase, drawn: Values) -> Benchmark:
    """Give the market before anything is added, as a block of draws has it."""
    value, rate = case.customs_value, case.benchmark_rate
    if case.share_prior is None:
        return Benchmark(value=value[:, :, None], rate=rate[:, :, None])
    return Benchmark.with_prior(value, rate, case.share_prior, drawn["us_share_concentration"])
