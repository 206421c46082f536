"""Reading and replacing files: a plain refusal for every way to fail, and nothing left behind."""

import errno
import os
import signal
import stat
from pathlib import Path

import pytest

from tariffsim import disk
from tariffsim.disk import read_text, refused, write_atomically, write_together
from tariffsim.errors import InputError


def rule(caught):
    (finding,) = caught.value.findings
    assert finding.message in str(caught.value)
    return finding.rule


def failing(number):
    """Make a call that fails as the system would."""

    def call(*_args, **_options):
        raise OSError(number, os.strerror(number))

    return call


def test_text_is_read_with_its_line_ends(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes("\ufeffé\r\nb\r".encode())
    assert read_text(file) == "\ufeffé\r\nb\r"


def test_a_missing_file_offers_the_nearest_name(tmp_path):
    (tmp_path / "geneva.yaml").touch()
    with pytest.raises(InputError, match=r"genva.yaml does not exist; did you mean 'geneva.yaml'"):
        read_text(tmp_path / "genva.yaml")
    with pytest.raises(InputError, match="nor does the folder") as caught:
        read_text(tmp_path / "no" / "genva.yaml")
    assert rule(caught) == "missing-file"


@pytest.mark.parametrize(
    ("name", "expected"),
    [(".", "is-folder"), ("file/below", "not-a-folder"), ("a\0b", "disk"), ("x" * 300, "disk")],
)
def test_what_is_no_file_is_refused_in_reading_and_writing(tmp_path, name, expected):
    (tmp_path / "file").write_text("kept")
    path = f"{tmp_path}/{name}"
    with pytest.raises(InputError) as caught:
        read_text(path)
    assert rule(caught) == expected
    if len(name) < 300:
        with pytest.raises(InputError) as caught:
            write_atomically(path, b"new")
        assert rule(caught) == expected
    assert [(p.name, p.read_text()) for p in tmp_path.iterdir()] == [("file", "kept")]


def test_the_file_in_the_way_is_named(tmp_path):
    (tmp_path / "file").touch()
    with pytest.raises(InputError, match=rf"{tmp_path}/file is a file, not a folder"):
        write_atomically(tmp_path / "file" / "a" / "b.csv", b"")


def test_a_file_may_be_as_long_as_the_limit_and_no_longer(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes(b"x" * 1000)
    assert len(read_text(file, 1000)) == 1000
    with pytest.raises(InputError, match="at most 999 bytes") as caught:
        read_text(file, 999)
    assert rule(caught) == "file-too-large"


@pytest.mark.parametrize(
    ("content", "line", "column", "byte"),
    [
        (b"caf\xe9", 1, 4, "0xE9 at offset 3"),
        ("é\r\nü ".encode() + b"\xff", 2, 3, "0xFF at offset 7"),
        (b"a\n\xed\xa0\x80", 2, 1, "0xED at offset 2"),
        (b"a\nb\xe2\x9c", 2, 2, "0xE2 at offset 3"),
    ],
)
def test_the_first_byte_that_is_not_utf8_has_its_place(tmp_path, content, line, column, byte):
    file = tmp_path / "a.yaml"
    file.write_bytes(content)
    with pytest.raises(InputError, match=byte) as caught:
        read_text(file)
    assert rule(caught) == "not-utf8"
    place = caught.value.findings[0].place
    assert (place.file, place.line, place.column) == (str(file), line, column)


def test_utf16_is_recognised(tmp_path):
    file = tmp_path / "a.yaml"
    file.write_bytes("a: 1".encode("utf-16"))
    with pytest.raises(InputError, match="looks like UTF-16"):
        read_text(file)


def test_a_torn_tail_may_end_within_a_character_but_no_whole_line_may(tmp_path):
    file = tmp_path / "log.jsonl"
    file.write_bytes("whole é\ntorn ".encode() + "é".encode()[:1])
    assert read_text(file, torn_tail=True) == "whole é\ntorn \ufffd"
    file.write_bytes(b"\xe9\ntorn")
    with pytest.raises(InputError):
        read_text(file, torn_tail=True)


def test_a_file_that_may_not_be_read_is_refused(tmp_path, monkeypatch):
    monkeypatch.setattr(Path, "open", failing(errno.EACCES))
    with pytest.raises(InputError, match="you may not read it") as caught:
        read_text(tmp_path / "a.yaml")
    assert rule(caught) == "not-readable"


def test_a_new_file_has_the_usual_mode_and_a_replaced_one_keeps_its_own(tmp_path):
    file = tmp_path / "a.csv"
    before = os.umask(0o027)
    try:
        write_atomically(file, b"one")
        assert file.stat().st_mode & 0o777 == 0o640
    finally:
        os.umask(before)
    file.chmod(0o604)
    write_atomically(file, b"two")
    assert file.read_bytes() == b"two"
    assert file.stat().st_mode & 0o777 == 0o604
    assert list(tmp_path.iterdir()) == [file]


def test_a_link_is_followed_and_stays(tmp_path):
    real = tmp_path / "real.csv"
    real.write_bytes(b"one")
    link = tmp_path / "link.csv"
    link.symlink_to(real)
    write_atomically(link, b"two")
    assert link.is_symlink()
    assert real.read_bytes() == b"two"


def test_a_missing_folder_is_named(tmp_path):
    with pytest.raises(InputError, match=rf"the folder {tmp_path}/no does not exist") as caught:
        write_atomically(tmp_path / "no" / "a.csv", b"")
    assert rule(caught) == "missing-folder"


def test_a_write_protected_file_stays(tmp_path, monkeypatch):
    file = tmp_path / "a.csv"
    file.write_bytes(b"old")
    # Root may write everything; the answer to everybody else is given here.
    monkeypatch.setattr(os, "access", lambda path, mode: not (path == file and mode == os.W_OK))
    with pytest.raises(InputError) as caught:
        write_atomically(file, b"new")
    assert rule(caught) == "not-writable"
    assert file.read_bytes() == b"old"


def test_a_pipe_is_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(InputError, match="a device or a pipe"):
        write_atomically(pipe, b"new")
    assert pipe.is_fifo()


@pytest.mark.parametrize(
    ("number", "expected"),
    [
        (errno.EACCES, "not-writable"),
        (errno.EROFS, "not-writable"),
        (errno.ENOSPC, "no-space"),
        (errno.EIO, "disk"),
    ],
)
@pytest.mark.parametrize("step", ["open", "fsync", "replace"])
def test_whatever_step_fails_the_old_file_stays_and_nothing_else(
    tmp_path, monkeypatch, step, number, expected
):
    file = tmp_path / "a.csv"
    file.write_bytes(b"old")
    with monkeypatch.context() as patch:
        patch.setattr(os if step == "fsync" else Path, step, failing(number))
        with pytest.raises(InputError, match=r"a\.csv cannot be written") as caught:
            write_atomically(file, b"new")
    assert rule(caught) == expected
    assert [p.read_bytes() for p in tmp_path.iterdir()] == [b"old"]


def test_an_interruption_leaves_nothing_behind(tmp_path, monkeypatch):
    def interrupted(_handle):
        raise KeyboardInterrupt

    monkeypatch.setattr(os, "fsync", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_atomically(tmp_path / "a.csv", b"new")
    assert list(tmp_path.iterdir()) == []


def test_the_content_is_synced_before_the_rename_and_the_folder_after(tmp_path, monkeypatch):
    steps = []
    fsync, replace = os.fsync, Path.replace

    def synced(handle):
        steps.append("folder" if stat.S_ISDIR(os.fstat(handle).st_mode) else "file")
        fsync(handle)

    def replaced(self, target):
        steps.append("rename")
        return replace(self, target)

    monkeypatch.setattr(os, "fsync", synced)
    monkeypatch.setattr(Path, "replace", replaced)
    write_atomically(tmp_path / "a.csv", b"new")
    assert steps == ["file", "rename", "folder"]


def folder_with(tmp_path, **contents):
    for name, content in contents.items():
        (tmp_path / name).write_bytes(content)
    return tmp_path


def standing(folder):
    return {path.name: path.read_bytes() for path in folder.iterdir()}


@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "full"), KeyboardInterrupt()])
@pytest.mark.parametrize("written", [0, 1, 2])
def test_files_that_belong_together_come_together_or_not_at_all(
    tmp_path, monkeypatch, error, written
):
    """Room runs out, or somebody interrupts, after so many of three files."""
    folder = folder_with(tmp_path, a=b"old", gone=b"old")
    left, fsync = [None] * written, os.fsync

    def failing_later(handle):
        if not left:
            raise error
        left.pop()
        fsync(handle)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing_later)
        with pytest.raises((InputError, KeyboardInterrupt)):
            write_together(
                {folder / name: b"new" for name in ("a", "b", "c")}, remove=[folder / "gone"]
            )
    assert standing(folder) == {"a": b"old", "gone": b"old"}
    write_together({folder / name: b"new" for name in ("a", "b")}, remove=[folder / "gone"])
    assert standing(folder) == {"a": b"new", "b": b"new"}


