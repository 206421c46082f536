"""Lines that fit: the terminal's width, or the one that COLUMNS asks for."""

import pytest

from tests.command_line import typed

STATE = "state 2025-05-14 --product 8505.11"


@pytest.mark.parametrize("columns", [60, 100])
def test_columns_counts_when_piped(columns, monkeypatch):
    whole = typed("run canola --draws 2 --quiet").out
    assert max(map(len, whole.splitlines())) > columns
    monkeypatch.setenv("COLUMNS", str(columns))
    folded = typed("run canola --draws 2 --quiet").out
    words = [line for line in folded.splitlines() if not line.startswith(" ")]
    assert max(map(len, words[:8])) <= columns
    assert len(folded.splitlines()) > len(whole.splitlines())


def test_a_stack_is_folded_and_says_the_same(monkeypatch):
    whole = typed(STATE).out
    monkeypatch.setenv("COLUMNS", "60")
    folded = typed(STATE).out
    assert folded.split() == whole.split()
    assert max(len(line) for line in whole.splitlines()) > 60
    # What has no blank in it, as an address, cannot be folded.
    assert all(len(line) <= 60 or len(line.split()) == 1 for line in folded.splitlines())
    rows = [line for line in folded.splitlines() if line.startswith("    ")]
    assert rows


def test_a_pipe_without_columns_gets_lines_whole(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert max(len(line) for line in typed(STATE).out.splitlines()) > 100
