"""The command `check`: every fault of logs and scenarios at once."""

from typing import Annotated

import typer

from tariffsim.cli.options import AsJson

EXAMPLES = """Examples:

  tariffsim check scenarios/geneva.yaml

  tariffsim check us-china geneva-2025 --notes

  tariffsim check my-log/ my-scenario.yaml
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("check", epilog=EXAMPLES)(check)


def check(
    files: Annotated[
        list[str],
        typer.Argument(metavar="FILE...", help="Scenarios, logs, folders, or shipped names."),
    ],
    notes: Annotated[
        bool, typer.Option("--notes", help="Also list dissent, disputes and unmet promises.")
    ] = False,
    json: AsJson = False,
) -> None:
    """Check files: every fault with its line, a caret, the rule and what to do; exit code 2."""
    from tariffsim.cli import show
    from tariffsim.errors import FAULTS_PAGE
    from tariffsim.files.check import check_file, is_shipped
    from tariffsim.finding import render

    found = {name: check_file(name) for name in files}
    findings = [finding for name in files for finding in found[name]]
    errors = sum(finding.severity == "error" for finding in findings)
    shown = [f for f in findings if notes or f.severity != "note"]
    if json:
        show.json_out([show.finding_data(finding) for finding in shown])
    else:
        for finding in shown:
            typer.echo(render(finding), err=finding.severity == "error")
        # Of what travels with the library nobody needs to be told.
        own = [f for name in files if not is_shipped(name) for f in found[name]]
        hidden = 0 if notes else sum(finding.severity == "note" for finding in own)
        if hidden:
            typer.echo(
                f"{hidden} {'note' if hidden == 1 else 'notes'} on dissent, disputes, doubts and "
                "promises; --notes lists them",
                err=True,
            )
    if errors:
        typer.echo(f"{errors} {'error' if errors == 1 else 'errors'}", err=True)
        typer.echo(f"see {FAULTS_PAGE}", err=True)
        raise typer.Exit(2)
