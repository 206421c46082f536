"""The command `agreements`: what became of promises, on any day and as known on any day."""

import datetime as dt
from typing import Annotated

import typer

from tariffsim import terms
from tariffsim.cli.options import DEFAULT_LOG, AsJson, KnownOn, LogName, parsed

EXAMPLES = """Examples:

  tariffsim agreements

  tariffsim agreements geneva-agreement --on 2025-05-20

  tariffsim agreements busan-truce --known-on 2025-12-01 --json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("agreements", epilog=EXAMPLES)(agreements)


def agreements(
    name: Annotated[
        str | None,
        typer.Argument(metavar="[NAME]", help="An agreement, or the key of its event."),
    ] = None,
    *,
    on: Annotated[
        dt.date | None,
        typer.Option(
            "--on",
            parser=parsed(terms.parse_day),
            metavar="DAY",
            help="The day. [default: the knowledge day, else the last day reviewed]",
        ),
    ] = None,
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    json: AsJson = False,
) -> None:
    """Show promises as kept, late, unmet, contested or open, with the acts and the objections."""
    from tariffsim.agreements import agreements as on_day
    from tariffsim.agreements import day_asked
    from tariffsim.cli import show
    from tariffsim.files.logs import load_log
    from tariffsim.report import agreements as report

    whole = load_log(log)
    day = day_asked(whole, on=on, known=known_on)
    show.warn_beyond_review(whole, day, known_on)
    found = on_day(whole, on=day, known=known_on, name=name)
    if json:
        show.json_out(report.agreements_data(found, whole, day, known_on))
        return
    typer.echo(report.agreements_text(found, whole, day, known_on, width=show.width()))