def test_an_interruption_among_the_names_waits_until_all_are_taken(tmp_path, monkeypatch):
    folder = folder_with(tmp_path, a=b"old", b=b"old")
    replace = Path.replace

    def interrupted(self, target):
        signal.raise_signal(signal.SIGINT)
        return replace(self, target)

    monkeypatch.setattr(Path, "replace", interrupted)
    with pytest.raises(KeyboardInterrupt):
        write_together({folder / "a": b"new", folder / "b": b"new"})
    assert standing(folder) == {"a": b"new", "b": b"new"}
    assert signal.getsignal(signal.SIGINT) is signal.default_int_handler


def test_a_system_that_cannot_sync_folders_is_no_fault(tmp_path, monkeypatch):
    monkeypatch.setattr(os, "fsync", failing(errno.EINVAL))
    disk.sync_folder(tmp_path)
    monkeypatch.setattr(os, "fsync", failing(errno.EIO))
    with pytest.raises(OSError, match="error"):
        disk.sync_folder(tmp_path)


def test_every_refusal_names_the_file_as_the_user_did():
    for number in errno.errorcode:
        for doing in ("read", "written"):
            error = refused(OSError(number, os.strerror(number)), "a/b.csv", doing=doing)
            assert str(error).startswith("a/b.csv ")
            assert ";" in str(error)
