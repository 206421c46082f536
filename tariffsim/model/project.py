"""Experiment to result: draws the parameters, runs markets and materials, labels the answers.

The only module of the model that knows names; the kernels below it see arrays.
"""

import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version
from typing import TYPE_CHECKING

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
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
from tariffsim.model.sampling import dimensions, draw_parameters, values_at
from tariffsim.model.tracks import by_draw
from tariffsim.result import Driver, Result, Variable
from tariffsim.terms import Slug

if TYPE_CHECKING:
    from tariffsim.model.users import Users

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
    return _projected(experiment, drawn_inputs(experiment), progress)


def project_at(
    experiment: Experiment, units: Floats, *, progress: Progress | None = None
) -> Result:
    """Project an experiment at given unit draws instead of those of its sequence.

    Parameters
    ----------
    experiment : Experiment
        A resolved scenario; its own number of draws is not used.
    units : (draw, dimension), open unit interval
        One column a name of `dimensions_of`.
    progress : callable of (int, int), optional
        As in `project`.

    Returns
    -------
    Result
        As of `project`, with as many draws as `units` has rows.
    """
    drawn = values_at(experiment.parameters, dimensions_of(experiment), units)
    return _projected(attrs.evolve(experiment, draws=len(units)), drawn, progress)


def dimensions_of(experiment: Experiment) -> tuple[str, ...]:
    """Name what is drawn for an experiment, in the order of the sequence's dimensions."""
    return dimensions(experiment.parameters, _factors(experiment))


def _factors(experiment: Experiment) -> list[str]:
    return [factor for case in experiment.materials for factor in factors(case)]


def _projected(
    experiment: Experiment, drawn: Mapping[str, Floats], progress: Progress | None
) -> Result:
    ticks = _ticks(experiment, progress)
    paths: list[Variable] = []
    headline, lost, warnings = _world(experiment, drawn, paths, ticks)
    kept = np.flatnonzero(~lost)
    solved = {name: values[~lost] if values.ndim else values for name, values in drawn.items()}
    users = _users(experiment, solved, kept)
    headline += _markets(experiment, drawn, paths, users, ticks)
    supply = experiment.branch_paths[:, 1]
    weekly: list[Variable] = []
    drivers: list[Driver] = []
    for position, material in enumerate(experiment.materials):
        if users is not None and material.uses:
            told = users.answers(position, supply)
            weekly += told.weekly
            drivers += told.drivers
            monthly, single = told.monthly, told.headline
        else:
            found = material_paths(material, solved, kept)
            monthly, single = material_variables(material, found, supply)
        paths += monthly
        headline += single
    if users is not None:
        beyond = users.beyond(supply)
        paths += beyond.monthly
        headline += beyond.headline
        drivers += beyond.drivers
    return Result(
        provenance=experiment.provenance,
        branch=Axis("branch", [branch.name for branch in experiment.branches]),
        probability=np.array([branch.probability for branch in experiment.branches]),
        options=tuple(_plain(branch.options) for branch in experiment.branches),
        period=Axis("period", experiment.month.labels[experiment.first :]),
        headline=tuple(headline),
        paths=tuple(paths),
        draws=experiment.draws - int(lost.sum()),
        seed=experiment.seed,
        sampled=experiment.sampled,
        versions=versions(),
        dimensions=dimensions_of(experiment),
        weekly=tuple(weekly),
        drivers=tuple(drivers),
        not_converged=tuple(np.flatnonzero(lost).tolist()),
        warnings=warnings,
    )


def _users(experiment: Experiment, drawn: Mapping[str, Floats], number: Ints) -> "Users | None":
    """Run the materials that name their uses, where there are any."""
    if not any(material.uses for material in experiment.materials):
        return None
    # Industries, and tables that join them, are many modules, and most runs follow none.
    from tariffsim.model.users import Users  # noqa: PLC0415

    return Users.of(experiment, drawn, number)


def _markets(
    experiment: Experiment,
    drawn: Mapping[str, Floats],
    paths: list[Variable],
    users: "Users | None",
    ticks: Iterator[None],
) -> list[Variable]:
    """Project every market: adds its paths, and gives its metrics."""
    year_share = experiment.year_share[experiment.first :]
    joint, of_branch = np.unique(experiment.branch_paths, axis=0, return_inverse=True)
    metrics: list[list[Variable]] = []
    fiscal: list[Variable] = []
    for number, case in enumerate(experiment.markets):
        add_on = by_draw(experiment.add_on[:, number], case.tracks, experiment.draws)
        # Nothing but its variables holds a market's arrays, so that the next one finds memory free.
        found = market_paths(case, drawn, first=experiment.first, progress=ticks)
        if users is not None and users.held_back(case):
            found = users.taken_out(case, found, drawn, joint)
            variables = market_variables(case, found, of_branch)
            add_on = add_on[joint[:, 0]]
        else:
            variables = market_variables(case, found, experiment.branch_paths[:, 0])
        del found
        paths += variables
        metrics.append(market_metrics(case, variables, add_on, year_share))
        fiscal += fiscal_metrics(variables)
    # The same metric of every market stands together, so that both ways are read side by side.
    return [metric for same in zip(*metrics, strict=True) for metric in same] + fiscal


def drawn_inputs(experiment: Experiment) -> dict[str, Floats]:
    """Draw whatever is uncertain, as every projection of the experiment does.

    Returns
    -------
    dict of str to (draw,)
        Under the names of parameters, and of the factors of controlled inputs.
    """
    return draw_parameters(
        experiment.parameters,
        _factors(experiment),
        seed=experiment.seed,
        count=experiment.draws,
    )


def _world(
    experiment: Experiment,
    drawn: Mapping[str, Floats],
    paths: list[Variable],
    ticks: Iterator[None],
) -> tuple[list[Variable], Bools, tuple[str, ...]]:
    """Project the world, where there is one: its metrics, the draws it lost, and what to know."""
    case = experiment.world
    if case is None:
        return [], np.zeros(experiment.draws, dtype=np.bool_), ()
    # World kernels are many modules, and most runs have no world.
    from tariffsim.model.headline_world import (  # noqa: PLC0415
        below_zero,
        not_followed,
        world_metrics,
        world_variables,
    )
    from tariffsim.model.world_paths import world_paths  # noqa: PLC0415

    central = experiment.parameters.get("trade_elasticity_long")
    drawn = {**drawn, "central": np.array(central.value if central else 1.0)}
    year_share = experiment.year_share[experiment.first :]
    found = world_paths(case, drawn, first=experiment.first, year_share=year_share, progress=ticks)
    tariff = experiment.branch_paths[:, 0]
    variables = world_variables(case, found, tariff, year_share)
    paths += variables
    add_on = [by_draw(values, case.tracks, experiment.draws) for values in experiment.add_on.T]
    if case.tracks is not None:
        add_on = [values[:, ~found.lost] for values in add_on]
    warnings = (*not_followed(case), *below_zero(case, found))
    return world_metrics(case, variables, add_on, year_share), found.lost, warnings


def _plain(options: Mapping[Slug, Slug]) -> dict[str, str]:
    return {str(question): str(option) for question, option in options.items()}


def _ticks(experiment: Experiment, progress: Progress | None) -> Iterator[None]:
    total = len(experiment.markets) * -(-experiment.draws // BLOCK)
    if experiment.world is not None:
        from tariffsim.model.world_paths import block_count  # noqa: PLC0415

        total = block_count(experiment.world, experiment.draws)
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
        "numpy": np.__version__,
        "scipy": version("scipy"),
        "machine": platform.machine(),
        "cpu_dispatch": " ".join(simd) or "baseline",
    }
