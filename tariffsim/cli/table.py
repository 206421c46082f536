"""The command `table`: a table of one's own, its faults, and a shortage followed through it."""

from pathlib import Path
from typing import Annotated, Any, cast

import typer

from tariffsim.cli.options import AsJson

EXAMPLES = """Examples:

  tariffsim table check BACI_HS22_Y2023_V202501.csv --codes country_codes_V202501.csv

  tariffsim table check 2020_SML.csv --layout icio

  tariffsim table check my-table/
"""

SHOCK_EXAMPLES = """Examples:

  tariffsim table shock 2020_SML.csv --industry CHN/C27 --loss 60% --days 90

  tariffsim table shock my-table/ --industry CHN/metals --loss 60% --days 90 --stock 10 --stock 40
"""

LAYOUTS = ("auto", "long", "baci", "icio", "wiod", "folder")
RANGE_STEPS = 31
GROUPINGS = ("section", "chapter", "as-written")


def register(app: typer.Typer) -> None:
    """Add the group to the application."""
    group = typer.Typer(help="Trade and input-output tables of your own.", no_args_is_help=True)
    group.command("check", epilog=EXAMPLES)(check)
    group.command("shock", epilog=SHOCK_EXAMPLES)(shock)
    app.add_typer(group, name="table")


def _one_of(name: str, allowed: tuple[str, ...], said: str) -> Any:
    """Declare an option that takes one of a few words."""

    def parse(text: str) -> str:
        from tariffsim.terms import nearest

        if text not in allowed:
            hint = nearest(text, allowed)
            raise typer.BadParameter(
                f"{name} must be one of {', '.join(allowed)}, got {text!r}{hint}"
            )
        return text

    return typer.Option(f"--{name}", parser=parse, metavar="NAME", help=said)


def check(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A CSV file, or a folder of three.")],
    layout: Annotated[
        str, _one_of("layout", LAYOUTS, "auto, long, baci, icio, wiod or folder.")
    ] = "auto",
    products: Annotated[
        str,
        _one_of(
            "products",
            GROUPINGS,
            "Sum a long table's products into section, chapter or as-written.",
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
    from tariffsim.files.accounts import TableLayout, TableOptions, load_accounts
    from tariffsim.finding import render
    from tariffsim.report.accounts import account_lines, accounts_data
    from tariffsim.scenario.world import Grouping

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


def _industry(text: str) -> tuple[str, str]:
    economy, slash, sector = text.partition("/")
    if not slash:
        raise typer.BadParameter(
            f"industry must be an economy and a sector, as CHN/C27, got {text}"
        )
    return economy, sector


def _loss(text: str) -> float:
    from tariffsim.terms import PARTS_PER_UNIT, parse_share

    try:
        return parse_share(text) / PARTS_PER_UNIT
    except ValueError as error:
        raise typer.BadParameter(str(error)) from None


def shock(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="An input-output table.")],
    industry: Annotated[
        str, typer.Option("--industry", metavar="ISO3/SECTOR", help="Who is hit, as CHN/C27.")
    ],
    loss: Annotated[
        float, typer.Option("--loss", parser=_loss, metavar="SHARE", help="Of capacity, as 60%.")
    ],
    days: Annotated[int, typer.Option("--days", min=1, help="How long it lasts.")],
    stock: Annotated[
        list[float],
        typer.Option("--stock", min=1, help="Days of stock; twice for a range, told as a band."),
    ] = [15.0, 60.0],  # noqa: B006 - read, never written
    horizon: Annotated[
        int, typer.Option("--horizon", min=1, max=36_500, help="Days followed.")
    ] = 365,
    json: AsJson = False,
) -> None:
    """Follow the loss of an industry's capacity through all that buy from it; no price moves."""
    import numpy as np

    from tariffsim.cli import show
    from tariffsim.errors import InputError
    from tariffsim.files.accounts import load_accounts
    from tariffsim.finding import render
    from tariffsim.model.propagation import Behaviour, critical_by_cost
    from tariffsim.report.accounts import shortage_lines
    from tariffsim.shortage import follow_shortage, links_of, losses_data, worst_hit

    name = _industry(industry)
    accounts, findings = load_accounts(file)
    if accounts is None:
        raise InputError("\n".join(map(render, findings)), findings)
    draws = 1 if min(stock) == max(stock) else RANGE_STEPS
    rules = Behaviour(
        inventory_days=np.linspace(min(stock), max(stock), draws),
        criticality=critical_by_cost(links_of(accounts)[0]),
    )
    left = np.where(np.arange(horizon) < days, 1.0 - loss, 1.0)[:, None]
    answer = follow_shortage(accounts, capacity={name: left}, behaviour=rules, draws=draws)
    losses = losses_data(worst_hit(answer))
    if json:
        show.json_out(losses)
        return
    typer.echo(
        f"{accounts.name}: {industry} loses {loss:.0%} of capacity for {days} days; "
        f"{horizon} days followed, stocks of {min(stock):g} to {max(stock):g} days"
    )
    for line in shortage_lines(losses):
        typer.echo(line)
