"""Labels and units: the paths of a world to variables, and the headline metrics from them.

Knows what a number is called and over which time it is taken; computes sums and ratios only.
"""

from collections.abc import Iterator, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.model.world_paths import Pair, WorldPaths
from tariffsim.result import Basis, Variable
from tariffsim.terms import WORLD
from tariffsim.world import WorldCase

PER_BILLION = 1000.0
BY_MONTH: Basis = "path"
AT_ONCE: Basis = "horizon"
MONTHLY = "USD million a month"
WHOLE = "USD million"

CHANGES = {
    "real_income": ("real income", "% over benchmark"),
    "welfare": ("real income less toil", "% over benchmark"),
    "real_wage": ("real wage", "% over benchmark"),
    "wage": ("wage against the world's mean", "% over benchmark"),
    "labour": ("hours worked", "% over benchmark"),
    "price_index": ("price index in world wages", "% over benchmark"),
    "first_order_welfare": ("terms and volume of trade, first order", "% of benchmark income"),
    "terms_of_trade": ("terms of trade, first order", "% of benchmark income"),
}
"""What a ratio is called, and its unit."""

LINEAR = {"price_index": ("price of imports, landed", "% over benchmark")}
"""The same where own goods and wages are no part of the model."""

AMOUNTS = {
    "consumer_surplus": "consumer surplus",
    "consumer_surplus_as_published": "consumer surplus by the published formula",
    "producer_surplus": "exporters' surplus",
    "producer_surplus_as_published": "exporters' surplus by the published formula",
}
"""What a surplus is called."""

HEADLINE = ("welfare", "real_income", "real_wage", "price_index")
"""Ratios of the headline table, in order, as far as the model has them."""


@attrs.frozen(kw_only=True, eq=False)
class _Labels:
    """Names of economies, the path of each branch, and what a single value spans."""

    case: WorldCase
    path: Ints
    year_share: Floats

    def name(self, place: int) -> str:
        return self.case.table.economy.labels[place]

    def variable(
        self, name: str, label: str, unit: str, flow: tuple[str, str], values: Floats,
        *, basis: Basis = "path",
    ) -> Variable:  # fmt: skip
        values.flags.writeable = False  # made here and held by nobody else: spares a copy
        return Variable(
            name=name,
            label=label,
            unit=unit,
            basis=basis,
            importer=flow[0],
            exporter=flow[1],
            values=values,
            path=self.path,
        )


def world_variables(
    case: WorldCase, found: WorldPaths, path: Ints, year_share: Floats
) -> list[Variable]:
    """Label what is kept of a world.

    Parameters
    ----------
    case : WorldCase
        For names.
    found : WorldPaths
        Paths of the economies of interest, sums and means of the others.
    path : (branch,), int
        Tariff path of each branch.
    year_share : (month,), fraction
        Length of each month.

    Returns
    -------
    list of Variable
        By month where an economy of interest is concerned, over the horizon otherwise.
    """
    labels = _Labels(case=case, path=path, year_share=year_share)
    return [
        *_flows(labels, found),
        *_totals(labels, found),
        *_diversions(labels, found),
        *_changes(labels, found),
        *_amounts(labels, found),
    ]


def _flows(labels: _Labels, found: WorldPaths) -> Iterator[Variable]:
    for name, monthly, whole in (
        ("customs_value", found.trade, found.other_trade),
        ("duty", found.duty, found.other_duty),
    ):
        for parts, unit, basis in ((monthly, MONTHLY, BY_MONTH), (whole, WHOLE, AT_ONCE)):
            for (n, i), values in parts.items():
                buyer, seller = labels.name(n), labels.name(i)
                said = f"{buyer} imports from {seller}"
                said = said if name == "customs_value" else f"{buyer} duty on goods of {seller}"
                flow = (buyer, seller)
                yield labels.variable(name, said, unit, flow, values, basis=basis)
    for n, i in labels.case.flows:
        values, trade = found.duty[n, i], found.trade[n, i]
        names = (labels.name(n), labels.name(i))
        rate = 100.0 * np.divide(values, trade, out=np.zeros_like(values), where=trade != 0)
        said = f"{names[0]} effective rate on {names[1]}"
        yield labels.variable("effective_rate", said, "% of customs value", names, rate)


