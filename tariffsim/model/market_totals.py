"""One block of draws of one market: every distinct case solved, totalled over products by regime.

Where a run spends its time, so every pass over (case, draw) is counted: what is linear in another
quantity is taken from its total, and what does not depend on the equilibrium never meets a case.
Knows no path, no month and no name of an economy.
"""

from collections.abc import Iterator, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.model.benchmark import Benchmark
from tariffsim.model.cases import Cases, regime_totals
from tariffsim.model.one_supply import Scratch, solve_one_supply
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
class Room:
    """Memory of a block, taken once for all blocks; fresh pages would cost as much as the work.

    Parameters
    ----------
    found : mapping of str to (case, at least draw)
        What cases are solved for, under the names of `SOLVED`.
    scratch : Scratch
        What they are solved in.
    rows : (at least case of a chunk, at least draw)
        For values of products by draw.
    """

    found: Values
    scratch: Scratch
    rows: Floats

    @classmethod
    def of(cls, cases: Cases, sources: int, draws: int) -> "Room":
        """Take memory for blocks of at most so many draws."""
        return cls(
            found={name: np.zeros((len(cases), draws)) for name in SOLVED},
            scratch=Scratch.of(sources, CHUNK, draws),
            rows=np.empty((CHUNK, draws)),
        )


@attrs.frozen(kw_only=True, eq=False)
class Block:
    """A block of draws of a market.

    Parameters
    ----------
    cases : Cases
        The distinct columns of added rates.
    added_low, added_high : (regime, source, product), fraction
        Added rates by regime, for what does not depend on the equilibrium.
    benchmark : Benchmark
        Trade where nothing is added.
    collected : (draw,) or number, fraction
        Share of the goods that pays what is new.
    room : Room
        Memory for at least so many draws.
    """

    cases: Cases
    added_low: Floats
    added_high: Floats
    benchmark: Benchmark
    collected: Floats | float
    room: Room


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
    found = {name: rows[:, :draws] for name, rows in block.room.found.items()}
    for part in _parts(block.cases):
        _solve(
            block, part, drawn, horizon, {name: rows[part.chunk] for name, rows in found.items()}
        )
    start = block.benchmark.totals
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
    value = block.benchmark.value[source]
    least, spread = (np.einsum("rp,pd->rd", rate, value) for rate in (low, high - low))
    return np.asarray(least + position * spread)


@attrs.frozen
class _Part:
    """A run of like cases, and whether every quantity is wanted of them."""

    chunk: slice
    full: bool


def _parts(cases: Cases) -> Iterator[_Part]:
    """Cut the groups of cases into pieces that stay in cache."""
    for group, full in cases.groups:
        for first in range(group.start, group.stop, CHUNK):
            yield _Part(slice(first, min(first + CHUNK, group.stop)), full)


def _solve(block: Block, part: _Part, drawn: Values, horizon: str, found: Values) -> None:
    """Solve some cases, and write each quantity less its benchmark; (case, draw)."""
    cases, start = block.cases, block.benchmark
    product = cases.product[part.chunk]

    def rows(of_products: Floats) -> Floats:
        """Give the rows of the cases' products; in `room.rows`, where they are many numbers."""
        if of_products.shape[1] == 1:
            return of_products[product]
        out = block.room.rows[: len(product), : of_products.shape[1]]
        return np.take(of_products, product, axis=0, out=out, mode="clip")

    before = start.rate[:, product]
    rates = [own + added for own, added in zip(before, _added(block, part, drawn), strict=True)]
    sigma = drawn[f"armington_elasticity_{horizon}"]
    eta = sigma * drawn["demand_to_substitution_ratio"]
    answer = solve_one_supply(
        [rows(share) for share in start.share],
        [(1.0 + rate) / (1.0 + own) for rate, own in zip(rates, before, strict=True)],
        armington_elasticity=sigma,
        import_demand_elasticity=eta,
        inverse_supply_elasticity=drawn["inverse_supply_elasticity"],
        scratch=block.room.scratch,
    )
    for source, name in enumerate(("customs_value", "customs_value_rest")):
        change = answer.value_change[source]
        change -= 1.0
        np.multiply(change, rows(start.value[source]), out=found[name])
    dearer = np.exp(answer.log_landed_price, out=answer.log_landed_price)
    dearer -= 1.0
    np.multiply(dearer, rows(start.landed[0]), out=found["landed_price_change"])
    if not part.full:
        return
    np.multiply(rates[0], found["customs_value"], out=found["duty"])
    np.multiply(rates[1], found["customs_value_rest"], out=found["duty_rest"])
    lost = found["consumer_surplus"]
    power_less_one(1.0 - eta, answer.log_price_index, out=lost)
    lost *= rows(start.expenditure)
    np.negative(lost, out=lost)


def _added(block: Block, part: _Part, drawn: Values) -> Iterator[Floats]:
    """Give what is added to the rate of each source; (case, draw), or 1 where no draw matters."""
    ends = (block.cases.added_low[:, part.chunk], block.cases.added_high[:, part.chunk])
    for low, high in zip(*ends, strict=True):
        if (low == high).all():
            yield low[:, None]
        else:
            yield low[:, None] + drawn["coverage_position"] * (high - low)[:, None]
