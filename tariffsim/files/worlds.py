"""Benchmark worlds from disk: the packaged one by its name, a user's by its path."""

from collections.abc import Mapping
from pathlib import Path

from tariffsim.codec.documents import read_sources, refuse
from tariffsim.codec.world_tables import WorldTexts, read_world
from tariffsim.disk import read_text
from tariffsim.errors import UnknownName
from tariffsim.files.shipped import composed, shipped, short_name
from tariffsim.log import Source
from tariffsim.scenario import World
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
    if name.endswith(".csv"):
        trade, accounts = folder / name, options.accounts and folder / options.accounts
    elif name in packaged_worlds():
        folder = shipped("data") / "baseline"
        trade, accounts = folder / f"{name}.csv", folder / f"{name}{ACCOUNTS}.csv"
    else:
        raise UnknownName(
            f"table must be a path that ends in .csv or one of {', '.join(packaged_worlds())}, got "
            f"{name!r}{nearest(name, packaged_worlds())}"
        )
    others = {
        kind: _text(folder / path)
        for kind in ("inputs", "concordance", "elasticities")
        if (path := getattr(options, kind))
    }
    texts = WorldTexts(
        trade=_text(trade), accounts=_text(Path(accounts)) if accounts else None, **others
    )
    return read_world(texts, name=name, sources=_register(trade.with_name("sources.yaml")))


def _text(path: Path) -> tuple[str, str]:
    return short_name(path), read_text(path)


def _register(path: Path) -> Mapping[Slug, Source]:
    if not path.exists():
        return {}
    sources, findings = read_sources(composed(path))
    refuse(findings)
    return sources
