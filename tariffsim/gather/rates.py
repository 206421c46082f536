"""Stacked rates through time and by product, a path at a time; draws nothing.

Where no measure covers all goods, the rate is the mean over the scenario's products, weighted by
benchmark trade.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.experiment import Experiment, MarketCase
from tariffsim.grounds import ProductRate, RatePath, RateStep
from tariffsim.layers import EXACT_PER_PERCENT
from tariffsim.log import Log, append, known_on
from tariffsim.model.tracks import paths_of_draws
from tariffsim.reduce import fold, stacked_on
from tariffsim.resolve import Inputs
from tariffsim.terms import Economy, Product
from tariffsim.timeline import Ends, Timeline, added_by_authority, timeline

MOST_PRODUCTS = 40
"""Products that a mean is taken over, the largest first: beyond them the mean hardly moves."""


def forks(inputs: Inputs, experiment: Experiment) -> tuple[Log, ...]:
    """Give the log as known on the knowledge day, and each branch's fork of it."""
    known = known_on(inputs.log, inputs.scenario.known_on)
    return (known, *(append(known, branch.events) for branch in experiment.branches))


def rate_paths(inputs: Inputs, experiment: Experiment, logs: Sequence[Log]) -> tuple[RatePath, ...]:
    """Follow the stacked rate on every flow through the record and each path's future.

    Parameters
    ----------
    inputs : Inputs
        For the horizon.
    experiment : Experiment
        For flows, paths and benchmark trade.
    logs : sequence of Log
        What `forks` gave.

    Returns
    -------
    tuple of RatePath
        The baseline's path first of each flow.
    """
    last = inputs.scenario.horizon.last
    found: list[RatePath] = []
    paths = experiment.branch_paths[:, 0].tolist()
    for flow in flows_of(experiment):
        for path in dict.fromkeys(paths):
            members = [number for number, own in enumerate(paths) if own == path]
            names = tuple(experiment.branches[number].name for number in members)
            found.append(_path(flow, logs[1 + members[0]], names, last))
    return tuple(found)


@attrs.frozen(kw_only=True)
class Flow:
    """A flow in question, with its market where the model has one of its own."""

    importer: Economy
    exporter: Economy
    market: MarketCase | None = None


def flows_of(experiment: Experiment) -> tuple[Flow, ...]:
    """List the flows in question: those of the markets, then those of the world."""
    found = [
        Flow(importer=Economy(case.importer), exporter=Economy(case.exporter), market=case)
        for case in experiment.markets
    ]
    world = experiment.world
    if world is not None:
        names = world.table.economy.labels
        found += [
            Flow(importer=Economy(names[buyer]), exporter=Economy(names[seller]))
            for buyer, seller in world.flows
        ]
    return tuple(found)


def _path(flow: Flow, log: Log, branches: tuple[str, ...], last: dt.date) -> RatePath:
    headline = timeline(log, flow.importer, flow.exporter, between=(None, last))
    if headline.steps or flow.market is None:
        basis, steps = "all goods, above ordinary duty and lists", _steps(headline)
    else:
        basis, steps = _weighted(flow.market, log, last)
    return RatePath(
        importer=flow.importer,
        exporter=flow.exporter,
        basis=basis,
        branches=branches,
        steps=steps,
    )


def _steps(found: Timeline) -> tuple[RateStep, ...]:
    return tuple(
        _step(
            step.on,
            {name: _middle(ends) for name, ends in added_by_authority(step.stacked).items()},
            (step.stacked.low, step.stacked.high),
            (entry.id for entry in step.moved_by),
        )
        for step in found.steps
    )


def _step(
    on: dt.date, by_authority: Mapping[str, float], ends: Ends, events: Iterable[str]
) -> RateStep:
    low, high = sorted(end / EXACT_PER_PERCENT for end in ends)
    return RateStep(
        on=on.isoformat(),
        by_authority=dict(by_authority),
        low=low,
        high=high,
        events=tuple(dict.fromkeys(events)),
    )


def _middle(ends: Ends) -> float:
    return sum(ends) / 2 / EXACT_PER_PERCENT


@attrs.frozen(kw_only=True)
class _Goods:
    """A product, its share of the flow's benchmark value, and the days its stack changes."""

    product: Product
    share: float
    moved: Mapping[dt.date, tuple[str, ...]]


def _weighted(case: MarketCase, log: Log, last: dt.date) -> tuple[str, tuple[RateStep, ...]]:
    """Average over products, the largest ones where there are many."""
    value = case.customs_value[0]
    kept = sorted(np.argsort(-value, kind="stable")[:MOST_PRODUCTS].tolist())
    flow = Economy(case.importer), Economy(case.exporter)
    goods = []
    for place in kept:
        product = Product(case.product.labels[place])
        steps = timeline(log, *flow, product=product, between=(None, last)).steps
        moved = {step.on: tuple(entry.id for entry in step.moved_by) for step in steps}
        share = float(value[place] / value[kept].sum())
        goods.append(_Goods(product=product, share=share, moved=moved))
    state = fold(log)
    found = []
    for day in sorted({day for one in goods for day in one.moved}):
        by_authority: dict[str, float] = {}
        ends = [0.0, 0.0]
        for one in goods:
            stacked = stacked_on(state, day, *flow, one.product)
            for name, own in added_by_authority(stacked).items():
                by_authority[name] = by_authority.get(name, 0.0) + one.share * _middle(own)
            ends = [ends[0] + one.share * stacked.low, ends[1] + one.share * stacked.high]
        events = (id for one in goods for id in one.moved.get(day, ()))
        found.append(_step(day, by_authority, (int(ends[0]), int(ends[1])), events))
    basis = f"mean over {len(goods)} product groups, weighted by benchmark trade"
    return basis, tuple(found)


def product_rates(experiment: Experiment) -> tuple[ProductRate, ...]:
    """Give the duty on every product in the last month, by path.

    Parameters
    ----------
    experiment : Experiment
        Benchmark rates, and what each path adds to them.

    Returns
    -------
    tuple of ProductRate
        The largest benchmark value first of each flow.

    Notes
    -----
    Duty collected on the benchmark over its value, plus what the law adds to that of the
    benchmark day, at the middle where a list covers an unknown part of a product. Where policy is
    drawn, the mean over draws.
    """
    found: list[ProductRate] = []
    for case in experiment.markets:
        added = (case.added_low[:, 0] + case.added_high[:, 0]) / 2.0
        last = case.weights[:, -1]
        rates = 100.0 * (
            case.benchmark_rate[0] + (last[:, :, None] * added[None, :, :]).sum(axis=1)
        )
        if case.tracks is not None:
            draws = slice(0, experiment.draws)
            rates = np.stack(
                [rates[paths_of_draws(members, draws)].mean(axis=0) for members in case.tracks]
            )
        found += [
            ProductRate(
                importer=case.importer,
                exporter=case.exporter,
                product=case.product.labels[place],
                value=float(case.customs_value[0, place]),
                rates=tuple(rates[:, place].tolist()),
            )
            for place in np.argsort(-case.customs_value[0], kind="stable").tolist()
        ]
    return tuple(found)
