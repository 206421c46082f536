"""Which input-output table shortages are followed through, and where they enter; names only."""

import datetime as dt

import attrs

from tariffsim.terms import PARTS_PER_UNIT, Economy, Share, Slug


@attrs.frozen(kw_only=True)
class TableUse:
    """A use of a material, and the industry of the table whose output it holds down.

    Parameters
    ----------
    material : Slug
        One of the scenario's, with facts.
    use : Slug
        One of the industries on its sheet.
    economy : Economy
        Where the industry is.
    sector : str
        Its name in the table.
    share : Share
        Part of the sector's output that is this use's, where the sector holds more.
    """

    material: Slug
    use: Slug
    economy: Economy
    sector: str
    share: Share = Share(PARTS_PER_UNIT)


@attrs.frozen(kw_only=True)
class Industries:
    """An input-output table through which shortages of materials are followed.

    Parameters
    ----------
    table : str
        ``illustrative`` for the packaged one, which is made up; or a folder or file beside the
        scenario, in one of the layouts that `tariffsim table check` reads.
    uses : tuple of TableUse
        Where materials enter.
    published : date, optional
        The day a table of one's own became public; only what was known is used.
    """

    table: str
    uses: tuple[TableUse, ...]
    published: dt.date | None = None
