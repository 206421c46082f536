"""One year's trade spread evenly over the days on which a measure stood; knows no rate.

What would have been imported had nothing changed. It is a yardstick, never what was imported.
"""

import datetime as dt

import numpy as np

from tariffsim.errors import InputError
from tariffsim.terms import Economy, Product
from tariffsim.trade import TradeTable
from tariffsim.undo.law import Undoing
from tariffsim.undo.refund import AMOUNT_UNIT, Flows, month_number

USD_PER_MILLION = 1_000_000


def benchmark_flows(undone: Undoing, trade: TradeTable) -> Flows:
    """Spread one year's trade over the days on which a measure stood, as if nothing had changed.

    Parameters
    ----------
    undone : Undoing
        The measure taken out.
    trade : TradeTable
        One year of imports, USD million.

    Returns
    -------
    Flows
        On each day 1/365 or 1/366 of the year, as far as the log tells what happened.

    Raises
    ------
    InputError
        The table has no imports of this importer, or the measure only starts later.
    """
    if undone.importer not in trade.axes.importer.labels:
        raise InputError(
            f"the trade table {trade.name} must have imports of {undone.importer}, got none; "
            "give --entries"
        )
    stretches = _stretches(undone)
    yearly = trade.customs_value[trade.axes.importer.index(undone.importer)]
    exporters, products = np.nonzero(yearly)
    amounts = [
        np.rint(yearly[exporters, products] * (USD_PER_MILLION * AMOUNT_UNIT * share))
        for _, _, share in stretches
    ]
    cells = len(exporters)
    number = np.arange(cells)
    return Flows(
        name=trade.name,
        basis="benchmark",
        currency="USD",
        pairs=tuple(
            (
                Economy(trade.axes.exporter.labels[exporter]),
                Product(trade.axes.product.labels[product]),
            )
            for exporter, product in zip(exporters, products, strict=True)
        ),
        pair=np.tile(number, len(stretches)),
        segment=np.repeat([segment for segment, _, _ in stretches], cells),
        month=np.repeat([month for _, month, _ in stretches], cells),
        rows=np.zeros(cells * len(stretches), dtype=np.int64),
        value=np.concatenate(amounts).astype(np.int64),
        over_low=np.zeros(cells * len(stretches), dtype=np.int64),
        over_high=np.zeros(cells * len(stretches), dtype=np.int64),
    )


def _stretches(undone: Undoing) -> list[tuple[int, int, float]]:
    """Cut the days into pieces of one segment and one month: segment, month, share of its year."""
    through = undone.through
    told = undone.start if through is None else through + dt.timedelta(days=1)
    last = told if undone.end is None else min(told, undone.end)
    if last <= undone.start:
        raise InputError(
            f"{undone.measure} must have stood for a day by {through or undone.start}, but it "
            f"starts on {undone.start}; give --entries"
        )
    starts = [dt.date.fromordinal(int(start)) for start in undone.starts]
    found = []
    for segment, (start, after) in enumerate(zip(starts, [*starts[1:], last], strict=True)):
        day, stop = start, min(after, last)
        while day < stop:
            following = (day.replace(day=1) + dt.timedelta(days=32)).replace(day=1)
            end = min(following, stop)
            year = (dt.date(day.year + 1, 1, 1) - dt.date(day.year, 1, 1)).days
            found.append((segment, month_number(day), (end - day).days / year))
            day = end
    return found
