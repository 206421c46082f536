"""Long tables of trade, one row a flow, as they stream by: BACI's and a plain one; opens no file.

Rows are summed into sections or chapters as they come. What is kept of each row are twelve bytes,
to find keys that stand twice.
"""

import csv
from array import array
from collections.abc import Callable, Iterable

import attrs
import numpy as np

from tariffsim import terms
from tariffsim.accounts import Accounts
from tariffsim.arrays import Floats
from tariffsim.axes import Axis
from tariffsim.codec.concordance import Concordance
from tariffsim.codec.fault_tally import FaultTally
from tariffsim.finding import Finding
from tariffsim.scenario.world import Grouping

MOST_AS_WRITTEN = 200
ROWS_AT_A_TIME = 100_000
MOST_ECONOMIES = 1 << 10
INFINITE = float("inf")


@attrs.frozen(kw_only=True)
class LongForm:
    """What a long table calls its columns.

    Parameters
    ----------
    layout : str
        Its name.
    columns : tuple of str
        Those of importer, exporter, product and value.
    unit : float
        Values in USD million.
    year : str, optional
        The column of the year, where a file may hold several.
    """

    layout: str
    columns: tuple[str, str, str, str]
    unit: float = 1.0
    year: str | None = None


LONG = LongForm(layout="long", columns=("importer", "exporter", "product", "value"))
BACI = LongForm(layout="baci", columns=("j", "i", "k", "v"), unit=1e-3, year="t")
"""BACI's exporter, importer, HS code, thousand USD; its tons are not read."""


@attrs.frozen(kw_only=True)
class Reading:
    """How a long table is to be read.

    Parameters
    ----------
    file, name : str
        For places and for the table.
    concordance : Concordance
    grouping : {'section', 'chapter', 'as-written'}
        What products are summed into.
    year : str, optional
        Of BACI; needed where a file holds several.
    """

    file: str
    name: str
    concordance: Concordance
    grouping: Grouping = "section"
    year: str | None = None


