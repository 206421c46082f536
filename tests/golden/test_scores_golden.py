"""The CRPS of a normal forecast in closed form, and the CRPS as an integral of pinball losses.

Gneiting, T. and Raftery, A. E. (2007), Strictly proper scoring rules, prediction, and estimation.
https://doi.org/10.1198/016214506000001437
"""

from statistics import NormalDist

import numpy as np
import pytest

from tariffsim.model.scores import crps, pinball, pit, quantiles
from tests.reference.twin_scores import crps_normal


@pytest.mark.parametrize("actual", [-1.0, 3.0, 3.4, 5.0, 11.0])
def test_the_score_of_a_normal_forecast(actual):
    levels = (np.arange(20_000) + 0.5) / 20_000
    normal = NormalDist(3.0, 2.0)
    draws = np.array([normal.inv_cdf(level) for level in levels])
    known = crps_normal(3.0, 2.0, actual)
    assert float(crps(draws, actual)) == pytest.approx(known, abs=1e-4)
    assert float(pit(draws, actual)) == pytest.approx(normal.cdf(actual), abs=1e-4)


def test_the_closed_form_at_the_centre_is_the_printed_number():
    """sd (sqrt(2) - 1) / sqrt(pi) where the median comes true."""
    assert crps_normal(0.0, 1.0, 0.0) == pytest.approx(0.23369497725510913, abs=1e-15)


@pytest.mark.parametrize("actual", [0.05, 1.7, 4.0])
def test_the_score_is_twice_the_integral_of_pinball_losses(actual):
    draws = np.array([0.1, 0.5, 1.7, 1.9, 3.0])
    weights = np.array([1.0, 4.0, 2.0, 2.0, 1.0])
    levels = (np.arange(100_000) + 0.5) / 100_000
    losses = pinball(quantiles(draws, levels, weights), levels, actual)
    assert 2.0 * losses.mean() == pytest.approx(float(crps(draws, actual, weights)), abs=1e-5)
