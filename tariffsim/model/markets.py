"""One importer's markets over draws: every distinct case at both horizons, then monthly paths.

Joins the Armington kernel, the welfare measures and the two-speed filter. Knows a resolved market
and drawn values; knows no branch, no probability and no label.
"""

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.experiment import MarketCase
from tariffsim.model.adjustment import adjust, speed_from_years
from tariffsim.model.cases import Cases, distinct_cases, regime_totals
from tariffsim.model.market_inputs import require_gross_substitutes
from tariffsim.model.one_supply import solve_one_supply
from tariffsim.model.powers import power_less_one
from tariffsim.model.regime_path import blend, in_force
from tariffsim.model.tracks import tracked_weights

BLOCK = 512
"""Draws solved at a time."""

CHUNK = 64
"""Cases solved at a time: so many by a block of draws stay in the cache of a core."""

QUANTITIES = (
    "customs_value",
    "customs_value_rest",
    "duty",
    "duty_rest",
    "consumer_surplus",
    "producer_surplus",
    "landed_price_change",
    "duty_before_response",
)
"""What is kept of a market: annual USD million, and the partner's landed price as a ratio."""

TRADE = ("customs_value", "customs_value_rest")
"""What has inertia, and so is wanted of regimes before the horizon too."""

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False)
class MarketPaths:
    """Monthly paths of one importer's markets.

    Parameters
    ----------
    values : mapping of str to (track, draw, month)
        Under the names of `QUANTITIES` and ``revenue_difference``, annual rates. On a track each
        draw lies on its own path.
    """

    values: Mapping[str, Floats]


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
    require_gross_substitutes(np.ones(1), drawn["demand_to_substitution_ratio"])
    # Months before the horizon count only through the inertia of trade.
    full = np.asarray(case.weights[:, first:].any(axis=(0, 1)), dtype=np.bool_)
    cases = distinct_cases(case.added_low, case.added_high, full)
    count = len(drawn["armington_elasticity_short"])
    shape = (len(cases.of_regime), count)
    short, long = ({name: np.empty(shape) for name in QUANTITIES} for _ in range(2))
    benchmark = np.empty(count)
    # Taken once: fresh pages for every block would cost as much as the arithmetic.
    memory = {name: np.zeros((len(cases), min(BLOCK, count))) for name in QUANTITIES}
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        values = {name: array[block] for name, array in drawn.items()}
        values["inverse_supply_elasticity"] = values[case.supply]
        value = _benchmark_value(case, values)
        benchmark[block] = (case.benchmark_rate[:, :, None] * value).sum(axis=(0, 1))
        for horizon, totals in (("short", short), ("long", long)):
            found = _block_totals(case, cases, value, values, horizon, memory)
            for name in QUANTITIES:
                totals[name][:, block] = found[name]
        if progress is not None:
            next(progress, None)
    speed = speed_from_years(
        drawn["years_to_long_run"],
        drawn["armington_elasticity_short"],
        drawn["armington_elasticity_long"],
    )
    values = _along_tracks(case, (short, long), speed, first)
    values["revenue_difference"] = values["duty"] + values["duty_rest"] - benchmark[:, None]
    return MarketPaths(values=values)


def _along_tracks(
    case: MarketCase, totals: tuple[Values, Values], speed: Floats, first: int
) -> dict[str, Floats]:
    """Run every track, a block of draws at a time; (track, draw, month) from `first` on."""
    tracks = np.arange(len(case.weights))[:, None] if case.tracks is None else case.tracks
    shape = (len(tracks), case.weights.shape[1] - first, len(speed))
    found = {name: np.empty(shape) for name in QUANTITIES}
    for track, members in enumerate(tracks):
        for block, weights in tracked_weights(case.weights, members, len(speed), BLOCK):
            short, long = ({n: v[:, block] for n, v in values.items()} for values in totals)
            for name, path in _path(short, long, weights, speed[block], first).items():
                found[name][track, :, block] = path
    # Draws lie side by side in memory, as sums over months and sorts over draws want them.
    return {name: array.transpose(0, 2, 1) for name, array in found.items()}


def _path(
    short: Values, long: Values, weights: Floats, speed: Floats, first: int
) -> dict[str, Floats]:
    """Run one path, or a path a draw: trade with inertia, all else with the regime."""
    listed = in_force(weights, speed, first=first)
    blended = {name: blend(short[name], long[name], listed) for name in QUANTITIES}
    found = dict(blended)
    for flow, duty in (("customs_value", "duty"), ("customs_value_rest", "duty_rest")):
        found[flow] = adjust(short[flow], long[flow], weights, speed)[first:]
        # The rate collected is the regime's; the trade it is collected on has its inertia.
        found[duty] = blended[duty] / blended[flow] * found[flow]
    return found


