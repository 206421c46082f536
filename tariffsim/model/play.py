"""Who would set which rate in a benchmark world, alone and against each other; knows no law.

Joins the search for best responses with a world model at given elasticities. Each player sets one
rate on the goods of those it plays against, all its other rates stand at the benchmark.
"""

from collections.abc import Sequence
from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError
from tariffsim.game import BestRate, Game
from tariffsim.model import caliendo_parro, gravity
from tariffsim.model.caliendo_parro_welfare import customs_value, measure
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.nash_tariff import nash
from tariffsim.model.optimal_tariff import Player, Response, Search, Welfare, best_response
from tariffsim.model.world_accounts import WorldShock, calibrate
from tariffsim.terms import nearest
from tariffsim.world import WorldTable

Against = Literal["players", "everyone"]
Deficit = Literal["removed", "held"]
GameModel = Literal["gravity", "world"]


def play(
    table: WorldTable,
    players: Sequence[str],
    *,
    model: GameModel,
    trade_elasticity: float,
    against: Against = "players",
    deficit: Deficit = "removed",
    search: Search | None = None,
) -> Game:
    """Find what each player would do alone, and what all would do together.

    Parameters
    ----------
    table : WorldTable
        Benchmark world.
    players : sequence of str
        Two economies or more.
    model : {'gravity', 'world'}
        One sector without inputs, or many with input-output links.
    trade_elasticity : float
        Magnitude; sectors with a value of their own keep it.
    against : {'players', 'everyone'}
        Whose goods the rate is on: those of the other players, or of all other economies.
    deficit : {'removed', 'held'}
        Whether the game is played in the world as it is, or in the balanced one nearest to it.
    search : Search, optional
        Range, grid and tolerance.

    Returns
    -------
    Game
        Rates, the evidence that they are best, and what they do to every economy.

    Raises
    ------
    InputError
        An economy is not in the world, or plays twice.
    NotConverged
        The players keep answering each other, or what was found is no maximum.

    Notes
    -----
    Rates are sought on a grid over the whole range, then by Newton's method on the slope of real
    income, and the second-order condition is checked; see `best_response` and `nash`. Autarky,
    which is always an equilibrium too, lies outside any finite range.

    A deficit that is held in value is paid whatever the rates are: an economy with a large one
    hardly needs to export, and its best rate runs away. So deficits are removed first, at the
    benchmark's rates, and real income is measured against that balanced world.

    References
    ----------
    Ossa, R. (2014), Trade Wars and Trade Talks with Data, American Economic Review 104(12),
    doi:10.1257/aer.104.12.4104.

    Examples
    --------
    >>> from tariffsim.files.worlds import load_world
    >>> from tariffsim.scenario import World
    >>> game = play(load_world(World()), ["USA", "CHN"], model="gravity", trade_elasticity=4.0)
    >>> [round(response.rate, 3) for response in game.together]
    [0.126, 0.136]
    """
    who = _players(table, players, against)
    table = _balanced(table, model, trade_elasticity) if deficit == "removed" else table
    welfare = _welfare(table, model, trade_elasticity)
    rates = np.array(table.benchmark_rate)
    alone = [best_response(welfare, rates, player, search=search) for player in who]
    found = nash(welfare, rates, who, search=search)
    single = [_set(rates, [player], [one.rate]) for player, one in zip(who, alone, strict=True)]
    at_once = _set(rates, who, found.rates)
    worth = welfare(np.stack([*single, at_once]))
    return Game(
        economy=table.economy.labels,
        players=tuple(players),
        benchmark_rate=tuple(_mean_rate(table, player) for player in who),
        alone=tuple(_best(one) for one in alone),
        alone_welfare=worth[:-1],
        together=tuple(_best(one) for one in found.responses),
        together_welfare=worth[-1],
        rounds=found.rounds,
    )


def _best(response: Response) -> BestRate:
    return BestRate(
        rate=response.rate,
        slope=response.slope,
        curvature=response.curvature,
        interior=response.interior,
    )


def _balanced(table: WorldTable, model: GameModel, trade_elasticity: float) -> WorldTable:
    """Let every economy pay for its imports with exports, rates as they are."""
    if model == "gravity":
        # One sector in which nothing is used up is the same world.
        table = attrs.evolve(table, input_share=np.zeros_like(table.input_share))
    accounts = calibrate(table.customs_value, table.benchmark_rate, table.input_share)
    shock = WorldShock(
        trade_elasticity=_elasticities(table, trade_elasticity),
        applied_rate=table.benchmark_rate,
        deficit="removed",
    )
    found = caliendo_parro.solve(accounts, shock)
    return attrs.evolve(table, customs_value=customs_value(accounts, shock, found))


def _elasticities(table: WorldTable, trade_elasticity: float) -> Floats:
    return np.array(
        [table.trade_elasticity.get(name, trade_elasticity) for name in table.sector.labels]
    )


def _players(table: WorldTable, players: Sequence[str], against: Against) -> list[Player]:
    labels = table.economy.labels
    faults = [
        f"player must be one of {', '.join(labels)}, got {code!r}{nearest(code, labels)}"
        for code in players
        if code not in labels
    ]
    if len(set(players)) < len(players) or len(players) < 2:
        faults.append(f"players must be two economies or more, each once, got {', '.join(players)}")
    if faults:
        raise InputError("\n".join(faults))
    places = [table.economy.index(code) for code in players]
    field = places if against == "players" else list(range(len(labels)))
    found = []
    for own in places:
        others: tuple[int, ...] = tuple(other for other in field if other != own)
        found.append(Player(importer=own, exporters=others))
    return found


def _welfare(table: WorldTable, model: GameModel, trade_elasticity: float) -> Welfare:
    """Give real income as a function of rates, many at once."""
    if model == "gravity":
        if len(table.sector) > 1:
            raise InputError(f"gravity has one sector, got {len(table.sector)}; take model world")
        simple = GravityAccounts(
            customs_value=table.customs_value, applied_rate=table.benchmark_rate
        )

        def one_sector(rates: Floats) -> Floats:
            shock = GravityShock(trade_elasticity=np.array([trade_elasticity]), applied_rate=rates)
            return gravity.solve(simple, shock).welfare_change

        return one_sector
    accounts = calibrate(table.customs_value, table.benchmark_rate, table.input_share)
    theta = _elasticities(table, trade_elasticity)

    def linked(rates: Floats) -> Floats:
        shock = WorldShock(trade_elasticity=theta, applied_rate=rates)
        return measure(accounts, shock, caliendo_parro.solve(accounts, shock)).real_income_change

    return linked


def _set(rates: Floats, players: Sequence[Player], own: Sequence[float]) -> Floats:
    changed = np.array(rates)
    for player, rate in zip(players, own, strict=True):
        changed[player.importer, list(player.exporters)] = rate
    return changed


def _mean_rate(table: WorldTable, player: Player) -> float:
    value = table.customs_value[player.importer, list(player.exporters)]
    rate = table.benchmark_rate[player.importer, list(player.exporters)]
    return float((value * rate).sum() / value.sum())
