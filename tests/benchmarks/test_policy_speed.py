"""Sampled policy, and how its time grows: with draws, with paths, with months, with products.

Run with `make bench`. Nothing here asserts a time; comparisons are read within one run. The case
that the design is held to is `test_run_at_full_size`: 16,384 draws on 2,048 paths of policy, 24
months, 96 chapters both ways.
"""

import attrs
import pytest

from tariffsim.axes import Axis
from tariffsim.corridor import run, with_options
from tariffsim.files.scenarios import load_inputs
from tariffsim.policy import sample
from tariffsim.resolve import resolve
from tariffsim.scenario import Horizon, Month, branches_of

START = Month(year=2025, number=6)


@pytest.fixture(scope="module")
def policy():
    inputs = with_options(load_inputs("policy"), draws=2048)
    return changed(inputs, expect=(), horizon=Horizon(start=START, end=Month(year=2027, number=5)))


def changed(inputs, **fields):
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, **fields))


def of_products(inputs, count):
    """Keep the last chapters alone."""
    trade = inputs.trade
    axes = attrs.evolve(trade.axes, product=Axis("product", trade.axes.product.labels[-count:]))
    cut = attrs.evolve(
        trade, axes=axes, customs_value=trade.customs_value[..., -count:],
        duty=trade.duty[..., -count:],
    )  # fmt: skip
    return attrs.evolve(inputs, trade=cut)


@pytest.mark.parametrize("paths", [256, 1024, 2048])
def test_draw_paths(benchmark, policy, paths):
    scenario = attrs.evolve(policy.scenario, paths=paths)
    benchmark(sample, scenario, branches_of(scenario))


@pytest.mark.parametrize("paths", [1, 256, 512, 1024, 2048])
def test_resolve_by_paths(benchmark, policy, paths):
    inputs = changed(policy, paths=paths)
    experiment = benchmark.pedantic(resolve, args=(inputs,), rounds=2)
    benchmark.extra_info["paths"] = [len(case.weights) for case in experiment.markets]
    benchmark.extra_info["regimes"] = [len(case.added_low) for case in experiment.markets]


@pytest.mark.parametrize("paths", [1, 512, 2048])
def test_run_by_paths(benchmark, policy, paths):
    benchmark.pedantic(run, args=(changed(policy, paths=paths),), rounds=2)


@pytest.mark.parametrize("draws", [2048, 4096, 8192])
def test_run_by_draws(benchmark, policy, draws):
    benchmark.pedantic(run, args=(with_options(policy, draws=draws),), rounds=2)


@pytest.mark.parametrize("year", [2025, 2026, 2027])
def test_run_by_months(benchmark, policy, year):
    horizon = Horizon(start=START, end=Month(year=year, number=12))
    benchmark.pedantic(run, args=(changed(policy, horizon=horizon),), rounds=2)


@pytest.mark.parametrize("products", [24, 48, 96])
def test_run_by_products(benchmark, policy, products):
    benchmark.pedantic(run, args=(of_products(policy, products),), rounds=2)


def test_run_at_full_size(benchmark, policy):
    inputs = changed(with_options(policy, draws=16384), paths=2048)
    benchmark.pedantic(run, args=(inputs,), rounds=1)
