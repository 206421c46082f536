"""Duties in their own unit: shown beside a rate, entering it where a unit value is given."""

import datetime as dt
import json
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.axes import Axis, TradeAxes
from tariffsim.errors import InputError
from tariffsim.events import Amount, MeasureEnacted, StackingRule, StackingSet, Suspended
from tariffsim.files import logs
from tariffsim.log import make_log
from tariffsim.query import state
from tariffsim.reduce import at_unit_values, compile_rates, fold, own_units_on, rate_on, stacked_on
from tariffsim.reduce.own_unit import rate_at
from tariffsim.scopes import Partners, Products
from tariffsim.undo import undo, undoing
from tariffsim.unit_value import UnitValue, parse_unit_value
from tests.command_line import tariffsim

DAY = dt.date(2025, 5, 1)


def law(form="specific", minor_units=250, per="kilogram", currency="USD", **fields):
    return MeasureEnacted(
        announced=DAY,
        measure="by-weight",
        imposer="USA",
        authority="some-law",
        group="by-weight",
        partners=Partners(include=("CHN",)),
        products=Products(include=("0203",)),
        form=form,
        amount=Amount(minor_units=minor_units, currency=currency, per=per),
        **fields,
    )


def folded(*events):
    return fold(make_log("example", events))


def total(found):
    return found.low, found.high


@pytest.mark.parametrize(
    ("form", "minor_units", "unit_value", "rate"),
    [
        ("specific", 250, "12.50/kg", 200_000),
        ("specific", 250, "12500 USD/tonne", 200_000),
        ("fee", 250, "0.0125/g", 200_000),
        ("specific", 250, "30/kg", 83_333),  # 83 333.3 parts per million
        ("specific", 1, "20000/kg", 0),  # half a part: to the even one
        ("specific", 3, "20000/kg", 2),  # one and a half
        ("specific", 100, "1/lb", 453_592),
        ("minimum-price", 2100, "18/kg", 166_667),
        ("minimum-price", 2100, "21/kg", 0),
        ("minimum-price", 2100, "30/kg", 0),
        ("specific", 250, "12.50 EUR/kg", None),
        ("specific", 250, "12.50/item", None),
        ("quota", 250, "12.50/kg", None),
    ],
)
def test_the_rate_at_a_unit_value(form, minor_units, unit_value, rate):
    assert rate_at(law(form, minor_units), parse_unit_value(unit_value)) == rate


@given(
    minor=st.integers(1, 10**6),
    worth=st.integers(1, 10**8).map(lambda n: Decimal(n).scaleb(-3)),
)
def test_the_rate_is_the_exact_one_to_half_a_part(minor, worth):
    value = UnitValue(amount=worth, per="kilogram")
    exact = Fraction(minor, 100) / Fraction(worth)
    if exact > 1000:
        with pytest.raises(InputError, match="must be plausible"):
            rate_at(law(minor_units=minor), value)
        return
    rate = rate_at(law(minor_units=minor), value)
    assert abs(Fraction(rate, 10**6) - exact) <= Fraction(1, 2 * 10**6)
    # A minimum price is a specific duty less what the goods are worth already.
    floor = rate_at(law("minimum-price", minor), value)
    assert abs(floor - max(rate - 10**6, 0)) <= 1


@pytest.mark.parametrize(
    "text", ["", "12.50", "/kg", "-3/kg", "0/kg", "1,5/kg", "12.50 usd/kg", "x/kg", "12//kg"]
)
def test_what_is_no_unit_value(text):
    with pytest.raises(ValueError, match="unit value must be an amount above zero and a unit"):
        parse_unit_value(text)


def test_without_a_unit_value_it_is_beside_the_rate_and_not_in_it():
    state = folded(law())
    assert stacked_on(state, DAY, "USA", "CHN", "020321").layers == ()
    (beside,) = own_units_on(state, DAY, "USA", "CHN", "020321")
    assert (beside.measure, beside.law.amount.minor_units, beside.paused) == (
        "by-weight",
        250,
        False,
    )
    assert own_units_on(state, DAY, "USA", "CHN", "0101") == ()
    assert own_units_on(state, DAY, "USA", "VNM", "0203") == ()
    assert own_units_on(state, DAY - dt.timedelta(days=1), "USA", "CHN", "0203") == ()


