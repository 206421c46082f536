"""What commands share to print: JSON, warnings, progress; data on stdout, words on stderr."""

import datetime as dt
import json
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Callable, Sequence

import typer

from tariffsim.asked import NATIONAL_CHAPTERS
from tariffsim.finding import Finding
from tariffsim.log import Log, known_on, known_through
from tariffsim.reduce.between import Held
from tariffsim.terms import Economy, Product
from tariffsim.unit_value import UnitValue, parse_unit_value


def json_out(data: object) -> None:
    """Print data as JSON on stdout."""
    typer.echo(json_text(data), nl=False)


def json_text(data: object) -> str:
    """Write data as the JSON that commands print; ends with a newline."""
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def as_known(log: Log, day: dt.date | None) -> Log:
    """Return the log as known on a day."""
    return known_on(log, day)


def unit_values(texts: Sequence[str] | None) -> tuple[UnitValue, ...]:
    """Read the unit values given; a complaint is a usage error."""
    try:
        return tuple(parse_unit_value(text) for text in texts or ())
    except ValueError as error:
        raise typer.BadParameter(f"--unit-value: {error}") from None


def warn_beyond_review(log: Log, on: dt.date, known: dt.date | None) -> None:
    """Warn where a question reaches beyond the day through which facts are known.

    A question as known on a day that was reviewed is answered in full, however far it looks
    ahead: nothing that became public later belongs in its answer.
    """
    through = known_through(log)
    if through is not None and on > through and (known is None or known > through):
        typer.echo(
            f"note: facts of {log.name} are known through {through}; {on} is shown as the law "
            "known by then has it",
            err=True,
        )


def warn_of_question(
    log: Log, importer: Economy, exporter: Economy, product: Product | None, held: Held
) -> None:
    """Say where a rate is not what it seems: of a code of national use, from a log about others."""
    if product is not None and product[:2] in NATIONAL_CHAPTERS:
        typer.echo(
            f"note: chapter {product[:2]} is left to each country; its codes stand beside those of "
            "the goods, so ask for the goods' own code",
            err=True,
        )
    if held == "nothing":
        typer.echo(
            f"note: the log {log.name} holds no measure of {importer} on goods of {exporter}",
            err=True,
        )
    elif held == "of-everybody":
        typer.echo(
            f"note: the log {log.name} holds measures of {importer} that fall on everybody, and "
            f"none on {exporter} in particular, which may be missing",
            err=True,
        )


def progress(quiet: bool) -> Callable[[int, int], None]:
    """Make a reporter that writes to stderr once a run has taken more than a second."""
    started = time.monotonic()
    shown = sys.stderr.isatty()

    def report(done: int, total: int) -> None:
        if quiet or time.monotonic() - started < 1.0:
            return
        end = "\r" if shown else "\n"
        if shown or done == total:
            last = "\n" if done == total and shown else ""
            print(f"projecting {done / total:.0%}", end=last or end, file=sys.stderr, flush=True)

    return report


def colours() -> bool:
    """Tell whether to colour what is printed: on a terminal, unless NO_COLOR forbids it."""
    forbidden = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout.isatty() and not forbidden


def width() -> int:
    """Give the columns there are; a pipe has room for every branch of a common table.

    COLUMNS says otherwise, whatever stands behind stdout.
    """
    return shutil.get_terminal_size((160, 40)).columns if _measured() else 160


def fitted(text: str) -> str:
    """Fold lines that are wider than the terminal, or than COLUMNS; a pipe gets them whole."""
    if not _measured():
        return text
    room = max(width(), 20)
    return "\n".join(part for line in text.split("\n") for part in _folded(line, room))


def _folded(line: str, room: int) -> list[str]:
    if len(line) <= room:
        return [line]
    indent = " " * (len(line) - len(line.lstrip()) + 4)
    return textwrap.wrap(
        line, room, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
    )


def _measured() -> bool:
    return sys.stdout.isatty() or "COLUMNS" in os.environ


def finding_data(finding: Finding) -> dict[str, object]:
    """Give a finding as plain data."""
    place = finding.place
    return {
        "rule": finding.rule,
        "severity": finding.severity,
        "message": finding.message,
        "file": place.file if place else None,
        "line": place.line if place else None,
        "column": place.column if place else None,
    }
