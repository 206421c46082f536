"""Benchmark trade and the duty it paid, as dense arrays over importer, exporter, product.

Knows no law and no model: a table says what was imported in one year and what was collected on it.
"""

import attrs

from tariffsim.arrays import Floats, read_only
from tariffsim.axes import TradeAxes
from tariffsim.log import Source


@attrs.frozen(kw_only=True, eq=False)
class TradeTable:
    """One year of trade.

    Parameters
    ----------
    name : str
        The table's name.
    axes : TradeAxes
        Importers, exporters and products.
    customs_value : (importer, exporter, product), USD million
        Duty-exclusive customs value.
    duty : (importer, exporter, product), USD million
        Duty collected.
    sources : tuple of Source
        Where the rows come from.
    flagged : tuple of str
        Sources of rows that are estimates or judgement (grade L).
    digest : str
        Hash of the table as read.
    """

    name: str
    axes: TradeAxes
    customs_value: Floats = attrs.field(converter=read_only)
    duty: Floats = attrs.field(converter=read_only)
    sources: tuple[Source, ...]
    flagged: tuple[str, ...]
    digest: str
