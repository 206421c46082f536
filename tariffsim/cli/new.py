"""The commands `new` and `schema`: a scenario to start from, and what an editor needs to help."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

NEW_EXAMPLES = """Examples:

  tariffsim new my-question.yaml

  tariffsim run my-question.yaml
"""
SCHEMA_EXAMPLES = """Examples:

  tariffsim schema scenario > scenario.schema.json

  tariffsim schema event
"""


class Described(StrEnum):
    """What there is a schema of."""

    scenario = "scenario"
    event = "event"
    sheet = "sheet"
    sources = "sources"


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("new", epilog=NEW_EXAMPLES)(new)
    app.command("schema", epilog=SCHEMA_EXAMPLES)(schema)


def new(
    file: Annotated[Path, typer.Argument(metavar="NAME.yaml", help="Where to write it.")],
) -> None:
    """Write a commented scenario that runs, to start from; overwrites nothing."""
    from tariffsim.files.new import write_template

    written = write_template(file)
    typer.echo(f"{written} is written; now: tariffsim run {written}")


def schema(
    of: Annotated[Described, typer.Argument(help="A file, or one event.", show_default=False)],
) -> None:
    """Print the JSON Schema of a file that people write, for editors and programs."""
    from tariffsim.cli import show
    from tariffsim.codec.schema import schema

    show.json_out(schema(of.value))
