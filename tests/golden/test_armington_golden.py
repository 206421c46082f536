"""The Armington kernel against numbers that others printed."""

import json
from pathlib import Path

import pytest

from tests.golden.answers import armington_rows
from tests.golden.cases import CaseWithoutSource, load_case


def test_three_sources_of_emr():
    case = load_case("armington_emr")
    rows = list(armington_rows(case))
    assert len(rows) == 8
    for row in rows:
        assert abs(row.ours - row.published) <= case["tolerance"], row


@pytest.mark.parametrize("source", [None, "", "  ", 7])
def test_a_case_without_a_source_is_refused(tmp_path: Path, source):
    content = {"expected": 1.0} if source is None else {"expected": 1.0, "source": source}
    (tmp_path / "case.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CaseWithoutSource, match=r"case\.json"):
        load_case("case", tmp_path)
