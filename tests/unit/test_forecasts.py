"""Forecasts and threats: how each may come out, the scores, and the shipped logs."""

import datetime as dt
import functools
import json

import attrs
import pytest
from typer.testing import CliRunner

from tariffsim.cli import app
from tariffsim.events import (
    ForecastSettled,
    RateSet,
    Reviewed,
    Settlement,
    StatementMade,
    Threatened,
)
from tariffsim.files.logs import load_log
from tariffsim.forecasts import forecasts, scores
from tariffsim.identity import event_id
from tariffsim.log import make_log
from tariffsim.report.forecasts import forecasts_data, forecasts_text
from tariffsim.terms import Share

run = functools.partial(CliRunner().invoke, app)


def day(text):
    return dt.date.fromisoformat(text)


def said(text="rain by June", speaker="Ada, on air", due="2025-06-01", settles=None):
    settles = settles or Settlement(by=day(due) if due else None, when="rain")
    return StatementMade(
        announced=day("2025-05-01"), speaker=speaker, form="forecast", about="rain",
        text=text, settles=settles,
    )  # fmt: skip


def settled(forecast, outcome, announced="2025-05-20", by=None):
    return ForecastSettled(
        announced=day(announced), forecast=event_id(forecast), outcome=outcome,
        settled_by=event_id(by) if by else None,
    )  # fmt: skip


def rise(rate=300_000, effective="2025-06-01", announced="2025-05-02", measure="duty"):
    return RateSet(
        announced=day(announced), effective=day(effective), measure=measure, rate=rate
    )  # fmt: skip


def threat(due="2025-06-01", would=None):
    return Threatened(
        announced=day("2025-05-01"), by="Bruno", text="a duty of 30", due=due and day(due),
        would=would or rise(announced="2025-05-01"),
    )  # fmt: skip


REVIEW = Reviewed(announced=day("2026-01-01"), through=day("2025-12-31"))


def outcome(events, known=None):
    log = make_log("weather", events)
    found = forecasts(log, known=day(known) if known else None)
    return [(one.outcome, one.settled_on and str(one.settled_on)) for one in found]


@pytest.mark.parametrize("word", ["came-true", "came-false", "partly"])
def test_a_settlement_decides_from_its_day_on(word):
    events = [said(), settled(said(), word)]
    assert outcome(events, "2025-05-19") == [("open", None)]
    assert outcome(events, "2025-05-20") == [(word, "2025-05-20")]


def test_the_last_settlement_counts():
    events = [said(), settled(said(), "came-true"), settled(said(), "came-false", "2025-05-25")]
    assert outcome(events, "2025-05-24") == [("came-true", "2025-05-20")]
    assert outcome(events) == [("came-false", "2025-05-25")]


def test_a_forecast_is_overdue_and_not_false_when_nothing_settles_it():
    """That no rain is on record may mean that nobody wrote it down, or that he foretold none."""
    assert outcome([said(), REVIEW], "2025-06-01") == [("open", None)]
    assert outcome([said(), REVIEW], "2025-06-02") == [("overdue", None)]
    assert outcome([said(due=None), REVIEW]) == [("open", None)]


def test_a_threat_that_was_carried_out():
    events = [threat(), rise(), REVIEW]
    assert outcome(events, "2025-05-31") == [("open", None)]
    assert outcome(events, "2025-06-01") == [("came-true", "2025-06-01")]
    log = make_log("weather", events)
    (found,) = forecasts(log)
    assert found.settled_by.event == rise()


@pytest.mark.parametrize(
    "other",
    [
        rise(rate=290_000),
        rise(effective="2025-06-02"),
        rise(measure="other"),
        rise(announced="2025-04-30"),
    ],
    ids=["another rate", "after the due day", "another measure", "before the threat"],
)
def test_a_threat_that_was_not(other):
    events = [threat(), other, REVIEW]
    assert outcome(events, "2025-06-01") == [("open", None)]
    assert outcome(events, "2025-06-02") == [("came-false", "2025-06-01")]


def test_silence_says_nothing_about_days_that_nobody_reviewed():
    assert outcome([threat()], "2025-06-02") == [("overdue", None)]
    early = Reviewed(announced=day("2025-05-31"), through=day("2025-05-31"))
    assert outcome([threat(), early], "2025-06-02") == [("overdue", None)]
    vague = attrs.evolve(threat(), would=None)
    assert outcome([vague, REVIEW], "2025-06-02") == [("overdue", None)]


