"""Lines of a stored log and the chain that holds them together; knows no file and no event kind."""

import datetime as dt
import hashlib

import attrs

from tariffsim.exact import Plain


@attrs.frozen(kw_only=True)
class Head:
    """How far a log goes: its number of lines and the chain value of the last one."""

    count: int
    chain: str


# Hashing the name of the format means that no line of another format continues the chain.
EMPTY = Head(count=0, chain=hashlib.sha256(b"tariffsim log, format 1").hexdigest())


@attrs.frozen(kw_only=True)
class LogLine:
    """One event as plain data, and the day it entered the record (None where nobody noted it)."""

    event: dict[str, Plain]
    recorded: dt.date | None = None


def link(chain: str, rest: str) -> str:
    """Hash the chain value before a line, and the line after its own chain value."""
    return hashlib.sha256(f"{chain}\n{rest}".encode("utf-8", "surrogatepass")).hexdigest()
