"""A result as plain data and named arrays, and back; opens no file.

What does not differ between draws is kept once. Versions of this layout are numbered: another
number is refused, not guessed at.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal

import attrs
import numpy as np
from cattrs.preconf.json import make_converter

from tariffsim.arrays import Floats
from tariffsim.axes import Axis
from tariffsim.errors import InputError
from tariffsim.experiment import Provenance
from tariffsim.result import Basis, Result, Variable

FORMAT = 1
Kept = Literal["headline", "paths"]


@attrs.frozen(kw_only=True)
class _StoredVariable:
    name: str
    label: str
    unit: str
    basis: Basis
    importer: str
    exporter: str
    product: str
    path: tuple[int, ...]
    array: str
    censored_at: float | None = None


@attrs.frozen(kw_only=True)
class _StoredResult:
    format: int
    provenance: Provenance
    branch: tuple[str, ...]
    probability: tuple[float, ...]
    options: tuple[dict[str, str], ...]
    period: tuple[str, ...]
    draws: int
    seed: int
    versions: dict[str, str]
    dimensions: tuple[str, ...]
    headline: tuple[_StoredVariable, ...]
    paths: tuple[_StoredVariable, ...]


def encode_result(
    result: Result, *, kept: Sequence[Kept] = ("headline",)
) -> tuple[str, dict[Kept, dict[str, Floats]]]:
    """Take a result apart.

    Parameters
    ----------
    result : Result
        What to store.
    kept : sequence of {'headline', 'paths'}
        Whether every draw of the headline metrics is kept, and of the monthly paths.

    Returns
    -------
    text : str
        JSON: everything but the arrays.
    arrays : dict of str to dict of str to array
        By what was kept; a draw axis of one stands for draws that are all the same.
    """
    listed: dict[str, tuple[_StoredVariable, ...]] = {"headline": (), "paths": ()}
    arrays: dict[Kept, dict[str, Floats]] = {}
    for kind in kept:
        variables = getattr(result, kind)
        names = [f"{kind}-{number:03d}" for number in range(len(variables))]
        listed[kind] = tuple(map(_listed, variables, names))
        arrays[kind] = {
            name: _once(variable.values) for name, variable in zip(names, variables, strict=True)
        }
    stored = _StoredResult(
        format=FORMAT,
        provenance=result.provenance,
        branch=result.branch.labels,
        probability=tuple(result.probability.tolist()),
        options=tuple(dict(options) for options in result.options),
        period=result.period.labels,
        draws=result.draws,
        seed=result.seed,
        versions=dict(result.versions),
        dimensions=result.dimensions,
        headline=listed["headline"],
        paths=listed["paths"],
    )
    text = json.dumps(make_converter().unstructure(stored), indent=1, ensure_ascii=False) + "\n"
    return text, arrays


def _listed(variable: Variable, array: str) -> _StoredVariable:
    return _StoredVariable(
        name=variable.name,
        label=variable.label,
        unit=variable.unit,
        basis=variable.basis,
        importer=variable.importer,
        exporter=variable.exporter,
        product=variable.product,
        path=tuple(variable.path.tolist()),
        array=array,
        censored_at=variable.censored_at,
    )


def _once(values: Floats) -> Floats:
    same = bool((values[:, :1] == values).all())
    return values[:, :1] if same else values


def decode_result(text: str, arrays: Mapping[str, Floats]) -> Result:
    """Put a result together again.

    Parameters
    ----------
    text : str
        What `encode_result` wrote.
    arrays : mapping of str to array
        All arrays, whatever was kept.

    Returns
    -------
    Result
        Equal to the one stored, number by number; without paths where none were kept.

    Raises
    ------
    InputError
        The layout is another one, or does not fit the arrays.
    """
    try:
        data: Any = json.loads(text)
    except ValueError as error:
        raise InputError(f"result.json must be JSON, got: {error}; run again") from None
    found = data.get("format") if isinstance(data, dict) else None
    if found != FORMAT:
        raise InputError(
            f"result.json must have format {FORMAT}, got {found!r}; run again with this version"
        )
    try:
        stored = make_converter().structure(data, _StoredResult)
        _check(stored)
        branches = len(stored.branch)
        return Result(
            provenance=stored.provenance,
            branch=Axis("branch", stored.branch),
            probability=np.array(stored.probability),
            options=stored.options,
            period=Axis("period", stored.period),
            headline=tuple(
                _variable(own, arrays, stored.draws, branches) for own in stored.headline
            ),
            paths=tuple(_variable(own, arrays, stored.draws, branches) for own in stored.paths),
            draws=stored.draws,
            seed=stored.seed,
            versions=stored.versions,
            dimensions=stored.dimensions,
        )
    except InputError:
        raise
    except Exception as error:
        raise InputError(
            "result.json must describe the draws beside it, got something else "
            f"({type(error).__name__}: {str(error)[:200]}); run again"
        ) from None


def _check(stored: _StoredResult) -> None:
    """Refuse what has the right types and still describes no result."""
    count = len(stored.branch)
    if not count or len(stored.probability) != count or len(stored.options) != count:
        raise ValueError("each branch must have its probability and its options")
    if not all(0.0 <= chance <= 1.0 for chance in stored.probability):
        raise ValueError("probabilities must lie between 0 and 1")
    if not stored.period or stored.draws < 1:
        raise ValueError("there must be a month and a draw")
    for text in (stored.provenance.known_on, stored.provenance.known_through):
        if not isinstance(text, str):
            raise ValueError("days must be text")


def _variable(
    stored: _StoredVariable, arrays: Mapping[str, Floats], draws: int, branches: int
) -> Variable:
    values = arrays[stored.array]
    # A stray number among the draws would pass for one; a stray path, for another branch's.
    if values.ndim != 3 or not np.isfinite(values).all():
        raise ValueError(f"{stored.array} must be finite numbers by path, draw and period")
    if len(stored.path) != branches or not all(0 <= own < len(values) for own in stored.path):
        raise ValueError(f"{stored.name} must have a path of its array for each branch")
    shape = (values.shape[0], draws, *values.shape[2:])
    fields = attrs.asdict(stored, recurse=False, filter=lambda field, _: field.name != "array")
    fields["path"] = np.array(stored.path, dtype=np.int64)
    return Variable(values=np.broadcast_to(values, shape), **fields)
