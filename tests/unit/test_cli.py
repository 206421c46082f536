"""The command line asks logs: exit codes, what goes where, JSON as promised, suggestions."""

import json
import shutil
from pathlib import Path

import pytest

from tariffsim import __version__
from tariffsim.cli import app
from tariffsim.cli.help import HEADINGS, OTHERS, address, paths
from tariffsim.files.logs import load_log
from tariffsim.files.shipped import shipped
from tariffsim.terms import ECONOMIES
from tests.command_line import tariffsim, typed

CORPUS = Path(__file__).parents[1] / "conformance"
TOY = CORPUS / "toy"
FORK = CORPUS / "valid" / "fork.yaml"


def test_the_commands_are_listed_with_examples_and_an_address():
    answer = tariffsim("--help")
    assert answer.code == 0
    assert answer.err == ""
    for command in ("run", "state", "diff", "why", "check", "log"):
        assert f"  {command} " in answer.out
        of_it = tariffsim(command, "--help")
        assert of_it.code == 0
        assert f"tariffsim {command} " in of_it.out.split("Example", 1)[1]
    assert "https://" in answer.out
    assert "130" in answer.out


def test_every_command_stands_under_a_heading_and_leads_to_its_page():
    out = tariffsim("--help").out
    assert f"{OTHERS}:" not in out
    listed = [name for names in HEADINGS.values() for name in names]
    calls = paths(app)
    assert sorted(listed) == sorted(words[0] for words in calls if len(words) == 1)
    assert [line for line in out.splitlines() if line.endswith(":") and line[:-1] in HEADINGS]
    for words in calls:
        shown = tariffsim(*words, "--help")
        assert shown.code == 0
        assert shown.out.endswith(f"Documentation:\n  {address(words)}\n"), words


@pytest.mark.parametrize(
    ("arguments", "page"),
    [
        (["run", "canola", "--drows", "3"], address(("run",))),
        (["rum", "canola"], address()),
        (["run", "genevva"], address(("run",))),
        (["log", "add"], address(("log", "add"))),
    ],
)
def test_an_error_ends_with_the_page_of_the_command(arguments, page):
    answer = tariffsim(*arguments)
    assert answer.code == 2
    assert answer.err.endswith(f"\nsee {page}\n")


def test_no_command_at_all_shows_the_help_and_is_a_usage_error():
    answer = tariffsim()
    assert answer.code == 2
    assert answer.out == ""
    assert "Usage: tariffsim" in answer.err


def test_the_version():
    assert tariffsim("--version") == (0, f"tariffsim {__version__}\n", "")


@pytest.mark.parametrize(
    ("arguments", "hint"),
    [
        (["stat", "2025-05-14"], "'state'"),
        (["log", "ad"], "'add'"),
        (["state", "2025-05-14", "--impoter", "USA"], "--importer"),
        (["state", "2025-05-14", "--importer", "US"], "'USA'"),
        (["state", "2025-05-14", "--log", "us-chna"], "'us-china'"),
        (["log", "--log", "geneva-2025", "--kind", "rate_sett"], "'rate_set'"),
        (["log", "--log", "geneva-2025", "--measure", "us-additional-duty"], "-duties'"),
        (["why", "us-14", "--log", "geneva-2025"], "'us-145'"),
        (["run", "genva"], "'geneva'"),
        (["run", "scenarios/genva.yaml"], "'geneva'"),
    ],
)
def test_a_slip_of_the_pen_gets_a_suggestion(arguments, hint):
    answer = tariffsim(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert hint in answer.err


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["state"], "Missing argument"),
        (["state", "2025-02-30"], "day that exists, got 2025-02-30"),
        (["state", "14.5.2025"], "YYYY-MM-DD, got 14.5.2025"),
        (["state", "2025-05-14", "--known-on", "June"], "YYYY-MM-DD, got June"),
        (["state", "2025-05-14", "--product", "851"], "2, 4, 6, 8 or 10 digits, got '851'"),
        (["diff", "2025-05-14", "2025-05-13"], "must not be before the first"),
        (["run", "canola", "--draws", "many"], "many"),
        (["run", "canola", "--draws", "100"], "1,048,576, got 100"),
        (["run", "canola", "--seed", "-1"], "seed must be zero or more, got -1"),
        (["undo", "us-ieepa-fentanyl-china", "--draws", str(10**13)], "1<=x<=1048576"),
        (["score", "canola", "--actual", "a.csv", "--lag", str(10**9)], "0<=x<=3650"),
        (["state", "2025-05-14", "--exporter", "WLD"], "economy must be one, got WLD"),
        (["timeline", "--importer", "WLD"], "economy must be one, got WLD"),
        (["timeline", "--importer", "CHN"], "must differ, got CHN twice"),
        (["undo", "us-ieepa-fentanyl-china", "--exporter", "USA"], "must differ, got USA twice"),
        (
            "table shock x --industry CHN/a --loss 5% --days 5 --horizon 1000000000".split(),
            "1<=x<=36500",
        ),
        (["check"], "Missing argument"),
        (["check", "nowhere.yaml"], "nowhere.yaml"),
        (["check", "no/where/"], "no/where"),
        (["state", "2025-05-14", "--log", "no/where.jsonl"], "no/where.jsonl"),
        (["why", "S9-99", "--log", "geneva-2025"], "'S9-99'"),
        (["why", "us-145", "--known-on", "2025-04-01", "--log", "geneva-2025"], "'us-145'"),
    ],
)
def test_usage_errors_name_what_was_given(arguments, words):
    answer = tariffsim(*arguments)
    assert answer.code == 2
    assert answer.out == ""
    assert words in answer.err


