"""What an entries file looks like: its columns, its first line, and entries as whole numbers.

Exporter and product share one number, because arrays of numbers sort and compare faster than text.
Opens no file and reads no entry.
"""

import csv
import datetime as dt
from collections.abc import Iterable, Sequence

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

PRODUCT_BITS = 37
PAIR_BITS = 45
_PRODUCT = (1 << PRODUCT_BITS) - 1
LETTER_BITS = 5
LONGEST_CODE = 10
_CODES = tuple(Economy(code) for code in sorted(EXPORTERS))
_NUMBERS: dict[str, int] = {code: number for number, code in enumerate(_CODES)}
_LENGTHS = (2, 4, 6, 8, LONGEST_CODE)
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


@attrs.frozen(kw_only=True, eq=False)
class Rows:
    """Entries as columns.

    Parameters
    ----------
    day : (row,), int
        Ordinal of the day.
    pair : (row,), int
        Exporter and product in one number below 2 ** `PAIR_BITS`; see `pairs_named`.
    value, duty_paid : (row,), ten-thousandths of a currency unit
        `duty_paid` is -1 where it is not said.
    """

    day: Ints
    pair: Ints
    value: Ints
    duty_paid: Ints

    def __len__(self) -> int:
        return len(self.day)

    def only(self, kept: Bools) -> "Rows":
        """Keep some of the rows."""
        return Rows(
            day=self.day[kept],
            pair=self.pair[kept],
            value=self.value[kept],
            duty_paid=self.duty_paid[kept],
        )


def joined(parts: Sequence[Rows]) -> Rows:
    """Put rows one after another."""
    return Rows(
        **{
            field.name: np.concatenate([getattr(part, field.name) for part in parts])
            for field in attrs.fields(Rows)
        }
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
    for code, number in _NUMBERS.items():
        if len(code) == 3:
            bits = (ord(letter) - ord("@") << LETTER_BITS * n for n, letter in enumerate(code))
            found[sum(bits)] = number
    return found


def pairs_named(pairs: Iterable[int]) -> list[tuple[Economy, Product]]:
    """Name the exporter and the product of each pair.

    Examples
    --------
    >>> pairs_named([pair_number("CHN", "0101")])
    [('CHN', '0101')]
    """
    products = _Products()
    return [(_CODES[pair >> PRODUCT_BITS], products[pair & _PRODUCT]) for pair in pairs]


class _Products(dict[int, Product]):
    """Codes by their part of a pair, written when first asked for: exporters share most."""

    def __missing__(self, number: int) -> Product:
        digits, length = divmod(number, 8)
        self[number] = found = Product(f"{digits:0{LONGEST_CODE}d}"[: _LENGTHS[length]])
        return found


def pair_number(exporter: str, product: str) -> int:
    """Put an exporter and a product into one number; numbers stand in the order of the names."""
    code = int(product.ljust(LONGEST_CODE, "0")) * 8 + _LENGTHS.index(len(product))
    return (_NUMBERS[exporter] << PRODUCT_BITS) + code
