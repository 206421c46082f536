"""The stored log on disk: appended whole or not at all, and what a crash leaves is read."""

import datetime as dt
import errno
import fcntl
import multiprocessing
import os
import time
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tariffsim import journal
from tariffsim.codec.lines import EMPTY, LogLine, encode, read_head, write_head
from tariffsim.disk import head_path, write_atomically
from tariffsim.errors import InputError, LogError
from tariffsim.journal import append_lines, read_log


def entry(number):
    event = {"type": "reviewed", "through": "2025-06-06", "text": f"Prüfung {number} ✓"}
    return LogLine(event=event, recorded=dt.date(2025, 6, 6))


@pytest.fixture
def log(tmp_path):
    """Store a log of three lines."""
    file = tmp_path / "log.jsonl"
    append_lines(file, encode([entry(n) for n in range(3)])[0])
    return file


def texts(file):
    return [line.event["text"] for line in read_log(file).entries]


def rules(caught):
    return [found.rule for found in caught.value.findings]


def names(folder):
    return sorted(p.name for p in folder.iterdir())


def test_appending_continues_the_log_and_its_head(log):
    before = read_log(log)
    assert before.notices == ()
    text, expected = encode([entry(3)], before.head)
    assert append_lines(log, text, expected=before.head) == expected
    after = read_log(log)
    assert after.head == expected == read_head(head_path(log).read_text(), file="HEAD")
    assert after.entries == (*before.entries, entry(3))
    assert names(log.parent) == ["HEAD", "log.jsonl"]


def test_lines_that_do_not_continue_the_log_are_refused(log):
    before = log.read_bytes()
    text, _ = encode([entry(3)])
    with pytest.raises(LogError) as caught:
        append_lines(log, text, expected=read_log(log).head)
    assert rules(caught) == ["seq"]
    with pytest.raises(ValueError, match="whole lines"):
        append_lines(log, text[:-1])
    assert log.read_bytes() == before


def test_a_log_that_moved_on_is_not_overwritten(log):
    stale = read_log(log).head
    append_lines(log, encode([entry(3)], stale)[0], expected=stale)
    with pytest.raises(LogError, match="read it again") as caught:
        append_lines(log, encode([entry(4)], stale)[0], expected=stale)
    assert rules(caught) == ["log-moved-on"]
    with pytest.raises(LogError, match="read it again"):
        append_lines(log, encode([entry(4)])[0], expected=EMPTY)
    assert len(texts(log)) == 4


def test_a_torn_tail_at_every_byte_is_dropped_and_appended_over(log):
    head = read_log(log).head
    whole = log.read_bytes()
    text, after = encode([entry(3)], head)
    assert "✓" in text  # the tail is also cut within a character
    last = text.encode()
    for cut in range(1, len(last)):
        log.write_bytes(whole + last[:cut])
        torn = read_log(log)
        assert torn.head == head
        assert [found.rule for found in torn.notices] == ["torn-tail"]
        if cut % 25 == 0 or cut > len(last) - 3:
            assert append_lines(log, text, expected=head) == after
            assert log.read_bytes() == whole + last
            head_path(log).write_text(write_head(head))


def test_a_torn_tail_longer_than_what_is_appended_goes_wholly(log):
    head = read_log(log).head
    whole = log.read_bytes()
    log.write_bytes(whole + b"{" * 5_000)
    text, _ = encode([entry(3)], head)
    append_lines(log, text, expected=head)
    assert log.read_bytes() == whole + text.encode()


def test_a_crash_between_lines_and_head_loses_nothing(log):
    head = read_log(log).head
    text, after = encode([entry(3), entry(4)], head)
    with log.open("ab") as stream:
        stream.write(text.encode())
    crashed = read_log(log)
    assert [found.rule for found in crashed.notices] == ["head-behind"]
    assert crashed.head == after
    append_lines(log, encode([entry(5)], after)[0], expected=after)
    assert read_log(log).notices == ()
    assert texts(log)[3:] == [entry(n).event["text"] for n in (3, 4, 5)]


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_single_changed_byte_on_disk_is_detected(log, data):
    file = data.draw(st.sampled_from([log, head_path(log)]))
    stored = file.read_bytes()
    at = data.draw(st.integers(0, len(stored) - 1))
    changed = bytearray(stored)
    changed[at] ^= data.draw(st.integers(1, 255))
    try:
        file.write_bytes(changed)
        with pytest.raises(InputError) as caught:
            read_log(log)
        assert caught.value.findings
    finally:
        file.write_bytes(stored)


