"""What stderr says while a command works: which stage, after a second, never when quiet."""

import io
import sys
import time

import pytest

from tariffsim.cli import show


@pytest.fixture
def clock(monkeypatch):
    """Let a test say how long a command has run."""
    now = [100.0]
    monkeypatch.setattr(time, "monotonic", lambda: now[0])
    return now


def told(monkeypatch, clock, *, quiet=False, terminal=False, after=2.0):
    stream = io.StringIO()
    stream.isatty = lambda: terminal
    monkeypatch.setattr(sys, "stderr", stream)
    progress = show.progress(quiet)
    clock[0] += after
    for done in range(1, 5):
        progress(done, 4)
    progress.stage("writing results")
    return stream.getvalue()


def test_a_pipe_gets_a_line_a_stage(monkeypatch, clock):
    assert told(monkeypatch, clock) == "projecting\nsumming up\nwriting results\n"


def test_a_terminal_sees_a_share_that_never_says_that_all_is_done(monkeypatch, clock):
    text = told(monkeypatch, clock, terminal=True)
    assert "\rprojecting 25%\rprojecting 50%\rprojecting 75%\rsumming up" in text
    assert "100%" not in text
    assert text.endswith("writing results     \n")


def test_nothing_is_said_within_a_second_or_when_quiet(monkeypatch, clock):
    assert told(monkeypatch, clock, after=0.5) == ""
    assert told(monkeypatch, clock, quiet=True) == ""
