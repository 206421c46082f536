"""Opening, verifying and folding 300 facts; and the compiled form over 10,000 cells x 730 days."""

import datetime as dt

import pytest

from tariffsim.axes import Axis, TradeAxes
from tariffsim.codec.converter import structure
from tariffsim.codec.lines import encode
from tariffsim.codec.stored import from_lines, to_lines
from tariffsim.events import Event
from tariffsim.files.logs import load_log
from tariffsim.journal import append_lines, read_log
from tariffsim.log import make_log
from tariffsim.reduce import compile_rates, fold, stacked_on
from tariffsim.terms import Slug


def three_hundred():
    """100 measures, each enacted, set and suspended: 300 facts."""
    events = []
    for number in range(100):
        first = dt.date(2018, 1, 1) + dt.timedelta(days=25 * number)
        pause, end = first + dt.timedelta(days=200), first + dt.timedelta(days=500)
        base = {"announced": str(first), "measure": f"measure-{number}"}
        events += [
            {"type": "measure_enacted", **base, "imposer": "USA", "authority": "section-301",
             "group": f"group-{number % 7}", "partners": "CHN",
             "products": "all" if number % 3 else [f"{1 + number % 96:02d}"]},
            {"type": "rate_set", **base, "rate": f"{number % 50}%"},
            {"type": "suspended", **base, "announced": str(pause), "suspension": "pause",
             "points": "5%", "until": str(end)},
        ]  # fmt: skip
    return [structure(event, Event) for event in events]


@pytest.fixture(scope="module")
def stored(tmp_path_factory):
    path = tmp_path_factory.mktemp("log") / "log.jsonl"
    text, _ = encode(to_lines(three_hundred(), recorded=None))
    append_lines(path, text)
    return path


def test_open_verify_fold_300(benchmark, stored):
    def job():
        return fold(from_lines(read_log(stored), name=Slug("log"), file="log.jsonl").log)

    assert len(benchmark(job).measures) == 100


def test_open_shipped_us_china(benchmark):
    benchmark(load_log, "us-china")


def test_compiled_as_of_10000_cells_730_days(benchmark):
    state = fold(make_log(Slug("log"), three_hundred()))
    products = [
        f"{chapter:02d}{heading:02d}" for chapter in range(1, 98) for heading in range(1, 97)
    ]
    axes = TradeAxes(
        importer=Axis("importer", ["USA"]),
        exporter=Axis("exporter", ["CHN", "ROW"]),
        product=Axis("product", products[:5000]),
    )
    days = [dt.date(2024, 1, 1) + dt.timedelta(days=n) for n in range(730)]
    compiled = compile_rates(state, axes)

    def job():
        return compiled.rates(days)

    assert benchmark(job).shape == (730, 1, 2, 5000)


def test_compile_10000_cells(benchmark):
    state = fold(make_log(Slug("log"), three_hundred()))
    products = [
        f"{chapter:02d}{heading:02d}" for chapter in range(1, 98) for heading in range(1, 97)
    ]
    axes = TradeAxes(
        importer=Axis("importer", ["USA"]),
        exporter=Axis("exporter", ["CHN", "ROW"]),
        product=Axis("product", products[:5000]),
    )
    benchmark.pedantic(compile_rates, args=(state, axes), rounds=3)


def test_one_by_one_for_comparison(benchmark):
    state = fold(make_log(Slug("log"), three_hundred()))
    benchmark(stacked_on, state, dt.date(2025, 1, 1), "USA", "CHN", "0101")
