"""Tidy rows of a result, and its manifest; writes no file.

One file a figure. Columns are fixed, so that results of any two runs can be put on top of each
other: scenario, branch, measure, variable, unit, period, importer, exporter, product, quantile,
value, projected, basis.
"""

import hashlib
import json
from collections.abc import Iterable, Sequence

from tariffsim.arrays import Floats
from tariffsim.report.bands import (
    EVERY_BRANCH,
    FAN,
    QUANTILES,
    Column,
    columns,
    ordered_levels,
    whole,
)
from tariffsim.report.fiscal import fiscal_years
from tariffsim.report.headline import chances_data, headline_data
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


def _csv(rows: Iterable[str]) -> str:
    return "".join([f"{_line(COLUMNS)}\n", *rows])


def _line(cells: Sequence[str]) -> str:
    return ",".join(map(_cell, cells))


def _cell(text: str) -> str:
    quoted = any(mark in text for mark in ',"\r\n')
    return '"' + text.replace('"', '""') + '"' if quoted else text


def _rows(result: Result, variable: Variable) -> list[str]:
    """Write the lines of a variable: branch by branch, then over all."""
    quantiles = FAN if variable.basis == "path" else QUANTILES
    ordered = ordered_levels(variable)
    told = {
        name: tails
        for column in columns(result, variable, quantiles, ordered=ordered)
        for tails in [_tails(variable, column, quantiles)]
        for name in column.branches
    }
    names = list(result.branch.labels)
    if len(names) > 1:
        together = whole(result, variable, quantiles, ordered=ordered)
        told[EVERY_BRANCH] = _tails(variable, together, quantiles)
        names.append(EVERY_BRANCH)
    return [
        head + tail
        for name in names
        for measure, periods in told[name].items()
        for head, tails in zip(_heads(result, variable, name, measure), periods, strict=True)
        for tail in tails
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
    end = f",true,{variable.basis}\n"
    return {
        measure: [
            [f",{mark},{value!r}{end}" for mark, value in zip(marks, values, strict=True)]
            for values in band.T.tolist()
        ]
        for measure, (marks, band) in bands.items()
        if band is not None
    }


def _heads(result: Result, variable: Variable, branch: str, measure: str) -> list[str]:
    """Write what stands before the quantile, period by period."""
    horizon = f"{result.period.labels[0]}/{result.period.labels[-1]}"
    once = variable.period or (
        result.period.labels[-1] if variable.basis == "last-day" else horizon
    )
    flow = (variable.importer, variable.exporter, variable.product)
    first = (result.provenance.scenario, branch, measure, variable.name, variable.unit)
    periods = result.period.labels if variable.basis == "path" else (once,)
    before, after = _line(first), _line(flow)
    return [f"{before},{period},{after}" for period in periods]
