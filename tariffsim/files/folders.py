"""The folder of a result, read back; the only place that knows how it is found on disk."""

import contextlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs

from tariffsim.disk import read_text
from tariffsim.errors import InputError, UnknownName
from tariffsim.report.manifest import MANIFEST, placed, read_manifest, shown
from tariffsim.report.measured import Measured, read_measured
from tariffsim.report.summary import Summary, read_summary


def load_summary(folder: Path, *, sensitivities: Iterable[Path] = ()) -> Summary:
    """Read the folder of a result, and hold every file against the manifest.

    Parameters
    ----------
    folder : Path
        What `tariffsim run --out` wrote.
    sensitivities : iterable of Path
        Files that hold what ``tariffsim sensitivity --out`` wrote for the same scenario.

    Returns
    -------
    Summary
        Bands, manifest and grounds.

    Raises
    ------
    InputError
        It is no folder of a result, a file was changed since, or a sensitivity is of another
        scenario, or of a metric that the result lacks.

    Examples
    --------
    >>> import tempfile
    >>> import tariffsim as ts
    >>> inputs = ts.with_options(ts.load_inputs("canola"), draws=64)
    >>> with tempfile.TemporaryDirectory() as name:
    ...     _ = ts.write_result(ts.run(inputs), Path(name), inputs=inputs)
    ...     load_summary(Path(name)).metric("customs_value.CHN.CAN").unit
    'USD billion'
    """
    manifest = folder / MANIFEST
    if not manifest.is_file():
        raise InputError(
            f"{folder}: must be the folder of a result, found no {MANIFEST} in it; write one "
            "with: tariffsim run SCENARIO --out DIR"
        )
    files = {MANIFEST: read_text(manifest)}
    try:
        for name in _listed(files[MANIFEST]):
            path = folder / name
            if path.is_file():
                files[name] = read_text(path)
        found = read_summary(files)
    except InputError as error:
        raise placed(folder, error) from None
    return attrs.evolve(found, measured=tuple(_measured(path, found) for path in sensitivities))


@contextlib.contextmanager
def fitting(folder: Path) -> Iterator[None]:
    """Say in words that the files of a folder contradict each other where a reader trips over it.

    Each file has been held against the manifest and its own form before. That a rate has a path
    for each label, or a month a name, shows only where both are used.

    Raises
    ------
    InputError
        Whatever the reader raised, in words; the cause is kept for ``--debug``.

    Examples
    --------
    >>> try:
    ...     with fitting(Path("results")):
    ...         [].pop()
    ... except InputError as error:
    ...     print(str(error).partition(" (")[0])
    results: the files of a result must fit each other as a run writes them, got others
    """
    try:
        yield
    except (ArithmeticError, AttributeError, LookupError, RuntimeError, TypeError, ValueError) as e:
        raise InputError(
            f"{folder}: the files of a result must fit each other as a run writes them, got others "
            f"({type(e).__name__}: {shown(str(e))}); run the scenario again with --out, and report "
            "what --debug says where nobody changed them"
        ) from e


def _measured(path: Path, summary: Summary) -> Measured:
    try:
        found = read_measured(read_text(path), summary.manifest)
        unit = summary.metric(found.metric).unit
    except (InputError, UnknownName) as error:
        raise InputError(f"{path}: {error}") from None
    if unit != found.unit:
        raise InputError(f"{path}: unit must be the result's, {unit}, got {found.unit}")
    return found


def _listed(manifest: str) -> list[str]:
    """Names in the manifest of text files."""
    return [name for name in read_manifest(manifest)["files"] if Path(name).suffix in TEXT]


TEXT = {".csv", ".json"}
