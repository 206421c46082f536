"""Questions to a small log by hand: on a day, between two days, why, and which."""

import datetime as dt

import pytest

import tariffsim as ts
from tariffsim import query
from tariffsim.errors import UnknownName
from tariffsim.events import (
    Amount,
    Claim,
    ControlEased,
    ControlSet,
    Disputed,
    ForecastSettled,
    MeasureEnacted,
    Position,
    RateSet,
    Retracted,
    StatementMade,
    Suspended,
    SuspensionEndSet,
    Terminated,
)
from tariffsim.files.mfn import load_mfn
from tariffsim.identity import event_id
from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.log import append, make_log
from tariffsim.report import record
from tariffsim.report.reasons import reasons_text
from tariffsim.scopes import DayInterval, Partners, Products, ShareInterval
from tariffsim.timeline import timeline
from tariffsim.undo import undo, undoing


def day(month, number):
    return dt.date(2025, month, number)


FACT = Claim(source="order", grade="primary", fact="S0-26")
LAW = MeasureEnacted(
    key="law",
    announced=day(4, 2),
    effective=day(4, 5),
    measure="us-duty",
    imposer="USA",
    authority="ieepa",
    group="base",
    partners=Partners(include=("CHN",)),
    products=Products(),
)
FIRST = RateSet(
    key="first", announced=day(4, 2), effective=day(4, 5), measure="us-duty", rate=100_000
)
SECOND = RateSet(
    key="second", announced=day(4, 9), measure="us-duty", rate=1_250_000, claims=(FACT,)
)
PAUSE = Suspended(
    key="pause",
    announced=day(5, 12),
    effective=day(5, 14),
    measure="us-duty",
    suspension="geneva",
    points=1_150_000,
    until=day(8, 12),
)
LOW, HIGH = ShareInterval(low=0, high=200_000), ShareInterval(low=500_000, high=900_000)
CONTROL = ControlSet(
    key="control",
    announced=day(4, 4),
    control="rare-earths",
    imposer="CHN",
    destinations=Partners(include=("WLD",)),
    products=Products(include=()),
    approval=LOW,
    delay_days=DayInterval(low=45, high=90),
    authority="cn-law",
)
EASED = ControlEased(
    key="eased",
    announced=day(6, 1),
    control="rare-earths",
    approval=HIGH,
    delay_days=DayInterval(low=10, high=45),
)
LOG = make_log("example", [LAW, FIRST, SECOND, PAUSE, CONTROL, EASED])


def keys(entries):
    return [entry.event.key for entry in entries]


@pytest.mark.parametrize(
    ("on", "known", "percent"),
    [
        (day(4, 4), None, 0),
        (day(4, 5), None, 10),
        (day(4, 9), None, 125),
        (day(5, 14), None, 10),
        (day(8, 12), None, 125),
        (day(4, 9), day(4, 8), 10),  # before the second rate was known
        (day(5, 14), day(5, 11), 125),
        (day(8, 12), day(5, 12), 125),
    ],
)
def test_on_a_day_as_known_on_a_day(on, known, percent):
    stacked = query.state(LOG, on, "USA", "CHN", known=known)
    assert (stacked.low, stacked.high) == (percent * EXACT_PER_PERCENT,) * 2
    assert (stacked.on, stacked.importer, stacked.exporter) == (on, "USA", "CHN")


def test_between_two_days_only_what_differs():
    found = query.difference(LOG, day(5, 13), day(5, 14))
    (change,) = found.rates
    assert (change.measure, change.before, change.after) == ("us-duty", 1_250_000, 100_000)
    assert keys(change.events) == ["pause"]
    assert found.controls == ()
    assert found.learnt == ()
    assert query.difference(LOG, day(5, 14), day(5, 15)).rates == ()


def test_what_was_learnt_is_what_was_announced_after_the_first_day_and_by_the_second():
    assert keys(query.difference(LOG, day(4, 2), day(4, 9)).learnt) == ["control", "second"]
    assert keys(query.difference(LOG, day(4, 9), day(5, 12)).learnt) == ["pause"]


