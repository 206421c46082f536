"""Laws of a market whose first source may sell a part only, and a slow twin in plain floats."""

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.model.capped_supply import Terms, capped, uncapped
from tariffsim.model.scarcity import capped_market

ELASTIC = st.floats(0.3, 6.0)
MARKETS = st.fixed_dictionaries(
    {
        "share": st.floats(0.01, 0.98),
        "own": st.floats(0.8, 3.0),
        "rest": st.floats(0.8, 1.5),
        "sigma": ELASTIC,
        "ratio": st.floats(0.2, 1.0),
        "inverse": st.one_of(st.just(0.0), st.floats(0.0, 2.0)),
        "choke": st.floats(4.0, 60.0),
    }
)
PART = st.floats(0.0, 1.0)


def terms(case):
    one = np.ones(1)
    return Terms(
        share=case["share"] * one,
        wedge=(case["own"] * one, case["rest"] * one),
        substitution=case["sigma"] * one,
        demand=case["ratio"] * case["sigma"] * one,
        inverse_supply=case["inverse"] * one,
        choke=case["choke"] * one,
    )


def twin(case, left):
    """Find the price index at which quantities asked and given agree, by halving."""
    sigma, eta = case["sigma"], case["ratio"] * case["sigma"]
    damp = 1.0 / (1.0 + sigma * case["inverse"])

    def own_price(index):
        if left <= 0:
            return case["choke"]
        wanted = ((sigma - eta) * math.log(index) - math.log(left)) / sigma
        return math.exp(min(math.log(case["choke"]), wanted))

    def rest_price(index):
        return case["rest"] ** damp * index ** ((sigma - eta) * damp * case["inverse"])

    def of_prices(index):
        s = case["share"]
        if abs(1.0 - sigma) < 1e-7:
            return own_price(index) ** s * rest_price(index) ** (1.0 - s)
        gap = 1.0 - sigma
        mean = s * own_price(index) ** gap + (1.0 - s) * rest_price(index) ** gap
        return mean ** (1.0 / gap)

    low, high = 1e-3, 1e3
    for _ in range(200):
        middle = math.sqrt(low * high)
        low, high = (middle, high) if of_prices(middle) > middle else (low, middle)
    index = math.sqrt(low * high)
    price = rest_price(index)
    quantity = (price / index) ** -sigma * index**-eta
    return index, own_price(index), price / case["rest"] * quantity


@given(MARKETS, st.floats(0.0, 0.999))
def test_equals_the_scalar_twin(case, part):
    asked = terms(case)
    free = uncapped(asked)
    found = capped(asked, free, np.array([part]))
    index, own, rest = twin(case, float(free.wanted[0]) * part)
    np.testing.assert_allclose(np.exp(found.log_price_index), index, rtol=1e-7)
    np.testing.assert_allclose(found.landed, own, rtol=1e-7)
    np.testing.assert_allclose(found.border * case["own"], own, rtol=1e-7)
    np.testing.assert_allclose(found.rest_value, rest, rtol=1e-6)


@given(MARKETS)
def test_nothing_withheld_is_no_change_to_the_bit(case):
    asked = terms(case)
    free = uncapped(asked)
    found = capped(asked, free, np.ones(1))
    for name in ("log_price_index", "landed", "border", "wanted", "rest_value"):
        assert getattr(found, name)[0] == getattr(free, name)[0]


@given(MARKETS, PART, PART)
def test_less_of_it_is_dearer_and_never_beyond_the_choke(case, one, other):
    asked = terms(case)
    free = uncapped(asked)
    less, more = (capped(asked, free, np.array([part])) for part in sorted((one, other)))
    assert less.landed[0] >= more.landed[0] * (1 - 1e-9)
    assert less.log_price_index[0] >= more.log_price_index[0] - 1e-9
    assert less.landed[0] <= max(case["choke"], float(free.landed[0])) * (1 + 1e-9)
    assert less.wanted[0] <= more.wanted[0]


@given(MARKETS, st.floats(0.05, 0.999))
def test_without_duty_and_with_elastic_others_it_is_the_capped_market(case, part):
    case = {**case, "own": 1.0, "rest": 1.0, "inverse": 0.0, "choke": 1e40}
    asked = terms(case)
    found = capped(asked, uncapped(asked), np.array([part]))
    simple = capped_market(part, case["share"], case["sigma"], case["ratio"] * case["sigma"])
    np.testing.assert_allclose(found.landed, simple.capped_price, rtol=1e-8)
    np.testing.assert_allclose(np.exp(found.log_price_index), simple.price_index, rtol=1e-8)
    np.testing.assert_allclose(found.rest_value, simple.other_quantity, rtol=1e-7)
