"""One-sector world equilibrium in exact hats; knows no input, no second sector and no economy.

Iceberg changes or duties, deficits held in value or as a share of income, revenue rebated lump
sum or as relief from the tax on labour. Armington's national varieties and Eaton and Kortum's
technologies lead to the same system in changes, so one kernel serves both: only the reading of
the trade elasticity differs.
"""

from collections.abc import Callable
from functools import partial
from typing import Any

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints, read_only
from tariffsim.model import gravity_sweep as sweeps
from tariffsim.model.anderson import accelerate
from tariffsim.model.fixed_point import Control, FixedPoint, refuse_unsolved, walk
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock, check

BLOCK_BYTES = 1.5e6
PATIENCE = 40
ADVICE = (
    "allow more iterations, make the change in rates smaller, or look for a deficit or a subsidy "
    "larger than the income it is paid from"
)


@attrs.frozen(kw_only=True, eq=False)
class GravityEquilibrium:
    """Solved draws; a draw that was not solved is not-a-number throughout."""

    wage_change: Floats = attrs.field(converter=read_only)  # (..., economy), ratio
    price_index_change: Floats = attrs.field(converter=read_only)  # (..., economy), ratio
    labour_change: Floats = attrs.field(converter=read_only)  # (..., economy), ratio
    expenditure: Floats = attrs.field(converter=read_only)  # (..., economy), value
    revenue: Floats = attrs.field(converter=read_only)  # (..., economy), value
    real_income_change: Floats = attrs.field(converter=read_only)  # (..., economy), ratio
    welfare_change: Floats = attrs.field(converter=read_only)  # (..., economy), less toil
    customs_value: Floats = attrs.field(converter=read_only)  # (..., importer, exporter, 1)
    converged: Bools = attrs.field(converter=read_only)  # (...)
    residual: Floats = attrs.field(converter=read_only)  # (...), relative
    iterations: Ints = attrs.field(converter=read_only)  # (...), sweeps


def solve(
    accounts: GravityAccounts, shock: GravityShock, *, control: Control | None = None
) -> GravityEquilibrium:
    """Find the wages at which every economy sells what it makes, for every draw.

    Parameters
    ----------
    accounts : GravityAccounts
        Benchmark.
    shock : GravityShock
        New rates or partial effects, elasticities, and who gets deficits and revenue.
    control : Control, optional
        Tolerance (1e-10), patience, and whether an unsolved draw raises or is flagged.

    Returns
    -------
    GravityEquilibrium
        Ratios to the benchmark and values, the numeraire being world labour income.

    Raises
    ------
    InputError
        An array has the wrong shape or a value no meaning.
    NotConverged
        A draw was not solved to tolerance and `control.failures` is "raise".

    Notes
    -----
    With i exporter, n importer, w, L, P ratios to the benchmark and a prime for the
    counterfactual::

        pi_ni' = pi_ni B_ni ((1 + t_ni') / (1 + t_ni))^-theta w_i^-theta / P_n^-theta
        P_n    = (sum_i pi_ni B_ni ((1 + t_ni') / (1 + t_ni))^-theta w_i^-theta)^(-1/theta)
        w_i L_i Y_i = sum_n pi_ni' E_n' / (1 + t_ni')
        E_n'   = w_n L_n Y_n + D_n' + R_n',      R_n' = E_n' (1 - sum_i pi_ni' / (1 + t_ni'))
        L_n    = (relief_n w_n / P_n)^kappa

    pi trade share, B partial effect = iceberg change ^ -theta, t rate, theta trade elasticity, Y
    output and labour income of the benchmark, E expenditure, R revenue, D deficit, kappa labour
    supply elasticity. sum w L Y = sum Y is the numeraire.

    deficit "additive": D' = D in that numeraire. "multiplicative": D' = D w L; the world then
    spends a little more or less than it earns, and every economy sells in that proportion.

    rebate "lump-sum": relief = 1. "labour-tax": the revenue replaces a tax on labour, relief =
    1 / (1 - s' + s), with s revenue over labour income: after-tax pay rises with the revenue.

    `welfare_change` is real income less the toil of a household with a constant labour supply
    elasticity and no income effect on hours; without labour supply it is real income.

    Armington: theta = sigma - 1. Eaton and Kortum: theta is the dispersion of technologies. The
    equations are the same.

    References
    ----------
    Dekle, R., Eaton, J. and Kortum, S. (2008), Global Rebalancing with Gravity, IMF Staff Papers
    55(3), doi:10.1057/imfsp.2008.17. Baier, S. L., Yotov, Y. V. and Zylkin, T. (2019), On the
    Widely Differing Effects of Free Trade Agreements, Journal of International Economics 116,
    doi:10.1016/j.jinteco.2018.11.002. Costinot, A. and Rodriguez-Clare, A. (2014), Trade Theory
    with Numbers, Handbook of International Economics 4, doi:10.1016/B978-0-444-54314-1.00004-5.
    Ignatenko, A., Lashkaripour, A., Macedoni, L. and Simonovska, I. (2025), Making America Great
    Again? The Economic Impacts of Liberation Day Tariffs (labour supply and tax relief).

    Examples
    --------
    >>> import numpy as np
    >>> trade = np.array([[[8.0], [2.0]], [[2.0], [8.0]]])
    >>> shock = GravityShock(
    ...     trade_elasticity=4.0, applied_rate=np.array([[[0.0], [0.1]], [[0.0], [0.0]]])
    ... )
    >>> found = solve(GravityAccounts(customs_value=trade), shock)
    >>> (100 * (found.real_income_change - 1)).round(3)
    array([ 0.782, -0.949])
    """
    control = control or Control()
    shape = check(accounts, shock)
    total, economies = int(np.prod(shape, dtype=np.int64)), len(accounts.customs_value)
    size = max(1, int(BLOCK_BYTES / (16 * economies**2)))
    whole: dict[str, Any] = {}
    for first in range(0, total, size):
        numbers = np.arange(first, min(first + size, total))
        block = sweeps.load(accounts, shock, shape, numbers)
        found = _solve_block(block, control)
        for k in np.flatnonzero(~found.converged):
            one = partial(sweeps.load, accounts, shock, shape, numbers[k : k + 1])
            found = _again(one, found, int(k), control)
        for name, value in _answer(block, found).items():
            rows = whole.setdefault(name, np.empty((total, *value.shape[1:]), value.dtype))
            rows[numbers] = value
    verdict = FixedPoint(
        state=np.empty(0), **{k: whole[k] for k in ("residual", "iterations", "converged")}
    )
    refuse_unsolved("the gravity model", verdict, shape, control=control, advice=ADVICE)
    for name, value in whole.items():
        whole[name] = value.reshape(shape + value.shape[1:])
        whole[name].flags.writeable = False
    return GravityEquilibrium(**whole)


