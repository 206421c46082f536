"""Results to disk: tidy CSV, headline and grounds as JSON, a manifest that hashes them all."""

from pathlib import Path

from tariffsim import __version__
from tariffsim.disk import write_atomically
from tariffsim.errors import InputError
from tariffsim.files.scenarios import parameter_sources
from tariffsim.gather import grounds
from tariffsim.report.stored_grounds import GROUNDS, grounds_text
from tariffsim.report.summary import MANIFEST
from tariffsim.report.tidy import result_files
from tariffsim.resolve import Inputs
from tariffsim.result import Result


def prepare_folder(folder: Path) -> None:
    """Make the folder of a result before anything is computed, or say why it cannot be.

    Raises
    ------
    InputError
        It cannot be made or written to.
    """
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe = folder / ".tariffsim-probe"
        probe.touch()
        probe.unlink()
    except OSError as error:
        raise InputError(
            f"{folder}: result folder must be writable, got: {error.strerror}; choose another "
            "with --out"
        ) from None


def write_result(result: Result, folder: Path, *, inputs: Inputs | None = None) -> tuple[Path, ...]:
    """Write every file of a result, the manifest last; a file is replaced whole or not at all.

    Parameters
    ----------
    result : Result
        The answer.
    folder : Path
        Where to; made if absent.
    inputs : Inputs, optional
        What it was run from. With it the folder also holds facts, sources, parameters and what
        drives each number, from which `tariffsim report` and `tariffsim explain` speak.

    Returns
    -------
    tuple of Path
        The files written.

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
    prepare_folder(folder)
    registers = parameter_sources().values() if inputs is not None else ()
    found = grounds(result, inputs, registers=registers)
    others = {GROUNDS: grounds_text(found).encode()}
    texts = result_files(result, version=__version__, others=others)
    manifest = texts.pop(MANIFEST)
    files = {name: text.encode() for name, text in texts.items()}
    # The manifest goes last: whoever finds it finds all that it names.
    files |= {**others, MANIFEST: manifest.encode()}
    for name, content in files.items():
        write_atomically(folder / name, content)
    return tuple(folder / name for name in files)
