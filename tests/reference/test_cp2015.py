"""Caliendo and Parro's NAFTA: all 31 countries, and whatever else is done to their world.

The data are not part of the repository; see `cases`.
"""

import attrs
import numpy as np
import pytest

from tariffsim.errors import InputError, NotConverged
from tariffsim.model.caliendo_parro import solve
from tariffsim.model.caliendo_parro_welfare import benchmark_value, customs_value, measure
from tariffsim.model.fixed_point import Control
from tariffsim.model.world_accounts import WorldShock, account_gaps, calibrate
from tests.golden.answers import nafta_accounts, nafta_rows
from tests.reference.cases import folder

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def regions():
    with np.load(folder("cp2015") / "nafta_inputs.npz") as arrays:
        return arrays["regions"].tolist()


@pytest.fixture(scope="module")
def exercise():
    return nafta_accounts(folder("cp2015"))


@pytest.fixture(scope="module")
def accounts(exercise):
    return exercise[0]


@pytest.fixture(scope="module")
def nafta(exercise):
    return exercise[1]


def test_all_countries_to_a_millionth_of_a_percentage_point(regions):
    rows = list(nafta_rows(folder("cp2015")))
    assert len(rows) == 4 * len(regions) == 4 * 31
    assert [row.what.partition(", ")[2] for row in rows] == 4 * regions
    for what, ours, published in rows:
        assert abs(ours - published) <= (1e-5 if what.startswith("real_wage") else 1e-6), what


def test_the_exact_change_is_another_number_than_the_printed_one(regions, accounts, nafta):
    exact = measure(accounts, nafta, solve(accounts, nafta)).real_income_change
    percent = dict(zip(regions, 100 * (exact - 1), strict=True))
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
def test_all_rates_removed_or_multiplied_by_ten(accounts, nafta, times, theta):
    own = nafta.trade_elasticity
    shock = WorldShock(
        trade_elasticity=own if theta is None else np.full(len(own), theta),
        applied_rate=times * accounts.applied_rate,
    )
    found = solve(accounts, shock)
    assert found.residual <= 1e-10
    flow = customs_value(accounts, shock, found)
    gap = flow.sum(axis=(0, 2)) - flow.sum(axis=(1, 2))
    assert np.abs(gap / accounts.labour_income).max() < 1e-6


def test_draws_of_elasticities_are_solved_and_are_a_loop(accounts, nafta):
    random = np.random.default_rng(20150101)
    spread = np.exp(0.25 * random.standard_normal((20, 40)))
    drawn = attrs.evolve(nafta, trade_elasticity=nafta.trade_elasticity * spread)
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


def aggregated(accounts, economies, sectors):
    """The same world with fewer economies or sectors: values, duties and inputs are summed.

    `economies` and `sectors` are matrices of noughts and ones, (old, new).
    """
    value = benchmark_value(accounts)
    duty = value * accounts.applied_rate
    used = accounts.input_share * value.sum(axis=0)[:, None, :]
    value, duty = (
        np.einsum("nij,nN,iI,jJ->NIJ", x, economies, economies, sectors) for x in (value, duty)
    )
    used = np.einsum("nkj,nN,kK,jJ->NKJ", used, economies, sectors, sectors)
    rate = np.divide(duty, value, out=np.zeros_like(value), where=value > 0)
    output = value.sum(axis=0)
    share = np.divide(used, output[:, None, :], out=np.zeros_like(used), where=output[:, None] > 0)
    return calibrate(value, rate, np.maximum(share, 0.0))


@pytest.mark.parametrize("theta", [1.01, 4.0, 100.0])
@pytest.mark.parametrize("times", [0.0, 10.0])
def test_one_sector_of_the_same_world_is_solved_or_refused(accounts, times, theta):
    whole = aggregated(accounts, np.eye(31), np.ones((40, 1)))
    shock = WorldShock(trade_elasticity=np.array([theta]), applied_rate=times * whole.applied_rate)
    if theta * np.log1p(times * whole.applied_rate.max()) > 100:
        # Trade all but dries up, and what it does not join has no common wage.
        with pytest.raises(NotConverged, match="make the change in rates smaller"):
            solve(whole, shock)
        return
    found = solve(whole, shock)
    assert found.residual <= 1e-10
    assert np.isfinite(measure(whole, shock, found).real_income_change).all()


def test_one_country_is_closed_and_nothing_happens_to_it(accounts):
    whole = aggregated(accounts, np.ones((31, 1)), np.eye(40))
    assert account_gaps(whole).goods_market < 1e-12
    still = np.zeros_like(whole.applied_rate)
    shock = WorldShock(trade_elasticity=np.full(40, 5.0), applied_rate=whole.applied_rate)
    found = solve(whole, shock)
    np.testing.assert_allclose(measure(whole, shock, found).real_income_change, 1.0, rtol=1e-12)
    # A duty on its own goods that is handed back moves nothing but the sectors' relative prices.
    untaxed = attrs.evolve(shock, applied_rate=still)
    assert solve(whole, untaxed).residual <= 1e-10


def test_a_country_without_a_partner_and_a_sector_without_trade(accounts, nafta):
    """Empty rows, columns and sectors stay empty, and everybody else is solved."""
    value = benchmark_value(accounts)
    value[0, 1:], value[1:, 0] = 0.0, 0.0
    value[:, :, 3] *= np.eye(31)
    output = value.sum(axis=0)
    inputs = np.maximum(accounts.input_share, 0.0)
    used = np.einsum("nkj,nj->nk", inputs, output)
    spent = (value * (1.0 + accounts.applied_rate)).sum(axis=1)
    scale = np.minimum(1.0, 0.9 * spent / np.maximum(used, 1e-9))
    cut = calibrate(value, accounts.applied_rate, inputs * scale[:, :, None])
    for rate in (nafta.applied_rate, 0.0 * nafta.applied_rate, 10.0 * accounts.applied_rate):
        shock = attrs.evolve(nafta, applied_rate=rate)
        found = solve(cut, shock)
        assert found.residual <= 1e-10
        flow = customs_value(cut, shock, found)
        assert (flow[0, 1:] == 0).all()
        assert (flow[1:, 0] == 0).all()
        assert (flow == 0)[value == 0].all()


@pytest.mark.parametrize("theta", [0.0, -1.0, np.nan])
def test_an_elasticity_without_a_meaning_is_refused(accounts, theta):
    shock = WorldShock(trade_elasticity=np.full(40, theta), applied_rate=accounts.applied_rate)
    with pytest.raises(InputError, match=r"trade_elasticity must be positive|must be finite"):
        solve(accounts, shock)


def test_nonsense_accounts_are_refused_by_name(accounts, nafta):
    with pytest.raises(InputError, match="labour_income must be positive"):
        solve(attrs.evolve(accounts, labour_income=0.0 * accounts.labour_income), nafta)
    with pytest.raises(InputError, match="trade_share sums to one less"):
        solve(attrs.evolve(accounts, trade_share=0.5 * accounts.trade_share), nafta)
