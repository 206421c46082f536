"""Promises on a day: small logs for every rule, then the shipped logs and the command."""

import datetime as dt
import functools
import json

import attrs
import pytest
from typer.testing import CliRunner

from tariffsim.agreements import agreements, day_asked
from tariffsim.cli import app
from tariffsim.errors import UnknownName
from tariffsim.events import (
    AgreementReached,
    Claim,
    Commitment,
    Disputed,
    Position,
    RateSet,
    Retracted,
    Reviewed,
    StatementMade,
)
from tariffsim.files.logs import load_log
from tariffsim.identity import event_id
from tariffsim.log import Source, make_log
from tariffsim.report.agreements import agreements_text

run = functools.partial(CliRunner().invoke, app)
DUE = dt.date(2025, 6, 1)


def day(text):
    return dt.date.fromisoformat(text)


def act(announced, effective=None, **fields):
    when = {"announced": day(announced), "effective": day(effective or announced)}
    return RateSet(measure="duty", rate=0, **when, **fields)


def agreed(*acts, due=DUE, name="lagoon-truce", announced="2025-05-01", **fields):
    ids = tuple(event_id(one) for one in acts)
    promise = Commitment(party="NZL", promise="end the duty", due=due, carried_out_by=ids)
    return AgreementReached(
        announced=day(announced), agreement=name, parties=("NZL", "CHL"),
        commitments=(promise,), **fields,
    )  # fmt: skip


def standing(events, on, known=None, sources=None):
    log = make_log("lagoon", events, sources=sources)
    (agreement,) = agreements(log, on=day(on), known=day(known) if known else None)
    return agreement.promises[0]


def statuses(events, *days, **more):
    return [standing(events, on, **more).status for on in days]


def test_kept_by_the_due_day():
    cut = act("2025-05-10", "2025-06-01")
    found = statuses([agreed(cut), cut], "2025-05-31", "2025-06-01", "2030-01-01")
    assert found == ["open", "kept", "kept"]


def test_late_after_it_and_unmet_in_between():
    cut = act("2025-06-20")
    found = statuses([agreed(cut), cut], "2025-06-01", "2025-06-02", "2025-06-19", "2025-06-20")
    assert found == ["open", "unmet", "unmet", "late"]


def test_an_act_counts_from_the_day_it_is_known():
    """Backdated to May but announced in July: nobody could know it by the due day."""
    cut = act("2025-07-01", "2025-05-20", retroactive=True)
    assert standing([agreed(cut), cut], "2025-07-01").status == "late"
    assert standing([agreed(cut), cut], "2025-06-30").record == "unmet"


def test_known_on_hides_the_act_but_not_the_promise():
    cut = act("2025-05-10")
    events = [agreed(cut), cut]
    assert standing(events, "2025-06-02").status == "kept"
    assert standing(events, "2025-06-02", known="2025-05-09").status == "unmet"


def test_all_acts_are_needed():
    first, second = act("2025-05-10"), act("2025-06-10")
    events = [agreed(first, second), first, second]
    in_part = standing(events, "2025-06-05")
    assert (in_part.status, in_part.done) == ("unmet", None)
    assert [deed.day for deed in in_part.deeds] == [day("2025-05-10")]
    whole = standing(events, "2025-06-10")
    assert (whole.status, whole.done) == ("late", day("2025-06-10"))


def test_without_a_due_day_a_promise_is_open_until_it_is_kept():
    cut = act("2029-01-01")
    events = [agreed(cut, due=None), cut]
    assert statuses(events, "2028-12-31", "2029-01-01") == ["open", "kept"]
    assert statuses([agreed(due=None)], "2099-01-01") == ["open"]


def test_a_retracted_agreement_is_none():
    reached = agreed()
    gone = Retracted(announced=day("2025-05-05"), event=event_id(reached), reason="a rumour")
    log = make_log("lagoon", [reached, gone])
    assert agreements(log, on=DUE) == ()
    assert len(agreements(log, on=DUE, known=day("2025-05-04"))) == 1


def objection(**fields):
    sides = (Position(party="NZL", says="kept", fact="L-9"), Position(party="CHL", says="broken"))
    return Disputed(announced=day("2025-06-10"), positions=sides, **fields)


def allegation(about, form="allegation"):
    return StatementMade(
        announced=day("2025-06-10"), speaker="Chile", form=form, about=about, text="Not done."
    )


CUT = act("2025-05-10")
CONTESTING = {
    "a dispute of the agreement": objection(event=event_id(agreed(CUT))),
    "a dispute of the act": objection(event=event_id(CUT)),
    "a topic that is its name": objection(topic="lagoon-truce"),
    "a topic with its name": allegation("lagoon-compliance"),
    "a topic that means the latest one": allegation("who-broke-the-truce"),
}


@pytest.mark.parametrize("event", CONTESTING.values(), ids=CONTESTING)
def test_contested_from_the_day_somebody_objects(event):
    events = [agreed(CUT), CUT, event]
    assert statuses(events, "2025-06-09", "2025-06-10") == ["kept", "contested"]
    assert statuses(events, "2025-06-10", known="2025-06-09") == ["kept"]
    contested = standing(events, "2025-06-10")
    assert (contested.record, contested.done) == ("kept", day("2025-05-10"))


@pytest.mark.parametrize(
    "event",
    [
        objection(topic="fishing"),
        allegation("desert-compliance"),
        allegation("lagoon-compliance", form="opinion"),
        objection(event=event_id(act("2025-05-11"))),
    ],
)
def test_talk_of_other_things_contests_nothing(event):
    assert statuses([agreed(CUT), CUT, act("2025-05-11"), event], "2025-07-01") == ["kept"]


