"""What the author of a scenario asks of a world model; resolves no name."""

from typing import Literal

import attrs

from tariffsim.terms import Economy, Share


@attrs.frozen(kw_only=True)
class World:
    """How the world models close, and which economies are followed month by month.

    Parameters
    ----------
    table : str
        Benchmark world: the name of a packaged one, or a path beside the scenario.
    accounts : str, optional
        File with value added and gross output by economy, from which own trade follows.
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
    accounts: str | None = None
    inputs: str | None = None
    concordance: str | None = None
    elasticities: str | None = None
    economies: tuple[Economy, ...] = ()
    deficit: Literal["additive", "multiplicative", "removed"] = "additive"
    rebate: Literal["lump-sum", "labour-tax"] = "lump-sum"
    failures: Share | None = None
    iterations: int = 300
