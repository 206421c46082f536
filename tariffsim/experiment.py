"""The question resolved: dense arrays over one set of axes, nothing left to look up.

Rates are fractions. Regimes are the distinct columns of added rates; months are mixtures of
regimes by days, so that a model solves each regime once, however many months and branches there
are.
"""

from collections.abc import Mapping

import attrs

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.axes import Axis
from tariffsim.evidence import Evidence
from tariffsim.network import NetworkCase
from tariffsim.parameters import Parameter
from tariffsim.scenario import Branch, Chance
from tariffsim.terms import Slug
from tariffsim.world import WorldCase

LAW, THREAT, CHANCES = 0, 1, 2
"""What says how many buyers count on a rise: a parameter for what is law, one for what is
threatened, or the chances of the scenario."""


@attrs.frozen(kw_only=True, eq=False)
class Ahead:
    """Rises that buyers of one market see coming along each path, and when they act on them.

    Parameters
    ----------
    log_jump : (kind, product)
        Logarithm of new over old (1 + rate), each distinct rise once.
    rise : (path, rise), int
        Kind of each rise of a path; nothing is planned for those beyond a path's own.
    credence : (path, rise), int
        `LAW`, `THREAT` or `CHANCES`.
    plan : (path, rise, month), fraction
        Share of what is to be bought ahead that falls into each month; less than one in all where
        the rise was called off, or not everybody counts on it.
    open : (path, rise, month), fraction
        Share of the month's days on which it is bought for; times that of the buyers who count on
        it, where chances say so.
    rundown : (path, month), fraction
        Share of the month's days on which a stock is run down.
    buying, using : (path, month, regime), fraction
        Regimes of the days on which is bought ahead, and of those on which stocks are used.
    """

    log_jump: Floats = attrs.field(converter=read_only)
    rise: Ints = attrs.field(converter=read_only)
    credence: Ints = attrs.field(converter=read_only)
    plan: Floats = attrs.field(converter=read_only)
    open: Floats = attrs.field(converter=read_only)
    rundown: Floats = attrs.field(converter=read_only)
    buying: Floats = attrs.field(converter=read_only)
    using: Floats = attrs.field(converter=read_only)


@attrs.frozen(kw_only=True, eq=False)
class MarketCase:
    """One importer's markets, all products, with the partner in question and the rest as sources.

    Parameters
    ----------
    importer, exporter : str
        The flow in question; exporter is the first source.
    source, product : Axis
        Sources and products.
    customs_value : (source, product), USD million a year
        Benchmark value before duty.
    benchmark_rate : (source, product), fraction
        Duty collected over customs value.
    added_low, added_high : (regime, source, product), fraction
        Stacked statutory rate above that of the benchmark day, where lists cover the least and
        the most that is known.
    weights : (path, month, regime), fraction
        Share of the month's days under each regime, goods in transit counted under the regime
        whose rate they keep; sums to one over regimes.
    year_share : (month,), fraction
        Days of the month over days of its year.
    season : (source, month)
        What a day of the month is of the mean day of the benchmark year, had nothing changed.
    growth_years : (month,), years
        From the middle of the benchmark year to the middle of the month.
    statutory : (end, path, month), fraction
        Mean statutory rate on the first source at benchmark trade, lists at their least and most.
    supply : str
        Parameter: inverse supply elasticity of every source.
    collected, growth : str or None
        Parameters: share of new duties that is collected, growth a year; all and none without.
    revenue_offsets : tuple of str
        Parameters: shares of new revenue lost elsewhere.
    storable : (product,), fraction, or None
        Share of each product that can be stored; None where nobody buys ahead.
    ahead : Ahead or None
        Rises seen coming along each path; None where nobody buys ahead.
    share_prior : (product,), fraction, or None
        Prior of the first source's share of imports, where the table itself is built on it.
    tracks : (track, sample), int, or None
        The path on which each draw lies, by track: draw i lies on that of sample i modulo their
        number. None where every path is a track, with all draws on it.
    """

    importer: str
    exporter: str
    source: Axis
    product: Axis
    customs_value: Floats = attrs.field(converter=read_only)
    benchmark_rate: Floats = attrs.field(converter=read_only)
    added_low: Floats = attrs.field(converter=read_only)
    added_high: Floats = attrs.field(converter=read_only)
    weights: Floats = attrs.field(converter=read_only)
    year_share: Floats = attrs.field(converter=read_only)
    season: Floats = attrs.field(converter=read_only)
    growth_years: Floats = attrs.field(converter=read_only)
    statutory: Floats = attrs.field(converter=read_only)
    supply: str
    collected: str | None = None
    growth: str | None = None
    revenue_offsets: tuple[str, ...] = ()
    storable: Floats | None = attrs.field(
        default=None, converter=attrs.converters.optional(read_only)
    )
    ahead: Ahead | None = None
    share_prior: Floats | None = attrs.field(
        default=None, converter=attrs.converters.optional(read_only)
    )
    tracks: Ints | None = attrs.field(default=None, converter=attrs.converters.optional(read_only))