def test_the_truce_means_the_latest_one_then():
    later = agreed(name="desert-truce", announced="2025-06-05")
    log = make_log("lagoon", [agreed(CUT), CUT, later, allegation("who-broke-the-truce")])
    lagoon, desert = agreements(log, on=day("2025-07-01"))
    assert (lagoon.promises[0].status, desert.promises[0].status) == ("kept", "contested")


def test_a_position_on_the_same_fact_contests():
    reached = agreed(CUT, claims=(Claim(source="paper", grade="media", fact="L-9"),))
    events = [reached, CUT, objection(topic="fishing")]
    assert statuses(events, "2025-06-09", "2025-06-10") == ["kept", "contested"]


@pytest.mark.parametrize("on_act", [False, True])
def test_dissent_counts_from_the_day_its_source_is_out(on_act):
    dissent = (Claim(source="paper", grade="media", says="nothing was agreed"),)
    cut = attrs.evolve(CUT, claims=dissent if on_act else ())
    reached = agreed(CUT, claims=() if on_act else dissent)
    paper = Source(key="paper", title="Paper", publisher="P", published=day("2025-06-03"))
    sources = {"paper": paper}
    found = statuses([reached, cut], "2025-06-02", "2025-06-03", sources=sources)
    assert found == ["kept", "contested"]
    early = standing([reached, cut], "2025-06-03", known="2025-06-02", sources=sources)
    assert early.status == "kept"


def test_the_day_that_counts_where_none_is_given():
    review = Reviewed(announced=day("2025-08-01"), through=day("2025-07-31"))
    log = make_log("lagoon", [agreed(), review])
    assert day_asked(log, on=None, known=None) == day("2025-07-31")
    assert day_asked(log, on=None, known=day("2025-05-30")) == day("2025-05-30")
    assert day_asked(log, on=DUE, known=day("2025-05-30")) == DUE
    assert day_asked(make_log("lagoon", [agreed()]), on=None, known=None) == day("2025-05-01")


def test_a_name_that_nobody_bears():
    log = make_log("lagoon", [agreed(CUT), CUT])
    assert len(agreements(log, on=DUE, name="lagoon-truce")) == 1
    with pytest.raises(UnknownName, match="did you mean 'lagoon-truce'"):
        agreements(log, on=DUE, name="lagon-truce")


@pytest.fixture(scope="module")
def us_china():
    return load_log("us-china")


def of(log, name, on, known=None):
    (found,) = agreements(log, on=day(on), known=day(known) if known else None, name=name)
    return [(promise.status, promise.record) for promise in found.promises]


def test_geneva_in_the_public_record(us_china):
    quiet = of(us_china, "geneva-agreement", "2025-05-20")
    assert [status for status, _ in quiet] == ["kept", "kept", "unmet", "open", "open"]
    loud = of(us_china, "geneva-agreement", "2025-06-06", known="2025-06-06")
    assert {status for status, _ in loud} == {"contested"}
    assert [record for _, record in loud] == [record for _, record in quiet]


def test_later_truces_in_the_public_record(us_china):
    assert of(us_china, "stockholm-truce", "2025-08-12") == [("kept", "kept")] * 3
    busan = of(us_china, "busan-truce", "2026-01-15")
    assert [status for status, _ in busan] == ["kept"] * 7 + ["unmet", "open"]
    assert of(us_china, "busan-truce", "2025-11-09")[0] == ("open", "open")
    (phase_one, halved) = of(us_china, "phase-one", "2021-12-31")
    assert (phase_one[0], halved[0]) == ("open", "kept")
    assert of(us_china, "phase-one", "2022-01-01")[0] == ("unmet", "unmet")


def test_geneva_in_the_documents():
    log = load_log("geneva-2025")
    assert of(log, "geneva-agreement", "2025-05-13", "2025-05-13") == [("open", "open")] * 3
    found = of(log, "geneva-agreement", "2025-06-06", "2025-06-06")
    assert found == [("contested", "kept"), ("contested", "kept"), ("contested", "unmet")]


def test_command(us_china):
    data = json.loads(
        run(["agreements", "geneva-agreement", "--on", "2025-05-20", "--json"]).stdout
    )
    (agreement,) = data["agreements"]
    first = agreement["commitments"][0]
    assert (first["status"], first["due"], first["done_on"]) == ("kept", "2025-05-14", "2025-05-14")
    assert {deed["key"] for deed in first["carried_out_by"]} == {
        "us-reciprocal-china-34-again",
        "us-geneva-window",
    }
    assert all(deed["event"] in us_china.by_id for deed in first["carried_out_by"])
    text = run(["agreements", "geneva-agreement", "--known-on", "2025-06-06"]).stdout
    assert "contested (unmet by the acts on record): CHN, due 2025-05-14" in text
    assert "! 2025-05-30 Donald Trump: China broke its agreement" in text
    unknown = run(["agreements", "genova-agreement"])
    assert isinstance(unknown.exception, UnknownName)
    assert "known through" in run(["agreements", "--on", "2026-12-01"]).stderr


def test_text_keeps_to_its_width(us_china):
    found = agreements(us_china, on=day("2026-09-28"))
    text = agreements_text(found, us_china, day("2026-09-28"), None, width=60)
    assert max(map(len, text.splitlines())) <= 60
    assert "in part" not in text
