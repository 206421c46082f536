"""A horizon that starts before the control does: every month is answered, and none twice."""

import csv
import io

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.report.tidy import result_files
from tariffsim.scenario import Month

SCENARIOS = ("geneva", "minerals", "minerals-network")
BEFORE = (2025, 2)
"""Two months before the control of 4 April 2025."""


def from_month(name, year, number):
    inputs = ts.with_options(ts.load_inputs(name), draws=16)
    horizon = attrs.evolve(inputs.scenario.horizon, start=Month(year=year, number=number))
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, horizon=horizon))


@pytest.fixture(scope="module", params=SCENARIOS)
def pair(request):
    """Give one scenario from before the control on, and from its own first month on."""
    early = ts.run(from_month(request.param, *BEFORE))
    return early, ts.run(ts.with_options(ts.load_inputs(request.param), draws=16))


def test_every_path_has_a_value_a_month(pair):
    early, _ = pair
    for variable in early.paths:
        assert variable.values.shape[2] == len(early.period), variable.key
    for variable in early.weekly:
        assert variable.values.shape[2] == len(variable.periods), variable.key


def test_nothing_is_short_before_the_control_and_all_is_as_before_after_it(pair):
    early, late = pair
    count = len(late.period)
    for name in ("availability", "days_of_cover", "stockout_probability", "licensed_share"):
        for own in (variable for variable in early.paths if variable.name == name):
            same = late[own.key]
            np.testing.assert_allclose(own.values[..., -count:], same.values, rtol=1e-9, atol=1e-9)
            if name != "days_of_cover":
                calm = 0.0 if name == "stockout_probability" else 100.0
                np.testing.assert_allclose(own.values[..., :2], calm, rtol=1e-12)
    for own in early.weekly:
        same = late[f"{own.key}@weekly"]
        assert own.periods == same.periods
        np.testing.assert_allclose(own.values, same.values, rtol=1e-9, atol=1e-9)


def test_days_are_counted_from_the_control_whatever_the_horizon(pair):
    early, late = pair
    found = [own for own in early.headline if own.name == "days_until_shortage"]
    assert found
    for own in found:
        np.testing.assert_array_equal(own.values, late.metric(own.subject).values)


def test_the_mean_over_the_horizon_counts_every_month_of_it(pair):
    early, _ = pair
    for own in (own for own in early.headline if own.name == "availability"):
        whole = early[own.subject].values.mean(axis=2, keepdims=True)
        np.testing.assert_allclose(own.values, whole, rtol=1e-12)
        assert (own.values > early[own.subject].values[..., 2:].mean(axis=2, keepdims=True)).any()


def test_files_and_frames_hold_every_month(pair):
    early, _ = pair
    files = result_files(early, version="test")
    rows = list(csv.DictReader(io.StringIO(files["availability.csv"])))
    assert {row["period"] for row in rows} == set(early.period.labels)
    frame = pytest.importorskip("pandas") and early.to_pandas("paths")
    assert len(frame) == len(early.paths) * len(early.branch) * len(early.period)


def test_an_xarray_dataset_holds_every_month():
    pytest.importorskip("xarray")
    found = ts.run(from_month("minerals", *BEFORE)).to_xarray()
    assert dict(found.sizes)["period"] == 11


def test_drawn_policy_starts_before_the_control_too():
    found = ts.run(from_month("policy", *BEFORE))
    for variable in found.paths:
        assert variable.values.shape[2] == len(found.period), variable.key


def test_a_control_that_begins_after_the_horizon_is_refused(tmp_path):
    path = tmp_path / "late.yaml"
    path.write_text(
        "scenario: late\nquestion: What runs out?\nlog: us-china\nknown_on: 2025-10-15\n"
        "horizon: {from: 2025-09, to: 2025-11}\nbenchmark_day: 2024-12-31\nmaterials:\n"
        "- {material: rare-earth-magnets, importer: USA, exporter: CHN,"
        " control: cn-october-2025-foreign, facts: project}\ndraws: 16\n"
    )
    inputs = ts.load_inputs(path)
    with pytest.raises(ts.TariffsimError, match="2025-foreign must begin within the horizon"):
        ts.run(inputs)
