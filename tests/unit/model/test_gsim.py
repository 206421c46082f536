"""GSIM: its twin, its identities, its two surpluses and what it refuses."""

import math

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.errors import InputError
from tariffsim.model.gsim import GsimMarket, solve
from tests.reference.twin_gsim import solve_gsim

seeds = st.integers(0, 10_000)


def market(seed, economies=3, products=1, draws=()):
    random = np.random.default_rng(seed)
    cell = (economies, economies, products)
    return GsimMarket(
        trade=random.uniform(1.0, 100.0, cell),
        applied_rate=random.uniform(0.0, 0.6, cell),
        counterfactual_rate=random.uniform(0.0, 0.6, cell),
        import_demand_elasticity=random.uniform(0.5, 2.0, (*draws, economies, products)),
        substitution_elasticity=random.uniform(2.5, 8.0, (*draws, economies, products)),
        export_supply_elasticity=random.uniform(0.5, 5.0, (*draws, economies, products)),
    )


@given(seeds, st.integers(1, 5))
def test_the_twin_agrees(seed, economies):
    m = market(seed, economies)
    answer = solve(m)
    price, new = solve_gsim(
        m.trade[..., 0].tolist(),
        (1 + m.applied_rate[..., 0]).tolist(),
        (1 + m.counterfactual_rate[..., 0]).tolist(),
        m.import_demand_elasticity[:, 0].tolist(),
        m.substitution_elasticity[:, 0].tolist(),
        m.export_supply_elasticity[:, 0].tolist(),
    )
    np.testing.assert_allclose(answer.world_price_difference[:, 0], price, rtol=1e-10, atol=1e-12)
    np.testing.assert_allclose(answer.trade[..., 0], new, rtol=1e-10, atol=1e-9)


@given(seeds)
def test_markets_clear_and_revenue_is_rate_times_value(seed):
    m = market(seed)
    answer = solve(m)
    price = answer.world_price_difference
    grown = answer.trade / m.trade / (1 + price[None]) - 1
    sold = (m.trade * grown).sum(axis=0) / m.trade.sum(axis=0)
    np.testing.assert_allclose(sold, m.export_supply_elasticity * price, atol=1e-12)
    duty = m.counterfactual_rate * answer.trade - m.applied_rate * m.trade
    np.testing.assert_allclose(answer.revenue_difference, duty.sum(axis=1), atol=1e-9)
    assert (answer.below_zero == (grown < -1)).all()


def test_no_shock_no_change_exactly():
    m = market(1)
    answer = solve(attrs.evolve(m, counterfactual_rate=m.applied_rate))
    assert (answer.world_price_difference == 0).all()
    assert (answer.trade == m.trade).all()
    for name in ("consumer_surplus", "producer_surplus", "revenue_difference"):
        assert (getattr(answer, name) == 0).all()


@given(seeds)
def test_draws_and_products_are_a_loop(seed):
    batch = market(seed, products=2, draws=(3,))
    whole = solve(batch)
    for draw in range(3):
        for product in range(2):
            at = np.s_[..., product : product + 1]
            one = GsimMarket(
                trade=batch.trade[at],
                applied_rate=batch.applied_rate[at],
                counterfactual_rate=batch.counterfactual_rate[at],
                import_demand_elasticity=batch.import_demand_elasticity[draw][at],
                substitution_elasticity=batch.substitution_elasticity[draw][at],
                export_supply_elasticity=batch.export_supply_elasticity[draw][at],
            )
            for name, value in attrs.asdict(solve(one), recurse=False).items():
                np.testing.assert_allclose(
                    getattr(whole, name)[draw][at], value, rtol=1e-11, atol=1e-11
                )


def test_both_surpluses_agree_to_second_order_where_prices_fall():
    """They differ by a third-order term for a fall, by a second-order one for a rise."""
    m = market(2)
    gaps = []
    for part in (1e-2, 1e-3):
        rate = m.applied_rate - part * m.applied_rate
        small = attrs.evolve(m, counterfactual_rate=rate)
        exact, printed = solve(small), solve(small, surplus="as_published")
        falls = exact.composite_price_difference < 0
        assert falls.any()
        gaps.append(np.abs((exact.consumer_surplus - printed.consumer_surplus)[falls]).max())
    assert gaps[1] < 2e-3 * gaps[0]


def test_the_published_loss_is_larger_than_the_old_quantity_times_the_rise():
    m = market(3)
    dearer = attrs.evolve(m, counterfactual_rate=m.applied_rate + 0.3)
    exact, printed = solve(dearer), solve(dearer, surplus="as_published")
    spent = (m.trade * (1 + m.applied_rate)).sum(axis=1)
    rectangle = -spent * exact.composite_price_difference
    rises = exact.composite_price_difference > 0
    assert rises.all()
    assert (printed.consumer_surplus < rectangle).all()
    assert (exact.consumer_surplus > rectangle).all()


def test_unit_demand_is_a_limit_and_infinite_supply_holds_the_price():
    m = attrs.evolve(market(4), export_supply_elasticity=math.inf, import_demand_elasticity=1.0)
    near = attrs.evolve(m, import_demand_elasticity=1.0 + 1e-7)
    answer = solve(m)
    assert (answer.world_price_difference == 0).all()
    assert (answer.producer_surplus == 0).all()
    np.testing.assert_allclose(answer.consumer_surplus, solve(near).consumer_surplus, rtol=1e-5)


def test_who_exports_nothing_keeps_its_price():
    m = market(5)
    trade = m.trade.copy()
    trade[:, 1] = 0.0
    answer = solve(attrs.evolve(m, trade=trade))
    assert answer.world_price_difference[1, 0] == 0.0
    assert np.isfinite(answer.trade).all()


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trade": -np.ones((3, 3, 1))}, "trade must not be negative"),
        ({"trade": np.full((3, 3, 1), np.nan)}, "trade must not be negative or missing"),
        ({"counterfactual_rate": np.array(-1.0)}, "above -100%"),
        ({"import_demand_elasticity": np.array(-1.25)}, "magnitudes"),
        ({"substitution_elasticity": np.array(math.inf)}, "finite"),
    ],
)
def test_what_has_no_meaning_is_refused(change, message):
    with pytest.raises(InputError, match=message):
        solve(attrs.evolve(market(6), **change))


def test_tables_of_the_wrong_shape_and_unknown_surpluses_are_refused():
    with pytest.raises(InputError, match="importer, exporter, product"):
        solve(
            attrs.evolve(
                market(7), trade=np.ones((3, 4, 1)), applied_rate=0.0, counterfactual_rate=0.0
            )
        )
    with pytest.raises(InputError, match="exact or as_published"):
        solve(market(7), surplus="triangle")


def test_a_system_without_a_unique_solution_is_refused():
    """One economy with fixed supply and fixed demand: nothing pins the price."""
    m = GsimMarket(
        trade=np.full((1, 1, 1), 10.0),
        applied_rate=np.zeros((1, 1, 1)),
        counterfactual_rate=np.full((1, 1, 1), 0.1),
        import_demand_elasticity=0.0,
        substitution_elasticity=2.0,
        export_supply_elasticity=0.0,
    )
    with pytest.raises(InputError, match="no unique solution"):
        solve(m)
