"""Reading and replacing whole files, safely and with plain refusals; knows nothing of contents."""

import contextlib
import errno
import os
import secrets
import signal
import stat
import threading
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Literal, TypeAlias

from tariffsim.errors import InputError
from tariffsim.finding import Finding, Place, render
from tariffsim.terms import nearest

PathLike: TypeAlias = "str | os.PathLike[str]"
Doing: TypeAlias = Literal["read", "written"]

MAX_BYTES = 100_000_000

_DENIED = {errno.EACCES, errno.EPERM, errno.EROFS}
_FULL = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG}
# Folders cannot be synced everywhere; where they cannot, there is nothing left to do about it.
_NO_FOLDER_SYNC = {errno.EINVAL, errno.EOPNOTSUPP, errno.EBADF, errno.EACCES, errno.EISDIR}


def read_text(path: PathLike, limit: int = MAX_BYTES, *, torn_tail: bool = False) -> str:
    """Read a file of UTF-8 text, its line ends as they are.

    Parameters
    ----------
    path : path
        The file.
    limit : int
        Most bytes that are read.
    torn_tail : bool
        Let a last line without newline end in the middle of a character, as an interrupted
        append leaves it.

    Returns
    -------
    str
        The whole text.

    Raises
    ------
    InputError
        The file is missing, a folder, not readable, longer than `limit`, or not UTF-8.
    """
    return to_text(read_bytes(path, limit), path, torn_tail=torn_tail)


def read_bytes(path: PathLike, limit: int = MAX_BYTES) -> bytes:
    """Read all bytes of a file.

    Parameters
    ----------
    path : path
        The file.
    limit : int
        Most bytes that are read.

    Raises
    ------
    InputError
        The file is missing, a folder, not readable, or longer than `limit`.
    """
    try:
        with Path(path).open("rb") as stream:
            # A buffer as long as the file, not as the limit; what is no file says no length.
            length = os.fstat(stream.fileno()).st_size
            content = stream.read(min(length, limit) + 1 if length else limit + 1)
    except (OSError, ValueError) as error:
        raise refused(error, path, doing="read") from error
    if len(content) > limit:
        message = f"{path} must be at most {limit:,} bytes, got more; split it"
        raise _refusal("file-too-large", message)
    return content


def to_text(content: bytes, path: PathLike, *, torn_tail: bool = False) -> str:
    """Decode the bytes of a file as UTF-8, as `read_text` does.

    Parameters
    ----------
    content : bytes
        All of it.
    path : path
        Where it comes from.
    torn_tail : bool
        As in `read_text`.

    Raises
    ------
    InputError
        It is not UTF-8; placed at the first byte that is not.
    """
    cut = content.rfind(b"\n") + 1 if torn_tail else len(content)
    try:
        text = content[:cut].decode()
    except UnicodeDecodeError as error:
        raise _not_utf8(content, error.start, path) from error
    return text + content[cut:].decode(errors="replace")


def real_path(path: PathLike) -> Path:
    """Follow links to the file meant, so that it has one name.

    Raises
    ------
    InputError
        No system call takes such a path.
    """
    try:
        return Path(os.path.realpath(path))
    except (OSError, ValueError) as error:
        raise refused(error, path, doing="written") from error


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
        try:
            probe.touch()
        finally:  # an interrupt leaves nothing either
            probe.unlink(missing_ok=True)
    except OSError as error:
        raise InputError(
            f"{folder}: result folder must be writable, got: {error.strerror}; choose another "
            "with --out"
        ) from None


def write_atomically(path: PathLike, content: bytes) -> None:
    """Write a file so that at every moment either the old or the new one stands there, whole.

    Parameters
    ----------
    path : path
        The file; a link is followed. A file that is replaced keeps its mode.
    content : bytes
        All of it.

    Raises
    ------
    InputError
        The folder is missing or not writable, the disk is full, or a folder or a write-protected
        file stands there. Nothing is left behind then.
    """
    write_together({path: content})


def write_together(contents: Mapping[PathLike, bytes], *, remove: Iterable[Path] = ()) -> None:
    """Write files that belong together, so that no fault leaves some old and some new.

    Parameters
    ----------
    contents : mapping of path to bytes
        The files, in the order in which they take their names; see `write_atomically`.
    remove : iterable of Path
        Files that go when these have come.

    Raises
    ------
    InputError
        One of them cannot be written. Nothing was changed then, and nothing is left behind.

    Notes
    -----
    Temporary files in the same folders are written and synced, every one, before the first is
    renamed; then the folders are synced. All that may fail for want of room or by an interruption
    is in the first step.
    """
    staged: list[tuple[Path, Path]] = []
    path: PathLike = ""
    try:
        for path, content in contents.items():
            target = real_path(path)
            mode = _mode_of_replaceable(target)
            temporary = target.parent / f".tariffsim-{secrets.token_hex(8)}.tmp"
            staged.append((temporary, target))
            _write_synced(temporary, content, mode)
        with _uninterrupted():
            for temporary, path in staged:
                temporary.replace(path)
            for path in remove:
                path.unlink(missing_ok=True)
        for folder in dict.fromkeys(target.parent for _, target in staged):
            sync_folder(folder)
    except OSError as error:
        raise refused(error, path, doing="written") from error
    finally:
        for temporary, _ in staged:
            with contextlib.suppress(OSError):
                temporary.unlink(missing_ok=True)


