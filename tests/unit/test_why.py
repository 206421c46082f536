"""`why` in words: everything an event says, in full, at any width."""

import re
from unittest import mock

import pytest

from tariffsim import load_log
from tariffsim.cli import show
from tariffsim.query import why
from tariffsim.report.fields import LONGEST_LIST, fields_of
from tariffsim.report.folded import folded
from tariffsim.report.reasons import reasons_text
from tariffsim.report.record import listing
from tests.command_line import tariffsim

GENEVA = load_log("geneva-2025")
CONFLICTS = [entry for entry in GENEVA.entries if re.match(r"c\d+-", entry.event.key or "")]
WIDTHS = (None, 60, 80, 120)


def told(key, *, width=None, log=GENEVA):
    """What `why` writes, and the same with every fold and indent undone."""
    (reasons,) = why(log, key)
    text = folded(reasons_text(reasons, log), width)
    return text, re.sub(r"\s+", " ", text)


def flat(text):
    return re.sub(r"\s+", " ", text)


def test_there_are_all_twelve_conflicts():
    numbers = {int(entry.event.key[1:].split("-")[0]) for entry in CONFLICTS}
    assert numbers == set(range(1, 13))


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("key", [entry.event.key for entry in CONFLICTS])
def test_every_position_of_every_conflict_is_readable(key, width):
    text, joined = told(key, width=width)
    positions = GENEVA.by_key[key].event.positions
    assert positions
    for position in positions:
        assert f"{position.party}: {flat(position.says)} [{position.source}" in joined
        assert flat(f"{position.source} {position.locator}") in joined
        assert position.fact is None or f"fact {position.fact}" in joined
        assert f"[{position.source}] {flat(GENEVA.sources[position.source].title)}" in joined
    assert text.count("\n    - ") == len(positions)
    assert "..." not in text


@pytest.mark.parametrize("width", WIDTHS)
@pytest.mark.parametrize("name", ["us-china", "geneva-2025"])
def test_every_promise_is_readable(name, width):
    log = load_log(name)
    found = [entry for entry in log.entries if entry.event.kind == "agreement_reached"]
    assert found
    for entry in found:
        text, joined = told(entry.event.key, width=width, log=log)
        for promise in entry.event.commitments:
            assert flat(promise.promise) in joined
            for deed in promise.carried_out_by:
                assert log.by_id[deed].event.key in joined
        assert text.count("\n    - ") in (0, len(entry.event.commitments))


def test_the_promise_on_minerals_has_no_act():
    _, joined = told("geneva-agreement")
    assert "since 2 April 2025 (no event carries it out)" in joined


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize("name", ["us-china", "geneva-2025", "canada-china"])
def test_no_line_is_wider_than_the_terminal_but_a_single_word(name, width):
    log = load_log(name)
    for entry in log.entries[::7]:
        (reasons,) = why(log, entry.id)
        for line in folded(reasons_text(reasons, log), width).splitlines():
            assert len(line) <= width or " " not in line.strip()


def test_folds_to_the_terminal_and_not_in_a_pipe():
    key = "c8-who-broke-the-truce"
    piped = tariffsim("why", key, "--log", "geneva-2025").out
    assert max(map(len, piped.splitlines())) > 160
    with mock.patch.object(show, "terminal_width", return_value=60):
        shown = tariffsim("why", key, "--log", "geneva-2025").out
    assert len(shown.splitlines()) > len(piped.splitlines())
    assert flat(shown) == flat(piped)


def said(log, key):
    return dict(fields_of(log.by_key[key].event, log))


def test_values_are_in_words():
    log = load_log("us-china")
    control = said(log, "cn-five-metals")
    assert control["approval"] == ["30% to 80%"]
    assert control["delay_days"] == ["45 to 90 days"]
    assert said(log, "us-postal-100-enacted")["amount"] == ["100.00 USD a postal item"]
    assert said(log, "us-postal-100-enacted")["products"] == ["all goods"]
    assert said(log, "us-port-fees-paused")["points"] == ["all"]
    (rule,) = said(log, "us-labour-yields-232-drones")["rule"]
    assert rule.startswith("section-301-forced-labour steps aside on goods that")
    assert rule.endswith("section-232-drones")


def test_a_long_list_says_how_many_it_holds_and_a_short_one_is_whole():
    log = load_log("us-china")
    lists = [
        (entry.event.products.include, said(log, entry.event.key)["products"][0])
        for entry in log.entries
        if entry.event.kind == "measure_enacted" and entry.event.key
        if entry.event.products.include
    ]
    lengths = [len(codes) for codes, _ in lists]
    assert min(lengths) <= LONGEST_LIST < max(lengths)
    for codes, text in lists:
        if len(codes) > LONGEST_LIST:
            assert text.startswith(f"{len(codes):,} codes, {codes[0]}, ")
            assert "--json" in text
        else:
            assert text.startswith(", ".join(codes))


@pytest.mark.parametrize("name", ["us-china", "geneva-2025", "canada-china"])
def test_no_python_and_no_id_leaks_into_any_text(name):
    log = load_log(name)
    for entry in log.entries:
        text = " ".join(part for _, parts in fields_of(entry.event, log) for part in parts)
        assert not re.search(r"\{'|None|\b[0-9a-f]{64}\b|\bTrue\b|low \d+, high", text)


@pytest.mark.parametrize("width", [60, 80, 120])
@pytest.mark.parametrize(
    "asked",
    [
        "state 2025-05-14 --log geneva-2025",
        "state 2025-05-14 --product 8703",
        "diff 2025-05-01 2025-06-06",
        "log --log geneva-2025",
    ],
)
def test_answers_fold_to_the_terminal_and_lose_no_word(asked, width):
    piped = tariffsim(*asked.split()).out
    assert max(map(len, piped.splitlines())) > width
    with mock.patch.object(show, "terminal_width", return_value=width):
        shown = tariffsim(*asked.split()).out
    assert flat(shown) == flat(piped)
    for line in shown.splitlines():
        assert len(line) <= width or len(line.split()) <= 2


def test_a_table_that_fits_stays_a_table():
    entries = GENEVA.entries[:5]
    assert listing(entries, width=300) == listing(entries)
    narrow = listing(entries, width=60).splitlines()
    assert narrow[2:4] == [
        "  ".join(listing(entries[:1]).splitlines()[1].split()[:4]),
        f"    {entries[0].event.title}"[:60].rsplit(" ", 1)[0]
        if len(entries[0].event.title) > 56
        else f"    {entries[0].event.title}",
    ]


@pytest.mark.parametrize("width", [60, 80, 120])
def test_scores_fit_the_terminal_and_keep_every_name(width):
    with mock.patch.object(show, "width", return_value=width):
        text = tariffsim("forecasts", "--log", "geneva-2025").out
    assert max(map(len, text.splitlines())) <= width
    table = text[text.index("speaker ") :]
    for word in "Alliance for Automotive Innovation".split():
        assert word in table
    assert ("share true" in text) == (width > 60)
    assert re.search(r"forecast +0 +0 +0 +2", text)
