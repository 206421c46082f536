"""Parts of the page as plain records: the table, the figures with their data, what a fold holds.

Knows a result as its folder holds it, and no markup: templates write that.
"""

import base64
from collections.abc import Iterable, Sequence
from typing import Any

import attrs

from tariffsim.report.bands import Column
from tariffsim.report.explain import Explanation, of_figure, of_metric
from tariffsim.report.figures.canvas import svgs
from tariffsim.report.figures.figure import Cell, Figure, as_csv
from tariffsim.report.names import driver, spelled
from tariffsim.report.numbers import NONE_ON_ALL, band, figure, none_on_all, percent
from tariffsim.report.summary import Series, Summary

BASIS = {
    "horizon": "over the horizon",
    "last-day": "on the last day",
    "path": "each month",
    "week": "each week",
}

MAY_NOT_COME = {"days_until_shortage": " (the run's length where none comes by its end)"}
"""What stands behind the unit of a metric that not every draw has."""


@attrs.frozen(kw_only=True)
class TableCell:
    """One cell of the headline table: level and difference, median and band as text."""

    id: str
    median: str
    ends: str
    change: str
    change_ends: str


@attrs.frozen(kw_only=True)
class TableRow:
    """One metric of the headline table."""

    subject: str
    label: str
    unit: str
    basis: str
    cells: tuple[TableCell, ...]


@attrs.frozen(kw_only=True)
class Panel:
    """Metrics whose branches fall into the same columns."""

    heads: tuple[tuple[str, str], ...]
    rows: tuple[TableRow, ...]


@attrs.frozen(kw_only=True, eq=False)
class Shown:
    """A figure as the page shows it."""

    figure: Figure
    svg: str
    csv: str
    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    explanation: Explanation


@attrs.frozen(kw_only=True, eq=False)
class Fold:
    """What stands behind one metric: its explanation, and shares of the variance by branch."""

    subject: str
    explanation: Explanation
    columns: tuple[str, ...]
    shares: tuple[tuple[str, tuple[str, ...]], ...]


def panels(summary: Summary) -> tuple[Panel, ...]:
    """Put metrics with the same columns into one table, in order."""
    groups: dict[tuple[str, ...], list[Series]] = {}
    for series in summary.headline:
        groups.setdefault(tuple(c.label for c in series.columns), []).append(series)
    return tuple(
        Panel(
            heads=tuple((c.label, percent(c.probability)) for c in same[0].columns),
            rows=tuple(_row(series) for series in same),
        )
        for same in groups.values()
    )


def _row(series: Series) -> TableRow:
    return TableRow(
        subject=series.subject,
        label=spelled(series.label),
        unit=series.unit + MAY_NOT_COME.get(series.name, ""),
        basis=BASIS[series.basis],
        cells=tuple(_cell(series, column) for column in series.columns),
    )


def _cell(series: Series, column: Column) -> TableCell:
    median, ends = band(*column.level[:, 0].tolist())
    if none_on_all(series.name, (other.level for other in series.columns)):
        median = NONE_ON_ALL
    change, change_ends = ("baseline", "")
    if column.difference is not None:
        change, change_ends = band(*column.difference[:, 0].tolist(), signed=True)
    return TableCell(
        id=f"{series.subject}/{column.label}",
        median=median,
        ends=ends,
        change=change,
        change_ends=change_ends,
    )


def shown(summary: Summary, found: Iterable[Figure]) -> tuple[Shown, ...]:
    """Draw figures, and put their data and what stands behind them beside."""
    figures = tuple(found)
    return tuple(
        Shown(
            figure=one,
            svg=drawn,
            csv=base64.b64encode(as_csv(one).encode()).decode(),
            head=one.head,
            rows=tuple(tuple(_plain(cell) for cell in row) for row in one.rows),
            explanation=of_figure(summary, one),
        )
        for one, drawn in zip(figures, svgs(figures) if figures else (), strict=True)
    )


def _plain(cell: Cell) -> str:
    return cell if isinstance(cell, str) else f"{cell:.6g}"


def folds(summary: Summary) -> tuple[Fold, ...]:
    """Say for each headline metric what stands behind it."""
    return tuple(_fold(summary, series) for series in summary.headline)


