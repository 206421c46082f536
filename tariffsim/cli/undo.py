"""The command `undo`: the law without one measure, and the duty paid under it."""

import datetime as dt
from pathlib import Path
from typing import Annotated

import typer

from tariffsim import terms
from tariffsim.cli.options import (
    DEFAULT_LOG,
    AsJson,
    KnownOn,
    LogName,
    ProductCode,
    UnitValues,
    one_economy,
    parsed,
    require_two,
)

EXAMPLES = """Examples:

  tariffsim undo us-ieepa-fentanyl-china

  tariffsim undo us-ieepa-reciprocal-china --entries entries.csv --out refund

  tariffsim undo us-232-steel --from 2025-04-05 --product 7208 --json
"""


def register(app: typer.Typer) -> None:
    """Add the command to the application."""
    app.command("undo", epilog=EXAMPLES)(undo)


def undo(
    measure: Annotated[str, typer.Argument(metavar="MEASURE", help="A measure of the log.")],
    *,
    since: Annotated[
        dt.date | None,
        typer.Option(
            "--from",
            parser=parsed(terms.parse_day),
            metavar="DAY",
            help="First day without it. [default: its first day]",
        ),
    ] = None,
    entries: Annotated[
        Path | None,
        typer.Option(
            "--entries",
            metavar="FILE.csv",
            help="Entries with date, product, exporter, value and, if known, duty_paid. "
            "[default: the packaged trade of 2024, spread over the days]",
        ),
    ] = None,
    importer: Annotated[
        str | None,
        typer.Option(
            "--importer",
            parser=parsed(one_economy),
            metavar="ISO3",
            help="Who imports. [default: who imposed the measure]",
        ),
    ] = None,
    exporter: Annotated[
        str | None,
        typer.Option(
            "--exporter",
            parser=parsed(one_economy),
            metavar="ISO3",
            help="Whose rates to show. [default: the first partner of the measure]",
        ),
    ] = None,
    product: ProductCode = None,
    unit_value: UnitValues = None,
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    out: Annotated[
        Path | None,
        typer.Option(
            "--out", metavar="DIR", help="Write rates, refund by line, and rows not counted."
        ),
    ] = None,
    draws: Annotated[
        int, typer.Option("--draws", min=1, max=2**20, help="Draws of what lists cover.")
    ] = 512,
    seed: Annotated[int, typer.Option("--seed", min=0, help="Seed of the draws.")] = 1,
    json: AsJson = False,
) -> None:
    """Undo a measure: rates with and without it, and the duty paid under it, isolated."""
    from tariffsim.cli import show
    from tariffsim.files.entries import prepare_refund, read_entries, write_files
    from tariffsim.files.logs import load_log
    from tariffsim.reduce import fold
    from tariffsim.report.refund import bad_rows_text, refund_text
    from tariffsim.report.refund_data import HEADS, refund_data, refund_files
    from tariffsim.terms import Economy, Product
    from tariffsim.undo import undoing
    from tariffsim.undo.settle import settle

    if out is not None:
        prepare_refund(out, HEADS)
    whole = load_log(log)
    values = show.unit_values(unit_value)
    undone = undoing(
        whole,
        measure,
        since=since,
        known=known_on,
        importer=Economy(importer) if importer else None,
        unit_values=values,
    )
    if values:
        laws = [measure.enacted for measure in fold(undone.log).measures.values()]
        show.warn_unused(values, [law for law in laws if law], among=f"of the log {whole.name}")
    if exporter is not None:
        require_two(undone.importer, exporter)
    show.warn_beyond_review(whole, undone.start, known_on)
    if entries is None:
        from tariffsim.files.yearly import load_benchmark
        from tariffsim.undo.benchmark import benchmark_flows

        flows = benchmark_flows(undone, load_benchmark())
    else:
        flows = read_entries(entries, undone, folder=out)
    found = settle(
        undone,
        flows,
        exporter=Economy(exporter) if exporter else None,
        product=Product(product) if product else None,
        draws=draws,
        seed=seed,
    )
    if found.reading is not None and found.reading.bad:
        typer.echo(bad_rows_text(found.reading), err=True)
    if out is not None:
        write_files(out, refund_files(found, undone.log))
    if json:
        show.json_out(refund_data(found, undone.log))
        return
    typer.echo(refund_text(found, undone.log))
    if out is not None:
        typer.echo(f"\nrates.csv, refund.csv and undo.json are in {out}", err=True)
