"""Entries from disk, a piece at a time, and the files of a refund; decides nothing about a row.

However long the file is, only one piece of it is in memory, beside the sums.
"""

import contextlib
import csv
import secrets
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import BinaryIO

import attrs

from tariffsim.codec.entries import read_rows
from tariffsim.codec.entry_layout import Layout, read_header
from tariffsim.disk import prepare_folder, refused, write_together
from tariffsim.errors import InputError
from tariffsim.files.shipped import short_name
from tariffsim.files.standing import refuse_strangers
from tariffsim.undo import Undoing
from tariffsim.undo.entries import Rows
from tariffsim.undo.refund import BadRow, Flows
from tariffsim.undo.tally import tally

BAD_ROWS = "bad-rows.csv"
BAD_COLUMNS = ("line", "reason", "text")
CHUNK = 1 << 20
LONGEST_LINE = 1 << 24
SHOWN_BAD = 20

OnBad = Callable[[BadRow], None]


def read_entries(
    path: str | Path, undone: Undoing, *, folder: Path | None = None, chunk: int = CHUNK
) -> Flows:
    """Read an entries file and sum it over the days on which a measure stood.

    Parameters
    ----------
    path : str or Path
        CSV with the columns ``date, product, exporter, value`` and, if known, ``duty_paid``, in
        any order and among others.
    undone : Undoing
        The measure taken out.
    folder : Path, optional
        Where to write every row that cannot be counted, as ``bad-rows.csv``; made if absent.
    chunk : int
        Bytes read at once; changes speed and memory, never the result.

    Returns
    -------
    Flows
        With the reading: how many rows were counted and how many not, and the first of those.

    Raises
    ------
    InputError
        The file cannot be read, its first line lacks a column, or `folder` cannot be written to;
        a bad row raises nothing.
    """
    with contextlib.ExitStack() as stack:
        bad = _Bad(on_bad=None if folder is None else stack.enter_context(_bad_rows_file(folder)))
        try:
            stream = stack.enter_context(Path(path).open("rb"))
            layout = read_header(stream.readline(LONGEST_LINE), file=short_name(Path(path)))
            pieces = _pieces(stream, layout, chunk, bad)
            flows, reading = tally(undone, pieces, name=layout.file, has_duty=layout.has_duty)
        except OSError as error:
            raise refused(error, path, doing="read") from error
        reading = attrs.evolve(reading, bad=bad.count, first_bad=tuple(bad.first))
        return attrs.evolve(flows, reading=reading)


@attrs.define
class _Bad:
    """Rows that could not be counted: how many, and the first of them."""

    on_bad: OnBad | None
    count: int = 0
    first: list[BadRow] = attrs.field(factory=list)

    def note(self, row: BadRow) -> None:
        self.count += 1
        if len(self.first) < SHOWN_BAD:
            self.first.append(row)
        if self.on_bad is not None:
            self.on_bad(row)


def _pieces(stream: BinaryIO, layout: Layout, chunk: int, bad: _Bad) -> Iterator[Rows]:
    line = 2
    rest = b""
    while True:
        block = stream.read(chunk)
        whole, newline, rest = (rest + block).rpartition(b"\n")
        if not block:
            whole, rest = rest, b""
        elif not newline:
            if len(rest) > LONGEST_LINE:
                raise InputError(
                    f"{layout.file}:{line}:1: error: a line must be at most {LONGEST_LINE:,} "
                    "bytes, got more; is this a CSV file?"
                )
            continue
        if whole:
            rows, found, lines = read_rows(whole, layout, first_line=line)
            line += lines
            for row in found:
                bad.note(row)
            yield rows
        if not block:
            return


@contextlib.contextmanager
def _bad_rows_file(folder: Path) -> Iterator[OnBad]:
    """Write the bad rows of a reading to a file while it goes on; whole, or not at all."""
    prepare_folder(folder)
    target = folder / BAD_ROWS
    temporary = folder / f".tariffsim-{secrets.token_hex(8)}.tmp"
    try:
        with temporary.open("w", encoding="utf-8", newline="") as stream:
            writer = csv.writer(stream, lineterminator="\n")
            writer.writerow(BAD_COLUMNS)
            yield lambda row: writer.writerow((row.line, row.reason, row.text))
        temporary.replace(target)
    except OSError as error:
        raise refused(error, target, doing="written") from error
    finally:
        temporary.unlink(missing_ok=True)


def prepare_refund(folder: Path, heads: Mapping[str, str]) -> None:
    """Make the folder of a refund, or say why it cannot be one.

    Parameters
    ----------
    folder : Path
        Where to.
    heads : mapping of str to str
        Names of the files to be written, with what each begins with.

    Raises
    ------
    InputError
        It cannot be made or written to, or something else stands there under one of the names.
    """
    whole = {**heads, BAD_ROWS: ",".join(BAD_COLUMNS)}
    refuse_strangers(folder, {name: head.encode() for name, head in whole.items()})
    prepare_folder(folder)


def write_files(folder: Path, texts: Mapping[str, str]) -> tuple[Path, ...]:
    """Write the files of a refund: all of them, or none is changed.

    Returns
    -------
    tuple of Path
        The files written.
    """
    prepare_folder(folder)
    write_together({folder / name: text.encode() for name, text in texts.items()})
    return tuple(folder / name for name in texts)