def _block_totals(
    case: MarketCase,
    cases: Cases,
    value: Floats,
    drawn: Values,
    horizon: str,
    memory: Values,
) -> dict[str, Floats]:
    """Total each quantity over products, by regime and draw: benchmark plus what the cases move."""
    rate = case.benchmark_rate[:, :, None]
    draws = len(drawn[case.supply])
    found = {name: rows[:, :draws] for name, rows in memory.items()}
    for chunk, full, ranged in _chunks(cases):
        parts = _differences(value, rate, cases, drawn, _Part(chunk, horizon, full, ranged))
        for name, part in parts.items():
            found[name][chunk] = part
    totals = _benchmark_totals(value, rate)
    moved = {
        name: totals[name] + regime_totals(found[name], cases, every=name in TRADE)
        for name in QUANTITIES
    }
    moved["landed_price_change"] = moved["landed_price_change"] / totals["landed_price_change"]
    return moved


@attrs.frozen
class _Part:
    """A run of like cases at one horizon: whether every quantity is wanted, and rates a range."""

    chunk: slice
    horizon: str
    full: bool
    ranged: bool


def _chunks(cases: Cases) -> Iterator[tuple[slice, bool, bool]]:
    """Cut the groups of cases into pieces that stay in cache."""
    for group, full, ranged in cases.groups:
        for first in range(group.start, group.stop, CHUNK):
            yield slice(first, min(first + CHUNK, group.stop)), full, ranged


def _benchmark_totals(value: Floats, rate: Floats) -> dict[str, Floats]:
    """Total each quantity over products where nothing is added; number or (draw,)."""
    nothing = np.zeros(1)
    duty = (rate[0] * value[0]).sum(axis=0)
    return {
        "customs_value": value[0].sum(axis=0),
        "customs_value_rest": value[1].sum(axis=0),
        "duty": duty,
        "duty_rest": (rate[1] * value[1]).sum(axis=0),
        "consumer_surplus": nothing,
        "producer_surplus": nothing,
        "landed_price_change": ((1.0 + rate[0]) * value[0]).sum(axis=0),
        "duty_before_response": duty,
    }


def _differences(
    value: Floats, benchmark_rate: Floats, cases: Cases, drawn: Values, part: _Part
) -> dict[str, Floats]:
    """Solve some cases, and measure each quantity less its benchmark; (case, draw)."""
    product = cases.product[part.chunk]
    before = benchmark_rate[:, product]
    low, high = (ends[:, part.chunk, None] for ends in (cases.added_low, cases.added_high))
    added = low + drawn["coverage_position"] * (high - low) if part.ranged else low
    rate = before + added
    value = value[:, product]
    landed = value * (1.0 + before)
    expenditure = landed.sum(axis=0)
    sigma = drawn[f"armington_elasticity_{part.horizon}"]
    eta = sigma * drawn["demand_to_substitution_ratio"]
    inverse = drawn["inverse_supply_elasticity"]
    answer = solve_one_supply(
        landed / expenditure,
        np.log((1.0 + rate) / (1.0 + before)),
        armington_elasticity=sigma,
        import_demand_elasticity=eta,
        inverse_supply_elasticity=inverse,
    )
    change = answer.value_change
    change -= 1.0
    change *= value
    if not part.full:
        return {"customs_value": change[0], "customs_value_rest": change[1]}
    raised = rate * change
    raised += added * value
    return {
        "customs_value": change[0],
        "customs_value_rest": change[1],
        "duty": raised[0],
        "duty_rest": raised[1],
        "consumer_surplus": -expenditure * power_less_one(1.0 - eta, answer.log_price_index),
        "producer_surplus": change[0] * (inverse / (1.0 + inverse)),
        "landed_price_change": landed[0] * np.exp(answer.log_landed_price) - landed[0],
        "duty_before_response": added[0] * value[0],
    }


def _benchmark_value(case: MarketCase, drawn: Values) -> Floats:
    """Give the benchmark value, (source, product, draw or 1).

    The rest's is drawn where it is known only through a prior of the partner's share.

    Notes
    -----
    With v the partner's values, s the prior of its share by product and S its share overall, the
    share used is S (s / S)^k times one factor that keeps the overall share at S; k between 0
    (the same share everywhere) and 1 (the prior) is drawn.
    """
    if case.share_prior is None:
        return case.customs_value[:, :, None]
    partner = case.customs_value[0][:, None]
    overall = partner.sum() / case.customs_value.sum()
    blended = (case.share_prior[:, None] / overall) ** drawn["us_share_concentration"]
    factor = (partner / blended).sum(axis=0) / partner.sum()
    share = np.minimum(overall * factor * blended, 0.99)
    rest = partner * (1.0 / share - 1.0)
    return np.stack([np.broadcast_to(partner, rest.shape), rest])
