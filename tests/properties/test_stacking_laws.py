"""The laws of stacking: equal to its scalar twin, cell by cell, and what each rule promises."""

import datetime as dt
from itertools import product

import numpy as np
from hypothesis import strategies as st

from tariffsim.layers import Layer, OneOf, Stacked
from tariffsim.reduce import one_cell
from tariffsim.reduce.one_cell import CellRule
from tariffsim.stacking import FULL, Rule, stack
from tests import strategies as drawn
from tests.laws import law
from tests.reference.twin_stacking import TwinRule, stack_cell

KINDS = ("maximum", "yields", "top-up", "cap")
levels = st.integers(1, 900_000) | drawn.rates
part = st.sampled_from((0, 0, FULL, FULL)) | drawn.parts


@st.composite
def stacks(draw, kinds=KINDS, most=4, shares=part):
    """Rates, coverage and rules over the same measures; twin rules beside those of the kernel."""
    measures = draw(st.integers(2, most))
    cells = draw(st.integers(2, 3))
    rates = draw(st.lists(levels, min_size=measures, max_size=measures))
    row = st.lists(shares, min_size=cells, max_size=cells)
    coverage = draw(st.lists(row, min_size=measures, max_size=measures))
    rows = range(measures)
    subset = st.integers(0, 2**measures - 1).map(lambda n: {row for row in rows if n >> row & 1})
    twins = []
    for kind in draw(st.lists(st.sampled_from(kinds), min_size=2, max_size=4)) if kinds else ():
        twins.append(TwinRule(kind, draw(subset), draw(subset), draw(drawn.amounts)))
    return np.array(rates), np.array(coverage), twins


def kernel(twin, measures):
    rows = np.arange(measures)
    members, over = (np.isin(rows, sorted(rows_)) for rows_ in (twin.members, twin.over))
    return Rule(kind=twin.kind, members=members, over=over, amount=twin.amount)


def stacked(rates, coverage, twins):
    return stack(rates, coverage, [kernel(twin, len(rates)) for twin in twins])


@law(case=stacks())
def test_stacking_equals_its_twin(case):
    rates, coverage, twins = case
    before = rates.copy(), coverage.copy()
    layers = stacked(*case)
    for cell, column in enumerate(coverage.T):
        expected = stack_cell(rates.tolist(), column.tolist(), twins)
        assert layers[:, cell].tolist() == expected
    assert layers.dtype == np.int64
    assert np.array_equal(rates, before[0])
    assert np.array_equal(coverage, before[1])


@law(case=stacks())
def test_one_cell_equals_the_twin(case):
    rates, coverage, twins = case
    rules = [
        CellRule(
            kind=twin.kind,
            members=tuple(sorted(twin.members)),
            over=tuple(sorted(twin.over)),
            amount=twin.amount,
        )
        for twin in twins
    ]
    for column in coverage.T.tolist():
        found = one_cell.stack_cell(rates.tolist(), column, rules)
        assert found == stack_cell(rates.tolist(), column, twins)


@law(case=stacks(kinds=("maximum", "top-up")))
def test_a_cell_does_not_know_its_neighbours(case):
    rates, coverage, twins = case
    whole = stacked(*case)
    for cell in range(coverage.shape[1]):
        alone = stacked(rates, coverage[:, cell : cell + 1], twins)
        assert np.array_equal(whole[:, cell : cell + 1], alone)


@law(case=stacks(kinds=()), seed=st.randoms(use_true_random=True))
def test_without_a_rule_duties_add(case, seed):
    """Each adds its rate on its share of the goods, in whatever order they are written down."""
    rates, coverage, _ = case
    layers = stacked(*case)
    assert np.array_equal(layers, rates[:, None] * coverage)
    order = list(range(len(rates)))
    seed.shuffle(order)
    assert np.array_equal(stacked(rates[order], coverage[order], []), layers[order])


@law(case=stacks(kinds=("maximum",)))
def test_of_a_maximum_only_the_highest_counts(case):
    rates, coverage, twins = case
    layers, free = stacked(*case), rates[:, None] * coverage
    for twin in twins:
        members = sorted(twin.members)
        if members:
            assert ((layers[members] > 0).sum(axis=0) <= 1).all()
            others = [n for t in twins if t is not twin for n in t.members & twin.members]
            if not others:
                assert np.array_equal(layers[members].sum(axis=0), free[members].max(axis=0))
    assert (layers <= free).all()


