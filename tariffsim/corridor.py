"""The corridor: inputs to experiment to result, in one function; no input, no output.

Also holds a run against the checks that its scenario declares.
"""

from collections.abc import Sequence

import attrs

from tariffsim.errors import CheckFailed, InputError
from tariffsim.log import append, known_on
from tariffsim.model.project import Progress, project
from tariffsim.reduce import fold, stacked_on
from tariffsim.resolve import Inputs, resolve
from tariffsim.result import Result
from tariffsim.scenario import MAX_DRAWS, Branch, Expectation, branches_of, parse_given
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

    Examples
    --------
    >>> from tariffsim import load_inputs
    >>> result = run(with_options(load_inputs("canola"), draws=64))
    >>> result.branch.labels
    ('stay', 'end')
    """
    return project(resolve(inputs), progress=progress)


def check_expectations(inputs: Inputs) -> None:
    """Hold the scenario's branches against the rates that its author expects.

    Raises
    ------
    CheckFailed
        Every expectation that is not met, with the rate found.
    """
    known = known_on(inputs.log, inputs.scenario.known_on)
    missed = []
    for branch in branches_of(inputs.scenario):
        state = fold(append(known, branch.events))
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
        The number of draws is not a power of two, or a condition names no option.

    Examples
    --------
    >>> from tariffsim import load_inputs
    >>> with_options(load_inputs("canola"), draws=64).scenario.draws
    64
    """
    scenario = inputs.scenario
    if draws is not None:
        if not 2 <= draws <= MAX_DRAWS or draws & (draws - 1):
            raise InputError(
                f"draws must be a power of two from 2 to {MAX_DRAWS:,}, got {draws}; as 8192"
            )
        scenario = attrs.evolve(scenario, draws=draws)
    if seed is not None:
        scenario = attrs.evolve(scenario, seed=seed)
    if given:
        conditions = {**scenario.given, **parse_given(scenario, given)}
        scenario = attrs.evolve(scenario, given=conditions)
        branches_of(scenario)
    return attrs.evolve(inputs, scenario=scenario)