def _totals(labels: _Labels, found: WorldPaths) -> Iterator[Variable]:
    """Sum flows over partners: imports, exports and revenue of each economy of interest."""
    for place in np.flatnonzero(labels.case.interest).tolist():
        own = labels.name(place)
        imports = _sum(found.trade[pair] for pair in found.trade if pair[0] == place)
        exports = _sum(found.trade[pair] for pair in found.trade if pair[1] == place)
        revenue = _sum(found.duty[pair] for pair in found.duty if pair[0] == place)
        before = found.benchmark_duty[place].sum() * labels.year_share
        for name, said, flow, values in (
            ("customs_value", f"{own} imports", (own, WORLD), imports),
            ("customs_value", f"{own} exports", (WORLD, own), exports),
            ("revenue", f"{own} customs revenue", (own, ""), revenue),
            ("revenue_difference", f"{own} revenue over benchmark", (own, ""), revenue - before),
        ):
            yield labels.variable(name, said, MONTHLY, flow, values)


def _diversions(labels: _Labels, found: WorldPaths) -> Iterator[Variable]:
    """Measure what both sides of a flow trade with third economies, over the benchmark."""
    for n, i in labels.case.flows:
        buyer, seller = labels.name(n), labels.name(i)
        third = [place for place in range(len(labels.case.interest)) if place not in (n, i)]
        bought = _third(labels, found, [(n, other) for other in third])
        sold = _third(labels, found, [(other, i) for other in third])
        flow = (buyer, seller)
        yield labels.variable(
            "trade_diversion",
            f"{buyer} imports not from {seller}, over benchmark",
            MONTHLY,
            flow,
            bought,
        )
        yield labels.variable(
            "trade_deflection",
            f"{seller} exports not to {buyer}, over benchmark",
            MONTHLY,
            flow,
            sold,
        )


def _third(labels: _Labels, found: WorldPaths, pairs: list[Pair]) -> Floats:
    length = labels.year_share
    if not pairs:
        return np.zeros_like(next(iter(found.trade.values())))
    # Flow by flow, so that no change leaves exactly nothing.
    return _sum(found.trade[pair] - found.benchmark[pair] * length for pair in pairs)


def _sum(values: Iterator[Floats]) -> Floats:
    total = np.array(next(values))
    for value in values:
        total += value
    return total


def _changes(labels: _Labels, found: WorldPaths) -> Iterator[Variable]:
    said = CHANGES | (LINEAR if labels.case.model == "gsim" else {})
    for parts, basis in ((found.changes, BY_MONTH), (found.other_changes, AT_ONCE)):
        for (name, place), values in parts.items():
            label, unit = said[name]
            own = labels.name(place)
            yield labels.variable(
                name, f"{own} {label}", unit, (own, ""), values, basis=basis
            )  # fmt: skip


def _amounts(labels: _Labels, found: WorldPaths) -> Iterator[Variable]:
    """Label surpluses; consumers' and exporters' with the revenue are net welfare."""
    for parts, unit, basis in (
        (found.amounts, MONTHLY, BY_MONTH),
        (found.other_amounts, WHOLE, AT_ONCE),
    ):
        for (name, place), values in parts.items():
            own = labels.name(place)
            flow = (own, "") if name.startswith("consumer") else ("", own)
            label = f"{own} {AMOUNTS[name]}"
            yield labels.variable(name, label, unit, flow, values, basis=basis)
    for name, place in found.amounts:
        if name == "consumer_surplus":
            own = labels.name(place)
            revenue = _sum(values for pair, values in found.duty.items() if pair[0] == place)
            revenue -= found.benchmark_duty[place].sum() * labels.year_share
            net = revenue + found.amounts[name, place] + found.amounts["producer_surplus", place]
            yield labels.variable("welfare", f"{own} net welfare", MONTHLY, (own, ""), net)


