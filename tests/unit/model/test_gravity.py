"""The gravity model at its edges: deficits, hours of work, who gets the revenue, refusals."""

import attrs
import numpy as np
import pytest

from tariffsim.errors import InputError, NotConverged
from tariffsim.model.fixed_point import Control
from tariffsim.model.gravity import solve
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tests.worlds import one_good, rates


def duties(seed, economies, most=0.5):
    return rates(np.random.default_rng(seed), economies, 1, most)


def test_one_economy():
    accounts = GravityAccounts(customs_value=np.full((1, 1, 1), 10.0))
    found = solve(accounts, GravityShock(trade_elasticity=4.0))
    assert found.wage_change.tolist() == [1.0]
    assert found.welfare_change.tolist() == [1.0]


def test_identities_of_the_equilibrium():
    accounts = one_good(1, 4)
    rate = duties(2, 4)
    found = solve(accounts, GravityShock(trade_elasticity=5.0, applied_rate=rate))
    flow = found.customs_value
    np.testing.assert_allclose(found.revenue, (rate * flow).sum(axis=(1, 2)))
    np.testing.assert_allclose(found.expenditure, (flow * (1 + rate)).sum(axis=(1, 2)))
    output = accounts.customs_value.sum(axis=(0, 2))
    np.testing.assert_allclose(flow.sum(axis=(0, 2)), output * found.wage_change, rtol=1e-9)
    owed = accounts.customs_value.sum(axis=(1, 2)) - output
    np.testing.assert_allclose(flow.sum(axis=(1, 2)) - flow.sum(axis=(0, 2)), owed, rtol=1e-8)
    np.testing.assert_allclose((output * found.wage_change).sum(), output.sum())


def test_a_deficit_held_or_in_proportion():
    """They differ where wages move, and are the same where there is no deficit."""
    rate = duties(3, 3)
    for balanced in (True, False):
        accounts = one_good(2, 3, balanced=balanced, taxed=False)
        held, moving = (
            solve(
                accounts,
                GravityShock(trade_elasticity=4.0, applied_rate=rate, deficit=deficit),
            ).wage_change
            for deficit in ("additive", "multiplicative")
        )
        assert np.allclose(held, moving, rtol=1e-9, atol=0) == balanced


def test_more_elastic_hours_work_less_when_goods_get_dearer():
    accounts = one_good(3, 3, balanced=True, taxed=False)
    iceberg = np.full((3, 3, 1), 1.2)
    iceberg[np.arange(3), np.arange(3)] = 1.0
    shock = GravityShock(trade_elasticity=4.0, partial_effect=iceberg**-4.0)
    kappas = [0.0, 0.5, 2.0]
    found = [solve(accounts, attrs.evolve(shock, labour_supply_elasticity=k)) for k in kappas]
    hours = np.array([f.labour_change for f in found])
    assert (hours[0] == 1).all()
    assert (np.diff(hours, axis=0) < 0).all()
    np.testing.assert_allclose(hours[1], found[1].real_income_change ** (0.5 / 1.5), rtol=1e-8)
    # Where all income is pay, income and toil grow by the same power of the real wage.
    np.testing.assert_allclose(found[1].welfare_change, found[1].real_income_change, rtol=1e-9)
    np.testing.assert_array_equal(found[0].welfare_change, found[0].real_income_change)


def test_welfare_is_real_income_less_toil_worked_out_by_hand():
    """Utility C - b L^(1+1/k), b set so that the benchmark's hours are chosen."""
    accounts, kappa = one_good(4, 3, balanced=True, taxed=False), 0.5
    found = solve(
        accounts,
        GravityShock(
            trade_elasticity=4.0, applied_rate=duties(5, 3), labour_supply_elasticity=kappa
        ),
    )
    income = accounts.customs_value.sum(axis=(0, 2))
    b = income * kappa / (1 + kappa)
    before = income - b
    after = found.real_income_change * income - b * found.labour_change ** (1 + 1 / kappa)
    np.testing.assert_allclose(found.welfare_change, after / before, rtol=1e-12)


def test_relief_of_the_tax_on_labour_raises_hours_above_a_lump_sum():
    accounts = one_good(5, 3, balanced=True, taxed=False)
    shock = GravityShock(
        trade_elasticity=4.0, applied_rate=duties(6, 3), labour_supply_elasticity=0.5
    )
    lump = solve(accounts, shock)
    relief = solve(accounts, attrs.evolve(shock, rebate="labour-tax"))
    assert (relief.labour_change > lump.labour_change).all()
    income = accounts.customs_value.sum(axis=(0, 2)) * relief.wage_change * relief.labour_change
    pay = relief.wage_change / relief.price_index_change / (1 - relief.revenue / income)
    np.testing.assert_allclose(relief.labour_change, pay**0.5, rtol=1e-9)


