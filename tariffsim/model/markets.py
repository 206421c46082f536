"""One importer's markets over draws: every distinct case at both horizons, then monthly paths.

Joins the Armington kernel, the welfare measures and the two-speed filter. Knows a resolved market
and drawn values; knows no branch, no probability and no label.
"""

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.experiment import MarketCase
from tariffsim.model import welfare
from tariffsim.model.adjustment import adjust, speed_from_years
from tariffsim.model.armington import Equilibrium, solve
from tariffsim.model.cases import Cases, distinct_cases
from tariffsim.model.market_inputs import expenditure_share, require_gross_substitutes

BLOCK = 256
"""Draws solved at a time: small enough that the arrays of a block stay in cache."""

QUANTITIES = (
    "customs_value",
    "customs_value_rest",
    "duty",
    "revenue_difference",
    "consumer_surplus",
    "producer_surplus",
    "landed_price_change",
)
"""What is kept of a market: annual USD million, and the partner's landed price as a ratio."""

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False)
class MarketPaths:
    """Monthly paths of one importer's markets.

    Parameters
    ----------
    values : mapping of str to (path, draw, month)
        Under the names of `QUANTITIES`, annual rates.
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
        Annual rates by path, draw and month from `first` on.

    Notes
    -----
    Cost is draws x distinct cases for the equilibria; months enter only the filter.
    """
    cases = distinct_cases(case.added_low, case.added_high)
    count = len(drawn["armington_elasticity_short"])
    regimes = cases.membership.shape[1]
    short, long = ({name: np.empty((regimes, count)) for name in QUANTITIES} for _ in range(2))
    for start in range(0, count, BLOCK):
        block = slice(start, start + BLOCK)
        _solve_block(case, cases, {name: v[block] for name, v in drawn.items()}, block, short, long)
        if progress is not None:
            next(progress)
    speed = speed_from_years(
        drawn["years_to_long_run"],
        drawn["armington_elasticity_short"],
        drawn["armington_elasticity_long"],
    )
    return MarketPaths(
        values={
            name: np.stack(
                [
                    adjust(short[name], long[name], weights, speed)[first:].T
                    for weights in case.weights
                ]
            )
            for name in QUANTITIES
        }
    )


def _solve_block(
    case: MarketCase,
    cases: Cases,
    drawn: Values,
    block: slice,
    short: dict[str, Floats],
    long: dict[str, Floats],
) -> None:
    column = {name: values[:, None, None] for name, values in drawn.items()}
    benchmark_rate = case.benchmark_rate[:, cases.product]
    added = cases.added_high - cases.added_low
    rate = benchmark_rate + cases.added_low
    if added.any():
        rate = rate + column["coverage_position"] * added
    wedge = (1.0 + rate) / (1.0 + benchmark_rate)
    value = _benchmark_value(case, drawn)[..., cases.product]
    share = expenditure_share(value, benchmark_rate)
    for horizon, totals in (("short", short), ("long", long)):
        sigma = column[f"armington_elasticity_{horizon}"]
        eta = sigma * column["demand_to_substitution_ratio"]
        require_gross_substitutes(sigma, eta)
        answer = solve(
            share,
            wedge,
            armington_elasticity=sigma,
            import_demand_elasticity=eta,
            inverse_supply_elasticity=column[case.supply],
        )
        found = _quantities(value, benchmark_rate, rate, answer, eta, column[case.supply])
        for name in QUANTITIES:
            totals[name][:, block] = (found[name] @ cases.membership).T
        landed = _landed_weight(value, benchmark_rate)
        totals["landed_price_change"][:, block] /= (np.atleast_2d(landed) @ cases.membership).T


def _quantities(
    value: Floats,
    benchmark_rate: Floats,
    rate: Floats,
    answer: Equilibrium,
    eta: Floats,
    inverse: Floats,
) -> dict[str, Floats]:
    """Measure each case; (draw, case), the partner's where a quantity has a source."""
    after = welfare.customs_value(value, answer)
    paid = welfare.duty(after, rate)
    expenditure = (value * (1.0 + benchmark_rate)).sum(axis=-2)
    landed = _landed_weight(value, benchmark_rate)
    return {
        "customs_value": after[:, 0],
        "customs_value_rest": after[:, 1],
        "duty": paid[:, 0],
        "revenue_difference": (paid - welfare.duty(value, benchmark_rate)).sum(axis=-2),
        "consumer_surplus": welfare.consumer_surplus(
            expenditure, answer.price_index_change, import_demand_elasticity=eta[:, 0]
        ),
        "producer_surplus": welfare.producer_surplus(
            value, answer, inverse_supply_elasticity=inverse
        )[:, 0],
        "landed_price_change": landed * answer.landed_price_change[:, 0],
    }


def _landed_weight(value: Floats, benchmark_rate: Floats) -> Floats:
    """Weigh the partner's prices by what its goods cost landed on the benchmark day."""
    weight: Floats = (value * (1.0 + benchmark_rate))[..., 0, :]
    return weight


def _benchmark_value(case: MarketCase, drawn: Values) -> Floats:
    """Give the benchmark value, with the rest's drawn where it is known only through a prior.

    Notes
    -----
    With v the partner's values, s the prior of its share by product and S its share overall, the
    share used is S (s / S)^k times one factor that keeps the overall share at S; k between 0
    (the same share everywhere) and 1 (the prior) is drawn.
    """
    if case.share_prior is None:
        return case.customs_value
    partner = case.customs_value[0]
    overall = partner.sum() / case.customs_value.sum()
    blended = (case.share_prior / overall) ** drawn["us_share_concentration"][:, None]
    factor = (partner / blended).sum(axis=1, keepdims=True) / partner.sum()
    share = np.minimum(overall * factor * blended, 0.99)
    rest = partner * (1.0 / share - 1.0)
    return np.stack([np.broadcast_to(partner, rest.shape), rest], axis=1)
