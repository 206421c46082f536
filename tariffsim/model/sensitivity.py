"""What drives a metric: runs for Sobol indices, streamed, and swings one driver at a time.

Joins the metric, questions and chances of policy, and the index kernel; keeps of every run one
number.
"""

from collections.abc import Callable, Iterator

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.drivers import Driver, Estimate, Sensitivity
from tariffsim.errors import InputError
from tariffsim.experiment import Experiment
from tariffsim.model.choices import Choices, branch_at, choices_of, pick
from tariffsim.model.design import ALL_PARAMETERS, Plan, plan_of
from tariffsim.model.draws import unit_draws
from tariffsim.model.luck import Luck
from tariffsim.model.metric_core import core_of, moved_by
from tariffsim.model.project import dimensions_of
from tariffsim.model.sobol_indices import bootstrap_bands, sobol_indices
from tariffsim.model.swings import CHANCES, swings_of
from tariffsim.terms import nearest

Progress = Callable[[int, int], None]

BLOCK = 2048
"""Base samples run at a time; bounds the memory whatever their number."""

RESAMPLES = 256


def sensitivity(
    experiment: Experiment,
    *,
    metric: str,
    branch: str | None = None,
    samples: int = 1024,
    progress: Progress | None = None,
    luck: Luck | None = None,
) -> Sensitivity:
    """Say what drives a metric.

    Parameters
    ----------
    experiment : Experiment
        A resolved scenario; with luck, resolved on its rows.
    metric : str
        Subject of a metric of the headline table.
    branch : str, optional
        Hold policy at this branch; by default its questions are drawn with their probabilities.
    samples : int
        Base samples, a power of two.
    progress : callable of (int, int), optional
        Told how many batches of runs are done, and of how many.
    luck : Luck, optional
        What is drawn of policy, where chances are factors.

    Returns
    -------
    Sensitivity
        First-order and total indices with bootstrap bands, and swings.

    Raises
    ------
    InputError
        The metric or the branch is unknown, the samples are no power of two, or the metric does
        not vary.

    Notes
    -----
    A question of policy needs no runs of its own: the core gives every branch at once. A chance
    does, as its paths are others.
    """
    core, variable = core_of(experiment, metric)
    held = None if branch is None else _position(experiment, branch)
    apart = () if luck is None or core.sampled else luck.chances
    luck = luck if core.sampled else None
    plan = plan_of(core, _choices(experiment, held), moved_by(core, experiment.seed), held, luck)
    try:
        runs = _runs(plan, samples, progress)
    except _MovedAfterAllError:
        everything = np.ones(len(core.names), dtype=np.bool_)
        plan = plan_of(core, plan.choices, everything, held, luck)
        runs = _runs(plan, samples, progress)
    batches = plan.batches
    plan, runs = _without_still(plan, runs)
    swings, central = swings_of(plan, held or 0, experiment.sampled)
    values = np.concatenate([runs.base, runs.other])
    if not np.ptp(values) > 0:
        raise InputError(
            f"{metric} must vary to have drivers, got {values[0]:g} in every run; choose another "
            "metric" + ("" if branch is None else ", or leave out --branch")
        )
    return Sensitivity(
        provenance=experiment.provenance,
        metric=metric,
        label=variable.label,
        unit=variable.unit,
        basis=variable.basis,
        branch=branch,
        baseline=experiment.branches[held or 0].name,
        samples=samples,
        runs=batches * samples,
        seed=experiment.seed,
        confidence=CHANCES[1] - CHANCES[0],
        mean=float(values.mean()),
        sd=float(values.std()),
        central=central,
        chances=apart if luck is None else luck.chances,
        drivers=_drivers(plan, runs, experiment.seed),
        swings=swings,
        idle=tuple(sorted({*plan.still, *apart})),
    )


def width_of(experiment: Experiment, branch: str | None) -> int:
    """Count the dimensions of a sample that are no luck: parameters, and open questions."""
    held = None if branch is None else _position(experiment, branch)
    return len(dimensions_of(experiment)) + len(_choices(experiment, held).questions)


@attrs.frozen(kw_only=True, eq=False)
class _Runs:
    base: Floats
    other: Floats
    mixed: Floats


class _MovedAfterAllError(Exception):
    """A dimension that was taken for idle moved the metric."""


def _position(experiment: Experiment, branch: str) -> int:
    names = [own.name for own in experiment.branches]
    if branch not in names:
        raise InputError(
            f"branch must be one of {', '.join(names)}, got {branch!r}{nearest(branch, names)}"
        )
    return names.index(branch)


def _choices(experiment: Experiment, held: int | None) -> Choices:
    if held is None:
        return choices_of(experiment.branches)
    return Choices(questions=(), options=(), probability=(), branch=np.array(held))