@pytest.mark.parametrize(
    "arguments",
    [
        ("check",),
        ("run",),
        ("report",),
        ("table", "check"),
        ("state", "2025-05-14", "--log"),
        ("materials", "--sheet"),
    ],
)
@pytest.mark.parametrize("name", ["x" * 300, ""])
def test_a_path_that_the_system_refuses_is_named(arguments, name):
    answer = tariffsim(*arguments, name)
    assert answer.code == 2
    assert answer.out == ""
    assert name in answer.err
    assert "error: " in answer.err
    assert "output could not be written" not in answer.err


def test_json_has_the_promised_shape():
    answer = tariffsim("state", "2025-05-14", "--log", "geneva-2025", "--json")
    assert answer.code == 0
    data = json.loads(answer.out)
    assert list(data) == [
        "on",
        "known_on",
        "log",
        "importer",
        "exporter",
        "product",
        "total_percent",
        "layers",
    ]
    layers = data.pop("layers")
    assert data == {
        "on": "2025-05-14",
        "known_on": None,
        "log": "geneva-2025",
        "importer": "USA",
        "exporter": "CHN",
        "product": None,
        "total_percent": 30,
    }
    log = load_log("geneva-2025")
    (layer,) = layers
    required = {"measure", "rate_percent", "event", "sources"}
    assert set(layer) == required | {"authority", "doubts", "level_percent", "pauses"}
    assert layer["doubts"] == ["disputed"]
    assert layer["measure"] == "us-additional-duties"
    assert layer["rate_percent"] == 30
    assert log.by_id[layer["event"]].event.key == "us-145"
    assert {"doc-000", "eo-14266", "geneva-joint-statement"} <= {
        source["source"] for source in layer["sources"]
    }
    for source in layer["sources"]:
        assert {"source", "title", "locator", "grade", "url"} <= set(source)
        assert source["title"] == log.sources[source["source"]].title


@pytest.mark.parametrize(
    ("log", "level", "points", "key"),
    [("geneva-2025", 145, 115, "us-window"), ("us-china", 34, 24, "us-geneva-window")],
)
def test_the_pause_is_in_the_waterfall(log, level, points, key):
    """The 90 days: what is paused of which level, until when, and by which event."""
    asked = f"state 2025-05-14 --log {log}"
    text = f"({level} % less {points} paused until 2025-08-12: {key})"
    (line,) = [line for line in typed(asked).out.splitlines() if text in line]
    for layer in json.loads(typed(f"{asked} --json").out)["layers"]:
        assert ("pauses" in layer) == line.strip().startswith(layer["measure"])
        if "pauses" in layer:
            assert layer["level_percent"] == level
            (pause,) = layer["pauses"]
            id = load_log(log).by_key[key].id
            assert pause == {
                "event": id,
                "key": key,
                "suspension": "geneva-window",
                "points": points,
                "until": "2025-08-12",
                "end_set_by": id,
            }


