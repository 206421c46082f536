import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.arrays import EXPORTER
from tariffsim.model import welfare
from tariffsim.model.armington import solve
from tariffsim.model.market_inputs import expenditure_share, wedge_change
from tests.reference import twin_welfare

ETA = 1.3


def setting(old, new, *, inverse=0.3, eta=ETA):
    """Two products, three sources: home untouched, one source taxed, one not."""
    value = np.array([[50.0, 10.0], [30.0, 70.0], [20.0, 5.0]])
    before = np.array([[0.0], [old], [old]]) + np.zeros((3, 2))
    after = np.array([[0.0], [new], [old]]) + np.zeros((3, 2))
    answer = solve(
        expenditure_share(value, before),
        wedge_change(before, after),
        armington_elasticity=3.0,
        import_demand_elasticity=eta,
        inverse_supply_elasticity=inverse,
    )
    return value, before, after, answer


def surplus(value, before, after, answer, *, inverse=0.3, eta=ETA):
    spent = (value * (1 + before)).sum(axis=EXPORTER)
    consumers = welfare.consumer_surplus(
        spent, answer.log_price_index, import_demand_elasticity=eta
    )
    producers = welfare.producer_surplus(value, answer, inverse_supply_elasticity=inverse)
    revenue = welfare.revenue_difference(value, before, after, answer)
    return consumers, producers, revenue


def test_no_shock_no_difference_exactly():
    value, before, after, answer = setting(0.1, 0.1)
    consumers, producers, revenue = surplus(value, before, after, answer)
    np.testing.assert_array_equal(welfare.customs_value(value, answer), value)
    for difference in (
        consumers,
        producers,
        revenue,
        welfare.deadweight_loss(consumers, producers, revenue),
        welfare.trade_creation(value, answer.price_index_change, import_demand_elasticity=ETA),
        welfare.trade_diversion(value, answer, import_demand_elasticity=ETA),
    ):
        assert (difference == 0).all()


def test_landed_value_is_customs_value_plus_duty():
    """What buyers pay, from prices and quantities, is what sellers and treasury receive."""
    value, before, after, answer = setting(0.1, 0.5)
    landed = value * (1 + before) * answer.landed_price_change * answer.quantity_change
    customs = welfare.customs_value(value, answer)
    np.testing.assert_allclose(landed, customs + welfare.duty(customs, after), rtol=1e-13)
    revenue = welfare.revenue_difference(value, before, after, answer)
    np.testing.assert_allclose(revenue, (after * customs - before * value).sum(axis=0), rtol=1e-13)


@given(st.floats(0.2, 4.0), st.one_of(st.just(1.0), st.floats(0.1, 5.0)))
def test_consumer_surplus_is_the_area_under_demand(price, eta):
    exact = welfare.consumer_surplus(
        np.array([80.0]), np.log([price]), import_demand_elasticity=eta
    )
    assert exact[0] == pytest.approx(
        twin_welfare.consumer_surplus(80.0, price, eta), rel=1e-8, abs=1e-9
    )


@pytest.mark.parametrize("omega", [0.5, 2.0, 30.0])
def test_producer_surplus_is_the_area_left_of_supply(omega):
    value, before, after, answer = setting(0.1, 0.6, inverse=1 / omega)
    _, producers, _ = surplus(value, before, after, answer, inverse=1 / omega)
    for exporter in range(3):
        price = float(answer.border_price_change[exporter, 0])
        twin = twin_welfare.producer_surplus(value[exporter, 0], price, omega)
        assert producers[exporter, 0] == pytest.approx(twin, rel=1e-9)


def test_elastic_sources_have_no_surplus_to_lose():
    value, _, _, answer = setting(0.1, 0.6, inverse=0.0)
    assert (welfare.producer_surplus(value, answer, inverse_supply_elasticity=0.0) == 0).all()


def test_deadweight_loss_of_one_elastic_source_is_the_triangle_under_demand():
    """Two roads: consumers + producers + revenue, and the area between demand and cost."""
    value, new = np.array([[100.0]]), 0.4
    answer = solve(
        np.ones((1, 1)),
        np.array([[1 + new]]),
        armington_elasticity=3.0,
        import_demand_elasticity=ETA,
        inverse_supply_elasticity=0.0,
    )
    none, rate = np.zeros((1, 1)), np.full((1, 1), new)
    loss = welfare.deadweight_loss(*surplus(value, none, rate, answer, inverse=0.0))
    left = (1 + new) ** -ETA
    triangle = 100.0 * twin_welfare.area(lambda q: q ** (-1 / ETA) - 1.0, left, 1.0)
    assert loss[0] == pytest.approx(triangle, rel=1e-9)


@given(st.floats(0.0, 2.0), st.one_of(st.just(0.0), st.floats(0.01, 3.0)))
def test_a_first_duty_never_adds_to_the_world(rate, inverse):
    value, before, after, answer = setting(0.0, rate, inverse=inverse)
    loss = welfare.deadweight_loss(*surplus(value, before, after, answer, inverse=inverse))
    assert (loss >= -1e-11).all()


def test_undoing_a_duty_is_a_negative_loss():
    value, before, after, answer = setting(0.5, 0.0, inverse=0.0)
    assert (welfare.deadweight_loss(*surplus(value, before, after, answer, inverse=0.0)) < 0).all()


def test_creation_and_diversion_are_the_change():
    value, _, _, answer = setting(0.1, 0.6)
    creation = welfare.trade_creation(
        value, answer.price_index_change, import_demand_elasticity=ETA
    )
    diversion = welfare.trade_diversion(value, answer, import_demand_elasticity=ETA)
    np.testing.assert_allclose(
        creation + diversion, value * (answer.quantity_change - 1), rtol=1e-12
    )
    assert (creation < 0).all()
    assert (diversion[1] < 0).all()
    assert (diversion[[0, 2]] > 0).all()
    wanted = value * (answer.price_index_change**-ETA - 1)
    np.testing.assert_allclose(creation, wanted, rtol=1e-12)


def test_pass_through():
    _, before, after, answer = setting(0.1, 0.6)
    share = welfare.pass_through(wedge_change(before, after), answer)
    assert np.isnan(share[[0, 2]]).all()
    expected = np.log(answer.landed_price_change[1]) / math.log(1.6 / 1.1)
    np.testing.assert_allclose(share[1], expected)
    assert ((share[1] > 0) & (share[1] < 1)).all()
    _, before, after, elastic = setting(0.1, 0.6, inverse=0.0)
    full = welfare.pass_through(wedge_change(before, after), elastic)
    np.testing.assert_allclose(full[1], 1.0)
