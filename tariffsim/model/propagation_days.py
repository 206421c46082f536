"""The days of a shortage for one block of draws, in place; knows no table and checks nothing.

All flows are over their normal day, and sums are taken of differences from it: without a shortage
every number stays what it was, to the last digit. Inputs are worked off a few at a time, all steps
of a day for these before the next, so that what is worked on stays in the fastest cache.
"""

from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Floats

NONE = -1
"""The limiting input where no input limits."""

# Keeps orders divisible where every supplier has stopped, without losing digits to the difference
# from one.
LEAST_PULL = 1e-3
# Added to stocks that cannot limit, so that the least of the others is found.
BEYOND = 1e12
# Of the stocks worked on at a time.
ROWS_BYTES = 4e5


@attrs.frozen(kw_only=True, eq=False)
class Network:
    """The table as shares.

    Parameters
    ----------
    used : (input, industry)
        Whether an industry uses an input at all.
    share : (region, input, industry)
        Of a region in an industry's purchases of an input; sums to one over regions.
    weight : (region, input, industry)
        Of an industry in the sales of a supplier (region, input); with final demand sums to one.
    final : (industry, 1)
        Whether an industry sells to final demand.
    """

    used: Bools
    share: Floats
    weight: Floats
    final: Bools


@attrs.frozen(kw_only=True, eq=False)
class Rules:
    """Behaviour of a block of draws; the last axis is the draw, of the block's length or 1."""

    target: Floats  # (input, industry, draw), days
    least: Floats  # (input, industry, draw), days of stock below which output is held down
    criticality: Floats  # (input, industry, draw)
    restock: Floats  # (draw,), per day
    highest: Floats  # (draw,)
    stretch: Floats  # (draw,), days
    switching: Floats  # (draw,)
    by_wanted: bool
    final_last: bool


@attrs.frozen(kw_only=True, eq=False)
class Days:
    """Where the answer is written: (day, industry, draw), and the stock at the end."""

    output: Floats
    unmet: Floats
    cover: Floats
    limiting: npt.NDArray[np.int16]
    stock: Floats

    def part(self, draws: slice) -> "Days":
        """Give a view of some draws."""
        return Days(
            output=self.output[..., draws],
            unmet=self.unmet[..., draws],
            cover=self.cover[..., draws],
            limiting=self.limiting[..., draws],
            stock=self.stock[..., draws],
        )


@attrs.frozen(kw_only=True, eq=False)
class _Block:
    """What a block of draws keeps from day to day, written to in place."""

    stock: Floats  # (input, industry, draw), days
    order: Floats  # (input, industry, draw), per unit of a supplier's capacity factor
    room: Floats  # (some inputs, industry, draw), working memory
    overtime: Floats  # (industry, draw)
    pull: Floats  # (region, input, draw), capacity factor of a supplier when orders went out
    ordered: Floats  # (region, input, draw), orders over normal sales
    normal: Floats  # (region, input, draw), the same on a normal day
    beyond: Floats | None  # (input, industry, draw or 1), zero where an input can limit


@attrs.frozen(kw_only=True, eq=False)
class _Day:
    """What is settled before stocks are moved."""

    output: Floats  # (industry, draw)
    wanted: Floats  # (industry, draw)
    planned: Floats  # (industry, draw), output that orders replace the inputs of
    came: Floats  # (region, input, draw), delivered over what was ordered from normal shares
    pull: Floats  # (region, input, draw), capacity factor for the next orders
    cover: Floats  # (industry, draw), written to


def run_days(network: Network, rules: Rules, left: tuple[Floats, Floats], made: Days) -> None:
    """Run all days of a block.

    Parameters
    ----------
    network : Network
    rules : Rules
    left : tuple of (day, industry, draw)
        Capacity left, and ceiling; the draw axis may have length 1.
    made : Days
        Written to.
    """
    capacity, ceiling = left
    first = _first_day(capacity, ceiling)
    block = _start(network, rules, made.stock.shape)
    made.output[:first] = 1.0
    made.unmet[:first] = 0.0
    made.cover[:first] = _normal_cover(block)
    made.limiting[:first] = NONE
    for day in range(first, len(capacity)):
        _one_day(network, rules, block, (capacity[day], ceiling[day]), made, day)
    made.stock[...] = block.stock


