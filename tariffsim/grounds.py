"""What a result rests on, kept beside its numbers: facts, sources, parameters, drivers; no array.

Everything is text and plain numbers, so that a folder of a result explains itself with no log, no
scenario and no network at hand.
"""

from collections.abc import Mapping

import attrs

WEEK = "week"
"""Basis of what is told week by week, beside those of a variable."""
LEAST_SHARE = 0.005
"""Smaller shares are never listed: half a percent of the variance moves nothing one could see."""


@attrs.frozen(kw_only=True)
class Document:
    """A source, as the register has it.

    Parameters
    ----------
    key, title, publisher, published : str
        How claims name it, what it is, who published it, on which day.
    url, note : str, optional
        Where it is, and anything odd.
    """

    key: str
    title: str
    publisher: str
    published: str
    url: str | None = None
    note: str | None = None


@attrs.frozen(kw_only=True)
class Saying:
    """What one source says of a fact; `says` is where it contradicts the accepted one.

    Parameters
    ----------
    source, grade : str
        Key of the document, and how near it is to the act itself.
    locator, figure, fact, says : str, optional
        Paragraph, figure as printed, id of the fact, dissent.
    """

    source: str
    grade: str
    locator: str | None = None
    figure: str | None = None
    fact: str | None = None
    says: str | None = None


@attrs.frozen(kw_only=True)
class Fact:
    """An event that the result rests on, or that a branch supposes.

    Parameters
    ----------
    id, kind, title, announced, effective : str
        As in the log.
    key, note : str, optional
        Handle and remark.
    subject : str
        Measure, control or imposer that it is about; empty where it is about none.
    supposed : bool
        Whether it is part of the fork, and so has not happened.
    sayings : tuple of Saying
        Who says so, and who otherwise.
    disputes : tuple of str
        What sides say where the fact is disputed.
    """

    id: str
    kind: str
    title: str
    announced: str
    effective: str
    key: str | None = None
    note: str | None = None
    subject: str = ""
    supposed: bool = False
    sayings: tuple[Saying, ...] = ()
    disputes: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        """The handle, or the start of the id."""
        return self.key or self.id[:12]


@attrs.frozen(kw_only=True)
class RateStep:
    """The stacked rate from a day on.

    Parameters
    ----------
    on : str
        The day.
    by_authority : mapping of str to float
        Percent of customs value each legal authority adds; the middle where it is a range.
    low, high : float
        Ends of the total, percent of customs value.
    events : tuple of str
        Ids of the events that moved it.
    """

    on: str
    by_authority: Mapping[str, float]
    low: float
    high: float
    events: tuple[str, ...]

    @property
    def total(self) -> float:
        """The middle of the total."""
        return sum(self.by_authority.values())


@attrs.frozen(kw_only=True)
class RatePath:
    """How the stacked rate on a flow moves in the branches that share a path.

    Parameters
    ----------
    importer, exporter : str
        The flow.
    basis : str
        Which goods it speaks of.
    branches : tuple of str
        Branch names; the baseline's path comes first of its flow.
    steps : tuple of RateStep
        In the order of days.
    """

    importer: str
    exporter: str
    basis: str
    branches: tuple[str, ...]
    steps: tuple[RateStep, ...]


@attrs.frozen(kw_only=True)
class ProductRate:
    """The duty on one product at the horizon's end, by path.

    Parameters
    ----------
    importer, exporter, product : str
        Flow and HS code.
    value : float
        Benchmark customs value, USD million a year.
    rates : tuple of float
        Percent of customs value, one a rate path of the flow.
    """

    importer: str
    exporter: str
    product: str
    value: float
    rates: tuple[float, ...]


@attrs.frozen(kw_only=True)
class Choice:
    """One way an open question may go: name, title, probability (fraction), and the reason."""

    name: str
    title: str
    probability: float
    reason: str


@attrs.frozen(kw_only=True)
class Question:
    """An open question of the scenario, with its answers."""

    name: str
    choices: tuple[Choice, ...]


