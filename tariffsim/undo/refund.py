"""What stood and what would stand without one measure, entries as sums, refunds; knows no law.

Rates are whole numbers of 1e-12 and amounts whole ten-thousandths of a currency unit, so a refund
is a whole number of 1e-16 and adds up exactly, in whatever pieces a file is read.
"""

import datetime as dt
from collections.abc import Mapping

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.terms import Economy, Product, Slug

AMOUNT_UNIT = 10_000
RATE_UNIT = 10**12
REFUND_UNIT = AMOUNT_UNIT * RATE_UNIT

Exact = npt.NDArray[np.object_]
"""Whole numbers of 1e-16 currency units, which no machine integer can hold."""


def month_number(day: dt.date) -> int:
    """Count months since January of year 0."""
    return day.year * 12 + day.month - 1


def month_label(number: int) -> str:
    """Write a month number as YYYY-MM.

    Examples
    --------
    >>> month_label(month_number(dt.date(2025, 4, 30)))
    '2025-04'
    """
    return f"{number // 12:04d}-{number % 12 + 1:02d}"


@attrs.frozen(kw_only=True)
class LayerShift:
    """What one measure adds to a rate as the law stood, and without the measure undone; 1e-12.

    `low` is where lists cover the least that is known, `high` where they cover the most.
    """

    measure: Slug
    with_low: int
    with_high: int
    without_low: int
    without_high: int


@attrs.frozen(kw_only=True)
class RateSpan:
    """The stack with and without the measure, over days on which neither changes.

    Parameters
    ----------
    start : date
        First day.
    end : date, optional
        First day no longer; None is open.
    layers : tuple of LayerShift
        Every measure that adds to either stack.
    refundable : bool
        Whether what was paid on these days is refundable.
    """

    start: dt.date
    end: dt.date | None
    layers: tuple[LayerShift, ...]
    refundable: bool

    @property
    def with_ends(self) -> tuple[int, int]:
        """The stack as it stood, both ends."""
        return sum(x.with_low for x in self.layers), sum(x.with_high for x in self.layers)

    @property
    def without_ends(self) -> tuple[int, int]:
        """The stack without the measure, both ends."""
        return sum(x.without_low for x in self.layers), sum(x.without_high for x in self.layers)

    @property
    def difference_ends(self) -> tuple[int, int]:
        """What the measure costs through the whole stack, both ends."""
        (low, high), (without_low, without_high) = self.with_ends, self.without_ends
        return low - without_low, high - without_high


@attrs.frozen(kw_only=True)
class Undone:
    """A measure taken out of the law from a day on, with the rates on one flow.

    Parameters
    ----------
    log, measure, authority : Slug
        Which measure of which log, under which law.
    known_on : date, optional
        Knowledge day; None is everything in the log.
    importer, exporter : Economy
        The flow whose rates are shown.
    product : Product, optional
        The product whose rates are shown; None is the headline of the measures on all goods.
    start : date
        First day undone.
    end : date, optional
        First day on which the measure is no longer levied; None is open.
    ruling : str, optional
        Id of the event that voided it; None where no court has, and undoing it is a what-if.
    refundable_from : date, optional
        What was paid from this day on is refundable; None where nothing is.
    spans : tuple of RateSpan
        Day ranges, in order.
    """

    log: Slug
    measure: Slug
    authority: Slug
    known_on: dt.date | None
    importer: Economy
    exporter: Economy
    product: Product | None
    start: dt.date
    end: dt.date | None
    ruling: str | None
    refundable_from: dt.date | None
    spans: tuple[RateSpan, ...]


@attrs.frozen(kw_only=True)
class BadRow:
    """A row of an entries file that cannot be counted: its line, why, and its text."""

    line: int
    reason: str
    text: str


@attrs.frozen(kw_only=True)
class Reading:
    """How an entries file was read.

    Parameters
    ----------
    file : str
        Its name.
    counted, bad : int
        Rows that were counted, and rows that could not be.
    outside : int
        Rows counted whose day lies outside the days on which the measure stood.
    value : int
        Customs value of all rows counted, ten-thousandths of the file's currency unit.
    duty_paid : int, optional
        Duty paid on them; None where the file does not say.
    first_bad : tuple of BadRow
        The first of the bad rows.
    """

    file: str
    counted: int
    bad: int
    outside: int
    value: int
    duty_paid: int | None
    first_bad: tuple[BadRow, ...]


@attrs.frozen(kw_only=True, eq=False)
class Flows:
    """Imports while a measure stood, summed by law segment, month, exporter and product.

    Parameters
    ----------
    name, basis : str
        Where they come from, and what they are (``entries`` or ``benchmark``).
    currency : str
        What one unit is.
    pairs : tuple of (Economy, Product)
        Exporter and product, by number.
    pair, segment, month : (cell,), int
        Position in `pairs`; segment of the law; months since January of year 0.
    rows : (cell,), int
        Rows summed.
    value : (cell,), ten-thousandths of a currency unit
        Customs value.
    over_low, over_high : (cell,), ten-thousandths of a currency unit
        By how much the duty by law is more than the duty paid, row by row, where lists cover the
        least and the most; a refund cannot exceed what was paid.
    reading : Reading, optional
        How the file was read.
    """

    name: str
    basis: str
    currency: str
    pairs: tuple[tuple[Economy, Product], ...]
    pair: Ints = attrs.field(converter=read_only)
    segment: Ints = attrs.field(converter=read_only)
    month: Ints = attrs.field(converter=read_only)
    rows: Ints = attrs.field(converter=read_only)
    value: Ints = attrs.field(converter=read_only)
    over_low: Ints = attrs.field(converter=read_only)
    over_high: Ints = attrs.field(converter=read_only)
    reading: Reading | None = None


@attrs.frozen(kw_only=True, eq=False)
class Amounts:
    """Duty levied under a measure, by whatever the labels say.

    Parameters
    ----------
    labels : tuple of tuple of str
        One a row.
    rows : (row,), int
        Entries summed.
    value : (row,), ten-thousandths of a currency unit
        Customs value of entries on which the measure made a difference, as whole numbers.
    least, most : (row,), 1e-16 currency units
        Exact, where lists cover the least and the most that is known; neither bounds the other.
    low, median, high : (row,), currency units
        10th, 50th and 90th percentile over the draws of list coverage.
    """

    labels: tuple[tuple[str, ...], ...]
    rows: Ints = attrs.field(converter=read_only)
    value: Exact = attrs.field(converter=read_only)
    least: Exact = attrs.field(converter=read_only)
    most: Exact = attrs.field(converter=read_only)
    low: Floats = attrs.field(converter=read_only)
    median: Floats = attrs.field(converter=read_only)
    high: Floats = attrs.field(converter=read_only)


@attrs.frozen(kw_only=True, eq=False)
class Refund:
    """What was paid under one measure, and what of it is refundable.

    Parameters
    ----------
    undone : Undone
        The measure and the rates.
    name, basis, currency : str
        Of the flows.
    tables : mapping of str to Amounts
        ``total`` (one row: all that was levied; another: what of it is refundable), ``month``,
        ``product``, and ``line`` (month, product, whether refundable).
    draws, seed : int
        How many draws, and their seed.
    reading : Reading, optional
        How the file was read.
    """

    undone: Undone
    name: str
    basis: str
    currency: str
    tables: Mapping[str, Amounts]
    draws: int
    seed: int
    reading: Reading | None = None
