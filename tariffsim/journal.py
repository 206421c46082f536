"""The stored log on disk: read with its HEAD, append at its verified end; knows no event kind.

Lines are written and synced before HEAD is. An append that dies on the way leaves a torn last
line, or whole lines that HEAD does not name yet; both are read with a notice, nothing is lost.
"""

import contextlib
import errno
import os
import sys
import time
from collections.abc import Iterator
from io import FileIO
from pathlib import Path

from tariffsim.codec.lines import EMPTY, Decoded, Head, decode, read_head, write_head
from tariffsim.disk import (
    PathLike,
    head_path,
    read_text,
    real_path,
    refused,
    sync_folder,
    to_text,
    write_atomically,
)
from tariffsim.errors import InputError, LogError
from tariffsim.finding import Finding

PATIENCE = 10.0  # seconds that an append waits for another one to end

_NOT_OF_HEAD = {"log-cut", "log-rewritten"}
_BUSY = {errno.EAGAIN, errno.EACCES, errno.EDEADLK}


def read_log(path: PathLike, *, file: str | None = None) -> Decoded:
    """Read and verify a stored log against the file ``HEAD`` beside it.

    Parameters
    ----------
    path : path
        The file of JSON Lines.
    file : str, optional
        Its name in places; the path if none is given.

    Returns
    -------
    Decoded
        Entries, head and notices.

    Raises
    ------
    InputError
        The file cannot be read.
    LogError
        It was cut, changed or rewritten; every fault found.
    """
    # HEAD first: an append that ends in between makes the log longer than HEAD, never shorter.
    head = _stored_head(path)
    with _other_log_named(path, head):
        return decode(read_text(path, torn_tail=True), file=file or str(path), head=head)


def append_lines(
    path: PathLike, text: str, *, expected: Head = EMPTY, patience: float = PATIENCE
) -> Head:
    """Write lines at the verified end of a stored log, then HEAD; all of them or none.

    Parameters
    ----------
    path : path
        The file of JSON Lines; it is made if `expected` is empty and it does not exist.
    text : str
        Whole lines as `tariffsim.codec.lines.encode` gives them after `expected`.
    expected : Head
        Where the log stood when it was read.
    patience : float
        Seconds to wait while another append runs.

    Returns
    -------
    Head
        Where the log stands now.

    Raises
    ------
    LogError
        The log is damaged, or no longer ends at `expected` (rule ``log-moved-on``: read it again
        and append to what is there).
    InputError
        The files cannot be written, or another append did not end in time.
    ValueError
        `text` does not end in a newline.

    Notes
    -----
    The lock file beside the log is there only while an append runs. A torn tail is cut off.
    """
    if not text.endswith("\n"):
        raise ValueError("text must be whole lines, each with its newline")
    content = text.encode()
    real = real_path(path)
    after = decode(text, file="the lines to append", head=None, previous=expected).head
    try:
        with _locked(real, patience), _opened(real, expected) as stream:
            end = _verified_end(stream, path, expected=expected, head=_stored_head(real))
            _commit(stream, content, end, real=real, after=after)
    except OSError as error:
        raise refused(error, path, doing="written") from error
    return after


def _stored_head(path: PathLike) -> Head | None:
    file = head_path(path)
    return read_head(read_text(file, 1_000), file=str(file)) if file.exists() else None


@contextlib.contextmanager
def _other_log_named(path: PathLike, head: Head | None) -> Iterator[None]:
    """Say so where a log does not fit HEAD because HEAD is that of another log of the folder."""
    try:
        yield
    except LogError as error:
        rules = {finding.rule for finding in error.findings if isinstance(finding, Finding)}
        other = _log_ending_in(path, head) if head and rules & _NOT_OF_HEAD else None
        if other is None:
            raise
        message = (
            f"{path} must lie in a folder of its own, because HEAD beside it says where one log "
            f"ends, and that is {other}; put one of the two into another folder, or join them: "
            f"tariffsim log merge"
        )
        raise LogError(message, [Finding(rule="two-logs", message=message)]) from error


def _log_ending_in(path: PathLike, head: Head) -> str | None:
    """Find another log of the folder that holds the line which HEAD names."""
    real = real_path(path)
    for other in sorted(real.parent.glob("*.jsonl")):
        if other != real:
            with contextlib.suppress(InputError):
                if f'"chain":"{head.chain}"' in read_text(other, torn_tail=True):
                    return other.name
    return None


@contextlib.contextmanager
def _opened(real: Path, expected: Head) -> Iterator[FileIO]:
    """Open the log to change it in place; a file made for it goes again if nothing comes of it."""
    fresh = expected == EMPTY and not real.exists()
    # Without a buffer: one that failed to flush would be written once more on closing.
    with real.open("x+b" if fresh else "r+b", buffering=0) as stream:
        try:
            yield stream
        finally:
            if fresh and os.fstat(stream.fileno()).st_size == 0:
                real.unlink()


def _verified_end(stream: FileIO, path: PathLike, *, expected: Head, head: Head | None) -> int:
    """Verify the whole log and return the offset behind its last whole line."""
    content = stream.readall()
    end = content.rfind(b"\n") + 1
    with _other_log_named(path, head):
        found = decode(to_text(content[:end], path), file=str(path), head=head).head
    if found != expected:
        message = (
            f"{path} must end at line {expected.count} as it did when it was read, it ends at line "
            f"{found.count} now; read it again and append to that"
        )
        raise LogError(message, [Finding(rule="log-moved-on", message=message)])
    return end


def _commit(stream: FileIO, content: bytes, end: int, *, real: Path, after: Head) -> None:
    """Write lines, sync them, then write HEAD; whatever goes wrong, take the lines back."""
    try:
        stream.truncate(end)
        stream.seek(end)
        rest = memoryview(content)
        while rest:
            rest = rest[stream.write(rest) :]
        os.fsync(stream.fileno())
        sync_folder(real.parent)
        write_atomically(head_path(real), write_head(after).encode())
    except BaseException:
        # With the new HEAD in place the lines are recorded, whatever failed behind that.
        with contextlib.suppress(OSError, InputError):
            if _stored_head(real) != after:
                stream.truncate(end)
                os.fsync(stream.fileno())
        raise


@contextlib.contextmanager
def _locked(real: Path, patience: float) -> Iterator[None]:
    """Hold the lock file beside a log; it is removed while it is still held."""
    lock = real.parent / f".{real.name}.lock"
    handle = _acquired(lock, time.monotonic() + patience)
    try:
        yield
    finally:
        # Windows does not remove an open file; there the empty lock file stays.
        with contextlib.suppress(OSError):
            lock.unlink()
        os.close(handle)


def _acquired(lock: Path, deadline: float) -> int:
    """Open and lock a file that is still the one of that name once it is locked."""
    while True:
        handle = os.open(lock, os.O_RDWR | os.O_CREAT, 0o666)
        held = False
        try:
            held = _try_lock(handle) and _is_current(handle, lock)
        finally:
            if not held:
                os.close(handle)
        if held:
            return handle
        if time.monotonic() >= deadline:
            message = f"the log is being written by another program ({lock}); try again later"
            raise InputError(message, [Finding(rule="log-locked", message=message)])
        time.sleep(0.005)


def _is_current(handle: int, lock: Path) -> bool:
    """Tell whether the file locked is still there; who held it before may have removed it."""
    try:
        return os.path.samestat(os.fstat(handle), lock.stat())
    except FileNotFoundError:
        return False


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        """Lock a file unless another process holds it."""
        try:
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise
        return True

else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        """Lock a file unless another process holds it."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            if error.errno in _BUSY:
                return False
            raise
        return True
