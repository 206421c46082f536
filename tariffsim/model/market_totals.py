"""One block of draws of one market: every distinct case solved, totalled over products by regime.

Where a run spends its time, so every pass over (case, draw) is counted: what is linear in another
quantity is taken from its total, and what does not depend on the equilibrium never meets a case.
Knows no path, no month and no name of an economy.
"""

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.model.cases import Cases, regime_totals
from tariffsim.model.one_supply import solve_one_supply
from tariffsim.model.powers import power_less_one

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
    "duty_before_response_rest",
)
"""What is kept of a market: annual USD million, and the partner's landed price as a ratio."""

SOLVED = (*QUANTITIES[:5], "landed_price_change")
"""What each case is solved for; the rest follows from these, or from rates alone."""

BEFORE = ("customs_value", "customs_value_rest", "landed_price_change")
"""What has inertia or is followed late, and so is wanted of regimes before the horizon too."""

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False)
class Block:
    """A block of draws of a market.

    Parameters
    ----------
    cases : Cases
        The distinct columns of added rates.
    added_low, added_high : (regime, source, product), fraction
        Added rates by regime, for what does not depend on the equilibrium.
    value : (source, product, draw or 1)
        Benchmark customs value.
    benchmark_rate : (source, product), fraction
        Duty collected over customs value.
    collected : (draw,) or number, fraction
        Share of the goods that pays what is new.
    memory : mapping of str to (case, at least draw)
        Room for `SOLVED`, taken once for all blocks.
    """

    cases: Cases
    added_low: Floats
    added_high: Floats
    value: Floats
    benchmark_rate: Floats
    collected: Floats | float
    memory: Values


def room(cases: Cases, draws: int) -> dict[str, Floats]:
    """Take the memory of a block; fresh pages for every block would cost as much as the work."""
    return {name: np.zeros((len(cases), draws)) for name in SOLVED}


def block_totals(block: Block, drawn: Values, horizon: str) -> dict[str, Floats]:
    """Total each of `QUANTITIES` over products, by regime and draw.

    Parameters
    ----------
    block : Block
    drawn : mapping of str to (draw,)
        Parameter values of these draws.
    horizon : {'short', 'long'}
        Which elasticities.

    Returns
    -------
    dict of str to (regime, draw)
        Annual totals; the landed price as a ratio.
    """
    draws = len(drawn["inverse_supply_elasticity"])
    found = {name: rows[:, :draws] for name, rows in block.memory.items()}
    for part in _parts(block.cases):
        _solve(
            block, part, drawn, horizon, {name: rows[part.chunk] for name, rows in found.items()}
        )
    start = benchmark_totals(block.value, block.benchmark_rate[:, :, None])
    # A share of the goods pays what is new; the others are as they were.
    moved = {
        name: block.collected * regime_totals(found[name], block.cases, every=name in BEFORE)
        for name in SOLVED
    }
    totals = {name: start[name] + moved[name] for name in SOLVED}
    inverse = drawn["inverse_supply_elasticity"]
    totals["producer_surplus"] = moved["customs_value"] * (inverse / (1.0 + inverse))
    for source, name in enumerate(("duty", "duty_rest")):
        levied = block.collected * _levied(block, source, drawn["coverage_position"])
        totals[name] += levied
        totals[name.replace("duty", "duty_before_response")] = start[name] + levied
    totals["landed_price_change"] /= start["landed_price_change"]
    return totals


def _levied(block: Block, source: int, position: Floats) -> Floats:
    """Total what is added to the duty of benchmark trade; (regime, draw)."""
    low, high = block.added_low[:, source], block.added_high[:, source]
    value = block.value[source]
    least, spread = (np.einsum("rp,pd->rd", rate, value) for rate in (low, high - low))
    return np.asarray(least + position * spread)


def benchmark_totals(value: Floats, rate: Floats) -> dict[str, Floats]:
    """Total each solved quantity over products where nothing is added; number or (draw,)."""
    return {
        "customs_value": value[0].sum(axis=0),
        "customs_value_rest": value[1].sum(axis=0),
        "duty": (rate[0] * value[0]).sum(axis=0),
        "duty_rest": (rate[1] * value[1]).sum(axis=0),
        "consumer_surplus": np.zeros(1),
        "landed_price_change": ((1.0 + rate[0]) * value[0]).sum(axis=0),
    }


@attrs.frozen
class _Part:
    """A run of like cases: whether every quantity is wanted, and whether rates are a range."""

    chunk: slice
    full: bool
    ranged: bool


def _parts(cases: Cases) -> Iterator[_Part]:
    """Cut the groups of cases into pieces that stay in cache."""
    for group, full, ranged in cases.groups:
        for first in range(group.start, group.stop, CHUNK):
            yield _Part(slice(first, min(first + CHUNK, group.stop)), full, ranged)


def _solve(block: Block, part: _Part, drawn: Values, horizon: str, found: Values) -> None:
    """Solve some cases, and write each quantity less its benchmark; (case, draw)."""
    product = block.cases.product[part.chunk]
    before = block.benchmark_rate[:, product, None]
    low, high = (
        ends[:, part.chunk, None] for ends in (block.cases.added_low, block.cases.added_high)
    )
    rate = before + low
    if part.ranged:
        rate = rate + drawn["coverage_position"] * (high - low)
    value = block.value[:, product]
    landed = value * (1.0 + before)
    expenditure = landed.sum(axis=0)
    sigma = drawn[f"armington_elasticity_{horizon}"]
    eta = sigma * drawn["demand_to_substitution_ratio"]
    answer = solve_one_supply(
        landed / expenditure,
        (1.0 + rate) / (1.0 + before),
        armington_elasticity=sigma,
        import_demand_elasticity=eta,
        inverse_supply_elasticity=drawn["inverse_supply_elasticity"],
    )
    change = answer.value_change
    change -= 1.0
    for source, name in enumerate(("customs_value", "customs_value_rest")):
        np.multiply(change[source], value[source], out=found[name])
    dearer = np.exp(answer.log_landed_price, out=answer.log_landed_price)
    dearer -= 1.0
    np.multiply(dearer, landed[0], out=found["landed_price_change"])
    if not part.full:
        return
    np.multiply(rate[0], found["customs_value"], out=found["duty"])
    np.multiply(rate[1], found["customs_value_rest"], out=found["duty_rest"])
    lost = power_less_one(1.0 - eta, answer.log_price_index)
    np.multiply(lost, -expenditure, out=found["consumer_surplus"])
