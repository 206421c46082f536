"""One sweep of the world model over many draws: arrays in, updates out; knows no welfare.

Prices, wages and expenditures move together. A sweep costs a handful of products of small
matrices a draw; three things make few sweeps enough:

* the input-output multiplier within each economy is inverted once for a block of draws, and
  serves prices and expenditures alike (the one is the other transposed);
* wages take a Newton step on the small system of economies, in which a unit cost moves with the
  domestic content of the product and demand with domestic value added;
* prices and expenditures move along with that step before the next sweep corrects them.

Products that no pair of economies trades have no elasticity to speak of: their price is their
cost and their sales are their expenditure, so they take no part in the products over pairs.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.model.caliendo_parro_layout import Bench, Block, Steps, across
from tariffsim.model.fixed_point import inverse, newton_steps

RUN = 8


@attrs.frozen(kw_only=True, eq=False)
class Aim:
    """What a Newton step needs, taken once for a block, at states not too far from solutions."""

    multiplier: Steps  # (economy, used, using), inverse of one less domestic inputs
    content: Floats  # (economy, product), domestic value added in a unit of output
    wage: Floats  # (draw, economy, economy), log wage change per unit of log excess demand
    price: Steps  # (traded, exporter, importer), log price per log wage of the exporter
    home: Floats  # (economy, product), value added sold at home per unit of expenditure


@attrs.frozen(kw_only=True, eq=False)
class View:
    """The markets at given prices and wages."""

    cost: Floats  # (draw, economy, product), log change of unit cost
    odds: Floats  # (draw, traded, exporter, 1), cost ^ -elasticity
    index: Floats  # (draw, traded, importer, 1), price index ^ -elasticity
    price: Floats  # (draw, economy, product), log price index these costs make


def pack(price: Floats, wage: Floats, spent: Floats) -> Floats:
    """Join log prices, log wages and scaled expenditure into one state a draw."""
    draws = len(wage)
    return np.concatenate([price.reshape(draws, -1), wage, spent.reshape(draws, -1)], axis=1)


def unpack(bench: Bench, state: Floats) -> tuple[Floats, Floats, Floats]:
    """Split states into log prices, log wages and expenditure over its scale."""
    economies, products = bench.added.shape
    cut = economies * products
    shape = (len(state), economies, products)
    price, wage, spent = (
        state[:, :cut],
        state[:, cut : cut + economies],
        state[:, cut + economies :],
    )
    return price.reshape(shape), wage, spent.reshape(shape)


def look(block: Block, price: Floats, wage: Floats) -> View:
    """Find costs at given prices and wages, and the prices and shares those costs make."""
    bench, out = block.bench, block.bench.traded
    cost = across(price, bench.inputs)
    cost += bench.added * wage[:, :, None]
    theta = block.elasticity[:, :out, None]
    odds = np.exp(-theta * cost[:, :, :out].transpose(0, 2, 1), order="C")[..., None]
    index = block.gross @ odds
    # Where nothing is bought there is no price; zero in logs keeps it out of the way.
    index += bench.nothing
    made = cost.copy()
    made[:, :, :out] = (np.log(bench.bought / index[..., 0]) / theta).transpose(0, 2, 1)
    made[:, :, out:] += block.home_cost
    return View(cost=cost, odds=odds, index=index, price=made)


def sell(block: Block, view: View, spent: Floats) -> Floats:
    """Return sales before duty at given expenditure, in values."""
    out = block.bench.traded
    per_index = spent[:, :, :out].transpose(0, 2, 1)[..., None] / view.index
    sold = (block.net.transpose(0, 1, 3, 2) @ per_index) * view.odds
    sales = spent / block.home_power
    sales[:, :, :out] = sold[..., 0].transpose(0, 2, 1)
    return sales


def collect(block: Block, view: View, spent: Floats) -> Floats:
    """Return the revenue from duty at given expenditure, in values."""
    out = block.bench.traded
    kept = (block.net @ view.odds)[..., 0] / view.index[..., 0]
    revenue: Floats = (spent[:, :, :out].transpose(0, 2, 1) * (1.0 - kept)).sum(axis=1)
    if block.home_duty is not None:
        revenue = revenue + (spent[:, :, out:] * block.home_duty).sum(axis=2)
    return revenue


def want(block: Block, paid: Floats, sales: Floats, revenue: Floats) -> Floats:
    """Return the expenditure that sales and incomes ask for."""
    bench = block.bench
    income = paid + revenue + block.deficit
    # An economy whose deficit falls below minus its income has nothing left to buy with.
    income = np.where(income > 0.0, income, np.nan)
    asked: Floats = across(sales, bench.inputs.transpose(0, 2, 1))
    asked += bench.final * income[:, :, None]
    return asked


def excess(block: Block, paid: Floats, sales: Floats) -> Floats:
    """Return log excess demand for labour at a wage bill, relative to the world's."""
    earned = (block.bench.added * sales).sum(axis=2)
    world: Floats = paid.sum(axis=1, keepdims=True) / earned.sum(axis=1, keepdims=True)
    return np.asarray(np.log(earned * world / paid))


