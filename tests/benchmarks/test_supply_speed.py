"""The stock kernel: its own time, and its twin's, in one run. Nothing here asserts a time.

pytest tests/benchmarks/test_supply_speed.py --benchmark-only
"""

# ruff: noqa: T201 - a benchmark says what it measured

import time

import numpy as np

from tariffsim.model.supply import Buyer, Licensing, stock_path
from tests.reference.twin_supply import run_stock

DAYS, DRAWS = 600, 8192


def test_kernel_against_the_scalar_twin(benchmark):
    random = np.random.default_rng(20250404)
    cover, reliance = random.uniform(20, 90, DRAWS), random.uniform(0.6, 0.95, DRAWS)
    granted, delay = random.uniform(0.2, 0.6, DRAWS), random.uniform(30, 60, DRAWS)
    free = np.where(np.arange(DAYS) < 400, 0.0, 1.0)
    buyer = Buyer(cover_days=cover, reliance=reliance)
    rule = Licensing(approval=np.broadcast_to(granted, (DAYS, DRAWS)), free=free, delay_days=delay)
    sample = 20
    started = time.perf_counter()
    for draw in range(sample):
        run_stock(
            [granted[draw]] * DAYS,
            free,
            [1.0 - reliance[draw]] * DAYS,
            cover=cover[draw],
            reliance=reliance[draw],
            delay=delay[draw],
            cleared=0.0,
            refill=90.0,
        )
    twin = (time.perf_counter() - started) / sample
    path = benchmark.pedantic(stock_path, (buyer, rule), rounds=9, iterations=1, warmup_rounds=2)
    kernel = benchmark.stats.stats.median / DRAWS
    benchmark.extra_info["ratio to the twin"] = twin / kernel
    print(f"\n{DRAWS:,} draws x {DAYS} days: {kernel * 1e6:.1f} us a draw")
    print(f"the twin {twin * 1e6:.0f} us a draw, {twin / kernel:,.0f} times as long")
    assert path.availability.shape == (DAYS, DRAWS)