def test_what_is_not_in_force_has_no_rate():
    (change,) = query.difference(LOG, day(4, 4), day(4, 5)).rates
    assert (change.before, change.after) == (None, 100_000)
    assert keys(change.events) == ["first", "law"]
    over = Terminated(key="over", announced=day(5, 1), measure="us-duty")
    (change,) = query.difference(append(LOG, [over]), day(4, 30), day(5, 1)).rates
    assert (change.before, change.after) == (1_250_000, None)
    assert keys(change.events) == ["over"]


def test_the_end_of_a_pause_is_a_change_that_names_the_law_behind_it():
    (change,) = query.difference(LOG, day(8, 11), day(8, 12)).rates
    assert (change.before, change.after) == (100_000, 1_250_000)
    assert keys(change.events) == ["second"]


FEE = MeasureEnacted(
    key="fee",
    announced=day(4, 20),
    effective=day(5, 2),
    measure="parcel-fee",
    imposer="USA",
    authority="ieepa",
    group="parcels",
    form="fee",
    amount=Amount(minor_units=10_000, currency="USD", per="postal item"),
    partners=Partners(include=("CHN",)),
    products=Products(),
)
FEE_PAUSED = Suspended(
    key="fee-paused", announced=day(6, 1), measure="parcel-fee", suspension="p", points=None
)
FEE_OVER = Terminated(key="fee-over", announced=day(7, 1), measure="parcel-fee")


@pytest.mark.parametrize(
    ("first", "second", "before", "after", "text", "key"),
    [
        ((5, 1), (5, 2), None, "in-force", "not in force -> 100.00 USD a postal item", "fee"),
        ((5, 31), (6, 1), "in-force", "paused", "100.00 USD a postal item -> paused", "fee-paused"),
        ((6, 30), (7, 1), "paused", None, "paused -> not in force", "fee-over"),
    ],
)
def test_what_is_no_rate_is_shown_in_its_own_unit(first, second, before, after, text, key):
    log, days = append(LOG, [FEE, FEE_PAUSED, FEE_OVER]), (day(*first), day(*second))
    found = query.difference(log, *days)
    (change,) = found.own_units
    assert (change.before, change.after, keys(change.events)) == (before, after, [key])
    assert found.rates == ()
    assert f"\n  parcel-fee: {text}  ({key})\n" in record.difference_text(found, *days)
    (row,) = record.difference_data(found, *days)["in_own_unit"]
    assert (row["before"], row["after"]) == (before, after)
    assert row["amount"] == {"value": "100.00", "currency": "USD", "per": "postal item"}
    still = query.difference(log, days[1], days[1])
    assert still.own_units == ()
    assert "in_own_unit" not in record.difference_data(still, *days)


def test_a_control_that_is_paused_names_the_pause():
    paused = Suspended(
        key="off", announced=day(7, 1), measure="rare-earths", suspension="p", points=None
    )
    (change,) = query.difference(append(LOG, [paused]), day(6, 30), day(7, 1)).controls
    assert (change.before, change.after, keys(change.events)) == (HIGH, None, ["off"])


def test_controls_between_two_days():
    (change,) = query.difference(LOG, day(4, 3), day(4, 4)).controls
    assert (change.control, change.before, change.after) == ("rare-earths", None, LOW)
    (change,) = query.difference(LOG, day(5, 31), day(6, 1)).controls
    assert (change.before, change.after) == (LOW, HIGH)
    assert keys(change.events) == ["eased"]


def test_why_names_the_pauses_on_a_rate():
    def paused(log, key, known=None):
        (reasons,) = query.why(log, key, known=known)
        return keys(reasons.paused_by)

    assert paused(LOG, "second") == ["pause"]
    assert paused(LOG, "second", known=day(5, 11)) == []
    assert paused(LOG, "first") == paused(LOG, "law") == []  # replaced before the pause began
    over = RateSet(key="over", announced=day(8, 12), measure="us-duty", rate=340_000)
    moved = SuspensionEndSet(
        key="moved", announced=day(8, 11), measure="us-duty", suspension="geneva", until=day(9, 1)
    )
    assert paused(append(LOG, [over]), "over") == []  # the pause has lapsed by then
    log = append(LOG, [over, moved])
    assert paused(log, "over") == paused(log, "second") == ["pause", "moved"]
    text = reasons_text(query.why(log, "second")[0], log)
    assert "Paused by:\n  pause, 2025-05-12" in text