def _write_synced(path: Path, content: bytes, mode: int | None) -> None:
    with path.open("xb") as stream:
        if mode is not None:
            path.chmod(mode)
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())


@contextlib.contextmanager
def _uninterrupted() -> Iterator[None]:
    """Put off an interruption by the keyboard until what is inside is done."""
    if threading.current_thread() is not threading.main_thread():
        yield  # Python interrupts the main thread only.
        return
    came: list[int] = []
    usual = signal.signal(signal.SIGINT, lambda number, _: came.append(number))
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, usual or signal.SIG_DFL)
        if came:
            signal.raise_signal(signal.SIGINT)


def head_path(path: PathLike) -> Path:
    """Name the HEAD file of a stored log: one folder holds one log."""
    return real_path(path).parent / "HEAD"


def sync_folder(folder: Path) -> None:
    """Make the names in a folder durable, where the system can."""
    try:
        handle = os.open(folder, os.O_RDONLY)
    except OSError as error:
        if error.errno in _NO_FOLDER_SYNC:
            return
        raise
    try:
        os.fsync(handle)
    except OSError as error:
        if error.errno not in _NO_FOLDER_SYNC:
            raise
    finally:
        os.close(handle)


def refused(error: OSError | ValueError, path: PathLike, *, doing: Doing) -> InputError:
    """Say what the system refused, why, and what to do about it.

    Parameters
    ----------
    error : OSError or ValueError
        As raised by a call on the path.
    path : path
        The file, as the user named it.
    doing : {'read', 'written'}
        What was tried.

    Returns
    -------
    InputError
        With one finding.

    Examples
    --------
    >>> import errno
    >>> print(refused(OSError(errno.ENOSPC, "full"), "out.csv", doing="written"))
    out.csv cannot be written: the disk is full; make room, nothing was changed
    """
    number = error.errno if isinstance(error, OSError) else errno.EINVAL
    folder = Path(path).parent
    rule, reason = "disk", f"{getattr(error, 'strerror', None) or error}; name another file"
    if number == errno.ENOENT and doing == "read":
        return _refusal("missing-file", f"{path} does not exist{_nearest(path)}; check its name")
    if number == errno.ENOENT and folder.is_dir():
        rule, reason = "missing-file", "it does not exist any more; look who moved it"
    elif number == errno.ENOENT:
        rule, reason = "missing-folder", f"the folder {folder} does not exist; create it first"
    elif number == errno.EISDIR:
        rule, reason = "is-folder", "it is a folder; name a file in it"
    elif number == errno.ENOTDIR:
        rule, reason = "not-a-folder", f"{_file_above(folder)} is a file, not a folder; move it"
    elif number in _DENIED and doing == "read":
        rule, reason = "not-readable", "you may not read it; change its permissions"
    elif number in _DENIED:
        reason = f"you may not write it in {folder}; change the permissions or name another folder"
        rule = "not-writable"
    elif number in _FULL:
        rule, reason = "no-space", "the disk is full; make room, nothing was changed"
    return _refusal(rule, f"{path} cannot be {doing}: {reason}")


def _mode_of_replaceable(target: Path) -> int | None:
    """Return the mode of the file that will be replaced, None if there is none."""
    try:
        found = target.stat()
    except FileNotFoundError:
        return None
    if stat.S_ISDIR(found.st_mode):
        raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), target)
    if not stat.S_ISREG(found.st_mode):
        raise OSError(errno.EINVAL, "it is a device or a pipe, which cannot be replaced", target)
    # A rename asks only the folder; a file set to read-only is meant to stay.
    if not os.access(target, os.W_OK):
        raise PermissionError(errno.EACCES, os.strerror(errno.EACCES), target)
    return stat.S_IMODE(found.st_mode)


def _refusal(rule: str, message: str, place: Place | None = None) -> InputError:
    finding = Finding(rule=rule, message=message, place=place)
    return InputError(render(finding) if place else message, [finding])


def _not_utf8(content: bytes, offset: int, path: PathLike) -> InputError:
    """Place the first byte that is not UTF-8."""
    before = content[:offset].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    line_start = before.rfind(b"\n") + 1
    place = Place(
        file=str(path),
        line=before.count(b"\n") + 1,
        column=len(before[line_start:].decode(errors="replace")) + 1,
    )
    hint = "it looks like UTF-16; " if content[:2] in {b"\xff\xfe", b"\xfe\xff"} else ""
    message = (
        f"text must be UTF-8, got byte 0x{content[offset]:02X} at offset {offset}; "
        f"{hint}save the file as UTF-8"
    )
    return _refusal("not-utf8", message, place)


def _nearest(path: PathLike) -> str:
    """Offer the name in the same folder that comes nearest, if one does."""
    wanted = Path(path)
    try:
        names = sorted(found.name for found in wanted.parent.iterdir())
    except (OSError, ValueError):
        return f", nor does the folder {wanted.parent}"
    return nearest(wanted.name, names)


def _file_above(folder: Path) -> Path:
    """Find the ancestor that should be a folder and is none."""
    return next((p for p in (folder, *folder.parents) if p.exists() and not p.is_dir()), folder)
