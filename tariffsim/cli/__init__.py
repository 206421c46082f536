"""Typer commands, thin: each reads files, asks one verb, prints; nothing heavy is imported here."""

from typing import Annotated

import typer

from tariffsim import __version__
from tariffsim.cli import (
    agreements,
    check,
    compare,
    forecasts,
    log,
    materials,
    nash,
    new,
    query,
    report,
    run,
    score,
    sensitivity,
    table,
    timeline,
    undo,
)
from tariffsim.cli.help import Headed, add_addresses
from tariffsim.errors import DOCUMENTATION

EPILOG = f"Documentation: {DOCUMENTATION}  Exit codes: 0 done, 1 a declared check failed, \
2 usage or bad input, 3 a model did not converge, 130 interrupted."

app = typer.Typer(
    name="tariffsim",
    cls=Headed,
    help="What is in force in a trade dispute, who says so, what if it changes, how sure are we?",
    epilog=EPILOG,
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
    context_settings={"help_option_names": ["-h", "--help"]},
)


def _version(asked: bool) -> None:
    if asked:
        typer.echo(f"tariffsim {__version__}")
        raise typer.Exit


@app.callback()
def _options(
    version: Annotated[
        bool,
        typer.Option("--version", help="Print the version.", callback=_version, is_eager=True),
    ] = False,
    debug: Annotated[bool, typer.Option("--debug", help="Show tracebacks of errors.")] = False,
) -> None:
    pass


for command in (
    run,
    report,
    compare,
    sensitivity,
    score,
    nash,
    query,
    timeline,
    undo,
    agreements,
    forecasts,
    materials,
    log,
    check,
    table,
    new,
):
    command.register(app)
add_addresses(app)
