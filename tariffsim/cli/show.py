"""What commands share to print: JSON, warnings, progress; data on stdout, words on stderr."""

import datetime as dt
import json
import os
import shutil
import sys
import textwrap
import time
from collections.abc import Sequence

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


class Progress:
    """Says on stderr what is being done, once a command has taken more than a second.

    A terminal sees the share of the projection that is done; anything else a line a stage.
    """

    def __init__(self, quiet: bool) -> None:
        self._quiet = quiet
        self._started = time.monotonic()
        self._stage = ""

    def __call__(self, done: int, total: int) -> None:
        """Take how far a projection is; the last of it is not the end of the work."""
        if done == total:
            self.stage("summing up")
        elif sys.stderr.isatty() and self._shown():
            print(f"\rprojecting {done / total:.0%}", end="", file=sys.stderr, flush=True)
            self._stage = "projecting"
        else:
            self.stage("projecting")

    def stage(self, name: str) -> None:
        """Say that a stage begins, where it is another one."""
        if self._shown() and name != self._stage:
            # On a terminal the line takes the place of the share before it.
            line = f"\r{name:<20}" if sys.stderr.isatty() else name
            print(line, file=sys.stderr, flush=True)
            self._stage = name

    def _shown(self) -> bool:
        return not self._quiet and time.monotonic() - self._started >= 1.0


def progress(quiet: bool) -> Progress:
    """Make a reporter for a command that begins now."""
    return Progress(quiet)


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
