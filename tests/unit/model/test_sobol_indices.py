import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.model.sobol_indices import bootstrap_bands, sobol_indices
from tests.reference import twin_sobol_indices

RANDOM = np.random.default_rng(5)
BASE, OTHER = RANDOM.normal(3.0, 2.0, (2, 40))
MIXED = np.stack([BASE, OTHER, 0.5 * BASE + RANDOM.normal(size=40)])


def test_the_twin_gives_the_same():
    found = sobol_indices(BASE, OTHER, MIXED)
    for number, mixed in enumerate(MIXED):
        first, total = twin_sobol_indices.indices_of(BASE, OTHER, mixed)
        assert found.first[number] == pytest.approx(first, abs=1e-12)
        assert found.total[number] == pytest.approx(total, abs=1e-12)


def test_what_moves_nothing_has_exactly_nothing():
    found = sobol_indices(BASE, OTHER, MIXED)
    assert (found.first[0], found.total[0]) == (0.0, 0.0)


@pytest.mark.parametrize(("shift", "scale"), [(1e6, 1.0), (0.0, -3.0), (-5.0, 1e-3)])
def test_units_do_not_count(shift, scale):
    found = sobol_indices(*(shift + scale * values for values in (BASE, OTHER, MIXED)))
    known = sobol_indices(BASE, OTHER, MIXED)
    np.testing.assert_allclose(found.first, known.first, atol=1e-6)
    np.testing.assert_allclose(found.total, known.total, atol=1e-6)


def test_bands_are_ordered_hold_the_estimate_and_follow_the_seed():
    chances = np.array([0.01, 0.5, 0.99])

    def bands(seed):
        return bootstrap_bands(BASE, OTHER, MIXED, chances=chances, resamples=50, seed=seed)

    known = sobol_indices(BASE, OTHER, MIXED)
    for band, estimate in zip(bands(1), (known.first, known.total), strict=True):
        assert (np.diff(band, axis=0) >= 0).all()
        assert ((band[0] <= estimate) & (estimate <= band[2])).all()
    np.testing.assert_array_equal(bands(1), bands(1))
    assert (bands(1)[0][:, 1] != bands(2)[0][:, 1]).all()


def test_what_cannot_be_told_is_refused():
    with pytest.raises(InputError, match="must vary"):
        sobol_indices(np.ones(4), np.ones(4), np.ones((1, 4)))
    with pytest.raises(InputError, match=r"got \(40,\), \(3,\)"):
        sobol_indices(BASE, OTHER[:3], MIXED)
    with pytest.raises(InputError, match=r"mixed \(factor, sample\)"):
        sobol_indices(BASE, OTHER, BASE)
    one = np.array([1.0, 0.0])
    with pytest.raises(InputError, match="too few"):
        bootstrap_bands(
            one, one[::-1] * 0.0, one[None], chances=np.array([0.5]), resamples=200, seed=1
        )
