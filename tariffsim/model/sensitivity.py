"""What drives a metric: runs for Sobol indices, streamed, and swings one driver at a time.

Joins the metric, questions and chances of policy, and the index kernel; keeps of every run one
number.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.drivers import Driver, DriverKind, Estimate, Sensitivity, Swing
from tariffsim.errors import InputError
from tariffsim.experiment import Experiment, Sampled
from tariffsim.model.choices import Choices, branch_at, choices_of, pick
from tariffsim.model.draws import unit_draws
from tariffsim.model.luck import Luck, told
from tariffsim.model.metric_core import Core, core_of, moved_by
from tariffsim.model.project import dimensions_of
from tariffsim.model.sampling import values_at
from tariffsim.model.sobol_indices import bootstrap_bands, sobol_indices
from tariffsim.terms import nearest

Progress = Callable[[int, int], None]

BLOCK = 2048
"""Base samples run at a time; bounds the memory whatever their number."""

RESAMPLES = 256
CHANCES = (0.1, 0.9)
"""Ends of the bootstrap band."""

GROUPS: Mapping[str, tuple[str, ...]] = {
    "trade response": (
        "armington_elasticity_short",
        "armington_elasticity_long",
        "years_to_long_run",
    ),
}
"""Parameters that act together: the speed of adjustment is a function of all three."""

ALL_PARAMETERS, ALL_POLICY = "every parameter", "every question of policy"


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
    plan = _plan(core, _choices(experiment, held), moved_by(core, experiment.seed), held, luck)
    try:
        runs = _runs(plan, samples, progress)
    except _MovedAfterAllError:
        everything = np.ones(len(core.names), dtype=np.bool_)
        plan = _plan(core, plan.choices, everything, held, luck)
        runs = _runs(plan, samples, progress)
    batches = plan.batches
    plan, runs = _without_still(plan, runs)
    swings, central = _swings(plan, held or 0, experiment.sampled)
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
class _Row:
    """One row of the design: what is taken from the second sample."""

    name: str
    kind: DriverKind
    parameters: tuple[int, ...] = ()
    questions: tuple[int, ...] = ()
    chances: tuple[int, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it takes a projection of its own, and not a look-up in another branch."""
        return bool(self.parameters or self.chances)


@attrs.frozen(kw_only=True, eq=False)
class _Plan:
    core: Core
    choices: Choices
    rows: tuple[_Row, ...]
    idle: tuple[int, ...]
    held: int | None
    still: tuple[str, ...]
    luck: Luck | None

    @property
    def width(self) -> int:
        """Dimensions of one sample: parameters, questions, and luck."""
        own = len(self.core.names) + len(self.choices.questions)
        return own + (0 if self.luck is None else self.luck.width)

    @property
    def batches(self) -> int:
        """Projections of the whole sample: both samples, the idle ones, and the rows' own."""
        # Without luck, all parameters from the second sample is the second sample.
        free = ALL_PARAMETERS if self.luck is None else ""
        return 2 + bool(self.idle) + sum(row.runs and row.name != free for row in self.rows)


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


def _plan(core: Core, choices: Choices, moved: Bools, held: int | None, luck: Luck | None) -> _Plan:
    """List the rows: every parameter that counts, every question and chance, then groups."""
    active = tuple(int(number) for number in np.flatnonzero(moved))
    idle = tuple(number for number in range(len(core.names)) if number not in active)
    names = core.names
    rows = [_Row(name=names[n], kind="parameter", parameters=(n,)) for n in active]
    questions = range(len(choices.questions))
    rows += [_Row(name=choices.questions[q], kind="policy", questions=(q,)) for q in questions]
    chances = () if luck is None else luck.chances
    rows += [_Row(name=own, kind="policy", chances=(c,)) for c, own in enumerate(chances)]
    for name, members in GROUPS.items():
        inside = tuple(n for n in active if names[n] in members)
        if len(inside) > 1:
            own = tuple(names[n] for n in inside)
            rows.append(_Row(name=name, kind="group", parameters=inside, members=own))
    if active and (choices.questions or chances):
        every = tuple(names[n] for n in active)
        rows.append(_Row(name=ALL_PARAMETERS, kind="group", parameters=active, members=every))
        rows.append(
            _Row(
                name=ALL_POLICY,
                kind="group",
                questions=tuple(questions),
                chances=tuple(range(len(chances))),
                members=(*choices.questions, *chances),
            )
        )
    still = tuple(names[n] for n in idle)
    return _Plan(
        core=core, choices=choices, rows=tuple(rows), idle=idle, held=held, still=still, luck=luck
    )


