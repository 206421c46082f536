"""One call a model: regimes and draws of a world to what the result keeps of it.

The three world models behind one vocabulary: trade and duty by pair, prices, wages and incomes by
economy. Knows a table's arrays and drawn values; knows no month, no branch and no label.
"""

from collections.abc import Callable, Mapping

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats
from tariffsim.model import caliendo_parro, gravity, gsim
from tariffsim.model.caliendo_parro_welfare import benchmark_value, customs_value, measure
from tariffsim.model.fixed_point import Control
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.world_accounts import WorldAccounts, WorldShock, calibrate
from tariffsim.world import WorldCase

Values = Mapping[str, Floats]


@attrs.frozen(kw_only=True, eq=False)
class Answers:
    """What a model says of every regime and draw, or of the benchmark without either axis.

    Parameters
    ----------
    pairs : mapping of str to (regime, draw, importer, exporter), USD million a year
        ``customs_value`` and ``duty``; own trade is left out.
    changes : mapping of str to (regime, draw, economy), ratio
        Changes against the benchmark.
    amounts : mapping of str to (regime, draw, economy), USD million a year
        Surpluses against the benchmark.
    lost : (draw,), bool
        Draws in which some regime found no equilibrium; their numbers mean nothing.
    residual : float
        Largest residual of any regime and draw.
    below_zero : (regime, importer, exporter), fraction
        Share of draws in which a linear model took a flow below zero.
    """

    pairs: Values
    changes: Values
    amounts: Values
    lost: Bools
    residual: float
    below_zero: Floats


@attrs.frozen(kw_only=True, eq=False)
class Bench:
    """A benchmark world as the kernels take it."""

    case: WorldCase
    accounts: WorldAccounts | None
    value: Floats  # (importer, exporter, sector), as the model itself gives it back
    abroad: Floats  # (importer, exporter), nothing on the diagonal, one elsewhere

    @property
    def rate(self) -> Floats:
        """Benchmark rate; (importer, exporter, sector)."""
        return self.case.table.benchmark_rate


def bench_of(case: WorldCase) -> Bench:
    """Lay a benchmark world out for its model.

    Raises
    ------
    InputError
        The accounts of the world do not add up: inputs exceed output or spending somewhere.
    """
    table = case.table
    abroad = 1.0 - np.eye(len(table.economy))
    if case.model != "world":
        return Bench(case=case, accounts=None, value=table.customs_value, abroad=abroad)
    accounts = calibrate(table.customs_value, table.benchmark_rate, table.input_share)
    return Bench(case=case, accounts=accounts, value=benchmark_value(accounts), abroad=abroad)


def rates_of(case: WorldCase, drawn: Values) -> Floats:
    """Give the rates of every regime; (regime, draw or 1, importer, exporter, sector).

    Notes
    -----
    Goods that pay nothing new are a part of their sector at the rate of the benchmark: where a
    share c of a flow is collected, its mean rate is that of the benchmark and c times what is new.
    """
    low = case.added_low[:, None]
    spread = (case.added_high - case.added_low)[:, None]
    added: Floats = low
    if spread.any():
        added = low + drawn["coverage_position"][:, None, None, None] * spread
    if case.collected:
        share = np.ones((len(drawn["coverage_position"]), *case.table.customs_value.shape[:2], 1))
        for n, i, name in case.collected:
            share[:, n, i, 0] = drawn[name]
        added = added * share
    rates: Floats = case.table.benchmark_rate + added
    return rates


def solve_gravity(bench: Bench, rates: Floats, drawn: Values) -> Answers:
    """Solve the one-sector model; `trade_elasticity` and `labour_supply_elasticity` are (draw,)."""
    options = bench.case.options
    shock = GravityShock(
        trade_elasticity=drawn["trade_elasticity"][:, None],
        applied_rate=rates,
        labour_supply_elasticity=drawn["labour_supply_elasticity"][:, None],
        deficit="multiplicative" if options.deficit == "multiplicative" else "additive",
        rebate=options.rebate,
    )
    accounts = GravityAccounts(customs_value=bench.value, applied_rate=bench.rate)
    found = gravity.solve(accounts, shock, control=_control(bench.case))
    changes = {
        "real_income": found.real_income_change,
        "real_wage": found.wage_change / found.price_index_change,
        "wage": found.wage_change,
        "price_index": found.price_index_change,
    }
    if options.rebate == "labour-tax":
        changes["welfare"] = found.welfare_change
        changes["labour"] = found.labour_change
    return _answers(bench, found.customs_value, rates, changes, (found.converged, found.residual))


