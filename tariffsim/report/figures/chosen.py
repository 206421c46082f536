"""Which figures a result affords, in the order of a page; knows no dispute, no economy."""

import datetime as dt
import math
from collections.abc import Iterator, Sequence

import attrs

from tariffsim.grounds import Grounds
from tariffsim.report.figures.cover import cover
from tariffsim.report.figures.drivers import Sensitivity, drivers
from tariffsim.report.figures.figure import Figure
from tariffsim.report.figures.paths import paths
from tariffsim.report.figures.products import products
from tariffsim.report.figures.rates import rates
from tariffsim.report.figures.take import take
from tariffsim.report.figures.tree import MOST_LEAVES, tree
from tariffsim.report.figures.welfare import Parts, completed, welfare
from tariffsim.report.figures.world import world
from tariffsim.report.summary import Series, Summary, label_of

SHOWN = ("customs_value", "landed_price")
"""Monthly variables of a flow that are drawn."""

KNOWN = frozenset(
    """customs_value duty revenue_difference consumer_surplus producer_surplus welfare landed_price
    effective_rate applied_rate statutory_rate_mean revenue_static revenue
    revenue_net retail_price availability days_of_cover stockout_probability licensed_share
    withheld_imports consumer_surplus_as_published producer_surplus_as_published""".split()
)
"""Monthly variables with a figure of their own, or told by another; any other one is drawn too."""

MOST_OTHERS = 6
MOST_DRIVEN = 4
REAL_INCOME = "real_income"


def figures(summary: Summary) -> tuple[Figure, ...]:
    """Give every figure that a result affords.

    Parameters
    ----------
    summary : Summary
        A result.

    Returns
    -------
    tuple of Figure
        In the order in which a reader wants them: what is open, the law, trade, money, goods,
        supply, the world.
    """
    return tuple(_figures(summary))


def driver_figures(summary: Summary) -> tuple[Figure, ...]:
    """Give a figure of what drives each result that a reader asks for first."""
    return tuple(_drivers(summary))


def _figures(summary: Summary) -> Iterator[Figure]:
    grounds = summary.grounds
    leaves = math.prod(len(question.choices) for question in grounds.questions)
    if 1 < leaves <= MOST_LEAVES:
        yield tree(grounds.questions, grounds.probability)
    yield from _rates(summary)
    yield from (paths(one) for one in _drawn(summary))
    yield from _takes(grounds)
    yield from _welfare(summary)
    yield from _products(grounds)
    yield from _cover(summary)
    income = [one for one in summary.single if one.name == REAL_INCOME]
    if len(income) > 1:
        yield world(income)


def flows(grounds: Grounds) -> list[tuple[str, str]]:
    """List the flows that a result follows, in order."""
    return list(
        dict.fromkeys((use.importer, use.exporter) for use in grounds.uses if not use.product)
    )


def path_labels(grounds: Grounds, groups: Sequence[Sequence[str]]) -> list[str]:
    """Name groups of branches by the options that they share."""
    names = list(grounds.branches)
    return [
        label_of(grounds, [names.index(branch) for branch in group], alone=len(groups) == 1)
        for group in groups
    ]


def _rates(summary: Summary) -> Iterator[Figure]:
    grounds = summary.grounds
    known_on = dt.date.fromisoformat(summary.manifest["known_on"])
    for flow in flows(grounds):
        own = [path for path in grounds.rates if (path.importer, path.exporter) == flow]
        if any(path.steps for path in own):
            labels = path_labels(grounds, [path.branches for path in own])
            yield rates(own, labels, known_on=known_on, last=_last(summary))


