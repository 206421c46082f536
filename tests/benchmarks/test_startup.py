"""What `--help` and `--version` cost, beside an interpreter that only imports typer."""

import subprocess
import sys

import pytest

CALL = "import sys; sys.argv = ['tariffsim', '{}']; from tariffsim.__main__ import main; main()"


@pytest.mark.parametrize(
    "code",
    [
        "import typer",
        CALL.format("--help"),
        CALL.format("--version"),
    ],
    ids=["import-typer", "help", "version"],
)
def test_startup(benchmark, code):
    benchmark(subprocess.run, [sys.executable, "-c", code], check=True, capture_output=True)
