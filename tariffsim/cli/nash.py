"""The command `nash`: optimal tariffs alone, and best responses to each other."""

from typing import Annotated, cast, get_args

import typer

from tariffsim.cli.options import AsJson

EXAMPLES = """Examples:

  tariffsim nash USA CHN

  tariffsim nash USA CHN EU27 --against everyone --model gravity

  tariffsim nash USA CHN --elasticity 8 --json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("nash", epilog=EXAMPLES)(nash)


def nash(
    players: Annotated[
        list[str], typer.Argument(metavar="ECONOMY...", help="Who sets a rate: two or more.")
    ],
    model: Annotated[str, typer.Option("--model", help="gravity or world.")] = "world",
    against: Annotated[
        str, typer.Option("--against", help="Goods of the other players, or of everyone.")
    ] = "players",
    deficit: Annotated[
        str, typer.Option("--deficit", help="removed, or held in value.")
    ] = "removed",
    elasticity: Annotated[
        float, typer.Option("--elasticity", help="Trade elasticity, above zero.")
    ] = 4.0,
    table: Annotated[
        str, typer.Option("--table", metavar="NAME|PATH", help="Benchmark world.")
    ] = "ten-economies-2023",
    json: AsJson = False,
) -> None:
    """Find the tariff that serves each player best, alone and when all answer each other."""
    from tariffsim.cli import show
    from tariffsim.errors import InputError
    from tariffsim.files.worlds import load_world
    from tariffsim.model.play import Against, Deficit, GameModel, play
    from tariffsim.report.game import game_data, game_text
    from tariffsim.scenario import World
    from tariffsim.terms import nearest

    for name, value, allowed in (
        ("model", model, get_args(GameModel)),
        ("against", against, get_args(Against)),
        ("deficit", deficit, get_args(Deficit)),
    ):
        if value not in allowed:
            listed = " or ".join(allowed)
            raise InputError(f"{name} must be {listed}, got {value!r}{nearest(value, allowed)}")
    if not elasticity > 0:
        raise InputError(f"elasticity must be above zero, got {elasticity}")
    game = play(
        load_world(World(table=table)),
        players,
        model=cast("GameModel", model),
        trade_elasticity=elasticity,
        against=cast("Against", against),
        deficit=cast("Deficit", deficit),
    )
    if json:
        show.json_out(game_data(game))
    else:
        typer.echo(game_text(game))
