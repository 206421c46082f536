"""Faults that were found by trying hard, and are mended; each test keeps one from coming back."""

import subprocess
import sys
from pathlib import Path

import pytest

import tariffsim as ts
from tests.command_line import tariffsim

CORPUS = Path(__file__).parents[1] / "conformance"
TOY = CORPUS / "toy"
FORK = CORPUS / "valid" / "fork.yaml"
COMMAND = [sys.executable, "-m", "tariffsim"]


def _log_with(folder, *events):
    """Write the toy log with more events, and give its folder."""
    place = folder / "toy"
    place.mkdir()
    for name in ("facts.yaml", "sources.yaml"):
        (place / name).write_bytes((TOY / name).read_bytes())
    with (place / "facts.yaml").open("a") as stream:
        stream.writelines(f"- {{{event}}}\n" for event in events)
    return place


def _fork_with(folder, **lines):
    """Write the sound scenario with some of its lines replaced, and give its path."""
    text = FORK.read_text().replace("../toy/", f"{TOY}/")
    text = text.replace("tables/trade", f"{CORPUS}/valid/tables/trade")
    kept = [line for line in text.splitlines() if line.split(":")[0] not in lines]
    file = folder / "fork.yaml"
    file.write_text("\n".join([*kept, *(f"{key}: {value}" for key, value in lines.items())]))
    return file


def test_the_helpers_of_the_mended_faults_make_sound_files(tmp_path):
    event = "type: rate_set, announced: 2025-05-01, measure: us-duty, rate: 30%"
    assert tariffsim("check", _log_with(tmp_path, event)).code == 0
    assert tariffsim("check", _fork_with(tmp_path, draws=32)).code == 0


def test_a_reader_that_goes_away_ends_with_0():
    with subprocess.Popen([*COMMAND, "log", "--log", str(TOY)], stdout=subprocess.PIPE) as process:
        process.stdout.close()
        assert process.wait(60) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs /dev/full")
def test_a_full_disk_behind_stdout_is_no_traceback():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [*COMMAND, "log", "--log", str(TOY)],
            stdout=full,
            stderr=subprocess.PIPE,
            text=True,
            check=False,
        )
    assert done.returncode == 2
    assert "Traceback" not in done.stderr


def test_a_rate_beyond_all_measure_is_refused(tmp_path):
    rate = "99999999999999%"
    log = _log_with(
        tmp_path, f"type: rate_set, announced: 2025-05-01, measure: us-duty, rate: {rate}"
    )
    answer = tariffsim("check", log)
    assert answer.code == 2
    assert rate in answer.err


@pytest.mark.parametrize("fields", ["value: about 20", "value: 20, tolerance: some"])
def test_an_observed_value_must_be_a_number(fields, tmp_path):
    event = (
        f"type: observed, announced: 2025-05-01, series: add-on, {fields}, unit: '%', "
        "basis: statutory-add-on, importer: USA, exporter: CHN, "
        "period: {from: 2025-05-01, to: 2025-05-02}"
    )
    assert tariffsim("check", _log_with(tmp_path, event)).code == 2


@pytest.mark.parametrize(
    "event",
    [
        (
            "type: general_licence_granted, announced: 2025-05-01, control: cn-magnets, "
            "destinations: USA, share: 10%, until: 2025-04-01"
        ),
        (
            "type: rate_set, announced: 2025-05-01, measure: us-duty, rate: 30%, "
            "grace: {loaded_before: 2025-05-01, entered_by: 2025-04-01}"
        ),
    ],
)
def test_an_end_before_its_start_is_refused_everywhere(event, tmp_path):
    assert tariffsim("check", _log_with(tmp_path, event)).code == 2


@pytest.mark.parametrize(
    "horizon", ["{from: 2025-06, to: 9999-12}", "{from: 0000-01, to: 2025-12}"]
)
def test_a_horizon_beyond_the_calendar_is_refused(horizon, tmp_path):
    assert tariffsim("check", _fork_with(tmp_path, horizon=horizon)).code == 2


def test_a_market_must_name_its_supply(tmp_path):
    text = _fork_with(tmp_path).read_text()
    file = tmp_path / "default.yaml"
    file.write_text(text.replace(", supply: inverse_export_supply_elasticity_usa", ""))
    answer = tariffsim("check", file)
    assert answer.code == 2
    assert "supply must be given" in answer.err


def test_a_repeated_key_hides_no_other_fault(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sheet.yaml").write_text(
        "log: sheet\nlog: sheet\nevents:\n"
        "- {type: rate_set, announced: 2025-05-01, measure: us-duty, rate: 30}\n"
    )
    said = tariffsim("check", "sheet.yaml").err
    assert "must stand once" in said
    assert "must carry its unit" in said


def test_every_variable_of_a_result_has_a_key_of_its_own():
    result = ts.run(ts.load_inputs(FORK))
    for variable in (*result.headline, *result.paths):
        assert result[variable.key] is variable
