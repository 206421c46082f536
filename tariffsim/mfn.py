"""Ordinary (MFN) rates by chapter, as a first layer under the measures of a log; opens no file.

The tables are simple averages over tariff lines: they tell how high the ordinary duty of a chapter
is, not what one line of it pays, and they leave preferences aside.
"""

import csv
import io
from collections.abc import Mapping

import attrs

from tariffsim.errors import InputError, UnknownName
from tariffsim.layers import Layer, Stacked
from tariffsim.log import Source
from tariffsim.terms import (
    PARTS_PER_UNIT,
    Economy,
    Product,
    Rate,
    Slug,
    parse_product,
    parse_rate,
    parse_whole,
)

MFN = Slug("mfn")
"""Name of the layer, of its authority and of its group."""

COLUMNS = ("product", "mfn_rate", "lines", "basis", "source", "grade")


@attrs.frozen(kw_only=True)
class MfnRate:
    """The average ordinary duty of a chapter.

    Parameters
    ----------
    importer : Economy
        Who levies it.
    chapter : Product
        HS chapter.
    rate : Rate
        Simple average, parts per million.
    lines : int
        How many lines it is the average of.
    basis : str
        What the lines are of: the chapter itself, or the section that it belongs to.
    grade : str
        H, M or L.
    source : Source
        Where it comes from, with its vintage.
    """

    importer: Economy
    chapter: Product
    rate: Rate
    lines: int
    basis: str
    grade: str
    source: Source

    @property
    def words(self) -> str:
        """What the figure is, for people: never the rate of one code."""
        of = f"chapter {self.chapter}" if self.basis == "chapter" else self.basis
        return f"simple average of {of}, {self.lines} lines"


MfnTable = Mapping[Product, MfnRate]


def read_mfn(
    text: str, *, importer: Economy, file: str, sources: Mapping[Slug, Source]
) -> MfnTable:
    """Read a table of rates by chapter.

    Parameters
    ----------
    text : str
        CSV with the columns `COLUMNS`; rates with their percent sign.
    importer : Economy
        Whose rates they are.
    file : str
        Its name, for complaints.
    sources : mapping of Slug to Source
        The register its rows refer to.

    Returns
    -------
    mapping of Product to MfnRate
        One a chapter.

    Raises
    ------
    InputError
        Every bad row, with its line.
    """
    found: dict[Product, MfnRate] = {}
    faults: list[str] = []
    rows = csv.DictReader(io.StringIO(text))
    for row in rows:
        try:
            rate = _rate(row, importer, sources)
        except (ValueError, KeyError, TypeError) as fault:
            faults.append(f"{file}:{rows.line_num}:1: error: {fault}")
            continue
        if rate.chapter in found:
            faults.append(f"{file}:{rows.line_num}:1: error: chapter {rate.chapter} stands twice")
        found[rate.chapter] = rate
    if faults:
        raise InputError("\n".join(faults))
    return found


def _rate(row: dict[str, str], importer: Economy, sources: Mapping[Slug, Source]) -> MfnRate:
    chapter = parse_product(row["product"])
    if len(chapter) != 2:
        raise ValueError(f"product must be a chapter of two digits, got {row['product']}")
    return MfnRate(
        importer=importer,
        chapter=chapter,
        rate=parse_rate(row["mfn_rate"]),
        lines=parse_whole(row["lines"]),
        basis=row["basis"],
        grade=row["grade"],
        source=sources[Slug(row["source"])],
    )


def mfn_of(table: MfnTable, product: Product) -> MfnRate:
    """Find the rate of the chapter that a code belongs to.

    Raises
    ------
    UnknownName
        The table has no such chapter.
    """
    chapter = Product(product[:2])
    if chapter not in table:
        raise UnknownName(
            f"product must be of a chapter with an MFN rate, got {product}; there is none for "
            f"chapter {chapter}, so leave --with-mfn out"
        )
    return table[chapter]


def with_mfn(stacked: Stacked, mfn: MfnRate) -> Stacked:
    """Put the ordinary duty under a stack, as its first layer.

    Parameters
    ----------
    stacked : Stacked
        Measures on a product; the headline without a product is what comes on top of MFN.
    mfn : MfnRate
        The rate of the product's chapter.

    Returns
    -------
    Stacked
        The layers add up to the total exactly, as before.

    Examples
    --------
    >>> import datetime as dt
    >>> import tariffsim as ts
    >>> from tariffsim.files.mfn import load_mfn
    >>> log, day = ts.load_log("us-china"), dt.date(2026, 9, 1)
    >>> magnets = ts.state(log, day, "USA", "CHN", product="850511")
    >>> whole = with_mfn(magnets, mfn_of(load_mfn("USA"), "850511"))
    >>> whole.layers[0].measure, whole.low - magnets.low
    ('mfn', 14202000000)
    """
    ends = mfn.rate * PARTS_PER_UNIT
    layer = Layer(
        measure=MFN,
        authority=MFN,
        group=MFN,
        rate=mfn.rate,
        low=ends,
        high=ends,
        events=(),
    )
    return attrs.evolve(stacked, layers=(layer, *stacked.layers))
