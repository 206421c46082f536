"""The sequence is SciPy's, bit for bit, without SciPy's import."""

import numpy as np
import pytest
from scipy.stats import qmc

from tariffsim.sobol import DIMENSIONS, scrambled_words


@pytest.mark.parametrize("dimension", [1, 2, 5, 14, DIMENSIONS])
@pytest.mark.parametrize(("start", "count"), [(0, 1024), (512, 512), (8192, 2048), (3, 1)])
def test_the_bits_are_those_of_scipy(dimension, start, count):
    theirs = qmc.Sobol(dimension, scramble=True, bits=30, seed=np.random.default_rng(20250606))
    if start:
        theirs.fast_forward(start)
    ours = scrambled_words(20250606, dimension, start, count, bits=30)
    assert (theirs.random(count) == ours * 0.5**30).all()


def test_another_seed_scrambles_otherwise():
    first, second = (scrambled_words(seed, 3, 0, 8, bits=30) for seed in (1, 2))
    assert (first != second).any(axis=0).all()
