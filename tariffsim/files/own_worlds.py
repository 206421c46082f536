"""Benchmark worlds from a user's table in a published layout, and the files beside it.

Knows which file is read when; what adds up is judged elsewhere.
"""

from pathlib import Path
from typing import cast

import attrs

from tariffsim.accounts import Accounts
from tariffsim.codec.documents import read_sources, refuse
from tariffsim.codec.world_parts import PartTexts, read_codes, read_parts
from tariffsim.disk import read_text
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.accounts import TableLayout, TableOptions, hs_sections, load_accounts
from tariffsim.files.shipped import composed, short_name
from tariffsim.finding import Finding, Place
from tariffsim.log import Source
from tariffsim.own_world import (
    WITHIN_SECTORS,
    by_sector,
    kept_apart,
    oddities,
    repaired,
    world_table,
)
from tariffsim.scenario import World
from tariffsim.scenario.world import Grouping
from tariffsim.terms import nearest
from tariffsim.world import WorldTable

PARTS = ("accounts", "inputs", "concordance", "elasticities", "rates")


def load_own_world(options: World, *, beside: Path) -> WorldTable:
    """Load a benchmark world from a table of one's own, its layout named.

    Parameters
    ----------
    options : World
        The table, its layout, and the files beside it.
    beside : Path
        Folder that paths lie in.

    Returns
    -------
    WorldTable

    Raises
    ------
    InputError
        Every fault of the table with its line, or of a file beside it; or what does not add up,
        with numbers.
    """
    table = beside / options.table
    texts = {name: beside / path for name in PARTS if (path := getattr(options, name))}
    parts = PartTexts(**{name: (short_name(path), read_text(path)) for name, path in texts.items()})
    accounts, found = load_accounts(table, _reading(options, beside))
    refuse(found)
    assert accounts is not None
    mended = list(oddities(found, repair=options.repair))
    refuse(mended)
    accounts = repaired(accounts) if options.repair else accounts
    before = len(accounts.economy)
    accounts = _kept(accounts, options, table)
    accounts, codes, holds = _sectors(accounts, options, parts, table)
    own = attrs.evolve(parts, concordance=None) if holds else parts
    known = read_parts(own, accounts.economy, accounts.sector)
    known = attrs.evolve(
        known,
        holds=holds or known.holds,
        sources=_source(options, table),
        flagged=(
            *(f"{options.table}: repaired, {finding.message}" for finding in mended),
            *_joined(before - len(accounts.economy), options),
        ),
        digest=parts.digest,
    )
    world, faults = world_table(accounts, known, codes=codes)
    refuse(_placed(faults, table))
    assert world is not None
    return attrs.evolve(world, name=options.table)


def _reading(options: World, beside: Path) -> TableOptions:
    # Codes weigh rates within sectors, so they are summed into these afterwards.
    products: Grouping = "chapter" if options.products == "section" else options.products
    return TableOptions(
        layout=cast("TableLayout", options.layout),
        products=products,
        year=None if options.year is None else str(options.year),
        codes=None if options.codes is None else beside / options.codes,
    )


def _kept(accounts: Accounts, options: World, table: Path) -> Accounts:
    if not options.keep:
        return accounts
    kept, faults = kept_apart(accounts, options.keep)
    refuse(_placed(faults, table))
    assert kept is not None
    return kept


def _joined(fewer: int, options: World) -> tuple[str, ...]:
    if not fewer:
        return ()
    return (f"{options.table}: {fewer + 1} economies are summed into the rest of the world",)


def _sectors(
    accounts: Accounts, options: World, parts: PartTexts, table: Path
) -> tuple[Accounts, Accounts | None, dict[str, tuple[str, ...]]]:
    """Sum codes into sectors: by the user's concordance, by sections, or not at all."""
    if accounts.layout not in WITHIN_SECTORS:
        return accounts, None, {}
    if parts.concordance is not None:
        holds = read_codes(parts.concordance)
    elif options.products == "section":
        holds = hs_sections()
    else:
        return accounts, None, {}
    summed, faults = by_sector(accounts, holds)
    refuse(_placed(faults, table))
    assert summed is not None
    kept = {name: held for name, held in holds.items() if name in summed.sector.labels}
    return summed, accounts, kept


def _source(options: World, table: Path) -> tuple[Source, ...]:
    """Look the table's source up in the register beside it."""
    if options.source is None:
        return ()
    register = table.with_name("sources.yaml")
    if not register.exists():
        raise InputError(
            f"source must be a key of {short_name(register)}, which is not there; write it"
        )
    sources, findings = read_sources(composed(register))
    refuse(findings)
    if options.source not in sources:
        raise UnknownName(
            f"source must be a key of {short_name(register)}, got {options.source!r}"
            f"{nearest(options.source, sources)}"
        )
    return (sources[options.source],)


def _placed(findings: tuple[Finding, ...], table: Path) -> list[Finding]:
    place = Place(file=short_name(table), line=1, column=1)
    return [attrs.evolve(finding, place=finding.place or place) for finding in findings]