def test_with_one_it_is_stacked_like_any_other_duty():
    """Paused, stepped aside for, on its goods and partners alone; compiled as folded."""
    other = MeasureEnacted(
        announced=DAY, measure="on-value", imposer="USA", authority="some-law", group="on-value",
        partners=Partners(include=("WLD",)), products=Products(),
    )  # fmt: skip
    aside = StackingSet(
        announced=DAY, effective=dt.date(2025, 8, 1), name="aside", imposer="USA",
        rule=StackingRule(kind="yields", group="by-weight", to=("on-value",)),
    )  # fmt: skip
    pause = Suspended(
        announced=DAY, effective=dt.date(2025, 6, 1), measure="by-weight", suspension="pause",
        points=None, until=dt.date(2025, 7, 1),
    )  # fmt: skip
    state = at_unit_values(folded(law(), other, aside, pause), [parse_unit_value("12.50/kg")])
    rate = 200_000 * 10**6
    expected = {DAY: rate, pause.effective: 0, pause.until: rate, aside.effective: 0}
    for day, low in expected.items():
        assert total(stacked_on(state, day, "USA", "CHN", "0203")) == (low, low)
        assert total(stacked_on(state, day, "USA", "CHN", "0101")) == (0, 0)
        assert total(stacked_on(state, day, "USA", "VNM", "0203")) == (0, 0)
    axes = TradeAxes(
        importer=Axis("importer", ["USA"]),
        exporter=Axis("exporter", ["CHN"]),
        product=Axis("product", ["0203"]),
    )
    low, _ = compile_rates(state, axes).exact(expected)
    assert low[:, 0, 0, 0].tolist() == list(expected.values())
    (beside,) = own_units_on(folded(law(), pause), pause.effective, "USA", "CHN", "0203")
    assert (beside.paused, beside.until) == (True, pause.until)


def test_no_unit_value_leaves_the_state_alone():
    state = folded(law())
    assert at_unit_values(state, []) is state
    assert (
        rate_on(at_unit_values(state, [parse_unit_value("1/item")]).measures["by-weight"], DAY) == 0
    )


@pytest.fixture(scope="module")
def log():
    return logs.load_log("us-china")


@pytest.fixture
def command(log, monkeypatch):
    monkeypatch.setattr(logs, "load_log", lambda _: log)
    return tariffsim


POLYSILICON = ("state", "2026-12-10", "--product", "2804.61")


def test_the_minimum_price_of_polysilicon(command, log):
    plain = json.loads(command(*POLYSILICON, "--json").out)
    assert plain["total_percent"] == 50
    (price, _) = plain["in_own_unit"]
    assert price["measure"] == "us-232-polysilicon-price"
    assert price["amount"] == {"value": "21.00", "currency": "USD", "per": "kilogram"}
    assert not price["enters_rate"]
    at_18 = json.loads(command(*POLYSILICON, "--json", "--unit-value", "18/kg").out)
    assert at_18["total_percent"] == pytest.approx(50 + 100 * 3 / 18, abs=5e-5)
    assert at_18["in_own_unit"][0]["enters_rate"]
    day = dt.date(2026, 12, 10)
    stacked = state(
        log, day, "USA", "CHN", product="280461", unit_values=[parse_unit_value("18/kg")]
    )
    assert stacked.low == (500_000 + 166_667) * 10**6


def test_text_says_what_it_takes_in_and_out_of_the_rate(command):
    beside = command(*POLYSILICON).out
    assert "Beside the rate, in their own unit:" in beside
    assert "at least 21.00 USD a kilogram" in beside
    entered = command(*POLYSILICON, "--unit-value", "18/kg").out
    assert "16.67 %" in entered
    assert "(at least 21.00 USD a kilogram, at the unit value given)" in entered
    foreign = command(*POLYSILICON, "--unit-value", "18 EUR/kg").out
    assert foreign == beside
    for value, said in (
        ("18 EUR/kg", "--unit-value 18 EUR/kilogram enters no rate on this flow that day: duties "
         "there take USD/kilogram"),
        ("40/postal item", "--unit-value 40/postal item enters no rate"),
    ):  # fmt: skip
        answer = command(*POLYSILICON, "--unit-value", value)
        assert (answer.code, said in answer.err) == (0, True)
    assert "enters no rate" not in command(*POLYSILICON, "--unit-value", "18/kg").err
    both = command(*POLYSILICON, "--unit-value", "18/kg", "--unit-value", "20/kg", "--json")
    assert "--unit-value 20/kilogram enters no rate" in both.err
    assert "--unit-value 18/kilogram" not in both.err
    none = command("state", "2024-06-01", "--product", "8517.13", "--unit-value", "18/kg")
    assert "no duty there is in such a unit" in none.err
    refused = command(*POLYSILICON, "--unit-value", "18")
    assert refused.code == 2
    assert "unit value must be an amount above zero and a unit" in refused.err


def test_a_unit_value_that_no_duty_of_the_log_takes_is_told_of_an_undoing(command):
    line = ("undo", "us-de-minimis-postal-100", "--unit-value", "40/postal item", "--json")
    fits = command(*line)
    assert "enters no rate" not in fits.err
    odd = command(*line, "--unit-value", "3/bushel")
    assert (odd.code, odd.out) == (0, fits.out)
    assert "--unit-value 3/bushel enters no rate of the log us-china: duties there take" in odd.err


def test_a_fee_is_undone_at_a_unit_value(log):
    name = "us-de-minimis-postal-100"
    with pytest.raises(InputError, match="--unit-value AMOUNT/postal item"):
        undoing(log, name)
    undone = undoing(log, name, unit_values=[parse_unit_value("40/postal item")])
    spans = undo(undone, exporter="CHN").spans
    assert {span.difference_ends for span in spans} == {(250 * 10**10, 250 * 10**10)}
    assert (spans[0].start, spans[-1].end) == (dt.date(2025, 5, 2), dt.date(2026, 2, 24))
