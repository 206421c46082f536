"""The page of the largest shipped result: reading, drawing, writing; and what the grounds cost.

Run with `make bench`. Nothing here asserts a time. The whole command, with what it loads, is
measured as the processor time of a process of its own.
"""

import resource
import subprocess
import sys

import pytest

from tariffsim.corridor import run, with_options
from tariffsim.files.folders import load_summary
from tariffsim.files.results import write_result
from tariffsim.files.scenarios import load_inputs
from tariffsim.gather import grounds
from tariffsim.report.figures.canvas import svg
from tariffsim.report.figures.chosen import figures
from tariffsim.report.page import page


@pytest.fixture(scope="module")
def answered():
    inputs = with_options(load_inputs("geneva"), draws=8192)
    return run(inputs), inputs


@pytest.fixture(scope="module")
def folder(answered, tmp_path_factory):
    place = tmp_path_factory.mktemp("geneva")
    result, inputs = answered
    write_result(result, place, inputs=inputs)
    return place


def test_gather(benchmark, answered):
    result, inputs = answered
    benchmark.pedantic(grounds, args=(result, inputs), rounds=3)


def test_read(benchmark, folder):
    benchmark(load_summary, folder)


def test_one_figure(benchmark, folder):
    benchmark(svg, figures(load_summary(folder))[1])


def test_page(benchmark, folder):
    text = benchmark.pedantic(page, args=(load_summary(folder),), rounds=3)
    benchmark.extra_info["bytes"] = len(text.encode())


def test_command(benchmark, folder):
    command = [sys.executable, "-m", "tariffsim", "report", str(folder)]
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    benchmark.pedantic(subprocess.run, args=(command,), kwargs={"check": True}, rounds=3)
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    spent = (after.ru_utime - before.ru_utime + after.ru_stime - before.ru_stime) / 3
    benchmark.extra_info["processor_seconds"] = round(spent, 2)
