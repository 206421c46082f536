"""Industries that buy from each other, and where shortages of materials enter; arrays and names.

Knows no law, no scenario and no parameter's value.
"""

import attrs

from tariffsim.arrays import Floats, Ints, read_only

INDUSTRIES = "industries"
"""Product of what is told of an economy's industries; of one of them, with its sector after it."""


@attrs.frozen(kw_only=True)
class Feed:
    """A use of a material that holds an industry's output down.

    Parameters
    ----------
    material, use : int
        Which of the experiment's materials, and which of its uses.
    industry : int
        Number of the industry.
    share : float
        Part of the industry's output that the use stands for.
    """

    material: int
    use: int
    industry: int
    share: float


@attrs.frozen(kw_only=True, eq=False)
class NetworkCase:
    """An input-output table over the days of a scenario.

    Parameters
    ----------
    table : str
        Its name, as it is shown.
    names : tuple of (economy, sector)
        Industries, region by region.
    intermediate : (region, sector, industry), USD million a year
        Sales between industries.
    final : (region, sector), USD million a year
        Sales to final demand.
    feeds : tuple of Feed
        Where materials enter.
    first_day : int
        Ordinal of day zero.
    control_day : int
        Index of the first day of a control.
    month_of_day : (day,), int
        Month of the horizon, -1 before it.
    """

    table: str
    names: tuple[tuple[str, str], ...]
    intermediate: Floats = attrs.field(converter=read_only)
    final: Floats = attrs.field(converter=read_only)
    feeds: tuple[Feed, ...]
    first_day: int
    control_day: int
    month_of_day: Ints = attrs.field(converter=read_only)

    @property
    def economies(self) -> tuple[str, ...]:
        """The regions, in order."""
        return tuple(dict.fromkeys(economy for economy, _ in self.names))

    @property
    def fed(self) -> tuple[int, ...]:
        """Numbers of the industries in which a material enters, each once."""
        return tuple(dict.fromkeys(feed.industry for feed in self.feeds))
