"""Laws of a path of policy, for whatever chances and luck: order, ends, clocks, no foresight."""

import datetime as dt

from hypothesis import given, settings
from hypothesis import strategies as st

from tariffsim.events import SuspensionEndSet
from tariffsim.policy import play
from tariffsim.policy.outcomes import factors
from tariffsim.scenario import Chance
from tariffsim.scopes import DayInterval, ShareInterval

START = dt.date(2025, 7, 1)
LAST = START.toordinal() + 500
NAMES = ("a", "b", "c", "d")
units = st.floats(min_value=2.0**-31, max_value=1.0 - 2.0**-31)


@st.composite
def chances(draw):
    found = {}
    for position, name in enumerate(NAMES[: draw(st.integers(1, 4))]):
        kind = draw(st.sampled_from(["hazard", "once", "renewal"]))
        start = START + dt.timedelta(days=draw(st.integers(0, 200)))
        low, high = sorted(draw(st.tuples(*[st.integers(0, 1_000_000)] * 2)))
        shortest, longest = sorted(draw(st.tuples(*[st.integers(1, 120)] * 2)))
        stretch = DayInterval(low=shortest, high=longest)
        late = draw(st.none() | st.integers(0, 300))
        earlier = NAMES[:position]
        event = SuspensionEndSet(announced=start, measure="m", suspension="s")
        found[name] = Chance(
            kind=kind,
            probability=ShareInterval(low=low, high=high),
            reason="a test",
            start=start,
            end=None if late is None else start + dt.timedelta(days=late),
            events=(event,),
            length_days=stretch if kind == "renewal" else None,
            after=draw(st.none() | st.sampled_from(earlier)) if earlier else None,
            ended_by=tuple(draw(st.lists(st.sampled_from(NAMES), max_size=2))),
            **({"delay_days": stretch} if kind == "once" else {}),
        )
    return found


@st.composite
def games(draw):
    found = draw(chances())
    names = [factor for name, chance in found.items() for factor in factors(name, chance, LAST)]
    return found, {name: draw(units) for name in names}


@settings(max_examples=300, deadline=None)
@given(games())
def test_what_is_played_keeps_the_rules(game):
    found, luck = game
    outcomes = play(found, luck, LAST)
    assert list(outcomes) == list(found)
    for name, chance in found.items():
        outcome = outcomes[name]
        first = chance.start.toordinal()
        if chance.after is not None:
            before = outcomes[chance.after].day
            assert before or outcome.day == 0
            assert before or not outcome.effects
            first = max(first, before)
        days = [day for day, _ in outcome.effects]
        assert all(first <= day <= LAST for day in days)
        assert outcome.day == 0 or first <= outcome.day <= LAST
        if chance.end is not None:
            assert all(day <= chance.end.toordinal() for day in days)
        if chance.kind == "renewal":
            ends = [until for _, until in outcome.effects]
            assert days[1:] == ends[:-1]
            assert not days or days[0] == first
            assert outcome.day in {0, *(ends[-1:] or [first])}
        else:
            assert days == ([outcome.day] if outcome.day else [])
        for other in chance.ended_by:
            ended = outcomes[other].day if other in found and other != name else 0
            if ended:
                assert all(day <= ended for day in (*days, outcome.day))


@settings(max_examples=200, deadline=None)
@given(games(), st.integers(0, 499))
def test_a_shorter_horizon_only_hides_what_comes_after_it(game, cut):
    found, luck = game
    whole, part = play(found, luck, LAST), play(found, luck, LAST - cut)
    for name, outcome in whole.items():
        kept = tuple(effect for effect in outcome.effects if effect[0] <= LAST - cut)
        assert part[name].effects == kept
        assert part[name].day == (outcome.day if outcome.day <= LAST - cut else 0)