class _Sums:
    """Codes to numbers, and the sums of a table so far."""

    def __init__(self, reading: Reading, tally: FaultTally) -> None:
        self.reading, self.tally = reading, tally
        self.economies: dict[str, int] = {}
        self.sectors: dict[str, int] = {}
        self.economy_of: dict[str, int | str] = {}
        self.product_of: dict[str, tuple[int, int] | str] = {}
        self.products: dict[str, int] = {}
        self.total: dict[int, float] = {}
        self.keys, self.lines = array("q"), array("i")
        self.cells, self.values = array("q"), array("d")
        self.years: dict[str, int] = {}

    def economy(self, text: str) -> int:
        """Number an economy; refuse an unknown one, looked up once."""
        found = self.economy_of.get(text)
        if found is None:
            try:
                name = self.reading.concordance.economy(text)
                found = self.economies.setdefault(name, len(self.economies))
            except ValueError as error:
                found = str(error)
            self.economy_of[text] = found
        if isinstance(found, str):
            raise ValueError(found)
        return found

    def product(self, text: str) -> tuple[int, int]:
        """Number a product, and the sector it is summed into."""
        found = self.product_of.get(text)
        if found is None:
            try:
                code = self._code(text)
                sector = self._sector(code)
                number = self.products.setdefault(code, len(self.products))
                found = (number, self.sectors.setdefault(sector, len(self.sectors)))
            except ValueError as error:
                found = str(error)
            self.product_of[text] = found
        if isinstance(found, str):
            raise ValueError(found)
        return found

    def _code(self, text: str) -> str:
        if len(text) % 2 and text.isdigit():
            raise ValueError(
                f"product must be an HS code of 2, 4, 6, 8 or 10 digits, got {text!r}; it seems to "
                f"have lost a leading zero, as 0{text}"
            )
        return terms.parse_product(text)

    def _sector(self, code: str) -> str:
        if self.reading.grouping == "section":
            return self.reading.concordance.section(code)
        if self.reading.grouping == "chapter":
            return code[:2]
        if code not in self.sectors and len(self.sectors) >= MOST_AS_WRITTEN:
            raise ValueError(
                f"product must be one of at most {MOST_AS_WRITTEN}, got one more, {code}; read the "
                "table by chapter or by section"
            )
        return code

    def add(self, importer: int, exporter: int, product: tuple[int, int], value: float) -> None:
        """Sum a flow."""
        pair = importer * MOST_ECONOMIES + exporter
        self.keys.append((product[0] << 20) + pair)
        self.cells.append((product[1] << 20) + pair)
        self.values.append(value)
        if len(self.cells) >= ROWS_AT_A_TIME:
            self.flush()

    def flush(self) -> None:
        """Sum what has gathered."""
        cells, back = np.unique(np.array(self.cells, dtype=np.int64), return_inverse=True)
        sums = np.bincount(back, weights=np.array(self.values, dtype=np.float64))
        for cell, value in zip(cells.tolist(), sums.tolist(), strict=True):
            self.total[cell] = self.total.get(cell, 0.0) + value
        self.cells, self.values = array("q"), array("d")

    def repeated(self) -> None:
        """Note every key that stands more than once, at its later line."""
        if not self.keys:
            return
        keys = np.frombuffer(self.keys, dtype=np.int64)
        order = np.argsort(keys, kind="stable")
        ordered = keys[order]
        again = np.flatnonzero(ordered[1:] == ordered[:-1])
        economy, product = list(self.economies), list(self.products)
        for place in again[np.argsort(order[again + 1], kind="stable")]:
            key, pair = int(keys[order[place]]), int(keys[order[place]]) & ((1 << 20) - 1)
            buyer, seller = economy[pair // MOST_ECONOMIES], economy[pair % MOST_ECONOMIES]
            self.tally.add(
                "repeated-row",
                f"{buyer} {seller} {product[key >> 20]} must stand once, got it again after line "
                f"{self.lines[int(order[place])]}; add the rows up, or drop one",
                line=self.lines[int(order[place + 1])],
            )

    def table(self) -> tuple[Axis, Axis, Floats]:
        """Give the axes in order of their labels, and the sums."""
        economy, sector = sorted(self.economies), sorted(self.sectors)
        place = np.argsort(np.array([self.economies[name] for name in economy]))
        spot = np.argsort(np.array([self.sectors[name] for name in sector]))
        value = np.zeros((len(economy), len(economy), len(sector)))
        for cell, amount in self.total.items():
            pair = cell & ((1 << 20) - 1)
            buyer, seller = place[pair // MOST_ECONOMIES], place[pair % MOST_ECONOMIES]
            value[buyer, seller, spot[cell >> 20]] = amount
        return Axis("economy", economy), Axis("sector", sector), value


def read_flows(
    lines: Iterable[str], reading: Reading, form: LongForm
) -> tuple[Accounts | None, tuple[Finding, ...]]:
    """Read a long table, one row a flow in one year.

    Returns
    -------
    Accounts or None
        None where a fault is an error.
    findings : tuple of Finding
        All faults, each with its line.
    """
    tally = FaultTally(reading.file)
    sums = _Sums(reading, tally)
    rows = csv.reader(lines)
    head = [name.strip().removeprefix("\ufeff") for name in next(rows, [])]
    missing = [name for name in form.columns if name not in head]
    if missing:
        tally.add(
            "columns",
            f"the first line must name the columns {', '.join(form.columns)}, missing "
            f"{', '.join(missing)}; rename them",
            line=1,
        )
        return None, tally.findings()
    places = tuple(head.index(name) for name in form.columns)
    year = head.index(form.year) if form.year in head else None
    for row in rows:
        if not any(row):
            continue  # a blank line at the end is no fault
        if len(row) != len(head):
            message = f"a row must have {len(head)} cells, got {len(row)}; count the commas"
            tally.add("cells", message, line=rows.line_num)
        elif (year is None or _of_year(row[year].strip(), sums, rows.line_num)) and not _added(
            sums, row, places, rows.line_num
        ):
            _add_row(sums, [row[place].strip() for place in places], form.unit, rows.line_num)
    sums.flush()
    if _one_year(sums):
        sums.repeated()
    if not sums.keys and not tally.findings():
        message = "the table must have at least one row of trade, got none; name another file"
        tally.add("no-rows", message, line=1)
    findings = tally.findings()
    if any(finding.severity == "error" for finding in findings):
        return None, findings
    economy, sector, value = sums.table()
    return Accounts(
        name=reading.name,
        layout=form.layout,
        economy=economy,
        sector=sector,
        customs_value=value * form.unit,
        digest="",
    ), findings


def _added(sums: _Sums, row: list[str], places: tuple[int, ...], line: int) -> bool:
    """Sum a row whose codes have all been met, as most have; leave any other alone."""
    buyer, seller = sums.economy_of.get(row[places[0]]), sums.economy_of.get(row[places[1]])
    product = sums.product_of.get(row[places[2]])
    if not (isinstance(buyer, int) and isinstance(seller, int) and isinstance(product, tuple)):
        return False
    try:
        value = float(row[places[3]])
    except ValueError:
        return False
    if not 0 <= value < INFINITE:
        return False
    sums.lines.append(line)
    sums.add(buyer, seller, product, value)
    return True


def _of_year(text: str, sums: _Sums, line: int) -> bool:
    sums.years.setdefault(text, line)
    return sums.reading.year in (None, text)


def _one_year(sums: _Sums) -> bool:
    listed, year = ", ".join(sums.years), sums.reading.year
    if year is None and len(sums.years) > 1:
        line = list(sums.years.values())[1]
        message = (
            f"the table must hold one year, got {listed}; choose one: --year, or year under world"
        )
        sums.tally.add("several-years", message, line=line)
    elif year is not None and sums.years and year not in sums.years:
        message = f"year must be one of the table, got {year}; there are {listed}"
        sums.tally.add("no-such-year", message, line=1)
    return year is not None or len(sums.years) < 2


def _add_row(sums: _Sums, cells: list[str], unit: float, line: int) -> None:
    """Parse a row: every one of its faults, then its sum."""
    found: list[int] = []
    tries: tuple[tuple[str, Callable[[str], int]], ...] = (
        ("importer", sums.economy),
        ("exporter", sums.economy),
    )
    for (name, parse), text in zip(tries, cells[:2], strict=True):
        try:
            found.append(parse(text))
        except ValueError as error:
            message = f"{name} {str(error).partition(' ')[2]}"
            sums.tally.add("unknown-economy", message, line=line)
    product, value = None, None
    try:
        product = sums.product(cells[2])
    except ValueError as error:
        sums.tally.add("unknown-product", str(error), line=line)
    try:
        value = float(cells[3])
    except ValueError:
        message = f"value must be a plain number, got {cells[3]!r}; leave the row out if unknown"
        sums.tally.add("bad-value", message, line=line)
    if value is not None and not 0 <= value < float("inf"):
        shown = f"{value * unit:,.6g} USD million"
        message = f"value must be zero or more, and finite, got {shown}; correct it at the source"
        sums.tally.add("negative-value" if value < 0 else "bad-value", message, line=line)
        value = None
    if len(found) == 2 and product is not None and value is not None:
        sums.lines.append(line)
        sums.add(found[0], found[1], product, value)
