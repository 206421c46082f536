"""`run` from the command line, and what needs a process of its own: imports, pipes, signals."""

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from tests.command_line import tariffsim

CORPUS = Path(__file__).parents[1] / "conformance"
TOY = CORPUS / "toy"
FORK = CORPUS / "valid" / "fork.yaml"
COMMAND = [sys.executable, "-m", "tariffsim"]


def shell(*arguments, **options):
    return subprocess.run(
        [*COMMAND, *map(str, arguments)],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        **options,
    )


def contents(folder):
    return {path.name: path.read_bytes() for path in Path(folder).iterdir() if path.is_file()}


@pytest.fixture(scope="module")
def written(tmp_path_factory):
    folder = tmp_path_factory.mktemp("run") / "deep" / "results"
    return folder, tariffsim("run", FORK, "--out", folder, "--json")


def test_data_on_stdout_and_files_that_the_manifest_counts(written):
    folder, answer = written
    assert answer.code == 0
    data = json.loads(answer.out)
    assert data["scenario"] == "fork"
    assert data["draws"] == 16
    assert [branch["branch"] for branch in data["branches"]] == [
        "stays+scarce",
        "stays+free",
        "rises+scarce",
        "rises+free",
    ]
    chances = [branch["probability"] for branch in data["branches"]]
    assert chances == pytest.approx([0.075, 0.525, 0.05, 0.35])
    manifest = json.loads((folder / "manifest.json").read_text())
    assert set(manifest["files"]) | {"manifest.json"} == set(contents(folder))
    assert json.loads((folder / "headline.json").read_text()) == data


def test_text_says_the_same_and_where_the_files_are(written, tmp_path):
    answer = tariffsim("run", FORK, "--out", tmp_path / "out", "--quiet")
    assert answer.code == 0
    assert "What if the duty rises" in answer.out
    assert "manifest.json" in answer.err
    assert contents(tmp_path / "out") == contents(written[0])


def test_draws_and_seed(written):
    other = json.loads(tariffsim("run", FORK, "--draws", 32, "--seed", 8, "--json").out)
    assert (other["draws"], other["seed"]) == (32, 8)
    assert other["metrics"] != json.loads(written[1].out)["metrics"]


@pytest.mark.parametrize("place", ["file", "file/deeper"])
def test_a_folder_that_cannot_be_written_is_told_before_the_work(tmp_path, place):
    (tmp_path / "file").write_text("mine")
    answer = tariffsim("run", FORK, "--out", tmp_path / place)
    assert (answer.code, answer.out) == (2, "")
    assert "--out" in answer.err
    assert contents(tmp_path) == {"file": b"mine"}


def test_a_missed_expectation_ends_with_one_and_its_numbers(tmp_path):
    text = FORK.read_text().replace("rate: 35%,", "rate: 36%,")
    text = text.replace("../toy/", f"{TOY}/").replace("tables/", f"{CORPUS}/valid/tables/")
    file = tmp_path / "missed.yaml"
    file.write_text(text)
    answer = tariffsim("run", file, "--json")
    assert answer.code == 1
    assert json.loads(answer.out)["scenario"] == "fork"
    assert "2025-07-15 must be 36%, got 35%" in answer.err
    assert answer.err.count("must be 36%") == 2


def test_help_and_version_import_nothing_heavy():
    code = (
        "import sys; from tariffsim.__main__ import main; before = set(sys.modules)\n"
        "sys.argv = ['tariffsim', *sys.argv[1:]]\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(*sorted(sys.modules), file=sys.stderr)"
    )
    for arguments in (["--help"], ["--version"], ["state", "--help"], ["run", "--help"]):
        found = subprocess.run(
            [sys.executable, "-c", code, *arguments], capture_output=True, text=True, check=True
        )
        loaded = set(found.stderr.split())
        ours = {name for name in loaded if name.split(".")[0] == "tariffsim"}
        # A command's own imports stand inside it; this is all that any help may need.
        assert {name for name in ours if not name.startswith("tariffsim.cli")} == {
            "tariffsim",
            "tariffsim.__main__",
            "tariffsim.errors",
            "tariffsim.terms",
        }
        heavy = {"numpy", "scipy", "yaml", "cattrs", "attrs", "attr", "pydantic", "pandas"}
        heavy |= {"rich", "xarray", "asyncio", "email", "http", "json", "hashlib", "ssl"}
        assert not loaded & heavy


def test_a_fault_of_the_log_is_no_traceback():
    done = shell("state", "2025-05-14", "--log", CORPUS / "invalid" / "several-faults.yaml")
    assert (done.returncode, done.stdout) == (2, "")
    assert "Traceback" not in done.stderr
    shown = shell(
        "--debug", "state", "2025-05-14", "--log", CORPUS / "invalid" / "clash.yaml"
    )  # fmt: skip
    assert shown.returncode != 0
    assert "Traceback" in shown.stderr


def test_plain_text_in_a_pipe_and_with_no_color():
    for extra in ({}, {"FORCE_COLOR": "1", "NO_COLOR": "1"}):
        done = shell("state", "2025-05-14", "--log", TOY, env={**os.environ, **extra})
        assert done.returncode == 0
        assert "\x1b" not in done.stdout + done.stderr


def test_a_reader_that_goes_away_is_no_fault():
    process = subprocess.Popen(
        [*COMMAND, "check", "geneva-2025", "--notes"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    process.stdout.close()
    said = process.stderr.read()
    process.wait(60)
    process.stderr.close()
    assert said == b""


def test_an_interrupt_ends_with_130_and_leaves_no_file(tmp_path):
    out = tmp_path / "results"
    process = subprocess.Popen(
        [*COMMAND, "run", "geneva", "--out", str(out)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    patience = time.monotonic() + 60
    while not out.exists() and time.monotonic() < patience:
        time.sleep(0.02)
    process.send_signal(signal.SIGINT)
    printed, said = process.communicate(timeout=60)
    assert process.returncode == 130
    assert printed == b""
    assert b"Traceback" not in said
    assert contents(out) == {}