def test_as_known_on_hides_later_changes():
    found = query.difference(LOG, day(5, 13), day(5, 14), known=day(5, 1))
    assert found.rates == found.learnt == ()


def test_why_names_what_it_replaced_and_what_replaced_it():
    (reasons,) = query.why(LOG, "first")
    assert (reasons.replaced, reasons.replaced_by.event.key) == (None, "second")
    (reasons,) = query.why(LOG, "S0-26")
    assert reasons.entry.event == SECOND
    assert (reasons.replaced.event.key, reasons.replaced_by) == ("first", None)
    (reasons,) = query.why(LOG, "first", known=day(4, 8))
    assert reasons.replaced_by is None
    (reasons,) = query.why(LOG, "eased")
    assert reasons.replaced.event.key == "control"


def test_why_names_what_was_said_of_it_and_what_it_rests_on():
    forecast = StatementMade(
        key="forecast",
        announced=day(4, 10),
        speaker="somebody",
        form="forecast",
        about="duties",
        text="they will fall",
    )
    settled = ForecastSettled(
        key="settled",
        announced=day(5, 14),
        forecast=event_id(forecast),
        outcome="came-true",
        settled_by=event_id(PAUSE),
    )
    sides = tuple(Position(party=party, says="otherwise") for party in ("one", "another"))
    doubted = Disputed(key="doubted", announced=day(4, 20), event=event_id(SECOND), positions=sides)
    log = append(LOG, [forecast, settled, doubted])
    (reasons,) = query.why(log, "forecast")
    assert keys(reasons.about_it) == ["settled"]
    (reasons,) = query.why(log, "second")
    assert keys(reasons.about_it) == ["doubted"]
    (reasons,) = query.why(log, "settled")
    assert set(keys(reasons.rests_on)) == {"forecast", "pause"}
    assert query.why(log, "forecast", known=day(5, 1))[0].about_it == ()


def test_what_was_retracted_is_not_found_as_known_after():
    gone = Retracted(announced=day(4, 20), event=event_id(FIRST), reason="misread")
    log = append(LOG, [gone])
    assert query.why(log, "first", known=day(4, 19))
    with pytest.raises(UnknownName):
        query.why(log, "first", known=day(4, 20))


def test_select():
    assert keys(query.select(LOG, kind="rate_set")) == ["first", "second"]
    assert keys(query.select(LOG, measure="rare-earths")) == ["control", "eased"]
    assert keys(query.select(LOG, since=day(5, 12))) == ["pause", "eased"]
    found = query.select(LOG, since=day(4, 9), measure="us-duty", kind="rate_set")
    assert keys(found) == ["second"]
    assert len(query.select(LOG)) == len(LOG)


def test_select_says_what_there_is():
    with pytest.raises(UnknownName, match="did you mean 'rate_set'"):
        query.select(LOG, kind="rateset")
    with pytest.raises(UnknownName, match="did you mean 'us-duty'"):
        query.select(LOG, measure="us-dutty")


def test_a_day_may_be_text_and_nothing_else_that_is_no_day():
    log = ts.load_log("us-china")
    day = dt.date(2025, 5, 14)
    assert ts.state(log, "2025-05-14", "USA", "CHN") == ts.state(log, day, "USA", "CHN")
    assert ts.difference(log, "2025-05-13", "2025-05-14", known="2025-06-06") == ts.difference(
        log, dt.date(2025, 5, 13), day, known=dt.date(2025, 6, 6)
    )
    noon = dt.datetime(2025, 5, 14, 12, tzinfo=dt.UTC)
    assert ts.state(log, noon, "USA", "CHN") == ts.state(log, day, "USA", "CHN")
    for wrong in ("14 May 2025", 20250514, None):
        with pytest.raises(ts.TariffsimError, match="date must be"):
            ts.state(log, wrong, "USA", "CHN")


