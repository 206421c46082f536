"""The commands `report` and `explain`: a result to one page, and from a number back."""

from pathlib import Path
from typing import Annotated

import typer

from tariffsim.cli.options import AsJson

REPORT_EXAMPLES = """Examples:

  tariffsim report results/geneva

  tariffsim report results/geneva --against results/last-week --out geneva.html

  tariffsim report results/geneva --figures figures

  tariffsim report results/geneva --sensitivity welfare.json
"""
EXPLAIN_EXAMPLES = """Examples:

  tariffsim explain results/geneva

  tariffsim explain results/geneva welfare.USA/extended

  tariffsim explain results/geneva duty.USA.CHN/deal/2025-12 --json
"""

Folder = Annotated[Path, typer.Argument(metavar="DIR", help="Folder that run --out wrote.")]


Measured = Annotated[
    list[Path] | None,
    typer.Option(
        "--sensitivity",
        metavar="FILE",
        help="What `sensitivity --out` wrote for the scenario: tornado and Sobol bars. Repeatable.",
    ),
]


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.command("report", epilog=REPORT_EXAMPLES)(report)
    app.command("explain", epilog=EXPLAIN_EXAMPLES)(explain)


def report(
    folder: Folder,
    against: Annotated[
        Path | None,
        typer.Option("--against", metavar="DIR", help="An earlier result: say what changed."),
    ] = None,
    out: Annotated[
        Path | None,
        typer.Option("--out", metavar="FILE", help="The page. [default: report.html in DIR]"),
    ] = None,
    figures: Annotated[
        Path | None,
        typer.Option(
            "--figures", metavar="DIR", help="Write each figure as SVG, CSV and text here too."
        ),
    ] = None,
    sensitivity: Measured = None,
) -> None:
    """Write a result as one offline page: answer, figures, drivers, facts, manifest."""
    from tariffsim.files.pages import page_target, write_figures, write_page

    # Whatever is refused is refused before the first file is written.
    page_target(folder, out)
    written = (
        () if figures is None else write_figures(folder, figures, sensitivities=sensitivity or ())
    )
    path = write_page(folder, out, against=against, sensitivities=sensitivity or ())
    typer.echo(str(path))
    if figures is not None:
        typer.echo(f"{len(written) // 3} figures are in {figures}", err=True)


def explain(
    folder: Folder,
    id: Annotated[
        str | None,
        typer.Argument(metavar="[ID]", help="A metric, a cell or a figure; lists them if absent."),
    ] = None,
    sensitivity: Measured = None,
    json: AsJson = False,
) -> None:
    """Go back from a number to its formula, parameters, events and documents; needs no network."""
    from tariffsim.cli import show
    from tariffsim.files.folders import fitting, load_summary
    from tariffsim.report.explain import explain, ids
    from tariffsim.report.explain_text import explain_data, explain_text

    summary = load_summary(folder, sensitivities=sensitivity or ())
    if id is None:
        known = ids(summary)
        show.json_out(list(known)) if json else typer.echo("\n".join(known))
        return
    with fitting(folder):
        found = explain(summary, id)
        data = explain_data(found) if json else {}
        text = "" if json else explain_text(found, width=show.width())
    if json:
        show.json_out(data)
    else:
        typer.echo(text)
