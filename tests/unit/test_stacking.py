"""Stacking by hand: one worked example a rule, in percent of one cell."""

import numpy as np
import pytest

from tariffsim.stacking import EXACT_PER_UNIT, FULL, Rule, stack

BASE, METALS, EXTRA = 0, 1, 2


def rule(kind, members, over=(), percent=0):
    rows = np.arange(3)
    return Rule(
        kind=kind,
        members=np.isin(rows, members),
        over=np.isin(rows, over),
        amount=percent * 10_000,
    )


def layers(percents, *rules, covered=(100, 100, 100)):
    """Stack three measures on one cell; rates, coverage and answer in percent."""
    rates = np.array(percents) * 10_000
    coverage = np.array(covered)[:, None] * 10_000
    return [layer * 100 / EXACT_PER_UNIT for layer in stack(rates, coverage, rules)[:, 0].tolist()]


def test_duties_add():
    assert layers([20, 25, 10]) == [20, 25, 10]


def test_a_duty_on_a_part_of_the_goods_counts_for_that_part():
    assert layers([20, 25, 10], covered=(100, 40, 0)) == [20, 10, 0]


def test_of_a_maximum_only_the_highest_counts():
    assert layers([20, 25, 10], rule("maximum", [BASE, METALS])) == [0, 25, 10]
    # What counts is what a measure brings in this cell, not its rate.
    assert layers([20, 25, 10], rule("maximum", [0, 1]), covered=(100, 40, 100)) == [20, 0, 10]
    # Of equals the older one is left.
    assert layers([25, 25, 25], rule("maximum", [0, 1, 2])) == [25, 0, 0]
    assert layers([20, 25, 10], rule("maximum", [METALS])) == [20, 25, 10]


def test_who_yields_keeps_what_the_lists_leave():
    yields = rule("yields", [BASE], [METALS])
    assert layers([20, 25, 10], yields) == [0, 25, 10]
    assert layers([20, 25, 10], yields, covered=(100, 0, 100)) == [20, 0, 10]
    assert layers([20, 25, 10], yields, covered=(100, 30, 100)) == [14, 7.5, 10]
    # Of its own half, it keeps the 70 % that metals leave.
    assert layers([20, 25, 10], yields, covered=(50, 30, 100)) == [7, 7.5, 10]


def test_lists_stepped_aside_for_are_disjoint_and_no_more_than_everything():
    yields = rule("yields", [BASE], [METALS, EXTRA])
    assert layers([20, 25, 10], yields, covered=(100, 30, 40)) == [6, 7.5, 4]
    assert layers([20, 25, 10], yields, covered=(100, 70, 40)) == [0, 17.5, 4]


def test_two_that_yield_to_the_same_list_look_at_its_goods_not_at_each_other():
    rules = [rule("yields", [BASE], [METALS]), rule("yields", [METALS], [BASE])]
    assert layers([20, 25, 10], *rules) == [0, 0, 10]


def test_a_top_up_adds_what_is_lacking_to_its_floor():
    topped = rule("top-up", [EXTRA], [BASE], percent=15)
    assert layers([4, 0, 99], topped) == [4, 0, 11]
    assert layers([15, 0, 99], topped) == [15, 0, 0]
    assert layers([20, 0, 99], topped) == [20, 0, 0]
    assert layers([4, 25, 0], topped) == [4, 25, 11]  # metals do not count towards this floor
    assert layers([4, 0, 0], topped, covered=(100, 100, 50)) == [4, 0, 5.5]


def test_in_each_cell_the_oldest_measure_there_tops_up():
    topped = rule("top-up", [METALS, EXTRA], [BASE], percent=15)
    assert layers([4, 0, 0], topped) == [4, 11, 0]
    assert layers([4, 0, 0], topped, covered=(100, 0, 100)) == [4, 0, 11]
    both = stack(np.array([40_000, 0, 0]), np.array([[FULL, FULL], [FULL, 0], [0, FULL]]), [topped])
    assert both.sum(axis=0).tolist() == [150_000 * FULL] * 2


def test_a_cap_takes_from_the_youngest_first():
    capped = rule("cap", [BASE, METALS, EXTRA], percent=50)
    assert layers([20, 25, 10], capped) == [20, 25, 5]
    assert layers([20, 40, 10], capped) == [20, 30, 0]
    assert layers([60, 25, 10], capped) == [50, 0, 0]
    assert layers([20, 25, 5], capped) == [20, 25, 5]
    assert layers([20, 40, 90], rule("cap", [BASE, METALS], percent=50)) == [20, 30, 90]


def test_rules_apply_in_their_order_whatever_order_they_come_in():
    """Metals step aside for base; the higher of base and extra; then 28 at the most."""
    rules = [
        rule("cap", [BASE, METALS, EXTRA], percent=28),
        rule("maximum", [BASE, EXTRA]),
        rule("yields", [METALS], [BASE]),
    ]
    expected = [20, 8, 0]  # 20 on half; 25 on the other half; extra loses; 32.5 is cut to 28
    found = layers([40, 25, 10], *rules, covered=(50, 100, 100))
    assert found == expected
    assert layers([40, 25, 10], *rules[::-1], covered=(50, 100, 100)) == found


def test_a_rule_about_nobody_changes_nothing():
    for kind in ("maximum", "yields", "top-up", "cap"):
        assert layers([20, 25, 10], rule(kind, [], [BASE], percent=5)) == [20, 25, 10]


def test_the_input_is_left_as_it_was():
    rates, coverage = np.array([200_000, 250_000]), np.full((2, 1), FULL)
    members = np.array([True, True])
    stack(rates, coverage, [Rule(kind="cap", members=members, over=members, amount=1)])
    assert rates.tolist() == [200_000, 250_000]
    assert coverage.tolist() == [[FULL], [FULL]]


@pytest.mark.parametrize("cells", [0, 5])
def test_no_measure_gives_no_layer(cells):
    assert stack(np.zeros(0, int), np.zeros((0, cells), int), []).shape == (0, cells)
