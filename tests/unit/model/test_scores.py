import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.errors import InputError
from tariffsim.model.scores import covered, crps, pinball, pit, quantiles
from tests.reference import twin_scores

NUMBERS = st.floats(-1e3, 1e3).map(lambda number: round(number, 3))
FORECASTS = st.lists(st.tuples(NUMBERS, st.integers(0, 5)), min_size=1, max_size=8).filter(
    lambda pairs: any(weight for _, weight in pairs)
)


@given(FORECASTS, NUMBERS)
def test_the_twins_give_the_same(pairs, actual):
    draws, weights = (list(map(float, part)) for part in zip(*pairs, strict=True))
    found = float(crps(np.array(draws), actual, weights))
    assert found == pytest.approx(twin_scores.crps_of(draws, weights, actual), abs=1e-8)
    assert found == pytest.approx(twin_scores.crps_by_steps(draws, weights, actual), abs=1e-8)
    assert found >= -1e-9


@given(NUMBERS, NUMBERS)
def test_one_draw_is_scored_by_its_error(draw, actual):
    assert float(crps(np.array([draw]), actual)) == pytest.approx(abs(draw - actual))


@given(FORECASTS, NUMBERS, st.floats(-50, 50), st.floats(0.01, 20))
def test_scores_carry_the_unit(pairs, actual, shift, scale):
    draws, weights = (np.array(part, dtype=float) for part in zip(*pairs, strict=True))
    known = float(crps(draws, actual, weights))
    moved = float(crps(shift + scale * draws, shift + scale * actual, weights))
    assert moved == pytest.approx(scale * known, abs=1e-7)


@given(NUMBERS, st.floats(0.01, 0.99), NUMBERS)
def test_pinball_is_the_twins(quantile, level, actual):
    expected = twin_scores.pinball_of(quantile, level, actual)
    assert float(pinball(quantile, level, actual)) == pytest.approx(expected, abs=1e-12)
    assert expected >= 0.0


def test_the_median_pays_half_the_error():
    np.testing.assert_allclose(pinball(2.0, 0.5, [1.0, 5.0]), [0.5, 1.5])


def test_a_mixture_of_equal_draws_is_the_draws_put_together():
    draws = np.random.default_rng(1).normal(size=(2, 30))
    actual, joined = 0.3, draws.ravel()
    assert float(crps(joined, actual)) == pytest.approx(
        float(crps(joined, actual, np.full(60, 0.5)))
    )
    heavy = np.repeat([3.0, 1.0], 30)
    again = np.concatenate([np.tile(draws[0], 3), draws[1]])
    assert float(crps(joined, actual, heavy)) == pytest.approx(float(crps(again, actual)))
    assert float(pit(joined, actual, heavy)) == pytest.approx(float(pit(again, actual)))


def test_months_are_scored_side_by_side():
    draws = np.random.default_rng(2).normal(size=(40, 3))
    actual = np.array([0.0, 1.0, -4.0])
    one_by_one = [float(crps(draws[:, month], actual[month])) for month in range(3)]
    np.testing.assert_allclose(crps(draws, actual), one_by_one)
    assert pit(draws, actual).shape == (3,)
    assert pit(draws, actual)[2] == 0.0


def test_quantiles_are_draws_with_enough_weight_up_to_them():
    draws = np.arange(1.0, 11.0)
    np.testing.assert_array_equal(quantiles(draws, [0.1, 0.5, 0.9]), [1.0, 5.0, 9.0])
    np.testing.assert_array_equal(
        quantiles(draws[::-1], [0.1, 0.95], np.r_[1.0, np.zeros(9)]), [10.0, 10.0]
    )


def test_a_large_common_part_costs_no_digits():
    draws = np.array([0.0, 1.0, 2.0])
    assert float(crps(1e9 + draws, 1e9 + 0.5)) == pytest.approx(float(crps(draws, 0.5)), rel=1e-9)


def test_ends_count_as_inside():
    assert covered(1.0, 1.0, 1.0)


@pytest.mark.parametrize("weights", [[1.0], [1.0, -1.0], [0.0, 0.0], [np.nan, 1.0]])
def test_weights_that_are_none_are_refused(weights):
    with pytest.raises(InputError, match="weights must be 2 numbers"):
        crps(np.array([1.0, 2.0]), 1.0, weights)


@pytest.mark.parametrize("level", [0.0, 1.0, -0.1, 90.0])
def test_a_level_outside_the_unit_interval_is_refused(level):
    with pytest.raises(InputError, match="level must lie between 0 and 1"):
        pinball(1.0, level, 1.0)
