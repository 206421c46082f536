"""The laws of the log as a set of facts: identity, evidence, knowledge, retraction, assertion."""

import datetime as dt
import hashlib
import itertools

import attrs
from hypothesis import strategies as st

from tariffsim.audit import audit
from tariffsim.codec.converter import structure
from tariffsim.events import (
    KINDS,
    ClaimAdded,
    Event,
    GroupMembershipSet,
    MeasureEnacted,
    Observed,
    Retracted,
    Stretch,
)
from tariffsim.exact import canonical
from tariffsim.identity import event_id, plain
from tariffsim.log import Source, append, between, digest, join, known_on, make_log
from tariffsim.reduce import fold, stacked_on
from tariffsim.references import resolve_references
from tests import kinds
from tests import strategies as drawn
from tests.laws import law

WORDING = ("title", "key", "note", "claims")


def retraction(event, day):
    return Retracted(announced=day, event=event_id(event), reason="it was wrong")


def claims_of(log):
    return {entry.id: set(entry.event.claims) for entry in log.entries}


@law(
    event=kinds.any_event,
    title=kinds.text,
    key=st.none() | kinds.slugs,
    note=st.none() | kinds.text,
    claims=st.lists(kinds.claims, max_size=2).map(tuple),
)
def test_the_id_is_of_the_fact_not_of_its_wording(event, title, key, note, claims):
    other = attrs.evolve(event, title=title, key=key, note=note, claims=claims)
    assert event_id(other) == event_id(event)


@law(event=kinds.any_event, other=kinds.any_event, seed=st.randoms(use_true_random=True))
def test_the_id_is_of_every_part_of_the_fact(event, other, seed):
    """Another kind, or another value of any field that is not wording, is another fact."""
    assert (event_id(event) == event_id(other)) == (bare(event) == bare(other))
    same_kind = [name for name in fields_of(event) if name in fields_of(other)]
    name = seed.choice(same_kind)
    mixed = evolved(event, name, getattr(other, name))
    if mixed is not None and bare(mixed) != bare(event):
        assert event_id(mixed) != event_id(event)


def fields_of(event):
    return [field.name for field in attrs.fields(type(event)) if field.name not in WORDING]


def evolved(event, name, value):
    try:
        return attrs.evolve(event, **{name: value})
    except ValueError:  # the days would contradict each other
        return None


def bare(event):
    return attrs.evolve(event, title="", key=None, note=None, claims=())


listed = (kinds.events_of(GroupMembershipSet), kinds.events_of(MeasureEnacted))


@law(events=st.tuples(kinds.any_event, *listed), seed=st.randoms(use_true_random=True))
def test_the_id_does_not_know_the_order_of_fields(events, seed):
    """Nor that of the codes in a list, which is a set."""
    for event in events:
        content = plain(event)
        assert content.get("type") == event.kind
        assert canonical(shuffled(content, seed)) == canonical(content)
        again = structure(shuffled(content, seed, sets=SETS), Event, dialect="stored")
        assert event_id(again) == event_id(event)
        meaning = canonical(plain(event, meaning_only=True)).encode()
        assert event_id(event) == hashlib.sha256(meaning).hexdigest()


SETS = ("include", "exclude", "members")


def shuffled(value, seed, sets=()):
    if not isinstance(value, dict):
        return [shuffled(item, seed, sets) for item in value] if isinstance(value, list) else value
    keys = seed.sample(list(value), len(value))
    found = {key: shuffled(value[key], seed, sets) for key in keys}
    for key in sets:
        if isinstance(found.get(key), list):
            seed.shuffle(found[key])
    return found


@law(events=st.lists(kinds.any_event, max_size=4), more=st.lists(kinds.any_event, max_size=3))
def test_append_is_idempotent(events, more):
    log = make_log("example", events)
    once = append(log, more)
    assert append(once, [*more, *events]) == once
    assert append(log, events) == log
    assert len(once) == len({event_id(event) for event in (*events, *more)})
    assert {entry.id for entry in once.entries} == set(once.by_id)


