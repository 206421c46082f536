"""No output replaces what the command would not have written itself; then nothing is written."""

import shutil

import pytest

from tests.command_line import tariffsim
from tests.pages import folder_of


def bytes_in(folder):
    return {path.relative_to(folder): path.read_bytes() for path in folder.rglob("*")
            if path.is_file()}  # fmt: skip


@pytest.fixture
def place(tmp_path):
    shutil.copytree(folder_of("canola"), tmp_path / "r")
    (tmp_path / "mine.yaml").write_text("scenario: mine\n")
    (tmp_path / "notes.json").write_text('{"my": "notes"}\n')
    return tmp_path


def refused(place, *arguments):
    before = bytes_in(place)
    answer = tariffsim(*arguments)
    assert (answer.code, answer.out) == (2, "")
    assert "Traceback" not in answer.err
    assert bytes_in(place) == before
    return answer.err


RESULT_FILES = ("manifest.json", "grounds.json", "result.json", "draws.npz", "headline.csv")


@pytest.mark.parametrize("name", RESULT_FILES)
def test_a_page_takes_the_place_of_no_file_of_a_result(place, name):
    shutil.copytree(place / "r", place / "other")
    for folder in ("r", "other"):
        said = refused(place, "report", place / "r", "--out", place / folder / name)
        assert f"{name}: a page may not replace a file of the result in" in said
        assert "--out" in said


def test_a_page_replaces_a_page_or_an_empty_file_only(place):
    assert "got another file" in refused(place, "report", place / "r", "--out", place / "mine.yaml")
    empty = place / "page.html"
    empty.write_text("")
    for _ in range(2):
        assert tariffsim("report", place / "r", "--out", empty).code == 0
        assert empty.read_text().lstrip().startswith("<!doctype html")


def test_a_link_does_not_hide_what_it_leads_to(place):
    (place / "page.html").symlink_to(place / "r" / "manifest.json")
    said = refused(place, "report", place / "r", "--out", place / "page.html")
    assert "may not replace" in said


@pytest.mark.parametrize(("name", "text"), [("tree.csv", "a,b\n"), ("tree.svg", "x"),
                                            ("tree.txt", "notes")])  # fmt: skip
def test_figures_replace_figures_only_and_no_page_is_written_beside(place, name, text):
    figures = place / "figures"
    figures.mkdir()
    (figures / name).write_text(text)
    said = refused(place, "report", place / "r", "--figures", figures)
    assert f"{name}: " in said
    assert "--figures" in said
    (figures / name).unlink()
    for _ in range(2):
        assert tariffsim("report", place / "r", "--figures", figures).code == 0


@pytest.mark.parametrize("name", ["mine.yaml", "notes.json", "r/headline.json", "r/manifest.json"])
def test_a_sensitivity_replaces_a_sensitivity_only(place, name, monkeypatch):
    def unasked(*_, **__):
        raise AssertionError("told after the work")

    monkeypatch.setattr("tariffsim.corridor.sensitivity", unasked)
    line = ["sensitivity", "canola", "--metric", "welfare.CHN", "--draws", "2", "--quiet"]
    assert "a sensitivity may" in refused(place, *line, "--out", place / name)


def test_a_sensitivity_is_replaced_by_a_later_one(place):
    line = ["sensitivity", "canola", "--metric", "welfare.CHN", "--draws", "2", "--quiet", "--out"]
    for _ in range(2):
        assert tariffsim(*line, place / "own.json").code == 0


RUN = ("run", "canola", "--draws", "16", "--quiet", "--out")


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("manifest.json", '{"name": "an app", "files": {"app.js": {"sha256": "0"}}}'),
        ("headline.csv", "name,date\nme,today\n"),
        ("duty.csv", "importer,exporter,product,value\nUSA,CHN,01,3\n"),
        ("grounds.json", '{"coffee": 1}'),
        ("draws.npz", "mine"),
    ],
)
def test_a_result_takes_the_place_of_nothing_else(place, name, text):
    folder = place / "mine"
    folder.mkdir()
    (folder / name).write_text(text)
    (folder / "app.js").write_text("let x")
    assert f"{name}: " in refused(place, *RUN, folder)


def test_a_result_replaces_a_result_whole_damaged_or_half_written(place):
    assert tariffsim(*RUN, place / "r").code == 0
    (place / "r" / "duty.csv").write_text("scenario,cut")
    assert tariffsim(*RUN, place / "r").code == 0
    whole = bytes_in(place / "r")
    manifest = place / "r" / "manifest.json"
    manifest.write_text(manifest.read_text()[:300])
    assert tariffsim(*RUN, place / "r").code == 0
    manifest.unlink()
    assert tariffsim(*RUN, place / "r").code == 0
    assert bytes_in(place / "r") == whole


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("rates.csv", "date,product,exporter,value\n2025-03-01,8505,CHN,100\n"),
        ("bad-rows.csv", "date,product,exporter,value\n2025-03-01,8505,CHN,100\n"),
        ("undo.json", '{"note": 1}'),
    ],
)
def test_a_refund_does_not_replace_the_entries_it_reads(place, name, text):
    entries = place / name
    entries.write_text(text)
    asked = ["undo", "us-ieepa-fentanyl-china", "--entries", entries, "--out", place]
    assert f"{name}: what is written there may replace only" in refused(place, *asked)
    entries.rename(place / "own.csv")
    asked[3] = place / "own.csv"
    for _ in range(2):
        assert tariffsim(*asked).code in ((0,) if name.endswith(".csv") else (2,))


@pytest.mark.parametrize(
    ("name", "text"), [("my.jsonl", '{"my": "notes"}\n'), ("HEAD", "ref: refs/heads/main\n")]
)
def test_a_stored_log_takes_the_place_of_nothing_else(place, name, text):
    sheet = place / "facts.yaml"
    sheet.write_text(
        "log: my\nevents:\n- {type: reviewed, key: seen, title: Seen, announced: 2025-06-06,"
        " through: 2025-06-06, text: all}\n"
    )
    (place / name).write_text(text)
    refused(place, "log", "add", place / "my.jsonl", sheet)
    (place / name).unlink()
    assert tariffsim("log", "add", place / "my.jsonl", sheet).code == 0


def test_a_starter_takes_the_place_of_nothing(place):
    assert "must not exist yet" in refused(place, "new", place / "mine.yaml")