def _without_still(plan: _Plan, runs: _Runs) -> tuple[_Plan, _Runs]:
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


def _runs(plan: _Plan, samples: int, progress: Progress | None) -> _Runs:
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
    plan: _Plan, first: Floats, second: Floats, draws: Ints, ticks: Iterator[None]
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


def _drivers(plan: _Plan, runs: _Runs, seed: int) -> tuple[Driver, ...]:
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


def _swings(plan: _Plan, held: int, sampled: Sampled | None) -> tuple[tuple[Swing, ...], float]:
    """Move each driver to both of its ends, everything else in the middle of `held`."""
    names, rows = plan.core.names, [row for row in plan.rows if row.kind == "parameter"]
    chances = [row.chances[0] for row in plan.rows if row.kind == "policy" and row.chances]
    units = np.full((1 + 2 * (len(rows) + len(chances)), len(names)), 0.5)
    for number, row in enumerate(rows):
        for end in (0, 1):
            units[1 + 2 * number + end, row.parameters] = CHANCES[end]
    lucky = 1 + 2 * len(rows)
    paths = None
    if plan.luck is not None:
        paths = np.full(len(units), plan.luck.middle)
        paths[lucky:] = [end for chance in chances for end in plan.luck.ends(chance)]
    values = plan.core.values(units, paths)
    drawn = values_at(plan.core.experiment.parameters, plan.core.names, units)
    swings = [
        Swing(
            name=row.name,
            kind=row.kind,
            low_at=f"{drawn[row.name][at]:.4g}",
            high_at=f"{drawn[row.name][at + 1]:.4g}",
            low=float(values[held, at]),
            high=float(values[held, at + 1]),
        )
        for row, at in zip(rows, range(1, lucky, 2), strict=True)
    ]
    asked = [row.name for row in plan.rows if row.kind == "policy" and row.questions]
    swings += _policy_swings(plan.choices, values[:, 0], held, asked)
    if plan.luck is not None and sampled is not None:
        there = {str(name) for name in plan.core.experiment.branches[held].chances}
        ends = zip(chances, values[held, lucky:].reshape(-1, 2), strict=True)
        own = {chance: pair for chance, pair in ends if plan.luck.chances[chance] in there}
        swings += _chance_swings(plan.luck, own, held, sampled)
    central = float(values[held, 0])
    return tuple(sorted(swings, key=lambda own: -own.width)), central


def _chance_swings(
    luck: Luck, values: Mapping[int, Floats], held: int, sampled: Sampled
) -> list[Swing]:
    """Let each chance of a branch come early, and late or not at all; the lower value first."""
    found = []
    for chance, ends in values.items():
        name = luck.chances[chance]
        low, high = np.argsort(ends, kind="stable").tolist()
        at = [told(sampled, name, held, row) for row in luck.ends(chance)]
        found.append(
            Swing(
                name=name,
                kind="policy",
                low_at=at[low],
                high_at=at[high],
                low=float(ends[low]),
                high=float(ends[high]),
            )
        )
    return found


def _policy_swings(
    choices: Choices, values: Floats, held: int, moving: Sequence[str]
) -> list[Swing]:
    """Change one answer at a time from those of `held`; the metric's lowest and highest."""
    found: list[Swing] = []
    if not choices.questions:
        return found
    here = [int(place[0]) for place in np.nonzero(choices.branch == held)]
    for question, name in enumerate(choices.questions):
        if name not in moving:
            continue
        across = np.moveaxis(choices.branch, question, -1)
        own = values[across[(*here[:question], *here[question + 1 :])]]
        low, high = int(own.argmin()), int(own.argmax())
        found.append(
            Swing(
                name=name,
                kind="policy",
                low_at=choices.options[question][low],
                high_at=choices.options[question][high],
                low=float(own[low]),
                high=float(own[high]),
            )
        )
    return found
