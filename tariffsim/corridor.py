"""The corridor: inputs to experiment to result, in one function; no input, no output.

Also holds a run against the checks that its scenario declares.
"""

import datetime as dt
import os
from collections.abc import Sequence

import attrs

from tariffsim.drivers import Sensitivity
from tariffsim.errors import CheckFailed, InputError
from tariffsim.evidence import Evidence, late
from tariffsim.experiment import Experiment, Provenance
from tariffsim.log import known_on
from tariffsim.model.project import Progress, project
from tariffsim.policy import luck_factors
from tariffsim.reduce import fold, fold_fork, stacked_on
from tariffsim.resolve import Inputs, resolve
from tariffsim.resolve.evidence import evidence_of as resolved_evidence
from tariffsim.resolve.inputs import used_parameters
from tariffsim.result import Result
from tariffsim.scenario import (
    Branch,
    Expectation,
    Scenario,
    branches_of,
    chances_of,
    parse_given,
    wrong_count,
)
from tariffsim.stacking import FULL
from tariffsim.terms import percent


def run(inputs: Inputs, *, progress: Progress | None = None) -> Result:
    """Answer a scenario.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names; see `tariffsim.load_inputs`.
    progress : callable of (int, int), optional
        Told how far the projection is.

    Returns
    -------
    Result
        Monthly paths and headline metrics by branch, with bands over draws.

    Raises
    ------
    InputError
        What is given is not what `load_inputs` gives, or does not fit together.

    Examples
    --------
    >>> from tariffsim import load_inputs
    >>> result = run(with_options(load_inputs("canola"), draws=64))
    >>> result.branch.labels
    ('stay', 'end')
    """
    return answer(inputs, progress=progress)[1]


def answer(inputs: Inputs, *, progress: Progress | None = None) -> tuple[Experiment, Result]:
    """Answer a scenario, and keep what it was resolved to for those who tell what it rests on.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names.
    progress : callable of (int, int), optional
        Told how far the projection is.

    Returns
    -------
    experiment : Experiment
        The scenario resolved.
    result : Result
        What `run` gives.
    """
    experiment = resolve(_checked(inputs))
    return experiment, project(experiment, progress=progress)


def run_unchanged(inputs: Inputs) -> Result:
    """Project a scenario as if no duty changed after the knowledge day: a benchmark for scores.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names; its forks are left out.

    Returns
    -------
    Result
        One branch. Metrics of the last day still speak of the law as it stands.
    """
    scenario = attrs.evolve(inputs.scenario, branches={}, baseline={}, what_if=(), expect=())
    return project(resolve(attrs.evolve(inputs, scenario=scenario), unchanged=True))


def sensitivity(
    inputs: Inputs,
    *,
    metric: str,
    branch: str | None = None,
    samples: int = 1024,
    progress: Progress | None = None,
) -> Sensitivity:
    """Say what drives a metric: parameters, questions and chances of policy, by share of variance.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names; its own number of draws is not used.
    metric : str
        Subject of a metric of the headline table, for example ``customs_value.USA.CHN``.
    branch : str, optional
        Hold policy at this branch; by default its questions are drawn with their probabilities.
    samples : int
        Base samples, a power of two; each costs a few more runs than there are parameters.
    progress : callable of (int, int), optional
        Told how far the runs are.

    Returns
    -------
    Sensitivity
        Sobol indices with bootstrap bands, and swings one driver at a time.

    Examples
    --------
    >>> from tariffsim import load_inputs
    >>> found = sensitivity(load_inputs("canola"), metric="customs_value.CHN.CAN", samples=64)
    >>> found.drivers[0].kind
    'policy'
    """
    _checked(inputs)
    _refuse(wrong_count("samples", samples, least=2, such_as=1024))
    # A module that only this question needs.
    from tariffsim.model import sensitivity as model_sensitivity  # noqa: PLC0415
    from tariffsim.model.luck import luck_of  # noqa: PLC0415

    scenario = inputs.scenario
    chances, luck = chances_of(scenario), None
    if chances:
        first = attrs.evolve(inputs, scenario=attrs.evolve(scenario, paths=1))
        luck = luck_of(
            {str(name): chance for name, chance in chances.items()},
            luck_factors(scenario),
            seed=scenario.seed,
            others=model_sensitivity.width_of(resolve(first), branch),
            count=min(scenario.paths, samples),
            last=scenario.horizon.last.toordinal(),
        )
    experiment = resolve(inputs, luck=None if luck is None else luck.units)
    return model_sensitivity.sensitivity(
        experiment, metric=metric, branch=branch, samples=samples, progress=progress, luck=luck
    )


