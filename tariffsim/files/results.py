"""Results to disk and back: tidy CSV, draws, other formats, and a manifest that hashes them all."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from tariffsim import __version__
from tariffsim.arrays import Floats
from tariffsim.codec.arrays import from_npz, to_npz
from tariffsim.codec.results import Kept, decode_result, encode_result
from tariffsim.disk import prepare_folder, read_bytes, read_text, to_text, write_together
from tariffsim.errors import InputError
from tariffsim.experiment import Experiment
from tariffsim.exports import check_formats, exported
from tariffsim.files.standing import is_manifest, refuse_strangers
from tariffsim.gather import grounds
from tariffsim.report.bands import Bands
from tariffsim.report.manifest import MANIFEST, check_rows, placed, read_manifest
from tariffsim.report.stored_grounds import GROUNDS, grounds_text
from tariffsim.report.tidy import result_files
from tariffsim.resolve import Inputs
from tariffsim.result import Result
from tariffsim.terms import nearest

STRUCTURE = "result.json"
KEPT: dict[str, tuple[Kept, ...]] = {
    "nothing": (),
    "headline": ("headline",),
    "paths": ("headline", "paths"),
}
ARRAYS: dict[Kept, str] = {"headline": "draws.npz", "paths": "paths.npz"}
MAX_DRAWS_BYTES = 8_000_000_000


def check_choice(keep: str, formats: Sequence[str], folder: Path | None) -> tuple[str, ...]:
    """Refuse a choice of draws or formats before anything is computed.

    Raises
    ------
    InputError
        A word is unknown, or formats are asked for without a folder.
    """
    if keep not in KEPT:
        raise InputError(
            f"keep must be one of {', '.join(KEPT)}, got {keep!r}{nearest(keep, KEPT)}"
        )
    check_formats(formats)
    if formats and folder is None:
        raise InputError(f"a format needs a folder, got --format {formats[0]} alone; add --out DIR")
    return tuple(formats)


def write_result(
    result: Result,
    folder: str | Path,
    *,
    inputs: Inputs | None = None,
    experiment: Experiment | None = None,
    keep: str = "headline",
    formats: Sequence[str] = (),
    bands: Bands | None = None,
) -> tuple[Path, ...]:
    """Write every file of a result, the manifest last: all of them, or none is changed.

    Parameters
    ----------
    result : Result
        What to write.
    folder : str or Path
        Where; made if absent.
    inputs : Inputs, optional
        What it was run from. With it the folder also holds facts, sources, parameters and what
        drives each number, from which `tariffsim report` and `tariffsim explain` speak.
    experiment : Experiment, optional
        The inputs resolved, where they are at hand: spares resolving them again.
    keep : {'nothing', 'headline', 'paths'}
        Which draws are kept beside the tidy tables: none; those of the headline metrics; those of
        every monthly path too, which may take much room.
    formats : sequence of {'csv', 'json', 'parquet', 'xlsx', 'netcdf'}
        Further formats of the same tables; tidy CSV is always written.
    bands : Bands, optional
        Those of the headline, where they are at hand: spares working them out again.

    Returns
    -------
    tuple of Path
        The files written.

    Raises
    ------
    MissingExtra
        A format needs a library that is not installed.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import tariffsim as ts
    >>> result = ts.run(ts.with_options(ts.load_inputs("minerals"), draws=64))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     [path.name for path in write_result(result, Path(folder))][-1]
    'manifest.json'
    """
    folder = Path(folder)
    registers = inputs.parameter_sources.values() if inputs is not None else ()
    rests_on = grounds(result, inputs, registers=registers, experiment=experiment)
    others = {
        GROUNDS: grounds_text(rests_on).encode(),
        **_stored(result, keep),
        **exported(result, formats),
    }
    prepare_result(folder)
    texts = result_files(result, version=__version__, others=others, bands=bands)
    files = {name: text.encode() for name, text in texts.items() if name != MANIFEST}
    # The manifest goes last: whoever finds it finds all that it names.
    files |= {**others, MANIFEST: texts[MANIFEST].encode()}
    earlier = _left_over(folder)
    refuse_strangers(folder, files, standing={*earlier, MANIFEST})
    # What an earlier run left and this one does not write would pass for a part of this result.
    obsolete = [folder / name for name in sorted(earlier - set(files))]
    write_together({folder / name: content for name, content in files.items()}, remove=obsolete)
    return tuple(folder / name for name in files)


def prepare_result(folder: Path) -> None:
    """Make the folder of a result, or say why it cannot be one.

    Raises
    ------
    InputError
        It cannot be made or written to, or holds a manifest that no run wrote.
    """
    _refuse_other_manifest(folder)
    prepare_folder(folder)


def _refuse_other_manifest(folder: Path) -> None:
    path = folder / MANIFEST
    if path.is_file() and (content := read_bytes(path)) and not is_manifest(content):
        raise InputError(
            f"{path}: a result may replace only an earlier result, got the manifest of something "
            "else; name another folder with --out"
        )


def _left_over(folder: Path) -> set[str]:
    """Name the files of the result that stands in the folder, if one does."""
    try:
        return set(_manifest(folder)["files"])
    except InputError:
        return set()


def _stored(result: Result, keep: str) -> dict[str, bytes]:
    check_choice(keep, (), None)
    if not KEPT[keep]:
        return {}
    text, arrays = encode_result(result, kept=KEPT[keep])
    found = {STRUCTURE: text.encode()}
    found |= {ARRAYS[kind]: to_npz(own) for kind, own in arrays.items()}
    return found


def load_result(folder: str | Path) -> Result:
    """Read a result back from its folder, and hold every file against the manifest.

    Parameters
    ----------
    folder : str or Path
        What `write_result` or ``tariffsim run --out`` wrote.

    Returns
    -------
    Result
        The same numbers; without monthly paths where they were not kept.

    Raises
    ------
    InputError
        A file is missing or was changed, another version wrote the folder, or no draws were kept.

    Examples
    --------
    >>> import tempfile
    >>> from pathlib import Path
    >>> import tariffsim as ts
    >>> result = ts.run(ts.with_options(ts.load_inputs("minerals"), draws=64))
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     _ = ts.write_result(result, Path(folder))
    ...     again = load_result(folder)
    >>> again.headline[0].values.tolist() == result.headline[0].values.tolist()
    True
    """
    place = Path(folder)
    manifest = _manifest(place)
    _same_version(place, manifest)
    contents = {
        name: _checked(place / name, entry) for name, entry in sorted(manifest["files"].items())
    }
    if STRUCTURE not in contents:
        raise InputError(
            f"{place}: the result must have kept its draws, found none; run again with "
            "--keep headline"
        )
    arrays: dict[str, Floats] = {}
    try:
        for name in ARRAYS.values():
            if name in contents:
                arrays |= from_npz(contents[name])
        return decode_result(to_text(contents[STRUCTURE], STRUCTURE), arrays)
    except InputError as error:
        raise placed(place, error) from None


def is_result(path: str | Path) -> bool:
    """Tell whether a path is the folder of a result."""
    return (Path(path) / MANIFEST).is_file()


def _manifest(place: Path) -> dict[str, Any]:
    if not place.is_dir():
        raise InputError(
            f"{place}: a result must be a folder, found none; write one with: tariffsim run "
            f"SCENARIO --out {place}"
        )
    if not is_result(place):
        raise InputError(
            f"{place}: a result must have a {MANIFEST}, found none; it was not finished, or is "
            "another folder"
        )
    try:
        return read_manifest(read_text(place / MANIFEST))
    except InputError as error:
        raise placed(place, error) from None


def _same_version(place: Path, manifest: dict[str, Any]) -> None:
    written = manifest.get("tariffsim")
    if written != __version__:
        raise InputError(
            f"{place}: the result must be of this version, {__version__}, got {written}; run the "
            "scenario again, or install that version"
        )


def _checked(path: Path, entry: dict[str, Any]) -> bytes:
    content = read_bytes(path, limit=MAX_DRAWS_BYTES)
    found = hashlib.sha256(content).hexdigest()
    if found != entry["sha256"]:
        raise InputError(
            f"{path}: the file must have the hash in the manifest, {entry['sha256'][:12]}, got "
            f"{found[:12]}; it was changed after it was written: run again"
        )
    if path.suffix == ".csv":
        check_rows(path.name, content, entry)
    return content