def test_without_elastic_hours_the_rebate_does_not_matter():
    accounts, rate = one_good(6, 3), duties(7, 3)
    shock = GravityShock(trade_elasticity=4.0, applied_rate=rate)
    one, other = solve(accounts, shock), solve(accounts, attrs.evolve(shock, rebate="labour-tax"))
    np.testing.assert_allclose(one.welfare_change, other.welfare_change, rtol=1e-12)


def test_a_partial_effect_is_an_iceberg_change_to_the_minus_theta():
    """An estimate exp(b) and a cost of exp(-b/theta) are one shock."""
    accounts = one_good(7, 3, taxed=False)
    effect = np.exp(0.3 * np.random.default_rng(1).normal(size=(3, 3, 1)))
    drawn = solve(
        accounts, GravityShock(trade_elasticity=np.array([[4.0], [8.0]]), partial_effect=effect)
    )
    for k, theta in enumerate((4.0, 8.0)):
        iceberg = effect ** (-1 / theta)
        one = solve(accounts, GravityShock(trade_elasticity=theta, partial_effect=iceberg**-theta))
        np.testing.assert_allclose(drawn.wage_change[k], one.wage_change, rtol=1e-9)


@pytest.mark.parametrize("theta", [0.2, 1.01, 100.0])
def test_elasticities_at_the_ends(theta):
    accounts = one_good(8, 4, balanced=True)
    found = solve(accounts, GravityShock(trade_elasticity=theta, applied_rate=duties(8, 4)))
    assert found.converged
    assert found.residual <= 1e-10


def test_a_change_too_large_at_once_is_reached_all_the_same():
    accounts = one_good(10, 6, balanced=True, taxed=False)
    rate = np.zeros((6, 6, 1))
    rate[2] = 10.0
    rate[2, 2] = 0.0
    found = solve(accounts, GravityShock(trade_elasticity=5.0, applied_rate=rate))
    flow = found.customs_value
    assert found.residual <= 1e-10
    np.testing.assert_allclose(flow.sum(axis=(0, 2)), flow.sum(axis=(1, 2)), rtol=1e-8)


def impossible():
    """The second economy owes more than it could ever earn."""
    value = np.array([[[8.0], [9.0]], [[0.1], [0.2]]])
    rate = np.zeros((2, 2, 1))
    rate[0, 1] = 50.0
    return GravityAccounts(customs_value=value), GravityShock(
        trade_elasticity=np.array([[1.2], [4.0], [8.0]]), applied_rate=rate
    )


def test_unsolved_draws_are_an_error_or_flagged_and_hold_no_number():
    accounts, shock = impossible()
    with pytest.raises(NotConverged, match=r"the gravity model found no equilibrium for \d of 3"):
        solve(accounts, shock)
    found = solve(accounts, shock, control=Control(failures="flag"))
    assert not found.converged.all()
    for value in (found.wage_change, found.welfare_change, found.customs_value):
        assert np.isnan(value[~found.converged]).all()


@pytest.mark.parametrize(
    ("accounts", "shock", "message"),
    [
        ({"customs_value": np.ones((2, 3, 1))}, {}, r"must have shape \(n, n, 1\)"),
        ({"customs_value": np.ones((2, 2, 4))}, {}, "sum the products"),
        ({"customs_value": -np.ones((2, 2, 1))}, {}, "must not be negative"),
        ({"customs_value": np.eye(2)[..., None] * [[[1.0]], [[0.0]]]}, {}, "must sell something"),
        ({"applied_rate": np.full((2, 2, 1), -1.0)}, {}, "above -100%"),
        ({}, {"trade_elasticity": 0.0}, "trade_elasticity must be positive"),
        ({}, {"labour_supply_elasticity": -0.1}, "labour_supply_elasticity below zero"),
        ({}, {"partial_effect": np.full((2, 2, 1), -1.0)}, "partial_effect must not be negative"),
        ({}, {"trade_elasticity": np.ones(2)}, "trade_elasticity must be draws then"),
        ({}, {"applied_rate": np.zeros((3, 3, 1))}, "applied_rate must be draws then"),
    ],
)
def test_what_has_no_meaning_is_refused(accounts, shock, message):
    fit = {"customs_value": np.ones((2, 2, 1)), "applied_rate": np.zeros((2, 2, 1))}
    if "customs_value" in accounts:
        fit["applied_rate"] = np.zeros_like(accounts["customs_value"])
    with pytest.raises(InputError, match=message):
        solve(
            GravityAccounts(**(fit | accounts)), GravityShock(**({"trade_elasticity": 4.0} | shock))
        )


@pytest.mark.parametrize("change", [{"deficit": "none"}, {"rebate": "burnt"}])
def test_unknown_words_are_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        GravityShock(trade_elasticity=4.0, **change)
