"""Branches from open questions that cross and nest, and what is given of them; reads no file.

An option may open questions of its own. Probabilities multiply down the tree and across questions;
what is given cuts branches off, and the others share their probability in proportion.
"""

import itertools
from collections.abc import Iterator, Mapping, Sequence
from fractions import Fraction
from typing import TYPE_CHECKING

import attrs

from tariffsim.errors import InputError
from tariffsim.events import Event
from tariffsim.scenario.chances import Chance
from tariffsim.scenario.options import Branch, Option
from tariffsim.terms import PARTS_PER_UNIT, Slug, nearest

if TYPE_CHECKING:
    from tariffsim.scenario import Scenario

Questions = Mapping[Slug, Mapping[Slug, Option]]
Path = tuple[str | int, ...]

MAX_BRANCHES = 1024


def questions(branches: Questions, path: Path = ("branches",)) -> Iterator[tuple[Path, Slug]]:
    """List every question of the tree, the outer ones first, with its path in the file."""
    for question, options in branches.items():
        yield (*path, question), question
        for name, option in options.items():
            yield from questions(option.branches, (*path, question, name, "branches"))


def options(branches: Questions, path: Path = ("branches",)) -> Iterator[tuple[Path, Option]]:
    """List every option of the tree, the outer ones first, with its path in the file."""
    for question, found in branches.items():
        for name, option in found.items():
            yield (*path, question, name), option
            yield from options(option.branches, (*path, question, name, "branches"))


def chances(scenario: "Scenario") -> Iterator[tuple[Path, Slug, Chance]]:
    """List every chance, those of the scenario first, with its path in the file."""
    for name, chance in scenario.chances.items():
        yield ("chances", name), name, chance
    for path, option in options(scenario.branches):
        for name, chance in option.chances.items():
            yield (*path, "chances", name), name, chance


def chances_of(scenario: "Scenario") -> dict[Slug, Chance]:
    """List every chance of the scenario, those of its options among them."""
    return {name: chance for _, name, chance in chances(scenario)}


def drafts(scenario: "Scenario") -> Iterator[tuple[Path, Event]]:
    """List every event of the fork with its path in the file."""
    for position, event in enumerate(scenario.what_if):
        yield ("what_if", position), event
    for path, option in options(scenario.branches):
        for position, event in enumerate(option.events):
            yield (*path, "events", position), event
    for path, _, chance in chances(scenario):
        for position, event in enumerate(chance.events):
            yield (*path, "events", position), event


def with_drafts(scenario: "Scenario", found: Mapping[Path, tuple[Event, ...]]) -> "Scenario":
    """Put other events in the place of those of the fork.

    Parameters
    ----------
    scenario : Scenario
        As written.
    found : mapping of path to tuple of Event
        Under the path of the scenario (empty), option or chance that holds them.
    """

    def chance_at(path: Path, chance: Chance) -> Chance:
        # A threat that has become an event has been looked up.
        events = found.get(path, chance.events)
        return attrs.evolve(chance, events=events, threat=None if events else chance.threat)

    def branches_at(path: Path, branches: Questions) -> Questions:
        return {
            question: {
                name: option_at((*path, question, name), option) for name, option in known.items()
            }
            for question, known in branches.items()
        }

    def option_at(path: Path, option: Option) -> Option:
        return attrs.evolve(
            option,
            events=found.get(path, option.events),
            branches=branches_at((*path, "branches"), option.branches),
            chances={
                name: chance_at((*path, "chances", name), chance)
                for name, chance in option.chances.items()
            },
        )

    return attrs.evolve(
        scenario,
        what_if=found.get((), scenario.what_if),
        branches=branches_at(("branches",), scenario.branches),
        chances={
            name: chance_at(("chances", name), chance) for name, chance in scenario.chances.items()
        },
    )


def count_branches(branches: Questions) -> int:
    """Count the branches without making them."""
    count = 1
    for found in branches.values():
        count *= sum(count_branches(option.branches) for option in found.values())
    return count


@attrs.frozen(kw_only=True)
class _Way:
    """One way through some questions."""

    chosen: dict[Slug, Slug]
    probability: Fraction
    events: tuple[Event, ...]
    chances: dict[Slug, Chance]