def test_every_prefix_cut_at_a_newline_is_detected(log):
    lines = log.read_bytes().splitlines(keepends=True)
    for kept in range(len(lines)):
        log.write_bytes(b"".join(lines[:kept]))
        with pytest.raises(LogError) as caught:
            read_log(log)
        assert rules(caught) == ["log-cut"]


def test_a_damaged_log_is_not_appended_to(log):
    head = read_log(log).head
    damaged = log.read_bytes().replace(b"2025", b"2026", 1)
    log.write_bytes(damaged)
    with pytest.raises(LogError) as caught:
        append_lines(log, encode([entry(3)], head)[0], expected=head)
    assert rules(caught) == ["chain-broken"]
    log.write_bytes(damaged.replace(b"\xc3", b"\xff", 1))
    with pytest.raises(InputError) as caught:
        append_lines(log, encode([entry(3)], head)[0], expected=head)
    assert rules(caught) == ["not-utf8"]


@pytest.mark.parametrize("number", [errno.ENOSPC, errno.EIO])
@pytest.mark.parametrize("step", [1, 2, 3, 4])
@pytest.mark.parametrize("fresh", [True, False])
def test_whatever_sync_fails_nothing_is_written(tmp_path, monkeypatch, number, step, fresh):
    log = tmp_path / "log.jsonl"
    if not fresh:
        append_lines(log, encode([entry(0)])[0])
    stored = {p.name: p.read_bytes() for p in tmp_path.iterdir()}
    head = EMPTY if fresh else read_log(log).head
    fsync, calls = os.fsync, []

    def failing(handle):
        calls.append(handle)
        if len(calls) == step:
            raise OSError(number, os.strerror(number))
        fsync(handle)

    text, after = encode([entry(1)], head)
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", failing)
        with pytest.raises(InputError, match="cannot be written"):
            append_lines(log, text, expected=head)
    if step < 4:
        assert {p.name: p.read_bytes() for p in tmp_path.iterdir()} == stored
    else:
        # HEAD had been renamed already: the lines are recorded, and stay.
        assert read_log(log).head == after


def test_a_disk_that_fills_up_takes_the_lines_back(log, monkeypatch):
    stored = log.read_bytes()
    head = read_log(log).head
    text, _ = encode([entry(3)], head)
    commit = journal._commit

    class Filling:
        """A log that takes ten bytes and no more."""

        def __init__(self, stream):
            self.stream, self.room = stream, 10

        def __getattr__(self, name):
            return getattr(self.stream, name)

        def write(self, content):
            if not self.room:
                raise OSError(errno.ENOSPC, "full")
            taken, self.room = self.stream.write(content[: self.room]), 0
            return taken

    def filling(stream, *rest, **options):
        commit(Filling(stream), *rest, **options)

    monkeypatch.setattr(journal, "_commit", filling)
    with pytest.raises(InputError, match="the disk is full"):
        append_lines(log, text, expected=head)
    assert log.read_bytes() == stored
    assert read_log(log).notices == ()


def test_an_interruption_takes_the_lines_back(log, monkeypatch):
    stored = {p.name: p.read_bytes() for p in log.parent.iterdir()}
    head = read_log(log).head

    def interrupted(*_args):
        raise KeyboardInterrupt

    monkeypatch.setattr(journal, "write_atomically", interrupted)
    with pytest.raises(KeyboardInterrupt):
        append_lines(log, encode([entry(3)], head)[0], expected=head)
    assert {p.name: p.read_bytes() for p in log.parent.iterdir()} == stored


@pytest.mark.parametrize(
    ("name", "rule"),
    [("no/log.jsonl", "missing-folder"), ("file/log.jsonl", "not-a-folder"), (".", "is-folder")],
)
def test_a_place_that_cannot_hold_a_log_is_refused(tmp_path, name, rule):
    (tmp_path / "file").touch()
    with pytest.raises(InputError) as caught:
        append_lines(tmp_path / name, encode([entry(0)])[0])
    assert rules(caught) == [rule]
    assert names(tmp_path) == ["file"]


def test_a_log_that_is_gone_is_not_begun_anew(log):
    head = read_log(log).head
    log.unlink()
    with pytest.raises(InputError, match="does not exist any more") as caught:
        append_lines(log, encode([entry(3)], head)[0], expected=head)
    assert rules(caught) == ["missing-file"]
    assert names(log.parent) == ["HEAD"]


def test_a_folder_that_is_not_writable_is_refused(log, monkeypatch):
    head = read_log(log).head
    text, _ = encode([entry(3)], head)
    opened = os.open

    def denied(path, flags, *rest, **options):
        if flags & os.O_CREAT:
            raise PermissionError(errno.EACCES, "denied")
        return opened(path, flags, *rest, **options)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", denied)
        with pytest.raises(InputError, match="you may not write it in") as caught:
            append_lines(log, text, expected=head)
    assert rules(caught) == ["not-writable"]
    assert len(texts(log)) == 3