def evidence_of(inputs: Inputs) -> tuple[Evidence, ...]:
    """List what a run of a scenario would use, with the day each became known; refuses nothing."""
    known = known_on(inputs.log, inputs.scenario.known_on)
    return resolved_evidence(inputs, known, used_parameters(inputs))


def prove_blind(provenance: Provenance) -> None:
    """Hold everything that a result used against its knowledge day.

    Raises
    ------
    CheckFailed
        Everything that became known later.
    """
    check_blind(provenance.evidence, dt.date.fromisoformat(provenance.known_on))


def check_blind(evidence: Sequence[Evidence], day: dt.date) -> None:
    """Refuse evidence that became known after a day.

    Raises
    ------
    CheckFailed
        Each piece of it, with its day.
    """
    missed = late(evidence, day)
    if missed:
        raise CheckFailed(
            "\n".join(
                f"{each.kind} {each.name} became known on {each.known}, after the knowledge day "
                f"{day}; leave it out, or move the knowledge day"
                for each in missed
            )
        )


def check_expectations(inputs: Inputs) -> None:
    """Hold the scenario's branches against the rates that its author expects.

    Raises
    ------
    CheckFailed
        Every expectation that is not met, with the rate found.
    """
    known = known_on(inputs.log, inputs.scenario.known_on)
    start = fold(known)
    missed = []
    for branch in branches_of(inputs.scenario):
        state = fold_fork(branch.events, known, start)
        for expected in inputs.scenario.expect:
            if not _applies(expected, branch):
                continue
            found = stacked_on(state, expected.on, expected.importer, expected.exporter)
            if found.low != expected.rate * FULL:
                missed.append(
                    f"{branch.name}: {expected.importer} on {expected.exporter} on {expected.on} "
                    f"must be {percent(expected.rate)}, got {percent(found.low // FULL)}"
                )
    if missed:
        raise CheckFailed("\n".join(missed))


def _applies(expected: Expectation, branch: Branch) -> bool:
    return all(branch.options.get(name) == option for name, option in expected.branch.items())


def with_options(
    inputs: Inputs,
    *,
    draws: int | None = None,
    seed: int | None = None,
    given: Sequence[str] = (),
) -> Inputs:
    """Return the inputs with another number of draws, another seed, or conditions.

    Parameters
    ----------
    inputs : Inputs
        The scenario and everything that it names.
    draws, seed : int, optional
        As in the scenario's file.
    given : sequence of str
        Conditions, each ``option`` or ``question=option``: only branches that agree are run, and
        share the whole probability.

    Raises
    ------
    InputError
        The number of draws is not a power of two, the seed is negative, a condition names no
        option, or `inputs` are not what `load_inputs` gives.

    Examples
    --------
    >>> from tariffsim import load_inputs
    >>> with_options(load_inputs("canola"), draws=64).scenario.draws
    64
    """
    scenario = _checked(inputs).scenario
    if draws is not None:
        _refuse(wrong_count("draws", draws, least=2, such_as=8192))
        scenario = attrs.evolve(scenario, draws=draws)
    if seed is not None:
        _refuse(None if seed >= 0 else f"seed must be zero or more, got {seed}; as 1")
        scenario = attrs.evolve(scenario, seed=seed)
    if given:
        conditions = {**scenario.given, **parse_given(scenario, given)}
        scenario = attrs.evolve(scenario, given=conditions)
        branches_of(scenario)
    return attrs.evolve(inputs, scenario=scenario)


def _checked(inputs: object) -> Inputs:
    """Refuse the name of a scenario, or a scenario without what it names."""
    if isinstance(inputs, Inputs):
        return inputs
    what = f"the scenario {inputs.scenario} alone" if isinstance(inputs, Scenario) else repr(inputs)
    named = isinstance(inputs, str | os.PathLike)
    call = f"load_inputs({inputs!r})" if named else "load_inputs(FILE)"
    raise InputError(
        f"inputs must be a scenario with the log and tables that it names, got {what}; read them "
        f"with tariffsim.{call}"
    )


def _refuse(wrong: str | None) -> None:
    if wrong is not None:
        raise InputError(wrong)
