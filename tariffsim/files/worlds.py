"""Benchmark worlds from disk: the packaged one by its name, a user's by its path."""

from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs

from tariffsim.codec.documents import read_sources, refuse
from tariffsim.codec.world_tables import WorldTexts, read_world
from tariffsim.disk import read_text
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.accounts import first_line, layout_of
from tariffsim.files.own_worlds import load_own_world
from tariffsim.files.shipped import composed, shipped, short_name
from tariffsim.log import Source
from tariffsim.scenario import World
from tariffsim.scenario.world import WorldLayout
from tariffsim.terms import Slug, nearest
from tariffsim.world import WorldTable

ACCOUNTS = "-accounts"


def packaged_worlds() -> tuple[str, ...]:
    """List the benchmark worlds that travel with the library."""
    folder = shipped("data") / "baseline"
    return tuple(sorted(p.stem.removesuffix(ACCOUNTS) for p in folder.glob(f"*{ACCOUNTS}.csv")))


def load_world(options: World, *, beside: Path | None = None) -> WorldTable:
    """Load a benchmark world.

    Parameters
    ----------
    options : World
        Names of its tables.
    beside : Path, optional
        Folder that paths lie in; the current one where left out.

    Returns
    -------
    WorldTable
        Checked row by row.

    Raises
    ------
    InputError
        Every bad row; or a table that is not there.

    Examples
    --------
    >>> table = load_world(World())
    >>> table.economy.labels[:3], table.sector.labels
    (('USA', 'CHN', 'EU27'), ('goods',))
    """
    folder = beside or Path()
    name = options.table
    if name in packaged_worlds():
        _refuse_idle(options, "benchmark")
        base = shipped("data") / "baseline"
        return _benchmark(options, base / f"{name}.csv", base / f"{name}{ACCOUNTS}.csv", folder)
    table = folder / name
    if not (table.exists() or table.suffix == ".csv" or "/" in name):
        raise UnknownName(
            f"table must be a path or one of {', '.join(packaged_worlds())}, got {name!r}"
            f"{nearest(name, packaged_worlds())}"
        )
    layout = _layout(options, table)
    _refuse_idle(options, layout)
    if layout == "benchmark":
        accounts = folder / options.accounts if options.accounts else None
        return _benchmark(options, table, accounts, folder)
    return load_own_world(attrs.evolve(options, layout=layout), beside=folder)


OWN: tuple[WorldLayout, ...] = ("long", "baci", "icio", "wiod", "folder")
ACTS: Mapping[str, tuple[WorldLayout, ...]] = {
    "products": ("long", "baci"),
    "year": ("baci",),
    "inputs": ("long", "baci", "benchmark"),
    "accounts": ("long", "baci", "benchmark"),
    "codes": OWN,
    "keep": OWN,
    "rates": OWN,
    "source": OWN,
    "repair": OWN,
}
"""What of `World` acts in which layouts only."""


def _refuse_idle(options: World, layout: WorldLayout) -> None:
    """Refuse what the author asks and the layout has no use for."""
    plain = World()
    idle = [
        f"{name} acts where the layout is {' or '.join(acts)}, got {layout}; leave it out"
        for name, acts in ACTS.items()
        if layout not in acts and getattr(options, name) != getattr(plain, name)
    ]
    if idle:
        raise InputError("\n".join(idle))


def _layout(options: World, table: Path) -> WorldLayout:
    """Tell the layout of a table: as named, or by its first line."""
    if options.layout != "auto":
        return options.layout
    if not table.is_dir():
        head = first_line(table)
        if "customs_value" in head or {"importer", "value"} & set(head) == {"importer"}:
            return "benchmark"
    return cast("WorldLayout", layout_of(table))


def _benchmark(options: World, trade: Path, accounts: Path | None, folder: Path) -> WorldTable:
    """Load a table that carries rates and sources in its rows."""
    others = {
        kind: _text(folder / path)
        for kind in ("inputs", "concordance", "elasticities")
        if (path := getattr(options, kind))
    }
    texts = WorldTexts(trade=_text(trade), accounts=_text(accounts) if accounts else None, **others)
    return read_world(texts, name=options.table, sources=_register(trade.with_name("sources.yaml")))


def _text(path: Path) -> tuple[str, str]:
    return short_name(path), read_text(path)


def _register(path: Path) -> Mapping[Slug, Source]:
    if not path.exists():
        return {}
    sources, findings = read_sources(composed(path))
    refuse(findings)
    return sources
