"""The command `run`: a scenario to its headline table, and to files."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from tariffsim.resolve import Inputs

EXAMPLES = """Examples:

  tariffsim run scenarios/geneva.yaml

  tariffsim run geneva --out results/geneva --draws 1024

  tariffsim run geneva --model world --draws 1024

  tariffsim run geneva --given window=extended

  tariffsim run scenarios/canola.yaml --json

  tariffsim run geneva --out results/geneva --format xlsx --format parquet

  tariffsim run geneva --prove-blind
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("run", epilog=EXAMPLES)(run)


def run(
    scenario: Annotated[str, typer.Argument(metavar="SCENARIO", help="A file, or a shipped name.")],
    *,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="DIR", help="Write tidy CSV and a manifest to this folder."),
    ] = None,
    draws: Annotated[
        int | None, typer.Option("--draws", help="Number of draws, a power of two.")
    ] = None,
    model: Annotated[
        str | None,
        typer.Option("--model", help="partial, gsim, gravity or world, instead of the file's."),
    ] = None,
    seed: Annotated[int | None, typer.Option("--seed", help="Seed of the draws.")] = None,
    form: Annotated[
        list[str] | None,
        typer.Option(
            "--format",
            metavar="NAME",
            help="Write this format beside the CSV: csv, json, parquet, xlsx or netcdf; may be "
            "given several times.",
        ),
    ] = None,
    keep: Annotated[
        str,
        typer.Option(
            "--keep",
            metavar="WHAT",
            help="Draws written to DIR: nothing, headline, or paths (every month; large).",
        ),
    ] = "headline",
    blind: Annotated[
        bool,
        typer.Option(
            "--prove-blind",
            help="List everything used with the day it became known; exit 1 if one is later.",
        ),
    ] = False,
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
    from tariffsim.corridor import answer, check_expectations, prove_blind, with_options
    from tariffsim.files.results import check_choice, prepare_result, write_result
    from tariffsim.files.scenarios import load_inputs
    from tariffsim.report.bands import Bands
    from tariffsim.report.headline import headline_data, headline_text

    formats = check_choice(keep, form or [], out)
    if out is not None:
        prepare_result(out)
    inputs = with_options(
        load_inputs(scenario, model=model), draws=draws, seed=seed, given=given or ()
    )
    proof = _proof(inputs, as_json=json) if blind else {}
    told = show.progress(quiet)
    experiment, result = answer(inputs, progress=told)
    if blind:
        prove_blind(result.provenance)
    bands = Bands(result)
    if out is not None:
        told.stage(f"writing {out}")
        write_result(
            result,
            out,
            inputs=inputs,
            experiment=experiment,
            keep=keep,
            formats=formats,
            bands=bands,
        )
    if json:
        show.json_out({**headline_data(result, bands=bands), **proof})
    else:
        typer.echo(headline_text(result, width=show.width(), bands=bands))
        if out is not None:
            typer.echo(f"\nTidy data and manifest.json are in {out}", err=True)
    check_expectations(inputs)


def _proof(inputs: "Inputs", *, as_json: bool) -> dict[str, object]:
    """List what will be used; stop where something became known too late."""
    from tariffsim.cli import show
    from tariffsim.corridor import check_blind, evidence_of
    from tariffsim.evidence import late
    from tariffsim.report.evidence import evidence_rows, evidence_text

    evidence, day = evidence_of(inputs), inputs.scenario.known_on
    missed = late(evidence, day)
    data: dict[str, object] = {"blind": not missed, "evidence": evidence_rows(evidence)}
    if not as_json:
        typer.echo(evidence_text(evidence, day) + "\n")
    elif missed:
        show.json_out(data)
    check_blind(evidence, day)
    return data
