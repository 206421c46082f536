"""Rates that are best responses to each other, by search over any model; knows no model."""

from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import NotConverged
from tariffsim.model.optimal_tariff import Player, Response, Search, Welfare, best_response


@attrs.frozen(kw_only=True)
class Nash:
    """Rates no player gains from leaving, each with its response to the others."""

    rates: tuple[float, ...]  # (player,), fractions
    responses: tuple[Response, ...]
    rounds: int


def nash(
    welfare: Welfare,
    rates: Floats,
    players: Sequence[Player],
    *,
    search: Search | None = None,
) -> Nash:
    """Find rates that are best responses to each other.

    Parameters
    ----------
    welfare, rates, search
        As for `best_response`; `rates` is where the search begins.
    players : sequence of Player
        Who sets rates; everybody else's stand.

    Returns
    -------
    Nash
        Rates and, for every player, the response to the others' that confirms its own.

    Raises
    ------
    NotConverged
        The rates still moved after `search.rounds` rounds.

    Notes
    -----
    Players answer in turn, each to the rates the others have just set, until a whole round moves
    no rate by more than ten times the tolerance. Every answer is a search over the full range, so
    the last round is also the check that nobody gains from any other rate in it. Where there are
    several equilibria, which one is found depends on `rates`; autarky, which is always one, lies
    outside any finite range.

    References
    ----------
    Ossa, R. (2014), Trade Wars and Trade Talks with Data, American Economic Review 104(12),
    doi:10.1257/aer.104.12.4104.

    Examples
    --------
    >>> import numpy as np
    >>> from tariffsim.model.gravity import GravityAccounts, GravityShock, solve
    >>> trade = np.array([[[8.0], [2.0]], [[2.0], [8.0]]])
    >>> def welfare(rates):
    ...     shock = GravityShock(trade_elasticity=4.0, applied_rate=rates)
    ...     return solve(GravityAccounts(customs_value=trade), shock).welfare_change
    >>> both = [Player(importer=0, exporters=(1,)), Player(importer=1, exporters=(0,))]
    >>> [round(rate, 4) for rate in nash(welfare, np.zeros((2, 2, 1)), both).rates]
    [0.269, 0.269]
    """
    search = search or Search()
    rates, current = np.array(rates, dtype=np.float64), [np.inf] * len(players)
    for count in range(1, search.rounds + 1):
        responses, moved = [], 0.0
        for k, player in enumerate(players):
            response = best_response(welfare, rates, player, search=search)
            moved = max(moved, abs(response.rate - current[k]))
            current[k] = response.rate
            rates[player.importer, list(player.exporters)] = response.rate
            responses.append(response)
        if moved <= 10.0 * search.tolerance:
            return Nash(rates=tuple(current), responses=tuple(responses), rounds=count)
    raise NotConverged(
        "the players keep answering each other; begin from other rates or narrow the range",
        iterations=search.rounds,
        residual=moved,
    )
