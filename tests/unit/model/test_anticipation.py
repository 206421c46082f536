import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.model.adjustment import lagged
from tariffsim.model.anticipation import months_ahead, pull_forward
from tests.reference.twin_anticipation import lagged_one, months_ahead_one, pull_forward_one

RANDOM = np.random.default_rng(5)
MONTHS, RISES, PRODUCTS, DRAWS = 14, 3, 6, 5


def plans(random):
    plan = random.uniform(0.0, 0.5, (RISES, MONTHS)) * (random.random((RISES, MONTHS)) < 0.4)
    rundown = random.uniform(0.0, 0.6, MONTHS) * (random.random(MONTHS) < 0.6)
    return {
        "use": random.uniform(50.0, 150.0, (MONTHS, DRAWS)),
        "wanted": random.uniform(0.0, 2.0, (RISES, DRAWS)),
        "plan": plan,
        "capacity": random.uniform(0.0, 0.4, (RISES, MONTHS, DRAWS)),
        "room": random.uniform(0.2, 1.5, (MONTHS, DRAWS)),
        "rundown": rundown,
    }


@pytest.mark.parametrize("seed", range(4))
def test_purchases_equal_the_scalar_twin(seed):
    given = plans(np.random.default_rng(seed))
    found = pull_forward(**given)
    for draw in range(DRAWS):
        bought, used, stock = pull_forward_one(
            given["use"][:, draw],
            given["wanted"][:, draw],
            given["plan"],
            given["capacity"][:, :, draw],
            given["room"][:, draw],
            given["rundown"],
        )
        np.testing.assert_allclose(found.bought[:, draw], bought, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.used[:, draw], used, rtol=1e-12, atol=1e-12)
        np.testing.assert_allclose(found.stock[:, draw], stock, rtol=1e-12, atol=1e-11)


def test_months_ahead_equal_the_scalar_twin():
    jumps = RANDOM.uniform(-0.1, 0.3, (RISES, PRODUCTS))
    jumps[:, 1] = jumps[:, 0]
    value, storable = RANDOM.uniform(1.0, 9.0, PRODUCTS), RANDOM.random(PRODUCTS)
    carrying, storage = RANDOM.uniform(0.01, 0.03, DRAWS), RANDOM.uniform(0.5, 4.0, DRAWS)
    found = months_ahead(jumps, value, storable, carrying, storage)
    for rise in range(RISES):
        for draw in range(DRAWS):
            twin = months_ahead_one(jumps[rise], value, storable, carrying[draw], storage[draw])
            assert found[rise, draw] == pytest.approx(twin, rel=1e-12)


def test_nobody_buys_ahead_of_a_fall():
    found = months_ahead(np.log([[0.9]]), np.ones(1), np.ones(1), np.full(1, 0.02), np.full(1, 3.0))
    np.testing.assert_array_equal(found, 0.0)


def test_it_pays_to_buy_until_carrying_eats_the_jump():
    """(1 + c)^k = new over old at the last month that pays."""
    carrying = np.array([0.01, 0.02, 0.03])
    months = months_ahead(np.log([[1.2]]), np.ones(1), np.ones(1), carrying, np.full(3, 99.0))[0]
    np.testing.assert_allclose((1.0 + carrying) ** months, 1.2, rtol=1e-12)


def test_perishables_are_not_stored():
    found = months_ahead(
        np.log([[1.2, 1.2]]), np.ones(2), np.array([0.0, 1.0]), np.full(1, 0.02), np.full(1, 2.0)
    )
    np.testing.assert_allclose(found, 1.0)


def test_a_price_follows_its_twin_late():
    values = RANDOM.uniform(-0.2, 0.6, 30)
    np.testing.assert_allclose(lagged(values, 0.5, 9.0), lagged_one(values, 0.5, 9.0), rtol=1e-12)


def test_a_lasting_rise_arrives_in_its_share():
    path = lagged(np.ones(600), 0.4, 14.0)
    assert (np.diff(path) >= 0).all()
    assert path[-1] == pytest.approx(0.4, rel=1e-12)
    assert path[13] == pytest.approx(0.4 * (1.0 - np.exp(-1.0)), rel=1e-12)


@pytest.mark.parametrize(
    ("changed", "message"),
    [
        ({"rundown": np.full(MONTHS, 1.2)}, r"rundown must be in \[0, 1\]"),
        ({"rundown": np.zeros(3)}, "the same months"),
        ({"use": np.full((MONTHS, DRAWS), -1.0)}, "zero or more"),
    ],
)
def test_bad_plans_are_refused(changed, message):
    with pytest.raises(InputError, match=message):
        pull_forward(**{**plans(np.random.default_rng(1)), **changed})


@pytest.mark.parametrize(("carrying", "storage"), [(0.0, 1.0), (0.02, -1.0)])
def test_bad_storage_is_refused(carrying, storage):
    with pytest.raises(InputError, match="above zero"):
        months_ahead(
            np.log([[1.2]]), np.ones(1), np.ones(1), np.full(1, carrying), np.full(1, storage)
        )


@pytest.mark.parametrize(("share", "months"), [(0.5, 0.0), (-0.1, 3.0)])
def test_a_price_needs_a_lag(share, months):
    with pytest.raises(InputError, match="both ranges"):
        lagged(np.ones(3), share, months)
