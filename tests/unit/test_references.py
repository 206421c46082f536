"""References by hand: from keys to ids, through chains, and what leads nowhere."""

import datetime as dt

from tariffsim.events import (
    AgreementReached,
    Commitment,
    Disputed,
    ForecastSettled,
    RateSet,
    Retracted,
)
from tariffsim.identity import event_id
from tariffsim.references import resolve_references

DAY = dt.date(2025, 5, 12)
RATE = RateSet(announced=DAY, measure="us-duty", rate=300_000, key="cut")


def resolved(*events, known=None):
    told = []
    found = resolve_references(events, lambda n, message, _: told.append((n, message)), known=known)
    return found, told


def retraction(event, **fields):
    return Retracted(announced=DAY, event=event, reason="misread", **fields)


def test_a_key_becomes_the_id_of_its_event():
    (_, found), told = resolved(RATE, retraction("cut"))
    assert told == []
    assert found.event == event_id(RATE)


def test_references_inside_records_are_found():
    promise = Commitment(party="USA", promise="cut the rate", carried_out_by=("cut", "cut"))
    pact = AgreementReached(
        announced=DAY, agreement="geneva", parties=("USA", "CHN"), commitments=(promise,)
    )
    (found, _), told = resolved(pact, RATE)
    assert told == []
    assert found.commitments[0].carried_out_by == (event_id(RATE),) * 2


def test_an_id_covers_the_ids_it_rests_on():
    """Whether an event was named by key or by id, its own id is the same."""
    by_key, _ = resolved(RATE, retraction("cut", key="gone"), Disputed(announced=DAY, event="gone"))
    by_id, _ = resolved(Disputed(announced=DAY, event=event_id(retraction(event_id(RATE)))))
    assert event_id(by_key[2]) == event_id(by_id[0])


def test_what_is_left_open_stays_open():
    settled = ForecastSettled(announced=DAY, forecast="cut", outcome="partly")
    (_, found), told = resolved(RATE, settled)
    assert told == []
    assert found.settled_by is None


def test_handles_of_events_that_stand_elsewhere():
    (found,), told = resolved(retraction("elsewhere"), known={"elsewhere": "f" * 64})
    assert told == []
    assert found.event == "f" * 64


def test_what_leads_nowhere_is_told_with_its_place_and_the_nearest_key():
    found, told = resolved(RATE, retraction("cat"), retraction("nothing-like-it"))
    assert [place for place, _ in told] == [1, 2]
    assert "did you mean 'cut'?" in told[0][1]
    assert "must be the key or id of an event" in told[1][1]
    assert found[1].event == "cat"


def test_a_circle_is_told_and_ends():
    one, two = retraction("two", key="one"), retraction("one", key="two")
    _, told = resolved(one, two)
    assert told
    assert all("leads back to itself" in message for _, message in told)


def test_nothing_is_made_anew_where_nothing_refers():
    (found,), told = resolved(RATE)
    assert found is RATE
    assert told == []