def _first_day(capacity: Floats, ceiling: Floats) -> int:
    """Find the first day that is not a normal one; before it there is nothing to work out."""
    hit = np.asarray(((capacity < 1.0) | (ceiling < 1.0)).any(axis=(1, 2)))
    return int(hit.argmax()) if hit.any() else len(hit)


def _start(network: Network, rules: Rules, shape: tuple[int, ...]) -> _Block:
    regions, inputs, industries = network.share.shape
    stock = np.empty(shape)
    stock[...] = rules.target
    some = min(inputs, max(1, int(ROWS_BYTES / (8 * industries * shape[2]))))
    idle = rules.criticality <= 0
    suppliers = (regions, inputs, shape[2])
    block = _Block(
        stock=stock,
        order=np.ones(shape),
        room=np.empty((some, *shape[1:])),
        overtime=np.ones(shape[1:]),
        pull=np.ones(suppliers),
        ordered=np.empty(suppliers),
        normal=np.empty(suppliers),
        beyond=np.where(idle, BEYOND, 0.0) if idle.any() else None,
    )
    # The same sums as every day's, so that what is subtracted is equal to the last digit.
    for rows in _rows(block):
        _sum_orders(network, block, rows)
    block.normal[...] = block.ordered
    return block


def _rows(block: _Block) -> Iterator[slice]:
    some, inputs = len(block.room), len(block.stock)
    return (slice(start, min(start + some, inputs)) for start in range(0, inputs, some))


def _some(values: Floats, rows: slice) -> Floats:
    """Give the rows of an array that has them all, or one for all."""
    return values[rows] if len(values) > 1 else values


def _one_day(
    network: Network,
    rules: Rules,
    block: _Block,
    left: tuple[Floats, Floats],
    made: Days,
    day: int,
) -> None:
    ordered = block.pull * block.ordered - block.normal
    demand = 1.0 + ordered.reshape(block.overtime.shape)
    wanted = np.minimum(demand, np.minimum(block.overtime * left[0], left[1]))
    output = _made(rules, block, wanted, made.limiting[day])
    served, met = _ration(network, rules, block, output, demand)
    np.subtract(1.0, met, out=made.unmet[day])
    made.output[day] = output
    _stretch(rules, block.overtime, output, demand)
    today = _Day(
        output=output,
        wanted=wanted,
        planned=wanted if rules.by_wanted else output,
        came=block.pull * served.reshape(block.pull.shape),
        pull=_pull(rules, block, np.minimum(block.overtime * left[0], left[1])),
        cover=np.full(output.shape, np.inf),
    )
    for rows in _rows(block):
        _receive(network, block, today, rows)
        _order(network, rules, block, today, rows)
        _sum_orders(network, block, rows)
    block.pull[...] = today.pull
    made.cover[day] = today.cover


def _made(rules: Rules, block: _Block, wanted: Floats, limiting: npt.NDArray[np.int16]) -> Floats:
    """Hold output wanted against stocks; note the input that limits."""
    missing = np.zeros(wanted.shape)
    more = np.empty(wanted.shape, dtype=np.bool_)
    limiting[...] = NONE
    for rows in _rows(block):
        room = block.room[: rows.stop - rows.start]
        np.divide(block.stock[rows], _some(rules.least, rows), out=room)
        np.subtract(wanted, room, out=room)
        np.multiply(room, rules.criticality[rows], out=room)
        # Faster than to look for the position of the largest along the first axis.
        for number, lacking in enumerate(room, start=rows.start):
            np.greater(lacking, missing, out=more)
            np.copyto(missing, lacking, where=more)
            np.copyto(limiting, number, where=more)
    return np.asarray(wanted - missing)


