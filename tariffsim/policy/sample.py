"""Paths of policy drawn for every branch from one scrambled sequence; knows no log and no rate.

A chance has the same numbers in every branch, so that branches differ by what they say and not by
their luck. The numbers are dimensions of their own, beyond those of the parameters.
"""

from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.errors import InputError
from tariffsim.policy.outcomes import Outcome, factors, play
from tariffsim.scenario import Branch, Scenario, chances_of
from tariffsim.sobol import DIMENSIONS, scrambled_words
from tariffsim.terms import Slug

FIRST_DIMENSION = 64
"""Dimensions before it are left to parameters, so that neither changes the other's numbers."""

BITS = 30
STREAM = 1
"""Which child of the seed scrambles these dimensions; the parameters' are scrambled by the seed."""


@attrs.frozen(kw_only=True, eq=False)
class Sample:
    """What was drawn.

    Parameters
    ----------
    outcomes : tuple of mapping of Slug to Outcome
        Every distinct way things went, over all branches.
    drawn : (branch, sample), int
        Which of them each path of each branch is.
    """

    outcomes: tuple[dict[Slug, Outcome], ...]
    drawn: Ints


def sample(scenario: Scenario, branches: Sequence[Branch]) -> Sample:
    """Draw the paths of every branch.

    Parameters
    ----------
    scenario : Scenario
        For chances, horizon, seed, and how many paths.
    branches : sequence of Branch
        What may happen in each.

    Returns
    -------
    Sample
        One path a branch where nothing is drawn.

    Raises
    ------
    InputError
        There are more numbers to draw than the sequence has dimensions.
    """
    count = sum(len(own) for own in luck_factors(scenario).values())
    paths = min(scenario.paths, scenario.draws) if count else 1
    return sample_at(scenario, branches, _units(scenario, count, paths))


def luck_factors(scenario: Scenario) -> dict[str, tuple[str, ...]]:
    """Name the uniform numbers that each chance of a scenario needs, under its own name."""
    last = scenario.horizon.last.toordinal()
    return {str(name): factors(name, chance, last) for name, chance in chances_of(scenario).items()}


def sample_at(scenario: Scenario, branches: Sequence[Branch], units: Floats) -> Sample:
    """Play the paths of every branch with given luck.

    Parameters
    ----------
    scenario : Scenario
        For chances and horizon.
    branches : sequence of Branch
        What may happen in each.
    units : (path, number), open unit interval
        One column a name of `luck_factors`, in the order of the names.

    Returns
    -------
    Sample
        As of `sample`.
    """
    last = scenario.horizon.last.toordinal()
    names = sorted(name for own in luck_factors(scenario).values() for name in own)
    count = len(units)
    numbers: dict[tuple[tuple[Slug, Outcome], ...], int] = {}
    drawn = np.empty((len(branches), count), dtype=np.int64)
    alike = {tuple(branch.chances): branch.chances for branch in branches}
    for path, row in enumerate(units.tolist()):
        own = dict(zip(names, row, strict=True))
        came = {
            known: numbers.setdefault(tuple(play(chances, own, last).items()), len(numbers))
            for known, chances in alike.items()
        }
        drawn[:, path] = [came[tuple(branch.chances)] for branch in branches]
    return Sample(outcomes=tuple(dict(items) for items in numbers), drawn=drawn)


def _units(scenario: Scenario, dimension: int, count: int) -> Floats:
    """Give (path, dimension) numbers in the open unit interval."""
    if not dimension:
        return np.empty((1, 0))
    whole = FIRST_DIMENSION + dimension
    if whole > DIMENSIONS:
        raise InputError(
            f"{scenario.scenario}: chances must need at most {DIMENSIONS - FIRST_DIMENSION} random "
            f"numbers, got {dimension}; give renewals longer lengths, or one length"
        )
    child = np.random.SeedSequence(scenario.seed, spawn_key=(STREAM,))
    seed = int(child.generate_state(1, np.uint64)[0])
    words = scrambled_words(seed, whole, 0, count, bits=BITS)[:, FIRST_DIMENSION:]
    return np.asarray((words + 0.5) * 0.5**BITS)
