"""A result in bands, as a folder holds it: what tables, figures and pages read; holds no draw.

Reads the text of a folder's files; opens none.
"""

import csv
import hashlib
import io
import math
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError, UnknownName
from tariffsim.grounds import WEEK, Described, Grounds
from tariffsim.report.bands import FAN, QUANTILES, Column, columns, fanned
from tariffsim.report.manifest import AGAIN, MANIFEST, check_rows, read_manifest
from tariffsim.report.measured import Measured
from tariffsim.report.stored_grounds import GROUNDS, read_grounds
from tariffsim.report.tidy import COLUMNS
from tariffsim.result import Result, Variable
from tariffsim.terms import nearest

HEADLINE = "headline.csv"
BY_WEEK = "_by_week.csv"


@attrs.frozen(kw_only=True, eq=False)
class Series:
    """One variable, in the columns of its distinct paths.

    Parameters
    ----------
    key, name, label, unit, basis, importer, exporter, product : str
        As of the variable; what is told week by week has the basis ``week`` and a key of its own.
    periods : tuple of str
        Months, first days of weeks, or one stretch.
    headline : bool
        Whether it stands in the headline table.
    columns : tuple of Column
        The baseline's path first.
    """

    key: str
    name: str
    label: str
    unit: str
    basis: str
    importer: str
    exporter: str
    product: str
    periods: tuple[str, ...]
    columns: tuple[Column, ...]
    headline: bool = False

    @property
    def subject(self) -> str:
        """Name, flow and product joined."""
        return ".".join(p for p in (self.name, self.importer, self.exporter, self.product) if p)


@attrs.frozen(kw_only=True, eq=False)
class Summary:
    """A result as its folder holds it.

    Parameters
    ----------
    manifest : mapping
        As written.
    grounds : Grounds
        What it rests on.
    periods : tuple of str
        Months of the horizon.
    series : mapping of str to Series
        Under their keys, headline metrics first.
    measured : tuple of Measured
        Sensitivities that were run beside it.
    """

    manifest: Mapping[str, Any]
    grounds: Grounds
    periods: tuple[str, ...]
    series: Mapping[str, Series]
    measured: tuple[Measured, ...] = ()

    @property
    def headline(self) -> tuple[Series, ...]:
        """The metrics of the headline table, in order."""
        return tuple(one for one in self.series.values() if one.headline)

    @property
    def single(self) -> tuple[Series, ...]:
        """What has one value a draw: the headline table's, then what other economies see."""
        own = tuple(one for one in self.series.values() if one.basis not in ("path", WEEK))
        return tuple(sorted(own, key=lambda one: not one.headline))

    @property
    def paths(self) -> tuple[Series, ...]:
        """The monthly variables."""
        return tuple(one for one in self.series.values() if one.basis == "path")

    @property
    def weekly(self) -> tuple[Series, ...]:
        """The weekly variables."""
        return tuple(one for one in self.series.values() if one.basis == WEEK)

    def metric(self, subject: str) -> Series:
        """Find a metric of the headline table by its subject."""
        known = {one.subject: one for one in self.headline}
        if subject not in known:
            raise UnknownName(
                f"no metric of this result answers to {subject!r}{nearest(subject, known)}; "
                f"there are {', '.join(sorted(known))}"
            )
        return known[subject]


def series_of(result: Result, variable: Variable) -> Series:
    """Summarise one variable of a result in memory."""
    months = variable.periods or result.period.labels
    weekly = bool(variable.periods)
    told = (
        tuple(fanned(column) for column in columns(result, variable, FAN))
        if variable.basis == "path"
        else columns(result, variable)
    )
    return Series(
        key=f"{variable.subject}@{WEEK}" if weekly else variable.key,
        name=variable.name,
        label=variable.label,
        unit=variable.unit,
        basis=WEEK if weekly else variable.basis,
        importer=variable.importer,
        exporter=variable.exporter,
        product=variable.product,
        periods=months if variable.basis == "path" else (f"{months[0]}/{months[-1]}",),
        columns=told,
        headline=any(variable is one for one in result.headline),
    )


def read_summary(files: Mapping[str, str]) -> Summary:
    """Read the files of a folder that `write_result` wrote.

    Parameters
    ----------
    files : mapping of str to str
        Name to text: the manifest and every file that it lists.

    Returns
    -------
    Summary
        The same whoever holds the folder.

    Raises
    ------
    InputError
        A file is missing, was changed since it was written, or is of another version.
    """
    manifest = read_manifest(files[MANIFEST])
    for name, about in manifest["files"].items():
        if name.endswith((".csv", ".json")):
            _hold(name, files.get(name), about)
    if GROUNDS not in files:
        raise InputError(
            f"the folder must hold {GROUNDS}, found none: it was written by an older version; "
            "run the scenario again with --out"
        )
    grounds = read_grounds(files[GROUNDS])
    described = {one.key: one for one in grounds.variables}
    series: dict[str, Series] = {}
    for name in manifest["files"]:
        if name.endswith(".csv"):
            try:
                series.update(_series(name, files[name], described, grounds))
            except (IndexError, KeyError, ValueError, csv.Error):
                raise InputError(
                    f"{name} must hold what this version writes, got something else; run again "
                    "with --out"
                ) from None
            check_rows(name, files[name].encode(), manifest["files"][name])
    untold = [key for key in described if key not in series]
    if untold:
        raise InputError(
            f"{GROUNDS} must describe what the files tell, got {untold[0]}, which has no rows; "
            f"{AGAIN}"
        )
    ordered = {key: series[key] for key in described}
    periods = next((one.periods for one in ordered.values() if one.basis == "path"), ())
    _check_periods(ordered.values(), periods)
    return Summary(manifest=manifest, grounds=grounds, periods=periods, series=ordered)