@law(
    event=kinds.any_event,
    groups=st.lists(st.lists(kinds.claims, max_size=2).map(tuple), min_size=2, max_size=3),
)
def test_evidence_of_one_fact_is_joined(event, groups):
    """Equal events become one, with every claim once, wherever they are joined."""
    events = [attrs.evolve(event, claims=claims) for claims in groups]
    expected = set(itertools.chain(*groups))
    logs = [make_log("example", [each]) for each in events]
    for log in (
        make_log("example", events),
        append(logs[0], events[1:]),
        join(logs[0], join(logs[1], logs[-1])),
    ):
        assert len(log) == 1
        found = log.entries[0].event.claims
        assert set(found) == expected
        assert len(found) == len(expected)
        assert digest(log) == digest(logs[0])


@law(
    first=st.lists(kinds.any_event, min_size=1, max_size=2),
    claims=st.lists(kinds.claims, max_size=2).map(tuple),
    more=kinds.any_event,
)
def test_joining_does_not_ask_who_came_first(first, claims, more):
    second = [attrs.evolve(first[-1], claims=claims), more]
    one, other = make_log("example", first), make_log("example", second)
    ours, theirs = join(one, other), join(other, one)
    assert claims_of(ours) == claims_of(theirs)
    assert digest(ours) == digest(theirs)
    assert [entry.id for entry in ours.entries] == [entry.id for entry in theirs.entries]
    backwards = attrs.evolve(ours, entries=ours.entries[::-1])
    assert digest(backwards) == digest(ours)
    assert digest(attrs.evolve(ours, entries=ours.entries[1:])) != digest(ours)


@st.composite
def corrected(draw):
    """A history with retractions, retractions of those, and evidence that came later."""
    events = list(draw(drawn.lives()))
    for _ in range(draw(st.integers(0, 4))):
        # Of the last two as often as of any, so that corrections are corrected.
        target = draw(st.sampled_from(events) | st.sampled_from(events[-2:]))
        day = max(target.announced, draw(drawn.days))
        if draw(st.booleans()):
            added = ClaimAdded(announced=day, event=event_id(target), added=draw(kinds.claims))
            events.append(added)
        else:
            events.append(retraction(target, day))
    return tuple(events)


@law(events=corrected(), day=drawn.days)
def test_no_foresight(events, day):
    """Known on a day is what it would be if nothing had happened since."""
    for known in drawn.turning_days(events)[::2]:
        seen = known_on(make_log("example", events), known)
        then = known_on(make_log("example", [e for e in events if e.announced <= known]), known)
        assert all(event.announced <= known for event in seen)
        assert seen == then
        flow = (day, "USA", "CHN")
        assert stacked_on(fold(seen), *flow) == stacked_on(fold(then), *flow)


@law(events=corrected(), known=st.none() | drawn.days)
def test_nothing_known_is_lost(events, known):
    """What was announced by then is there, but for what a retraction that stands took out."""
    log = make_log("example", events)
    heard = [e for e in events if known is None or e.announced <= known]
    retractions = [e for e in heard if isinstance(e, Retracted)]

    def stands(event):
        mine = [found for found in retractions if found.event == event_id(event)]
        return not any(stands(found) for found in mine)

    seen = known_on(log, known)
    assert set(seen.by_id) == {event_id(event) for event in heard if stands(event)}
    for entry in seen.entries:
        added = {e.added for e in heard if isinstance(e, ClaimAdded) and e.event == entry.id}
        assert set(entry.event.claims) == set(log.by_id[entry.id].event.claims) | added


@law(events=drawn.histories(), pick=st.integers(0, 100), lag=st.integers(0, 20))
def test_a_retraction_undoes(events, pick, lag):
    """As if it had never been recorded; before the retraction is known, as if it stood."""
    wrong = events[pick % len(events)]
    rest = [event for event in events if event is not wrong]
    day = drawn.later(wrong.announced, lag)
    taken_back = retraction(wrong, day)
    log = make_log("example", [*events, taken_back])
    assert fold(known_on(log, None)) == fold(make_log("example", rest))
    before = known_on(log, drawn.later(day, -1))
    assert (event_id(wrong) in before.by_id) == (lag > 0)
    # And a retraction of the retraction, even of the same day, restores it.
    again = append(log, [retraction(taken_back, day)])
    assert fold(known_on(again, None)) == fold(make_log("example", events))
    clash = attrs.evolve(wrong, title="the same fact again")
    assert len(append(log, [clash])) == len(log)


