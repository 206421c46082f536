"""The command `timeline`: the stacked rate from change to change, as a text chart."""

import datetime as dt
from typing import Annotated

import typer

from tariffsim import terms
from tariffsim.cli.options import (
    DEFAULT_LOG,
    AsJson,
    Exporter,
    Importer,
    KnownOn,
    LogName,
    ProductCode,
    parsed,
    require_two,
)

EXAMPLES = """Examples:

  tariffsim timeline --importer USA --exporter CHN

  tariffsim timeline --importer CHN --exporter USA --from 2025-01-20 --known-on 2025-06-06

  tariffsim timeline --product 8505 --json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("timeline", epilog=EXAMPLES)(timeline)


def timeline(
    *,
    importer: Importer = "USA",
    exporter: Exporter = "CHN",
    product: ProductCode = None,
    first: Annotated[
        dt.date | None,
        typer.Option(
            "--from",
            parser=parsed(terms.parse_day),
            metavar="DAY",
            help="First day; its stack is shown even where nothing changed on it.",
        ),
    ] = None,
    last: Annotated[
        dt.date | None,
        typer.Option(
            "--to",
            parser=parsed(terms.parse_day),
            metavar="DAY",
            help="Last day. [default: the last change in the log, scheduled ones included]",
        ),
    ] = None,
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    json: AsJson = False,
) -> None:
    """Draw the stacked rate by legal authority: one row a day on which something changed."""
    from tariffsim.cli import show
    from tariffsim.files.logs import load_log
    from tariffsim.report import timeline as report
    from tariffsim.terms import Economy, Product
    from tariffsim.timeline import timeline as changes

    require_two(importer, exporter)
    if first is not None and last is not None and last < first:
        raise typer.BadParameter(f"--to must not be before --from, got {last} and {first}")
    whole = load_log(log)
    found = changes(
        whole,
        Economy(importer),
        Economy(exporter),
        product=Product(product) if product else None,
        between=(first, last),
        known=known_on,
    )
    days = [step.on for step in found.steps] + ([last] if last else [])
    show.warn_beyond_review(whole, max(days, default=dt.date.min), known_on)
    if json:
        show.json_out(report.timeline_data(found))
        return
    typer.echo(report.timeline_text(found, width=show.width(), colour=show.colours()))
