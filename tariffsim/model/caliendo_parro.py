"""World equilibrium of many sectors with input-output links; knows no economy and no product name.

From the accounts of one benchmark and any number of shocks to the wages, prices, expenditures
and revenues that clear every market. The arithmetic of one sweep is in `caliendo_parro_sweep`,
what the result is worth to whom in `caliendo_parro_welfare`.
"""

from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Floats, Ints, read_only
from tariffsim.model import caliendo_parro_layout as layouts
from tariffsim.model import caliendo_parro_sweep as sweeps
from tariffsim.model.anderson import accelerate
from tariffsim.model.fixed_point import Control, FixedPoint, refuse_unsolved, walk
from tariffsim.model.world_accounts import WorldAccounts, WorldShock
from tariffsim.model.world_check import check

# A Newton step aimed from far away is aimed again after this many sweeps.
PATIENCE = 30
ADVICE = (
    "allow more iterations, make the change in rates smaller, or look for a deficit or a subsidy "
    "larger than the income it is paid from"
)


@attrs.frozen(kw_only=True, eq=False)
class WorldEquilibrium:
    """Solved draws; a draw that was not solved is not-a-number throughout."""

    wage_change: Floats = attrs.field(converter=read_only)  # (..., economy), ratio
    price_index_change: Floats = attrs.field(converter=read_only)  # (..., economy, product), ratio
    cost_change: Floats = attrs.field(converter=read_only)  # (..., economy, product), ratio
    expenditure: Floats = attrs.field(converter=read_only)  # (..., economy, product), value
    revenue: Floats = attrs.field(converter=read_only)  # (..., economy), value
    deficit: Floats = attrs.field(converter=read_only)  # (..., economy), value
    converged: Bools = attrs.field(converter=read_only)  # (...)
    residual: Floats = attrs.field(converter=read_only)  # (...), relative
    iterations: Ints = attrs.field(converter=read_only)  # (...), sweeps


def solve(
    accounts: WorldAccounts, shock: WorldShock, *, control: Control | None = None
) -> WorldEquilibrium:
    """Find the wages, prices and expenditures at which every market clears, for every draw.

    Parameters
    ----------
    accounts : WorldAccounts
        Benchmark.
    shock : WorldShock
        New rates, iceberg costs and deficits, and the elasticities.
    control : Control, optional
        Tolerance (1e-10), patience, and whether an unsolved draw raises or is flagged.

    Returns
    -------
    WorldEquilibrium
        Ratios to the benchmark and values, the numeraire being world labour income.

    Raises
    ------
    InputError
        An array has the wrong shape, a value no meaning, or shares do not sum to one.
    NotConverged
        A draw was not solved to tolerance and `control.failures` is "raise".

    Notes
    -----
    In exact hat algebra, with i exporter, n importer, j and k sectors, a prime for the
    counterfactual and no mark on c, w, P for their ratios to the benchmark::

        c_nj    = w_n^v_nj prod_k P_nk^g_nkj
        P_nj    = (sum_i pi_nij (kappa_nij c_ij)^-theta_j)^(-1/theta_j)
        pi_nij' = pi_nij (kappa_nij c_ij / P_nj)^-theta_j
        X_nj'   = sum_k g_njk sum_i pi_ink' X_ik' / (1 + t_ink') + a_nj I_n'
        I_n'    = w_n L_n + R_n' + D_n'
        w_n L_n = sum_j v_nj sum_i pi_inj' X_ij' / (1 + t_inj')

    c unit cost, w wage, P price index, pi trade share, kappa = d (1 + t') / (1 + t) with d the
    iceberg change, theta trade elasticity, v value-added share, g_nkj share of input k in the
    output of j, X expenditure, a final share, I income, L labour income of the benchmark, R
    revenue = sum of t' pi' X' / (1 + t'), D deficit in units of the numeraire. Trade balance
    follows from the others. A cell without trade stays without; a sector that no pair trades
    needs no elasticity.

    Where the shares of the accounts sum to one only to rounding, the world's excess demand for
    labour cannot vanish in every economy; its mean is left in, everything relative to it is zero.

    A draw the sweeps do not solve at once is walked there: the change in rates is made in parts,
    each part starting where the last one ended.

    References
    ----------
    Caliendo, L. and Parro, F. (2015), Estimates of the Trade and Welfare Effects of NAFTA, Review
    of Economic Studies 82(1), doi:10.1093/restud/rdu035. Dekle, R., Eaton, J. and Kortum, S.
    (2008), Global Rebalancing with Gravity, IMF Staff Papers 55(3), doi:10.1057/imfsp.2008.17.

    Examples
    --------
    Two economies alike, half of output is input again, and a duty of 10 % by the first:

    >>> import numpy as np
    >>> from tariffsim.model.world_accounts import calibrate
    >>> trade = np.array([[[8.0], [2.0]], [[2.0], [8.0]]])
    >>> accounts = calibrate(trade, np.zeros((2, 2, 1)), np.full((2, 1, 1), 0.5))
    >>> rate = np.array([[[0.0], [0.1]], [[0.0], [0.0]]])
    >>> found = solve(accounts, WorldShock(trade_elasticity=np.array([4.0]), applied_rate=rate))
    >>> found.wage_change.round(4)
    array([1.0265, 0.9735])
    """
    control = control or Control()
    shape = check(accounts, shock)
    shock = attrs.evolve(shock, deficit=_deficit(accounts, shock))
    bench = layouts.arrange(accounts)
    first = attrs.evolve(control, iterations=min(2 * PATIENCE, control.iterations))
    parts = []
    for draws in layouts.blocks(bench, shape):
        block = layouts.load(bench, shock, draws)
        found = _solve_block(block, sweeps.start(block, len(draws[0])), first)
        found = _rescue(bench, shock, draws, found, control)
        parts.append((found, _answer(block, found)))
    found = FixedPoint(
        state=np.empty(0),
        residual=np.concatenate([part.residual for part, _ in parts]),
        iterations=np.concatenate([part.iterations for part, _ in parts]),
        converged=np.concatenate([part.converged for part, _ in parts]),
    )
    refuse_unsolved("the world model", found, shape, control=control, advice=ADVICE)
    return _assemble([answer for _, answer in parts], found, shape)


