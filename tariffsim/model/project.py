"""Experiment to result: draws the parameters, runs markets and materials, labels the answers.

The only module of the model that knows names; the kernels below it see arrays.
"""

import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version

import numpy as np

from tariffsim.axes import Axis
from tariffsim.experiment import Experiment
from tariffsim.model.headline import (
    fiscal_metrics,
    market_metrics,
    market_variables,
    material_variables,
)
from tariffsim.model.markets import BLOCK, market_paths
from tariffsim.model.materials import factors, material_paths
from tariffsim.model.sampling import draw_parameters
from tariffsim.model.tracks import by_draw
from tariffsim.result import Result, Variable
from tariffsim.terms import Slug

Progress = Callable[[int, int], None]


def project(experiment: Experiment, *, progress: Progress | None = None) -> Result:
    """Project an experiment.

    Parameters
    ----------
    experiment : Experiment
        A resolved scenario.
    progress : callable of (int, int), optional
        Told how many blocks of draws are done, and of how many.

    Returns
    -------
    Result
        Monthly paths and headline metrics of every branch.

    Raises
    ------
    NotConverged
        A market found no equilibrium; nothing is returned.
    """
    drawn = draw_parameters(
        experiment.parameters,
        [factor for case in experiment.materials for factor in factors(case)],
        seed=experiment.seed,
        count=experiment.draws,
    )
    ticks = _ticks(experiment, progress)
    tariff, supply = experiment.branch_paths[:, 0], experiment.branch_paths[:, 1]
    year_share = experiment.year_share[experiment.first :]
    paths: list[Variable] = []
    metrics: list[list[Variable]] = []
    fiscal: list[Variable] = []
    for number, case in enumerate(experiment.markets):
        found = market_paths(case, drawn, first=experiment.first, progress=ticks)
        variables = market_variables(case, found, tariff)
        paths += variables
        add_on = by_draw(experiment.add_on[:, number], case.tracks, experiment.draws)
        metrics.append(market_metrics(case, variables, add_on, year_share))
        fiscal += fiscal_metrics(variables)
    # The same metric of every market stands together, so that both ways are read side by side.
    headline = [metric for same in zip(*metrics, strict=True) for metric in same] + fiscal
    for material in experiment.materials:
        monthly, single = material_variables(material, material_paths(material, drawn), supply)
        paths += monthly
        headline += single
    return Result(
        provenance=experiment.provenance,
        branch=Axis("branch", [branch.name for branch in experiment.branches]),
        probability=np.array([branch.probability for branch in experiment.branches]),
        options=tuple(_plain(branch.options) for branch in experiment.branches),
        period=Axis("period", experiment.month.labels[experiment.first :]),
        headline=tuple(headline),
        paths=tuple(paths),
        draws=experiment.draws,
        seed=experiment.seed,
        sampled=experiment.sampled,
        versions=versions(),
    )


def _plain(options: Mapping[Slug, Slug]) -> dict[str, str]:
    return {str(question): str(option) for question, option in options.items()}


def _ticks(experiment: Experiment, progress: Progress | None) -> Iterator[None]:
    total = len(experiment.markets) * -(-experiment.draws // BLOCK)
    for done in range(1, total + 1):
        if progress is not None:
            progress(done, total)
        yield


def versions() -> dict[str, str]:
    """Name what the bytes of a result depend on beside its inputs."""
    config = np.show_config(mode="dicts")
    simd = config["SIMD Extensions"]["found"] if isinstance(config, dict) else []
    return {
        "python": platform.python_version(),
        "numpy": version("numpy"),
        "scipy": version("scipy"),
        "machine": platform.machine(),
        "cpu_dispatch": " ".join(simd) or "baseline",
    }
