"""`check` on the shipped logs: silent, and under a second of work; from the shell for comparison.

Held is the processor time of reading, folding and auditing, because the clock on the wall also
counts what else the machine does. What the interpreter's start costs is measured in `test_startup`.
"""

import subprocess
import sys
import time

import pytest

from tariffsim.files.check import check_file
from tariffsim.files.shipped import shipped_logs

LIMIT = 1.0


@pytest.mark.parametrize("name", shipped_logs())
@pytest.mark.benchmark(timer=time.process_time)
def test_check(benchmark, name):
    findings = benchmark.pedantic(check_file, args=(name,), rounds=5, warmup_rounds=1)
    assert {finding.severity for finding in findings} <= {"note"}
    if benchmark.stats is not None:
        assert benchmark.stats.stats.median < LIMIT


@pytest.mark.parametrize("name", shipped_logs())
def test_check_from_the_shell(benchmark, name):
    command = [sys.executable, "-m", "tariffsim", "check", name]

    def job():
        return subprocess.run(command, check=True, capture_output=True)

    assert benchmark.pedantic(job, rounds=3, warmup_rounds=1).stdout == b""
