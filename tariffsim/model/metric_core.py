"""One metric as a function of unit draws, in every branch, with nothing else kept.

Cuts an experiment down to the market or material that the metric comes from, and proves on a few
draws that this changes no number.
"""

from collections.abc import Iterator
from typing import TypeVar

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.experiment import Experiment, MarketCase, MaterialCase
from tariffsim.model.draws import unit_draws
from tariffsim.model.project import dimensions_of, project_at
from tariffsim.result import Result, Variable
from tariffsim.world import WorldCase

PILOT = 16
"""Draws on which a smaller experiment is held against the whole."""

SHARE_OF_DRAWS = "stockout_probability"
"""The metric that is a share of draws: in a single draw need was met, 0, or was not, 100."""


@attrs.frozen(kw_only=True, eq=False)
class Core:
    """A metric, ready to be computed again and again.

    Parameters
    ----------
    experiment : Experiment
        As small as the metric allows.
    subject : str
        Of the metric in the headline table.
    names : tuple of str
        Dimensions of the whole experiment.
    columns : tuple of int
        Which of them the small one takes, in its order.
    """

    experiment: Experiment
    subject: str
    names: tuple[str, ...]
    columns: tuple[int, ...]

    @property
    def sampled(self) -> bool:
        """Whether draws lie on paths of policy that were drawn for them."""
        own = self.experiment
        tracks = [case.tracks for case in own.markets] + [case.tracks for case in own.materials]
        world = None if own.world is None else own.world.tracks
        return any(each is not None for each in (*tracks, world))

    def values(self, units: Floats, rows: Ints | None = None) -> Floats:
        """Give the metric at unit draws of the whole experiment; (branch, draw).

        Parameters
        ----------
        units : (draw, dimension), open unit interval
            Of the parameters.
        rows : (draw,), int, optional
            The path of policy of each draw; one after the other if not given.
        """
        experiment = self.experiment if rows is None else _on_paths(self.experiment, rows)
        found = project_at(experiment, units[:, list(self.columns)])
        return _metric(experiment, found, self.subject)


def _on_paths(experiment: Experiment, rows: Ints) -> Experiment:
    """Put each draw on a path of policy of its own."""
    world = experiment.world
    return attrs.evolve(
        experiment,
        markets=tuple(_case_on(case, rows) for case in experiment.markets),
        materials=tuple(_case_on(case, rows) for case in experiment.materials),
        world=None if world is None else _case_on(world, rows),
        sampled=None,
    )


Case = TypeVar("Case", MarketCase, MaterialCase, WorldCase)


def _case_on(case: Case, rows: Ints) -> Case:
    if case.tracks is None:
        return case
    return attrs.evolve(case, tracks=case.tracks[:, rows % case.tracks.shape[1]])


def core_of(experiment: Experiment, metric: str) -> tuple[Core, Variable]:
    """Find the smallest experiment that gives a metric.

    Parameters
    ----------
    experiment : Experiment
        A resolved scenario.
    metric : str
        Its subject in the headline table, for example ``customs_value.USA.CHN``.

    Returns
    -------
    core : Core
        The metric as a function.
    variable : Variable
        For its label, unit and basis.

    Raises
    ------
    UnknownName
        No metric of the headline table answers to it.
    """
    names = dimensions_of(experiment)
    units = np.empty((PILOT, 0))
    if names:
        units = unit_draws(experiment.seed, len(names), 0, PILOT)
    whole = project_at(experiment, units)
    variable = whole.metric(metric)
    expected = _metric(experiment, whole, metric)
    for part in _parts(experiment):
        columns = tuple(names.index(name) for name in dimensions_of(part))
        found = project_at(part, units[:, list(columns)])
        if any(own.subject == metric for own in found.headline) and np.array_equal(
            _metric(part, found, metric), expected
        ):
            return Core(experiment=part, subject=metric, names=names, columns=columns), variable
    everything = tuple(range(len(names)))
    return Core(experiment=experiment, subject=metric, names=names, columns=everything), variable


def _parts(experiment: Experiment) -> Iterator[Experiment]:
    """Cut the experiment to one market, or to one material, at a time."""
    for number, market in enumerate(experiment.markets):
        yield attrs.evolve(
            experiment,
            markets=(market,),
            materials=(),
            network=None,
            add_on=experiment.add_on[:, number : number + 1],
        )
    for material in experiment.materials:
        yield attrs.evolve(
            experiment,
            markets=(),
            materials=(material,),
            network=None,
            add_on=experiment.add_on[:, :0],
        )


def moved_by(core: Core, seed: int) -> Bools:
    """Tell on a few draws which dimensions move the metric in any branch; (dimension,).

    A dimension that moves it in rare draws only may be missed: whoever leaves out what this says
    does not count must prove it on all draws.
    """
    count = len(core.names)
    if not count:
        return np.zeros(0, dtype=np.bool_)
    both = unit_draws(seed, 2 * count, 0, PILOT)
    base, other = both[:, :count], both[:, count:]
    rows = np.tile(base, (count + 1, 1, 1))
    for number in range(count):
        rows[number + 1, :, number] = other[:, number]
    # Whatever the dimension, a draw stays on its path of policy.
    paths = np.tile(np.arange(PILOT), count + 1) if core.sampled else None
    found = core.values(rows.reshape(-1, count), paths)
    values = found.reshape(len(found), count + 1, PILOT)
    moved: Bools = (values[:, 1:] != values[:, :1]).any(axis=(0, 2))
    return moved


def _metric(experiment: Experiment, result: Result, subject: str) -> Floats:
    """Give a metric by branch and draw."""
    variable = result.metric(subject)
    if variable.name != SHARE_OF_DRAWS:
        found: Floats = variable.values[variable.path][:, :, 0]
        return found
    # By draw it is whether need has gone unmet by the end; the mean over draws is the share.
    until = result.metric(f"days_until_shortage{subject.removeprefix(SHARE_OF_DRAWS)}")
    days = max(
        case.approval.shape[2]
        for case in experiment.materials
        if (case.importer, case.exporter, case.material)
        == (variable.importer, variable.exporter, variable.product)
    )
    short: Floats = np.where(until.values[until.path][:, :, 0] < days, 100.0, 0.0)
    return short
