"""Tidy rows of a result, and its manifest; writes no file.

One file a figure. Columns are fixed, so that results of any two runs can be put on top of each
other: scenario, branch, measure, variable, unit, period, importer, exporter, product, quantile,
value, projected, basis.
"""

import csv
import hashlib
import io
import json
from collections.abc import Iterator

from tariffsim.arrays import Floats
from tariffsim.report.bands import QUANTILES, columns
from tariffsim.report.fiscal import fiscal_years
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


def result_files(result: Result, *, version: str) -> dict[str, str]:
    """Write every file of a result as text.

    Parameters
    ----------
    result : Result
        What to write.
    version : str
        Version of the library.

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
    years = fiscal_years(result)
    if years:
        files["fiscal_years.csv"] = _csv(row for v in years for row in _rows(result, v))
    files["manifest.json"] = _json(_manifest(result, files, version))
    return files


def _manifest(result: Result, files: dict[str, str], version: str) -> dict[str, object]:
    source = result.provenance
    return {
        "tariffsim": version,
        "scenario": source.scenario,
        "question": source.question,
        "log": source.log,
        "known_on": source.known_on,
        "known_through": source.known_through,
        "digests": dict(source.digests),
        "events": list(source.events),
        "flags": list(source.flags),
        "draws": result.draws,
        "seed": result.seed,
        "versions": dict(result.versions),
        "files": {
            name: {
                "rows": max(text.count("\n") - 1, 0) if name.endswith(".csv") else None,
                "sha256": hashlib.sha256(text.encode()).hexdigest(),
            }
            for name, text in files.items()
        },
    }


def _json(data: object) -> str:
    return json.dumps(data, indent=2, ensure_ascii=False) + "\n"


def _csv(rows: Iterator[tuple[str, ...]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(COLUMNS)
    writer.writerows(rows)
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
    whole = variable.period or (
        result.period.labels[-1] if variable.basis == "last-day" else horizon
    )
    periods = result.period.labels if variable.basis == "path" else (whole,)
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
