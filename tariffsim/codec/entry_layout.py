"""What an entries file looks like: its columns, its first line, and where its words are looked up.

Opens no file and reads no entry.
"""

import csv

import attrs
import numpy as np

from tariffsim.arrays import Ints
from tariffsim.errors import InputError
from tariffsim.finding import Finding, Place, render
from tariffsim.terms import nearest
from tariffsim.undo.entries import EXPORTER_NUMBERS, FIRST, LAST

COLUMNS = ("date", "product", "exporter", "value")
DUTY_PAID = "duty_paid"

# One entry of a trillion is a slip, and a bound keeps sums of whole numbers within 64 bits.
LARGEST_DIGITS = 12
LETTER_BITS = 5
# A day stands in its table under its eight digits, 20250409 for instance, less these.
FIRST_DIGITS = FIRST.year * 10_000


@attrs.frozen(kw_only=True, eq=False)
class Layout:
    """Where the columns of a file stand, and the tables that its lines are looked up in.

    Parameters
    ----------
    file : str
        The file's name, for complaints.
    cells : int
        Cells a line.
    place : mapping of str to int
        Position of each column that is read.
    days : (digits,), int
        Ordinal of each day, under its eight digits less `FIRST_DIGITS`; 0 where there is no such
        day, as in the first place.
    exporters : (letters,), int
        Number of each economy, under its three letters of five bits, the first lowest; else -1.
    """

    file: str
    cells: int
    place: dict[str, int]
    days: Ints
    exporters: Ints

    @property
    def has_duty(self) -> bool:
        """Whether the file says what duty was paid."""
        return DUTY_PAID in self.place


def read_header(line: bytes, *, file: str) -> Layout:
    """Read the first line of an entries file.

    Parameters
    ----------
    line : bytes
        With or without its end; a byte order mark is skipped.
    file : str
        The file's name.

    Raises
    ------
    InputError
        A column is missing or stands twice.

    Examples
    --------
    >>> read_header(b"entry,date,product,exporter,value", file="entries.csv").place["value"]
    4
    """
    text = line.decode("utf-8-sig", errors="replace").strip("\r\n")
    names = [name.strip().lower() for name in next(csv.reader([text]), [])]
    missing = [name for name in COLUMNS if name not in names]
    twice = sorted({name for name in (*COLUMNS, DUTY_PAID) if names.count(name) > 1})
    message = None
    if missing:
        hints = [nearest(name, names) for name in missing]
        message = (
            f"the first line must name the columns {', '.join(COLUMNS)}, missing "
            f"{', '.join(missing)}{next(filter(None, hints), '')}"
        )
    elif twice:
        message = f"each column must stand once, got twice: {', '.join(twice)}; rename one"
    if message is not None:
        place = Place(file=file, line=1, column=1, text=text[:200])
        finding = Finding(rule="columns", message=message, place=place)
        raise InputError(render(finding), [finding])
    place_of = {name: names.index(name) for name in (*COLUMNS, DUTY_PAID) if name in names}
    return Layout(
        file=file, cells=len(names), place=place_of, days=_calendar(), exporters=_by_letters()
    )


def _calendar() -> Ints:
    days = np.arange(np.datetime64(FIRST), np.datetime64(LAST) + np.timedelta64(1, "D"))
    months, years = days.astype("datetime64[M]"), days.astype("datetime64[Y]")
    digits = (years.astype(np.int64) + 1970) * 10_000
    digits += (months - years.astype("datetime64[M]")).astype(np.int64) * 100 + 100
    digits += (days - months.astype("datetime64[D]")).astype(np.int64) + 1
    found = np.zeros((LAST.year - FIRST.year + 1) * 10_000, dtype=np.int64)
    found[digits - FIRST_DIGITS] = FIRST.toordinal() + np.arange(len(days))
    return found


def _by_letters() -> Ints:
    found = np.full(1 << 3 * LETTER_BITS, -1, dtype=np.int64)
    for code, number in EXPORTER_NUMBERS.items():
        if len(code) == 3:
            bits = (ord(letter) - ord("@") << LETTER_BITS * n for n, letter in enumerate(code))
            found[sum(bits)] = number
    return found
