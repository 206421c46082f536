import numpy as np
import pytest

from tariffsim.errors import InputError, NotConverged
from tariffsim.model.armington import log_linear, solve

HALF = np.full((2, 1), 0.5)
DUTY = np.array([[1.25], [1.0]])
USUAL = {
    "armington_elasticity": 2.5,
    "import_demand_elasticity": 1.2,
    "inverse_supply_elasticity": np.array([[0.1], [0.4]]),
}


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"share": np.array([[0.6], [0.6]])}, "sum to one"),
        ({"share": np.array([[1.5], [-0.5]])}, "zero or above"),
        ({"share": np.array([[np.nan], [0.5]])}, "zero or above"),
        ({"share": np.array([0.5, 0.5])}, "exporter, product"),
        ({"share": np.array([[1.0]])}, "all 2 exporters"),
        ({"wedge": np.array([[0.0], [1.0]])}, "price_wedge_change must be above zero"),
        ({"wedge": np.array([[np.nan], [1.0]])}, "price_wedge_change must be above zero"),
        ({"wedge": np.array([[np.inf], [1.0]])}, "price_wedge_change must be above zero"),
        ({"wedge": np.ones((2, 3)), "share": np.full((2, 2), 0.5)}, "must broadcast"),
        ({"armington_elasticity": 0.0}, "armington_elasticity must be above zero"),
        ({"armington_elasticity": np.ones((2, 1))}, "belongs to the market"),
        ({"import_demand_elasticity": -1.2}, "import_demand_elasticity must be above zero"),
        ({"import_demand_elasticity": np.ones((2, 1))}, "belongs to the market"),
        ({"inverse_supply_elasticity": -0.1}, "inverse_supply_elasticity must be zero or above"),
        ({"inverse_supply_elasticity": np.inf}, "inverse_supply_elasticity must be zero or above"),
        ({"tolerance": 0.0}, "tolerance"),
        ({"max_iterations": 0}, "max_iterations"),
    ],
)
def test_bad_input_is_refused_by_name(change, message):
    arguments = USUAL | change
    share, wedge = arguments.pop("share", HALF), arguments.pop("wedge", DUTY)
    with pytest.raises(InputError, match=message):
        solve(share, wedge, **arguments)


@pytest.mark.parametrize("cell", [4, 10**6])
def test_failure_names_the_worst_market_and_gives_no_number(cell, monkeypatch):
    monkeypatch.setattr("tariffsim.model.armington_markets.CELL", cell)
    wedge = np.ones((3, 2, 4))
    wedge[0, 0, 1], wedge[1, 0, 3], wedge[2, 0, 2] = 1.1, 2.5, 1.1
    with pytest.raises(NotConverged, match=r"index \(1, 3\)") as caught:
        solve(np.full((2, 1), 0.5), wedge, **USUAL, tolerance=1e-30, max_iterations=1)
    assert caught.value.iterations == 1
    assert 1e-30 < caught.value.residual < 1e-6


def test_an_infinite_quantity_is_no_answer():
    """A source without sales that gets cheap without bound, against supply without bound."""
    with pytest.raises(NotConverged):
        solve(
            np.array([[0.0], [1.0]]),
            np.array([[1e-3], [1.0]]),
            armington_elasticity=400.0,
            import_demand_elasticity=1.1,
            inverse_supply_elasticity=np.array([[0.0], [0.5]]),
        )


def test_all_arguments_broadcast_and_the_answer_is_read_only():
    answer = solve(
        np.full((2, 5), 0.5),
        np.full((3, 1, 2, 1), 1.2),
        armington_elasticity=np.array([1.5, 2.5, 3.5, 4.5])[:, None, None],
        import_demand_elasticity=np.full((1, 5), 1.1),
        inverse_supply_elasticity=np.array([[0.0], [0.2]]),
    )
    assert answer.price_index_change.shape == (3, 4, 5)
    assert answer.quantity_change.shape == (3, 4, 2, 5)
    for change in (answer.price_index_change, answer.border_price_change, answer.quantity_change):
        assert not change.flags.writeable


def test_arguments_are_left_as_they_were():
    share, wedge = HALF.copy(), DUTY.copy()
    solve(share, wedge, **USUAL)
    np.testing.assert_array_equal(share, HALF)
    np.testing.assert_array_equal(wedge, DUTY)


def test_no_market_is_no_work():
    answer = solve(
        np.ones((0, 1, 3)), np.ones((0, 1, 3)), **(USUAL | {"inverse_supply_elasticity": 0.1})
    )
    assert answer.price_index_change.shape == (0, 3)


def test_closed_form_where_supply_is_equally_elastic():
    """One supply elasticity for all sources needs no iteration and agrees with Newton's way."""
    direct = solve(HALF, DUTY, **(USUAL | {"inverse_supply_elasticity": 0.3}))
    beside = np.array([[0.3], [0.3 + 1e-13]])
    iterated = solve(HALF, DUTY, **(USUAL | {"inverse_supply_elasticity": beside}))
    assert (direct.iterations, iterated.iterations) == (0, 1)
    np.testing.assert_allclose(direct.quantity_change, iterated.quantity_change, rtol=1e-12)


@pytest.mark.parametrize("inverse", [0.0, 0.2, np.array([[1e-3], [3.0]])])
@pytest.mark.parametrize("sigma", [0.3, 20.0, 400.0])
def test_extreme_wedges_still_clear(sigma, inverse):
    """A source at a thousandth of its price, one at a thousandfold: the index still holds."""
    share, wedge = np.array([[1e-6], [1 - 1e-6]]), np.array([[1e-3], [1e3]])
    answer = solve(
        share,
        wedge,
        armington_elasticity=sigma,
        import_demand_elasticity=1.1,
        inverse_supply_elasticity=inverse,
    )
    relative = np.log(answer.landed_price_change) - np.log(answer.price_index_change)
    index = np.log((share * np.exp((1.0 - sigma) * relative)).sum()) / (1.0 - sigma)
    assert abs(index) < 1e-11


def test_the_tangent_solves_the_linear_equations():
    share, wedge = np.array([[0.3], [0.7]]), np.array([[1.4], [0.9]])
    inverse, sigma, eta = np.array([[0.5], [2.0]]), 3.0, 1.2
    tangent = log_linear(
        share,
        wedge,
        armington_elasticity=sigma,
        import_demand_elasticity=eta,
        inverse_supply_elasticity=inverse,
    )
    landed, index = np.log(tangent.landed_price_change), np.log(tangent.price_index_change)
    np.testing.assert_allclose(index, (share * landed).sum(axis=0), rtol=1e-13)
    supply = (landed - np.log(wedge)) / inverse
    np.testing.assert_allclose(supply, -sigma * landed + (sigma - eta) * index, rtol=1e-12)
    np.testing.assert_allclose(np.log(tangent.quantity_change), supply, rtol=1e-12)