def _fold(summary: Summary, series: Series) -> Fold:
    found = of_metric(summary, series)
    names = dict.fromkeys(one.name for one in found.drivers)
    held = {(one.name, one.branch, one.measure): one.share for one in found.drivers}
    firsts = [column.branches[0] for column in series.columns]
    return Fold(
        subject=series.subject,
        explanation=found,
        columns=tuple(column.label for column in series.columns),
        shares=tuple(
            (
                driver(name),
                tuple(
                    _share(held.get((name, first, "level")), summary.grounds.least_share)
                    for first in firsts
                ),
            )
            for name in names
            if any((name, first, "level") in held for first in firsts)
        ),
    )


def _share(share: float | None, least: float) -> str:
    return f"under {percent(least)}" if share is None else percent(share)


def in_short(summary: Summary) -> tuple[str, ...]:
    """Say in a few sentences what the table says: rates at the end, trade, scarcity."""
    found = [
        SENTENCES[series.name](series)
        for series in summary.headline
        if series.name in SENTENCES and any(column.level.any() for column in series.columns)
    ]
    return tuple(found[:MOST_SENTENCES])


MOST_SENTENCES = 6


def _levels(series: Series) -> str:
    parts = [_clause(c, figure(c.level[1, 0].item()), series.unit) for c in series.columns]
    return f"{spelled(series.label)}, {BASIS[series.basis]}: {'; '.join(parts)}."


def _differences(series: Series) -> str:
    base, *others = series.columns
    told = _clause(base, figure(base.level[1, 0].item()), series.unit)
    parts = [
        f"{_change(column)} in {column.label}" for column in others if column.difference is not None
    ]
    against = f" Against that: {'; '.join(parts)}." if parts else ""
    return f"{spelled(series.label)}, {BASIS[series.basis]}: {told}.{against}"


def _change(column: Column) -> str:
    assert column.difference is not None
    return band(*column.difference[:, 0].tolist(), signed=True)[0].replace("same", "the same")


def _clause(column: Column, value: str, unit: str) -> str:
    where = "every branch" if column.label == "every branch" else column.label
    amount = f"{value} %" if unit.startswith("%") else f"{value} {unit}"
    return f"{amount} in {where}"


SENTENCES = {
    "statutory_rate": _levels,
    "customs_value": _differences,
    "stockout_probability": _levels,
    "welfare": _differences,
    "real_income": _differences,
}
"""Which metrics are told in words, and how."""


def settings(summary: Summary) -> Sequence[tuple[str, str]]:
    """List what the run was set to, in the words of the page."""
    manifest: Any = summary.manifest
    months = f"{summary.periods[0]} to {summary.periods[-1]}" if summary.periods else ""
    return (
        ("scenario", manifest["scenario"]),
        ("model", manifest.get("model", "partial")),
        ("log", manifest["log"]),
        ("knowledge day", manifest["known_on"]),
        ("facts known through", manifest["known_through"]),
        ("months", months),
        ("draws", figure(manifest["draws"])),
        ("seed", str(manifest["seed"])),
        ("benchmark trade", summary.grounds.trade or "none"),
        ("tariffsim", manifest["tariffsim"]),
    )


def command(summary: Summary) -> str:
    """Give the command that makes the result again."""
    manifest = summary.manifest
    model = manifest.get("model", "partial")
    draws = manifest["draws"] + len(manifest.get("not_converged", ()))
    return (
        f"tariffsim run {manifest['scenario']} "
        + (f"--model {model} " if model != "partial" else "")
        + f"--draws {draws} --seed {manifest['seed']} --out results/{manifest['scenario']}"
    )


def doubts(summary: Summary) -> tuple[str, ...]:
    """List what makes this result doubtful: draws lost, warnings of the run, then its flags."""
    manifest = summary.manifest
    lost = manifest.get("not_converged", ())
    told = [f"{len(lost)} draws found no equilibrium and are left out"] if lost else []
    return (*told, *manifest.get("warnings", ()), *manifest["flags"])


LIMITS = {
    "partial": (
        "The model is partial: each market answers on its own, incomes and exchange rates stand "
        "still, and no branch changes what a third party does."
    ),
    "gsim": (
        "The model is linear and knows trade across borders alone: incomes, wages and own goods "
        "stand still, and no branch changes what a third party does."
    ),
}
CLEARED = (
    "The model clears every market of its benchmark at once, with wages and incomes that answer; "
    "it knows no unemployment and no money, and no branch changes what a third party does."
)


def limit(summary: Summary) -> str:
    """Say what the model leaves out."""
    return LIMITS.get(str(summary.manifest.get("model", "partial")), CLEARED)