@law(case=stacks(kinds=("yields",)))
def test_what_yields_pays_only_where_the_lists_do_not_reach(case):
    rates, coverage, twins = case
    layers, free = stacked(*case), rates[:, None] * coverage
    assert (layers <= free).all()
    bound = set().union(*(twin.members for twin in twins))
    for n in set(range(len(rates))) - bound:
        assert np.array_equal(layers[n], free[n])
    for twin in twins:
        reached = coverage[sorted(twin.over)].sum(axis=0) >= FULL
        assert not layers[sorted(twin.members)][:, reached].any()


@law(case=stacks(kinds=("top-up",), shares=st.just(FULL)), amount=st.integers(0, 2_000_000))
def test_a_top_up_reaches_its_floor_and_no_more(case, amount):
    rates, coverage, _ = case
    members = set(range(len(rates) // 2, len(rates)))
    over = set(range(len(rates))) - members
    layers = stacked(rates, coverage, [TwinRule("top-up", members, over, amount)])
    below = rates[sorted(over)].sum()
    assert (layers.sum(axis=0) == max(below, amount) * FULL).all()
    assert np.array_equal(layers[sorted(over)], (rates[:, None] * coverage)[sorted(over)])


@law(case=stacks(kinds=("cap",)))
def test_a_cap_is_never_passed_and_takes_from_the_youngest(case):
    rates, coverage, twins = case
    layers, free = stacked(*case), rates[:, None] * coverage
    assert (layers >= 0).all()
    assert (layers <= free).all()
    for twin in twins:
        members = sorted(twin.members)
        assert (layers[members].sum(axis=0) <= twin.amount * FULL).all()
        if twin is twins[0]:
            alone = stacked(rates, coverage, [twin])
            cut = np.minimum(free[members].sum(axis=0), twin.amount * FULL)
            assert np.array_equal(alone[members].sum(axis=0), cut)
            for older, younger in zip(members, members[1:], strict=False):
                touched = alone[older] < free[older]
                assert not alone[younger][touched].any()


TENTH = FULL // 10
PERCENT = 10_000


@st.composite
def lists_that_exclude_each_other(draw):
    """Rates, and the least and most tenths of the goods that each list covers."""
    number = draw(st.integers(2, 3))
    rates = draw(st.lists(st.integers(1, 100), min_size=number, max_size=number))
    least = draw(st.lists(st.integers(0, 3), min_size=number, max_size=number))
    more = draw(st.lists(st.integers(0, 10), min_size=number, max_size=number))
    return rates, [(low, min(low + on_top, 10)) for low, on_top in zip(least, more, strict=True)]


@law(case=lists_that_exclude_each_other(), beside=st.integers(0, 50))
def test_no_line_pays_more_than_the_most_and_one_pays_it(case, beside):
    """The bound is the highest total of any way to divide the goods between the lists."""
    rates, shares = case
    layers = [
        Layer(
            measure=f"list-{n}",
            authority="law",
            group="lists",
            rate=rate * PERCENT,
            low=rate * PERCENT * low * TENTH,
            high=rate * PERCENT * high * TENTH,
            events=(),
        )
        for n, (rate, (low, high)) in enumerate(zip(rates, shares, strict=True))
    ]
    whole = beside * PERCENT * FULL
    other = Layer(
        measure="beside", authority="law", group="beside", rate=beside * PERCENT,
        low=whole, high=whole, events=(),
    )  # fmt: skip
    stack_of_day = Stacked(
        on=dt.date(2025, 1, 1),
        importer="USA",
        exporter="CHN",
        product="8505",
        layers=(*layers, other),
        one_of=(OneOf(event="e", measures=tuple(layer.measure for layer in layers)),),
    )
    totals = [
        sum(rate * PERCENT * share * TENTH for rate, share in zip(rates, covered, strict=True))
        for covered in product(*(range(low, high + 1) for low, high in shares))
        if sum(covered) <= 10
    ]
    assert stack_of_day.ends == (stack_of_day.low, max(totals) + whole)
