"""Folders of results that were forged, cut or mixed up: always words and exit code 2.

A forged file comes with a forged hash, so that what meets it is the reading itself.
"""

import hashlib
import json
import shutil

import pytest

import tariffsim as ts
from tests.command_line import tariffsim
from tests.pages import folder_of

GONE = object()


def named(value):
    return "gone" if value is GONE else repr(value)


ODD = (GONE, None, "text", -1, float("nan"), [])
ID = "duty.CHN.CAN/end/2025-06"


@pytest.fixture
def folder(tmp_path):
    shutil.copytree(folder_of("canola"), tmp_path / "r")
    return tmp_path / "r"


def refused(*arguments):
    answer = tariffsim(*arguments)
    assert (answer.code, answer.out) == (2, ""), answer
    assert "; " in answer.err, answer.err  # the next step
    return answer.err


def answered(*arguments):
    """Whatever the answer, it is one: an exception would leave through here."""
    answer = tariffsim(*arguments)
    assert answer.code in (0, 2)
    assert answer.code == 0 or answer.err.startswith("error: ")
    return answer


def forge(folder, name, content):
    (folder / name).write_bytes(content)
    manifest = json.loads((folder / "manifest.json").read_text())
    about = manifest["files"][name]
    about["sha256"] = hashlib.sha256(content).hexdigest()
    about["rows"] = max(content.count(b"\n") - 1, 0) if name.endswith(".csv") else None
    (folder / "manifest.json").write_text(json.dumps(manifest))


def changed(data, path, value):
    """Give the same data but for one place."""
    if not path:
        return value
    first, *rest = path
    copy = list(data) if isinstance(data, list) else dict(data)
    if value is GONE and not rest:
        del copy[first]
    else:
        copy[first] = changed(data[first], rest, value)
    return copy


def places(data, path=(), *, depth=4):
    """Find the first of every kind of place: each key, and the first item of each list."""
    yield path
    if depth and data:
        found = list(data)[:20] if isinstance(data, dict) else range(isinstance(data, list))
        for own in found:
            yield from places(data[own], (*path, own), depth=depth - 1)


NEEDED = ("tariffsim", "scenario", "question", "log", "known_on", "known_through", "digests",
          "flags", "draws", "seed", "files")  # fmt: skip
OTHERS = ("model", "events", "parameters", "evidence", "given", "branches", "chances", "paths",
          "not_converged", "warnings", "versions")  # fmt: skip


@pytest.mark.parametrize("name", [*NEEDED, *OTHERS])
def test_an_entry_of_the_manifest_that_no_run_writes_is_named(folder, name):
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    assert name in data
    for value in (None, 1.5, {"a": None}, [None], GONE):
        if value is GONE and name in OTHERS:
            continue
        path.write_text(json.dumps(changed(data, [name], value)))
        for line in (("explain", folder), ("report", folder), ("compare", folder, folder)):
            said = refused(*line)
            assert f"{name} must be" in said or name == "files"
            assert "manifest.json" in said
    assert not (folder / "report.html").exists()


def test_every_fault_of_a_manifest_is_told_at_once(folder):
    path = folder / "manifest.json"
    data = json.loads(path.read_text()) | {"draws": 0, "seed": "x", "known_on": "yesterday"}
    path.write_text(json.dumps(data))
    said = refused("explain", folder)
    assert "draws must be a whole number of at least 1, got 0; run the scenario again" in said
    assert "known_on must be a day, as 2025-06-06, got 'yesterday'" in said
    assert "seed must be a whole number of at least 0, got 'x'" in said


