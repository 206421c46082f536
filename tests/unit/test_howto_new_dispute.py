"""The how-to for a new dispute, followed to the letter: its files written, its commands in a shell.

What the page shows is compared in `test_docs`; here a fresh interpreter runs each command as it
stands, and what the page says in words is asked of the log that comes out.
"""

import datetime as dt
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from tariffsim.agreements import agreements
from tariffsim.files.logs import load_log
from tariffsim.files.shipped import shipped_logs
from tariffsim.forecasts import forecasts
from tariffsim.reduce import fold, stacked_on
from tariffsim.timeline import timeline

PAGE = Path(__file__).parents[2] / "docs" / "howto" / "new-dispute.md"
FILE = re.compile(
    r"^```\{code-block\} \w+\n:caption: (\S+)\n\n(.*?)^```$", re.MULTILINE | re.DOTALL
)
CONSOLE = re.compile(r"^```console\n(.*?)^```$", re.MULTILINE | re.DOTALL)
VERBS = {"check", "state", "diff", "timeline", "agreements", "forecasts", "run"}


def files():
    return dict(FILE.findall(PAGE.read_text()))


def commands():
    text = "".join(CONSOLE.findall(PAGE.read_text()))
    return re.findall(r"^\$ (.*)$", text, re.MULTILINE)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = tmp_path_factory.mktemp("from-nothing")
    for name, text in files().items():
        path = made / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(text)
    return made


@pytest.fixture(scope="module")
def log(folder):
    return load_log(folder / "wine-dairy")


def test_the_page_brings_every_file_and_uses_every_verb():
    assert set(files()) == {
        "wine-dairy/sources.yaml",
        "wine-dairy/new-zealand.yaml",
        "wine-dairy/chile-and-truce.yaml",
        "wine-trade.csv",
        "sources.yaml",
        "wine.yaml",
    }
    assert {command.split()[1] for command in commands()} == VERBS
    assert {command.split()[0] for command in commands()} == {"tariffsim"}


@pytest.mark.parametrize("command", commands())
def test_every_command_runs_from_the_empty_folder(folder, command):
    program = [sys.executable, "-m", "tariffsim", *shlex.split(command)[1:]]
    ended = subprocess.run(program, cwd=folder, capture_output=True, text=True, check=False)
    assert ended.returncode == 0, ended.stderr
    assert "error" not in ended.stderr
    assert ended.stdout or command == "tariffsim check wine.yaml"


def test_the_dispute_and_its_authorities_are_new(log):
    shipped = [event for name in shipped_logs() for event in load_log(name)]
    known = {getattr(event, "authority", None) for event in shipped}
    imposers = {getattr(event, "imposer", None) for event in shipped}
    own = {event.authority for event in log if event.kind == "measure_enacted"}
    assert own == {"market-stability-act", "border-levy-act", "decree-77"}
    assert not own & known
    assert not {"NZL", "CHL"} & imposers


def rates(log, day, importer="NZL", exporter="CHL", product=None):
    stacked = stacked_on(fold(log), dt.date.fromisoformat(day), importer, exporter, product)
    return {layer.authority: layer.low / 10**10 for layer in stacked.layers}


def test_what_the_page_says_in_words_holds(log):
    wine = {"market-stability-act": 20, "border-levy-act": 0}
    assert rates(log, "2025-03-10", product="2204") == wine
    # The pause ends by itself, and nobody writes the 20 % again.
    assert rates(log, "2025-07-14", product="2204")["market-stability-act"] == 0
    assert rates(log, "2025-07-15", product="2204") == wine
    assert rates(log, "2025-03-10", product="0808") == {"border-levy-act": 5}
    assert rates(log, "2025-03-10") == {"border-levy-act": 5}
    assert rates(log, "2025-03-10", "CHL", "NZL", "0405") == {"decree-77": 15}
    assert [str(step.on) for step in timeline(log, "NZL", "CHL", product="2204").steps] == [
        "2025-03-01",
        "2025-04-15",
        "2025-07-15",
    ]
    (truce,) = agreements(log)
    assert [promise.status for promise in truce.promises] == ["kept", "unmet"]
    (threat,) = forecasts(log)
    assert threat.outcome == "came-false"
