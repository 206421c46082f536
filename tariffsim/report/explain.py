"""From a number back: formula, parameters, events and documents behind one id of a result.

Knows a result as its folder holds it; asks no log and no network.
"""

from collections.abc import Iterable, Sequence

import attrs

from tariffsim.errors import UnknownName
from tariffsim.grounds import LEAST_SHARE, WEEK, Assumption, Document, Driver, Fact
from tariffsim.report.bands import Column
from tariffsim.report.figures.chosen import driver_figures, figures
from tariffsim.report.figures.figure import Figure
from tariffsim.report.formulas import Formula, formula
from tariffsim.report.names import spelled
from tariffsim.report.numbers import band, percent
from tariffsim.report.summary import Series, Summary
from tariffsim.terms import nearest

BY_PERIOD = ("path", WEEK)
"""Bases of what has many values a draw."""


@attrs.frozen(kw_only=True, eq=False)
class Value:
    """One number of the thing explained: where it stands, median and 80 % band."""

    id: str
    branch: str
    period: str
    unit: str
    median: str
    ends: str


@attrs.frozen(kw_only=True, eq=False)
class Explanation:
    """What stands behind an id.

    Parameters
    ----------
    id, title : str
        What was asked for.
    formula : Formula
        How it is worked out.
    values : tuple of Value
        The numbers, one a path.
    assumptions : tuple of Assumption
        Parameters that enter.
    drivers : tuple of Driver
        Shares of the variance, for a metric.
    left_out : str
        Which shares are not listed, and why; empty where shares are of no concern.
    between : float, optional
        Share of the variance that lies between branches, fraction.
    facts : tuple of Fact
        Events that enter, those of the branch included.
    judgements : tuple of str
        What the scenario's author holds likely, and why, where the number rests on that.
    documents : mapping of str to Document
        Cited sources under their keys.
    trade : str
        Table of benchmark trade where it enters.
    """

    id: str
    title: str
    formula: Formula
    values: tuple[Value, ...] = ()
    assumptions: tuple[Assumption, ...] = ()
    drivers: tuple[Driver, ...] = ()
    left_out: str = ""
    between: float | None = None
    facts: tuple[Fact, ...] = ()
    judgements: tuple[str, ...] = ()
    documents: dict[str, Document] = attrs.field(factory=dict)
    trade: str = ""


def ids(summary: Summary) -> tuple[str, ...]:
    """List what can be asked for: metrics, monthly and weekly variables, and figures."""
    subjects = [one.subject for one in (*summary.single, *summary.paths, *summary.weekly)]
    own = [one.id for one in (*figures(summary), *driver_figures(summary))]
    return tuple(dict.fromkeys((*subjects, *own)))


def explain(summary: Summary, id: str) -> Explanation:
    """Find what stands behind an id.

    Parameters
    ----------
    summary : Summary
        A result.
    id : str
        A metric (``welfare.USA``), its cell in one branch (``welfare.USA/extended``), a month of a
        monthly variable (``duty.USA.CHN/extended/2025-09``), the first day of a week of a weekly
        one, or a figure (``tree``).

    Returns
    -------
    Explanation
        Formula, parameters with source, events with document and paragraph, variance by driver.

    Raises
    ------
    UnknownName
        Nothing answers to `id`.
    """
    subject, _, cell = id.partition("/")
    period = cell.partition("/")[2]
    for series in (*summary.single, *summary.paths, *summary.weekly):
        answers = period in series.periods if period else series.basis not in BY_PERIOD
        if series.subject == subject and answers:
            return _of_series(summary, id, series, cell)
    for series in (*summary.paths, *summary.weekly):
        if series.subject == subject:
            return _of_series(summary, id, series, cell)
    for figure in (*figures(summary), *driver_figures(summary)):
        if figure.id == id:
            return of_figure(summary, figure)
    known = ids(summary)
    raise UnknownName(
        f"id must be one of the result, got {id!r}{nearest(id, known)}; "
        f"there are {', '.join(known[:8])} and {max(len(known) - 8, 0)} more: leave the id out "
        "to list them"
    )


def of_figure(summary: Summary, figure: Figure) -> Explanation:
    """Find what stands behind a figure."""
    return _explanation(
        summary,
        Explanation(id=figure.id, title=figure.title, formula=_formula(summary, figure.of)),
        figure.flow,
    )


def of_metric(summary: Summary, series: Series) -> Explanation:
    """Find what stands behind every branch of a metric."""
    return _of_series(summary, series.subject, series, "")


