from functools import partial
from statistics import NormalDist

import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.model.draws import quantile, unit_draws
from tests.reference import twin_draws

UNIT = np.array([1e-6, 0.05, 0.3, 0.5, 0.77, 0.95, 1 - 1e-6])


@pytest.mark.parametrize("size", [1, 4, 32])
def test_the_sequence_is_the_same_whichever_blocks_it_comes_in(size):
    whole = unit_draws(42, 5, 0, 64)
    blocks = [unit_draws(42, 5, start, size) for start in range(0, 64, size)]
    np.testing.assert_array_equal(np.concatenate(blocks), whole)


@pytest.mark.parametrize("start", [0, 64, 448])
def test_a_block_fills_every_cell_once(start):
    """The net property: each of 64 equal intervals, in each dimension, gets one of 64 draws."""
    draws = unit_draws(3, 12, start, 64)
    cells = np.sort((draws * 64).astype(int), axis=0)
    np.testing.assert_array_equal(cells, np.repeat(np.arange(64)[:, None], 12, axis=1))


def test_the_seed_is_the_sequence():
    np.testing.assert_array_equal(unit_draws(1, 2, 0, 8), unit_draws(1, 2, 0, 8))
    assert (unit_draws(1, 2, 0, 8) != unit_draws(2, 2, 0, 8)).all()


def test_no_draw_can_be_zero_or_one():
    """Every draw is the middle of its cell of 2 ** -30."""
    np.testing.assert_array_equal((unit_draws(9, 3, 0, 512) * 2**30) % 1.0, 0.5)


@pytest.mark.parametrize(
    ("dimension", "start", "count", "message"),
    [
        (3, 0, 6, "power of two"),
        (3, 0, 0, "power of two"),
        (3, 4, 8, "multiple of 8"),
        (3, -8, 8, "multiple of 8"),
        (0, 0, 8, "dimension"),
        (10**6, 0, 8, "dimension"),
    ],
)
def test_unbalanced_blocks_are_refused(dimension, start, count, message):
    with pytest.raises(InputError, match=message):
        unit_draws(1, dimension, start, count)


TRUNCATED = {"mean": 0.9, "sd": 0.3, "low": 0.5, "high": 1.0}
TAIL = {"mean": 0.0, "sd": 1.0, "low": 9.0, "high": 11.0}


@pytest.mark.parametrize(
    ("kind", "values", "cdf", "ends"),
    [
        ("uniform", {"low": -2.0, "high": 3.0}, lambda x: (x + 2.0) / 5.0, (-2.0, 3.0)),
        (
            "triangular",
            {"low": 1.0, "mode": 1.5, "high": 4.0},
            partial(twin_draws.triangular_cdf, low=1.0, mode=1.5, high=4.0),
            (1.0, 4.0),
        ),
        (
            "truncated-normal",
            TRUNCATED,
            partial(twin_draws.truncated_normal_cdf, **TRUNCATED),
            (0.5, 1.0),
        ),
        ("beta", {"a": 3.0, "b": 4.0}, partial(twin_draws.beta_cdf, a=3, b=4), (0.0, 1.0)),
    ],
)
def test_quantiles_invert_the_distribution_functions(kind, values, cdf, ends):
    twin = [twin_draws.quantile_of(cdf, unit, *ends) for unit in UNIT]
    np.testing.assert_allclose(quantile(kind, values, UNIT), twin, rtol=1e-8)


def test_fixed_is_what_it_says():
    np.testing.assert_array_equal(quantile("fixed", {"value": 0.7}, UNIT), np.full(7, 0.7))


@pytest.mark.parametrize(
    ("values", "at"),
    [
        ({"median": 2.0, "sd": 0.3}, {0.5: 2.0, NormalDist().cdf(1.0): 2.0 * np.exp(0.3)}),
        ({"low": 1.0, "high": 4.0}, {0.1: 1.0, 0.5: 2.0, 0.9: 4.0}),
        ({"median": 1.5, "low": 1.0, "high": 4.0}, {0.1: 1.0, 0.5: 1.5, 0.9: 4.0}),
    ],
)
def test_lognormal_meets_its_percentiles(values, at):
    drawn = quantile("lognormal", values, np.array(list(at)))
    np.testing.assert_allclose(drawn, list(at.values()), rtol=1e-12)


def test_a_range_in_the_tail_is_drawn_within_it():
    """Beyond nine standard deviations a probability near one has lost its digits."""
    upper = quantile("truncated-normal", TAIL, UNIT)
    mirrored = {"mean": 0.0, "sd": 1.0, "low": -11.0, "high": -9.0}
    np.testing.assert_allclose(upper, -quantile("truncated-normal", mirrored, 1.0 - UNIT))
    assert ((upper > 9.0) & (upper < 11.0)).all()
    assert (np.diff(upper) > 0).all()


def test_beta_of_a_range_and_of_project_planning():
    share = quantile("beta", {"a": 2.0, "b": 3.0}, UNIT)
    ranged = quantile("beta", {"a": 2.0, "b": 3.0, "low": 1.0, "high": 5.0}, UNIT)
    np.testing.assert_allclose(ranged, 1.0 + 4.0 * share)
    planned = quantile("beta", {"low": 1.0, "mode": 2.0, "high": 5.0}, UNIT)
    np.testing.assert_allclose(planned, 1.0 + 4.0 * quantile("beta", {"a": 2.0, "b": 4.0}, UNIT))


def test_values_may_be_arrays():
    drawn = quantile("uniform", {"low": np.array([0.0, 10.0]), "high": 20.0}, UNIT[:, None])
    assert drawn.shape == (7, 2)
    np.testing.assert_allclose(drawn[3], [10.0, 15.0])


@pytest.mark.parametrize(
    ("kind", "values", "message"),
    [
        ("gaussian", {}, "must be one of fixed"),
        ("uniform", {"low": 1.0}, "must be given low, high"),
        ("uniform", {"low": 1.0, "high": 2.0, "mode": 1.5}, "must be given"),
        ("uniform", {"low": 2.0, "high": 1.0}, "low must not exceed high"),
        ("fixed", {"value": np.nan}, "finite"),
        ("triangular", {"low": 1.0, "mode": 3.0, "high": 2.0}, "low <= mode <= high"),
        ("lognormal", {"low": 0.0, "high": 2.0}, "0 < low <= high"),
        ("lognormal", {"median": 5.0, "low": 1.0, "high": 2.0}, "low <= median <= high"),
        ("lognormal", {"median": -1.0, "sd": 0.2}, "median above zero"),
        ("truncated-normal", TRUNCATED | {"sd": 0.0}, "sd must be above zero"),
        ("truncated-normal", TRUNCATED | {"high": 0.5}, "low must be below high"),
        ("beta", {"a": 0.0, "b": 1.0}, "a and b must be above zero"),
        ("beta", {"low": 1.0, "mode": 0.0, "high": 2.0}, "low <= mode <= high"),
    ],
)
def test_bad_distributions_are_refused(kind, values, message):
    with pytest.raises(InputError, match=message):
        quantile(kind, values, UNIT)
