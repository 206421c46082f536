"""Undoing a measure on entries files: time and memory by rows, by products, and by what is open.

Run with `make bench`. Nothing here asserts a time; peak memory is in the extra info.
"""

import datetime as dt
import subprocess
import sys

import numpy as np
import pytest

from tariffsim.codec.entries import read_rows
from tariffsim.codec.entry_layout import read_header
from tariffsim.files.entries import read_entries
from tariffsim.files.logs import load_log
from tariffsim.undo import undoing
from tariffsim.undo.settle import settle

HEADER = "date,product,exporter,value,duty_paid"
# The peak of the process itself; what the resource module tells is also that of whoever forked it.
PEAK = """
import re, sys
from pathlib import Path
from tariffsim.__main__ import main
sys.argv = ["tariffsim", "undo", sys.argv[1], "--entries", sys.argv[2]]
try:
    main()
except SystemExit as ended:
    assert not ended.code
status = Path("/proc/self/status")
if status.exists():
    print(re.search(r"VmHWM:\\s+(\\d+)", status.read_text())[1], file=sys.stderr)
"""


@pytest.fixture(scope="session")
def log():
    return load_log("us-china")


@pytest.fixture(scope="session")
def codes(log):
    """Codes of ten digits under every code of six or more that the log names."""
    named = {
        code
        for event in log
        for code in getattr(getattr(event, "products", None), "include", None) or ()
        if len(code) >= 6
    }
    return sorted(code.ljust(10, "0") for code in named)


@pytest.fixture(scope="session")
def entries(tmp_path_factory, codes):
    """Make an entries file of so many rows, with products of so many digits."""
    folder = tmp_path_factory.mktemp("entries")

    def made(count, digits=10):
        path = folder / f"{count}-{digits}.csv"
        if not path.exists():
            draw = np.random.default_rng(7)
            products = sorted({code[:digits] for code in codes})
            first = dt.date(2025, 1, 1)
            days = [(first + dt.timedelta(days=n)).isoformat() for n in range(480)]
            columns = zip(
                draw.integers(0, len(days), count).tolist(),
                draw.integers(0, len(products), count).tolist(),
                draw.choice(["CHN", "HKG", "VNM", "MEX"], count, p=[0.7, 0.1, 0.1, 0.1]).tolist(),
                np.exp(draw.normal(9.0, 1.5, count)).tolist(),
                strict=True,
            )
            lines = (
                f"{days[day]},{products[code]},{exporter},{value:.2f},{value * 0.3:.2f}"
                for day, code, exporter, value in columns
            )
            path.write_text("\n".join((HEADER, *lines, "")))
        return path

    return made


@pytest.mark.parametrize("measure", ["us-ieepa-fentanyl-china", "us-ieepa-reciprocal-china"])
def test_command_on_a_million_entries(benchmark, entries, measure):
    """The whole process: interpreter, log, reading, refund, table."""
    command = [sys.executable, "-c", PEAK, measure, str(entries(1_000_000))]
    done = []

    def job():
        done.append(subprocess.run(command, check=True, capture_output=True, text=True))

    benchmark.pedantic(job, rounds=3)
    told = done[-1].stderr.split()
    if told:
        benchmark.extra_info["peak_mb"] = int(told[-1]) / 1000


@pytest.mark.parametrize("count", [10_000, 100_000, 1_000_000])
def test_reading_by_rows(benchmark, entries, log, count):
    path = entries(count)

    def job():
        return read_entries(path, undoing(log, "us-ieepa-fentanyl-china"))

    flows = benchmark.pedantic(job, rounds=3)
    assert flows.reading.counted == count


@pytest.mark.parametrize("digits", [10, 6, 4])
def test_settling_by_what_is_open(benchmark, entries, log, digits):
    """Shorter codes are covered in part by more lists, and must be drawn."""
    undone = undoing(log, "us-ieepa-reciprocal-china")
    flows = read_entries(entries(100_000, digits), undone)
    benchmark.pedantic(settle, args=(undone, flows), rounds=3)


@pytest.mark.parametrize("line", ["plain", "crlf", "whole", "dotted", "quoted", "odd"])
def test_lines_by_form(benchmark, line):
    """One at a time is what a line costs that is not in plain form."""
    row = "2025-04-16,4202920807,CHN,1234.56,370.37"
    text = {
        "plain": row,
        "crlf": row + "\r",
        "whole": "2025-04-16,4202920807,CHN,1234,370",
        "dotted": "2025-04-16,4202.92.08.07,CHN,1234.5,",
        "quoted": ",".join(f'"{cell}"' for cell in row.split(",")),
        "odd": row.replace(",", ", "),
    }[line]
    layout = read_header(HEADER.encode(), file="entries.csv")
    chunk = (text + "\n").encode() * 10_000
    rows, bad, _ = benchmark.pedantic(
        read_rows, args=(chunk, layout), kwargs={"first_line": 2}, rounds=3
    )
    assert (len(rows), bad) == (10_000, ())
