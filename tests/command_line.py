"""The command line as a user meets it, inside this process: arguments to output and exit code.

Goes through the same door as the shell, `tariffsim.__main__.main`, so that whatever would be a
traceback there is a failing test here.
"""

import contextlib
import io
import sys
from typing import NamedTuple
from unittest import mock

from tariffsim.__main__ import main


class Answer(NamedTuple):
    """What a command printed, and its exit code."""

    code: int
    out: str
    err: str


def typed(line: str) -> Answer:
    """Run a command line without quotes."""
    return tariffsim(*line.split())


def tariffsim(*arguments: object) -> Answer:
    """Run a command."""
    argv = ["tariffsim", *map(str, arguments)]
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with (
        contextlib.redirect_stdout(out),
        contextlib.redirect_stderr(err),
        mock.patch.object(sys, "argv", argv),
    ):
        try:
            main()
        except SystemExit as end:
            code = end.code
    return Answer(int(code or 0), out.getvalue(), err.getvalue())
