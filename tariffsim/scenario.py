"""The question as written: log, knowledge day, branches, horizon, parameters; resolves nothing.

A scenario is a fork of the log. Its branches are events that have not happened, of the same kinds
as those that have, and announced after the knowledge day.
"""

import datetime as dt
import itertools
import re
from collections.abc import Mapping
from fractions import Fraction
from typing import Literal

import attrs

from tariffsim.events import Event
from tariffsim.parameters import Distribution, RangeMeaning
from tariffsim.terms import PARTS_PER_UNIT, Economy, Rate, Share, Slug

FIRST_YEAR, LAST_YEAR = 1900, 2199
MAX_DRAWS = 2**20


@attrs.frozen(kw_only=True, order=True)
class Month:
    """A calendar month, written ``2025-06``."""

    year: int
    number: int

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.number:02d}"

    @property
    def first(self) -> dt.date:
        """Its first day."""
        return dt.date(self.year, self.number, 1)

    @property
    def next(self) -> "Month":
        """The month after."""
        return Month(year=self.year + self.number // 12, number=self.number % 12 + 1)

    @property
    def year_share(self) -> float:
        """Its length as a share of its year: days / 365 or 366."""
        year = dt.date(self.year + 1, 1, 1) - dt.date(self.year, 1, 1)
        return (self.next.first - self.first).days / year.days


def parse_month(text: str) -> Month:
    """Read a month written YYYY-MM."""
    matched = re.fullmatch(r"(\d{4})-(0[1-9]|1[0-2])", text.strip())
    if matched is None:
        raise ValueError(f"value must be a month written YYYY-MM, got {text!r}")
    year = int(matched[1])
    if not FIRST_YEAR <= year <= LAST_YEAR:
        raise ValueError(f"value must lie between {FIRST_YEAR} and {LAST_YEAR}, got {text!r}")
    return Month(year=year, number=int(matched[2]))


def months(start: Month, end: Month) -> tuple[Month, ...]:
    """List the months from `start` to `end`, both included."""
    found = [start]
    while found[-1] < end:
        found.append(found[-1].next)
    return tuple(found)


@attrs.frozen(kw_only=True)
class Horizon:
    """The months of the projection.

    Parameters
    ----------
    start, end : Month
        First and last month, both included.
    """

    start: Month
    end: Month

    def __attrs_post_init__(self) -> None:
        if self.end < self.start:
            raise ValueError(f"to must not be before from, got {self.start} to {self.end}")


@attrs.frozen(kw_only=True)
class Option:
    """One way an open question may go.

    Parameters
    ----------
    probability : Share
        Prior probability.
    reason : str
        Why that probability.
    events : tuple of Event
        What would then happen; none where the law as it stands runs its course.
    title : str
        One line for people.
    """

    probability: Share
    reason: str
    events: tuple[Event, ...] = ()
    title: str = ""


@attrs.frozen(kw_only=True)
class Override:
    """A parameter set by the scenario's author, with the reason.

    Parameters
    ----------
    value : float
        The central value.
    reason : str
        Why this value.
    low, high : float, optional
        The range.
    distribution, range : str
        How the range becomes a distribution; as in the packaged parameters.
    """

    value: float
    reason: str
    low: float | None = None
    high: float | None = None
    distribution: Distribution = "fixed"
    range: RangeMeaning = "bounds"


@attrs.frozen(kw_only=True)
class Market:
    """Whose imports from whom are projected; every other source is the competing rest.

    Parameters
    ----------
    importer, exporter : Economy
        The flow in question.
    supply : str
        Parameter for the inverse supply elasticity of all sources of this importer.
    share_prior : str, optional
        File with a prior of the exporter's share by product, where the table does not know it.
    """

    importer: Economy
    exporter: Economy
    supply: str
    share_prior: str | None = None


@attrs.frozen(kw_only=True)
class Material:
    """A controlled input: who needs it, under which control, and which priors describe it.

    Parameters
    ----------
    material : Slug
        Its name.
    importer, exporter : Economy
        Who runs short, and whose control it is.
    control : Slug
        The control of the log.
    reliance : tuple of str
        Parameters whose product is the share of the need that came from the controlled source.
    cover : str
        Parameter: days of use in stock when the control starts.
    refill : str
        Parameter: days over which a gap in the stock is reordered.
    """

    material: Slug
    importer: Economy
    exporter: Economy
    control: Slug
    reliance: tuple[str, ...]
    cover: str
    refill: str = "inventory_refill_days"


@attrs.frozen(kw_only=True)
class Expectation:
    """A rate that a branch must show on a day; a run that misses it ends with exit code 1.

    Parameters
    ----------
    on : date
        The day.
    importer, exporter : Economy
        The flow.
    rate : Rate
        The headline add-on expected.
    branch : mapping of Slug to Slug
        Question to option; every branch where left out.
    """

    on: dt.date
    importer: Economy
    exporter: Economy
    rate: Rate
    branch: Mapping[Slug, Slug] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True)