def _deficit(accounts: WorldAccounts, shock: WorldShock) -> Floats:
    if isinstance(shock.deficit, str):
        return accounts.deficit if shock.deficit == "held" else np.zeros_like(accounts.deficit)
    return shock.deficit


def _solve_block(
    block: layouts.Block, begin: Floats, control: Control, *, careful: bool = False
) -> FixedPoint:
    with np.errstate(all="ignore"):
        aimed = sweeps.aim(block, begin)

    def sweep(state: Floats) -> tuple[Floats, Floats]:
        return sweeps.sweep(block, aimed, state, careful=careful)

    return accelerate(sweep, begin, control=control)


def _rescue(
    bench: layouts.Bench,
    shock: WorldShock,
    draws: tuple[Ints, ...],
    found: FixedPoint,
    control: Control,
) -> FixedPoint:
    """Try the draws that were not solved at once again, one by one."""
    lost = np.flatnonzero(~found.converged)
    if lost.size == 0:
        return found
    state, residual, iterations, converged = (
        np.array(part) for part in attrs.astuple(found, recurse=False)
    )
    for k in lost:
        one = tuple(axis[k : k + 1] for axis in draws)
        again = _again(bench, shock, one, state[k : k + 1], control)
        state[k], residual[k], converged[k] = again.state[0], again.residual[0], again.converged[0]
        iterations[k] += again.iterations[0]
    return FixedPoint(state=state, residual=residual, iterations=iterations, converged=converged)


def _again(
    bench: layouts.Bench,
    shock: WorldShock,
    draw: tuple[Ints, ...],
    begin: Floats,
    control: Control,
) -> FixedPoint:
    """Aim one draw afresh from where it got; failing that, make the change in parts."""
    block = layouts.load(bench, shock, draw)
    found = _aimed_afresh(block, begin, control)
    if found.converged[0]:
        return found
    rough = attrs.evolve(control, tolerance=max(control.tolerance, 1e-6))

    def attempt(part: float, state: Floats) -> FixedPoint:
        way = layouts.load(bench, shock, draw, part=part)
        return _aimed_afresh(way, state, control if part == 1.0 else rough)

    walked = walk(attempt, sweeps.start(block, 1), control=control)
    return attrs.evolve(walked, iterations=walked.iterations + found.iterations)


def _aimed_afresh(block: layouts.Block, state: Floats, control: Control) -> FixedPoint:
    """Sweep, and aim again from where the sweeps got, a few times."""
    spent, few = 0, attrs.evolve(control, iterations=min(PATIENCE, control.iterations))
    for _ in range(3):
        found = _solve_block(block, state, few, careful=True)
        spent += int(found.iterations[0])
        if found.converged[0] or np.isinf(found.residual[0]):
            break
        state = found.state
    return attrs.evolve(found, iterations=np.array([spent]))


def _answer(block: layouts.Block, found: FixedPoint) -> tuple[Floats, ...]:
    """Read wages, prices, costs, expenditure, revenue and deficit off solved states."""
    bench = block.bench
    price, wage, share = sweeps.unpack(bench, np.asarray(found.state))
    with np.errstate(all="ignore"):
        view = sweeps.look(block, price, wage)
        spent = share * bench.scale
        revenue = sweeps.collect(block, view, spent)
    back = np.argsort(bench.order)
    deficit = np.broadcast_to(block.deficit, wage.shape)
    grids = [np.exp(view.price)[..., back], np.exp(view.cost)[..., back], spent[..., back]]
    answer = (np.exp(wage), *grids, revenue, deficit)
    lost = ~found.converged
    return tuple(np.where(lost.reshape(-1, *[1] * (x.ndim - 1)), np.nan, x) for x in answer)


def _assemble(
    answers: list[tuple[Floats, ...]], found: FixedPoint, shape: tuple[int, ...]
) -> WorldEquilibrium:
    def lay(values: list[npt.NDArray[Any]]) -> npt.NDArray[Any]:
        whole = np.concatenate(values) if len(values) > 1 else values[0]
        return whole.reshape(shape + whole.shape[1:])

    wage, price, cost, spent, revenue, deficit = (lay(list(x)) for x in zip(*answers, strict=True))
    return WorldEquilibrium(
        wage_change=wage,
        price_index_change=price,
        cost_change=cost,
        expenditure=spent,
        revenue=revenue,
        deficit=deficit,
        converged=lay([found.converged]),
        residual=lay([found.residual]),
        iterations=lay([found.iterations]),
    )
