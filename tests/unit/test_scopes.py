"""Scopes by hand: whom a list of partners covers, and how much of a code a list of goods covers."""

import pytest
from hypothesis import given

from tariffsim.scopes import (
    ALL_OF_IT,
    NONE_OF_IT,
    UNKNOWN_PART,
    CodeShare,
    DayInterval,
    Partners,
    Products,
    ShareInterval,
    covers_partner,
    product_coverage,
)
from tests import strategies as drawn

EU = {"EU27": frozenset({"DEU", "FRA"})}
QUARTER_TO_HALF = ShareInterval(low=250_000, high=500_000)
METALS = Products(include=("72",), exclude=("7204",))
CHIPS_FREE = Products(include=None, exclude=("8471", "851713"))
STATED = Products(include=("8471",), shares={"84": CodeShare(share=QUARTER_TO_HALF)})


@pytest.mark.parametrize(
    ("partners", "covered", "free"),
    [
        (Partners(include=("CHN",)), {"CHN"}, {"HKG", "DEU"}),
        (Partners(include=("WLD",)), {"CHN", "DEU", "ROW"}, set()),
        (Partners(include=("WLD",), exclude=("CAN", "MEX")), {"CHN"}, {"CAN", "MEX"}),
        (Partners(include=("EU27",)), {"DEU", "FRA", "EU27"}, {"CHN"}),
        (Partners(include=("WLD",), exclude=("EU27",)), {"CHN"}, {"DEU", "EU27"}),
        (Partners(include=("EU27",), exclude=("FRA",)), {"DEU"}, {"FRA"}),
        (Partners(include=()), set(), {"CHN", "WLD"}),
    ],
)
def test_partners(partners, covered, free):
    assert {who for who in covered if covers_partner(partners, who, EU)} == covered
    assert not [who for who in free if covers_partner(partners, who, EU)]


def test_a_group_without_known_members_is_only_itself():
    eu = Partners(include=("EU27",))
    assert covers_partner(eu, "EU27", {})
    assert not covers_partner(eu, "DEU", {})


@pytest.mark.parametrize(
    ("products", "code", "part"),
    [
        (Products(), "84", ALL_OF_IT),
        (METALS, "7208", ALL_OF_IT),
        (METALS, "72081000", ALL_OF_IT),
        (METALS, "7204", NONE_OF_IT),
        (METALS, "720410", NONE_OF_IT),
        (METALS, "73", NONE_OF_IT),
        (METALS, "72", UNKNOWN_PART),  # all of it but scrap, whatever share that is
        (CHIPS_FREE, "8471", NONE_OF_IT),
        (CHIPS_FREE, "847130", NONE_OF_IT),
        (CHIPS_FREE, "8517", UNKNOWN_PART),
        (CHIPS_FREE, "85", UNKNOWN_PART),
        (CHIPS_FREE, "8518", ALL_OF_IT),
        (STATED, "84", QUARTER_TO_HALF),
        (STATED, "8471", ALL_OF_IT),
        (STATED, "847130", ALL_OF_IT),
        (STATED, "8473", NONE_OF_IT),
        (STATED, "85", NONE_OF_IT),
        (Products(include=()), "84", NONE_OF_IT),
    ],
)
def test_products(products, code, part):
    assert product_coverage(products, code) == part


def test_inside_a_code_covered_in_part_nobody_knows():
    """A share of a chapter does not say which of its codes; only a finer list does."""
    part = Products(include=("84",), shares={"84": CodeShare(share=QUARTER_TO_HALF)})
    assert product_coverage(part, "84") == QUARTER_TO_HALF
    assert product_coverage(part, "8471") == UNKNOWN_PART
    whole = Products(include=("84",), shares={"84": CodeShare(share=ALL_OF_IT)})
    assert product_coverage(whole, "8471") == ALL_OF_IT


def test_all_goods_with_exceptions_are_still_all_goods():
    assert CHIPS_FREE.all_goods
    assert not METALS.all_goods
    assert not Products(include=()).all_goods


def test_a_list_is_a_set():
    assert Partners(include=("USA", "CHN", "USA")) == Partners(include=("CHN", "USA"))
    assert Products(include=("85", "84")) == Products(include=("84", "85", "84"))


def test_intervals_run_upwards():
    for kind in (ShareInterval, DayInterval):
        assert kind(low=3, high=3).low == 3
        with pytest.raises(ValueError, match="swap the two"):
            kind(low=4, high=3)


@given(products=drawn.product_lists, code=drawn.products, finer=drawn.products)
def test_what_is_wholly_in_or_out_is_so_in_all_its_parts(products, code, finer):
    part = product_coverage(products, code)
    said = any(stated.startswith(code) for stated in products.shares)
    if finer.startswith(code) and not said and part in (ALL_OF_IT, NONE_OF_IT):
        assert product_coverage(products, finer) == part
