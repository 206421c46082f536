"""Files that are read, and files that are refused: the exact words a user is shown for each.

A case is a file or a folder beside a transcript of the same name: the command, what it prints, its
exit code. What takes a large file, or odd bytes, is made here instead of being kept.
"""

from pathlib import Path

import pytest

from tariffsim.codec.marked import MAX_BYTES, MAX_DEPTH, MAX_FINDINGS, MAX_VALUES
from tariffsim.events import KINDS
from tariffsim.files.logs import load_log
from tests.command_line import tariffsim

HERE = Path(__file__).parent
REGISTER = "sources.yaml"


def _cases(folder):
    files = [path for path in (HERE / folder).glob("*.yaml") if path.name != REGISTER]
    folders = [path.parent for path in (HERE / folder).glob("*/*.yaml") if path.name != REGISTER]
    return sorted({path.name for path in (*files, *folders)})


def _transcript(commands):
    lines = []
    for command in commands:
        answer = tariffsim(*command.split())
        lines.append(f"$ tariffsim {command}\n{answer.out}{answer.err}exit {answer.code}\n")
    return "".join(lines)


def _expected(folder, case):
    text = (HERE / folder / case).with_suffix(".expected").read_text(encoding="utf-8")
    return text, [line[12:] for line in text.splitlines() if line.startswith("$ tariffsim ")]


@pytest.mark.parametrize("case", _cases("invalid"))
def test_a_faulty_file_is_refused_in_these_words(case, monkeypatch):
    monkeypatch.chdir(HERE / "invalid")
    text, commands = _expected("invalid", case)
    assert commands == [f"check {case}"]
    assert _transcript(commands) == text
    answer = tariffsim("check", case)
    assert answer.code == 2
    # Findings that stop the work are messages, never data.
    assert answer.out == ""


@pytest.mark.parametrize("case", _cases("valid"))
def test_a_sound_file_is_read_as_meant(case, monkeypatch):
    monkeypatch.chdir(HERE / "valid")
    text, commands = _expected("valid", case)
    assert commands[0] == f"check {case}"
    assert _transcript(commands) == text
    assert text.count("exit 0\n") == len(commands)


def test_every_transcript_has_its_case():
    for folder in ("invalid", "valid"):
        transcripts = {path.stem for path in (HERE / folder).glob("*.expected")}
        assert transcripts == {Path(case).stem for case in _cases(folder)}


def test_the_corpus_holds_every_kind_of_event():
    log = load_log(HERE / "valid" / "every-kind.yaml")
    assert {event.kind for event in log} == set(KINDS)


def test_places_are_relative_to_where_the_user_stands(monkeypatch):
    monkeypatch.chdir(HERE)
    assert tariffsim("check", "invalid/bad-date.yaml").err.startswith("invalid/bad-date.yaml:5:14:")
    monkeypatch.chdir(HERE / "valid")
    far = tariffsim("check", "../invalid/bad-date.yaml").err
    assert "invalid/bad-date.yaml:5:14:" in far.splitlines()[0]


def test_a_reader_of_a_faulty_log_is_told_the_same(monkeypatch):
    monkeypatch.chdir(HERE / "invalid")
    checked = tariffsim("check", "several-faults.yaml").err.replace("10 errors\n", "")
    for command in ("state 2025-05-14", "log", "why duty", "diff 2025-05-13 2025-05-14"):
        answer = tariffsim(*command.split(), "--log", "./several-faults.yaml")
        assert answer == (2, "", checked)


# Faults whose words may still change: the name at fault must be in them, and no traceback.
NAMED = {
    "unknown parameter": (
        "_usa}",
        "_us}",
        ["inverse_export_supply_elasticity_us'", "'inverse_export_supply_elasticity_usa'"],
    ),
    "unknown override": (
        "armington_elasticity_long:",
        "armington_elasticity_lng:",
        ["armington_elasticity_lng", "'armington_elasticity_long'"],
    ),
    "parameter known too late": (
        "known_on: 2025-06-07",
        "known_on: 2025-05-01",
        ["became known on 2025-05-31", "knowledge day 2025-05-01", "parameters"],
    ),
    "trade that the table lacks": ("exporter: CHN, supply", "exporter: CAN, supply", ["'CAN'"]),
    "missing trade table": ("tables/trade.csv", "tables/trad.csv", ["trad.csv", "'trade.csv'"]),
    "missing share prior": (
        "_usa}",
        "_usa, share_prior: tables/shares.csv}",
        ["shares.csv", "does not exist"],
    ),
    "unknown control": ("control: cn-magnets", "control: cn-magnet", ["'cn-magnets'"]),
    "bare probability": ("probability: 60%", "probability: 0.6", ["probability", "0.6"]),
}


@pytest.fixture
def fork(tmp_path, monkeypatch):
    """Give a copy of the sound scenario, to be spoiled."""
    for folder in ("toy", "valid/tables"):
        (tmp_path / folder).mkdir(parents=True)
        for path in (HERE / folder).iterdir():
            (tmp_path / folder / path.name).write_bytes(path.read_bytes())
    monkeypatch.chdir(tmp_path / "valid")
    file = Path("fork.yaml")
    file.write_bytes((HERE / "valid" / "fork.yaml").read_bytes())

    def spoil(old, new):
        text = file.read_text(encoding="utf-8")
        assert text.count(old) == 1
        file.write_text(text.replace(old, new), encoding="utf-8")

    return spoil


