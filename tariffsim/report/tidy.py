"""Tidy rows of a result, and its manifest; writes no file.

One file a figure. Columns are fixed, so that results of any two runs can be put on top of each
other: scenario, branch, measure, variable, unit, period, importer, exporter, product, quantile,
value, projected, basis.
"""

import csv
import hashlib
import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from types import MappingProxyType

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.parameters import Parameter
from tariffsim.report.bands import EVERY_BRANCH, FAN, QUANTILES, Bands, Column, Told, told
from tariffsim.report.cells import plain_cell
from tariffsim.report.censored import Censored
from tariffsim.report.evidence import blind_data, evidence_rows
from tariffsim.report.fiscal import fiscal_years
from tariffsim.report.headline import chances_data, headline_data
from tariffsim.report.manifest import MANIFEST
from tariffsim.result import Result, Variable

COLUMNS = (
    "scenario",
    "branch",
    "measure",
    "variable",
    "unit",
    "period",
    "importer",
    "exporter",
    "product",
    "quantile",
    "value",
    "projected",
    "basis",
)

NONE_BY_END, OPEN_CHANGE = "none-by-end", "none-by-end-difference"
"""Measures of a number of days: draws in which none had come, on the one side or on just one."""

NONE: Mapping[str, bytes] = MappingProxyType({})


def result_files(
    result: Result,
    *,
    version: str,
    others: Mapping[str, bytes] = NONE,
    bands: Bands | None = None,
) -> dict[str, str]:
    """Write every file of a result as text.

    Parameters
    ----------
    result : Result
        What to write.
    version : str
        Version of the library.
    others : mapping of str to bytes
        Files written beside these, for the manifest to count.
    bands : Bands, optional
        Those of the headline, where they are at hand.

    Returns
    -------
    dict of str to str
        File name to content; ``manifest.json`` counts and hashes all the others.
    """
    known = bands or Bands(result)
    files = {
        "headline.csv": _csv(row for v in result.headline for row in _rows(result, v, known.of(v))),
        "headline.json": _json(headline_data(result, bands=known)),
    }
    for name in dict.fromkeys(variable.name for variable in result.paths):
        same = [variable for variable in result.paths if variable.name == name]
        files[f"{name}.csv"] = _csv(row for v in same for row in _rows(result, v))
    years = fiscal_years(result)
    if years:
        files["fiscal_years.csv"] = _csv(row for v in years for row in _rows(result, v))
    for name in dict.fromkeys(variable.name for variable in result.weekly):
        same = [variable for variable in result.weekly if variable.name == name]
        files[f"{name}_by_week.csv"] = _csv(row for v in same for row in _rows(result, v))
    if result.drivers:
        files["drivers.csv"] = _drivers(result)
    counted = {**{name: text.encode() for name, text in files.items()}, **others}
    files[MANIFEST] = _json(_manifest(result, counted, version))
    return files


def tidy_rows(result: Result) -> Iterator[tuple[str, ...]]:
    """Give every row of every tidy file, the headline's first; cells as text, `COLUMNS` each."""
    for variable in (*result.headline, *result.paths, *fiscal_years(result)):
        for cells in csv.reader(_rows(result, variable)):
            yield tuple(cells)


def _manifest(result: Result, files: Mapping[str, bytes], version: str) -> dict[str, object]:
    source = result.provenance
    return {
        "tariffsim": version,
        "scenario": source.scenario,
        "question": source.question,
        "model": source.model,
        "log": source.log,
        "known_on": source.known_on,
        "known_through": source.known_through,
        "digests": dict(source.digests),
        "events": list(source.events),
        "flags": list(source.flags),
        "parameters": [_parameter(parameter) for parameter in source.parameters],
        "evidence": evidence_rows(source.evidence),
        "blind": blind_data(source),
        "given": dict(source.given),
        "branches": [
            {"branch": name, "probability": probability}
            for name, probability in zip(
                result.branch.labels, result.probability.tolist(), strict=True
            )
        ],
        "chances": chances_data(result),
        "paths": 1 if result.sampled is None else result.sampled.days.shape[2],
        "draws": result.draws,
        "not_converged": list(result.not_converged),
        "warnings": list(result.warnings),
        "seed": result.seed,
        "versions": dict(result.versions),
        "files": {
            name: {
                "rows": max(content.count(b"\n") - 1, 0) if name.endswith(".csv") else None,
                "sha256": hashlib.sha256(content).hexdigest(),
            }
            for name, content in files.items()
        },
    }


