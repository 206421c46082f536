"""Best responses and Nash rates as text for a terminal and as plain data; works nothing out."""

from typing import Any

from tariffsim.game import BestRate, Game


def game_data(game: Game) -> dict[str, Any]:
    """Give the rates, their evidence, and real income in percent, as plain data."""
    return {
        "players": [
            {
                "player": name,
                "benchmark_rate_percent": 100.0 * game.benchmark_rate[k],
                "alone": _response(game.alone[k])
                | {"real_income_percent": _worth(game, game.alone_welfare[k])},
                "nash": _response(game.together[k]),
            }
            for k, name in enumerate(game.players)
        ],
        "nash_real_income_percent": _worth(game, game.together_welfare),
        "rounds": game.rounds,
    }


def _response(response: BestRate) -> dict[str, Any]:
    return {
        "rate_percent": 100.0 * response.rate,
        "interior": response.interior,
        "slope": response.slope,
        "curvature": response.curvature,
    }


def _worth(game: Game, welfare: Any) -> dict[str, float]:
    return {
        code: 100.0 * (float(ratio) - 1.0)
        for code, ratio in zip(game.economy, welfare, strict=True)
    }


def game_text(game: Game) -> str:
    """Write one line a player, then real income of everybody.

    Returns
    -------
    str
        Plain text without a trailing newline.
    """
    head = f"{'':8}{'benchmark':>12}{'best alone':>12}{'Nash':>12}   all in percent"
    lines = [head]
    for k, name in enumerate(game.players):
        rates = (game.benchmark_rate[k], game.alone[k].rate, game.together[k].rate)
        marks = ["", _mark(game.alone[k]), _mark(game.together[k])]
        cells = [f"{100.0 * rate:.2f}{mark}" for rate, mark in zip(rates, marks, strict=True)]
        lines.append(f"{name:8}" + "".join(f"{cell:>12}" for cell in cells))
    if any("*" in line for line in lines):
        lines.append("* an end of the range searched, not a maximum inside it")
    columns = [*(f"{name} alone" for name in game.players), "Nash"]
    lines += ["", "Real income, % over benchmark"]
    lines.append(f"{'':8}" + "".join(f"{column:>12}" for column in columns))
    for place, code in enumerate(game.economy):
        worth = [*(row[place] for row in game.alone_welfare), game.together_welfare[place]]
        cells = [f"{100.0 * (ratio - 1.0):+.3f}" for ratio in worth]
        lines.append(f"{code:8}" + "".join(f"{cell:>12}" for cell in cells))
    return "\n".join(lines)


def _mark(response: BestRate) -> str:
    return "" if response.interior else "*"