def start(block: Block, draws: int) -> Floats:
    """Return the benchmark as a state, once for each draw."""
    bench = block.bench
    state = pack(
        np.zeros((1, *bench.added.shape)),
        np.zeros((1, len(bench.labour))),
        (bench.spent / bench.scale)[None],
    )
    return np.repeat(state, draws, axis=0)


def _largest(price: Floats, wage: Floats, spent: Floats, drift: Floats) -> Floats:
    misses = np.concatenate([pack(price, wage, spent), drift], axis=1)
    return np.asarray(np.abs(misses, out=misses).max(axis=1))


def aim(block: Block, state: Floats) -> Aim:
    """Linearise the model at the mean of some states: within economies, then between them.

    Notes
    -----
    With m the domestic content of a product, f the sales of i in n as a share of i's labour
    income and weighted by m, and pi the trade shares, for product j:

        dlog demand_i = sum_jn f_inj (theta_j (sum_l pi_nlj m_lj dw_l - m_ij dw_i) + dw_n)

    where dw_n is less by what a deficit buys, and an economy's demand for its own goods is taken
    to move with its own income. Foreign content moves with the wages of those it is bought from.
    Only theta differs from draw to draw.
    """
    bench, out, middle = block.bench, block.bench.traded, _middle(block)
    price, wage, share = unpack(bench, state.mean(axis=0, keepdims=True))
    view = look(middle, price, wage)
    odds = view.odds[0].transpose(0, 2, 1) / view.index[0]
    reach, flow = middle.gross[0] * odds, middle.net[0] * odds
    here = np.arange(len(bench.labour))
    multiplier, domestic = _within(block, reach[:, here, here].T)
    home = bench.added / middle.home_power[0]
    home[:, :out] = bench.added[:, :out] * flow[:, here, here].T
    content = domestic[:, :out].T
    reach *= content[:, None, :]
    paid, spent = bench.labour * np.exp(wage[0]), share[0] * bench.scale
    flow *= spent[:, :out].T[:, :, None]
    source = _sources(flow.sum(axis=0))
    flow *= (content / paid)[:, None, :]
    slopes = flow.transpose(0, 2, 1) @ reach
    slopes[:, here, here] -= flow.sum(axis=1) * content
    slope = np.tensordot(block.elasticity[:, :out], slopes, axes=1)
    slope -= slope.sum(axis=2, keepdims=True) * source
    # A deficit that is held does not grow with the wage, nor what is bought with it.
    owed = middle.deficit[0]
    grows = 1.0 - (bench.final * owed[:, None] / np.where(spent > 0.0, spent, np.inf))[:, :out]
    sold = flow.sum(axis=(0, 1)) - flow[:, here, here].sum(axis=0)
    abroad = np.einsum("jni,nj->in", flow, grows)
    abroad[here, here] = (1.0 - sold) * (1.0 - owed / (paid + owed)) - 1.0
    slope += abroad - bench.labour / bench.labour.sum()
    return Aim(
        multiplier=multiplier,
        content=domestic,
        wage=newton_steps(slope, bench.share.sum(axis=0)),
        price=reach.astype(np.float32).transpose(0, 2, 1),
        home=home,
    )


