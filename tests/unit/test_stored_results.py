"""Results written and read back: the same numbers, and a refusal of whatever was changed since."""

import errno
import hashlib
import io
import json
import os
import zipfile
from pathlib import Path

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.codec.arrays import from_npz, to_npz
from tariffsim.errors import InputError
from tariffsim.files import results as module
from tests.command_line import tariffsim

FORK = Path(__file__).parents[1] / "conformance" / "valid" / "fork.yaml"


@pytest.fixture
def folder(result, tmp_path):
    ts.write_result(result, tmp_path / "r", keep="paths")
    return tmp_path / "r"


def assert_same(ours, theirs):
    assert ours.branch == theirs.branch
    assert ours.period == theirs.period
    assert ours.provenance == theirs.provenance
    assert [dict(own) for own in ours.options] == [dict(own) for own in theirs.options]
    assert (ours.draws, ours.seed, ours.versions) == (theirs.draws, theirs.seed, theirs.versions)
    assert ours.dimensions == theirs.dimensions != ()
    np.testing.assert_array_equal(ours.probability, theirs.probability)
    for kind in ("headline", "paths"):
        for own, other in zip(getattr(ours, kind), getattr(theirs, kind), strict=True):
            assert own.key == other.key
            assert (own.label, own.unit, own.basis) == (other.label, other.unit, other.basis)
            np.testing.assert_array_equal(own.values, other.values)
            np.testing.assert_array_equal(own.path, other.path)


def test_a_result_comes_back_number_by_number(result, folder):
    again = ts.load_result(folder)
    assert_same(result, again)
    assert repr(again) == repr(result)
    with pytest.raises(ValueError, match="read-only"):
        again.headline[0].values[0, 0, 0] = 1.0


def test_written_again_it_has_the_same_bytes(result, folder, tmp_path):
    ts.write_result(ts.load_result(folder), tmp_path / "again", keep="paths")
    for path in folder.iterdir():
        assert (tmp_path / "again" / path.name).read_bytes() == path.read_bytes(), path.name


def test_a_full_disk_leaves_the_result_that_stood_there(result, folder, monkeypatch):
    """Room runs out at the last of the files; the earlier result had one that this one has not."""
    before = {path.name: path.read_bytes() for path in folder.iterdir()}
    room, fsync = [None] * 5, os.fsync

    def full(handle):
        if not room:
            raise OSError(errno.ENOSPC, "full")
        room.pop()
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        with pytest.raises(InputError, match="nothing was changed"):
            ts.write_result(attrs.evolve(result, seed=result.seed + 1), folder)
    assert {path.name: path.read_bytes() for path in folder.iterdir()} == before
    assert_same(result, ts.load_result(folder))
    ts.write_result(attrs.evolve(result, seed=result.seed + 1), folder)
    assert not (folder / "paths.npz").exists()


def test_by_default_the_metrics_keep_their_draws_and_the_paths_do_not(result, tmp_path):
    ts.write_result(result, tmp_path)
    again = ts.load_result(tmp_path)
    assert again.paths == ()
    np.testing.assert_array_equal(again.headline[5].values, result.headline[5].values)
    with pytest.raises(ts.TariffsimError, match="no variable answers"):
        _ = again["customs_value.USA.CHN"]


def test_without_draws_there_is_nothing_to_read_back(result, tmp_path):
    ts.write_result(result, tmp_path, keep="nothing")
    assert not (tmp_path / "draws.npz").exists()
    with pytest.raises(InputError, match="--keep headline"):
        ts.load_result(tmp_path)


def test_what_an_earlier_run_left_does_not_stay(result, folder):
    (folder / "mine.txt").write_text("not ours")
    ts.write_result(result, folder)
    assert not (folder / "paths.npz").exists()
    assert (folder / "mine.txt").exists()
    assert ts.load_result(folder).paths == ()


@pytest.mark.parametrize("name", ["draws.npz", "paths.npz", "result.json", "customs_value.csv"])
def test_a_changed_byte_is_refused(folder, name):
    path = folder / name
    content = bytearray(path.read_bytes())
    content[len(content) // 2] ^= 1
    path.write_bytes(bytes(content))
    with pytest.raises(InputError, match=rf"{name}: .*changed after it was written"):
        ts.load_result(folder)


def test_a_missing_file_is_named(folder):
    (folder / "duty.csv").unlink()
    with pytest.raises(InputError, match=r"duty.csv"):
        ts.load_result(folder)


def rewritten(folder, change):
    path = folder / "manifest.json"
    data = json.loads(path.read_text())
    change(data)
    path.write_text(json.dumps(data))


def test_another_version_is_refused(folder):
    rewritten(folder, lambda data: data.update(tariffsim="0.0.9"))
    with pytest.raises(InputError, match=r"this version, .*, got 0.0.9; run the scenario again"):
        ts.load_result(folder)


@pytest.mark.parametrize(
    "change",
    [
        lambda data: data.pop("files"),
        lambda data: data.update(files=[]),
        lambda data: data["files"].update({"../../etc/passwd": {"sha256": "0"}}),
        lambda data: data["files"].update({"x": {}}),
    ],
)
def test_a_manifest_that_is_none_is_refused(folder, change):
    rewritten(folder, change)
    with pytest.raises(InputError, match="as it was written"):
        ts.load_result(folder)


def test_folders_that_are_no_results_are_told_apart(tmp_path):
    with pytest.raises(InputError, match="--out"):
        ts.load_result(tmp_path / "nowhere")
    with pytest.raises(InputError, match="not finished"):
        ts.load_result(tmp_path)


def test_another_layout_is_refused(folder):
    path = folder / "result.json"
    text = path.read_text().replace('"format": 1', '"format": 2', 1)
    path.write_text(text)
    digest = hashlib.sha256(text.encode()).hexdigest()
    rewritten(folder, lambda data: data["files"]["result.json"].update(sha256=digest))
    with pytest.raises(InputError, match="must have format 1, got 2"):
        ts.load_result(folder)


def test_an_archive_has_no_day_and_reads_as_numpy_writes():
    arrays = {"a": np.arange(6.0).reshape(2, 3), "b": np.array(1.5)}
    made = to_npz(arrays)
    with zipfile.ZipFile(io.BytesIO(made)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
    again = from_npz(made)
    theirs = np.load(io.BytesIO(made))
    for name, array in arrays.items():
        np.testing.assert_array_equal(again[name], array)
        np.testing.assert_array_equal(theirs[name], array)


def test_an_archive_of_objects_is_refused():
    made = io.BytesIO()
    np.savez(made, a=np.array([{"x": 1}], dtype=object))
    with pytest.raises(InputError, match="plain arrays"):
        from_npz(made.getvalue())
    with pytest.raises(InputError, match="plain arrays"):
        from_npz(b"PK not a zip")


def test_the_command_takes_what_to_keep(tmp_path):
    assert tariffsim("run", FORK, "--out", tmp_path, "--keep", "paths").code == 0
    assert module.is_result(tmp_path)
    assert len(ts.load_result(tmp_path).paths) > 0
    answer = tariffsim("run", FORK, "--out", tmp_path, "--keep", "headlines")
    assert (answer.code, answer.out) == (2, "")
    assert "did you mean 'headline'" in answer.err


def test_a_folder_may_be_named_by_text(tmp_path):
    result = ts.run(ts.with_options(ts.load_inputs("canola"), draws=4))
    written = ts.write_result(result, str(tmp_path / "own"))
    assert all(path.is_file() for path in written)
    assert ts.load_result(str(tmp_path / "own")).draws == 4
