"""Identity by hand: the plain form, the canonical text, and what an id rests on."""

import datetime as dt
import hashlib

import attrs
import pytest

from tariffsim.events import Claim, MeasureEnacted, RateSet, Suspended, Terminated, Threatened
from tariffsim.exact import canonical
from tariffsim.identity import event_id, plain
from tariffsim.scopes import Partners, Products

DAY = dt.date(2025, 4, 9)
NEXT = dt.date(2025, 4, 10)
RATE = RateSet(announced=DAY, effective=NEXT, measure="us-duty", rate=1_450_000)


def test_the_plain_form_is_the_fact_in_strings_and_whole_numbers():
    assert plain(RATE) == {
        "type": "rate_set",
        "announced": "2025-04-09",
        "effective": "2025-04-10",
        "measure": "us-duty",
        "rate": 1_450_000,
    }


def test_the_id_is_the_hash_of_the_canonical_text():
    text = (
        '{"announced":"2025-04-09","effective":"2025-04-10","measure":"us-duty",'
        '"rate":1450000,"type":"rate_set"}'
    )
    assert canonical(plain(RATE, meaning_only=True)) == text
    assert event_id(RATE) == hashlib.sha256(text.encode()).hexdigest()


def test_what_is_at_its_default_is_left_out_and_what_must_be_said_is_not():
    same_day = RateSet(announced=DAY, measure="us-duty", rate=0)
    assert plain(same_day) == {
        "type": "rate_set",
        "announced": "2025-04-09",
        "measure": "us-duty",
        "rate": 0,
    }
    everything = Suspended(announced=DAY, measure="us-duty", suspension="pause", points=None)
    assert plain(everything)["points"] is None


def test_scopes_are_plain_too():
    law = MeasureEnacted(
        announced=DAY,
        measure="us-duty",
        imposer="USA",
        authority="ieepa",
        group="base",
        partners=Partners(include=("WLD",), exclude=("CAN",)),
        products=Products(),
    )
    assert plain(law)["partners"] == {"include": ["WLD"], "exclude": ["CAN"]}
    assert plain(law)["products"] == {"shares": {}}


def test_words_and_evidence_are_kept_in_the_plain_form_but_are_no_part_of_the_fact():
    told = attrs.evolve(
        RATE,
        title="The duty rises",
        key="us-145",
        note="see also",
        claims=(Claim(source="eo-1", grade="primary"),),
    )
    assert set(plain(told)) - set(plain(RATE)) == {"title", "key", "note", "claims"}
    assert plain(told, meaning_only=True) == plain(RATE)
    assert event_id(told) == event_id(RATE)


@pytest.mark.parametrize(
    "other",
    [
        attrs.evolve(RATE, rate=1_450_001),
        attrs.evolve(RATE, measure="us-duties"),
        attrs.evolve(RATE, announced=NEXT),
        attrs.evolve(RATE, effective=DAY),
        attrs.evolve(RATE, retroactive=True),
        Terminated(announced=DAY, effective=NEXT, measure="us-duty"),
    ],
)
def test_every_other_part_is_part_of_the_fact(other):
    assert event_id(other) != event_id(RATE)


def test_a_threat_rests_on_what_would_follow_and_not_on_how_that_is_told():
    threat = Threatened(announced=DAY, by="somebody", text="a rise", would=RATE)
    titled = attrs.evolve(threat, would=attrs.evolve(RATE, title="The duty rises"))
    higher = attrs.evolve(threat, would=attrs.evolve(RATE, rate=2_000_000))
    assert event_id(titled) == event_id(threat) != event_id(higher)


def test_another_version_of_a_kind_is_another_fact():
    class Later(RateSet):
        version = 2

    later = Later(announced=DAY, effective=NEXT, measure="us-duty", rate=1_450_000)
    assert plain(later)["version"] == 2
    assert event_id(later) != event_id(RATE)


@pytest.mark.parametrize("value", [1.45, {"rate": 1.45}, [b"1"], object()])
def test_what_has_no_exact_form_has_no_plain_form(value):
    with pytest.raises(TypeError, match="no exact plain form"):
        plain(value)


def test_canonical_text_is_utf8_sorted_and_without_spaces():
    assert canonical({"b": ["é", 1, True, None], "a": {}}) == '{"a":{},"b":["é",1,true,null]}'
