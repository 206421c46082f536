"""A law: a check, and the strategies that its examples are drawn from; knows no law in particular.

`law` makes a test of a check and keeps it under its name, so that planted faults can be held
against it: `examine` runs the same check over a fixed sequence of examples.
"""

from collections.abc import Callable
from typing import Any, NamedTuple

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.strategies import SearchStrategy

from tariffsim.errors import TariffsimError


class Law(NamedTuple):
    check: Callable[..., None]
    strategies: dict[str, SearchStrategy[Any]]


class Outcome(NamedTuple):
    broken: Exception | None
    examples: int  # seen until it broke, or all of them


class _BrokenError(BaseException):
    """Ends the examples: no `Exception`, which would be tried again and written out in full."""

    def __init__(self, error: Exception) -> None:
        super().__init__()
        self.error = error


LAWS: dict[str, Law] = {}


def law(*, part: float = 1.0, **strategies: SearchStrategy[Any]) -> Callable[..., Any]:
    """Make a test of a check; `part` of the profile's examples where each of them costs much."""

    def registered(check: Callable[..., None]) -> Callable[[], None]:
        LAWS[check.__name__.removeprefix("test_")] = Law(check, strategies)
        count = max(1, round(settings().max_examples * part))
        return settings(max_examples=count)(given(**strategies)(check))

    return registered


def examine(name: str, *, examples: int) -> Outcome:
    """Hold a law over examples that are the same every time, and stop where it breaks.

    A law breaks by an `AssertionError`, or where the package refuses what it made itself. Anything
    else is raised: a law that stumbles has not spoken.
    """
    found = LAWS[name]
    seen = 0

    def counted(**drawn: Any) -> None:
        nonlocal seen
        seen += 1
        try:
            found.check(**drawn)
        except (AssertionError, TariffsimError) as error:
            raise _BrokenError(error) from error

    fixed = settings(
        max_examples=examples,
        derandomize=True,
        database=None,
        deadline=None,
        phases=(Phase.generate,),
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
    )
    try:
        fixed(given(**found.strategies)(counted))()
    except _BrokenError as broken:
        return Outcome(broken.error, seen)
    return Outcome(None, seen)
