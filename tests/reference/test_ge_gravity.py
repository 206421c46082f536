"""Zylkin's ge_gravity on the enlargement of the European Union, 44 countries, WIOD 2000."""

import csv

import numpy as np
import pytest

from tariffsim.model.fixed_point import Control
from tariffsim.model.gravity import solve
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tests.reference.cases import folder

pytestmark = pytest.mark.reference


def read(name):
    with (folder("ge_gravity") / name).open(encoding="utf-8") as lines:
        return list(csv.DictReader(lines))


@pytest.fixture(scope="module")
def countries():
    return [row["country"] for row in read("expected_welfare.csv")]


@pytest.fixture(scope="module")
def table(countries):
    """Any column of the bilateral file as (importer, exporter, 1)."""
    rows = read("eu_enlargement_2000.csv")
    place = {country: k for k, country in enumerate(countries)}

    def column(name):
        values = np.full((len(countries), len(countries), 1), np.nan)
        for row in rows:
            values[place[row["importer"]], place[row["exporter"]]] = float(row[name])
        return values

    return column


@pytest.fixture(scope="module")
def accounts(table):
    return GravityAccounts(customs_value=table("trade"))


@pytest.mark.parametrize("deficit", ["additive", "multiplicative"])
def test_welfare_and_trade_of_every_country_and_pair(table, accounts, deficit):
    found = solve(
        accounts,
        GravityShock(
            trade_elasticity=4.0, partial_effect=np.exp(table("eu_effect")), deficit=deficit
        ),
    )
    rows = read("expected_welfare.csv")
    welfare = np.array([float(row[f"stata_welfare_{deficit}"]) for row in rows])
    np.testing.assert_allclose(found.welfare_change, welfare, rtol=1e-7, atol=0)
    np.testing.assert_allclose(
        found.customs_value, table(f"stata_trade_{deficit}"), rtol=2e-7, atol=0
    )


def test_draws_of_elasticities_and_effects_are_a_loop(table, accounts):
    random = np.random.default_rng(2000)
    theta = 4 * np.exp(0.25 * random.standard_normal((60, 1)))
    effect = np.exp(table("eu_effect") * (1 + 0.2 * random.standard_normal((60, 1, 1, 1))))
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