def _solve_block(block: sweeps.Block, control: Control) -> FixedPoint:
    width = len(block.output) * (2 if block.relieved and block.toil.any() else 1)
    return _aimed(block, np.zeros((len(block.elasticity), width)), control)


def _aimed(block: sweeps.Block, begin: Floats, control: Control) -> FixedPoint:
    with np.errstate(all="ignore"):
        step = sweeps.aim(block, begin)
    few = attrs.evolve(control, iterations=min(PATIENCE, control.iterations))
    return accelerate(lambda state: sweeps.sweep(block, step, state), begin, control=few)


def _again(
    load: Callable[[float], sweeps.Block], found: FixedPoint, k: int, control: Control
) -> FixedPoint:
    """Aim one draw of a block afresh from where it got; failing that, change in parts."""
    state, residual, iterations, converged = (
        np.array(part) for part in attrs.astuple(found, recurse=False)
    )

    def attempt(part: float, begin: Floats) -> FixedPoint:
        block, spent = load(part), 0
        for _ in range(4):
            got = _aimed(block, begin, control)
            spent, begin = spent + int(got.iterations[0]), np.asarray(got.state)
            if got.converged[0] or np.isinf(got.residual[0]):
                break
        return attrs.evolve(got, iterations=np.array([spent]))

    again = attempt(1.0, state[k : k + 1])
    iterations[k] += again.iterations[0]
    if not again.converged[0]:
        again = walk(attempt, np.zeros((1, state.shape[1])), control=control)
        iterations[k] += again.iterations[0]
    state[k], residual[k], converged[k] = again.state[0], again.residual[0], again.converged[0]
    return FixedPoint(state=state, residual=residual, iterations=iterations, converged=converged)


def _answer(block: sweeps.Block, found: FixedPoint) -> dict[str, Any]:
    state = np.asarray(found.state)
    with np.errstate(all="ignore"):
        m = sweeps.trade(block, state)
    index, effort = np.exp(m.price), np.exp(m.labour)
    expenditure, real = block.spent * m.spending, m.spending / index
    revenue = expenditure * (1.0 - m.kept)
    toil = block.toil / (1.0 + block.toil) * block.output
    if block.relieved:
        toil = toil * (1.0 + block.rebated - revenue / m.income)
    power = np.where(block.toil > 0.0, 1.0 + 1.0 / np.maximum(block.toil, 1e-9), 1.0)
    welfare = 1.0 + (block.spent * (real - 1.0) - toil * (effort**power - 1.0)) / (
        block.spent - toil
    )
    trade = block.net * m.odds[:, None, :] * m.reach[:, :, None]
    wage = np.exp(state[:, : len(block.output)])
    answer = {
        "wage_change": wage,
        "price_index_change": index,
        "labour_change": effort,
        "expenditure": expenditure,
        "revenue": revenue,
        "real_income_change": real,
        "welfare_change": welfare,
        "customs_value": trade[..., None],
    }
    lost = ~np.asarray(found.converged)
    for value in answer.values():
        if lost.any():
            value[lost] = np.nan
    verdict = ("residual", "iterations", "converged")
    return answer | {name: np.asarray(getattr(found, name)) for name in verdict}
