"""Terms: exact values from what people write, or a message that says what to write instead."""

import datetime as dt

import pytest

from tariffsim import terms
from tariffsim.scenario.months import parse_month
from tariffsim.unit_value import parse_unit_value


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("145%", 1_450_000),
        ("12.5%", 125_000),
        (" 7 % ", 70_000),
        ("0%", 0),
        ("0.0001%", 1),
        ("+3%", 30_000),
    ],
)
def test_rates_are_whole_parts_per_million(text, parts):
    assert terms.parse_rate(text) == parts


@pytest.mark.parametrize(
    ("text", "hint"),
    [
        ("10", "write 10%"),
        ("1.45", "1.45% or 145%"),  # the same digits, two meanings
        ("", "got nothing"),
        ("ten", "write for example 12.5%"),
        ("-5%", "must not be negative"),
        ("0.00001%", "at most four decimals"),
        ("1e2%", "written like 12.5%"),
        ("12,5%", "written like 12.5%"),
    ],
)
def test_a_rate_that_could_mean_something_else_is_refused(text, hint):
    with pytest.raises(ValueError, match=hint):
        terms.parse_rate(text)


def test_shares_lie_between_nothing_and_all():
    assert [terms.parse_share(t) for t in ("0%", "25%", "100%")] == [0, 250_000, 1_000_000]
    for text in ("100.0001%", "-1%"):
        with pytest.raises(ValueError, match="between 0% and 100%"):
            terms.parse_share(text)
    with pytest.raises(ValueError, match="share must carry its unit"):
        terms.parse_share("0.25")


@pytest.mark.parametrize(
    ("parts", "text"),
    [(1_450_000, "145%"), (125_000, "12.5%"), (0, "0%"), (1, "0.0001%"), (-20_000, "-2%")],
)
def test_percent_are_written_without_needless_zeros(parts, text):
    assert terms.percent(parts) == text


@pytest.mark.parametrize(
    "text", ["2025-4-9", "09-04-2025", "20250409", "2025-04-09T00:00", "04/09/2025", "", "2025"]
)
def test_a_day_has_one_spelling(text):
    with pytest.raises(ValueError, match="YYYY-MM-DD"):
        terms.parse_day(text)


def test_a_day_must_exist():
    assert terms.parse_day("2024-02-29") == dt.date(2024, 2, 29)
    with pytest.raises(ValueError, match="a day that exists, got 2025-02-29"):
        terms.parse_day("2025-02-29")


@pytest.mark.parametrize("code", ["USA", "CHN", "EU27", "ROW", "WLD"])
def test_economies(code):
    assert terms.parse_economy(code) == code


@pytest.mark.parametrize(
    ("text", "hint"),
    [("US", "'USA'"), ("China", "'CHN'"), ("EU", "'EU27'"), ("usa", "'USA'"), ("NO", "NO")],
)
def test_what_is_no_economy_code_is_refused_with_the_likely_one(text, hint):
    with pytest.raises(ValueError, match=f"ISO 3166 alpha-3.*{hint}"):
        terms.parse_economy(text)


@pytest.mark.parametrize(
    ("text", "code"), [("0101", "0101"), ("8517.13", "851713"), ("84", "84"), ("8471300100",) * 2]
)
def test_products_keep_their_zeros(text, code):
    assert terms.parse_product(text) == code


@pytest.mark.parametrize("text", ["101", "8", "", "84713001001", "84a1", "٠١", "84 71", "8517-13"])
def test_what_is_no_product_code_is_refused(text):
    with pytest.raises(ValueError, match="HS code of 2, 4, 6, 8 or 10 digits"):
        terms.parse_product(text)


def test_slugs():
    assert terms.parse_slug("us-section-301") == "us-section-301"
    for text in ("US", "us_301", "-us", "us-", "us--301", "", "us 301", "zölle"):
        with pytest.raises(ValueError, match="lower case letters, digits and single hyphens"):
            terms.parse_slug(text)


def test_decimals_stay_exact_and_take_their_shortest_form():
    found = [terms.parse_decimal(text) for text in ("582.40", "1e3", "-0.10", "0", "100")]
    assert found == ["582.4", "1000", "-0.1", "0", "100"]
    for text in ("NaN", "Infinity", "1,000", "", "ten"):
        with pytest.raises(ValueError, match="value must be"):
            terms.parse_decimal(text)


def test_whole_numbers():
    assert terms.parse_whole("45") == 45
    for text in ("-1", "4.5", "", "1e2"):
        with pytest.raises(ValueError, match="whole number"):
            terms.parse_whole(text)


def test_the_nearest_word_is_asked_for_and_a_far_one_is_not():
    assert terms.nearest("efective", ["effective", "announced"]) == "; did you mean 'effective'?"
    assert terms.nearest("xyz", ["effective", "announced"]) == ""


@pytest.mark.parametrize("ten", ["\u0661\u0660", "\uff11\uff10", "\u0967\u0966"])
def test_digits_of_other_scripts_are_refused_wherever_a_number_is_read(ten):
    for parse, text in (
        (terms.parse_rate, f"{ten}%"),
        (terms.parse_share, f"{ten}%"),
        (terms.parse_decimal, ten),
        (terms.parse_whole, ten),
        (terms.parse_day, f"20{ten}-01-02"),
        (parse_month, f"20{ten}-01"),
        (parse_unit_value, f"{ten}/kg"),
    ):
        with pytest.raises(ValueError, match="must be"):
            parse(text)
    with pytest.raises(ValueError, match=r"write for example 12\.5%"):
        terms.parse_rate(ten)


def test_a_percent_sign_may_stand_off_by_any_blank():
    assert [terms.parse_rate(f"10{blank}%") for blank in (" ", "\u00a0", "\u202f")] == [100_000] * 3
