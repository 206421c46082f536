"""The command `forecasts`: how forecasts and threats came out, and who was right."""

import typer

from tariffsim.cli.options import DEFAULT_LOG, AsJson, KnownOn, LogName

EXAMPLES = """Examples:

  tariffsim forecasts --log geneva-2025

  tariffsim forecasts --log geneva-2025 --known-on 2025-06-04

  tariffsim forecasts --json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("forecasts", epilog=EXAMPLES)(forecasts)


def forecasts(
    *,
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    json: AsJson = False,
) -> None:
    """List forecasts and threats as open, overdue, true or false, and score their speakers."""
    from tariffsim.cli import show
    from tariffsim.files.logs import load_log
    from tariffsim.forecasts import forecasts as judged
    from tariffsim.forecasts import scores
    from tariffsim.report import forecasts as report

    whole = load_log(log)
    if known_on is not None:
        show.warn_beyond_review(whole, known_on, known_on)
    found = judged(whole, known=known_on)
    if json:
        show.json_out(report.forecasts_data(found, scores(found), whole, known_on))
        return
    text = report.forecasts_text(found, scores(found), whole, known_on, width=show.width())
    typer.echo(text)
