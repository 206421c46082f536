"""A shortage through an input-output table: time and memory. Nothing here asserts a time.

pytest tests/benchmarks/test_propagation_speed.py --benchmark-only -s
"""

# ruff: noqa: T201 - a benchmark says what it measured

import resource
import time

import numpy as np
import pytest

from tariffsim.model.propagation import Behaviour, Links, Shortage, propagate

DAYS = 365


@pytest.mark.parametrize(("regions", "sectors"), [(1, 48), (4, 12)])
@pytest.mark.parametrize("draws", [1, 1000])
def test_a_year_of_48_industries(benchmark, regions, sectors, draws):
    """Every cell filled, hit from the first day: no day and no cell is left out."""
    random = np.random.default_rng(2008)
    sales = random.lognormal(0.0, 1.0, (regions, sectors, regions * sectors))
    links = Links(intermediate=sales, final=sales.sum(axis=2))
    left = np.where(np.arange(DAYS) < 90, 0.4, 1.0)[:, None, None]
    rules = Behaviour(
        inventory_days=np.linspace(10.0, 40.0, draws),
        restock_days=np.linspace(20.0, 60.0, draws),
    )
    spent = []

    def run():
        started = time.process_time()
        path = propagate(links, Shortage(industry=[0], capacity=left), rules, draws=draws)
        spent.append(time.process_time() - started)
        return path

    path = benchmark.pedantic(run, rounds=1 if draws > 1 else 5, iterations=1)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    benchmark.extra_info["process seconds"] = min(spent)
    print(
        f"\n{regions} x {sectors}, {DAYS} days, {draws:,} draws: {min(spent):.2f} s, {peak:.0f} MB"
    )
    assert path.output.shape == (DAYS, 48, draws)
