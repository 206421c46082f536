"""The log by hand: sets of facts, what was known when, what was taken back, and how to find it."""

import datetime as dt

import attrs
import pytest

from tariffsim.audit import audit
from tariffsim.errors import UnknownName
from tariffsim.events import (
    Claim,
    ClaimAdded,
    Disputed,
    MeasureEnacted,
    Position,
    RateSet,
    Retracted,
    Reviewed,
)
from tariffsim.identity import event_id
from tariffsim.log import (
    Source,
    append,
    between,
    digest,
    find,
    join,
    known_on,
    known_through,
    make_log,
)
from tariffsim.scopes import (
    UNKNOWN_PART,
    CodeShare,
    Partners,
    Products,
    ShareInterval,
    product_coverage,
)


def day(number):
    return dt.date(2025, 4, number)


FACT = Claim(source="order", grade="primary", fact="S0-25")
EARLY = RateSet(announced=day(2), measure="us-duty", rate=340_000, key="first", claims=(FACT,))
LATE = RateSet(announced=day(2), effective=day(9), measure="us-duty", rate=1_040_000, key="second")
RAISED = RateSet(announced=day(9), measure="us-duty", rate=1_450_000, key="third")
LOG = make_log("example", [RAISED, LATE, EARLY])
REGISTER = {
    key: Source(key=key, title=key, publisher="p", published=published)
    for key, published in (("order", day(2)), ("review", day(20)))
}
SOME = ShareInterval(low=250_000, high=600_000)


def keys(log):
    return [event.key for event in log]


def assert_sound(log):
    assert not [finding for finding in audit(log) if finding.severity == "error"]


def taken_back(event, when):
    return Retracted(announced=day(when), event=event_id(event), reason="misread")


def test_entries_stand_in_the_order_of_effect_then_announcement():
    assert keys(LOG) == ["first", "second", "third"]
    assert len(LOG) == 3
    assert LOG.by_key["second"].id == event_id(LATE)
    assert "3 events" in repr(LOG)


def test_the_first_day_of_record_stays():
    log = append(make_log("example", [EARLY], recorded=day(3)), [EARLY, LATE], recorded=day(20))
    assert [entry.recorded for entry in log.entries] == [day(3), day(20)]


def test_known_on_a_day():
    assert keys(known_on(LOG, day(1))) == []
    assert keys(known_on(LOG, day(2))) == ["first", "second"]  # announced, not yet in force
    assert keys(known_on(LOG, day(9))) == ["first", "second", "third"]
    assert known_on(LOG, None) == LOG


def test_a_retraction_counts_from_its_announcement():
    log = append(LOG, [taken_back(LATE, 5)])
    assert "second" in keys(known_on(log, day(4)))
    assert "second" not in keys(known_on(log, day(5)))
    assert "second" not in keys(known_on(log, None))


@pytest.mark.parametrize("when", [5, 6])
def test_a_retraction_may_itself_be_taken_back_even_on_its_day(when):
    """By the chain of references, not by the days or by whose hash comes first."""
    for rate in range(1, 9):
        event = attrs.evolve(LATE, rate=rate)
        first = taken_back(event, 5)
        second = taken_back(first, when)
        third = taken_back(second, when)
        log = make_log("example", [event, first, second])
        assert event_id(event) in known_on(log, None).by_id
        log = append(log, [third])
        assert event_id(event) not in known_on(log, None).by_id


def test_evidence_that_came_later_is_shown_from_its_day():
    better = Claim(source="gazette", grade="primary")
    added = ClaimAdded(announced=day(7), event=event_id(EARLY), added=better)
    log = append(LOG, [added])
    assert known_on(log, day(6)).by_key["first"].event.claims == (FACT,)
    assert known_on(log, day(7)).by_key["first"].event.claims == (FACT, better)


def test_sources_published_later_are_left_out_with_their_claims():
    told = attrs.evolve(EARLY, claims=(FACT, Claim(source="review", grade="secondary")))
    log = make_log("example", [told], sources=REGISTER)
    assert known_on(log, day(19)).by_key["first"].event.claims == (FACT,)
    assert set(known_on(log, day(19)).sources) == {"order"}
    assert known_on(log, day(20)) == log


