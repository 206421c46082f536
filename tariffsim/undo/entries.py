"""Entries as columns of whole numbers, exporter and product in one; knows no file and no law.

They share one number because arrays of numbers sort and compare faster than text.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Bools, Ints
from tariffsim.terms import ECONOMIES, RESERVED, WORLD, Economy, Product

# The Harmonized System came into force in 1988; an earlier day has no code of it.
FIRST = dt.date(1988, 1, 1)
LAST = dt.date(2099, 12, 31)
NOT_SAID = -1

PRODUCT_BITS = 37
PAIR_BITS = 45
LONGEST_CODE = 10
EXPORTERS = tuple(Economy(code) for code in sorted(ECONOMIES | RESERVED - {WORLD}))
EXPORTER_NUMBERS: dict[str, int] = {code: number for number, code in enumerate(EXPORTERS)}
_LENGTHS = (2, 4, 6, 8, LONGEST_CODE)
_PRODUCT = (1 << PRODUCT_BITS) - 1


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


def pairs_named(pairs: Iterable[int]) -> list[tuple[Economy, Product]]:
    """Name the exporter and the product of each pair.

    Examples
    --------
    >>> pairs_named([pair_number("CHN", "0101")])
    [('CHN', '0101')]
    """
    products = _Products()
    return [(EXPORTERS[pair >> PRODUCT_BITS], products[pair & _PRODUCT]) for pair in pairs]


class _Products(dict[int, Product]):
    """Codes by their part of a pair, written when first asked for: exporters share most."""

    def __missing__(self, number: int) -> Product:
        digits, length = divmod(number, 8)
        self[number] = found = Product(f"{digits:0{LONGEST_CODE}d}"[: _LENGTHS[length]])
        return found


def pair_number(exporter: str, product: str) -> int:
    """Put an exporter and a product into one number; numbers stand in the order of the names."""
    code = int(product.ljust(LONGEST_CODE, "0")) * 8 + _LENGTHS.index(len(product))
    return (EXPORTER_NUMBERS[exporter] << PRODUCT_BITS) + code
