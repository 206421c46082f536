"""Made-up worlds whose accounts add up, small enough for a twin in plain Python."""

import numpy as np
from hypothesis import strategies as st

from tariffsim.model.gravity_accounts import GravityAccounts
from tariffsim.model.world_accounts import WorldAccounts, calibrate


def rates(random, economies, products, most=0.4):
    """Rates on foreign goods; own goods pay none."""
    rate = most * random.random((economies, economies, products))
    rate[np.arange(economies), np.arange(economies)] = 0.0
    return rate


def trade(random, economies, products, *, balanced):
    """Trade before duty; empty cells, moderate deficits, own trade of at least what crosses."""
    value = random.lognormal(0.0, 1.0, (economies, economies, products))
    value[random.random(value.shape) < 0.2] = 0.0
    value = 0.5 * (value + value.transpose(1, 0, 2))
    # Everyone trades the first product with a neighbour: no group is cut off from the others.
    here = np.arange(economies)
    value[here, here - 1, 0] += 0.1
    value[here - 1, here, 0] += 0.1
    if not balanced:
        value *= random.uniform(0.7, 1.3, value.shape)
        one_way = (value < 0.4) & (random.random(value.shape) < 0.3)
        one_way[:, :, 0] = False
        value[one_way] = 0.0
    value[here, here] = 0.5 + value.sum(axis=1) + value.sum(axis=0)
    if products > 1:
        # One product that nobody trades.
        value[:, :, -1] *= np.eye(economies)
    return value


def world(seed, economies, products, *, balanced=False, taxed=True, linked=True) -> WorldAccounts:
    """Accounts with empty cells, an untraded product, duties and input-output links."""
    random = np.random.default_rng(seed)
    value = trade(random, economies, products, balanced=balanced)
    rate = rates(random, economies, products) if taxed else np.zeros_like(value)
    inputs = random.random((economies, products, products)) if linked else np.zeros((1, 1, 1))
    inputs = np.broadcast_to(inputs, (economies, products, products)).copy()
    inputs *= 0.6 * random.random((economies, 1, products)) / products
    # No more inputs than there is spending on them.
    spent = (value * (1.0 + rate)).sum(axis=1)
    used = np.einsum("nkj,nj->nk", inputs, value.sum(axis=0))
    inputs *= np.minimum(1.0, 0.9 * spent / np.maximum(used, 1e-12))[:, :, None]
    return calibrate(value, rate, inputs)


def one_good(seed, economies, *, balanced=False, taxed=True) -> GravityAccounts:
    random = np.random.default_rng(seed)
    value = trade(random, economies, 1, balanced=balanced)
    rate = rates(random, economies, 1) if taxed else np.zeros_like(value)
    return GravityAccounts(customs_value=value, applied_rate=rate)


seeds = st.integers(0, 10_000)
sizes = st.integers(1, 4)
elasticities = st.one_of(st.floats(0.5, 12.0), st.floats(12.0, 100.0))
