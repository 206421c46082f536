"""How the world models grow with economies, sectors and draws, beside the floor of the arithmetic.

Writes the table of docs/method/world.md:

python -m tests.benchmarks.world_scaling

Time is that of the process, the best of several runs. The floor is the time of the products and
inverses alone that this case consists of, on arrays of the same shapes: a solver with the same
number of sweeps that did nothing else would take so long.
"""

# ruff: noqa: T201 - a benchmark says what it measured

import time

import numpy as np

from tariffsim.model import caliendo_parro, gravity
from tariffsim.model.caliendo_parro_layout import BLOCK_BYTES, across
from tariffsim.model.gravity_accounts import GravityShock
from tariffsim.model.world_accounts import WorldShock
from tests.worlds import one_good, rates, world

RUNS = 5
LINKED = (
    (10, 1, 1), (10, 1, 1000), (10, 20, 1), (10, 20, 100), (30, 20, 1), (31, 40, 1), (31, 40, 100),
    (30, 80, 1), (60, 40, 1),
)  # fmt: skip
SINGLE = ((10, 1), (10, 1000), (44, 1), (44, 1000), (100, 1), (194, 1))


def best(work, runs=RUNS):
    """Return the shortest process time of some runs, in milliseconds, and what the last gave."""
    shortest, found = np.inf, None
    for _ in range(runs):
        start = time.process_time()
        found = work()
        shortest = min(shortest, time.process_time() - start)
    return 1000.0 * shortest, found


def spread(theta, draws):
    random = np.random.default_rng(20150101)
    shape = (draws, *np.shape(theta)) if draws > 1 else np.shape(theta)
    return theta * np.exp(0.25 * random.standard_normal(shape))


def linked_floor(economies, products, draws, sweeps):
    """Time three products over pairs and five over inputs a sweep, and what aims a block's step."""
    pairs = np.ones((products, economies, economies))
    inputs = np.ones((economies, products, products))
    size = min(draws, max(1, int(BLOCK_BYTES / pairs.nbytes)))
    gross = np.ones((size, *pairs.shape))
    column, rows = np.ones((size, products, economies, 1)), np.ones((size, economies, products))
    short = inputs.astype(np.float32)

    def products_of_one_sweep():
        for _ in range(3):
            gross @ column
        for matrices in (inputs, inputs, inputs, short, short):
            across(rows, matrices)

    def aim():
        np.linalg.inv(np.eye(products) + 0.01 * inputs)
        np.linalg.inv(np.broadcast_to(np.eye(economies), (size, economies, economies)))

    return (best(products_of_one_sweep)[0] * sweeps + best(aim)[0]) * -(-draws // size)


def single_floor(economies, draws, sweeps):
    """Time three products over pairs a sweep, and what aims a block's step."""
    size = min(draws, max(1, int(gravity.BLOCK_BYTES / (16 * economies**2))))
    gross, column = np.ones((size, economies, economies)), np.ones((size, economies, 1))

    def products_of_one_sweep():
        for _ in range(3):
            gross @ column

    once, _ = best(products_of_one_sweep)
    aimed, _ = best(lambda: np.linalg.inv(np.eye(economies)))
    return (once * sweeps + aimed) * -(-draws // size)


def row(model, economies, products, draws, measured, floor, sweeps):
    cells = (model, economies, products, f"{draws:,}", sweeps, _short(measured), _short(floor))
    print(f"| {' | '.join(map(str, cells))} | {measured / floor:.1f} |")


def _short(milliseconds):
    return f"{milliseconds:,.0f}" if milliseconds >= 100 else f"{milliseconds:.2g}"


def main():
    print("| model | economies | sectors | draws | sweeps | time, ms | floor, ms | times |")
    print("|---|---|---|---|---|---|---|---|")
    for economies, draws in SINGLE:
        accounts = one_good(1, economies)
        rate = rates(np.random.default_rng(1), economies, 1)
        shock = GravityShock(trade_elasticity=spread(np.array([4.0]), draws), applied_rate=rate)
        measured, found = best(lambda a=accounts, s=shock: gravity.solve(a, s))
        sweeps = int(found.iterations.max())
        floor = single_floor(economies, draws, sweeps)
        row("gravity", economies, 1, draws, measured, floor, sweeps)
    for economies, products, draws in LINKED:
        accounts = world(1, economies, products)
        random = np.random.default_rng(1)
        theta = random.uniform(2, 10, products)
        shock = WorldShock(
            trade_elasticity=spread(theta, draws), applied_rate=rates(random, economies, products)
        )
        measured, found = best(lambda a=accounts, s=shock: caliendo_parro.solve(a, s))
        sweeps = int(found.iterations.max())
        floor = linked_floor(economies, products, draws, sweeps)
        row("world", economies, products, draws, measured, floor, sweeps)


if __name__ == "__main__":
    main()
