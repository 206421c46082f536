"""The scenario of the corpus that many tests ask, read and run once for all of them."""

from pathlib import Path

import pytest

import tariffsim as ts

FORK = Path(__file__).parents[1] / "conformance" / "valid" / "fork.yaml"


@pytest.fixture(scope="session")
def inputs():
    return ts.load_inputs(FORK)


@pytest.fixture(scope="session")
def result(inputs):
    return ts.run(inputs)