@attrs.frozen(kw_only=True)
class UseCase:
    """An industry that needs a controlled input, and the parameters that describe it.

    Parameters
    ----------
    industry, title : str
        Its name, and what it makes.
    share : str
        Parameter: part of the need that is its own.
    access : str
        Parameter: part of the licences that it may have.
    dependence : str
        Parameter: part of its output that is made with the input.
    input_share : str
        Parameter: cost share, in that output, of what cannot be made without the input.
    value_added : str
        Parameter: USD billion a year.
    stock : str, optional
        Parameter: days of its need in stock, where they are its own.
    """

    industry: str
    title: str
    share: str
    access: str
    dependence: str
    input_share: str
    value_added: str
    stock: str | None = None


@attrs.frozen(kw_only=True, eq=False)
class MaterialCase:
    """One controlled input of one importer, day by day from the control or the horizon's start.

    Parameters
    ----------
    material, importer, exporter, control : str
        What, who runs short, whose control, which.
    first_day : int
        Ordinal of day zero.
    approval : (path, end, day), fraction
        Low and high end of the share of applications that is granted.
    freed : (path, end, day), fraction
        Low and high end of the share of the flow that needs no licence.
    delay : (path, end, day), days
        Low and high end of the time from application to licence.
    month_of_day : (day,), int
        Month of the horizon, -1 before it.
    reliance : tuple of str
        Parameters whose product is the share of the need that came from the controlled source.
    cover : str
        Parameter: days of use in stock at the start.
    refill : str
        Parameter: days over which a gap in the stock is reordered.
    stance : str
        What an exporter must obtain; says how the interval of approval becomes a distribution.
    control_day : int
        Index of the control's first day; day zero is earlier where it was announced before, or
        where the horizon starts before it.
    ahead : (path, day), 0 or 1, or None
        Days on which nothing is controlled and a control is known to come; None where uses are
        not told apart.
    uses : tuple of UseCase
        Industries, the highest priority first; empty where the importer is one buyer.
    imports : (2,), USD million a year, or None
        Least and most that the importer buys of goods under the control, where trade is known.
    tracks : (track, sample), int, or None
        The path on which each draw lies, as in `MarketCase`.
    covered : mapping of str to float
        Part of each product's trade that is under the control, the middle of what is known, where
        it is more than none; shared evenly among the materials of one control.
    """

    material: str
    importer: str
    exporter: str
    control: str
    first_day: int
    approval: Floats = attrs.field(converter=read_only)
    freed: Floats = attrs.field(converter=read_only)
    delay: Floats = attrs.field(converter=read_only)
    month_of_day: Ints = attrs.field(converter=read_only)
    reliance: tuple[str, ...]
    cover: str
    refill: str
    stance: str = "licence"
    control_day: int = 0
    ahead: Floats | None = attrs.field(default=None, converter=attrs.converters.optional(read_only))
    uses: tuple[UseCase, ...] = ()
    imports: Floats | None = attrs.field(
        default=None, converter=attrs.converters.optional(read_only)
    )
    tracks: Ints | None = attrs.field(default=None, converter=attrs.converters.optional(read_only))
    covered: Mapping[str, float] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True, eq=False)
