"""Sobol indices of two functions whose indices are known in closed form.

Ishigami, T. and Homma, T. (1990), An importance quantification technique in uncertainty analysis
for computer models. https://doi.org/10.1109/ISUMA.1990.151285 (a = 7, b = 0.1).

Saltelli, A. and Sobol', I. M. (1995), About the use of rank transformation in sensitivity analysis
of model output. https://doi.org/10.1016/0951-8320(95)00099-2 (the g-function, with
a = 0, 1, 4.5, 9, 99, 99, 99, 99).
"""

import math

import numpy as np
import pytest

from tariffsim.model.draws import unit_draws
from tariffsim.model.sobol_indices import bootstrap_bands, sobol_indices

A = np.array([0.0, 1.0, 4.5, 9.0, 99.0, 99.0, 99.0, 99.0])


def ishigami(unit):
    x = math.pi * (2.0 * unit - 1.0)
    return np.sin(x[:, 0]) + 7.0 * np.sin(x[:, 1]) ** 2 + 0.1 * x[:, 2] ** 4 * np.sin(x[:, 0])


def g_function(unit):
    return np.prod((np.abs(4.0 * unit - 2.0) + A) / (1.0 + A), axis=1)


def ishigami_known():
    a, b, fourth = 7.0, 0.1, math.pi**4
    first = np.array([0.5 * (1.0 + b * fourth / 5.0) ** 2, a**2 / 8.0, 0.0])
    both = 8.0 * b**2 * fourth**2 / 225.0
    variance = first.sum() + both
    return first / variance, (first + both * np.array([1.0, 0.0, 1.0])) / variance


def g_known():
    own = 1.0 / (3.0 * (1.0 + A) ** 2)
    variance = np.prod(1.0 + own) - 1.0
    return own / variance, own * (np.prod(1.0 + own) / (1.0 + own)) / variance


def runs(function, factors, count, groups=None):
    units = unit_draws(1, 2 * factors, 0, count)
    a, b = units[:, :factors], units[:, factors:]
    mixed = []
    for members in groups or [[number] for number in range(factors)]:
        moved = a.copy()
        moved[:, members] = b[:, members]
        mixed.append(function(moved))
    return function(a), function(b), np.stack(mixed)


CASES = {"ishigami": (ishigami, 3, ishigami_known()), "g": (g_function, 8, g_known())}


def test_the_known_indices_are_the_printed_ones():
    np.testing.assert_allclose(ishigami_known()[0], [0.3139, 0.4424, 0.0], atol=5e-5)
    np.testing.assert_allclose(ishigami_known()[1], [0.5576, 0.4424, 0.2437], atol=5e-5)
    np.testing.assert_allclose(g_known()[0][:4], [0.716, 0.179, 0.0237, 0.0072], atol=5e-4)


@pytest.mark.parametrize("name", CASES)
def test_indices_come_near_the_known_ones(name):
    function, factors, (first, total) = CASES[name]
    found = sobol_indices(*runs(function, factors, 2**14))
    np.testing.assert_allclose(found.first, first, atol=4e-3)
    np.testing.assert_allclose(found.total, total, atol=4e-3)


@pytest.mark.parametrize("name", CASES)
def test_more_samples_come_nearer(name):
    function, factors, (_, total) = CASES[name]
    errors = [
        np.abs(sobol_indices(*runs(function, factors, count)).total - total).max()
        for count in (2**6, 2**14)
    ]
    assert errors[1] < errors[0] / 8


@pytest.mark.parametrize("name", CASES)
def test_the_band_holds_the_known_index(name):
    function, factors, known = CASES[name]
    bands = bootstrap_bands(
        *runs(function, factors, 2**10), chances=np.array([0.005, 0.995]), resamples=200, seed=3
    )
    inside = [
        (band[0] <= truth + 1e-12) & (truth <= band[1] + 1e-12)
        for band, truth in zip(bands, known, strict=True)
    ]
    assert np.mean(inside) > 0.9


def test_a_group_has_the_indices_of_its_members_and_what_they_do_together():
    """Of the Ishigami function: x1 with x3 leaves x2, which acts alone."""
    first, _ = ishigami_known()
    found = sobol_indices(*runs(ishigami, 3, 2**14, groups=[[0, 2], [1]]))
    np.testing.assert_allclose(found.first, [1.0 - first[1], first[1]], atol=5e-3)
    np.testing.assert_allclose(found.total, [1.0 - first[1], first[1]], atol=5e-3)
