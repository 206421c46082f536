"""Benchmark trade and the duty it paid, as dense arrays over importer, exporter, product.

Knows no law and no model: a table says what was imported in one year and what was collected on it.
"""

import datetime as dt
from collections.abc import Mapping

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


@attrs.frozen(kw_only=True)
class MonthlyFigure:
    """Trade of one flow in one month.

    Parameters
    ----------
    customs_value : float, USD million
        Value before duty.
    duty : float or None, USD million
        Duty owed on it; None where nobody prints it.
    published : date
        The day the figure first became public.
    """

    customs_value: float
    duty: float | None
    published: dt.date


@attrs.frozen(kw_only=True)
class MonthlyTrade:
    """Trade by month, for the seasons of a baseline path and for what was collected.

    Parameters
    ----------
    name : str
        The table's name.
    flows : mapping of (importer, exporter) to mapping of month to MonthlyFigure
        Months are written ``2024-01``; the exporter ``ROW`` is all but the others of the table.
    sources : tuple of Source
        Where the rows come from.
    digest : str
        Hash of the table as read.
    """

    name: str
    flows: Mapping[tuple[str, str], Mapping[str, MonthlyFigure]]
    sources: tuple[Source, ...]
    digest: str
