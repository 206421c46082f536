"""The whole corridor, and how its time grows: with draws and regimes, not with months.

Run with `make bench`. Nothing here asserts a time; comparisons are read within one run.
"""

import attrs
import pytest

from tariffsim.corridor import run, with_options
from tariffsim.files.scenarios import load_inputs
from tariffsim.model.project import project
from tariffsim.resolve import resolve
from tariffsim.scenario import Horizon, Month


@pytest.fixture(scope="module")
def geneva():
    return load_inputs("geneva")


def test_load(benchmark):
    benchmark(load_inputs, "geneva")


def test_resolve(benchmark, geneva):
    benchmark(resolve, geneva)


@pytest.mark.parametrize("draws", [1024, 2048, 4096, 8192])
def test_run_by_draws(benchmark, geneva, draws):
    benchmark.pedantic(run, args=(with_options(geneva, draws=draws),), rounds=2)


@pytest.mark.parametrize("end", [Month(year=2025, number=12), Month(year=2026, number=12),
                                 Month(year=2028, number=12)])  # fmt: skip
def test_project_by_months(benchmark, geneva, end):
    horizon = Horizon(start=Month(year=2025, number=6), end=end)
    inputs = attrs.evolve(
        with_options(geneva, draws=2048),
        scenario=attrs.evolve(geneva.scenario, horizon=horizon, draws=2048),
    )
    benchmark.pedantic(project, args=(resolve(inputs),), rounds=2)


@pytest.mark.parametrize("count", [1, 2, 4])
def test_project_by_regimes(benchmark, geneva, count):
    window = geneva.scenario.branches["window"]
    kept = dict(list(window.items())[:count])
    scenario = attrs.evolve(
        geneva.scenario, branches={"window": kept}, draws=2048, baseline={"window": "extended"}
    )
    experiment = resolve(attrs.evolve(geneva, scenario=scenario))
    benchmark.extra_info["regimes"] = [len(case.added_low) for case in experiment.markets]
    benchmark.pedantic(project, args=(experiment,), rounds=2)
