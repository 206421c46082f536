"""How open questions may go, and what the author sets or expects; knows no model."""

import datetime as dt
from collections.abc import Mapping

import attrs

from tariffsim.events import Event
from tariffsim.parameters import Convention, Distribution, RangeMeaning
from tariffsim.scenario.chances import Chance
from tariffsim.terms import Economy, Rate, Share, Slug


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
    branches : mapping of Slug to mapping of Slug to Option
        Questions that are open only if it goes this way.
    chances : mapping of Slug to Chance
        What may happen on a random day only if it goes this way.
    title : str
        One line for people.
    """

    probability: Share
    reason: str
    events: tuple[Event, ...] = ()
    branches: Mapping[Slug, Mapping[Slug, "Option"]] = attrs.field(factory=dict)
    chances: Mapping[Slug, Chance] = attrs.field(factory=dict)
    title: str = ""


# An option holds options: readers of its annotations need the class and not its name.
attrs.resolve_types(Option)


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
    convention : {'substitution', 'duty-exclusive', 'duty-inclusive'}
        What an elasticity was measured on; as in the packaged parameters.
    """

    value: float
    reason: str
    low: float | None = None
    high: float | None = None
    distribution: Distribution = "fixed"
    range: RangeMeaning = "bounds"
    convention: Convention = "substitution"


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
    """One combination of options, with the product of their probabilities, and what is drawn."""

    name: str
    options: Mapping[Slug, Slug]
    probability: float
    events: tuple[Event, ...]
    chances: Mapping[Slug, Chance] = attrs.field(factory=dict)
