"""The rate that serves a player best, by search over any model; knows no model.

A model comes in as a function from rates to welfare, many at once, so the search can ask for a
whole grid in one call.
"""

import math
from collections.abc import Callable, Iterable

import attrs
import numpy as np

from tariffsim.arrays import EXPORTER, Floats
from tariffsim.errors import InputError, NotConverged

# From rates (draw, importer, exporter, product) to welfare changes (draw, economy), ratios.
Welfare = Callable[[Floats], Floats]

# Weights of the five-point differences of first and second order.
SLOPE = np.array([1.0, -8.0, 0.0, 8.0, -1.0]) / 12.0
CURVATURE = np.array([-1.0, 16.0, -30.0, 16.0, -1.0]) / 12.0


def _places(exporters: Iterable[int]) -> tuple[int, ...]:
    return tuple(exporters)


@attrs.frozen(kw_only=True)
class Player:
    """Who sets one rate on whose goods; all products alike, own goods excluded."""

    importer: int
    exporters: tuple[int, ...] = attrs.field(converter=_places)


@attrs.frozen(kw_only=True)
class Search:
    """Where to look for a rate, and how closely."""

    lowest: float = attrs.field(default=0.0, validator=attrs.validators.gt(-1.0))
    highest: float = 3.0
    points: int = attrs.field(default=41, validator=attrs.validators.ge(5))
    step: float = attrs.field(default=5e-3, validator=attrs.validators.gt(0.0))
    tolerance: float = attrs.field(default=1e-7, validator=attrs.validators.gt(0.0))
    rounds: int = attrs.field(default=60, validator=attrs.validators.ge(1))


@attrs.frozen(kw_only=True)
class Response:
    """The best rate of a player, and the evidence that it is one."""

    rate: float  # fraction
    welfare_change: float  # ratio, of the player
    slope: float  # of welfare in the rate
    curvature: float  # second derivative of welfare in the rate, negative at a maximum
    interior: bool  # strictly between the ends of the range searched
    evaluations: int  # equilibria solved


def best_response(
    welfare: Welfare, rates: Floats, player: Player, *, search: Search | None = None
) -> Response:
    """Find the rate that serves a player best while all other rates stand.

    With `rates` as they stand at the benchmark this is the unilaterally optimal tariff.

    Parameters
    ----------
    welfare : callable
        Model: from rates (draw, importer, exporter, product) to welfare (draw, economy), ratios.
    rates : (importer, exporter, product)
        Fractions; the player's own entries are overwritten.
    player : Player
        Who sets the rate, and on whose goods.
    search : Search, optional
        Range, grid and tolerance.

    Returns
    -------
    Response
        The rate, with first and second derivative of welfare there.

    Raises
    ------
    InputError
        The player taxes itself or an economy that is not there.
    NotConverged
        The search did not settle, or what it found is not a maximum.

    Notes
    -----
    Three stages. A grid over the range, even in log(1 + rate), is solved in one call, and only
    the neighbourhood of its best point is searched further: of several local maxima the highest
    wins, if the grid tells them apart. The neighbourhood is narrowed by grids of nine until it
    is three steps wide. Then Newton's method on the slope, both derivatives by five-point
    differences of step h::

        t_next = t - W'(t) / W''(t),   W' = (W_-2 - 8 W_-1 + 8 W_1 - W_2) / 12 h

    The second-order condition W'' < 0 is checked at the end; at an end of the range the slope
    must point outward instead.

    References
    ----------
    Gros, D. (1987), A Note on the Optimal Tariff, Retaliation and the Welfare Loss from Tariff
    Wars in a Framework with Intra-Industry Trade, Journal of International Economics 23(3-4),
    doi:10.1016/0022-1996(87)90061-6. Ossa, R. (2014), Trade Wars and Trade Talks with Data,
    American Economic Review 104(12), doi:10.1257/aer.104.12.4104.

    Examples
    --------
    >>> import numpy as np
    >>> from tariffsim.model.gravity import GravityAccounts, GravityShock, solve
    >>> trade = np.array([[[8.0], [2.0]], [[2.0], [8.0]]])
    >>> def welfare(rates):
    ...     shock = GravityShock(trade_elasticity=4.0, applied_rate=rates)
    ...     return solve(GravityAccounts(customs_value=trade), shock).welfare_change
    >>> response = best_response(welfare, np.zeros((2, 2, 1)), Player(importer=0, exporters=(1,)))
    >>> round(response.rate, 4), response.curvature < 0
    (0.286, True)
    """
    search = search or Search()
    value = _own_welfare(welfare, rates, player)
    low, high = math.log1p(search.lowest), math.log1p(search.highest)
    grid = np.expm1(np.linspace(low, high, search.points))
    heights = value(grid)
    top = int(np.argmax(heights))
    solved = len(grid)
    if top in (0, len(grid) - 1):
        edge = _at_an_end(value, grid, top, search, solved)
        if edge is not None:
            return edge
    low, high = float(grid[max(top - 1, 0)]), float(grid[min(top + 1, len(grid) - 1)])
    while high - low > 3.0 * search.step:
        grid = np.linspace(low, high, 9)
        top = int(np.argmax(value(grid)))
        low, high = float(grid[max(top - 1, 0)]), float(grid[min(top + 1, 8)])
        solved += 9
    return _polish(value, 0.5 * (low + high), search, solved)


