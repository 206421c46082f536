"""Ordinary duties by chapter: the packaged tables, the layer under a stack, and the option."""

import datetime as dt
import functools
import json
from decimal import Decimal

import pytest
from typer.testing import CliRunner

from tariffsim.cli import app
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.logs import load_log
from tariffsim.files.mfn import load_mfn
from tariffsim.log import Source
from tariffsim.mfn import mfn_of, read_mfn, with_mfn
from tariffsim.reduce import fold, stacked_on

run = functools.partial(CliRunner().invoke, app)
CHAPTERS = [f"{number:02d}" for number in range(1, 98) if number != 77]
SOURCES = {
    "schedule": Source(key="schedule", title="S", publisher="P", published=dt.date(2025, 1, 1))
}
HEAD = "product,mfn_rate,lines,basis,source,grade\n"


@pytest.mark.parametrize("importer", ["USA", "CHN"])
def test_packaged_tables_cover_every_chapter_and_say_where_from(importer):
    table = load_mfn(importer)
    assert list(table) == CHAPTERS
    assert {rate.importer for rate in table.values()} == {importer}
    for rate in table.values():
        assert rate.lines > 0
        # An average of a later vintage stands for every day, so it must be a listed exception.
        assert rate.source.exception


def test_figures_of_the_united_states():
    """Simple averages of the 2025 schedule: tobacco high, paper free, machinery low."""
    table = load_mfn("USA")
    found = {chapter: table[chapter].rate / 10_000 for chapter in ("24", "48", "61", "84", "85")}
    assert found == {"24": 39.2516, "48": 0, "61": 11.3841, "84": 1.4112, "85": 1.4202}
    assert {rate.grade for rate in table.values()} == {"M"}


def test_figures_of_china_are_of_sections_and_flagged():
    table = load_mfn("CHN")
    assert {rate.grade for rate in table.values()} == {"L"}
    by_section = {rate.basis: (rate.rate, rate.lines) for rate in table.values()}
    assert len(by_section) == 21
    assert table["84"].rate == table["85"].rate == 81_720
    assert table["85"].words == "simple average of section XVI in January 2018, 781 lines"
    # The average over all lines is printed with the source.
    lines = sum(count for _, count in by_section.values())
    average = sum(rate * count for rate, count in by_section.values()) / lines / 10_000
    assert average == pytest.approx(9.713, abs=0.005)


@pytest.mark.parametrize(
    ("rows", "complaint"),
    [
        ("01,5,3,chapter,schedule,M", "rate must carry its unit"),
        ("0101,5%,3,chapter,schedule,M", "chapter of two digits"),
        ("01,5%,3,chapter,nowhere,M", "nowhere"),
        ("01,5%,3,chapter,schedule,M\n01,6%,3,chapter,schedule,M", "stands twice"),
        ("01,5%,many,chapter,schedule,M", "whole number"),
    ],
)
def test_bad_rows_are_refused_with_their_line(rows, complaint):
    with pytest.raises(InputError, match=complaint) as caught:
        read_mfn(HEAD + rows, importer="USA", file="mfn-usa.csv", sources=SOURCES)
    assert f"mfn-usa.csv:{1 + len(rows.splitlines())}:1: error:" in str(caught.value)


def test_the_layer_comes_first_and_the_sum_is_exact():
    state = fold(load_log("us-china"))
    table = load_mfn("USA")
    for product in ("85", "8505", "7208", "24", "8517.13".replace(".", "")):
        bare = stacked_on(state, dt.date(2025, 5, 20), "USA", "CHN", product)
        whole = with_mfn(bare, mfn_of(table, product))
        assert whole.layers[0].measure == "mfn"
        assert whole.layers[1:] == bare.layers
        rate = table[product[:2]].rate * 10**6
        assert (whole.low - bare.low, whole.high - bare.high) == (rate, rate)


def test_what_has_no_rate_is_refused():
    with pytest.raises(UnknownName, match="CHN and USA"):
        load_mfn("DEU")
    with pytest.raises(UnknownName, match="chapter 98"):
        mfn_of(load_mfn("USA"), "9801")


def test_option_marks_the_average():
    asked = ["state", "2025-04-12", "--product", "8517.13"]
    plain, with_it = (
        json.loads(run([*asked, *more, "--json"]).stdout) for more in ([], ["--with-mfn"])
    )
    first = with_it["layers"][0]
    assert (first["measure"], first["rate_percent"], first["event"]) == ("mfn", 1.4202, None)
    assert first["basis"] == "simple average of chapter 85, 605 lines"
    assert first["sources"][0]["source"] == "usitc-hts-2025"
    total = sum(Decimal(str(layer["rate_percent"])) for layer in with_it["layers"])
    assert total == Decimal(str(with_it["total_percent"])) == Decimal("21.4202")
    assert with_it["layers"][1:] == plain["layers"]
    assert with_it.keys() == plain.keys()
    assert all("basis" not in layer for layer in plain["layers"])
    text = run([*asked, "--with-mfn"]).stdout
    assert "The ordinary duty is an average" in text
    assert "[usitc-hts-2025] Harmonized Tariff Schedule" in text
    assert "ordinary duty" not in run(asked).stdout


def test_option_needs_a_product():
    """The headline is what comes on top of MFN; there is no one MFN rate of all goods."""
    refused = run(["state", "2025-04-12", "--with-mfn"])
    assert refused.exit_code == 2
    assert "--with-mfn needs --product" in refused.stderr
