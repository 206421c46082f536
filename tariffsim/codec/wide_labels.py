"""What the labels of an input-output table mean: OECD ICIO, WIOD, and a plain one; knows no number.

A label is an industry, final demand, or one of the rows and columns around them.
"""

import re
from typing import Literal

import attrs

from tariffsim.codec.concordance import Concordance
from tariffsim.terms import Economy

Layout = Literal["icio", "wiod", "folder"]
Part = Literal["industry", "final", "added", "taxes", "output", "aside"]

FINAL = frozenset(
    """HFCE NPISH GGFC GFCF INVNT DPABR NONRES P33 HC FD VALU FINAL HOUSEHOLDS GOVERNMENT
    INVESTMENT CONS INVENTORIES""".split()
)
ADDED = frozenset({"VA", "VALU", "VALUE_ADDED", "GVA"})
OUTPUT = frozenset({"OUT", "OUTPUT", "GO", "TOTAL", "TOT", "GROSS_OUTPUT"})
TAXES = frozenset({"TLS", "TXS", "TAXSUB", "TAXES", "TXSP", "EXP_ADJ", "PURR", "PURNR", "INTTTM"})
ASIDE = frozenset({"II_FOB"})  # a sum of the rows above it
WIOD_LABELS = ("IndustryCode", "IndustryDescription", "Country", "RNr", "Year")
WIOD_FINAL = 5

_WIOD_COLUMN = re.compile(r"([A-Za-z]{3})(\d+)")


@attrs.frozen
class Label:
    """What a row or a column holds: which part, and of whom where it is somebody's."""

    part: Part
    economy: Economy | None = None
    sector: str = ""


def around(text: str) -> Label | None:
    """Read the label of a row or column that is no industry's."""
    word = text.strip().upper()
    for words, part in ((ADDED, "added"), (OUTPUT, "output"), (TAXES, "taxes"), (ASIDE, "aside")):
        if word in words:
            return Label(part)  # type: ignore[arg-type]
    return None


def joined(text: str, concordance: Concordance) -> Label:
    """Read ``AUS_A01_02``, ``AUS_HFCE``, ``VA``; an economy alone is its final demand.

    Raises
    ------
    ValueError
        Nobody goes by the economy's code.

    Examples
    --------
    >>> nobody = Concordance(economies={}, sections={})
    >>> joined("MX1_C29", nobody)
    Label(part='industry', economy='MEX', sector='C29')
    >>> joined("USA_HFCE", nobody).part, joined("TLS", nobody).part
    ('final', 'taxes')
    """
    found = around(text)
    if found is not None:
        return found
    code, _, sector = text.strip().partition("_")
    economy = concordance.economy(code)
    if not sector:
        return Label("final", economy)
    if sector.upper() in FINAL:
        return Label("final", economy, sector)
    # ICIO prints taxes and value added by economy in some editions.
    inside = around(sector)
    return inside if inside is not None else Label("industry", economy, sector)


def wiod_columns(head: list[str], concordance: Concordance) -> list[Label | str]:
    """Read ``AUS1`` to ``AUS61`` and ``TOT``: the last five numbers of each are final demand.

    Returns
    -------
    list of Label or str
        One a column; a text says what is wrong with it.
    """
    matched = [_WIOD_COLUMN.fullmatch(name.strip()) for name in head]
    numbers = [int(found[2]) for found in matched if found]
    industries = max(numbers, default=0) - WIOD_FINAL
    labels: list[Label | str] = []
    for name, found in zip(head, matched, strict=True):
        other = around(name)
        if found is None:
            labels.append(other or f"column must be like AUS1 or TOT, got {name!r}; rename it")
            continue
        try:
            economy = concordance.economy(_upper(found[1]))
        except ValueError as error:
            labels.append(str(error))
            continue
        number = int(found[2])
        part: Part = "industry" if number <= industries else "final"
        labels.append(Label(part, economy, str(number)))
    return labels


def wiod_row(cells: dict[str, str], concordance: Concordance) -> Label:
    """Read the label columns of a row.

    Raises
    ------
    ValueError
        It is neither an industry's row nor one of those below them.
    """
    if cells["Country"].strip().upper() == "TOT":
        found = around(cells["IndustryCode"])
        if found is None:
            raise ValueError(
                f"row of the total must be II_fob, TXSP, VA or GO, got {cells['IndustryCode']!r}; "
                "leave it out"
            )
        return found
    economy = concordance.economy(_upper(cells["Country"].strip()))
    return Label("industry", economy, cells["RNr"].strip())


def _upper(code: str) -> str:
    return "ROW" if code.upper() == "ROW" else code