def _ration(
    network: Network, rules: Rules, block: _Block, output: Floats, demand: Floats
) -> tuple[Floats, Floats]:
    """Split output among orders: the part served of industries' orders, and of final demand."""
    if not rules.final_last:
        part = np.divide(output, demand, out=np.ones_like(demand), where=demand > 0)
        return part, np.where(network.final, part, 1.0)
    final = np.where(network.final, 1.0 - block.normal.reshape(output.shape), 0.0)
    ordered = demand - final
    part = np.divide(output, ordered, out=np.ones_like(ordered), where=ordered > 0)
    np.minimum(part, 1.0, out=part)
    rest = np.divide(output - ordered, final, out=np.ones_like(final), where=network.final)
    return part, np.clip(rest, 0.0, 1.0)


def _stretch(rules: Rules, overtime: Floats, output: Floats, demand: Floats) -> None:
    """Stretch capacity where goods are scarce, and let it come back where they are not."""
    short = np.divide(demand - output, demand, out=np.zeros_like(demand), where=demand > 0)
    step = np.where(short > 0, (rules.highest - overtime) * short, 1.0 - overtime)
    np.add(overtime, step / rules.stretch, out=overtime)


def _pull(rules: Rules, block: _Block, capacity: Floats) -> Floats:
    """Say how much more or less each supplier is turned to, by its capacity."""
    if len(block.pull) == 1:
        return block.pull
    factor = np.maximum(capacity**rules.switching, LEAST_PULL)
    return np.asarray(factor.reshape(block.pull.shape))


def _receive(network: Network, block: _Block, today: _Day, rows: slice) -> None:
    """Use inputs up, take in what suppliers deliver, and note the least stock."""
    stock, room = block.stock[rows], block.room[: rows.stop - rows.start]
    np.subtract(stock, today.output, out=stock)
    np.maximum(stock, 0.0, out=stock)
    if len(network.share) == 1:
        np.multiply(block.order[rows], today.came[0, rows, None, :], out=room)
    else:
        _pooled(network, today.came, rows, room)
        np.multiply(room, block.order[rows], out=room)
    np.add(stock, room, out=stock)
    held = stock if block.beyond is None else np.add(stock, block.beyond[rows], out=room)
    least = held.min(axis=0)
    np.minimum(today.cover, least, out=today.cover, where=least < BEYOND)


def _order(network: Network, rules: Rules, block: _Block, today: _Day, rows: slice) -> None:
    """Order what is used and a part of the gap in the stock, from those who can deliver."""
    stock, order = block.stock[rows], block.order[rows]
    target = _some(rules.target, rows)
    if rules.by_wanted:
        np.subtract(target, stock, out=order)
        np.multiply(order, rules.restock, out=order)
        np.add(order, today.planned, out=order)
        np.maximum(order, 0.0, out=order)
    else:
        np.multiply(target, today.wanted, out=order)
        np.subtract(order, stock, out=order)
        np.multiply(order, rules.restock, out=order)
        np.maximum(order, 0.0, out=order)
        np.add(order, today.planned, out=order)
    if len(network.share) > 1:
        room = block.room[: rows.stop - rows.start]
        _pooled(network, today.pull, rows, room)
        np.divide(order, room, out=order)


def _pooled(network: Network, factor: Floats, rows: slice, out: Floats) -> None:
    """Average a factor of suppliers over each user's regions: exactly one where all are one."""
    np.einsum("rpf,rpd->pfd", network.share[:, rows], factor[:, rows] - 1.0, out=out)
    np.add(out, 1.0, out=out)


def _sum_orders(network: Network, block: _Block, rows: slice) -> None:
    for region, weight in enumerate(network.weight):
        np.einsum("pf,pfd->pd", weight[rows], block.order[rows], out=block.ordered[region, rows])


def _normal_cover(block: _Block) -> Floats:
    held = block.stock if block.beyond is None else block.stock + block.beyond
    least = held.min(axis=0)
    return np.where(least >= BEYOND, np.inf, least)