class Sampled:
    """What was drawn of policy.

    Parameters
    ----------
    names : tuple of Slug
        The chances.
    chances : mapping of Slug to Chance
        Their priors and reasons.
    days : (chance, branch, sample), int
        Ordinal of the day on which each happened; 0 where it did not, or is no chance of the
        branch.
    times : (chance, branch, sample), int
        How often its events took effect: how often a pause was renewed.
    """

    names: tuple[Slug, ...]
    chances: Mapping[Slug, Chance]
    days: Ints = attrs.field(converter=read_only)
    times: Ints = attrs.field(converter=read_only)


@attrs.frozen(kw_only=True)
class Provenance:
    """Where an experiment comes from: enough to make it again, and to say what it rests on.

    Parameters
    ----------
    scenario, question, log : str
        Names and the question in a sentence.
    known_on, known_through : str
        Knowledge day, and the day through which the record was read.
    digests : mapping of str to str
        Hashes of log, scenario, parameters, and of every table and sheet used.
    events : tuple of str
        Ids of the events that set the rates and controls used.
    flags : tuple of str
        Estimates, judgements and exceptions that the reader must know.
    parameters : tuple of Parameter
        As the model was given them.
    evidence : tuple of Evidence
        Everything used, with the day it became known.
    model : str
        Which model answers.
    given : mapping of str to str
        Question to option, where only branches that agree were run.
    """

    scenario: str
    question: str
    log: str
    known_on: str
    known_through: str
    digests: Mapping[str, str]
    events: tuple[str, ...]
    flags: tuple[str, ...]
    parameters: tuple[Parameter, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    model: str = "partial"
    given: Mapping[str, str] = attrs.field(factory=dict)


@attrs.frozen(kw_only=True, eq=False)
class Experiment:
    """Everything a model needs, and nothing else.

    Parameters
    ----------
    provenance : Provenance
        Where it comes from.
    branches : tuple of Branch
        The baseline first.
    branch_paths : (branch, 2), int
        Which tariff track and which supply track each branch takes: a path of its own, or with
        each draw on the path that was drawn for it.
    add_on : (path, flow), percent
        Headline statutory add-on on the last day of the horizon by tariff path, of each market, or
        of each flow in question of the world.
    sampled : Sampled or None
        What was drawn of policy; None where nothing is.
    month : Axis
        All months from the benchmark on.
    first : int
        Index of the horizon's first month.
    year_share : (month,), fraction
        Days of the month over days of its year.
    markets : tuple of MarketCase
        Trade.
    materials : tuple of MaterialCase
        Controlled inputs.
    parameters : mapping of str to Parameter
        Under their names.
    draws, seed : int
        How many draws, from which seed.
    world : WorldCase or None
        The benchmark world and its regimes, for a world model; markets are empty then.
    network : NetworkCase or None
        Industries through which shortages of materials are followed.
    """

    provenance: Provenance
    branches: tuple[Branch, ...]
    branch_paths: Ints = attrs.field(converter=read_only)
    add_on: Floats = attrs.field(converter=read_only)
    month: Axis
    first: int
    year_share: Floats = attrs.field(converter=read_only)
    markets: tuple[MarketCase, ...]
    materials: tuple[MaterialCase, ...]
    parameters: Mapping[str, Parameter]
    draws: int
    seed: int
    world: WorldCase | None = None
    sampled: Sampled | None = None
    network: NetworkCase | None = None
