"""Facts in doubt: whatever changes what is in force and is unconfirmed, the user sees it said."""

import datetime as dt
import json

import pytest

from tariffsim.doubt import WORDS, doubts, doubts_of
from tariffsim.events import Claim, Disputed, RateSet
from tariffsim.files import logs
from tariffsim.files.shipped import shipped_logs
from tariffsim.reduce import fold
from tests.command_line import tariffsim

DAY = dt.date(2025, 5, 1)


def fact(*claims):
    return RateSet(announced=DAY, measure="duty", rate=100_000, claims=claims)


def said(grade="media", confidence=None, says=None):
    return Claim(source="somebody", grade=grade, confidence=confidence, says=says)


@pytest.mark.parametrize(
    ("claims", "expected"),
    [
        ((), ()),
        ((said(),), ()),
        ((said("memory"),), ("memory",)),
        ((said("memory", "H"), said("memory")), ("memory",)),
        ((said("memory"), said("official")), ()),
        ((said("official", "L"),), ("low-confidence",)),
        ((said("official", "L"), said("media", "M")), ()),
        ((said("memory", "L"),), ("memory", "low-confidence")),
        # Who contradicts a fact does not confirm it.
        ((said("memory"), said("official", "H", says="otherwise")), ("memory",)),
    ],
)
def test_doubts_of_a_fact(claims, expected):
    assert doubts_of(fact(*claims)) == expected
    dispute = Disputed(announced=DAY, topic="duty")
    assert doubts_of(fact(*claims), [fact(), dispute]) == (*expected, "disputed")


@pytest.fixture(scope="module")
def shipped():
    return {name: logs.load_log(name) for name in shipped_logs()}


def asked(command, *words, log):
    answer = tariffsim(command, *words, "--log", log.name)
    assert answer.code == 0, answer.err
    return answer.out


def in_doubt(shipped):
    return [(log, id) for log in shipped.values() for id in doubts(log)]


@pytest.fixture
def quick(shipped, monkeypatch):
    monkeypatch.setattr(logs, "load_log", lambda name: shipped[name])


def test_some_facts_of_the_record_are_in_doubt(shipped):
    assert len(in_doubt(shipped)) > 30


def test_check_names_every_doubt(shipped):
    for log in shipped.values():
        found = asked_of_check(log.name)
        for id, weak in doubts(log).items():
            event = log.by_id[id].event
            says = f"{event.key} changes what is in force and is "
            assert ("memory" in weak) == any(f"{says}{WORDS['memory']}" in line for line in found)
            low = f"{says}{WORDS['low-confidence']}"
            assert ("low-confidence" in weak) == any(low in line for line in found)
            if "disputed" in weak:
                assert any(" is disputed: " in line for line in found)


def asked_of_check(name):
    answer = tariffsim("check", name, "--notes")
    assert answer.code == 0
    return answer.out.splitlines()


def test_why_says_it(shipped, quick):
    for log, id in in_doubt(shipped):
        text = asked("why", id, log=log)
        (line,) = [line for line in text.splitlines() if line.startswith("  in doubt: ")]
        assert all(WORDS[doubt] in line for doubt in doubts(log)[id])
        (data,) = json.loads(asked("why", id, "--json", log=log))
        assert data["doubts"] == list(doubts(log)[id])


def flow_of(log, event, measure):
    """A flow and a product that a measure falls on, or those of a change of its scope."""
    law = fold(log).measures[measure].enacted
    partner = next((c for c in law.partners.include if c != "WLD"), "CHN")
    importer, exporter = (law.imposer, partner) if law.flow == "import" else (partner, law.imposer)
    products = getattr(event, "products", None) or law.products
    code = (products.include or law.products.include or (None,))[0]
    return ["--importer", importer, "--exporter", exporter, *(["--product", code] if code else [])]


def test_state_marks_it_on_the_days_on_which_it_holds(shipped, quick):
    """A level as long as it is the last one; a list, a pause, a measure while they stand."""
    seen = 0
    for log, id in in_doubt(shipped):
        event = log.by_id[id].event
        measure = getattr(event, "measure", None)
        words = [WORDS[doubt] for doubt in doubts(log)[id]]
        law = fold(log).measures[measure].enacted if measure in fold(log).measures else None
        if law is None:
            continue
        known = ["--known-on", str(event.announced)]
        text = asked("state", str(event.effective), *flow_of(log, event, measure), log=log)
        before = asked(
            "state", str(event.effective), *flow_of(log, event, measure), *known, log=log
        )
        lines = [line for line in (text + before).splitlines() if line.startswith(f"  {measure} ")]
        assert any(all(word in line for word in words) for line in lines), event.key
        seen += 1
    assert seen > 20


def test_a_doubtful_absence_is_data_too(shipped, quick):
    """Cars left the list of 2018 from memory: nothing is levied on them, and that is said."""
    log = shipped["us-china"]
    flow = ("--importer", "CHN", "--exporter", "USA", "--product")
    event = log.by_key["cn-301-list-2-vehicles-out"].event
    code = event.products.include[0]
    data = json.loads(asked("state", str(event.effective), *flow, code, "--json", log=log))
    assert {
        "measure": "cn-301-list-2",
        "event": log.by_key[event.key].id,
        "doubts": ["memory"],
    } in (data["doubtful_absences"])


def test_state_marks_rules_and_controls(shipped, quick):
    log = shipped["us-china"]
    drones = asked("state", "2026-09-10", "--product", "8806.24", log=log)
    assert "us-labour-yields-232-drones" in drones
    assert "(unconfirmed, low confidence; disputed)" in drones
    data = json.loads(asked("state", "2026-09-10", "--product", "8806.24", "--json", log=log))
    (rule,) = data["doubtful_rules"]
    assert rule["doubts"] == ["low-confidence", "disputed"]
    assert log.by_id[rule["event"]].event.key == "us-labour-yields-232-drones"
    chips = asked("state", "2024-01-10", "--importer", "CHN", "--exporter", "USA", log=log)
    (line,) = [line for line in chips.splitlines() if "us-advanced-chips-2023" in line]
    assert "(unconfirmed, from memory)" in line
