"""Quantiles over branches are those of the pooled draws, each with the weight of its branch."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.report.mixture import mixed_quantiles

QUANTILES = (0.05, 0.1, 0.5, 0.75, 0.95)


def by_definition(parts, weights, quantiles):
    pooled = np.concatenate(parts)
    counted = np.repeat(np.array(weights) / len(parts[0]), len(parts[0]))
    order = np.argsort(pooled, kind="stable")
    reached = np.cumsum(counted[order])
    wanted = np.array(quantiles) * reached[-1] * (1.0 - 1e-12)
    return pooled[order[np.searchsorted(reached, wanted)]]


@given(
    seed=st.integers(0, 2**32 - 1),
    weights=st.lists(st.sampled_from([0.5, 0.25, 0.1, 1e-3, 1e-6]), min_size=2, max_size=5),
    draws=st.sampled_from([1, 2, 31, 32, 33, 64, 100, 257]),
    values=st.sampled_from([1, 3, 40, 10**9]),
    most=st.sampled_from([1, 1 << 18]),
)
def test_a_mixture_is_its_pooled_draws(seed, weights, draws, values, most):
    """However few distinct values there are, however uneven the weights, and piece by piece."""
    rng = np.random.default_rng(seed)
    parts = [np.sort(rng.integers(0, values, (2, draws)).astype(float), axis=1) for _ in weights]
    found = mixed_quantiles(parts, weights, QUANTILES, most=most)
    for period in range(2):
        rows = [part[period] for part in parts]
        assert found[:, period].tolist() == by_definition(rows, weights, QUANTILES).tolist()
