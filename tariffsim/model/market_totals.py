"""One block of draws of one market: every distinct case solved, totalled over products by regime.

Where a run spends its time, so every pass over (case, draw) is counted: what is linear in another
quantity is summed with it, and what does not depend on the equilibrium never meets a case. Knows no
path, no month and no name of an economy.
"""

from collections.abc import Iterator, Mapping
from functools import cached_property

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.model.benchmark import Benchmark
from tariffsim.model.cases import Cases, regime_sums
from tariffsim.model.one_supply import Responses, Scratch, responses, solve_one_supply
from tariffsim.model.pieces import CHUNK, Piece
from tariffsim.model.powers import power_less_one

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

SOLVED = ("customs_value", "customs_value_rest", "landed_price_change", "surplus_lost")
"""What each case is solved for; the rest follows from these, or from rates alone."""

FLOWS = (("customs_value", "duty"), ("customs_value_rest", "duty_rest"))
"""The trade of each source, with the duty on it."""

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False)
class Room:
    """Memory of a block, taken once for all blocks; fresh pages would cost as much as the work.

    Parameters
    ----------
    found : mapping of str to (case, at least draw)
        What cases are solved for, under the names of `SOLVED`.
    index, spare : (at least case of a chunk, at least draw)
        What they are solved in.
    rows, more_rows : (at least case of a chunk or of a regime, at least draw)
        For values of products or cases by draw.
    """

    found: Values
    index: Floats
    spare: Floats
    rows: Floats
    more_rows: Floats

    @classmethod
    def of(cls, cases: Cases, products: int, draws: int) -> "Room":
        """Take memory for blocks of at most so many draws."""
        return cls(
            found={name: np.zeros((len(cases), draws)) for name in SOLVED},
            index=np.empty((CHUNK, draws)),
            spare=np.empty((CHUNK, draws)),
            rows=np.empty((max(products, CHUNK), draws)),
            more_rows=np.empty((CHUNK, draws)),
        )


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Block:
    """A block of draws of a market.

    Parameters
    ----------
    cases : Cases
        The distinct columns of added rates.
    pieces : tuple of Piece
        The same, cut into what is solved at a time.
    added_low, added_high : (regime, source, product), fraction
        Added rates by regime, for what does not depend on the equilibrium.
    benchmark : Benchmark
        Trade where nothing is added.
    position : (draw,), fraction
        Where between its least and its most each added rate lies.
    collected : (draw,) or number, fraction
        Share of the goods that pays what is new.
    room : Room
        Memory for at least so many draws.
    """

    cases: Cases
    pieces: tuple[Piece, ...]
    added_low: Floats
    added_high: Floats
    benchmark: Benchmark
    position: Floats
    collected: Floats | float
    room: Room

    @cached_property
    def before(self) -> Values:
        """What products had before something was added to them; (regime, draw or 1)."""
        cases, start = self.cases, self.benchmark
        products_of = [cases.product[rows] for rows in cases.of_regime]
        landed, _ = regime_sums(start.landed[0], products_of)
        found = {"landed_price_change": landed}
        for value, rate, (flow, duty) in zip(start.value, start.rate, FLOWS, strict=True):
            found[flow], found[duty] = regime_sums(
                value, products_of, weights=[(rate[:, 0], 1.0)], weighed=cases.full
            )
        return found


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
    sigma = drawn[f"armington_elasticity_{horizon}"]
    eta = sigma * drawn["demand_to_substitution_ratio"]
    respond = responses(
        armington_elasticity=sigma,
        import_demand_elasticity=eta,
        inverse_supply_elasticity=drawn["inverse_supply_elasticity"],
    )
    for piece in block.pieces:
        _solve(block, piece, respond, 1.0 - eta)
    start = block.benchmark.totals
    # A share of the goods pays what is new; the others are as they were.
    moved = {name: block.collected * change for name, change in _changes(block)}
    totals = {name: start[name] + change for name, change in moved.items()}
    inverse = drawn["inverse_supply_elasticity"]
    totals["producer_surplus"] = moved["customs_value"] * (inverse / (1.0 + inverse))
    for source, (_, duty) in enumerate(FLOWS):
        levied = block.collected * _levied(block, source)
        totals[duty.replace("duty", "duty_before_response")] = start[duty] + levied
    totals["landed_price_change"] /= start["landed_price_change"]
    return totals


def _changes(block: Block) -> Iterator[tuple[str, Floats]]:
    """Give what each regime changes, if all goods pay what is new; (regime, draw)."""
    cases, before, room = block.cases, block.before, block.room
    draws = len(block.position)
    found = {name: rows[:, :draws] for name, rows in room.found.items()}
    for rate, low, high, (flow, duty) in zip(
        block.benchmark.rate, cases.added_low, cases.added_high, FLOWS, strict=True
    ):
        weights: list[tuple[Floats, Floats | float]] = [
            (rate[cases.product, 0] + low, 1.0),
            (high - low, block.position),
        ]
        value, paid = regime_sums(
            found[flow], cases.of_regime, weights=weights, weighed=cases.full, room=room.rows
        )
        yield flow, value - before[flow]
        yield duty, paid - before[duty]
    dearer, _ = regime_sums(found["landed_price_change"], cases.of_regime, room=room.rows)
    yield "landed_price_change", dearer - before["landed_price_change"]
    lost, _ = regime_sums(found["surplus_lost"], cases.in_full(), room=room.rows)
    yield "consumer_surplus", -lost


def _levied(block: Block, source: int) -> Floats:
    """Total what is added to the duty of benchmark trade; (regime, draw)."""
    low, high = block.added_low[:, source], block.added_high[:, source]
    value = block.benchmark.value[source]
    least, spread = (np.einsum("rp,pd->rd", rate, value) for rate in (low, high - low))
    return np.asarray(least + block.position * spread)


def _solve(block: Block, piece: Piece, respond: Responses, exponent: Floats) -> None:
    """Solve a piece for `SOLVED`, where the block has room for it."""
    start, room = block.benchmark, block.room
    product = piece.product
    size = np.s_[: len(product), : len(block.position)]
    found = {name: rows[piece.chunk][size] for name, rows in room.found.items()}

    def rows(of_products: Floats, memory: Floats = room.rows) -> Floats:
        """Give the rows of the cases' products; in memory there is, where they are many numbers."""
        if of_products.shape[1] == 1:
            return of_products[product]
        return np.take(of_products, product, axis=0, out=memory[size], mode="clip")

    answer = solve_one_supply(
        [rows(share) for share in start.share],
        [
            least if spread is None else least + block.position * spread
            for least, spread in zip(piece.least, piece.spread, strict=True)
        ],
        respond,
        of=piece.of,
        value=[rows(value, room.more_rows) for value in start.value],
        scratch=Scratch(
            value=[found[flow] for flow, _ in FLOWS],
            index=room.index[size],
            landed=found["landed_price_change"],
            spare=room.spare[size],
        ),
    )
    landed = np.exp(answer.log_landed_price, out=answer.log_landed_price)
    landed *= rows(start.landed[0])
    if piece.full:
        lost = power_less_one(exponent, answer.log_price_index, out=found["surplus_lost"])
        lost *= rows(start.expenditure)