@pytest.mark.parametrize("fault", NAMED)
def test_check_refuses_whatever_a_run_refuses(fault, fork):
    old, new, words = NAMED[fault]
    fork(old, new)
    for command in (["check", "fork.yaml"], ["run", "fork.yaml", "--out", "results"]):
        answer = tariffsim(*command)
        assert answer.code == 2
        assert answer.out == ""
        assert all(word in answer.err for word in words), answer.err
    assert not list(Path("results").glob("*"))


def test_a_trade_source_published_too_late_is_refused(fork):
    register = Path("tables/sources.yaml")
    register.write_text(register.read_text().replace("2025-01-10", "2026-03-01"))
    answer = tariffsim("check", "fork.yaml")
    assert answer.code == 2
    assert "gazette" in answer.err
    assert "published on 2026-03-01" in answer.err


def test_tables_of_a_spreadsheet_are_read(fork):
    table = Path("tables/trade.csv")
    text = table.read_text(encoding="utf-8")
    table.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert tariffsim("check", "fork.yaml") == (0, "", "")


def _sheet(tmp_path, monkeypatch, content):
    monkeypatch.chdir(tmp_path)
    content = content if isinstance(content, bytes) else content.encode()
    Path("sheet.yaml").write_bytes(content)
    return tariffsim("check", "sheet.yaml")


def test_a_byte_order_mark_and_windows_line_ends_are_read(tmp_path, monkeypatch):
    text = "log: sheet\nevents:\n- {type: reviewed, announced: 2025-01-11, through: 2025-01-10}\n"
    windows = b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode()
    assert _sheet(tmp_path, monkeypatch, windows).code == 0
    marked = load_log("./sheet.yaml")
    plain = _sheet(tmp_path, monkeypatch, text)
    assert plain.code == 0
    assert [entry.id for entry in load_log("./sheet.yaml").entries] == [
        entry.id for entry in marked.entries
    ]


@pytest.mark.parametrize(
    ("content", "place", "words"),
    [
        (b"log: sheet\nevents: []\n# caf\xe9\n", "3:6", "must be UTF-8, got byte 0xE9"),
        ("log: sheet\nevents: []\n".encode("utf-16"), "1:1", "it looks like UTF-16"),
        (b"log: sheet\nevents: []\n# bell \x07\n", "3:8", "U+0007"),
        ("log: sheet\n# \u202edetsert\nevents: []\n", "2:3", "U+202E"),
        ("log: sheet\nevents: " + "[" * 60 + "]" * 60, "2:", f"nested {MAX_DEPTH} levels"),
        ("log: sheet\nevents: " + "[" * 200_000, "2:", f"nested {MAX_DEPTH} levels"),
        ("log: sheet\nevents: " + "{a: " * 60 + "}" * 60, "2:", f"nested {MAX_DEPTH} levels"),
        (b"\x00", "1:1", "U+0000"),
        ("log: sheet\nevents:\n- @x\n", "3:3", "cannot begin with '@'"),
        ("log: sheet\nevents: [a, b\n", "2:14", "must go on with ',' or ']'"),
        ("%YAML 3.0\n---\nlog: sheet\n", "1:", "YAML must be"),
    ],
)
def test_odd_bytes_and_forms_are_refused_with_their_place(
    content, place, words, tmp_path, monkeypatch
):
    answer = _sheet(tmp_path, monkeypatch, content)
    assert answer.code == 2
    assert answer.out == ""
    assert answer.err.startswith(f"sheet.yaml:{place}")
    assert words in answer.err


def test_aliases_cannot_blow_up_a_file(tmp_path, monkeypatch):
    bomb = ["log: sheet", "a0: &a0 [x, x]"]
    bomb += [f"a{n}: &a{n} [*a{n - 1}, *a{n - 1}]" for n in range(1, 60)]
    answer = _sheet(tmp_path, monkeypatch, "\n".join(bomb))
    assert answer.code == 2
    assert answer.err.count("are not read") == MAX_FINDINGS
    assert f"stopped after {MAX_FINDINGS} faults" in answer.err


def test_a_huge_file_is_refused_with_the_limit(tmp_path, monkeypatch):
    answer = _sheet(tmp_path, monkeypatch, b"# filler\n" * (MAX_BYTES // 9 + 1))
    assert answer.code == 2
    assert f"at most {MAX_BYTES:,} bytes" in answer.err
    assert len(answer.err) < 200


def test_a_file_of_too_many_values_is_refused_with_the_limit(tmp_path, monkeypatch):
    answer = _sheet(tmp_path, monkeypatch, "events: [" + "a," * MAX_VALUES + "]")
    assert answer.code == 2
    assert f"{MAX_VALUES:,} values" in answer.err


def test_a_line_of_a_megabyte_is_not_printed_whole(tmp_path, monkeypatch):
    answer = _sheet(tmp_path, monkeypatch, "log: sheet\nevents: [" + "a, " * 30_000 + "&x]")
    assert answer.code == 2
    assert len(answer.err) < 2_000
