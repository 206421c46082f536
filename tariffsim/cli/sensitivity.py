"""The command `sensitivity`: which parameter or choice of policy drives a metric."""

from pathlib import Path
from typing import Annotated

import typer

from tariffsim.cli.options import AsJson

EXAMPLES = """Examples:

  tariffsim sensitivity geneva --metric customs_value.USA.CHN

  tariffsim sensitivity geneva --metric welfare.USA --branch extended+restricted

  tariffsim sensitivity scenarios/minerals.yaml --metric \
availability.USA.CHN.rare-earth-magnets --draws 4096 --json

  tariffsim sensitivity geneva --metric welfare.USA --out welfare.json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("sensitivity", epilog=EXAMPLES)(sensitivity)


def sensitivity(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A file, or a shipped name.")],
    *,
    metric: Annotated[
        str,
        typer.Option(
            "--metric", metavar="M", help="A metric of the headline table: customs_value.USA.CHN."
        ),
    ],
    branch: Annotated[
        str | None,
        typer.Option(
            "--branch",
            metavar="B",
            help="Hold policy at this branch. [default: drawn with its probabilities]",
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", help="Number of base samples, a power of two.")
    ] = 1024,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the samples.")] = None,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="FILE", help="Write the JSON here too, for `report --sensitivity`."
        ),
    ] = None,
    json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Say what drives a metric: Sobol indices and swings, parameters and policy side by side."""
    from tariffsim import corridor
    from tariffsim.cli import show
    from tariffsim.disk import write_atomically
    from tariffsim.files.scenarios import load_inputs
    from tariffsim.files.standing import is_sensitivity, refuse_other
    from tariffsim.report.sensitivity import sensitivity_data, sensitivity_text

    if out is not None:
        refuse_other(out, is_sensitivity, what="a sensitivity")
    found = corridor.sensitivity(
        corridor.with_options(load_inputs(scenario), seed=seed),
        metric=metric,
        branch=branch,
        samples=draws,
        progress=show.progress(quiet),
    )
    if out is not None:
        write_atomically(out, show.json_text(sensitivity_data(found)).encode())
    if json:
        show.json_out(sensitivity_data(found))
    else:
        typer.echo(sensitivity_text(found, width=show.width()))
