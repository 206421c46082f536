"""The notebooks of docs/: their cells run without Jupyter and show what is stored in them."""

import importlib
import json
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "docs" / "notebooks"
NOTEBOOKS = sorted(FOLDER.glob("*.ipynb"))
# Model numbers move with the model. What rests on law and arithmetic alone must not.
EXACT = {"ruling-undone"}
NUMBER = re.compile(r"[-+]?\d[\d,.]*")


@pytest.fixture
def notebooks(monkeypatch):
    """The module that runs notebooks and reads them as pages."""
    monkeypatch.syspath_prepend(str(ROOT / "docs" / "_ext"))
    return importlib.import_module("notebooks")


def read(path):
    return json.loads(path.read_text())


def without_numbers(text: str) -> str:
    return " ".join(NUMBER.sub("#", text).split())


def seen(outputs, module, *, exact: bool) -> list[tuple[str, str]]:
    """What a reader sees of outputs; of a picture and of its address in memory, that it is one."""
    found = []
    for output in outputs:
        data = output.get("data", {"text/plain": output.get("text", "")})
        richest = next(m for m in ("image/png", "text/html", "text/plain") if m in data)
        text = "" if richest == "image/png" else module.text_of(data[richest])
        found.append((richest, text if exact else without_numbers(text)))
    return found


def test_there_are_notebooks():
    assert {path.stem for path in NOTEBOOKS} >= EXACT | {"what-if"}


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_cells_run_in_order_and_show_what_is_stored(path, notebooks, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    exact = path.stem in EXACT
    shown = 0
    for cell, outputs in notebooks.executed(read(path), path.name):
        stored = seen(cell["outputs"], notebooks, exact=exact)
        assert seen(outputs, notebooks, exact=exact) == stored, "".join(cell["source"])
        shown += len(stored)
    assert shown > 2


@pytest.mark.parametrize("path", NOTEBOOKS, ids=lambda p: p.stem)
def test_a_notebook_is_stored_as_jupyter_stores_it(path, notebooks):
    notebook = read(path)
    assert (notebook["nbformat"], notebook["nbformat_minor"]) == (4, 5)
    assert len({cell["id"] for cell in notebook["cells"]}) == len(notebook["cells"])
    code = [cell for cell in notebook["cells"] if cell["cell_type"] == "code"]
    assert [cell["execution_count"] for cell in code] == list(range(1, len(code) + 1))
    assert path.stat().st_size < 200_000


def test_one_notebook_shows_a_table_and_a_picture_with_words_for_it(notebooks):
    page = notebooks.markdown(read(FOLDER / "what-if.ipynb"))
    assert page.startswith("# A what-if from Python\n")
    assert "```{raw} html\n<table>" in page
    alt = re.search(r'<img src="data:image/png;base64,[^"]+" alt="([^"]+)">', page)
    assert alt is not None
    assert len(alt[1]) > 60


def test_a_picture_without_words_is_refused(notebooks):
    picture = {"output_type": "execute_result", "data": {"image/png": "AAAA"}}
    cell = {"cell_type": "code", "source": "x", "metadata": {}, "outputs": [picture]}
    with pytest.raises(KeyError, match="alt"):
        notebooks.markdown({"cells": [cell]})


def test_a_cell_shows_what_it_prints_and_its_last_value(notebooks):
    names: dict[str, object] = {}
    printed, value = notebooks.run_cell("%matplotlib inline\nprint('a')\nx = 2\nx + 1", names, "c")
    assert printed["text"] == ["a\n"]
    assert value["data"] == {"text/plain": ["3"]}
    assert notebooks.run_cell("x = 4", names, "c") == []
    assert notebooks.run_cell("print('b'); None", names, "c")[0]["text"] == ["b\n"]
    with pytest.raises(ZeroDivisionError):
        notebooks.run_cell("x / 0", names, "c")


def test_numbers_may_move_and_words_may_not():
    assert without_numbers("imports: +0.11 [0.10, 0.12]") == without_numbers("imports: -3 [1, 2]")
    assert without_numbers("imports: 1") != without_numbers("exports: 1")