@law(event=kinds.any_event, lag=st.integers(0, 9), published=st.integers(-2, 2))
def test_no_evidence_before_it_was_published(event, lag, published):
    """Claims and register entries whose source came out later are left out; the fact stays."""
    known = drawn.later(event.announced, lag)
    published = drawn.later(known, published)
    register = {
        claim.source: Source(key=claim.source, title="t", publisher="p", published=published)
        for claim in event.claims
    }
    seen = known_on(make_log("example", [event], sources=register), known)
    public = published <= known
    assert {claim for e in seen for claim in e.claims} == (set(event.claims) if public else set())
    assert set(seen.sources) == (set(register) if public else set())
    assert len(seen) == 1


@law(events=drawn.histories(), more=st.lists(kinds.documents, max_size=4))
def test_documents_change_no_state(events, more):
    """Talks, threats, statements, figures, evidence: nothing is in force because of them."""
    assert fold(make_log("example", [*events, *more])) == fold(make_log("example", events))


@law(
    levels=drawn.levels("measure-0", least=1),
    day=drawn.days,
    off=st.integers(-30_000, 30_000),
    tolerance=st.integers(0, 20_000),
)
def test_a_published_figure_is_met(levels, day, off, tolerance):
    """An observed add-on that the fold misses by more than the tolerance is a finding."""
    enacted = MeasureEnacted(
        announced=drawn.later(drawn.FIRST, -10),
        measure="measure-0",
        imposer="USA",
        authority="some-law",
        group="base",
        partners=drawn.Partners(include=("WLD",)),
        products=drawn.Products(),
    )
    state = fold(make_log("example", [enacted, *levels]))
    rate = stacked_on(state, day, "USA", "CHN").low // 10**6
    figure = Observed(
        announced=day,
        series="add-on",
        value=str(kinds.written_percent(rate + off)),
        unit="%",
        basis="statutory-add-on",
        period=Stretch(start=day, end=day),
        importer="USA",
        exporter="CHN",
        tolerance=str(kinds.written_percent(tolerance)),
    )
    rules = [found.rule for found in audit(make_log("example", [enacted, *levels, figure]))]
    assert ("observed" in rules) == (abs(off) > tolerance)
    # On another basis the same figure is data.
    data = attrs.evolve(figure, basis="trade-weighted-average")
    rules = [found.rule for found in audit(make_log("example", [enacted, *levels, data]))]
    assert "observed" not in rules


@law(events=drawn.histories(), since=drawn.days, length=st.integers(0, 30))
def test_between_days_is_cut_at_announcements(events, since, length):
    log = make_log("example", events)
    until = drawn.later(since, length)
    pieces = [between(log, None, since), between(log, since, until), between(log, until)]
    assert all(e.announced < since for e in pieces[0])
    assert all(since <= e.announced < until for e in pieces[1])
    assert join(join(pieces[0], pieces[1]), pieces[2]) == log


@law(
    target=kinds.any_event,
    day=st.integers(0, 5).map(lambda n: drawn.FIRST + dt.timedelta(n)),
    seed=st.randoms(use_true_random=True),
)
def test_handles_are_resolved_in_any_order(target, day, seed):
    """Chains of references come out the same however a sheet is ordered, and by key as by id."""
    first = attrs.evolve(target, key="first")
    by_key = [
        first,
        Retracted(announced=day, key="second", event="first", reason="r"),
        Retracted(announced=day, key="third", event="second", reason="r"),
        KINDS["disputed"](announced=day, event="third"),
    ]
    second = Retracted(announced=day, event=event_id(first), reason="r")
    third = Retracted(announced=day, event=event_id(second), reason="r")
    by_id = [first, second, third, KINDS["disputed"](announced=day, event=event_id(third))]
    mixed = list(by_key)
    seed.shuffle(mixed)
    complaints = []
    found = resolve_references(mixed, lambda *told: complaints.append(told))
    assert complaints == []
    assert {event_id(event) for event in found} == {event_id(event) for event in by_id}
    assert [event.key for event in found] == [event.key for event in mixed]