def _last(summary: Summary) -> dt.date:
    year, month = (int(part) for part in summary.periods[-1].split("-"))
    after = dt.date(year + month // 12, month % 12 + 1, 1)
    return after - dt.timedelta(days=1)


def _drawn(summary: Summary) -> list[Series]:
    followed = set(flows(summary.grounds))
    own = [
        one
        for name in SHOWN
        for one in summary.paths
        if one.name == name and (one.importer, one.exporter) in followed
    ]
    others = [one for one in summary.paths if one.name not in KNOWN]
    return own + others[:MOST_OTHERS]


def _takes(grounds: Grounds) -> Iterator[Figure]:
    for flow in flows(grounds):
        own = [one for one in grounds.take if (one.importer, one.exporter) == flow]
        if own:
            yield take(own, _labels_of_flow(grounds, flow, len(own)))


def _labels_of_flow(grounds: Grounds, flow: tuple[str, str], count: int) -> list[str]:
    groups = [p.branches for p in grounds.rates if (p.importer, p.exporter) == flow]
    return path_labels(grounds, groups)[:count]


def _welfare(summary: Summary) -> Iterator[Figure]:
    economies = [one.importer for one in summary.headline if one.name == "welfare"]
    for economy in dict.fromkeys(economies):
        found = list(_parts(summary, economy))
        if found:
            yield welfare(economy, found)


def _parts(summary: Summary, economy: str) -> Iterator[Parts]:
    means = {one.key: one for one in summary.grounds.variables if one.mean}
    components = [
        (words, one)
        for words, name, side in (
            ("buyers' surplus", "consumer_surplus", "importer"),
            ("customs revenue", "revenue_difference", "importer"),
            ("exporters' surplus", "producer_surplus", "exporter"),
        )
        for one in summary.headline
        if one.name == name and getattr(one, side) == economy and one.key in means
    ]
    if not components:
        return
    names = list(summary.grounds.branches)
    total = next(
        one for one in summary.headline if one.name == "welfare" and one.importer == economy
    )
    for column in components[0][1].columns:
        place = names.index(column.branches[0])
        parts = [(words, means[one.key].mean[place]) for words, one in components]
        yield Parts(label=column.label, parts=completed(parts, means[total.key].mean[place]))


def _products(grounds: Grounds) -> Iterator[Figure]:
    for flow in flows(grounds):
        own = [one for one in grounds.products if (one.importer, one.exporter) == flow]
        if own:
            yield products(own, _labels_of_flow(grounds, flow, len(own[0].rates)))


def _cover(summary: Summary) -> Iterator[Figure]:
    # Where both are told, the week says more than the month.
    chances = {
        (one.importer, one.product): one
        for one in (*summary.paths, *summary.weekly)
        if one.name == "stockout_probability"
    }
    for stock in summary.paths:
        if stock.name == "days_of_cover" and (stock.importer, stock.product) in chances:
            yield cover(stock, chances[stock.importer, stock.product])


def told(summary: Summary) -> list[Series]:
    """Choose the metrics whose drivers are drawn: welfare, scarcity, real income, else any."""
    wanted = ("welfare", "lowest_availability", REAL_INCOME)
    found = [one for name in wanted for one in summary.headline if one.name == name]
    return (found or list(summary.headline))[:MOST_DRIVEN]


def _measured(summary: Summary) -> Iterator[Figure]:
    for number, one in enumerate(summary.measured):
        policy = "drawn" if one.branch is None else f"held at {one.branch}"
        found = drivers(
            summary.metric(one.metric),
            [
                Sensitivity(
                    name=own.name, low=own.low, high=own.high, first=own.first, total=own.total
                )
                for own in one.drivers
            ],
            middle=one.central,
            about=(
                f"one input at a time, from {one.baseline}: parameters at their 10th (pale) and "
                "90th percentile (full), policy at its lowest and highest option."
            ),
            shares=(
                f"Sobol shares of the variance, %, policy {policy}, {one.samples} base samples; "
                "full: alone, pale: with others."
            ),
        )
        yield attrs.evolve(found, id=f"{found.id}-sobol-{number + 1}", of="sobol")


def _drivers(summary: Summary) -> Iterator[Figure]:
    yield from _measured(summary)
    grounds = summary.grounds
    means = {one.key: one.mean for one in grounds.variables}
    for one in told(summary):
        branch = one.columns[0].branches[0]
        own = [
            Sensitivity(name=line.name, low=line.low, high=line.high, first=line.share)
            for line in grounds.drivers
            if (line.metric, line.branch, line.measure) == (one.subject, branch, "level")
        ]
        if own:
            yield drivers(
                one,
                own,
                middle=means[one.key][0],
                about=(
                    f"branch {one.columns[0].label}: mean over the tenth of the draws where an "
                    "input is lowest (pale) and highest (full)."
                ),
            )