def _parameter(parameter: Parameter) -> dict[str, object]:
    return {
        "name": parameter.name,
        "value": parameter.value,
        "low": parameter.low,
        "high": parameter.high,
        "distribution": parameter.distribution,
        "range": parameter.range,
        "unit": parameter.unit,
        "source": parameter.source,
        "known": parameter.known.isoformat(),
        "grade": parameter.grade,
    }


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _csv(rows: Iterable[str]) -> str:
    return "".join([f"{_line(COLUMNS)}\n", *rows])


def _drivers(result: Result) -> str:
    lines = [_line(("scenario", "metric", "parameter", "rank_correlation", "share"))]
    for driver in result.drivers:
        numbers = (repr(driver.correlation), repr(driver.share))
        lines.append(_line((result.provenance.scenario, driver.metric, driver.parameter, *numbers)))
    return "".join(f"{line}\n" for line in lines)


def _line(cells: Sequence[str]) -> str:
    return ",".join(map(_cell, cells))


def _cell(text: str) -> str:
    text = plain_cell(text)
    quoted = any(mark in text for mark in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if quoted else text


def _rows(result: Result, variable: Variable, known: Told | None = None) -> list[str]:
    """Write the lines of a variable: branch by branch, then over all."""
    quantiles = FAN if variable.basis == "path" else QUANTILES
    found = known or told(result, variable, quantiles)
    tails = {
        name: by_measure
        for column in found.columns
        for by_measure in [_tails(variable, column, quantiles)]
        for name in column.branches
    }
    names = list(result.branch.labels)
    if len(names) > 1:
        tails[EVERY_BRANCH] = _tails(variable, found.whole, quantiles)
        names.append(EVERY_BRANCH)
    return [
        head + tail
        for name in names
        for measure, periods in tails[name].items()
        for head, ends in zip(_heads(result, variable, name, measure), periods, strict=True)
        for tail in ends
    ]


def _tails(
    variable: Variable, column: Column, quantiles: Sequence[float]
) -> dict[str, list[list[str]]]:
    """Write quantile and value, and what stands after them, by measure and period."""
    bands: dict[str, tuple[Sequence[float | str], Floats | None]] = {
        "level": (quantiles, column.level),
        "expected": (("",), column.expected[None]),
        "difference": (QUANTILES, column.difference),
    }
    if column.expected_difference is not None:
        bands["expected-difference"] = (("",), column.expected_difference[None])
    for measure, found in ((NONE_BY_END, column.open_level), (OPEN_CHANGE, column.open_difference)):
        if found is not None:
            bands[measure] = (("",), _share(found))
    end = f",true,{variable.basis}\n"
    return {
        measure: [
            [f",{mark},{value!r}{end}" for mark, value in zip(marks, values, strict=True)]
            for values in band.T.tolist()
        ]
        for measure, (marks, band) in bands.items()
        if band is not None
    }


def _share(found: Censored) -> Floats:
    return np.array([[100.0 * found.share]])


def _heads(result: Result, variable: Variable, branch: str, measure: str) -> list[str]:
    """Write what stands before the quantile, period by period."""
    horizon = f"{result.period.labels[0]}/{result.period.labels[-1]}"
    once = variable.period or (
        result.period.labels[-1] if variable.basis == "last-day" else horizon
    )
    flow = (variable.importer, variable.exporter, variable.product)
    unit = "% of draws" if measure in (NONE_BY_END, OPEN_CHANGE) else variable.unit
    first = (result.provenance.scenario, branch, measure, variable.name, unit)
    months = variable.periods or result.period.labels
    periods = months if variable.basis == "path" else (once,)
    before, after = _line(first), _line(flow)
    return [f"{before},{period},{after}" for period in periods]
