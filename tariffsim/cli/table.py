"""The command `table`: read a user's trade or input-output table, and say what is wrong with it."""

from collections.abc import Callable
from pathlib import Path
from typing import Annotated, cast

import typer

from tariffsim.cli.options import AsJson

EXAMPLES = """Examples:

  tariffsim table check BACI_HS22_Y2023_V202501.csv --codes country_codes_V202501.csv

  tariffsim table check 2020_SML.csv --layout icio

  tariffsim table check my-table/
"""

LAYOUTS = ("auto", "long", "baci", "icio", "wiod", "folder")
GROUPINGS = ("section", "chapter", "as-written")


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    group = typer.Typer(help="Trade and input-output tables of your own.", no_args_is_help=True)
    group.command("check", epilog=EXAMPLES)(check)
    app.add_typer(group, name="table")


def _one_of(allowed: tuple[str, ...], what: str) -> Callable[[str], str]:
    def parse(text: str) -> str:
        from tariffsim.terms import nearest

        if text not in allowed:
            hint = nearest(text, allowed)
            raise typer.BadParameter(
                f"{what} must be one of {', '.join(allowed)}, got {text!r}{hint}"
            )
        return text

    return parse


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, or a folder of three.")],
    layout: Annotated[
        str,
        typer.Option(
            "--layout",
            parser=_one_of(LAYOUTS, "layout"),
            metavar="NAME",
            help="auto, long, baci, icio, wiod or folder.",
        ),
    ] = "auto",
    products: Annotated[
        str,
        typer.Option(
            "--products",
            parser=_one_of(GROUPINGS, "products"),
            metavar="NAME",
            help="Sum a long table's products into section, chapter or as-written.",
        ),
    ] = "section",
    year: Annotated[
        str | None, typer.Option("--year", metavar="YYYY", help="Of a file with several.")
    ] = None,
    codes: Annotated[
        Path | None,
        typer.Option("--codes", metavar="FILE", help="The table's own list of economies."),
    ] = None,
    json: AsJson = False,
) -> None:
    """Read a table; say what it holds, and every fault with its line; exit code 2 on an error."""
    from tariffsim.cli import show
    from tariffsim.codec.long_tables import Grouping
    from tariffsim.files.accounts import TableLayout, TableOptions, load_accounts
    from tariffsim.finding import render
    from tariffsim.report.accounts import account_lines, accounts_data

    options = TableOptions(
        layout=cast("TableLayout", layout),
        products=cast("Grouping", products),
        year=year,
        codes=codes,
    )
    accounts, findings = load_accounts(file, options)
    if json:
        data = accounts_data(accounts) if accounts else None
        show.json_out({"table": data, "findings": [show.finding_data(f) for f in findings]})
    else:
        for line in account_lines(accounts) if accounts else ():
            typer.echo(line)
        for finding in findings:
            typer.echo(render(finding), err=finding.severity == "error")
    errors = sum(finding.severity == "error" for finding in findings)
    if errors:
        typer.echo(f"{errors} {'error' if errors == 1 else 'errors'}; nothing was read", err=True)
        raise typer.Exit(2)