def test_a_share_that_was_learnt_later_is_not_used_and_the_part_is_unknown():
    """The list was known; how much of the chapter it covers, nobody had said yet."""
    shares = {
        "85": CodeShare(share=SOME, source="review"),
        "86": CodeShare(share=SOME, source="order"),
        "87": CodeShare(share=SOME),
    }
    listed = Products(include=("8501", "8601", "8701"), shares=shares)
    duty = MeasureEnacted(
        announced=day(2), measure="us-duty", imposer="USA", authority="section-301",
        group="section-301", flow="import", form="ad-valorem", partners=Partners(include=("CHN",)),
        products=listed, claims=(FACT,),
    )  # fmt: skip
    log = make_log("example", [duty], sources=REGISTER)
    before, after = (known_on(log, day(when)).entries[0] for when in (19, 20))
    assert before.id == after.id == log.entries[0].id
    assert product_coverage(before.event.products, "85") == UNKNOWN_PART
    assert product_coverage(before.event.products, "86") == SOME
    assert product_coverage(before.event.products, "87") == SOME
    assert product_coverage(after.event.products, "85") == SOME
    assert_sound(known_on(log, day(19)))


def test_what_was_added_or_disputed_on_a_later_source_is_left_out():
    enacted = MeasureEnacted(
        announced=day(2), measure="us-duty", imposer="USA", authority="section-301",
        group="section-301", flow="import", form="ad-valorem", partners=Partners(include=("CHN",)),
        products=Products(), claims=(FACT,),
    )  # fmt: skip
    told = ClaimAdded(
        announced=day(3), event=event_id(EARLY), added=Claim(source="review", grade="secondary")
    )
    sides = tuple(Position(party=key, says="so", source=key) for key in ("order", "review"))
    quarrel = Disputed(announced=day(3), topic="first", positions=sides)
    log = make_log("example", [enacted, EARLY, told, quarrel], sources=REGISTER)
    seen = known_on(log, day(19))
    assert event_id(told) not in seen.by_id
    assert [side.party for side in seen.by_id[event_id(quarrel)].event.positions] == ["order"]
    assert known_on(log, day(20)).by_id[event_id(quarrel)].event.positions == sides
    assert_sound(seen)


def test_equal_events_are_one_with_all_their_claims():
    other = Claim(source="paper", grade="media")
    again = attrs.evolve(EARLY, title="told again", claims=(other, FACT))
    joined = append(LOG, [again])
    assert len(joined) == len(LOG)
    assert joined.by_key["first"].event.claims == (FACT, other)
    assert joined.by_key["first"].event.title == ""
    assert digest(joined) == digest(LOG)


def test_joining_keeps_the_first_name_and_both_registers():
    one = make_log(
        "one",
        [EARLY],
        sources={"order": Source(key="order", title="a", publisher="p", published=day(1))},
    )
    two = make_log(
        "two",
        [LATE],
        sources={
            "order": Source(key="order", title="b", publisher="p", published=day(1)),
            "extra": Source(key="extra", title="c", publisher="p", published=day(1)),
        },
    )
    log = join(one, two)
    assert log.name == "one"
    assert keys(log) == ["first", "second"]
    assert log.sources["order"].title == "a"
    assert set(log.sources) == {"order", "extra"}
    assert digest(log) == digest(join(two, one)) == digest(make_log("x", [LATE, EARLY]))


def test_between_takes_announcements_from_the_first_day_up_to_the_last():
    assert keys(between(LOG, day(2), day(9))) == ["first", "second"]
    assert keys(between(LOG, day(3))) == ["third"]
    assert between(LOG) == LOG


def test_the_record_is_known_through_the_last_review():
    assert known_through(LOG) is None
    reviews = [Reviewed(announced=day(12), through=day(n)) for n in (10, 11)]
    assert known_through(append(LOG, reviews)) == day(11)


def test_find_by_key_id_start_of_id_or_fact():
    entry = LOG.by_key["first"]
    for reference in ("first", entry.id, entry.id[:6], "S0-25"):
        assert find(LOG, reference) == (entry,)
    with pytest.raises(UnknownName, match="did you mean 'second'"):
        find(LOG, "secnod")
    with pytest.raises(UnknownName):
        find(LOG, entry.id[:5])