def _without_still(plan: Plan, runs: _Runs) -> tuple[Plan, _Runs]:
    """Set aside the rows that moved the metric in no run at all."""
    moving = (runs.mixed != runs.base).any(axis=1)
    rows = zip(plan.rows, moving, strict=True)
    still = [row.name for row, moves in rows if not moves and row.kind != "group"]
    kept = tuple(
        attrs.evolve(row, members=tuple(name for name in row.members if name not in still))
        for row, moves in zip(plan.rows, moving, strict=True)
        if moves
    )
    return (
        attrs.evolve(plan, rows=kept, still=tuple(sorted({*plan.still, *still}))),
        attrs.evolve(runs, mixed=runs.mixed[moving]),
    )


def _runs(plan: Plan, samples: int, progress: Progress | None) -> _Runs:
    """Run the whole design block by block; only the metric is kept."""
    block = min(BLOCK, samples)
    total = plan.batches * -(-samples // block)
    ticks = _ticks(total, progress)
    base, other = np.empty(samples), np.empty(samples)
    mixed = np.empty((len(plan.rows), samples))
    width = plan.width
    if not width:
        raise InputError(
            f"{plan.core.subject} must depend on something that is not known, got a scenario in "
            "which nothing is drawn and no question is open"
        )
    for start in range(0, samples, block):
        units = unit_draws(plan.core.experiment.seed, 2 * width, start, block)
        here = slice(start, start + block)
        base[here], other[here], mixed[:, here] = _block(
            plan, units[:, :width], units[:, width:], np.arange(start, start + block), ticks
        )
    return _Runs(base=base, other=other, mixed=mixed)


def _block(
    plan: Plan, first: Floats, second: Floats, draws: Ints, ticks: Iterator[None]
) -> tuple[Floats, Floats, Floats]:
    width, asked = len(plan.core.names), len(plan.choices.questions)
    draw = np.arange(len(first))
    params, others = first[:, :width], second[:, :width]
    answer, answers = (
        pick(plan.choices, units[:, width : width + asked]) for units in (first, second)
    )
    branch, branches = branch_at(plan.choices, answer), branch_at(plan.choices, answers)

    def run(columns: tuple[int, ...], chances: tuple[int, ...] = ()) -> Floats:
        units = params.copy()
        units[:, columns] = others[:, columns]
        next(ticks)
        return plan.core.values(units, _paths(plan.luck, chances, draws))

    every = tuple(range(width))
    at_first, at_second = run(()), run(every, _all(plan.luck))
    base = at_first[branch, draw]
    if plan.idle and not np.array_equal(run(plan.idle), at_first):
        raise _MovedAfterAllError
    mixed = np.empty((len(plan.rows), len(draw)))
    for number, row in enumerate(plan.rows):
        chosen = answer.copy()
        chosen[:, row.questions] = answers[:, row.questions]
        if not row.runs:
            found = at_first
        elif row.name == ALL_PARAMETERS:
            # Idle ones come along, which by then is known to change nothing.
            found = at_second if plan.luck is None else run(every)
        else:
            found = run(row.parameters, row.chances)
        mixed[number] = found[branch_at(plan.choices, chosen), draw]
    return base, at_second[branches, draw], mixed


def _all(luck: Luck | None) -> tuple[int, ...]:
    return () if luck is None else tuple(range(len(luck.chances)))


def _paths(luck: Luck | None, chances: tuple[int, ...], draws: Ints) -> Ints | None:
    """Give the path of policy of each draw, with some chances from the second sample."""
    if luck is None:
        return None
    if not chances:
        return luck.first(draws)
    return luck.second(draws) if chances == _all(luck) else luck.mixed(chances[0], draws)


def _ticks(total: int, progress: Progress | None) -> Iterator[None]:
    for done in range(1, total + 1):
        if progress is not None:
            progress(done, total)
        yield
    while True:
        yield


def _drivers(plan: Plan, runs: _Runs, seed: int) -> tuple[Driver, ...]:
    found = sobol_indices(runs.base, runs.other, runs.mixed)
    first, total = bootstrap_bands(
        runs.base,
        runs.other,
        runs.mixed,
        chances=np.array(CHANCES),
        resamples=RESAMPLES,
        seed=seed,
    )
    drivers = [
        Driver(
            name=row.name,
            kind=row.kind,
            members=row.members,
            first=_estimate(found.first, first, number),
            total=_estimate(found.total, total, number),
        )
        for number, row in enumerate(plan.rows)
    ]
    return tuple(sorted(drivers, key=lambda own: (own.kind == "group", -own.total.value)))


def _estimate(values: Floats, band: Floats, number: int) -> Estimate:
    return Estimate(
        value=float(values[number]), low=float(band[0, number]), high=float(band[1, number])
    )
