"""SMART: its twin, its identities and what it refuses."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.errors import InputError
from tariffsim.model import armington
from tariffsim.model.smart import solve
from tests.reference import twin_smart

seeds = st.integers(0, 10_000)


def case(seed, partners=3):
    random = np.random.default_rng(seed)
    cell = (1, partners, 1)
    return (
        random.uniform(1.0, 100.0, cell),
        random.uniform(0.0, 0.6, cell),
        random.uniform(0.0, 0.6, cell),
    )


@given(seeds, st.integers(1, 5), st.sampled_from([1.0, 99.0, math.inf]))
def test_the_twin_agrees(seed, partners, supply):
    value, before, after = case(seed, partners)
    answer = solve(
        value,
        before,
        after,
        import_demand_elasticity=1.2,
        substitution_elasticity=2.5,
        export_supply_elasticity=supply,
    )
    v, t, u = (x[0, :, 0].tolist() for x in (value, before, after))
    made = [twin_smart.creation(*x, 1.2, supply) for x in zip(v, t, u, strict=True)]
    relative = [(1 + b) / (1 + a) for a, b in zip(t, u, strict=True)]
    turned = twin_smart.diversion(v, relative, 2.5)
    np.testing.assert_allclose(answer.trade_creation[0, :, 0], made, rtol=1e-12, atol=1e-12)
    np.testing.assert_allclose(answer.trade_diversion[0, :, 0], turned, rtol=1e-12, atol=1e-11)


@given(seeds)
def test_one_preferred_partner_is_the_published_formula(seed):
    value, before, _ = case(seed)
    after = before.copy()
    after[0, 0, 0] = 0.0
    answer = solve(value, before, after, import_demand_elasticity=1.0)
    relative = 1 / (1 + before[0, 0, 0])
    expected = twin_smart.preferred_diversion(value[0, 0, 0], value[0, 1:, 0].sum(), relative, 1.5)
    np.testing.assert_allclose(answer.trade_diversion[0, 0, 0], expected, rtol=1e-10)


@given(seeds)
def test_identities(seed):
    value, before, after = case(seed)
    answer = solve(value, before, after, import_demand_elasticity=1.1, export_supply_elasticity=4.0)
    np.testing.assert_allclose(answer.trade_diversion.sum(axis=1), 0.0, atol=1e-11)
    total = value + answer.trade_creation + answer.trade_diversion
    np.testing.assert_allclose(answer.customs_value, total)
    np.testing.assert_allclose(answer.revenue_difference, after * total - before * value)
    np.testing.assert_allclose(
        answer.welfare_difference, 0.5 * (before + after) * answer.trade_creation
    )
    # Supply answers the border price with the creation there is.
    np.testing.assert_allclose(
        4.0 * (answer.border_price_change - 1), answer.trade_creation / value
    )


def test_no_shock_no_change_exactly():
    value, before, _ = case(1)
    answer = solve(value, before, before, import_demand_elasticity=1.0)
    assert (answer.customs_value == value).all()
    assert (answer.revenue_difference == 0).all()
    assert (answer.border_price_change == 1).all()


def test_draws_lead():
    value, before, after = case(2)
    demand = np.array([0.5, 1.5])[:, None, None, None]
    batch = solve(value, before, after, import_demand_elasticity=demand)
    for k in range(2):
        one = solve(value, before, after, import_demand_elasticity=float(demand[k, 0, 0, 0]))
        np.testing.assert_allclose(batch.customs_value[k], one.customs_value)


def test_it_responds_more_to_a_partners_own_rate_than_one_consistent_demand():
    """Creation and diversion are added, where a CES demand has the one pay for the other."""
    value, rate = np.array([[[100.0], [300.0]]]), np.full((1, 2, 1), 0.2)
    freed = rate.copy()
    freed[0, 0, 0] = 0.0
    smart = solve(
        value,
        rate,
        freed,
        import_demand_elasticity=1.2,
        substitution_elasticity=3.0,
        export_supply_elasticity=math.inf,
    )
    ces = armington.solve(
        np.array([[0.25], [0.75]]),
        np.array([[1 / 1.2], [1.0]]),
        armington_elasticity=3.0,
        import_demand_elasticity=1.2,
        inverse_supply_elasticity=0.0,
    )
    assert smart.customs_value[0, 0, 0] > 100.0 * float(ces.quantity_change[0, 0]) + 1.0


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"imports": np.full((1, 2, 1), -1.0)}, "imports must not be negative"),
        ({"counterfactual_rate": np.full((1, 2, 1), -1.0)}, "above -100%"),
        ({"import_demand_elasticity": -1.0}, "magnitudes"),
        ({"export_supply_elasticity": 0.0}, "must be positive"),
    ],
)
def test_what_has_no_meaning_is_refused(change, message):
    inputs = {
        "imports": np.ones((1, 2, 1)),
        "applied_rate": np.zeros((1, 2, 1)),
        "counterfactual_rate": np.zeros((1, 2, 1)),
        "import_demand_elasticity": 1.0,
    }
    with pytest.raises(InputError, match=message):
        solve(**(inputs | change))
