"""The command `run`: a scenario to its headline table, and to files."""

from pathlib import Path
from typing import Annotated

import typer

EXAMPLES = """Examples:

  tariffsim run scenarios/geneva.yaml

  tariffsim run geneva --out results/geneva --draws 1024

  tariffsim run geneva --given window=extended

  tariffsim run scenarios/canola.yaml --json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("run", epilog=EXAMPLES)(run)


def run(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A file, or a shipped name.")],
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write tidy CSV and a manifest to this folder."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", help="Number of draws, a power of two.")
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the draws.")] = None,
    given: Annotated[
        list[str] | None,
        typer.Option(
            "--given", metavar="[QUESTION=]OPTION", help="Only branches that went this way."
        ),
    ] = None,
    json: Annotated[bool, typer.Option("--json", help="Print the table as JSON.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Project a scenario and print its headline table by branch, with bands."""
    from tariffsim.cli import show
    from tariffsim.corridor import check_expectations, run, with_options
    from tariffsim.files.results import prepare_folder, write_result
    from tariffsim.files.scenarios import load_inputs
    from tariffsim.report.headline import headline_data, headline_text

    if out is not None:
        prepare_folder(out)
    inputs = with_options(load_inputs(scenario), draws=draws, seed=seed, given=given or ())
    result = run(inputs, progress=show.progress(quiet))
    if out is not None:
        write_result(result, out)
    if json:
        show.json_out(headline_data(result))
    else:
        typer.echo(headline_text(result, width=show.width()))
        if out is not None:
            typer.echo(f"\nTidy data and manifest.json are in {out}", err=True)
    check_expectations(inputs)
