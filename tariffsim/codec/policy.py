"""Faults of what a scenario says of policy: questions, conditions and chances; reads no file."""

from collections.abc import Callable, Iterable, Mapping

from tariffsim import terms
from tariffsim.codec.fault import Fault, Path
from tariffsim.events import SuspensionEndSet
from tariffsim.scenario import Chance, Option, Scenario, chances_of
from tariffsim.scenario.tree import MAX_BRANCHES, chances, count_branches, options, questions
from tariffsim.terms import PARTS_PER_UNIT, Slug


def _probabilities(scenario: Scenario) -> Iterable[Fault]:
    totals: dict[Path, int] = {}
    for path, option in options(scenario.branches):
        totals[path[:-1]] = totals.get(path[:-1], 0) + option.probability
    for path, total in totals.items():
        if total != PARTS_PER_UNIT:
            message = (
                f"probabilities of {path[-1]} must sum to 100%, got {terms.percent(total)}; "
                "correct one of them"
            )
            yield Fault(path, "probabilities", message, at_key=True)


def _questions(scenario: Scenario) -> Iterable[Fault]:
    known: set[Slug] = set()
    for path, question in questions(scenario.branches):
        if question in known:
            message = f"question {question} must be asked once; give one of the two another name"
            yield Fault(path, "repeated-key", message, at_key=True)
        known.add(question)
    count = count_branches(scenario.branches)
    if count > MAX_BRANCHES:
        message = (
            f"branches must cross to at most {MAX_BRANCHES:,}, got {count:,}; "
            "draw some of the questions as chances"
        )
        yield Fault(("branches",), "draws", message, at_key=True)


def _baseline(scenario: Scenario) -> Iterable[Fault]:
    yield from _chosen(scenario, scenario.branches)
    asked = {question for _, question in questions(scenario.branches)}
    for question in scenario.baseline:
        if question not in asked:
            message = f"baseline names {question!r}, which is no open question of this scenario"
            message += terms.nearest(question, asked)
            yield Fault(("baseline", question), "baseline", message, at_key=True)


def _chosen(scenario: Scenario, branches: Mapping[Slug, Mapping[Slug, Option]]) -> Iterable[Fault]:
    """Hold the baseline against the questions that are open along it."""
    for question, found in branches.items():
        chosen = scenario.baseline.get(question)
        if chosen is None:
            names = ", ".join(found)
            message = f"baseline must name one of {names}; add {question}: to baseline"
            yield Fault(("baseline",), "baseline", message)
        elif chosen not in found:
            message = f"baseline must be an option of {question}, got {chosen!r}"
            message += terms.nearest(chosen, found)
            yield Fault(("baseline", question), "baseline", message)
        else:
            yield from _chosen(scenario, found[chosen].branches)


def _named_options(scenario: Scenario) -> Iterable[Fault]:
    known: dict[Slug, set[Slug]] = {}
    for path, _ in options(scenario.branches):
        known.setdefault(Slug(str(path[-2])), set()).add(Slug(str(path[-1])))
    places: list[tuple[Path, str, Mapping[Slug, Slug]]] = [(("given",), "given", scenario.given)]
    places += [
        (("expect", position, "branch"), "branch", expected.branch)
        for position, expected in enumerate(scenario.expect)
    ]
    for path, word, named in places:
        for question, option in named.items():
            if option not in known.get(question, set()):
                message = f"{word} must name an option of a question, got {question}: {option}"
                message += terms.nearest(option, known.get(question, ()))
                yield Fault(path, "expect", message)


def _chances(scenario: Scenario) -> Iterable[Fault]:
    every = chances_of(scenario)
    known: set[Slug] = set()
    for path, name, chance in chances(scenario):
        if name in known:
            message = f"chance {name} must be named once; give one of the two another name"
            yield Fault(path, "repeated-key", message, at_key=True)
        known.add(name)
        if chance.start <= scenario.known_on:
            message = (
                f"from must be after the knowledge day {scenario.known_on}, got {chance.start}"
            )
            yield Fault((*path, "from"), "fork-in-the-past", message)
        yield from _other_chances(path, chance, every)
        yield from _chance_events(path, chance)
    yield from _circles(scenario, every)


def _other_chances(path: Path, chance: Chance, every: Mapping[Slug, Chance]) -> Iterable[Fault]:
    named = [("after", chance.after)] if chance.after is not None else []
    named += [("ended_by", other) for other in chance.ended_by]
    for field, other in named:
        if other not in every:
            message = f"{field} must name another chance, got {other!r}"
            message += terms.nearest(str(other), every)
            yield Fault((*path, field), "chance", message)


def _chance_events(path: Path, chance: Chance) -> Iterable[Fault]:
    for position, event in enumerate(chance.events):
        if chance.kind == "renewal" and not isinstance(event, SuspensionEndSet):
            message = f"type must be suspension_end_set in a renewal, got {event.kind}"
            yield Fault((*path, "events", position), "chance", message)
        if event.effective < chance.start:
            message = (
                f"effective must not be before from {chance.start}, got {event.effective}; "
                "events are written as of the first day"
            )
            yield Fault((*path, "events", position, "effective"), "chance", message)


def _circles(scenario: Scenario, every: Mapping[Slug, Chance]) -> Iterable[Fault]:
    for path, name, _ in chances(scenario):
        seen, now = {name}, every[name].after
        while now is not None and now in every and now not in seen:
            seen.add(now)
            now = every[now].after
        if now == name:
            message = f"after must not lead back to {name}; break the circle"
            yield Fault((*path, "after"), "chance", message)


POLICY_CHECKS: tuple[Callable[[Scenario], Iterable[Fault]], ...] = (
    _probabilities,
    _questions,
    _baseline,
    _named_options,
    _chances,
)
