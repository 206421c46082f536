"""Stored logs from the command line: added to, verified, joined, and never half written."""

import json
from pathlib import Path

import pytest

from tests.command_line import tariffsim

CORPUS = Path(__file__).parents[1] / "conformance"
TOY = CORPUS / "toy"


@pytest.fixture
def stored(tmp_path, monkeypatch):
    """Store the toy log as JSON Lines, and stand beside it."""
    monkeypatch.chdir(tmp_path)
    assert tariffsim("log", "add", "toy.jsonl", TOY / "facts.yaml").code == 0
    return tmp_path / "toy.jsonl"


def contents(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}


def test_add_is_idempotent_and_answers_like_the_sheet(stored):
    before = contents(stored.parent)
    assert set(before) == {"toy.jsonl", "HEAD"}
    again = tariffsim("log", "add", stored, TOY / "facts.yaml")
    assert again.code == 0
    assert "0 events added, 3 known already" in again.out
    assert contents(stored.parent) == before
    whole = tariffsim("log", "verify", stored)
    assert whole.code == 0
    assert "3 events, chain whole" in whole.out
    on = ["state", "2025-03-01", "--json", "--log"]
    kept, written = (json.loads(tariffsim(*on, log).out) for log in (stored, TOY))
    assert kept["total_percent"] == written["total_percent"] == 20
    assert kept["layers"][0]["event"] == written["layers"][0]["event"]


def test_better_evidence_is_added_and_no_second_fact(stored):
    sheet = Path("more.yaml")
    text = (TOY / "facts.yaml").read_text().replace("locator: section 2", "locator: page 7")
    sheet.write_text(text)
    answer = tariffsim("log", "add", stored, sheet)
    assert answer.code == 0
    assert "0 events added, 3 known already" in answer.out
    (found,) = json.loads(tariffsim("why", "us-duty-20", "--log", stored, "--json").out)
    locators = [claim["locator"] for claim in found["event"]["claims"]]
    assert locators == ["section 2", "page 7"]
    assert tariffsim("log", "verify", stored).code == 0


@pytest.mark.parametrize(
    ("fact", "words"),
    [
        ("measure: us-duty, rate: 30", "rate must carry its unit, got 30"),
        ("measure: us-dutty, rate: 30%", "did you mean 'us-duty'?"),
        ("measure: us-duty, effective: 2025-02-01, rate: 30%", "retract one of the two"),
        ("measure: us-duty, rate: 30%, efective: 2025-02-01", "'effective'"),
    ],
)
def test_a_faulty_sheet_leaves_the_log_alone(stored, fact, words):
    before = contents(stored.parent)
    sheet = stored.parent / "more" / "facts.yaml"
    sheet.parent.mkdir()
    sheet.write_text(
        "log: toy\nevents:\n"
        "- {type: reviewed, announced: 2025-01-10, through: 2025-01-10}\n"
        f"- {{type: rate_set, announced: 2025-01-10, {fact}}}\n"
    )
    answer = tariffsim("log", "add", stored, sheet)
    assert answer.code == 2
    assert answer.out == ""
    assert words in answer.err
    assert "facts.yaml:4:" in answer.err
    assert contents(stored.parent) == before


def test_a_new_log_is_not_made_of_a_faulty_sheet(tmp_path):
    bad = CORPUS / "invalid" / "negative-rate.yaml"
    assert tariffsim("log", "add", tmp_path / "new.jsonl", bad).code == 2
    assert contents(tmp_path) == {}


@pytest.mark.parametrize(
    ("damage", "words"),
    [
        ("cut", "lines were cut off the end"),
        ("torn", "lines were cut off the end"),
        ("changed", "the chain breaks here"),
        ("one digit of the chain", "the chain breaks here"),
        ("reordered", "seq must be"),
        ("carriage returns", "CR LF"),
        ("no JSON", "one whole JSON object"),
        ("head", "HEAD must be"),
    ],
)
def test_a_damaged_log_is_refused_by_all_and_touched_by_none(stored, damage, words):
    text = stored.read_text()
    first, second, third = text.splitlines(keepends=True)
    spoilt = {
        "cut": first + second,
        "torn": text[:-20],
        "changed": text.replace('"rate":200000', '"rate":200001'),
        "one digit of the chain": text[:20] + ("0" if text[20] != "0" else "1") + text[21:],
        "reordered": second + first + third,
        "carriage returns": text.replace("\n", "\r\n"),
        "no JSON": first + second + third.replace('"event"', "event"),
        "head": text,
    }[damage]
    stored.write_text(spoilt, newline="")
    if damage == "head":
        (stored.parent / "HEAD").write_text("3 lines\n")
    before = contents(stored.parent)
    for command in (
        ["log", "verify", stored],
        ["check", stored],
        ["state", "2025-03-01", "--log", stored],
        ["log", "add", stored, TOY / "facts.yaml"],
    ):
        answer = tariffsim(*command)
        assert answer.code == 2, command
        assert words in answer.err
        assert answer.out == "" or "warning" in answer.out
    assert contents(stored.parent) == before


def test_a_torn_tail_beyond_the_head_is_dropped_with_a_notice(stored):
    with stored.open("a") as stream:
        stream.write('{"chain":"0')
    answer = tariffsim("log", "verify", stored)
    assert answer.code == 0
    assert "3 events, chain whole" in answer.out
    assert "dropped it" in answer.err


def test_merge_joins_two_logs(stored):
    other = stored.parent / "other" / "toy.jsonl"
    other.parent.mkdir()
    (other.parent / "facts.yaml").write_text(
        (TOY / "facts.yaml").read_text()
        + "- {type: rate_set, key: later, announced: 2025-05-01, measure: us-duty, rate: 30%}\n"
    )
    assert tariffsim("log", "add", other, other.parent / "facts.yaml").code == 0
    joined = tariffsim("log", "merge", stored, other)
    assert joined.code == 0
    assert "1 event added, 3 known already" in joined.out
    assert tariffsim("log", "verify", stored).code == 0
    assert tariffsim("log", "merge", stored, other).out.startswith(f"{stored}: 0 events added")
    ids = {
        row["id"]
        for log in (stored, other)
        for row in json.loads(tariffsim("log", "--log", log, "--json").out)
    }
    assert len(ids) == 4


def test_what_cannot_be_a_stored_log_is_refused(stored):
    before = contents(stored.parent)
    for command in (
        ["log", "verify", TOY / "facts.yaml"],
        ["log", "verify", "nothing.jsonl"],
        ["log", "verify", stored.parent],
        ["log", "add", "facts.yaml", TOY / "facts.yaml"],
        ["log", "add", "no/folder/log.jsonl", TOY / "facts.yaml"],
        ["log", "add", stored / "log.jsonl", TOY / "facts.yaml"],
        ["log", "add", stored, "nothing.yaml"],
        ["log", "merge", stored, "nothing.jsonl"],
        ["log", "merge", "facts.yaml", stored],
    ):
        answer = tariffsim(*command)
        assert (answer.code, answer.out) == (2, ""), command
    assert contents(stored.parent) == before
