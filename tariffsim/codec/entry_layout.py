"""What an entries file looks like: its columns, its first line, and entries as whole numbers.

Exporter and product share one number, because arrays of numbers sort and compare faster than text.
Opens no file and reads no entry.
"""

import csv
import datetime as dt
from functools import cache

import attrs
import numpy as np

from tariffsim.arrays import Bools, Ints
from tariffsim.errors import InputError
from tariffsim.finding import Finding, Place, render
from tariffsim.terms import ECONOMIES, RESERVED, WORLD, Economy, Product, nearest

COLUMNS = ("date", "product", "exporter", "value")
DUTY_PAID = "duty_paid"
NOT_SAID = -1
EXPORTERS = ECONOMIES | RESERVED - {WORLD}

# The Harmonized System came into force in 1988; an earlier day has no code of it.
FIRST = dt.date(1988, 1, 1)
LAST = dt.date(2099, 12, 31)
# One entry of a trillion is a slip, and a bound keeps sums of whole numbers within 64 bits.
LARGEST_DIGITS = 12

LETTERS = 26
PRODUCT_BITS = 37
_EU27 = LETTERS**3
_LENGTHS = (2, 4, 6, 8, 10)


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
    days : (day code,), int
        Ordinal of each day, under its year, month and day; 0 where there is no such day.
    economies : (letters,), bool
        Which words of three letters are economies.
    """

    file: str
    cells: int
    place: dict[str, int]
    days: Ints
    economies: Bools

    @property
    def has_duty(self) -> bool:
        """Whether the file says what duty was paid."""
        return DUTY_PAID in self.place


@attrs.frozen(kw_only=True, eq=False)
class Rows:
    """Entries as columns.

    Parameters
    ----------
    day : (row,), int
        Ordinal of the day.
    month : (row,), int
        Months since January of year 0.
    pair : (row,), int
        Exporter and product in one number; see `pair_named`.
    value, duty_paid : (row,), ten-thousandths of a currency unit
        `duty_paid` is -1 where it is not said.
    """

    day: Ints
    month: Ints
    pair: Ints
    value: Ints
    duty_paid: Ints

    def __len__(self) -> int:
        return len(self.day)

    def only(self, kept: Bools) -> "Rows":
        """Keep some of the rows."""
        return Rows(
            day=self.day[kept],
            month=self.month[kept],
            pair=self.pair[kept],
            value=self.value[kept],
            duty_paid=self.duty_paid[kept],
        )


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
        file=file, cells=len(names), place=place_of, days=_calendar(), economies=_known_letters()
    )


def _calendar() -> Ints:
    days = np.arange(np.datetime64(FIRST), np.datetime64(LAST) + np.timedelta64(1, "D"))
    months = days.astype("datetime64[M]")
    codes = 31 * (months - np.datetime64(FIRST, "M")).astype(np.int64)
    codes += (days - months.astype("datetime64[D]")).astype(np.int64)
    found = np.zeros((LAST.year - FIRST.year + 1) * 12 * 31, dtype=np.int64)
    found[codes] = FIRST.toordinal() + np.arange(len(days))
    return found


def _known_letters() -> Bools:
    found = np.zeros(LETTERS**3, dtype=np.bool_)
    found[[_letters(code) for code in EXPORTERS if len(code) == 3]] = True
    return found


def _letters(code: str) -> int:
    number = 0
    for letter in code:
        number = number * LETTERS + ord(letter) - ord("A")
    return number


def pair_named(pair: int) -> tuple[Economy, Product]:
    """Name the exporter and the product of a pair.

    Examples
    --------
    >>> pair_named(pair_number("CHN", "0101"))
    ('CHN', '0101')
    """
    exporter, code = divmod(pair, 1 << PRODUCT_BITS)
    number, length = divmod(code, 8)
    return _word(exporter), Product(f"{number:0{_LENGTHS[length]}d}")


@cache
def _word(exporter: int) -> Economy:
    if exporter == _EU27:
        return Economy("EU27")
    first, rest = divmod(exporter, LETTERS**2)
    return Economy("".join(chr(ord("A") + letter) for letter in (first, *divmod(rest, LETTERS))))


def pair_number(exporter: str, product: str) -> int:
    """Put an exporter and a product into one number."""
    letters = _EU27 if exporter == "EU27" else _letters(exporter)
    return (letters << PRODUCT_BITS) + int(product) * 8 + _LENGTHS.index(len(product))
