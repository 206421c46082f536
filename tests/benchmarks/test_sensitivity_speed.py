"""What drives a metric, and reading a result back: how time grows with samples and with draws.

Run with `make bench`. Nothing here asserts a time; comparisons are read within one run.
"""

import pytest

from tariffsim.corridor import run, sensitivity, with_options
from tariffsim.files.results import load_result, write_result
from tariffsim.files.scenarios import load_inputs
from tariffsim.model.scores import crps


@pytest.fixture(scope="module")
def geneva():
    return load_inputs("geneva")


@pytest.mark.parametrize("samples", [256, 1024, 4096])
def test_sensitivity_by_samples(benchmark, geneva, samples):
    benchmark.pedantic(
        sensitivity,
        args=(geneva,),
        kwargs={"metric": "customs_value.USA.CHN", "samples": samples},
        rounds=2,
    )


@pytest.mark.parametrize("draws", [1024, 8192])
def test_a_result_written_and_read_back(benchmark, geneva, draws, tmp_path):
    result = run(with_options(geneva, draws=draws))
    write_result(result, tmp_path)
    benchmark.pedantic(load_result, args=(tmp_path,), rounds=3)


@pytest.mark.parametrize("draws", [1024, 8192])
def test_crps_of_a_path(benchmark, geneva, draws):
    result = run(with_options(geneva, draws=draws))
    path = result["customs_value.USA.CHN"].branch(0)
    benchmark(crps, path, path.mean(axis=0))


@pytest.mark.parametrize("samples", [256, 1024])
def test_sensitivity_to_chances_by_samples(benchmark, samples):
    benchmark.pedantic(
        sensitivity,
        args=(load_inputs("policy"),),
        kwargs={"metric": "customs_value.USA.CHN", "samples": samples},
        rounds=1,
    )
