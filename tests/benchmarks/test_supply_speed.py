"""The stock kernel: its own time, and its twin's, in one run. Nothing here asserts a time.

pytest tests/benchmarks/test_supply_speed.py --benchmark-only
"""

# ruff: noqa: T201 - a benchmark says what it measured

import time

import numpy as np

import tariffsim as ts
from tariffsim.model.industries import industry_paths
from tariffsim.model.materials import factors, material_paths
from tariffsim.model.sampling import draw_parameters
from tariffsim.model.supply import Buyer, Growth, Licensing, stock_path
from tariffsim.resolve import resolve
from tests.reference.twin_supply import run_stock

DAYS, DRAWS = 600, 8192
YEARS_OF_TWO, PATHS, BLOCK = 730, 100_000, 16_384


def test_kernel_against_the_scalar_twin(benchmark):
    random = np.random.default_rng(20250404)
    cover, reliance = random.uniform(20, 90, DRAWS), random.uniform(0.6, 0.95, DRAWS)
    granted, delay = random.uniform(0.2, 0.6, DRAWS), random.uniform(30, 60, DRAWS)
    free = np.where(np.arange(DAYS) < 400, 0.0, 1.0)
    buyer = Buyer(cover_days=cover, reliance=reliance)
    rule = Licensing(
        approval=np.broadcast_to(granted, (2, DRAWS)),
        free=np.array([0.0, 1.0])[:, None],
        delay_days=delay[None],
        lengths=[400, 200],
    )
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


def two_years(count, *, growing):
    """Run single-material paths of two years, kept by month, under three practices in turn."""
    random = np.random.default_rng(20250404)
    ends = np.append(np.arange(29, YEARS_OF_TWO - 1, 30), YEARS_OF_TWO - 1)
    mean = []
    for start in range(0, count, BLOCK):
        size = min(BLOCK, count - start)
        granted = random.uniform(0.1, 0.6, size)
        growth = Growth(limit=random.uniform(0.0, 0.3, size), days=random.uniform(90, 900, size))
        buyer = Buyer(
            cover_days=random.uniform(14, 120, size),
            reliance=random.uniform(0.5, 0.9, size),
            refill_days=random.uniform(30, 90, size),
            growth=(growth,) if growing else (),
        )
        rule = Licensing(
            approval=np.stack([granted, 1.5 * granted, granted]),
            free=np.array([0.0, 0.0, 0.4])[:, None],
            delay_days=np.stack([random.uniform(45, 90, size), random.uniform(30, 45, size)])[
                [0, 1, 1]
            ],
            lengths=[200, 200, 330],
        )
        mean.append(stock_path(buyer, rule, ends=ends).availability.mean())
    return mean


def test_a_hundred_thousand_paths_of_two_years(benchmark):
    started = time.process_time()
    benchmark.pedantic(two_years, (PATHS,), {"growing": False}, rounds=3)
    plain = (time.process_time() - started) / 3
    started = time.process_time()
    assert len(two_years(PATHS, growing=True)) == -(-PATHS // BLOCK)
    growing = time.process_time() - started
    benchmark.extra_info["process seconds"] = {"plain": plain, "one growing source": growing}
    print(f"\n{PATHS:,} paths x {YEARS_OF_TWO} days: {plain:.2f} s of process time")
    print(f"with a source that grows in: {growing:.2f} s")


def drawn_case(name):
    experiment = resolve(ts.load_inputs(name))
    case = experiment.materials[0]
    drawn = draw_parameters(experiment.parameters, factors(case), seed=1, count=DRAWS)
    return case, drawn


def test_magnets_of_geneva(benchmark):
    found = benchmark(material_paths, *drawn_case("geneva"))
    assert found.availability.shape[1] == DRAWS


def test_magnets_by_industry(benchmark):
    found = benchmark.pedantic(industry_paths, drawn_case("minerals"), rounds=3)
    assert found.availability.shape[2] == DRAWS
