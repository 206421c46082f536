"""Zylkin's ge_gravity on the enlargement of the European Union, 44 countries, WIOD 2000."""

import numpy as np
import pytest

from tariffsim.model.fixed_point import Control
from tariffsim.model.gravity import solve
from tariffsim.model.gravity_accounts import GravityShock
from tests.golden.answers import enlargement, enlargement_rows
from tests.reference.cases import folder

pytestmark = pytest.mark.reference


@pytest.fixture(scope="module")
def case():
    return enlargement(folder("ge_gravity"))


@pytest.fixture(scope="module")
def accounts(case):
    return case.accounts


@pytest.mark.parametrize("deficit", ["additive", "multiplicative"])
def test_welfare_and_trade_of_every_country_and_pair(deficit):
    rows = list(enlargement_rows(folder("ge_gravity"), deficit))
    assert len(rows) == 44 + 44 * 44
    for what, ours, published in rows:
        most = 1e-7 if what.startswith("welfare") else 2e-7
        assert abs(ours - published) <= most * abs(published), what


def test_draws_of_elasticities_and_effects_are_a_loop(case, accounts):
    random = np.random.default_rng(2000)
    theta = 4 * np.exp(0.25 * random.standard_normal((60, 1)))
    effect = np.exp(case.columns["eu_effect"] * (1 + 0.2 * random.standard_normal((60, 1, 1, 1))))
    control = Control(tolerance=1e-12)
    batch = solve(
        accounts, GravityShock(trade_elasticity=theta, partial_effect=effect), control=control
    )
    for k in (0, 31, 59):
        single = solve(
            accounts,
            GravityShock(trade_elasticity=theta[k], partial_effect=effect[k]),
            control=control,
        )
        np.testing.assert_allclose(batch.welfare_change[k], single.welfare_change, rtol=1e-10)
        np.testing.assert_allclose(batch.customs_value[k], single.customs_value, rtol=1e-9)


def test_a_duty_is_a_cost_that_brings_revenue(accounts):
    """The same wedge as a duty and as an iceberg: the duty is the cheaper one for who levies it."""
    wedge = np.zeros((44, 44, 1))
    wedge[7] = 0.1
    wedge[7, 7] = 0.0
    duty = solve(accounts, GravityShock(trade_elasticity=4.0, applied_rate=wedge))
    cost = solve(accounts, GravityShock(trade_elasticity=4.0, partial_effect=(1 + wedge) ** -4.0))
    assert duty.welfare_change[7] > 1 > cost.welfare_change[7]
