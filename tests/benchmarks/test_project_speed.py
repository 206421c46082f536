"""The whole corridor, and how its time grows: with draws and regimes, not with months.

Run with `make bench`. Nothing here asserts a time; comparisons are read within one run.
"""

import resource
import subprocess
import sys

import attrs
import numpy as np
import pytest

from tariffsim.corridor import run, with_options
from tariffsim.files.scenarios import load_inputs
from tariffsim.model.project import project
from tariffsim.report.bands import FAN
from tariffsim.report.mixture import mixed_quantiles
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


@pytest.mark.parametrize("way", ["mixture", "pooled"])
def test_fan_over_branches(benchmark, way):
    """A month's quantiles over four branches of 8,192 draws, for nineteen months."""
    rng = np.random.default_rng(0)
    parts = [np.sort(rng.normal(0.3 * n, 1.0, (19, 8192)), axis=1) for n in range(4)]
    weights = [0.45, 0.25, 0.2, 0.1]
    if way == "mixture":
        benchmark(mixed_quantiles, parts, weights, FAN)
    else:
        benchmark(pooled_quantiles, parts, weights, FAN)


def pooled_quantiles(parts, weights, quantiles):
    """The same by pooling all draws, which the property test of the fan is held against."""
    counted = np.repeat(np.array(weights) / parts[0].shape[1], parts[0].shape[1])
    found = []
    for rows in zip(*parts, strict=True):
        pooled = np.concatenate(rows)
        order = np.argsort(pooled, kind="stable")
        reached = np.cumsum(counted[order])
        found.append(pooled[order[np.searchsorted(reached, np.array(quantiles) * reached[-1])]])
    return np.array(found).T


def test_process_from_start_to_files(benchmark, tmp_path):
    """What `make demo` runs, imports and files included; compare with `test_run_by_draws`."""
    command = [sys.executable, "-m", "tariffsim", "run", "geneva", "--out", str(tmp_path)]
    benchmark.pedantic(
        subprocess.run, args=(command,), kwargs={"check": True, "capture_output": True}, rounds=3
    )
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    benchmark.extra_info["process seconds a run"] = (used.ru_utime + used.ru_stime) / 3
    benchmark.extra_info["most memory, MB"] = used.ru_maxrss / 1024
