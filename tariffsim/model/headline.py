"""Labels and units: market and material paths to variables, and the headline metrics from them.

Knows what a number is called and over which time it is taken; computes sums and ratios only.
"""

import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import MarketCase, MaterialCase
from tariffsim.model.markets import MarketPaths
from tariffsim.model.materials import MaterialPaths
from tariffsim.result import Basis, Variable

PER_BILLION = 1000.0


def market_variables(case: MarketCase, found: MarketPaths, path: Ints) -> list[Variable]:
    """Label a market's monthly paths.

    Parameters
    ----------
    case : MarketCase
        For the flow's names.
    found : MarketPaths
        Annual rates. Its arrays are taken over, and mean nothing afterwards.
    path : (branch,), int
        Tariff track of each branch.

    Returns
    -------
    list of Variable
        Amounts in USD million a month, prices and rates in percent.
    """
    buyer, seller = case.importer, case.exporter
    arrays = _amounts_and_rates(case, found)

    def variable(name: str, label: str, unit: str, exporter: str, key: str = "") -> Variable:
        array = arrays[key or name]
        array.flags.writeable = False  # made here and held by nobody else: spares a copy
        return Variable(
            name=name,
            label=label,
            unit=unit,
            basis="path",
            importer=buyer,
            exporter=exporter,
            values=array,
            path=path,
        )

    money, share = "USD million a month", "% of customs value"
    variables = [
        variable("customs_value", f"{buyer} imports from {seller}", money, seller),
        variable(
            "customs_value", f"{buyer} imports from the rest", money, "ROW", "customs_value_rest"
        ),
        variable("duty", f"{buyer} duty on goods of {seller}", money, seller),
        variable("revenue_static", f"{buyer} revenue over benchmark, trade unmoved", money, ""),
        variable(
            "revenue_difference", f"{buyer} revenue over that of the benchmark", money, ""
        ),
        variable("consumer_surplus", f"{buyer} consumer surplus", money, ""),
        variable("producer_surplus", f"{seller} producer surplus in {buyer}", money, seller),
        variable("welfare", f"{buyer} net welfare", money, ""),
        variable(
            "landed_price", f"{buyer} landed price of goods of {seller}", "% over benchmark",
            seller, "landed_price_change",
        ),
        variable(
            "retail_price", f"{buyer} retail price of goods of {seller}", "% over benchmark",
            seller, "retail_price_change",
        ),
        variable(
            "statutory_rate_mean", f"{buyer} statutory rate on {seller} at benchmark trade",
            share, seller, "statutory_rate",
        ),
        variable(
            "applied_rate", f"{buyer} applied rate on {seller} at benchmark trade", share, seller,
            "duty_before_response",
        ),
        variable("effective_rate", f"{buyer} effective rate on {seller}", share, seller),
    ]  # fmt: skip
    if case.revenue_offsets:
        label = f"{buyer} revenue over benchmark, less what is lost elsewhere"
        variables.append(variable("revenue_net", label, money, ""))
    if case.ahead is not None:
        label = f"{buyer} stock of goods of {seller} bought ahead"
        variables.append(variable("stock", label, "USD million", seller))
    return variables


def _amounts_and_rates(case: MarketCase, found: MarketPaths) -> dict[str, Floats]:
    """Turn annual rates into amounts of the months, and ratios into percent.

    In the arrays of `found` themselves wherever it can be: fresh memory for a market's paths
    would cost as much as a tenth of its equilibria.
    """
    arrays = dict(found.values)
    amount, rest = found.amount
    arrays["revenue_difference"] = _new_revenue(found, "duty", "duty_rest")
    arrays["revenue_static"] = _new_revenue(
        found, "duty_before_response", "duty_before_response_rest"
    )
    season = _season_of_duties(found)
    arrays["effective_rate"] = 100.0 * arrays["duty"] / arrays["customs_value"]
    # From here on what `found` holds is overwritten.
    for name in ("customs_value", "duty", "producer_surplus"):
        arrays[name] *= amount
    arrays["customs_value_rest"] *= rest
    arrays["duty_before_response"] *= 100.0 / case.customs_value[0].sum()
    for name in ("landed_price_change", "retail_price_change"):
        arrays[name] -= 1.0
        arrays[name] *= 100.0
    arrays["statutory_rate"] *= 100.0
    surplus = arrays["consumer_surplus"]
    surplus *= season
    if case.ahead is not None:
        surplus -= arrays["stock_cost"]
    arrays["welfare"] = surplus + arrays["revenue_difference"]
    if case.revenue_offsets:
        arrays["revenue_net"] = arrays["revenue_difference"] * found.revenue_kept[:, None]
    return arrays


def _new_revenue(found: MarketPaths, partner: str, rest: str) -> Floats:
    """Take the benchmark's duty from both sources', in the amounts of the months."""
    new: Floats = sum(
        (found.values[name] - duty[:, None]) * amount
        for name, duty, amount in zip(
            (partner, rest), found.benchmark_duty, found.amount, strict=True
        )
    )
    return new


def _season_of_duties(found: MarketPaths) -> Floats:
    """Weigh the amounts of both sources by the new duties on them, which buyers lose first."""
    amount, rest = found.amount
    if np.array_equal(amount, rest):
        return np.asarray(amount)
    names = ("duty_before_response", "duty_before_response_rest")
    own, other = (
        found.values[name] - duty[:, None]
        for name, duty in zip(names, found.benchmark_duty, strict=True)
    )
    weight = np.divide(own, own + other, out=np.ones_like(own), where=own + other != 0)
    return np.asarray(rest + weight * (amount - rest))