def test_a_link_and_its_file_are_one_log(log, tmp_path):
    elsewhere = tmp_path / "elsewhere"
    elsewhere.mkdir()
    link = elsewhere / "link.jsonl"
    link.symlink_to(log)
    head = read_log(link).head
    append_lines(link, encode([entry(3)], head)[0], expected=head)
    assert len(texts(log)) == 4
    assert names(elsewhere) == ["link.jsonl"]


def test_another_append_is_waited_for_and_then_named(log):
    head = read_log(log).head
    text, _ = encode([entry(3)], head)
    lock = log.with_name(f".{log.name}.lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        started = time.monotonic()
        with pytest.raises(InputError, match="another program") as caught:
            append_lines(log, text, expected=head, patience=0.05)
        assert time.monotonic() - started >= 0.05
        assert rules(caught) == ["log-locked"]
    finally:
        os.close(handle)
    # A lock file whose owner died is no lock.
    append_lines(log, text, expected=head, patience=0)
    assert names(log.parent) == ["HEAD", "log.jsonl"]


def test_a_file_system_without_locks_is_refused(log, monkeypatch):
    def unsupported(_handle, _operation):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    head = read_log(log).head
    with monkeypatch.context() as patch:
        patch.setattr(fcntl, "flock", unsupported)
        with pytest.raises(InputError, match="No locks available"):
            append_lines(log, encode([entry(3)], head)[0], expected=head)
    assert len(texts(log)) == 3


def test_a_lock_file_removed_by_its_holder_is_not_taken_for_the_lock(log, monkeypatch):
    lock = log.with_name(f".{log.name}.lock")
    try_lock, tried = journal._try_lock, []

    def removed_first(handle):
        tried.append(handle)
        if len(tried) == 1:
            Path(lock).unlink()
        return try_lock(handle)

    monkeypatch.setattr(journal, "_try_lock", removed_first)
    head = read_log(log).head
    append_lines(log, encode([entry(3)], head)[0], expected=head)
    assert len(tried) == 2


def _append_many(file, name, count, started):
    """Append one line after the other, reading again whenever the log moved on."""
    started.wait(30)
    done = 0
    while done < count:
        head = read_log(file).head if file.exists() else EMPTY
        try:
            append_lines(file, encode([entry(f"{name}{done}")], head)[0], expected=head)
        except LogError as error:
            if [found.rule for found in error.findings] != ["log-moved-on"]:
                raise
        else:
            done += 1


def test_processes_that_append_at_once_lose_nothing(tmp_path):
    file = tmp_path / "log.jsonl"
    context = multiprocessing.get_context("spawn")
    started = context.Barrier(2)
    workers = [
        context.Process(target=_append_many, args=(file, name, 25, started)) for name in "ab"
    ]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(60)
    assert [worker.exitcode for worker in workers] == [0, 0]
    found = texts(file)
    assert sorted(found) == sorted(entry(f"{n}{k}").event["text"] for n in "ab" for k in range(25))
    # Each writer's own lines are in its order.
    for name in "ab":
        own = [text for text in found if f" {name}" in text]
        assert own == [entry(f"{name}{k}").event["text"] for k in range(25)]
    assert names(tmp_path) == ["HEAD", "log.jsonl"]


def test_a_head_that_is_no_head_is_named(log):
    write_atomically(head_path(log), b"<<<<<<< ours\n")
    with pytest.raises(LogError) as caught:
        read_log(log)
    assert rules(caught) == ["head-unreadable"]


def test_a_second_log_in_a_folder_is_told_so(log):
    """Its lines are whole; what looks like a cut is the HEAD of the other one."""
    second = log.with_name("second.jsonl")
    with pytest.raises(LogError, match=r"second\.jsonl must lie in a folder of its own.*log"):
        append_lines(second, encode([entry(7)])[0])
    assert names(log.parent) == ["HEAD", "log.jsonl"]
    for count in (1, 5):  # shorter than HEAD says, and longer with another chain
        second.write_text(encode([entry(10 + n) for n in range(count)])[0])
        with pytest.raises(LogError) as caught:
            read_log(second)
        assert rules(caught) == ["two-logs"]
    assert len(read_log(log).entries) == 3


def test_a_cut_log_beside_others_is_still_a_cut_log(log):
    log.with_name("notes.jsonl").write_text("{}\n")
    log.write_text(log.read_text().partition("\n")[0] + "\n")
    with pytest.raises(LogError) as caught:
        read_log(log)
    assert rules(caught) == ["log-cut"]
