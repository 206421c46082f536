"""Tidy rows of a result, and its manifest; writes no file.

One file a figure. Columns are fixed, so that results of any two runs can be put on top of each
other: scenario, branch, measure, variable, unit, period, importer, exporter, product, quantile,
value, projected, basis.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator, Mapping
from types import MappingProxyType

from tariffsim.arrays import Floats
from tariffsim.parameters import Parameter
from tariffsim.report.bands import QUANTILES, columns
from tariffsim.report.cells import plain_cell
from tariffsim.report.evidence import blind_data, evidence_rows
from tariffsim.report.headline import headline_data
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


NONE: Mapping[str, bytes] = MappingProxyType({})


def result_files(
    result: Result, *, version: str, others: Mapping[str, bytes] = NONE
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

    Returns
    -------
    dict of str to str
        File name to content; ``manifest.json`` counts and hashes all the others.
    """
    files = {
        "headline.csv": _csv(row for v in result.headline for row in _rows(result, v)),
        "headline.json": _json(headline_data(result)),
    }
    for name in dict.fromkeys(variable.name for variable in result.paths):
        same = [variable for variable in result.paths if variable.name == name]
        files[f"{name}.csv"] = _csv(row for v in same for row in _rows(result, v))
    for name in dict.fromkeys(variable.name for variable in result.weekly):
        same = [variable for variable in result.weekly if variable.name == name]
        files[f"{name}_by_week.csv"] = _csv(row for v in same for row in _rows(result, v))
    if result.drivers:
        files["drivers.csv"] = _drivers(result)
    counted = {**{name: text.encode() for name, text in files.items()}, **others}
    files["manifest.json"] = _json(_manifest(result, counted, version))
    return files


def tidy_rows(result: Result) -> Iterator[tuple[str, ...]]:
    """Give every row of every tidy file, the headline's first; cells as text, `COLUMNS` each."""
    for variable in (*result.headline, *result.paths):
        yield from _rows(result, variable)


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


def _csv(rows: Iterator[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows([plain_cell(cell) for cell in row] for row in rows)
    return text.getvalue()


def _drivers(result: Result) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(("scenario", "metric", "parameter", "rank_correlation", "share"))
    for driver in result.drivers:
        numbers = (repr(driver.correlation), repr(driver.share))
        writer.writerow((result.provenance.scenario, driver.metric, driver.parameter, *numbers))
    return text.getvalue()


def _rows(result: Result, variable: Variable) -> Iterator[tuple[str, ...]]:
    paths = {branch: c for c in columns(result, variable) for branch in c.branches}
    for branch in result.branch.labels:
        column = paths[branch]
        yield from _measure(result, variable, branch, "level", column.level)
        if column.difference is not None:
            yield from _measure(result, variable, branch, "difference", column.difference)


def _measure(
    result: Result, variable: Variable, branch: str, measure: str, band: Floats
) -> Iterator[tuple[str, ...]]:
    horizon = f"{result.period.labels[0]}/{result.period.labels[-1]}"
    whole = result.period.labels[-1] if variable.basis == "last-day" else horizon
    months = variable.periods or result.period.labels
    periods = months if variable.basis == "path" else (whole,)
    flow = (variable.importer, variable.exporter, variable.product)
    for number, period in enumerate(periods):
        for position, quantile in enumerate(QUANTILES):
            yield (
                result.provenance.scenario,
                branch,
                measure,
                variable.name,
                variable.unit,
                period,
                *flow,
                str(quantile),
                repr(float(band[position, number])),
                "true",
                variable.basis,
            )