@attrs.frozen(kw_only=True)
class Assumption:
    """A parameter as it was used.

    Parameters
    ----------
    name : str
        Name of the glossary.
    value : float
        Central value.
    low, high : float, optional
        Range.
    distribution, range, unit, horizon, source, known, grade, note : str
        As in the parameter.
    locator : str, optional
        Table or page.
    """

    name: str
    value: float
    unit: str
    source: str
    known: str
    grade: str
    distribution: str
    low: float | None = None
    high: float | None = None
    range: str = ""
    horizon: str = ""
    locator: str | None = None
    note: str = ""


@attrs.frozen(kw_only=True)
class Driver:
    """How much one uncertain input moves one metric in the branches that share a path.

    Parameters
    ----------
    metric : str
        Subject of the metric.
    branch : str
        First branch of the path.
    measure : {'level', 'difference'}
        The metric itself, or its difference from the baseline.
    name : str
        The input.
    share : float
        Share of the variance over draws that goes with this input alone, fraction.
    low, high : float
        Mean of the metric over the tenth of the draws where the input is lowest, and highest.
    """

    metric: str
    branch: str
    measure: str
    name: str
    share: float
    low: float
    high: float


@attrs.frozen(kw_only=True)
class Described:
    """A variable of the result: what its files do not say.

    Parameters
    ----------
    key, label : str
        Key and words.
    path : tuple of int
        Which path each branch takes.
    mean : tuple of float
        Mean over draws, one a branch; empty for monthly paths. Unlike medians, means add up.
    between : float, optional
        Share of the variance over draws and branches that lies between branches, fraction.
    """

    key: str
    label: str
    path: tuple[int, ...]
    mean: tuple[float, ...] = ()
    between: float | None = None


@attrs.frozen(kw_only=True)
class DutyTake:
    """Duty on a flow over the horizon, on benchmark trade and on trade as it responds.

    Parameters
    ----------
    importer, exporter : str
        The flow.
    branch : str
        First branch of the path.
    static, behavioural : tuple of float
        10th, 50th and 90th percentile, USD billion.
    """

    importer: str
    exporter: str
    branch: str
    static: tuple[float, ...]
    behavioural: tuple[float, ...]


@attrs.frozen(kw_only=True)
class Uses:
    """What the numbers of one flow, or one controlled input, are made from.

    Parameters
    ----------
    importer, exporter, product : str
        The flow; product names a material.
    parameters : tuple of str
        Names of the assumptions that enter.
    facts : tuple of str
        Ids of the facts that set its rates or its control.
    trade : tuple of str
        Keys of the documents behind the benchmark trade.
    """

    importer: str
    exporter: str
    product: str = ""
    parameters: tuple[str, ...] = ()
    facts: tuple[str, ...] = ()
    trade: tuple[str, ...] = ()


@attrs.frozen(kw_only=True)
class Grounds:
    """What a result rests on; parts are empty where only the result was at hand.

    Parameters
    ----------
    variables : tuple of Described
        Every variable of the result.
    questions : tuple of Question
        Open questions.
    branches : mapping of str to mapping of str to str
        Options of each branch, the baseline first.
    probability : mapping of str to float
        Prior probability of each branch.
    assumptions : tuple of Assumption
        Parameters used.
    drivers : tuple of Driver
        What moves the headline metrics.
    least_share : float
        The least share of the variance that is listed, fraction; with few draws and many inputs
        chance alone shows larger ones, and those are left out.
    rates : tuple of RatePath
        Stacked rates by flow and path.
    products : tuple of ProductRate
        Duties by product at the end.
    take : tuple of DutyTake
        Duty, static and behavioural.
    uses : tuple of Uses
        From flows to parameters and facts.
    facts : tuple of Fact
        In the order of their effective days.
    documents : tuple of Document
        Sources of facts, parameters and trade.
    trade : str
        Name of the table of benchmark trade; empty where there is none.
    """

    variables: tuple[Described, ...]
    questions: tuple[Question, ...] = ()
    branches: Mapping[str, Mapping[str, str]]
    probability: Mapping[str, float]
    assumptions: tuple[Assumption, ...] = ()
    drivers: tuple[Driver, ...] = ()
    least_share: float = LEAST_SHARE
    rates: tuple[RatePath, ...] = ()
    products: tuple[ProductRate, ...] = ()
    take: tuple[DutyTake, ...] = ()
    uses: tuple[Uses, ...] = ()
    facts: tuple[Fact, ...] = ()
    documents: tuple[Document, ...] = ()
    trade: str = ""
