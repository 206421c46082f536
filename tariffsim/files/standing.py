"""Files that stand already: which of them a command may replace; writes none itself.

An option that names a file to write can name anything: a scenario, the manifest of a result, a
sheet typed for hours. A command replaces what it would have written itself, and nothing else.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TypeAlias

from tariffsim.disk import read_bytes, real_path
from tariffsim.errors import InputError
from tariffsim.finding import Finding
from tariffsim.report.manifest import MANIFEST

IsOwn: TypeAlias = Callable[[bytes], bool]

MAX_STANDING = 8_000_000_000
HEAD = 400


def refuse_other(path: Path, is_own: IsOwn, *, what: str, option: str = "--out") -> None:
    """Refuse to replace a file that is not of the kind to be written, or is part of a result.

    Parameters
    ----------
    path : Path
        The file to be written.
    is_own : function of bytes to bool
        Whether content is of the kind to be written.
    what : str
        What is to be written, in words.
    option : str
        Which names the file or its folder.

    Raises
    ------
    InputError
        Something else stands there; an empty file may be replaced.

    Examples
    --------
    >>> import tempfile
    >>> with tempfile.TemporaryDirectory() as folder:
    ...     sheet = Path(folder) / "scenario.yaml"
    ...     _ = sheet.write_text("scenario: mine")
    ...     try:
    ...         refuse_other(sheet, is_page, what="a page")
    ...     except InputError as error:
    ...         print(str(error).partition(": ")[2])
    a page may replace only an earlier one, got another file; name another with --out
    """
    real = real_path(path)
    if is_part_of_result(real):
        message = f"{path}: {what} may not replace a file of the result in {path.parent}"
    elif real.is_file() and (content := read_bytes(path, MAX_STANDING)) and not is_own(content):
        message = f"{path}: {what} may replace only an earlier one, got another file"
    else:
        return
    message = f"{message}; name another with {option}"
    raise InputError(message, [Finding(rule="not-replaced", message=message)])


def refuse_strangers(
    folder: Path, files: Mapping[str, bytes], *, standing: Iterable[str] = ()
) -> None:
    """Refuse to write files into a folder where one of them would replace a stranger's.

    Parameters
    ----------
    folder : Path
        Where to.
    files : mapping of str to bytes
        Name to content; what stands under a name must be empty or begin as the content does.
    standing : iterable of str
        Names that the folder's own manifest lists: those may be replaced in any case.

    Raises
    ------
    InputError
        Names the first file that would be lost.
    """
    known = set(standing)
    for name, content in files.items():
        path = folder / name
        if name in known or not path.is_file():
            continue
        old = read_bytes(path, MAX_STANDING)
        if old and beginning(name, old) != beginning(name, content):
            raise InputError(
                f"{path}: what is written there may replace only an earlier one, got another file; "
                "move it away, or name another folder with --out"
            )


def beginning(name: str, content: bytes) -> bytes:
    r"""Take from a file what shows its kind: first line, first key, or first bytes.

    Examples
    --------
    >>> beginning("duty.csv", b"scenario,branch\r\n1,2\n"), beginning("a.json", b'{\n "b": 1}')
    (b'scenario,branch', b'{"b"')
    """
    if name.endswith(".csv"):
        return content.partition(b"\n")[0].strip()
    if name.endswith(".json"):
        return b"".join(content[:HEAD].partition(b":")[0].split())
    return content[:4]


def is_page(content: bytes) -> bool:
    """Tell whether content is a page of HTML."""
    return content[:HEAD].lstrip().lower().startswith(b"<!doctype html")


def is_picture(content: bytes) -> bool:
    """Tell whether content is a picture in SVG."""
    return b"<svg" in content[:HEAD]


def is_manifest(content: bytes) -> bool:
    """Tell whether content is the manifest of a result, be it whole or damaged."""
    return beginning(MANIFEST, content) == b'{"tariffsim"'


def is_sensitivity(content: bytes) -> bool:
    """Tell whether content is what ``tariffsim sensitivity --out`` writes."""
    return _has_keys(content, ("metric", "drivers", "swings"))


def _has_keys(content: bytes, keys: Iterable[str]) -> bool:
    try:
        data = json.loads(content)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and {*keys} <= {*data}


def is_part_of_result(path: Path) -> bool:
    """Tell whether a file is the manifest of a result, or listed in the one beside it."""
    beside = path.with_name(MANIFEST)
    try:
        content = read_bytes(beside) if beside.is_file() else b""
        if not is_manifest(content):
            return False
        return path == beside or path.name in json.loads(content)["files"]
    except (InputError, ValueError, RecursionError, KeyError, TypeError):
        return path == beside
