"""`check` on the shipped logs: silent, and under a second of work, from the shell too.

Held is processor time, because the clock on the wall also counts what else the machine does. From
the shell it holds the interpreter's start as well; that alone is measured in `test_startup`.
"""

import os
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


@pytest.mark.parametrize("names", [*((name,) for name in shipped_logs()), shipped_logs()])
def test_check_from_the_shell(benchmark, names):
    command = [sys.executable, "-m", "tariffsim", "check", *names]
    spent = []

    def job():
        before = os.times()
        done = subprocess.run(command, check=True, capture_output=True)
        after = os.times()
        spent.append(
            after.children_user
            + after.children_system
            - before.children_user
            - before.children_system
        )
        return done

    assert benchmark.pedantic(job, rounds=5, warmup_rounds=1).stdout == b""
    benchmark.extra_info["processor_seconds"] = round(min(spent), 3)
    if benchmark.stats is not None:
        assert min(spent) < LIMIT