def market_metrics(
    case: MarketCase, variables: list[Variable], add_on: Floats, year_share: Floats
) -> list[Variable]:
    """Take a market's headline metrics from its monthly variables.

    Parameters
    ----------
    case : MarketCase
        For the flow's names.
    variables : list of Variable
        What `market_variables` returned.
    add_on : (track, draw or 1), percent
        Statutory add-on on the last day.
    year_share : (month,), fraction
        Length of each month.

    Returns
    -------
    list of Variable
        One value a draw, in a fixed order.
    """
    by_key = {variable.key: variable for variable in variables}
    buyer, seller = case.importer, case.exporter
    draws = variables[0].values.shape[1]

    def total(key: str, label: str) -> Variable:
        source = by_key[key]
        values = source.values.sum(axis=2, keepdims=True) / PER_BILLION
        return _single(source, label, "USD billion", "horizon", values)

    flow = by_key[f"customs_value.{buyer}.{seller}"]
    paid = by_key[f"duty.{buyer}.{seller}"]
    price = by_key[f"landed_price.{buyer}.{seller}"]
    effective = (
        100.0 * paid.values.sum(axis=2, keepdims=True) / flow.values.sum(axis=2, keepdims=True)
    )
    mean_price = (price.values * (year_share / year_share.sum())).sum(axis=2, keepdims=True)
    statutory = np.broadcast_to(add_on[:, :, None], (len(add_on), draws, 1))
    rate = by_key[f"effective_rate.{buyer}.{seller}"]
    before = by_key[f"applied_rate.{buyer}.{seller}"]
    mean_before = (before.values * (year_share / year_share.sum())).sum(axis=2, keepdims=True)
    return [
        _single(
            rate, f"{buyer} add-on duty on {seller}", "% statutory", "last-day", statutory,
            name="statutory_rate",
        ),
        _single(
            before, f"{buyer} rate on {seller}, before response", before.unit, "horizon",
            mean_before,
        ),
        _single(rate, f"{buyer} rate on {seller}, after response", rate.unit, "horizon", effective),
        total(flow.key, f"{buyer} imports from {seller}"),
        total(f"revenue_difference.{buyer}", f"{buyer} customs revenue over benchmark"),
        _single(
            price, f"{buyer} landed price of {seller} goods", price.unit, "horizon", mean_price
        ),
        total(f"consumer_surplus.{buyer}", f"{buyer} consumer surplus"),
        total(f"producer_surplus.{buyer}.{seller}", f"{seller} exporters' surplus in {buyer}"),
        total(f"welfare.{buyer}", f"{buyer} net welfare (surplus + revenue)"),
    ]  # fmt: skip


def fiscal_metrics(variables: list[Variable]) -> list[Variable]:
    """Take what is left of a market's new revenue after what is lost elsewhere.

    Parameters
    ----------
    variables : list of Variable
        What `market_variables` returned.

    Returns
    -------
    list of Variable
        Empty where the scenario names no offsets.
    """
    return [
        _single(
            variable,
            f"{variable.importer} customs revenue, net of offsets",
            "USD billion",
            "horizon",
            variable.values.sum(axis=2, keepdims=True) / PER_BILLION,
        )
        for variable in variables
        if variable.name == "revenue_net"
    ]


def material_variables(
    case: MaterialCase, found: MaterialPaths, path: Ints
) -> tuple[list[Variable], list[Variable]]:
    """Label a material's monthly paths, and take its headline metrics.

    Parameters
    ----------
    case : MaterialCase
        For names.
    found : MaterialPaths
        Monthly paths.
    path : (branch,), int
        Supply track of each branch.

    Returns
    -------
    monthly, headline : list of Variable
        A probability is the share of draws, the same in every draw.
    """
    thing = case.material

    def variable(name: str, label: str, unit: str, array: Floats) -> Variable:
        return Variable(
            name=name,
            label=label,
            unit=unit,
            basis="path",
            importer=case.importer,
            exporter=case.exporter,
            product=thing,
            values=array,
            path=path,
        )

    chance = 100.0 * np.broadcast_to(found.short.mean(axis=1, keepdims=True), found.short.shape)
    who = f"{case.importer} {thing}"
    supply = variable("availability", f"{who}: use over need", "%", 100.0 * found.availability)
    cover = variable("days_of_cover", f"{who}: stock", "days of need", found.days_of_cover)
    out = variable("stockout_probability", f"{who}: need unmet by then", "% of draws", chance)
    days = case.approval.shape[2] - case.control_day
    until = np.where(found.first_shortage < 0, days, found.first_shortage)
    lowest = 100.0 * found.availability.min(axis=2, keepdims=True)
    mean = 100.0 * found.availability.mean(axis=2, keepdims=True)
    headline = [
        _single(supply, f"{who} availability", "% of need, mean", "horizon", mean),
        _single(
            supply, f"{who} availability", "% of need, worst month", "horizon", lowest,
            name="lowest_availability",
        ),
        _single(
            cover, f"{who} first shortage", "days after the control", "horizon",
            until[:, :, None].astype(np.float64), name="days_until_shortage",
            censored_at=float(days),
        ),
        _single(
            out, f"{who} stock-out probability", "% of draws by the end", "horizon",
            chance[:, :, -1:],
        ),
    ]  # fmt: skip
    return [supply, cover, out], headline


def _single(
    like: Variable, label: str, unit: str, basis: Basis, values: Floats, *, name: str | None = None,
    censored_at: float | None = None,
) -> Variable:  # fmt: skip
    return Variable(
        name=name or like.name,
        label=label,
        unit=unit,
        basis=basis,
        importer=like.importer,
        exporter=like.exporter,
        product=like.product,
        values=values,
        path=like.path,
        censored_at=censored_at,
    )
