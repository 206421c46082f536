"""Stacked duties on Chinese goods against customs rulings, and the refund of each measure.

The rulings give rates; the entered value is a round figure of ours, so amounts are the rulings'
rates times it. The ordinary rate is no measure of the log and is left out.
"""

import pytest

from tariffsim.files.entries import read_entries
from tariffsim.files.logs import load_log
from tariffsim.undo import undoing
from tariffsim.undo.refund import REFUND_UNIT
from tariffsim.undo.settle import settle
from tests.golden.answers import ruling_rows
from tests.golden.cases import load_case

CASE = load_case("stacked_china_entries")
RULINGS = {ruling["ruling"]: ruling for ruling in CASE["rulings"]}
MEASURES = {
    "9903.01.24": ["us-ieepa-fentanyl-china"],
    "9903.01.25": ["us-ieepa-reciprocal-china"],
    "9903.01.63": ["us-ieepa-reciprocal-china"],
}


@pytest.fixture(scope="module")
def log():
    return load_log("us-china")


@pytest.fixture(params=RULINGS)
def ruling(request):
    return RULINGS[request.param]


def test_the_stacks_are_those_of_the_rulings():
    rows = list(ruling_rows(CASE))
    assert len(rows) > len(RULINGS)
    for row in rows:
        assert row.ours == row.published, row


def test_the_refund_of_each_voided_measure_is_its_line_of_the_ruling(log, ruling, tmp_path):
    path = tmp_path / "entries.csv"
    value = CASE["entered_value"]
    row = f"{ruling['on']},{ruling['product']},CHN,{value}"
    path.write_text(f"date,product,exporter,value\n{row}\n")
    for heading, rate in ruling["duties_percent"].items():
        for measure in MEASURES.get(heading, ()):
            undone = undoing(log, measure)
            refund = settle(undone, read_entries(path, undone))
            (refundable,) = refund.tables["refundable"].least
            assert refundable / REFUND_UNIT == value * rate / 100
