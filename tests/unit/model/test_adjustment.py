import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.errors import InputError
from tariffsim.model.adjustment import adjust, speed_from_years
from tests.reference.twin_adjustment import adjust_one

RANDOM = np.random.default_rng(11)
SHORT = RANDOM.uniform(50, 90, (3, 4))
LONG = RANDOM.uniform(10, 60, (3, 4))
WEIGHTS = RANDOM.dirichlet(np.ones(3), 12)
SPEED = RANDOM.uniform(0.0, 1.0, 4)


@pytest.mark.parametrize("in_logs", [False, True])
def test_equals_the_scalar_twin(in_logs):
    path = adjust(SHORT, LONG, WEIGHTS, SPEED, in_logs=in_logs)
    assert path.shape == (12, 4)
    for draw in range(4):
        twin = adjust_one(SHORT[:, draw], LONG[:, draw], WEIGHTS, SPEED[draw], in_logs=in_logs)
        np.testing.assert_allclose(path[:, draw], twin, rtol=1e-13)


def test_one_regime_goes_from_short_to_long_geometrically():
    path = adjust(np.array([80.0]), np.array([20.0]), np.ones((200, 1)), 0.1)
    expected = 20.0 + 60.0 * 0.9 ** np.arange(200)
    np.testing.assert_allclose(path, expected, rtol=1e-12)


def test_a_regime_without_effect_stays_where_it_is():
    same = np.array([70.0, 70.0])
    weights = np.array([[1.0, 0.0], [0.5, 0.5], [0.0, 1.0]])
    np.testing.assert_array_equal(adjust(same, same, weights, 0.3), np.full(3, 70.0))


@given(st.integers(1, 24))
def test_a_passing_regime_never_has_its_long_run_effect(months):
    """Then it fades: what is left of it only shrinks."""
    weights = np.zeros((60, 2))
    weights[:months, 1] = weights[months:, 0] = 1.0
    path = adjust(np.array([100.0, 90.0]), np.array([100.0, 50.0]), weights, 0.05)
    assert path.min() > 50.0
    after = 100.0 - path[months:]
    assert (after > 0).all()
    assert (np.diff(after) < 0).all()


def test_days_of_a_month_are_weighed():
    """Half a month of each regime answers at the mean of both, at once."""
    path = adjust(np.array([100.0, 60.0]), np.array([100.0, 20.0]), np.array([[0.5, 0.5]]), 0.2)
    np.testing.assert_allclose(path, [80.0])


def test_logs_keep_levels_above_zero():
    """A regime swung back from a deep long run overshoots below zero in levels, not in logs."""
    weights = np.zeros((80, 2))
    weights[:60, 0] = weights[60:, 1] = 1.0
    short, long = np.array([100.0, 5.0]), np.array([1.0, 5.0])
    assert adjust(short, long, weights, 0.2).min() < 0
    assert adjust(short, long, weights, 0.2, in_logs=True).min() > 0


def test_speed_reaches_five_percent_on_the_day():
    years, short, long = 8.5, 0.76, 2.0
    speed = float(speed_from_years(years, short, long))
    left = (long - short) * (1.0 - speed) ** (12 * years)
    assert left == pytest.approx(0.05 * long, rel=1e-12)
    assert -1.0 / math.log1p(-speed) == pytest.approx(40.5, abs=0.05)


def test_speed_where_nothing_is_left_to_wait_for():
    np.testing.assert_array_equal(speed_from_years(8.0, [1.95, 2.0, 2.05], 2.0), [1.0, 1.0, 1.0])
    assert ((speed_from_years([2.0, 4.0, 8.0], 0.8, 2.0)) < 1).all()
    assert (np.diff(speed_from_years([2.0, 4.0, 8.0], 0.8, 2.0)) < 0).all()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((SHORT, LONG[:2], WEIGHTS, 0.1), "period, regime"),
        ((SHORT, LONG, WEIGHTS[:, :2], 0.1), "period, regime"),
        ((SHORT, LONG, np.ones((0, 3)), 0.1), "period, regime"),
        ((SHORT, LONG, 2 * WEIGHTS, 0.1), "sum to one"),
        ((SHORT, LONG, WEIGHTS - np.array([1.0, -1.0, 0.0]), 0.1), "sum to one"),
        ((SHORT, LONG, WEIGHTS, 1.1), r"speed must be in \[0, 1\]"),
        ((SHORT, LONG, WEIGHTS, np.nan), r"speed must be in \[0, 1\]"),
        ((SHORT * np.nan, LONG, WEIGHTS, 0.1), "finite"),
    ],
)
def test_bad_paths_are_refused(arguments, message):
    with pytest.raises(InputError, match=message):
        adjust(*arguments)


def test_logs_need_values_above_zero():
    with pytest.raises(InputError, match="above zero"):
        adjust(SHORT, LONG - 100.0, WEIGHTS, 0.1, in_logs=True)


@pytest.mark.parametrize("arguments", [(0.0, 1.0, 2.0), (8.0, -1.0, 2.0), (8.0, 1.0, np.inf)])
def test_bad_speeds_are_refused(arguments):
    with pytest.raises(InputError, match="above zero and finite"):
        speed_from_years(*arguments)