def _hold(name: str, text: str | None, about: Mapping[str, Any]) -> None:
    if text is None:
        raise InputError(f"{name} must lie beside {MANIFEST}, found nothing; run again with --out")
    content = text.encode()
    if hashlib.sha256(content).hexdigest() != about["sha256"]:
        raise InputError(
            f"{name} must be as it was written, but its hash is not the one in {MANIFEST}; "
            "run again with --out"
        )


Cell = dict[tuple[str, str], dict[str, dict[str, float]]]
"""(branch, measure) to period to quantile to value."""


def _series(
    name: str, text: str, described: Mapping[str, Described], grounds: Grounds
) -> dict[str, Series]:
    rows = csv.reader(io.StringIO(text))
    if tuple(next(rows, ())) != COLUMNS:
        return {}
    place = {name: number for number, name in enumerate(COLUMNS)}
    wanted = [place[name] for name in ("variable", "importer", "exporter", "product")]
    about = [place[name] for name in ("basis", "unit")]
    branch, measure, period = (place[name] for name in ("branch", "measure", "period"))
    quantile, value = place["quantile"], place["value"]
    heads: dict[tuple[str, ...], tuple[str, str]] = {}
    cells: dict[tuple[str, ...], Cell] = {}
    for row in rows:
        key = (*(row[n] for n in wanted), row[about[0]])
        heads.setdefault(key, (row[about[0]], row[about[1]]))
        cell = cells.setdefault(key, {}).setdefault((row[branch], row[measure]), {})
        cell.setdefault(row[period], {})[row[quantile]] = _finite(row[value])
    found = {}
    for flow, own in cells.items():
        basis, unit = heads[flow]
        basis = WEEK if name.endswith(BY_WEEK) else basis
        subject = ".".join(part for part in flow[:4] if part)
        key_ = subject if basis == "path" else f"{subject}@{basis}"
        if key_ in described:
            one = _one(flow, basis, unit, own, described[key_], grounds)
            found[key_] = attrs.evolve(one, headline=name == HEADLINE)
    return found


def _one(
    flow: Sequence[str],
    basis: str,
    unit: str,
    cell: Cell,
    described: Described,
    grounds: Grounds,
) -> Series:
    names = tuple(grounds.branches)
    found = []
    for path in dict.fromkeys(described.path):
        members = [number for number, own in enumerate(described.path) if own == path]
        first = names[members[0]]
        level, difference = cell[first, "level"], cell.get((first, "difference"))
        if len({frozenset(band) for band in level.values()}) != 1:
            raise ValueError(f"{described.key} must have the same quantiles in every period")
        found.append(
            Column(
                label=label_of(grounds, members, alone=len(set(described.path)) == 1),
                branches=tuple(names[number] for number in members),
                probability=sum(grounds.probability[names[number]] for number in members),
                level=_band(level),
                fan=_band(level, FAN) if _told(level, FAN) else None,
                expected=_mean(cell[first, "expected"]),
                difference=None if difference is None else _band(difference),
            )
        )
    return Series(
        key=described.key,
        name=flow[0],
        label=described.label,
        unit=unit,
        basis=basis,
        importer=flow[1],
        exporter=flow[2],
        product=flow[3],
        periods=tuple(cell[names[0], "level"]),
        columns=tuple(found),
    )


def _finite(text: str) -> float:
    value = float(text)
    if not math.isfinite(value):
        raise ValueError(f"value must be a finite number, got {text}")
    return value


def _check_periods(series: Iterable[Series], months: Sequence[str]) -> None:
    """Refuse a band that does not cover the periods of its variable, or a path the months."""
    for told in series:
        bands = [
            band
            for column in told.columns
            for band in (column.level, column.expected, column.difference, column.fan)
            if band is not None
        ]
        whole = all(band.shape[-1] == len(told.periods) for band in bands)
        if not whole or (told.basis == "path" and told.periods != months):
            raise InputError(
                f"{told.key} must be told for each of its periods in every branch, got other rows; "
                f"{AGAIN}"
            )


def _mean(periods: dict[str, dict[str, float]]) -> Floats:
    return np.array([values[""] for values in periods.values()])


def _band(
    by_period: Mapping[str, Mapping[str, float]], quantiles: Sequence[float] = QUANTILES
) -> Floats:
    return np.array([[band[str(q)] for band in by_period.values()] for q in quantiles])


def _told(by_period: Mapping[str, Mapping[str, float]], quantiles: Sequence[float]) -> bool:
    return set(next(iter(by_period.values()))) >= {str(quantile) for quantile in quantiles}


def label_of(grounds: Grounds, members: Iterable[int], *, alone: bool) -> str:
    """Name branches that share a path by the options that they share."""
    if alone:
        return "every branch"
    options = list(grounds.branches.values())
    own = [options[number] for number in members]
    shared = [
        option
        for question, option in own[0].items()
        if all(other.get(question) == option for other in own)
    ]
    return "+".join(shared) or list(grounds.branches)[next(iter(members))]
