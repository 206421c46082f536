"""The library's face: a dozen names with examples, light to import, the shell's own numbers."""

import datetime as dt
import inspect
import json
import subprocess
import sys
from pathlib import Path

import pytest

import tariffsim as ts
from tariffsim.report.headline import headline_data
from tests.command_line import tariffsim

FORK = Path(__file__).parent / "conformance" / "valid" / "fork.yaml"


def test_the_public_names_are_about_a_dozen_and_all_there():
    assert 10 <= len(ts.__all__) <= 16
    assert sorted(ts.__all__) == list(ts.__all__)
    assert set(ts.__all__) <= set(dir(ts))
    assert {"load_log", "load_scenario", "load_inputs", "state", "run", "Result"} <= set(ts.__all__)
    for name in ts.__all__:
        assert getattr(ts, name) is not None
    with pytest.raises(AttributeError, match="no attribute 'lod_log'"):
        _ = ts.lod_log


@pytest.mark.parametrize("name", ts.__all__)
def test_a_public_name_says_what_it_takes_and_shows_it(name):
    public = getattr(ts, name)
    text = inspect.getdoc(public)
    assert text is not None
    assert text[0].isupper()
    assert text.splitlines()[0].endswith(".")
    assert ">>> " in text.split("Examples\n--------")[1]
    if inspect.isfunction(public):
        hints = inspect.get_annotations(public)
        taken = set(inspect.signature(public).parameters)
        assert set(hints) == taken | {"return"}
        for parameter in taken:
            assert parameter in text, parameter


def test_the_package_is_typed():
    assert (Path(ts.__file__).parent / "py.typed").exists()


def test_importing_the_library_loads_nothing_heavy():
    code = (
        "import sys; before = set(sys.modules); import tariffsim; print(*set(sys.modules) - before)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    loaded = {name.split(".")[0] for name in found.stdout.split()}
    assert not loaded & {"numpy", "scipy", "pandas", "xarray", "yaml", "attrs", "attr", "cattrs"}
    assert not loaded & {"typer", "click", "rich", "json", "decimal"}


def test_a_log_is_loaded_and_asked_without_scipy():
    code = (
        "import sys, datetime as dt, tariffsim as ts\n"
        "log = ts.load_log('geneva-2025')\n"
        "print(ts.state(log, dt.date(2025, 5, 14), 'USA', 'CHN').low)\n"
        "print('scipy' in sys.modules)"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout.split() == [str(30 * 10**10), "False"]


def test_library_and_command_line_give_the_same_numbers():
    result = ts.run(ts.with_options(ts.load_inputs("canola"), draws=64))
    answer = tariffsim("run", "canola", "--draws", 64, "--json")
    assert answer.code == 0
    assert json.loads(answer.out) == json.loads(json.dumps(headline_data(result)))


def test_the_same_file_gives_the_same_result_from_any_folder(tmp_path, monkeypatch):
    here = headline_data(ts.run(ts.load_inputs(FORK)))
    monkeypatch.chdir(FORK.parent)
    assert headline_data(ts.run(ts.load_inputs("fork.yaml"))) == here
    monkeypatch.chdir(tmp_path)
    assert headline_data(ts.run(ts.load_inputs(str(FORK)))) == here


def test_a_result_says_what_it_is():
    result = ts.run(ts.load_inputs(FORK))
    text = repr(result)
    assert text.startswith("Result of fork: 4 branches, 16 draws, 2025-06 to 2025-09")
    for variable in result.headline:
        assert f"{variable.subject} [{variable.unit}]" in text
    frame = result.to_pandas("headline")
    assert set(frame.index.get_level_values("branch")) == set(result.branch.labels)
    data = result.to_xarray("headline")
    assert data.sizes["branch"] == 4
    assert all(data[name].attrs["units"] for name in data.data_vars)
    with pytest.raises(ts.TariffsimError, match="did you mean"):
        _ = result["custom_value.USA.CHN"]


def test_written_results_come_back(tmp_path):
    result = ts.run(ts.load_inputs(FORK))
    written = ts.write_result(result, tmp_path)
    assert {path.name for path in written} == {path.name for path in tmp_path.iterdir()}
    again = ts.write_result(result, tmp_path / "again")
    assert [path.read_bytes() for path in written] == [path.read_bytes() for path in again]


def test_errors_are_one_family_and_carry_their_findings(tmp_path):
    sheet = tmp_path / "sheet.yaml"
    sheet.write_text("log: sheet\nevents:\n- {type: rate_set}\n")
    with pytest.raises(ts.TariffsimError) as caught:
        ts.load_log(sheet)
    assert [found.rule for found in caught.value.findings] == ["missing-key"] * 3
    assert [found.place.line for found in caught.value.findings] == [3, 3, 3]
    assert [found.message for found in ts.check_file(str(sheet))] == [
        found.message for found in caught.value.findings
    ]
    for wrong in (lambda: ts.load_log("us-chna"), lambda: ts.load_scenario("genva")):
        with pytest.raises(ts.TariffsimError, match="did you mean"):
            wrong()


def test_a_log_is_never_changed_by_a_question():
    log = ts.load_log("geneva-2025")
    before = (log.entries, repr(log))
    day = dt.date(2025, 5, 14)
    ts.state(log, day, "USA", "CHN", known=dt.date(2025, 5, 11))
    ts.difference(log, dt.date(2025, 5, 13), day)
    ts.why(log, "us-window")
    assert len(ts.known_on(log, dt.date(2025, 4, 1))) < len(log)
    assert (log.entries, repr(log)) == before
