"""The command `compare`: two scenarios or two results, draw by draw where draws match."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tariffsim.cli.options import AsJson

if TYPE_CHECKING:
    from tariffsim.result import Result

EXAMPLES = """Examples:

  tariffsim compare before.yaml after.yaml

  tariffsim compare results/before results/after --json

  tariffsim compare results/geneva geneva
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("compare", epilog=EXAMPLES)(compare)


def compare(
    first: Annotated[
        str, typer.Argument(metavar="A", help="A scenario, or the folder of a result.")
    ],
    second: Annotated[str, typer.Argument(metavar="B", help="What it is compared with.")],
    *,
    draws: Annotated[
        int | None,
        typer.Option("--draws", help="Number of draws where a scenario is run, a power of two."),
    ] = None,
    seed: Annotated[
        int | None, typer.Option("--seed", help="Seed where a scenario is run.")
    ] = None,
    json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Show what B says otherwise than A, metric by metric.

    A scenario is run with the draws and the seed of the other side where that is a result, and B
    with those of A where both are scenarios, so that draws match.
    """
    from tariffsim.cli import show
    from tariffsim.comparison import compare
    from tariffsim.files.results import load_result
    from tariffsim.report.comparison import comparison_data, comparison_text

    sides = [Path(side).is_dir() for side in (first, second)]
    found: dict[int, Result] = {
        number: load_result(side) for number, side in enumerate((first, second)) if sides[number]
    }
    for number, side in enumerate((first, second)):
        if number not in found:
            other = next(iter(found.values()), None)
            found[number] = _run(side, other, (draws, seed), quiet=quiet)
    comparison = compare(found[0], found[1], names=(first, second))
    if json:
        show.json_out(comparison_data(comparison))
    else:
        typer.echo(comparison_text(comparison, width=show.width()))


def _run(
    scenario: str, other: "Result | None", options: tuple[int | None, int | None], *, quiet: bool
) -> "Result":
    from tariffsim.cli import show
    from tariffsim.corridor import run, with_options
    from tariffsim.files.scenarios import load_inputs

    draws, seed = options
    if other is not None:
        draws = draws if draws is not None else other.draws
        seed = seed if seed is not None else other.seed
    inputs = with_options(load_inputs(scenario), draws=draws, seed=seed)
    return run(inputs, progress=show.progress(quiet))
