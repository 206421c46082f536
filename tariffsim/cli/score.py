"""The command `score`: a result held against what came, beside naive forecasts."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from tariffsim.cli.options import AsJson

if TYPE_CHECKING:
    from tariffsim.result import Result

EXAMPLES = """Examples:

  tariffsim score results/geneva --actual actual.csv

  tariffsim score geneva --actual actual.csv --prove-blind

  tariffsim score results/geneva --scenario geneva --actual actual.csv --json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("score", epilog=EXAMPLES)(score)


def score(
    result: Annotated[
        str,
        typer.Argument(
            metavar="RESULT", help="The folder of a result with its paths kept, or a scenario."
        ),
    ],
    *,
    actual: Annotated[
        Path,
        typer.Option(
            "--actual",
            metavar="FILE.csv",
            help="What came: series, period, value, and perhaps unit and published.",
        ),
    ],
    scenario: Annotated[
        str | None,
        typer.Option(
            "--scenario",
            metavar="S",
            help="The folder's scenario, to run the benchmark of no change.",
        ),
    ] = None,
    lag: Annotated[
        int,
        typer.Option(
            "--lag",
            min=0,
            max=3650,
            help="Days after a month's end on which a figure without a day counts as public.",
        ),
    ] = 45,
    blind: Annotated[
        bool,
        typer.Option("--prove-blind", help="List everything used with the day it became known."),
    ] = False,
    json: AsJson = False,
    quiet: Annotated[bool, typer.Option("--quiet", help="No progress on stderr.")] = False,
) -> None:
    """Score a forecast: pinball loss, CRPS, coverage and PIT, by month and by how far ahead.

    Ends with exit code 1 where the result used anything that became known after its knowledge day.
    """
    import datetime as dt

    from tariffsim.cli import show
    from tariffsim.corridor import prove_blind
    from tariffsim.files.actuals import load_actuals
    from tariffsim.report.evidence import evidence_text
    from tariffsim.report.scores import scores_data, scores_text
    from tariffsim.scoring import score

    found, unchanged = _results(result, scenario, quiet=quiet)
    source = found.provenance
    if blind and not json:
        day = dt.date.fromisoformat(source.known_on)
        typer.echo(evidence_text(source.evidence, day) + "\n")
    prove_blind(source)
    actuals = load_actuals(actual, found)
    card = score(found, actuals, unchanged=unchanged, lag=lag)
    if json:
        show.json_out(scores_data(card))
    else:
        typer.echo(scores_text(card, width=show.width()))


def _results(result: str, scenario: str | None, *, quiet: bool) -> "tuple[Result, Result | None]":
    """Read or run the result, and run the benchmark of no change where the scenario is known."""
    from tariffsim.cli import show
    from tariffsim.corridor import run, run_unchanged, with_options
    from tariffsim.errors import InputError
    from tariffsim.files.results import load_result
    from tariffsim.files.scenarios import load_inputs
    from tariffsim.scenario.content import scenario_digest

    if not Path(result).is_dir():
        if scenario is not None:
            raise InputError(f"--scenario goes with the folder of a result, got {result}; leave it")
        inputs = load_inputs(result)
        return run(inputs, progress=show.progress(quiet)), run_unchanged(inputs)
    found = load_result(result)
    if scenario is None:
        return found, None
    inputs = with_options(load_inputs(scenario), draws=found.draws, seed=found.seed)
    stated = found.provenance.digests.get("scenario")
    if scenario_digest(inputs.scenario) != stated:
        raise InputError(
            f"{scenario} must be the scenario of {result}, got another; it was changed since, or "
            "is not the one"
        )
    return found, run_unchanged(inputs)
