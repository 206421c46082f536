"""Experiment to result: draws the parameters, runs markets and materials, labels the answers.

The only module of the model that knows names; the kernels below it see arrays.
"""

import platform
from collections.abc import Callable, Iterator, Mapping
from importlib.metadata import version

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.axes import Axis
from tariffsim.experiment import Experiment, MaterialCase
from tariffsim.model.drivers import drivers_of, drivers_of_network
from tariffsim.model.handover import hand_over, withheld
from tariffsim.model.headline import (
    fiscal_metrics,
    market_metrics,
    market_variables,
    material_variables,
)
from tariffsim.model.industries import IndustryPaths, industry_paths, stretches
from tariffsim.model.industry_answers import industry_answers
from tariffsim.model.markets import BLOCK, market_paths
from tariffsim.model.materials import factors, material_paths
from tariffsim.model.network import Allowed, network_paths
from tariffsim.model.network_answers import network_answers
from tariffsim.model.sampling import dimensions, draw_parameters, values_at
from tariffsim.model.tracks import by_draw
from tariffsim.result import Driver, Result, Variable
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
    tariff, supply = experiment.branch_paths[:, 0], experiment.branch_paths[:, 1]
    year_share = experiment.year_share[experiment.first :]
    paths: list[Variable] = []
    metrics: list[list[Variable]] = []
    fiscal: list[Variable] = []
    headline, lost, warnings = _world(experiment, drawn, paths, ticks)
    solved = {name: values[~lost] if values.ndim else values for name, values in drawn.items()}
    runs = _material_runs(experiment, solved, np.flatnonzero(~lost))
    joint, of_branch = np.unique(experiment.branch_paths, axis=0, return_inverse=True)
    for number, case in enumerate(experiment.markets):
        controls = [
            withheld(material, runs[position], drawn)
            for position, material in enumerate(experiment.materials)
            if (material.importer, material.exporter) == (case.importer, case.exporter)
            and material.covered
        ]
        add_on = by_draw(experiment.add_on[:, number], case.tracks, experiment.draws)
        if controls:
            add_on = add_on[joint[:, 0]]
        # Nothing else holds a market's arrays, so that the next one finds their memory free.
        variables = market_variables(
            case,
            hand_over(
                case,
                market_paths(case, drawn, first=experiment.first, progress=ticks),
                controls,
                drawn,
                joint,
                experiment.first,
            ),
            of_branch if controls else tariff,
        )
        paths += variables
        metrics.append(market_metrics(case, variables, add_on, year_share))
        fiscal += fiscal_metrics(variables)
    # The same metric of every market stands together, so that both ways are read side by side.
    headline += [metric for same in zip(*metrics, strict=True) for metric in same] + fiscal
    weekly: list[Variable] = []
    drivers: list[Driver] = []
    allowed: dict[int, Allowed] = {}
    network = experiment.network
    for position, material in enumerate(experiment.materials):
        if material.uses:
            if network is not None:
                allowed[position] = _allowed(material, runs[position])
            answers = industry_answers(material, runs[position], supply, solved)
            weekly += answers.weekly
            drivers += drivers_of(material, answers.headline, solved)
            monthly, single = answers.monthly, answers.headline
        else:
            monthly, single = material_variables(
                material, material_paths(material, solved, np.flatnonzero(~lost)), supply
            )
        paths += monthly
        headline += single
    if network is not None:
        followed = network_paths(network, allowed, solved)
        monthly, single = network_answers(network, followed, supply)
        paths += monthly
        headline += single
        drivers += drivers_of_network(single, solved)
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


def _material_runs(
    experiment: Experiment, drawn: Mapping[str, Floats], number: Ints
) -> dict[int, IndustryPaths]:
    """Run every material whose uses are told apart, under its number."""
    wanted = experiment.network is not None
    return {
        position: industry_paths(material, drawn, number, keep_output=wanted)
        for position, material in enumerate(experiment.materials)
        if material.uses
    }


def _allowed(case: MaterialCase, run: IndustryPaths) -> Allowed:
    assert run.made is not None
    lengths = np.diff(np.append(-1, stretches(case)))
    return Allowed(first_day=case.first_day, lengths=lengths, output=run.made)


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
        "numpy": version("numpy"),
        "scipy": version("scipy"),
        "machine": platform.machine(),
        "cpu_dispatch": " ".join(simd) or "baseline",
    }