_NOTHING = _Way(chosen={}, probability=Fraction(1), events=(), chances={})


def _ways(branches: Questions) -> list[_Way]:
    """Cross the options of every question, each with the ways through its own questions."""
    crossed = [_NOTHING]
    for question, found in branches.items():
        through = [
            _joined(_chosen(question, name, option), inner)
            for name, option in found.items()
            for inner in _ways(option.branches)
        ]
        crossed = [_joined(*pair) for pair in itertools.product(crossed, through)]
    return crossed


def _chosen(question: Slug, name: Slug, option: Option) -> _Way:
    return _Way(
        chosen={question: name},
        probability=Fraction(option.probability, PARTS_PER_UNIT),
        events=option.events,
        chances=dict(option.chances),
    )


def _joined(first: _Way, second: _Way) -> _Way:
    return _Way(
        chosen={**first.chosen, **second.chosen},
        probability=first.probability * second.probability,
        events=(*first.events, *second.events),
        chances={**first.chances, **second.chances},
    )


def branches_of(scenario: "Scenario") -> tuple[Branch, ...]:
    """Cross the options of every open question, and keep what agrees with what is given.

    Parameters
    ----------
    scenario : Scenario
        With probabilities that sum to one in each question.

    Returns
    -------
    tuple of Branch
        The baseline first, then in the order written; probabilities sum to one.

    Raises
    ------
    InputError
        What is given leaves nothing, or nothing that has a chance.
    """
    given = scenario.given
    ways = [
        way
        for way in _ways(scenario.branches)
        if all(way.chosen.get(question) == option for question, option in given.items())
    ]
    whole = sum((way.probability for way in ways), Fraction(0))
    if not whole:
        raise InputError(
            f"{scenario.scenario}: given must leave a branch that has a chance, got "
            f"{', '.join(f'{question}={option}' for question, option in given.items())}"
        )
    wanted = {**scenario.baseline, **given}
    # What agrees most with the baseline goes first; without conditions that is the baseline.
    first = max(ways, key=lambda way: sum(wanted.get(q) == o for q, o in way.chosen.items()))
    ordered = [first, *(way for way in ways if way is not first)]
    return tuple(
        Branch(
            name="+".join(way.chosen.values()) or "as-known",
            options=way.chosen,
            probability=float(way.probability / whole),
            events=(*scenario.what_if, *way.events),
            chances={**scenario.chances, **way.chances},
        )
        for way in ordered
    )


def parse_given(scenario: "Scenario", conditions: Sequence[str]) -> dict[Slug, Slug]:
    """Read conditions written ``option`` or ``question=option``.

    Parameters
    ----------
    scenario : Scenario
        Whose questions they are about.
    conditions : sequence of str
        For example ``window=extended``, or ``extended`` where one question has that option.

    Returns
    -------
    dict of Slug to Slug
        Question to option.

    Raises
    ------
    InputError
        No question has the option, or several have, or two conditions contradict each other.
    """
    known: dict[Slug, list[Slug]] = {}
    for path, _ in options(scenario.branches):
        known.setdefault(Slug(str(path[-2])), []).append(Slug(str(path[-1])))
    found: dict[Slug, Slug] = {}
    for condition in conditions:
        question, option = _condition(condition, known)
        if found.get(question, option) != option:
            raise InputError(
                f"given must name one option of {question}, got {found[question]} and {option}"
            )
        found[question] = option
    return found


def _condition(condition: str, known: Mapping[Slug, Sequence[Slug]]) -> tuple[Slug, Slug]:
    question, equals, option = condition.rpartition("=")
    fits = [
        (asked, name)
        for asked, names in known.items()
        for name in names
        if name == option and (not equals or asked == question)
    ]
    if len(fits) == 1:
        return fits[0]
    written = [f"{asked}={name}" for asked, names in known.items() for name in names]
    if fits:
        hint = f"; write {' or '.join(f'{asked}={name}' for asked, name in fits)}"
    else:
        names = written if equals else [name for options in known.values() for name in options]
        hint = nearest(condition, names) or f"; there are {', '.join(written) or 'none'}"
    raise InputError(f"given must name one option of an open question, got {condition!r}{hint}")