def world_metrics(
    case: WorldCase, variables: list[Variable], add_on: Sequence[Floats], year_share: Floats
) -> list[Variable]:
    """Take the headline metrics from the monthly variables.

    Parameters
    ----------
    case : WorldCase
        For names.
    variables : list of Variable
        What `world_variables` returned.
    add_on : sequence of (track, draw or 1), percent
        Statutory add-on of each flow in question on the last day.
    year_share : (month,), fraction
        Length of each month.

    Returns
    -------
    list of Variable
        One value a draw: the flows in question, then the economies of interest.
    """
    known = {variable.key: variable for variable in variables}
    weight = year_share / year_share.sum()
    labels = case.table.economy.labels
    flows = [f"{labels[n]}.{labels[i]}" for n, i in case.flows]
    metrics = [
        _statutory(known[f"effective_rate.{flow}"], add_on[number])
        for number, flow in enumerate(flows)
    ]
    metrics += [_rate(known, flow) for flow in flows]
    for name in ("customs_value", "trade_diversion", "trade_deflection"):
        metrics += [_total(known[f"{name}.{flow}"]) for flow in flows]
    own = [labels[place] for place in np.flatnonzero(case.interest)]
    for name in HEADLINE:
        metrics += [
            _mean(known[f"{name}.{code}"], weight)
            for code in own
            if f"{name}.{code}" in known and known[f"{name}.{code}"].unit.startswith("%")
        ]
    for name in (
        "consumer_surplus",
        "consumer_surplus_as_published",
        "producer_surplus",
        "welfare",
    ):
        metrics += [
            _total(known[f"{name}.{code}"])
            for code in own
            if f"{name}.{code}" in known and known[f"{name}.{code}"].unit == MONTHLY
        ]
    metrics += [_total(known[f"revenue.{code}"]) for code in own]
    return metrics


def not_followed(case: WorldCase) -> tuple[str, ...]:
    """Say what of the scenario a world does not have."""
    if not case.left_out:
        return ()
    return (f"{case.model} leaves out what the scenario names of {', '.join(case.left_out)}",)


def below_zero(case: WorldCase, found: WorldPaths) -> tuple[str, ...]:
    """Say where a linear model took trade below zero, which no trade can be."""
    labels = case.table.economy.labels
    return tuple(
        f"{case.model} takes {labels[n]} imports from {labels[i]} below zero in some regime, in "
        f"{100 * share:.0f} % of draws: the change in rates is too large for a linear model"
        for n, i, share in found.below_zero
    )


def _statutory(like: Variable, add_on: Floats) -> Variable:
    values = np.broadcast_to(add_on[:, :, None], (*like.values.shape[:2], 1))
    return attrs.evolve(
        like,
        name="statutory_rate",
        label=f"{like.importer} add-on duty on {like.exporter}",
        unit="% statutory",
        basis="last-day",
        values=np.array(values),
    )


def _rate(known: dict[str, Variable], flow: str) -> Variable:
    like, trade = known[f"effective_rate.{flow}"], known[f"customs_value.{flow}"].values
    value, paid = trade.sum(axis=2, keepdims=True), known[f"duty.{flow}"].values
    paid = paid.sum(axis=2, keepdims=True)
    rate = 100.0 * np.divide(paid, value, out=np.zeros_like(value), where=value != 0)
    label = f"{like.importer} rate on {like.exporter}, after response"
    return attrs.evolve(like, label=label, basis="horizon", values=rate)


def _total(like: Variable) -> Variable:
    values = like.values.sum(axis=2, keepdims=True) / PER_BILLION
    return attrs.evolve(like, unit="USD billion", basis="horizon", values=values)


def _mean(like: Variable, weight: Floats) -> Variable:
    values = (like.values * weight).sum(axis=2, keepdims=True)
    return attrs.evolve(like, basis="horizon", values=values)
