"""The world models: one equilibrium, and a thousand draws of it. Nothing here asserts a time.

pytest tests/benchmarks/test_world_speed.py --benchmark-only
"""

# ruff: noqa: T201 - a benchmark says what it measured

import tracemalloc

import attrs
import numpy as np
import pytest

from tariffsim.model import caliendo_parro, gravity
from tariffsim.model.caliendo_parro_welfare import measure
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.gsim import GsimMarket
from tariffsim.model.gsim import solve as solve_gsim
from tariffsim.model.world_accounts import WorldShock
from tests.golden.answers import enlargement, nafta_accounts
from tests.reference.cases import folder
from tests.worlds import rates, world


def spread(theta, draws):
    random = np.random.default_rng(20150101)
    return theta * np.exp(0.25 * random.standard_normal((draws, *np.shape(theta))))


@pytest.fixture(scope="module")
def nafta():
    """The 31 x 31 x 40 world of Caliendo and Parro, and NAFTA's rates in it."""
    return nafta_accounts(folder("cp2015"))


def test_nafta(benchmark, nafta):
    found = benchmark(caliendo_parro.solve, *nafta)
    tracemalloc.start()
    caliendo_parro.solve(*nafta)
    peak = tracemalloc.get_traced_memory()[1] / 1e6
    tracemalloc.stop()
    print(f"{found.iterations} sweeps to {found.residual:.1e}, {peak:.1f} MB of arrays at most")


def test_nafta_with_welfare(benchmark, nafta):
    accounts, shock = nafta
    benchmark(lambda: measure(accounts, shock, caliendo_parro.solve(accounts, shock)))


def test_nafta_1000_draws(benchmark, nafta):
    accounts, shock = nafta
    drawn = attrs.evolve(shock, trade_elasticity=spread(shock.trade_elasticity, 1000))
    found = benchmark.pedantic(
        caliendo_parro.solve, args=(accounts, drawn), rounds=3, warmup_rounds=1
    )
    print(f"{found.converged.sum()} of 1000 solved, at most {found.iterations.max()} sweeps")


@pytest.mark.parametrize("times", [0.0, 10.0])
def test_all_rates_removed_or_multiplied_by_ten(benchmark, nafta, times):
    accounts, shock = nafta
    changed = attrs.evolve(shock, applied_rate=times * accounts.applied_rate)
    found = benchmark(caliendo_parro.solve, accounts, changed)
    print(f"{found.iterations} sweeps to {found.residual:.1e}")


@pytest.mark.parametrize(("economies", "products"), [(10, 20), (30, 20), (30, 80), (60, 40)])
def test_scaling_of_the_world_model(benchmark, economies, products):
    """Made-up worlds in which every product but one is traded."""
    random = np.random.default_rng(1)
    shock = WorldShock(
        trade_elasticity=random.uniform(2, 10, products),
        applied_rate=rates(random, economies, products),
    )
    accounts = world(1, economies, products)
    found = benchmark(caliendo_parro.solve, accounts, shock)
    print(f"{found.iterations} sweeps to {found.residual:.1e}")


@pytest.fixture(scope="module")
def enlarged():
    """The 44 countries of WIOD 2000 and the estimated effects of enlarging the European Union."""
    case = enlargement(folder("ge_gravity"))
    return case.accounts, case.effect


def test_gravity_44(benchmark, enlarged):
    accounts, effect = enlarged
    shock = GravityShock(trade_elasticity=4.0, partial_effect=effect)
    benchmark(gravity.solve, accounts, shock)


def test_gravity_44_1000_draws(benchmark, enlarged):
    accounts, effect = enlarged
    shock = GravityShock(trade_elasticity=spread([4.0], 1000), partial_effect=effect)
    benchmark(gravity.solve, accounts, shock)


def test_gravity_44_1000_draws_of_duties(benchmark, enlarged):
    """Costlier than draws of an estimate: what a duty does depends on the elasticity."""
    accounts, _ = enlarged
    rate = np.where(np.eye(44)[:, :, None] > 0, 0.0, 0.1)
    shock = GravityShock(trade_elasticity=spread([4.0], 1000), applied_rate=rate)
    benchmark(gravity.solve, accounts, shock)


@pytest.mark.parametrize("kappa", [0.0, 0.5])
def test_gravity_194_with_revenue(benchmark, kappa):
    random = np.random.default_rng(2)
    value = random.lognormal(0.0, 2.0, (194, 194, 1))
    here = np.arange(194)
    value[here, here] = 2.0 * value.sum(axis=1)
    rate = np.full((194, 194, 1), 0.1)
    rate[here, here] = 0.0
    shock = GravityShock(
        trade_elasticity=4.0,
        applied_rate=rate,
        labour_supply_elasticity=kappa,
        rebate="labour-tax" if kappa else "lump-sum",
    )
    found = benchmark(gravity.solve, GravityAccounts(customs_value=value), shock)
    print(f"{found.iterations} sweeps to {found.residual:.1e}")


def test_gsim_1000_draws_of_4_regions_and_97_products(benchmark):
    random = np.random.default_rng(3)
    market = GsimMarket(
        trade=random.uniform(1.0, 100.0, (4, 4, 97)),
        applied_rate=random.uniform(0.0, 0.6, (4, 4, 97)),
        counterfactual_rate=np.zeros((4, 4, 97)),
        import_demand_elasticity=np.full((1000, 1, 1), 1.25) * random.random((1000, 1, 1)),
        substitution_elasticity=5.0,
        export_supply_elasticity=1.5,
    )
    benchmark(solve_gsim, market)
