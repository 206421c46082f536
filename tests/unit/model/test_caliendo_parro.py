"""The world model at its edges: one economy, empty cells, draws that cannot be solved."""

import attrs
import numpy as np
import pytest

from tariffsim.errors import InputError, NotConverged
from tariffsim.model import caliendo_parro
from tariffsim.model.caliendo_parro import solve
from tariffsim.model.caliendo_parro_welfare import benchmark_value, customs_value, measure
from tariffsim.model.fixed_point import Control
from tariffsim.model.world_accounts import WorldShock, calibrate
from tests.reference.twin_world import one_round, plain
from tests.worlds import rates, world


def duties(seed, accounts, most=0.5):
    economies, products = accounts.expenditure.shape
    return rates(np.random.default_rng(seed), economies, products, most)


def test_one_economy_has_nothing_to_gain_or_lose():
    accounts = world(1, 1, 3)
    shock = WorldShock(trade_elasticity=np.full(3, 5.0), applied_rate=np.zeros((1, 1, 3)))
    found = solve(accounts, shock)
    assert (found.wage_change == 1.0).all()
    assert (measure(accounts, shock, found).real_income_change == 1.0).all()


def test_dearer_own_goods_lower_real_income_of_one_economy_by_as_much():
    """With half of output input, a tenth more cost a round is twice that in the end."""
    accounts = calibrate(np.full((1, 1, 1), 10.0), np.zeros((1, 1, 1)), np.full((1, 1, 1), 0.5))
    shock = WorldShock(
        trade_elasticity=np.array([5.0]),
        applied_rate=np.zeros((1, 1, 1)),
        iceberg_change=np.full((1, 1, 1), 1.1),
    )
    found = solve(accounts, shock)
    np.testing.assert_allclose(found.price_index_change, 1.1**2)
    np.testing.assert_allclose(
        measure(accounts, shock, found).real_income_change, 1.1**-2, rtol=1e-9
    )


def test_untraded_products_need_no_elasticity():
    accounts = world(5, 3, 3)
    rate = duties(1, accounts)
    few = solve(accounts, WorldShock(trade_elasticity=np.array([3.0, 6.0, 0.1]), applied_rate=rate))
    many = solve(
        accounts, WorldShock(trade_elasticity=np.array([3.0, 6.0, 90.0]), applied_rate=rate)
    )
    np.testing.assert_allclose(few.wage_change, many.wage_change, rtol=1e-9)
    np.testing.assert_allclose(few.price_index_change, many.price_index_change, rtol=1e-9)


def test_a_world_in_which_nothing_is_traded():
    accounts = calibrate(
        np.eye(3)[:, :, None] * [5.0, 7.0], np.zeros((3, 3, 2)), np.full((3, 2, 2), 0.2)
    )
    shock = WorldShock(
        trade_elasticity=np.full(2, 4.0),
        applied_rate=np.zeros((3, 3, 2)),
        iceberg_change=1 + 0.1 * np.eye(3)[:, :, None],
    )
    found = solve(accounts, shock)
    assert found.converged
    np.testing.assert_allclose(measure(accounts, shock, found).real_wage_change, 1.1 ** (-1 / 0.6))


def test_economies_that_do_not_meet_keep_their_wages():
    """Two pairs of economies with no trade between the pairs: nothing ties their wages."""
    one = np.array([[8.0, 2.0], [2.0, 8.0]])
    value = np.zeros((4, 4, 1))
    value[:2, :2, 0] = value[2:, 2:, 0] = one
    accounts = calibrate(value, np.zeros((4, 4, 1)), np.full((4, 1, 1), 0.3))
    rate = np.zeros((4, 4, 1))
    rate[0, 1] = 0.2
    found = solve(accounts, WorldShock(trade_elasticity=np.array([4.0]), applied_rate=rate))
    np.testing.assert_allclose(found.wage_change[2:], found.wage_change[3], rtol=1e-9)
    assert found.wage_change[0] > 1.0 > found.wage_change[1]


def test_a_product_that_an_economy_does_not_buy():
    accounts = world(2, 3, 2)
    value = benchmark_value(accounts).copy()
    value[0, :, 0] = 0.0
    value[:, 0, 0] = 0.0
    sparse = calibrate(value, np.zeros((3, 3, 2)), np.zeros((3, 2, 2)))
    rate = duties(3, sparse)
    theta = np.array([4.0, 6.0])
    found = solve(sparse, WorldShock(trade_elasticity=theta, applied_rate=rate, deficit="removed"))
    assert np.isfinite(found.wage_change).all()
    assert found.expenditure[0, 0] == 0.0