@pytest.mark.parametrize(
    ("about", "said"),
    [
        ({"sha256": "0" * 64, "rows": 3}, "hash"),
        ({"rows": 3}, "sha256 of duty.csv must be text, got None"),
        ({"sha256": 5, "rows": 3}, "sha256 of duty.csv must be text, got 5"),
        ({"rows": -1}, "rows of duty.csv must be a whole number"),
        ({"rows": 3}, "duty.csv must have the rows that manifest.json states, 3, got"),
    ],
)
def test_a_file_is_held_against_its_entry(folder, about, said):
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    own = dict(data["files"]["duty.csv"])
    data["files"]["duty.csv"] = own | about if "sha256 of" not in said else about
    path.write_text(json.dumps(data))
    for line in (("explain", folder), ("report", folder), ("compare", folder, folder)):
        assert said in refused(*line)
    with pytest.raises(ts.TariffsimError, match="duty"):
        ts.load_result(folder)


@pytest.mark.parametrize("name", ["..", "", "../x.csv", "a\0.csv"])
def test_a_manifest_names_files_of_its_folder_only(folder, name):
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    data["files"][name] = {"rows": None, "sha256": "0"}
    path.write_text(json.dumps(data))
    for line in (("explain", folder), ("report", folder), ("compare", folder, folder)):
        assert "must lie beside manifest.json, got a name that is none in its folder" in refused(
            *line
        )


CSV = {
    "cut": lambda raw: raw[: len(raw) * 2 // 3],
    "head only": lambda raw: raw.partition(b"\n")[0] + b"\n",
    "a row less": lambda raw: b"\n".join([*raw.split(b"\n")[:1], *raw.split(b"\n")[2:]]),
    "cells less": lambda raw: b"\n".join(row.rpartition(b",")[0] for row in raw.split(b"\n")),
    "no number": lambda raw: raw.replace(b"0.", b"nan"),
    "infinite": lambda raw: raw.replace(b"0.", b"1e999"),
    "words": lambda raw: raw.replace(b"0.", b"x"),
    "open quote": lambda raw: raw.replace(b",", b',"', 20),
    "a long cell": lambda raw: raw.replace(b"level", b"l" * 200_000, 1),
}


@pytest.mark.parametrize("how", CSV)
@pytest.mark.parametrize("name", ["headline.csv", "duty.csv"])
def test_tables_that_no_run_writes_are_refused(folder, name, how):
    raw = (folder / name).read_bytes()
    content = CSV[how](raw)
    assert content != raw
    forge(folder, name, content)
    said = refused("explain", folder, ID)
    assert any(own in said for own in (name, "grounds.json", "must be told for each"))
    assert "run " in said


@pytest.mark.parametrize("value", ODD, ids=named)
def test_grounds_are_as_a_run_writes_them_or_told_otherwise(folder, value):
    data = json.loads((folder / "grounds.json").read_text())
    refusals = 0
    for path in places(data):
        if value is GONE and not path:
            continue
        forge(folder, "grounds.json", json.dumps(changed(data, path, value)).encode())
        refusals += answered("explain", folder, ID).code == 2
    assert refusals


@pytest.mark.parametrize("value", ODD, ids=named)
def test_draws_are_as_a_run_describes_them_or_told_otherwise(folder, value):
    data = json.loads((folder / "result.json").read_text())
    refusals = 0
    for path in places(data, depth=3):
        if value is GONE and not path:
            continue
        forge(folder, "result.json", json.dumps(changed(data, path, value)).encode())
        refusals += answered("compare", folder, folder_of("canola")).code == 2
    assert refusals


@pytest.mark.parametrize("content", [b"", b"PK", b"text", b"\x80\x04]."])
def test_an_archive_that_is_none_is_refused(folder, content):
    forge(folder, "draws.npz", content)
    assert "must be an archive of plain arrays" in refused("compare", folder, folder)


def test_files_that_contradict_each_other_are_no_traceback(folder):
    data = json.loads((folder / "grounds.json").read_text())
    data["take"] *= 9
    forge(folder, "grounds.json", json.dumps(data).encode())
    assert "the files of a result must fit each other" in refused("report", folder)
    assert not (folder / "report.html").exists()
