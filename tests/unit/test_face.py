"""Slips at the face of the library: what was meant is said, and a result can be looked through."""

from pathlib import Path

import pytest

import tariffsim as ts


@pytest.mark.parametrize(
    "call",
    [
        ts.run,
        lambda wrong: ts.with_options(wrong, draws=16),
        lambda wrong: ts.sensitivity(wrong, metric="customs_value.USA.CHN"),
    ],
)
def test_what_is_no_inputs_is_refused_with_what_to_call(call):
    scenario = ts.load_scenario("geneva")
    for wrong, message in (
        (scenario, r"the scenario geneva alone; read them with tariffsim.load_inputs\(FILE\)"),
        ("geneva", r"got 'geneva'; read them with tariffsim.load_inputs\('geneva'\)"),
        (Path("geneva.yaml"), r"read them with tariffsim.load_inputs\(.*Path\('geneva.yaml'\)\)"),
        (None, r"got None; read them with tariffsim.load_inputs\(FILE\)"),
    ):
        with pytest.raises(ts.TariffsimError, match=message):
            call(wrong)


def test_a_result_is_gone_through_by_its_keys():
    result = ts.run(ts.with_options(ts.load_inputs("minerals"), draws=2))
    keys = list(result)
    assert len(result) == len(keys) == len(set(keys))
    assert len(keys) == len(result.headline) + len(result.paths) + len(result.weekly)
    assert all(key in result for key in keys)
    assert [result[key] for key in keys] == [*result.headline, *result.paths, *result.weekly]
    assert "customs_value.USA" not in result
    assert 3 not in result