def test_a_settlement_overrides_the_rule():
    late = [
        threat(),
        rise(effective="2025-06-05"),
        REVIEW,
        settled(threat(), "partly", "2025-06-05"),
    ]
    assert outcome(late, "2025-06-04") == [("came-false", "2025-06-01")]
    assert outcome(late) == [("partly", "2025-06-05")]


def test_scores_by_speaker():
    rain, snow, hail = said("rain"), said("snow", "Ada"), said("hail", "Ada")
    sun = said("sun", "Zoe, to the press")
    events = [
        rain, snow, hail, sun, threat(), REVIEW,
        settled(rain, "came-true"), settled(snow, "partly"), settled(sun, "came-false"),
    ]  # fmt: skip
    ada, zoe, bruno = scores(forecasts(make_log("weather", events)))
    assert (ada.speaker, ada.true, ada.false, ada.partly, ada.unsettled) == ("Ada", 1, 0, 1, 1)
    assert ada.share_true == 0.5
    assert (zoe.speaker, zoe.share_true, zoe.brier) == ("Zoe", 0.0, None)
    assert (bruno.kind, bruno.false) == ("threat", 1)


def test_brier_score_where_a_probability_was_given():
    @attrs.frozen(kw_only=True)
    class Odds(Settlement):
        probability: Share | None = None

    def odds(parts):
        return Odds(by=day("2025-06-01"), when="rain", probability=Share(parts))

    rain, snow = said("rain", settles=odds(900_000)), said("snow", settles=odds(300_000))
    hail = said("hail", settles=odds(500_000))
    events = [rain, snow, hail, settled(rain, "came-true"), settled(snow, "came-false")]
    log = make_log("weather", events)
    (ada,) = scores(forecasts(log))
    assert ada.brier == pytest.approx((0.1**2 + 0.3**2) / 2)
    text = forecasts_text(forecasts(log), [ada], log, None, width=80)
    assert "0.050" in text
    assert "probability 90%" in text


def test_every_threat_of_the_public_record_is_settled_or_open():
    found = {one.entry.event.key: one for one in forecasts(load_log("us-china"))}
    assert {key: one.outcome for key, one in found.items()} == {
        "us-301-30-threat-2019": "came-false",
        "us-100-threat-2025-10": "came-false",
        "us-122-15-threat": "came-false",
        "us-301-capacity-7-5-report": "open",
    }
    for one in found.values():
        assert one.outcome == "open" or one.settled_by is not None
        assert one.outcome == "open" or one.settled_on <= dt.date(2026, 9, 28)


def test_the_threats_were_open_when_they_were_made():
    log = load_log("us-china")
    for one in forecasts(log):
        event = one.entry.event
        (then,) = [
            found
            for found in forecasts(log, known=event.announced)
            if found.entry.id == one.entry.id
        ]
        assert then.outcome == "open"


def test_the_documents_before_and_after_the_call():
    log = load_log("geneva-2025")
    before, after = (forecasts(log, known=dt.date(2025, 6, d)) for d in (4, 5))
    assert len(before) == len(after) == 11
    assert {one.outcome for one in before} == {"open"}
    words = [one.outcome for one in after]
    assert (words.count("came-true"), words.count("came-false"), words.count("open")) == (5, 1, 5)
    # The record ends on 6 June: what was due in August stays unsettled for whoever asks later.
    later = [one.outcome for one in forecasts(log, known=dt.date(2025, 9, 1))]
    assert later.count("overdue") == 5


def test_nothing_due_within_the_review_is_left_unsettled():
    for name in ("geneva-2025", "us-china"):
        assert "overdue" not in {one.outcome for one in forecasts(load_log(name))}


def test_command():
    data = json.loads(run(["forecasts", "--log", "geneva-2025", "--json"]).stdout)
    assert {score["few"] for score in data["scores"]} == {True}
    (leavitt,) = [one for one in data["forecasts"] if one["speaker"] == "Karoline Leavitt"]
    assert (leavitt["outcome"], leavitt["settled_by_key"]) == ("came-true", "june-5-call")
    text = run(["forecasts", "--log", "geneva-2025", "--known-on", "2025-06-04"]).stdout
    assert "came true:" not in text
    assert "Fewer than 10 settled ones" in text
    assert "There is none" in run(["forecasts", "--known-on", "2018-01-01"]).stdout
    later = run(["forecasts", "--log", "geneva-2025", "--known-on", "2025-09-01"])
    assert later.stderr.count("known through 2025-06-06") == 1


def test_text_keeps_to_its_width():
    log = load_log("geneva-2025")
    found = forecasts(log)
    text = forecasts_text(found, scores(found), log, None, width=100)
    assert max(map(len, text.splitlines())) <= 100
    assert forecasts_data(found, [], log, None)["scores"] == []