def _sources(bought: Floats) -> Floats:
    """Return the shares of other economies in what each buys abroad, (importer, exporter)."""
    here = np.arange(len(bought))
    abroad = bought.copy()
    abroad[here, here] = 0.0
    total = abroad.sum(axis=1, keepdims=True)
    return np.where(total > 0.0, abroad / np.where(total > 0.0, total, 1.0), np.eye(len(here)))


def _middle(block: Block) -> Block:
    """Return the mean of the draws as a block of one."""
    names = ("elasticity", "gross", "net", "home_cost", "home_power", "deficit")
    values = {name: getattr(block, name) for name in names}
    means = {k: v.mean(axis=0, keepdims=True) for k, v in values.items() if len(v) > 1}
    return attrs.evolve(block, **means)


def _within(block: Block, own: Floats) -> tuple[Steps, Floats]:
    """Return the input-output multiplier within economies and the domestic content of goods."""
    bench = block.bench
    home = np.ones_like(bench.added)
    home[:, : bench.traded] = own
    here = np.arange(home.shape[1])
    multiplier = np.empty(bench.inputs.shape, dtype=np.float32)
    # A few economies at a time, so that no more memory is touched than must be.
    for first in range(0, len(home), RUN):
        run = slice(first, first + RUN)
        direct = bench.inputs[run] * -home[run, None, :]
        direct[:, here, here] += 1.0
        multiplier[run] = inverse(direct)
    content = bench.added + across(across(home * bench.added, multiplier), bench.inputs)
    return multiplier, content


def sweep(
    block: Block, aimed: Aim, state: Floats, *, careful: bool = False
) -> tuple[Floats, Floats]:
    """Propose one step for every draw.

    Parameters
    ----------
    block : Block
        Draws.
    aimed : Aim
        The Newton step on wages.
    state : (draw, entry)
        Log prices, log wages, expenditure over its scale.
    careful : bool
        Follow the correction of expenditure abroad too, which matters where trade is scarce.

    Returns
    -------
    update : (draw, entry)
        Proposed change of the state.
    residual : (draw,)
        Largest relative miss of any equation at `state`.
    """
    bench, out = block.bench, block.bench.traded
    price, wage, share = unpack(bench, state)
    spent, paid = share * bench.scale, np.exp(wage) * bench.labour
    view = look(block, price, wage)
    sales = sell(block, view, spent)
    spent_gap = want(block, paid, sales, collect(block, view, spent)) - spent
    demand, price_gap = excess(block, paid, sales), view.price - price
    total = paid.sum(axis=1, keepdims=True)
    drift = np.log(total / bench.labour.sum())
    residual = _largest(price_gap, demand, spent_gap / bench.scale, drift)
    # Expenditure is corrected first: labour is demanded for what will be bought, not what was.
    back = aimed.multiplier.transpose(0, 2, 1)
    spent_step = across(spent_gap, back).astype(np.float64)
    if careful:
        demand = excess(block, paid, sell(block, view, spent + spent_step))
    else:
        demand += (aimed.home * spent_step).sum(axis=2) / paid
    wage_step = (aimed.wage @ demand[:, :, None])[:, :, 0]
    # Level the step, so that the next state keeps to the numeraire.
    wage_step -= drift + (paid * wage_step).sum(axis=1, keepdims=True) / total
    price_step = across(price_gap, aimed.multiplier).astype(np.float64)
    price_step[:, :, out:] += aimed.content[:, out:] * wage_step[:, :, None]
    price_step[:, :, :out] += (wage_step.astype(np.float32) @ aimed.price).transpose(1, 2, 0)
    spent_step += (spent - bench.final * block.deficit[:, :, None]) * wage_step[:, :, None]
    spent_step /= bench.scale
    return pack(price_step, wage_step, spent_step), residual
