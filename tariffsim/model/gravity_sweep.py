"""The arithmetic of one sweep of the gravity model over many draws; solves nothing itself.

Draws lead, economies follow: the one product of the model has no axis in here.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.model.fixed_point import newton_steps
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock


@attrs.frozen(kw_only=True, eq=False)
class Block:
    """Some draws laid out for the sweep; economy and draw axes only."""

    output: Floats  # (economy,)
    spent: Floats  # (economy,)
    deficit: Floats  # (economy,)
    kept: Floats  # (economy,), share of spending that is not duty at the benchmark
    bought: Floats  # (economy,), landed value of what is bought at the benchmark
    held: bool  # the deficit is held in value
    relieved: bool  # revenue relieves the tax on labour
    rebated: Floats  # (economy,), revenue over labour income at the benchmark
    elasticity: Floats  # (draw, 1)
    toil: Floats  # (draw, 1), labour supply elasticity
    gross: Floats  # (draw, importer, exporter), landed value at benchmark wages and spending
    net: Floats  # (draw, importer, exporter), the same before duty


@attrs.frozen(kw_only=True, eq=False)
class Markets:
    """The markets at given wages and hours."""

    odds: Floats  # (draw, exporter), wage ^ -elasticity
    index: Floats  # (draw, importer), landed value at benchmark spending, as the wages make it
    price: Floats  # (draw, importer), log price index
    labour: Floats  # (draw, economy), log hours
    income: Floats  # (draw, economy), labour income
    spending: Floats  # (draw, economy), ratio to the benchmark
    kept: Floats  # (draw, importer), share of spending that is not duty
    reach: Floats  # (draw, importer), spending over price index ^ -elasticity, ratio
    sales: Floats  # (draw, exporter), value before duty


def _take(value: Floats, shape: tuple[int, ...], numbers: Ints, tail: int) -> Floats:
    """Pick draws by number from an array whose leading axes broadcast to `shape`."""
    value = value.reshape(value.shape if value.ndim else (1,) * tail)
    inner = value.shape[value.ndim - tail :]
    if value.size == int(np.prod(inner)):
        return value.reshape(1, *inner)
    whole = np.broadcast_to(value, (*shape, *inner))
    picked: Floats = whole[np.unravel_index(numbers, shape)]
    return picked


def load(
    accounts: GravityAccounts,
    shock: GravityShock,
    shape: tuple[int, ...],
    numbers: Ints,
    part: float = 1.0,
) -> Block:
    """Lay out some draws, by their numbers in a batch of a shape, with part of the change made."""
    value, before = accounts.customs_value[..., 0], 1.0 + accounts.applied_rate[..., 0]
    landed, ones = value * before, np.ones((len(value), 1))
    output, spent = value.sum(axis=0), landed.sum(axis=1)
    revenue = spent - value.sum(axis=1)
    theta = _take(shock.trade_elasticity, shape, numbers, 1)
    effect = _take(shock.partial_effect, shape, numbers, 3)[..., 0]
    dearer = np.ones((1, 1, 1))
    if shock.applied_rate is not None:
        dearer = (1.0 + _take(shock.applied_rate, shape, numbers, 3)[..., 0]) / before
        effect = effect * np.exp(-theta[:, :, None] * np.log(dearer))
    if part < 1.0:
        effect, dearer = effect**part, dearer**part
    bought = (landed @ ones)[:, 0]
    kept, deficit = (value @ ones)[:, 0] / bought, spent - output - revenue
    return Block(
        output=output,
        spent=spent,
        deficit=deficit,
        kept=kept,
        bought=bought,
        held=shock.deficit == "additive",
        relieved=shock.rebate == "labour-tax",
        # In the words of `trade`, so that no shock leaves no rounding behind.
        rebated=(output + deficit) * (1.0 / kept - 1.0) / output,
        elasticity=np.broadcast_to(theta, (len(numbers), 1)),
        toil=_take(shock.labour_supply_elasticity, shape, numbers, 1),
        gross=landed * effect,
        net=value * (effect / dearer),
    )


def trade(block: Block, state: Floats) -> Markets:
    """Find prices, incomes, spending and sales at given wages and hours, both in logs."""
    economies = len(block.output)
    wage = state[:, :economies]
    odds = np.exp(-block.elasticity * wage)
    index = (block.gross @ odds[:, :, None])[:, :, 0]
    price = np.log(block.bought / index) / block.elasticity
    kept = (block.net @ odds[:, :, None])[:, :, 0] / index
    labour = block.toil * (wage - price)
    if state.shape[1] > economies:
        worked = state[:, economies:]
        income = np.exp(wage + worked) * block.output
        held = block.deficit if block.held else block.deficit / block.output * income
        rebated = (income + held) * (1.0 / kept - 1.0) / income
        labour = block.toil * (wage - price - np.log1p(block.rebated - rebated))
    income = np.exp(wage + labour) * block.output
    held = block.deficit if block.held else block.deficit / block.output * income
    spending = (income + held) / (block.output + block.deficit) * (block.kept / kept)
    # An economy that cannot pay its deficit has nothing left to buy with.
    spending = np.where(spending > 0.0, spending, np.nan)
    reach = spending / (index / block.bought)
    sales = (block.net.transpose(0, 2, 1) @ reach[:, :, None])[:, :, 0] * odds
    return Markets(
        odds=odds,
        index=index,
        price=price,
        labour=labour,
        income=income,
        spending=spending,
        kept=kept,
        reach=reach,
        sales=sales,
    )


def aim(block: Block, state: Floats) -> Floats:
    """Linearise sales in wages at the mean of some draws; return a Newton step for each.

    Notes
    -----
    With f the sales of i in n as a share of i's, pi the shares and kappa labour supply,

        dlog(sales_i / income_i) = sum_n f_in (theta sum_l pi_nl dw_l + de_n) - theta dw_i - de_i
        de_n = dw_n + kappa (dw_n - sum_l pi_nl dw_l)

    where de_n is scaled by the share of income in spending if the deficit is held, and the mean
    wage of the world stands still.
    """
    markets = trade(block, state)
    here = np.arange(len(block.output))
    share = block.gross.mean(axis=0) * markets.odds.mean(axis=0)
    share /= share.sum(axis=1, keepdims=True)
    flow = block.net.mean(axis=0) * markets.odds.mean(axis=0)
    flow *= markets.reach.mean(axis=0)[:, None]
    flow = (flow / flow.sum(axis=0)).T
    theta, kappa = block.elasticity.mean(), block.toil.mean()
    earned = -kappa * share
    earned[here, here] += 1.0 + kappa
    income = markets.income.mean(axis=0)
    moved = earned * (income / (income + block.deficit))[:, None] if block.held else earned
    slope = flow @ (theta * share + moved) - earned
    slope[here, here] -= theta
    slope -= (slope.sum(axis=1, keepdims=True) + 1.0) * (block.output / block.output.sum())
    step = newton_steps(slope, share)
    # Draws that trade more elastically step less far for the same excess.
    scale = (1.0 + theta) / (1.0 + block.elasticity)
    aimed: Floats = step.T * scale[:, :, None]
    return aimed


def sweep(block: Block, step: Floats, state: Floats) -> tuple[Floats, Floats]:
    """Propose a step of log wages, and of log hours where they are part of the state.

    Parameters
    ----------
    block : Block
        Draws.
    step : (draw, economy, economy)
        Log wage change of the last economy per unit of log excess demand in the middle one.
    state : (draw, entry)
        Log wages, then log hours or nothing.

    Returns
    -------
    update : (draw, entry)
        Proposed change of the state.
    residual : (draw,)
        Largest relative miss of any equation at `state`.
    """
    markets = trade(block, state)
    economies = len(block.output)
    demand = np.log(markets.sales / markets.income)
    total = markets.income.sum(axis=1, keepdims=True)
    demand = demand - np.log(markets.sales.sum(axis=1, keepdims=True) / total)
    drift = np.log(total / block.output.sum())
    update = (demand[:, None, :] @ step)[:, 0]
    update -= drift + (markets.income * update).sum(axis=1, keepdims=True) / total
    residual = np.maximum(np.abs(demand).max(axis=1), np.abs(drift[:, 0]))
    if state.shape[1] > economies:
        worked = markets.labour - state[:, economies:]
        residual = np.maximum(residual, np.abs(worked).max(axis=1))
        update = np.concatenate([update, worked], axis=1)
    return update, residual


def only(block: Block, k: int) -> Block:
    """Return one draw of a block."""
    names = ("elasticity", "toil", "gross", "net")
    mine = {name: getattr(block, name) for name in names}
    return attrs.evolve(block, **{n: x[k : k + 1] if len(x) > 1 else x for n, x in mine.items()})
