"""The Armington kernel: its own time, and its twin's, in one run. Nothing here asserts a time.

pytest tests/benchmarks/test_armington_speed.py --benchmark-only
"""

# ruff: noqa: T201 - a benchmark says what it measured

import math
import time

import numpy as np
import pytest

from tariffsim.model.armington import solve
from tests.reference.twin_armington import solve_market

# lead axes of the data, exporters, products, lead axes of the parameters
LAYOUTS = {
    "100,000 markets x 20 sources, as 1,000 draws x 100 products": ((1000,), 20, 100, (1000,)),
    "100,000 markets x 20 sources, as products": ((), 20, 100_000, ()),
    "8,192 draws x 2 sources x 97 chapters": ((), 2, 97, (8192,)),
    "256 draws x 2 sources x 97 chapters": ((), 2, 97, (256,)),
}


def markets(lead, exporters, products, draws, *, elastic=False):
    random = np.random.default_rng(20250606)
    share = random.random((*lead, exporters, products)) + 0.02
    share /= share.sum(axis=-2, keepdims=True)
    wedge = 1.0 + 0.6 * random.random((*lead, exporters, products))
    per_market = (*draws, 1, 1 if draws else products)
    sigma = 1.2 + 4.0 * random.random(per_market)
    inverse = 0.6 * random.random((*draws, exporters, per_market[-1]))
    return (
        share,
        wedge,
        {
            "armington_elasticity": sigma,
            "import_demand_elasticity": 0.47 * sigma,
            "inverse_supply_elasticity": 0.0 if elastic else inverse,
        },
    )


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("elastic", [False, True], ids=["finite supply", "elastic supply"])
def test_kernel(benchmark, layout, elastic):
    share, wedge, elasticities = markets(*LAYOUTS[layout], elastic=elastic)
    answer = benchmark.pedantic(
        solve, (share, wedge), elasticities, rounds=9, iterations=1, warmup_rounds=1
    )
    benchmark.extra_info["markets"] = answer.price_index_change.size
    benchmark.extra_info["residual"] = answer.residual
    print(f"\n{layout}: {answer.quantity_change.size:,} prices, residual {answer.residual:.1e}")
    assert answer.residual <= 1e-12


def test_kernel_against_the_scalar_twin(benchmark):
    """A sample for the twin, the whole for the kernel, both per market."""
    share, wedge, elasticities = markets((1000,), 20, 100, (1000,))
    sigma, eta, inverse = (np.squeeze(values) for values in elasticities.values())
    sample = 30
    started = time.perf_counter()
    for draw in range(sample):
        omega = [1.0 / one if one else math.inf for one in inverse[draw]]
        solve_market(share[draw, :, 0], wedge[draw, :, 0], sigma[draw], eta[draw], omega)
    twin = (time.perf_counter() - started) / sample
    answer = benchmark.pedantic(
        solve, (share, wedge), elasticities, rounds=5, iterations=1, warmup_rounds=1
    )
    kernel = benchmark.stats.stats.median / answer.price_index_change.size
    benchmark.extra_info["ratio to the twin"] = twin / kernel
    print(f"\n100,000 markets x 20 sources: {kernel * 1e6:.2f} us a market")
    print(f"the twin {twin * 1e6:.0f} us a market, {twin / kernel:,.0f} times as long")
