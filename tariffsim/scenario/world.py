"""What the author of a scenario asks of a world model; resolves no name."""

from typing import Literal

import attrs

from tariffsim.terms import Economy, Share, Slug

WorldLayout = Literal["auto", "benchmark", "long", "baci", "icio", "wiod", "folder"]
Grouping = Literal["section", "chapter", "as-written"]


@attrs.frozen(kw_only=True)
class World:
    """How the world models close, and which economies are followed month by month.

    Parameters
    ----------
    table : str
        Benchmark world: the name of a packaged one, or a path beside the scenario, of a file or of
        a folder.
    layout : {'auto', 'benchmark', 'long', 'baci', 'icio', 'wiod', 'folder'}
        Layout of a table of one's own; ``auto`` goes by its first line.
    products : {'section', 'chapter', 'as-written'}
        What the customs codes of a long table are summed into, where no concordance says.
    year : int, optional
        Year of a BACI file with several.
    codes : str, optional
        File with the table's own list of economies, as BACI has one.
    keep : tuple of Economy
        Economies of the table that stay, all others being summed into ROW; all stay where left out.
    rates : str, optional
        File with benchmark rates by importer, exporter and sector, where the table has none.
    source : Slug, optional
        Where the table comes from: a key of the ``sources.yaml`` beside it.
    repair : bool
        Set sales below zero to zero, and take as value added what output leaves after inputs,
        instead of refusing such a table.
    accounts : str, optional
        File with gross output by economy, from which own trade follows: with value added, or by
        sector where the table has many.
    inputs : str, optional
        File with inputs in USD million by economy, used and using sector; without it and without
        accounts, nothing is an input.
    concordance : str, optional
        File with the customs codes that each sector holds, where sectors are not codes themselves.
    elasticities : str, optional
        File with a central trade elasticity by sector.
    economies : tuple of Economy
        Economies followed by month, all flows between them in question; those of the markets where
        left out.
    deficit : {'additive', 'multiplicative', 'removed'}
        Deficits held in value, held as a share of income (gravity), or removed (world).
    rebate : {'lump-sum', 'labour-tax'}
        Who gets the duty: households, or those who pay a tax on labour (gravity).
    failures : Share, optional
        Largest share of draws that may find no equilibrium; 1% where left out.
    iterations : int
        Sweeps before a draw is given up.
    """

    table: str = "ten-economies-2023"
    layout: WorldLayout = "auto"
    products: Grouping = "section"
    year: int | None = None
    codes: str | None = None
    keep: tuple[Economy, ...] = ()
    rates: str | None = None
    source: Slug | None = None
    repair: bool = False
    accounts: str | None = None
    inputs: str | None = None
    concordance: str | None = None
    elasticities: str | None = None
    economies: tuple[Economy, ...] = ()
    deficit: Literal["additive", "multiplicative", "removed"] = "additive"
    rebate: Literal["lump-sum", "labour-tax"] = "lump-sum"
    failures: Share | None = None
    iterations: int = 300