def closed_form_rate(trade_elasticity: float, sold_at_home: float) -> float:
    """Return the optimal tariff on a single partner, at the equilibrium it leads to.

    Parameters
    ----------
    trade_elasticity : float
        Magnitude.
    sold_at_home : float
        Share of the partner's output that it sells at home, with both sides' tariffs in place.

    Notes
    -----
    t = 1 / (theta s), for two economies, one sector, no deficits and a fixed labour supply. The
    share s moves with the tariffs, so this checks a rate rather than gives one; where both sides
    answer, it holds for both. Without a tariff of the partner s is the share of its spending on
    its own goods, the published form.

    References
    ----------
    Gros (1987), doi:10.1016/0022-1996(87)90061-6.

    Examples
    --------
    >>> round(closed_form_rate(4.0, 0.9), 4)
    0.2778
    """
    return 1.0 / (trade_elasticity * sold_at_home)


def _own_welfare(welfare: Welfare, rates: Floats, player: Player) -> Callable[[Floats], Floats]:
    """Return the player's welfare as a function of its own rate, many at once."""
    others = list(player.exporters)
    if player.importer in others or not others or max(others) >= rates.shape[EXPORTER]:
        raise InputError(f"a player taxes the goods of other economies, got {player}")

    def value(own: Floats) -> Floats:
        tried = np.repeat(np.asarray(rates, dtype=np.float64)[None], len(own), axis=0)
        tried[:, player.importer, others] = own[:, None, None]
        return welfare(tried)[:, player.importer]

    return value


def _derivatives(
    value: Callable[[Floats], Floats], rate: float, step: float
) -> tuple[float, float, float]:
    """Return welfare and its first two derivatives in the rate."""
    around = value(rate + step * np.arange(-2.0, 3.0))
    # Differences of the mean-free values keep the digits that a level near one would hide.
    apart = around - around[2]
    return float(around[2]), float(SLOPE @ apart / step), float(CURVATURE @ apart / step**2)


def _polish(
    value: Callable[[Floats], Floats], rate: float, search: Search, solved: int
) -> Response:
    """Take Newton steps on the slope and check that they lead to a maximum."""
    for _ in range(12):
        height, slope, curvature = _derivatives(value, rate, search.step)
        solved += 5
        move = -slope / curvature if curvature < 0.0 else np.inf
        if abs(move) <= search.tolerance:
            return Response(
                rate=rate,
                welfare_change=height,
                slope=slope,
                curvature=curvature,
                interior=True,
                evaluations=solved,
            )
        if not abs(move) < 10.0 * search.step:
            break
        rate += move
    raise NotConverged(
        f"no maximum of welfare near a rate of {100 * rate:.4g}%: its slope is {slope:.3g} and its "
        f"curvature {curvature:.3g}; use a finer grid or another step",
        iterations=solved,
        residual=abs(slope),
    )


def _at_an_end(
    value: Callable[[Floats], Floats], grid: Floats, top: int, search: Search, solved: int
) -> Response | None:
    """Return an end of the range as the response, if welfare rises towards it."""
    inward = 1.0 if top == 0 else -1.0
    rate = float(grid[top])
    around = value(rate + inward * search.step * np.arange(3.0))
    slope = inward * float(-1.5 * around[0] + 2.0 * around[1] - 0.5 * around[2]) / search.step
    if inward * slope >= 0.0:
        return None
    return Response(
        rate=rate,
        welfare_change=float(around[0]),
        slope=slope,
        curvature=float(around[0] - 2.0 * around[1] + around[2]) / search.step**2,
        interior=False,
        evaluations=solved + 3,
    )