def _of_series(summary: Summary, id: str, series: Series, cell: str) -> Explanation:
    label, _, month = cell.partition("/")
    columns = [c for c in series.columns if not label or label == c.label or label in c.branches]
    if not columns or (month and month not in series.periods):
        known = [f"{series.subject}/{column.label}" for column in series.columns]
        raise UnknownName(
            f"branch and month must be of this result, got {id!r}{nearest(id, known)}; branches "
            f"are {', '.join(column.label for column in series.columns)}"
        )
    grounds = summary.grounds
    described = {one.key: one for one in grounds.variables}[series.key]
    found = Explanation(
        id=id,
        title=spelled(series.label),
        formula=_formula(summary, series.name),
        values=tuple(_value(series, column, month) for column in columns),
        drivers=tuple(
            line
            for line in grounds.drivers
            if line.metric == series.subject
            and series.headline
            and any(line.branch in column.branches for column in columns)
        ),
        left_out=left_out(summary) if series.headline and grounds.assumptions else "",
        between=described.between,
    )
    flow = (series.importer, series.exporter, series.product)
    branches = [branch for column in columns for branch in column.branches]
    return _explanation(summary, found, flow, branches=branches)


def left_out(summary: Summary) -> str:
    """Say which shares of the variance are left out, and why."""
    least, draws = summary.grounds.least_share, summary.manifest["draws"]
    said = f"Shares under {percent(least)} are left out"
    if least <= LEAST_SHARE:
        return f"{said}."
    return (
        f"{said}: at {draws} draws chance alone may show as much of some input. "
        "More draws tell smaller shares apart."
    )


def _formula(summary: Summary, name: str) -> Formula:
    return formula(name, model=_model(summary))


def _model(summary: Summary) -> str:
    return str(summary.manifest.get("model", "partial"))


def _value(series: Series, column: Column, month: str) -> Value:
    place = series.periods.index(month) if month else len(series.periods) - 1
    middle, ends = band(*(float(value) for value in column.level[:, place]))
    where = f"/{series.periods[place]}" if series.basis in BY_PERIOD else ""
    return Value(
        id=f"{series.subject}/{column.label}{where}",
        branch=column.label,
        period=series.periods[place],
        unit=series.unit,
        median=middle,
        ends=ends,
    )


def _explanation(
    summary: Summary,
    found: Explanation,
    flow: tuple[str, str, str],
    *,
    branches: Sequence[str] = (),
) -> Explanation:
    """Add what the flow uses, as far as the formula rests on it; the latest events first."""
    grounds = summary.grounds
    importer, exporter, product = flow
    used = [
        use
        for use in grounds.uses
        if (not importer or importer in (use.importer, use.exporter))
        and (not exporter or exporter in (use.importer, use.exporter))
        and (not exporter or use.importer == importer)
        and use.product == product.partition(".")[0]
    ]
    if not used and not product and _model(summary) != "partial":
        # In a world, what befalls an economy rests on every flow.
        used = [use for use in grounds.uses if not use.product]
    if found.formula.inputs == "judgement":
        used = []
        found = attrs.evolve(found, judgements=_judgements(summary))
    names = {name for use in used for name in use.parameters}
    wanted = {id for use in used for id in use.facts}
    moved = _moved(summary, flow, branches)
    if found.formula.inputs == "law" and found.formula is not formula("products"):
        wanted &= moved
    facts = [f for f in grounds.facts if f.id in wanted or f.supposed]
    assumptions = [one for one in grounds.assumptions if one.name in names]
    if found.formula.inputs == "law":
        assumptions = []
    kept = tuple(
        fact for fact in reversed(facts) if not fact.supposed or not moved or fact.id in moved
    )
    return attrs.evolve(
        found,
        assumptions=tuple(assumptions),
        facts=kept,
        documents=_documents(grounds.documents, kept, assumptions),
        trade=grounds.trade if used and not product and assumptions else "",
    )


def _judgements(summary: Summary) -> tuple[str, ...]:
    return tuple(
        f"{question.name}, {choice.name}, {percent(choice.probability)}: {choice.reason}"
        for question in summary.grounds.questions
        for choice in question.choices
    )


def _moved(summary: Summary, flow: tuple[str, str, str], branches: Sequence[str]) -> set[str]:
    """Ids of what moved the rate on a flow in some branches; empty where no rate is known."""
    return {
        id
        for path in summary.grounds.rates
        if (path.importer, path.exporter) == flow[:2]
        and not flow[2]
        and (not branches or set(path.branches) & set(branches))
        for step in path.steps
        for id in step.events
    }


def _documents(
    known: Iterable[Document], facts: Iterable[Fact], assumptions: Iterable[Assumption]
) -> dict[str, Document]:
    keys = {saying.source for fact in facts for saying in fact.sayings}
    keys |= {one.source for one in assumptions}
    return {document.key: document for document in known if document.key in keys}
