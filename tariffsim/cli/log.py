"""The command `log`: list a log, and append to, verify or join stored ones."""

from pathlib import Path
from typing import Annotated

import typer

from tariffsim import terms
from tariffsim.cli.options import DEFAULT_LOG, AsJson, Day, KnownOn, LogName, parsed

EXAMPLES = """Examples:

  tariffsim log --since 2025-05-01

  tariffsim log --log geneva-2025 --kind statement_made

  tariffsim log add my.jsonl new-facts.yaml
"""

log_app = typer.Typer(rich_markup_mode=None)


def register(app: typer.Typer) -> None:
    """Add the commands to the application."""
    app.add_typer(
        log_app, name="log", help="List the events of a log; add to, verify or merge stored logs.",
        epilog=EXAMPLES,
    )  # fmt: skip


@log_app.callback(invoke_without_command=True)
def listing(
    context: typer.Context,
    since: Annotated[
        Day | None,
        typer.Option(
            "--since",
            parser=parsed(terms.parse_day),
            metavar="DAY",
            help="Only events announced from this day on.",
        ),
    ] = None,
    measure: Annotated[
        str | None, typer.Option("--measure", help="Only events of this measure or control.")
    ] = None,
    kind: Annotated[str | None, typer.Option("--kind", help="Only events of this kind.")] = None,
    known_on: KnownOn = None,
    log: LogName = DEFAULT_LOG,
    json: AsJson = False,
) -> None:
    """List the events of a log in the order of their effective days."""
    if context.invoked_subcommand is not None:
        return
    from tariffsim.cli import show
    from tariffsim.files.logs import load_log
    from tariffsim.log import known_on as as_known
    from tariffsim.query import select
    from tariffsim.report import record

    seen = as_known(load_log(log), known_on)
    entries = select(seen, since=since, measure=measure, kind=kind)
    if json:
        show.json_out([record.entry_data(entry) for entry in entries])
        return
    typer.echo(record.listing(entries, width=show.terminal_width()))


@log_app.command("add", epilog="Example: tariffsim log add my.jsonl new-facts.yaml")
def add(
    file: Annotated[
        Path, typer.Argument(metavar="LOG.jsonl", help="A stored log; made if absent.")
    ],
    sheets: Annotated[list[Path], typer.Argument(metavar="SHEET.yaml...", help="Fact sheets.")],
) -> None:
    """Append the events of fact sheets to a stored log; known events change nothing."""
    from tariffsim.files.stored import add_sheets

    _refuse_others(file)
    added, known = add_sheets(file, sheets)
    typer.echo(f"{file}: {_counted(added, known)}")


@log_app.command("verify", epilog="Example: tariffsim log verify my.jsonl")
def verify(
    file: Annotated[Path, typer.Argument(metavar="LOG.jsonl", help="A stored log.")],
) -> None:
    """Verify the chain of a stored log, its head, and what its events say together."""
    from tariffsim.codec.documents import refuse
    from tariffsim.files.logs import assemble_log
    from tariffsim.finding import render

    _refuse_others(file)
    assembled = assemble_log(file)
    for finding in assembled.findings:
        if finding.severity == "warning":
            typer.echo(render(finding), err=True)
    refuse(assembled.findings)
    typer.echo(f"{file}: {len(assembled.log)} events, chain whole")


@log_app.command("merge", epilog="Example: tariffsim log merge my.jsonl theirs.jsonl")
def merge(
    target: Annotated[Path, typer.Argument(metavar="LOG.jsonl", help="Log to add to.")],
    other: Annotated[Path, typer.Argument(metavar="OTHER.jsonl", help="Log whose events to add.")],
) -> None:
    """Append to a stored log every event of another that it does not hold."""
    from tariffsim.files.stored import merge_logs

    _refuse_others(target, other)
    added, known = merge_logs(target, other)
    typer.echo(f"{target}: {_counted(added, known)}")


def _refuse_others(*files: Path) -> None:
    for file in files:
        if file.suffix != ".jsonl":
            raise typer.BadParameter(f"a stored log must be named *.jsonl, got {file}")


def _counted(added: int, known: int) -> str:
    return f"{added} {'event' if added == 1 else 'events'} added, {known} known already"