def test_a_pause_is_shown_as_known():
    """Its end moves only once the extension is known, and there is none before it was decided."""
    asked = "state 2025-09-01 --known-on"
    assert "paused" not in typed(f"{asked} 2025-06-06").out.split("Beside")[0]
    assert "less 24 paused until 2025-11-10: us-geneva-window, us-window-to-2025-11-10)" in (
        typed(f"{asked} 2025-08-11").out
    )
    assert "paused" not in typed("state 2025-05-14 --known-on 2025-05-11").out.split("Beside")[0]
    assert "pauses" not in typed("state 2025-05-14 --known-on 2025-05-11 --json").out
    for known in ("2025-06-06", "2025-12-01"):
        extension = typed(f"state 2025-05-14 --known-on {known}").out
        assert "less 24 paused until 2025-08-12: us-geneva-window)" in extension


def test_options_come_back_in_json():
    answer = typed(
        "state 2025-05-14 --importer CHN --exporter USA --known-on 2025-05-11 "
        "--product 8517.13 --log geneva-2025 --json"
    )
    data = json.loads(answer.out)
    assert data["known_on"] == "2025-05-11"
    assert (data["importer"], data["exporter"]) == ("CHN", "USA")
    assert data["product"] == "851713"
    assert data["total_percent"] == 125


def test_whole_percents_are_whole_and_others_exact(monkeypatch):
    monkeypatch.chdir(CORPUS / "valid")
    for day, total in (("2025-03-02", "12.5"), ("2025-01-15", "12.5"), ("2025-01-14", "0")):
        answer = typed(f"state {day} --log ./retroactive.yaml --json")
        assert f'"total_percent": {total},' in answer.out


def test_the_waterfall_adds_up_to_its_total_and_names_its_sources():
    answer = tariffsim("state", "2025-05-14", "--log", "geneva-2025")
    assert answer.code == 0
    assert answer.err == ""
    lines = answer.out.splitlines()
    assert any(line.split()[:3] == ["us-additional-duties", "30", "%"] for line in lines)
    assert ["total", "30", "%"] in [line.split() for line in lines]
    assert "cn-rare-earths-april" in answer.out
    assert "Executive Order 14266" in answer.out


def test_a_day_beyond_the_review_is_marked_on_stderr():
    answer = tariffsim("state", "2025-08-12", "--log", "geneva-2025", "--json")
    assert json.loads(answer.out)["total_percent"] == 145
    assert "known through 2025-06-06" in answer.err
    asked = typed("state 2025-08-12 --log geneva-2025 --known-on 2025-06-06 --json")
    assert asked.err == ""


@pytest.mark.parametrize("day", ["0001-01-01", "9999-12-31"])
def test_the_first_and_the_last_day_there_are(day):
    answer = tariffsim("state", day, "--log", "geneva-2025", "--json")
    assert answer.code == 0
    assert json.loads(answer.out)["total_percent"] in (0, 145)


def test_every_economy_can_be_asked_about():
    for code in (*sorted(ECONOMIES)[::40], "EU27", "ROW"):
        answer = tariffsim("state", "2025-05-14", "--log", TOY, "--importer", code, "--json")
        assert json.loads(answer.out)["total_percent"] == (20 if code == "USA" else 0)


def test_diff():
    answer = tariffsim(
        "diff", "2025-05-13", "2025-05-14", "--log", "geneva-2025", "--json"
    )  # fmt: skip
    data = json.loads(answer.out)
    assert set(data) == {"from", "to", "rates", "controls", "learnt"}
    moves = {row["measure"]: (row["before_percent"], row["after_percent"]) for row in data["rates"]}
    assert moves == {
        "cn-additional-duties": (125, 10),
        "us-additional-duties": (145, 30),
    }
    text = tariffsim("diff", "2025-05-13", "2025-05-14", "--log", "geneva-2025").out
    assert "us-additional-duties: 145% -> 30%" in text
    same = tariffsim("diff", "2025-05-14", "2025-05-14", "--log", "geneva-2025")
    assert "nothing changed" in same.out


