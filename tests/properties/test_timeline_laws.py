"""A timeline holds every day of change and no other: held against a look at every single day."""

from hypothesis import given
from hypothesis import strategies as st

from tariffsim.log import make_log
from tariffsim.reduce import fold, stacked_on
from tariffsim.timeline import added_by_authority, added_by_measure, timeline
from tests.strategies import FIRST, LENGTH, flows, histories, later, products

DAYS = [later(FIRST, n) for n in range(-8, LENGTH + 60)]


@given(events=histories(), flow=flows, product=st.none() | products)
def test_steps_are_the_days_of_change(events, flow, product):
    log = make_log("drawn", events)
    state = fold(log)
    stacks = [stacked_on(state, day, *flow, product) for day in DAYS]
    added = [added_by_measure(stacked) for stacked in stacks]
    changes = [
        day for day, now, then in zip(DAYS, added, [{}, *added], strict=False) if now != then
    ]
    found = timeline(log, *flow, product=product, between=(None, DAYS[-1]))
    assert [step.on for step in found.steps] == changes
    by_day = dict(zip(DAYS, stacks, strict=True))
    for step in found.steps:
        assert step.stacked == by_day[step.on]
        assert step.moved_by
        ends = added_by_authority(step.stacked).values()
        assert sum(low for low, _ in ends) == step.stacked.low
        assert sum(high for _, high in ends) == step.stacked.high


@given(events=histories(), flow=flows, first=st.sampled_from(DAYS), last=st.sampled_from(DAYS))
def test_a_part_is_cut_from_the_whole(events, flow, first, last):
    log = make_log("drawn", events)
    whole = timeline(log, *flow)
    part = timeline(log, *flow, between=(first, last))
    inside = [step for step in whole.steps if first <= step.on <= last]
    if first > last:
        assert part.steps == ()
    else:
        assert part.steps[0].on == first
        assert list(part.steps)[len(part.steps) - len(inside) :] == inside
        assert part.steps[0].stacked == stacked_on(fold(log), first, *flow)
