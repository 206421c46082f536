"""The question as written: log, knowledge day, branches, horizon, parameters; resolves nothing.

A scenario is a fork of the log. Its branches are events that have not happened, of the same kinds
as those that have, and announced after the knowledge day.
"""

import datetime as dt
from collections.abc import Mapping
from typing import Literal, get_args

import attrs

from tariffsim.events import Event
from tariffsim.scenario.chances import Chance
from tariffsim.scenario.draws import wrong_count
from tariffsim.scenario.flows import Market, Material
from tariffsim.scenario.industries import Industries, TableUse
from tariffsim.scenario.months import Horizon, Month, months, parse_month
from tariffsim.scenario.options import Branch, Expectation, Option, Override
from tariffsim.scenario.timing import Time
from tariffsim.scenario.tree import branches_of, chances_of, parse_given
from tariffsim.scenario.world import World
from tariffsim.terms import Slug

__all__ = [
    "MODELS",
    "Branch",
    "Chance",
    "Expectation",
    "Horizon",
    "Industries",
    "Market",
    "Material",
    "Month",
    "Option",
    "Override",
    "Scenario",
    "TableUse",
    "Time",
    "World",
    "branches_of",
    "chances_of",
    "months",
    "parse_given",
    "parse_month",
    "wrong_count",
]

Model = Literal["partial", "gsim", "gravity", "world"]
MODELS = get_args(Model)


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
    monthly : str, optional
        Trade by month, for the seasons of the baseline path: the name of a packaged table, or a
        path beside the scenario.
    benchmark_day : date
        The law of this day is what the benchmark's duties reflect.
    time : Time
        Which of the slow and the early answers count.
    markets : tuple of Market
        Flows projected.
    branches : mapping of Slug to mapping of Slug to Option
        Open questions and how they may go; they cross, and probabilities multiply.
    baseline : mapping of Slug to Slug
        The option of each question that the others are compared with.
    given : mapping of Slug to Slug
        Question to option: only branches that agree count, and share the whole probability.
    chances : mapping of Slug to Chance
        What may happen on a random day, in every branch.
    paths : int
        How many paths of policy are drawn, a power of two; each draw lies on one of them.
    what_if : tuple of Event
        Events of every branch.
    materials : tuple of Material
        Controlled inputs.
    industries : Industries, optional
        Input-output table through which shortages of materials are followed.
    parameters : mapping of str to Override
        Parameters set here instead of the packaged ones.
    model : {'partial', 'gsim', 'gravity', 'world'}
        Which model projects it: one importer's markets, or the whole world linearly, in one sector,
        or in many with input-output links.
    world : World, optional
        What the world models are asked, where it is not what they do by themselves.
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
    monthly: str | None = None
    time: Time = attrs.field(factory=Time)
    markets: tuple[Market, ...] = ()
    branches: Mapping[Slug, Mapping[Slug, Option]] = attrs.field(factory=dict)
    baseline: Mapping[Slug, Slug] = attrs.field(factory=dict)
    given: Mapping[Slug, Slug] = attrs.field(factory=dict)
    chances: Mapping[Slug, Chance] = attrs.field(factory=dict)
    paths: int = 2048
    what_if: tuple[Event, ...] = ()
    materials: tuple[Material, ...] = ()
    industries: Industries | None = None
    parameters: Mapping[str, Override] = attrs.field(factory=dict)
    draws: int = 8192
    seed: int = 1
    model: Model = "partial"
    world: World | None = None
    expect: tuple[Expectation, ...] = ()