def test_why_shows_both_sides():
    answer = tariffsim("why", "us-window", "--log", "geneva-2025")
    assert answer.code == 0
    agreed, dissent = answer.out.split("Who says otherwise:")
    assert "S0-26" in agreed
    assert "S4-18" in dissent
    assert "c7-paused-or-reduced" in dissent
    (data,) = json.loads(tariffsim("why", "us-window", "--log", "geneva-2025", "--json").out)
    assert data["event"]["key"] == "us-window"
    assert {source["key"] for source in data["sources"]} >= {"doc-000", "eo-14298"}


def test_why_by_fact_by_id_and_by_its_start():
    by_fact = json.loads(tariffsim("why", "S2-12", "--log", "geneva-2025", "--json").out)
    keys = {found["event"]["key"] for found in by_fact}
    assert {"cn-125", "cn-window"} <= keys
    whole = load_log("geneva-2025").by_key["us-145"].id
    for reference in (whole, whole[:8]):
        (found,) = json.loads(
            tariffsim("why", reference, "--log", "geneva-2025", "--json").out
        )  # fmt: skip
        assert found["event"]["id"] == whole


def test_no_python_leaks_into_text():
    for key in ("us-total-30", "us-window", "c7-paused-or-reduced", "geneva-agreement"):
        answer = tariffsim("why", key, "--log", "geneva-2025")
        if answer.code == 0:
            assert "{'" not in answer.out
            assert "None" not in answer.out


def test_log_lists_selects_and_looks_back():
    head, *rows = tariffsim("log", "--log", "geneva-2025").out.splitlines()
    assert head.split() == ["announced", "effective", "kind", "key", "title"]
    assert len(rows) == len(load_log("geneva-2025"))
    answer = typed("log --log geneva-2025 --kind suspended --since 2025-05-01 --json")
    chosen = json.loads(answer.out)
    assert {row["key"] for row in chosen} == {"us-window", "cn-window"}
    nothing = tariffsim("log", "--log", "geneva-2025", "--known-on", "2020-01-01", "--json")
    assert nothing == (0, "[]\n", "")


def test_sound_files_are_quiet_and_notes_are_listed_when_asked_for(tmp_path):
    ours = ("geneva-2025", "us-china", shipped("seeds") / "canada-china")
    for sound in ((TOY, FORK), ours):
        assert tariffsim("check", *sound) == (0, "", "")
    own = tmp_path / "geneva-2025"
    shutil.copytree(shipped("seeds") / "geneva-2025", own)
    some = tariffsim("check", own)
    assert some.code == 0
    assert some.out == ""
    assert "--notes" in some.err
    every = tariffsim("check", "geneva-2025", "--notes")
    assert every.code == 0
    assert every.err == ""
    assert "note: " in every.out


def test_faults_of_several_files_are_told_together(monkeypatch):
    monkeypatch.chdir(CORPUS / "invalid")
    answer = tariffsim("check", "bad-date.yaml", "nowhere.yaml", "clash.yaml", "../toy")
    assert answer.code == 2
    assert answer.out == ""
    for words in ("bad-date.yaml:5:14", "nowhere.yaml", "clash.yaml:13:3", "8 errors"):
        assert words in answer.err


def test_json(monkeypatch):
    monkeypatch.chdir(CORPUS / "invalid")
    answer = tariffsim("check", "negative-rate.yaml", "--json")
    assert answer.code == 2
    rows = json.loads(answer.out)
    assert [row["line"] for row in rows] == [3, 4, 5]
    assert rows[0] == {
        "rule": "bad-value",
        "severity": "error",
        "message": "rate must not be negative, got -5%; a cut is a lower rate, set as such",
        "file": "negative-rate.yaml",
        "line": 3,
        "column": 67,
    }


def test_a_warning_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("sheet.yaml").write_text(
        "log: sheet\nevents:\n- {type: talks_held, announced: 2025-01-01, parties: [a, b], "
        "form: call}\n"
    )
    answer = tariffsim("check", "sheet.yaml")
    assert answer.code == 0
    assert "warning: log sheet has no register of sources" in answer.out
    assert "sheet.yaml:3:3: warning: claims must name at least one source" in answer.out


def test_a_folder_may_be_named_by_a_dot(monkeypatch):
    monkeypatch.chdir(TOY)
    assert tariffsim("check", ".") == (0, "", "")
    assert json.loads(tariffsim("state", "2025-03-01", "--log", ".", "--json").out)[
        "total_percent"
    ] == 20  # fmt: skip
