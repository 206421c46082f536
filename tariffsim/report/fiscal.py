"""Revenue by fiscal year of the United States, October to September; knows months, no law.

A year of which the horizon holds a part only is shown as what it is: so many months of twelve.
"""

from collections.abc import Iterator

import attrs
import numpy as np

from tariffsim.result import Result, Variable

WHOSE = "USA"
FIRST_MONTH = 10
MONTHS_A_YEAR = 12

REVENUE = ("revenue_static", "revenue_difference", "revenue_net")
"""What is summed: trade unmoved, trade as it answers, and that less what is lost elsewhere."""

PER_BILLION = 1000.0


def fiscal_year(month: str) -> int:
    """Name the fiscal year that a month lies in: the one in which it ends.

    Examples
    --------
    >>> fiscal_year("2025-09"), fiscal_year("2025-10")
    (2025, 2026)
    """
    year, number = (int(part) for part in month.split("-"))
    return year + (number >= FIRST_MONTH)


def fiscal_years(result: Result) -> list[Variable]:
    """Sum the revenue of the United States over its fiscal years, draw by draw.

    Parameters
    ----------
    result : Result
        Of any scenario; one without imports of the United States gives nothing.

    Returns
    -------
    list of Variable
        One a kind of revenue and year, one value a draw, USD billion; the unit says how many of
        its months the horizon holds where it does not hold all.

    Examples
    --------
    >>> import tariffsim as ts
    >>> result = ts.run(ts.with_options(ts.load_inputs("geneva"), draws=2))
    >>> [variable.label for variable in fiscal_years(result)][:2]
    ['USA revenue over benchmark, trade unmoved, FY2025 (4 of 12 months)',
     'USA revenue over benchmark, trade unmoved, FY2026']
    """
    return [
        summed
        for variable in result.paths
        if variable.name in REVENUE and variable.importer == WHOSE
        for summed in _by_year(variable, result.period.labels)
    ]


def _by_year(variable: Variable, months: tuple[str, ...]) -> Iterator[Variable]:
    years = np.array([fiscal_year(month) for month in months])
    for year in np.unique(years).tolist():
        inside = years == year
        held = f"{inside.sum()} of {MONTHS_A_YEAR} months"
        whole = inside.sum() == MONTHS_A_YEAR
        yield attrs.evolve(
            variable,
            label=f"{variable.label}, FY{year}" + ("" if whole else f" ({held})"),
            unit="USD billion" if whole else f"USD billion, {held}",
            basis="fiscal-year",
            period=f"FY{year}",
            values=variable.values[:, :, inside].sum(axis=2, keepdims=True) / PER_BILLION,
        )
