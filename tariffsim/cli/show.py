"""What commands share to print: JSON, warnings, progress; data on stdout, words on stderr."""

import datetime as dt
import json
import os
import shutil
import sys
import time
from collections.abc import Iterable, Sequence

import typer

from tariffsim.asked import NATIONAL_CHAPTERS
from tariffsim.events import MeasureEnacted
from tariffsim.finding import Finding
from tariffsim.log import Log, known_on, known_through
from tariffsim.reduce.between import Held
from tariffsim.report.folded import folded
from tariffsim.terms import Economy, Product
from tariffsim.unit_value import UnitValue, parse_unit_value


def json_out(data: object) -> None:
    """Print data as JSON on stdout."""
    typer.echo(json_text(data), nl=False)


def text_out(text: str) -> None:
    """Print text on stdout, folded to the terminal where there is one."""
    typer.echo(folded(text, terminal_width()))


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


def warn_unused(values: Sequence[UnitValue], laws: Iterable[MeasureEnacted], *, among: str) -> None:
    """Warn of unit values that change no rate, with what would be taken.

    Parameters
    ----------
    values : sequence of UnitValue
        As given.
    laws : iterable of MeasureEnacted
        Those that could take one.
    among : str
        Which laws these are, in words.
    """
    if not values:
        return
    from tariffsim.reduce import unused_values

    asked = list(laws)
    units = {f"{law.amount.currency}/{law.amount.per}": None for law in asked if law.amount}
    taken = f"duties there take {', '.join(units)}" if units else "no duty there is in such a unit"
    for value in unused_values(asked, values):
        currency = f" {value.currency}" if value.currency else ""
        typer.echo(
            f"note: --unit-value {value.amount}{currency}/{value.per} enters no rate {among}: "
            f"{taken}, each the first value that fits",
            err=True,
        )


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


def terminal_width() -> int | None:
    """Give the columns of the terminal; None in a pipe, unless COLUMNS says how many there are."""
    known = sys.stdout.isatty() or "COLUMNS" in os.environ
    return shutil.get_terminal_size((160, 40)).columns if known else None


def width() -> int:
    """Give the columns there are; a pipe has room for every branch of a common table."""
    return terminal_width() or 160


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
