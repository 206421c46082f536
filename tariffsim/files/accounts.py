"""A user's trade or input-output table from disk, whatever its layout; checks no sum itself.

A long table is read as it streams by, an input-output table row by row: neither is held as text.
"""

import contextlib
import csv
import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Literal, TextIO

import attrs

from tariffsim.accounts import Accounts
from tariffsim.accounts_check import check_accounts
from tariffsim.codec.broken_csv import told
from tariffsim.codec.concordance import Concordance, read_concordance, with_codes
from tariffsim.codec.long_tables import BACI, LONG, Reading, read_flows
from tariffsim.codec.wide_labels import WIOD_LABELS, Layout
from tariffsim.codec.wide_tables import WideReader
from tariffsim.disk import refused
from tariffsim.errors import InputError
from tariffsim.files.shipped import shipped, short_name
from tariffsim.finding import Finding, Place
from tariffsim.scenario.world import Grouping

TableLayout = Literal["auto", "long", "baci", "icio", "wiod", "folder"]

FOLDER_FILES = ("intermediate.csv", "final.csv", "value_added.csv")


@attrs.frozen(kw_only=True)
class TableOptions:
    """How a table is to be read.

    Parameters
    ----------
    layout : {'auto', 'long', 'baci', 'icio', 'wiod', 'folder'}
        ``auto`` goes by the first line.
    products : {'section', 'chapter', 'as-written'}
        What the products of a long table are summed into.
    year : str, optional
        Of a BACI file with several.
    codes : path, optional
        The table's own list of economies.
    """

    layout: TableLayout = "auto"
    products: Grouping = "section"
    year: str | None = None
    codes: Path | None = None


def load_accounts(
    path: str | Path, options: TableOptions | None = None
) -> tuple[Accounts | None, tuple[Finding, ...]]:
    """Load a table, with everything that is wrong or odd about it.

    Parameters
    ----------
    path : str or Path
        A CSV file, or a folder with `FOLDER_FILES`.
    options : TableOptions, optional

    Returns
    -------
    Accounts or None
        None where a fault is an error.
    findings : tuple of Finding
        Errors and warnings, each with its line where it has one.

    Raises
    ------
    InputError
        A file is missing or cannot be read, or is no table at all.

    Examples
    --------
    >>> accounts, findings = load_accounts(shipped("data") / "tables" / "illustrative")
    >>> accounts.economy.labels, len(accounts.sector), findings
    (('CHN', 'ROW', 'USA'), 6, ())
    """
    options = options or TableOptions()
    path = Path(path)
    layout = options.layout if options.layout != "auto" else layout_of(path)
    concordance = _concordance(options)
    if layout in ("long", "baci"):
        reading = Reading(
            file=short_name(path),
            name=path.name,
            concordance=concordance,
            grouping=options.products,
            year=options.year,
        )
        with _opened(path) as lines:
            form = BACI if layout == "baci" else LONG
            accounts, findings = read_flows(lines, reading, form)
        files = [path]
    else:
        wide: Layout = layout  # type: ignore[assignment]
        accounts, findings, files = _wide(path, wide, concordance)
    if accounts is None:
        return None, findings
    codes = [] if options.codes is None else [options.codes]
    accounts = attrs.evolve(accounts, digest=_digest([*files, *codes]))
    place = Place(file=short_name(path), line=1, column=1)
    odd = [attrs.evolve(finding, place=place) for finding in check_accounts(accounts)]
    return accounts, (*findings, *odd)


def _wide(
    path: Path, layout: Layout, concordance: Concordance
) -> tuple[Accounts | None, tuple[Finding, ...], list[Path]]:
    files = [path / name for name in FOLDER_FILES] if layout == "folder" else [path]
    reader = WideReader(layout, concordance)
    for file in files:
        with _opened(file) as lines:
            reader.read(lines, file=short_name(file))
    return *reader.accounts(name=path.name, file=short_name(files[0])), files


def layout_of(path: Path) -> TableLayout:
    """Tell the layout by the first line.

    Raises
    ------
    InputError
        It is that of no known layout.
    """
    if path.is_dir():
        return "folder"
    head = first_line(path)
    if {"importer", "exporter", "product"} <= set(head):
        return "long"
    if {"t", "i", "j", "k", "v"} <= set(head):
        return "baci"
    if tuple(head[: len(WIOD_LABELS)]) == WIOD_LABELS:
        return "wiod"
    if sum("_" in name for name in head) > len(head) / 2:
        return "icio"
    raise InputError(
        f"{path}: the first line must be that of a known layout, got {', '.join(head[:6])}; long "
        "starts with importer,exporter,product,value, BACI with t,i,j,k,v,q, WIOD with "
        "IndustryCode, ICIO with V1,AUS_A01_02 or such; name it: --layout, or layout under world"
    )


def first_line(path: Path) -> list[str]:
    """Read the names of a table's columns; lines that start with # before them are for people."""
    with _opened(path) as lines:
        head = next((line for line in lines if not line.startswith("#")), "")
    return [name.strip() for name in head.split(",")]


def hs_sections() -> dict[str, tuple[str, ...]]:
    """List the chapters of each section of the Harmonised System.

    Examples
    --------
    >>> hs_sections()["16"]
    ('84', '85')
    """
    found: dict[str, tuple[str, ...]] = {}
    for chapter, section in _concordance(TableOptions()).sections.items():
        found[section] = (*found.get(section, ()), chapter)
    return found


def _concordance(options: TableOptions) -> Concordance:
    folder = shipped("data") / "concordance"
    with _opened(folder / "economies.csv") as first, _opened(folder / "hs-sections.csv") as second:
        found = read_concordance(first, second)
    if options.codes is None:
        return found
    with _opened(options.codes) as lines:
        try:
            return with_codes(found, lines, file=short_name(options.codes))
        except ValueError as error:
            raise InputError(str(error)) from None


@contextlib.contextmanager
def _opened(path: Path) -> Iterator[TextIO]:
    """Open a file line by line, and say in words what the system or its letters refuse."""
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            yield stream
    except UnicodeDecodeError as error:
        raise InputError(
            f"{path}: text must be UTF-8, got byte 0x{error.object[error.start]:02X}; save the "
            "file as UTF-8"
        ) from None
    except csv.Error as error:
        raise InputError(f"{path}: {told(error)}") from None
    except OSError as error:
        raise refused(error, path, doing="read") from error


def _digest(files: list[Path]) -> str:
    whole = hashlib.sha256()
    for file in files:
        with file.open("rb") as stream:
            whole.update(hashlib.file_digest(stream, "sha256").digest())
    return whole.hexdigest()