@pytest.fixture(scope="module")
def china():
    return ts.load_log("us-china")


def test_a_product_may_be_written_with_dots(china):
    dotted = ts.state(china, "2025-05-14", "USA", "CHN", product="8517.13")
    assert dotted == ts.state(china, "2025-05-14", "USA", "CHN", product="851713")
    assert dotted.product == "851713"
    assert dotted.low / 10**10 == 20


WRONG_FLOWS = [
    ("usa", "CHN", "did you mean 'USA'"),
    ("USA", "China", "did you mean 'CHN'"),
    ("USA", "USA", "must differ, got USA twice"),
    ("WLD", "CHN", "economy must be one, got WLD"),
    ("USA", None, "economy must be a code as text, got None"),
    (840, "CHN", "economy must be a code as text, got 840"),
]
WRONG_PRODUCTS = [
    (8517, "product must be an HS code as text, got 8517; write '8517'"),
    ("851", "HS code of 2, 4, 6, 8 or 10 digits"),
    ("", "HS code of 2, 4, 6, 8 or 10 digits"),
]


@pytest.mark.parametrize(
    "ask", [lambda *a, **k: ts.state(a[0], "2025-05-14", *a[1:], **k), timeline]
)
def test_what_is_no_flow_and_no_product_is_refused(ask, china):
    for importer, exporter, message in WRONG_FLOWS:
        with pytest.raises(ts.TariffsimError, match=message):
            ask(china, importer, exporter)
    for product, message in WRONG_PRODUCTS:
        with pytest.raises(ts.TariffsimError, match=message):
            ask(china, "USA", "CHN", product=product)


def test_the_path_of_a_rate_takes_codes_and_days_as_people_write_them(china):
    days = (dt.date(2025, 4, 1), dt.date(2025, 6, 30))
    plain = timeline(china, "USA", "CHN", product="851713", between=days, known=days[1])
    texts = ("2025-04-01", "2025-06-30")
    written = timeline(china, "USA", "CHN", product="8517.13", between=texts, known=texts[1])
    assert written == plain
    assert plain.steps
    with pytest.raises(ts.TariffsimError, match="date must be written"):
        timeline(china, "USA", "CHN", between=("1 April", None))


def test_undoing_takes_codes_and_days_as_people_write_them(china):
    day, measure = dt.date(2025, 4, 5), "us-ieepa-fentanyl-china"
    plain = undoing(china, measure, since=day, known=dt.date(2025, 6, 6), importer="USA")
    written = undoing(china, measure, since="2025-04-05", known="2025-06-06", importer="USA")
    assert undo(written, exporter="CHN", product="8517.13") == undo(
        plain, exporter="CHN", product="851713"
    )
    for wrong in ({"importer": "usa"}, {"since": "5 April"}, {"known": 2025}):
        with pytest.raises(ts.TariffsimError, match="must be"):
            undoing(china, measure, **wrong)
    with pytest.raises(ts.TariffsimError, match="must differ, got USA twice"):
        undo(plain, exporter="USA")
    with pytest.raises(ts.TariffsimError, match="got 8517; write '8517'"):
        undo(plain, product=8517)


def test_rates_of_an_importer_are_asked_for_by_its_code():
    with pytest.raises(ts.TariffsimError, match="did you mean 'USA'"):
        load_mfn("usa")


@pytest.mark.parametrize("log", ["us-china", None])
def test_what_is_no_log_is_refused(log):
    for ask in (
        lambda: ts.state(log, "2025-05-14", "USA", "CHN"),
        lambda: ts.difference(log, "2025-05-13", "2025-05-14"),
        lambda: ts.why(log, "S0-26"),
        lambda: ts.known_on(log, "2025-05-14"),
    ):
        with pytest.raises(ts.TariffsimError, match="log must be a Log"):
            ask()


def test_why_takes_a_day_as_text_and_no_number(china):
    day = dt.date(2025, 6, 6)
    assert ts.why(china, "us-fentanyl-10", known="2025-06-06") == ts.why(
        china, "us-fentanyl-10", known=day
    )
    with pytest.raises(ts.TariffsimError, match="event must be a key"):
        ts.why(china, 26)
