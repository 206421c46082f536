"""Caliendo and Parro's NAFTA: all 31 countries, and whatever else is done to their world.

The data are not part of the repository; see `cases`.
"""

import csv

import attrs
import numpy as np
import pytest

from tariffsim.model.caliendo_parro import solve
from tariffsim.model.caliendo_parro_welfare import benchmark_value, customs_value, measure
from tariffsim.model.fixed_point import Control
from tariffsim.model.world_accounts import WorldAccounts, WorldShock, account_gaps
from tests.reference.cases import folder

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def data():
    with np.load(folder("cp2015") / "nafta_inputs.npz") as arrays:
        return dict(arrays)


@pytest.fixture(scope="module")
def accounts(data):
    return WorldAccounts(
        trade_share=data["trade_share"],
        applied_rate=data["tariff_benchmark"],
        input_share=data["input_share"],
        value_added_share=data["value_added_share"],
        final_share=data["final_consumption_share"],
        labour_income=data["labour_income"],
        expenditure=data["expenditure"],
    )


@pytest.fixture(scope="module")
def nafta(data):
    return WorldShock(
        trade_elasticity=data["trade_elasticity"], applied_rate=data["tariff_counterfactual"]
    )


@pytest.fixture(scope="module")
def expected():
    with (folder("cp2015") / "nafta_expected.csv").open(encoding="utf-8") as lines:
        rows = list(csv.DictReader(lines))
    columns = {name: np.array([row[name] for row in rows]) for name in rows[0]}
    return {k: v if k == "region" else v.astype(float) for k, v in columns.items()}


def test_all_countries_to_a_millionth_of_a_percentage_point(data, accounts, nafta, expected):
    assert expected["region"].tolist() == data["regions"].tolist()
    welfare = measure(accounts, nafta, solve(accounts, nafta))
    for name, value, tolerance in (
        ("welfare_percent", welfare.first_order_difference, 1e-6),
        ("terms_of_trade_percent", welfare.terms_of_trade, 1e-6),
        ("volume_of_trade_percent", welfare.volume_of_trade, 1e-6),
        ("real_wage_percent", welfare.real_wage_change - 1, 1e-5),
    ):
        np.testing.assert_allclose(100 * value, expected[name], rtol=0, atol=tolerance)


def test_the_exact_change_is_another_number_than_the_printed_one(data, accounts, nafta):
    exact = measure(accounts, nafta, solve(accounts, nafta)).real_income_change
    percent = dict(zip(data["regions"].tolist(), 100 * (exact - 1), strict=True))
    assert abs(percent["Mexico"] - 0.0073) < 5e-5
    assert abs(percent["Canada"] + 0.110) < 5e-4
    assert abs(percent["USA"] - 0.074) < 5e-4


def test_the_data_add_up_but_for_one_input_share(accounts):
    gaps = account_gaps(accounts)
    assert (gaps.negative_inputs, round(gaps.lowest_input, 4)) == (1, -0.0006)
    assert gaps.cost_shares < 1e-6
    assert gaps.goods_market < 1e-8
    assert gaps.labour_market < 1e-14


def test_trade_balances_and_half_the_cells_stay_empty(accounts, nafta):
    flow = customs_value(accounts, nafta, solve(accounts, nafta))
    gap = flow.sum(axis=(0, 2)) - flow.sum(axis=(1, 2))
    assert np.abs(gap / accounts.labour_income).max() < 1e-7
    assert ((flow == 0) == (benchmark_value(accounts) == 0)).all()


@pytest.mark.parametrize("times", [0.0, 10.0])
@pytest.mark.parametrize("theta", [None, 1.01, 5.0, 100.0])
def test_all_rates_removed_or_multiplied_by_ten(data, accounts, times, theta):
    own = data["trade_elasticity"]
    shock = WorldShock(
        trade_elasticity=own if theta is None else np.full(len(own), theta),
        applied_rate=times * accounts.applied_rate,
    )
    found = solve(accounts, shock)
    assert found.residual <= 1e-10
    flow = customs_value(accounts, shock, found)
    gap = flow.sum(axis=(0, 2)) - flow.sum(axis=(1, 2))
    assert np.abs(gap / accounts.labour_income).max() < 1e-6


def test_draws_of_elasticities_are_solved_and_are_a_loop(data, accounts, nafta):
    random = np.random.default_rng(20150101)
    spread = np.exp(0.25 * random.standard_normal((20, 40)))
    drawn = attrs.evolve(nafta, trade_elasticity=data["trade_elasticity"] * spread)
    batch = solve(accounts, drawn, control=Control(tolerance=1e-12))
    welfare = measure(accounts, drawn, batch)
    for k in (0, 7, 19):
        one = attrs.evolve(nafta, trade_elasticity=drawn.trade_elasticity[k])
        single = solve(accounts, one, control=Control(tolerance=1e-12))
        np.testing.assert_allclose(batch.wage_change[k], single.wage_change, rtol=1e-10)
        np.testing.assert_allclose(
            welfare.first_order_difference[k],
            measure(accounts, one, single).first_order_difference,
            atol=1e-11,
        )