def test_empty_cells_stay_empty():
    accounts = world(7, 4, 3)
    shock = WorldShock(trade_elasticity=np.full(3, 4.0), applied_rate=duties(2, accounts))
    flow = customs_value(accounts, shock, solve(accounts, shock))
    empty = benchmark_value(accounts) == 0
    assert empty.any()
    assert ((flow == 0) == empty).all()


def test_a_small_negative_input_share_is_accepted():
    accounts = world(3, 3, 2)
    inputs, added = accounts.input_share.copy(), accounts.value_added_share.copy()
    added[0, 0] += inputs[0, 0, 0] + 0.0006
    inputs[0, 0, 0] = -0.0006
    odd = attrs.evolve(accounts, input_share=inputs, value_added_share=added)
    shock = WorldShock(trade_elasticity=np.full(2, 4.0), applied_rate=accounts.applied_rate)
    assert solve(odd, shock).converged


def test_removing_deficits_changes_wages_and_balances_trade():
    accounts = world(4, 3, 2)
    assert np.abs(accounts.deficit).max() > 0.1
    shock = WorldShock(
        trade_elasticity=np.full(2, 4.0), applied_rate=accounts.applied_rate, deficit="removed"
    )
    found = solve(accounts, shock)
    flow = customs_value(accounts, shock, found)
    np.testing.assert_allclose(flow.sum(axis=(0, 2)), flow.sum(axis=(1, 2)), rtol=1e-9)
    lost = measure(accounts, shock, found).deficit_part
    np.testing.assert_array_equal(np.sign(lost), -np.sign(accounts.deficit))


def hopeless(accounts):
    """A transfer of more than everything the second economy earns."""
    owed = np.zeros(len(accounts.labour_income))
    owed[0] = 1.5 * accounts.labour_income[1]
    owed[1] = -owed[0]
    return owed


def test_without_an_equilibrium_there_is_an_error_and_no_number():
    accounts = world(6, 2, 2)
    shock = WorldShock(
        trade_elasticity=np.full(2, 4.0),
        applied_rate=accounts.applied_rate,
        deficit=50 * hopeless(accounts),
    )
    with pytest.raises(NotConverged, match="allow more iterations") as error:
        solve(accounts, shock)
    assert error.value.iterations > 0
    assert error.value.residual > 1e-10


def test_unsolved_draws_are_named_flagged_and_hold_no_number():
    accounts = world(6, 2, 2)
    deficit = np.stack([accounts.deficit, 50 * hopeless(accounts), accounts.deficit])
    shock = WorldShock(
        trade_elasticity=np.full(2, 4.0), applied_rate=accounts.applied_rate, deficit=deficit
    )
    with pytest.raises(NotConverged, match=r"1 of 3 draws, at \(1,\)"):
        solve(accounts, shock)
    found = solve(accounts, shock, control=Control(failures="flag"))
    assert found.converged.tolist() == [True, False, True]
    welfare = measure(accounts, shock, found)
    for value in (found.wage_change, found.expenditure, welfare.real_income_change):
        assert np.isnan(value[1]).all()
        assert np.isfinite(value[[0, 2]]).all()


def test_too_few_iterations_are_an_error():
    accounts = world(8, 3, 2)
    shock = WorldShock(trade_elasticity=np.full(2, 8.0), applied_rate=duties(4, accounts))
    with pytest.raises(NotConverged):
        solve(accounts, shock, control=Control(iterations=1, memory=0, tolerance=1e-14))


def test_a_change_too_large_at_once_is_reached_all_the_same():
    """Near autarky the first aim is far off; what is found must solve the plain equations."""
    accounts = world(10, 4, 2, balanced=True, taxed=False)
    rate = np.full((4, 4, 2), 10.0)
    rate[np.arange(4), np.arange(4)] = 0.0
    shock = WorldShock(trade_elasticity=np.full(2, 5.0), applied_rate=rate)
    found = solve(accounts, shock)
    assert found.iterations > 2 * caliendo_parro.PATIENCE
    price, spent, earned, _, _ = one_round(
        plain(accounts),
        [5.0, 5.0],
        rate.tolist(),
        found.deficit.tolist(),
        found.wage_change.tolist(),
        found.price_index_change.tolist(),
        found.expenditure.tolist(),
    )
    np.testing.assert_allclose(price, found.price_index_change, rtol=1e-9)
    np.testing.assert_allclose(spent, found.expenditure, rtol=1e-9)
    np.testing.assert_allclose(earned, found.wage_change * accounts.labour_income, rtol=1e-9)


def test_trade_is_asked_for_by_product_or_by_pair():
    accounts = world(1, 2, 2)
    shock = WorldShock(trade_elasticity=np.full(2, 4.0), applied_rate=accounts.applied_rate)
    with pytest.raises(InputError, match="by must be product or pair"):
        customs_value(accounts, shock, solve(accounts, shock), by="sector")
