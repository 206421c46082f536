"""A rate from a log about others, and a code that is no good's: said beside the answer."""

import pytest

import tariffsim as ts
from tariffsim.reduce import fold, held_between
from tests.command_line import typed

ASK = "state 2025-05-14"


@pytest.mark.parametrize(
    ("flow", "held"),
    [
        (("USA", "CHN"), "of-both"),
        (("CHN", "USA"), "of-both"),
        (("USA", "CAN"), "of-everybody"),
        (("USA", "DEU"), "of-everybody"),
        (("CAN", "BRA"), "nothing"),
    ],
)
def test_what_a_log_holds_on_a_flow(flow, held):
    assert held_between(fold(ts.load_log("us-china")), *flow) == held


def test_a_rate_from_a_log_about_others_is_told_with_a_note():
    answer = typed(f"{ASK} --exporter CAN")
    assert answer.code == 0
    assert "total  0 %" in answer.out
    assert "measures of USA that fall on everybody, and none on CAN in particular" in answer.err
    answer = typed(f"{ASK} --importer CAN --exporter BRA --json")
    assert "note: the log us-china holds no measure of CAN on goods of BRA" in answer.err
    assert "note" not in answer.out
    assert "note" not in typed(f"{ASK}").err


@pytest.mark.parametrize("code", ["00", "0001.10", "77", "7701"])
def test_a_chapter_that_does_not_exist_is_refused(code):
    answer = typed(f"{ASK} --product {code}")
    assert answer.code == 2
    assert f"there is no chapter {code[:2]}" in " ".join(answer.err.split())
    with pytest.raises(ts.TariffsimError, match=f"there is no chapter {code[:2]}"):
        ts.state(ts.load_log("us-china"), "2025-05-14", "USA", "CHN", product=code)


def test_a_chapter_of_national_use_is_answered_with_a_note():
    for chapter in ("98", "99"):
        answer = typed(f"{ASK} --product {chapter}999999")
        assert answer.code == 0
        assert f"chapter {chapter} is left to each country" in answer.err
    assert "left to each country" not in typed(f"{ASK} --product 9701").err