class Branch:
    """One combination of options, with the product of their probabilities."""

    name: str
    options: Mapping[Slug, Slug]
    probability: float
    events: tuple[Event, ...]


@attrs.frozen(kw_only=True)
class Scenario:
    """A question about a dispute.

    Parameters
    ----------
    scenario : Slug
        Its name.
    question : str
        The question in a sentence.
    log : str
        Name or path of the log it forks.
    known_on : date
        Knowledge day; nothing learnt later is used.
    horizon : Horizon
        Months projected.
    trade : str, optional
        Benchmark trade: the name of a packaged table, or a path beside the scenario; needed where
        there are markets.
    benchmark_day : date
        The law of this day is what the benchmark's duties reflect.
    markets : tuple of Market
        Flows projected.
    branches : mapping of Slug to mapping of Slug to Option
        Open questions and how they may go; they cross, and probabilities multiply.
    baseline : mapping of Slug to Slug
        The option of each question that the others are compared with.
    what_if : tuple of Event
        Events of every branch.
    materials : tuple of Material
        Controlled inputs.
    parameters : mapping of str to Override
        Parameters set here instead of the packaged ones.
    model : {'partial'}
        Which model projects it.
    draws : int
        A power of two.
    seed : int
        Seed of the draws.
    expect : tuple of Expectation
        Checks declared by the author.
    """

    scenario: Slug
    question: str
    log: str
    known_on: dt.date
    horizon: Horizon
    benchmark_day: dt.date
    trade: str | None = None
    markets: tuple[Market, ...] = ()
    branches: Mapping[Slug, Mapping[Slug, Option]] = attrs.field(factory=dict)
    baseline: Mapping[Slug, Slug] = attrs.field(factory=dict)
    what_if: tuple[Event, ...] = ()
    materials: tuple[Material, ...] = ()
    parameters: Mapping[str, Override] = attrs.field(factory=dict)
    draws: int = 8192
    seed: int = 1
    model: Literal["partial"] = "partial"
    expect: tuple[Expectation, ...] = ()


def branches_of(scenario: Scenario) -> tuple[Branch, ...]:
    """Cross the options of every open question.

    Parameters
    ----------
    scenario : Scenario
        With probabilities that sum to one in each question.

    Returns
    -------
    tuple of Branch
        The baseline first, then in the order written; probabilities sum to one.
    """
    found = []
    for combination in itertools.product(*(open_.items() for open_ in scenario.branches.values())):
        names = (name for name, _ in combination)
        chosen = dict(zip(scenario.branches, names, strict=True))
        probability = Fraction(1)
        for _, option in combination:
            probability *= Fraction(option.probability, PARTS_PER_UNIT)
        events = itertools.chain(scenario.what_if, *(option.events for _, option in combination))
        found.append(
            Branch(
                name="+".join(chosen.values()) or "as-known",
                options=chosen,
                probability=float(probability),
                events=tuple(events),
            )
        )
    return tuple(sorted(found, key=lambda branch: branch.options != dict(scenario.baseline)))