def solve_world(bench: Bench, rates: Floats, drawn: Values) -> Answers:
    """Solve the many-sector model; `trade_elasticity` is (draw,), scaled sector by sector."""
    accounts = bench.accounts
    assert accounts is not None
    shock = WorldShock(
        trade_elasticity=sector_elasticity(bench.case, drawn),
        applied_rate=rates,
        deficit="removed" if bench.case.options.deficit == "removed" else "held",
    )
    found = caliendo_parro.solve(accounts, shock, control=_control(bench.case))
    welfare = measure(accounts, shock, found)
    changes = {
        "real_income": welfare.real_income_change,
        "real_wage": welfare.real_wage_change,
        "wage": found.wage_change,
        "price_index": found.wage_change / welfare.real_wage_change,
        "first_order_welfare": 1.0 + welfare.first_order_difference,
        "terms_of_trade": 1.0 + welfare.terms_of_trade,
    }
    traded = customs_value(accounts, shock, found)
    return _answers(bench, traded, rates, changes, (found.converged, found.residual))


def solve_gsim(bench: Bench, rates: Floats, drawn: Values) -> Answers:
    """Solve the linear model of trade across borders; own trade stands outside, as in the market.

    Elasticities are `armington_elasticity`, `demand_to_substitution_ratio` and
    `inverse_export_supply_elasticity_world`, all (draw,).
    """
    sigma = drawn["armington_elasticity"][:, None, None]
    inverse = drawn["inverse_export_supply_elasticity_world"][:, None, None]
    market = gsim.GsimMarket(
        trade=bench.value * bench.abroad[:, :, None],
        applied_rate=bench.rate,
        counterfactual_rate=rates,
        import_demand_elasticity=sigma * drawn["demand_to_substitution_ratio"][:, None, None],
        substitution_elasticity=sigma,
        export_supply_elasticity=np.divide(
            1.0, inverse, out=np.full_like(inverse, np.inf), where=inverse > 0
        ),
    )
    exact, published = gsim.solve(market), gsim.solve(market, surplus="as_published")
    landed = (market.trade * (1.0 + bench.rate)).sum(axis=1)
    spent = np.maximum(landed.sum(axis=1), np.finfo(np.float64).tiny)
    dearer = (exact.composite_price_difference * landed).sum(axis=-1) / spent
    amounts = {
        "consumer_surplus": exact.consumer_surplus.sum(axis=-1),
        "consumer_surplus_as_published": published.consumer_surplus.sum(axis=-1),
        "producer_surplus": exact.producer_surplus.sum(axis=-1),
        "producer_surplus_as_published": published.producer_surplus.sum(axis=-1),
    }
    everywhere = np.ones(exact.trade.shape[:2], dtype=np.bool_)
    verdict = (everywhere, np.zeros(1))
    answers = _answers(bench, exact.trade, rates, {"price_index": 1.0 + dearer}, verdict)
    below = exact.below_zero.any(axis=-1).mean(axis=1)
    return attrs.evolve(answers, amounts=amounts, below_zero=below)


def sector_elasticity(case: WorldCase, drawn: Values) -> Floats:
    """Give the trade elasticity of every sector; (draw, sector).

    Notes
    -----
    A sector with a central value e_j of its own takes e_j d / c, where d is drawn and c the central
    long-run value of the parameter: what is uncertain moves all sectors together.
    """
    own = case.table.trade_elasticity
    scale = [own.get(name, 0.0) for name in case.table.sector.labels]
    relative = np.where(np.array(scale) > 0, np.array(scale) / drawn["central"], 1.0)
    elasticity: Floats = drawn["trade_elasticity"][:, None] * relative
    return elasticity


def _control(case: WorldCase) -> Control:
    return Control(iterations=case.options.iterations, failures="flag")


def _answers(
    bench: Bench, traded: Floats, rates: Floats, changes: Values, verdict: tuple[Bools, Floats]
) -> Answers:
    """Take own trade out, sum sectors, and put numbers in the place of what was not solved."""
    converged, residual = verdict
    lost = np.asarray(np.logical_not(converged).any(axis=0), dtype=np.bool_)
    abroad = traded * bench.abroad[:, :, None]
    pairs = {"customs_value": abroad.sum(axis=-1), "duty": (abroad * rates).sum(axis=-1)}
    if lost.any():
        pairs = {name: _without(values, lost, 0.0) for name, values in pairs.items()}
        changes = {name: _without(values, lost, 1.0) for name, values in changes.items()}
    return Answers(
        pairs=pairs,
        changes=changes,
        amounts={},
        lost=lost,
        residual=float(residual.max()),
        below_zero=np.zeros((len(rates), *bench.abroad.shape)),
    )


def _without(values: Floats, lost: Bools, filler: float) -> Floats:
    """Fill draws that will be dropped, so that no not-a-number stops the others."""
    kept = np.array(values)
    kept[:, lost] = filler
    return kept


KERNELS: Mapping[str, Callable[[Bench, Floats, Values], Answers]] = {
    "gsim": solve_gsim,
    "gravity": solve_gravity,
    "world": solve_world,
}
"""By the name that a scenario gives under `model`."""
