"""The folder of a result, read back; the only place that knows how it is found on disk."""

import json
from pathlib import Path

from tariffsim.disk import read_text
from tariffsim.errors import InputError
from tariffsim.report.summary import MANIFEST, Summary, read_summary


def load_summary(folder: Path) -> Summary:
    """Read the folder of a result, and hold every file against the manifest.

    Parameters
    ----------
    folder : Path
        What `tariffsim run --out` wrote.

    Returns
    -------
    Summary
        Bands, manifest and grounds.

    Raises
    ------
    InputError
        It is no folder of a result, or a file was changed since.

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
    for name in _listed(files[MANIFEST]):
        path = folder / name
        if path.is_file():
            files[name] = read_text(path)
    try:
        return read_summary(files)
    except InputError as error:
        raise InputError(f"{folder}: {error}") from None


def _listed(manifest: str) -> list[str]:
    """Names in the manifest that are plain names of text files: none leads out of the folder."""
    try:
        names = list(json.loads(manifest)["files"])
    except (ValueError, KeyError, TypeError):
        return []
    return [name for name in names if Path(name).name == name and Path(name).suffix in TEXT]


TEXT = {".csv", ".json"}
