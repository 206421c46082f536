"""A result as a notebook shows it: the headline table in the numbers and words of the page."""

from tariffsim.markup import table_html
from tariffsim.report.bands import columns
from tariffsim.report.names import spelled
from tariffsim.report.numbers import NONE_ON_ALL, band, none_on_all
from tariffsim.report.page_parts import BASIS
from tariffsim.result import Result, Variable


def result_html(result: Result) -> str:
    """Write medians with the 80 % band by branch, as a table without scripts.

    Parameters
    ----------
    result : Result
        What is shown.

    Returns
    -------
    str
        A ``table`` element; every text in it is escaped.
    """
    return table_html(
        caption=(
            f"{result.provenance.question} As known on {result.provenance.known_on}; "
            f"{result.period.labels[0]} to {result.period.labels[-1]}, {result.draws} draws. "
            "Median (80 % band)."
        ),
        head=("metric", "unit", "over", *result.branch.labels),
        rows=[
            (
                spelled(variable.label),
                variable.unit,
                BASIS.get(variable.basis, variable.basis),
                *_cells(result, variable),
            )
            for variable in result.headline
        ],
        words=3,
    )


def _cells(result: Result, variable: Variable) -> list[str]:
    if none_on_all(variable.name, [variable.values]):
        return [NONE_ON_ALL] * len(result.branch)
    held = {
        branch: band(*column.level[:, 0].tolist())
        for column in columns(result, variable)
        for branch in column.branches
    }
    return [
        f"{middle} ({ends})" if ends else middle
        for middle, ends in (held[branch] for branch in result.branch.labels)
    ]
