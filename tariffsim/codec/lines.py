"""The stored form of a log: JSON Lines in a hash chain, and its HEAD; knows no kind of event.

A line is the canonical JSON of ``{"chain", "event", "recorded", "seq"}``. Its chain value is the
SHA-256 of the chain value before it and of everything else in the line, so that one changed byte
anywhere breaks it. A cut at a line's end breaks nothing: that is what HEAD is compared for.
"""

import re
from collections.abc import Iterable

import attrs

from tariffsim.codec.chain import EMPTY, Head, LogLine, link
from tariffsim.codec.places import place_at, refusal
from tariffsim.codec.verify import Verifier
from tariffsim.errors import LogError
from tariffsim.exact import canonical
from tariffsim.finding import Finding

__all__ = [
    "EMPTY",
    "Decoded",
    "Head",
    "LogLine",
    "canonical",
    "decode",
    "encode",
    "read_head",
    "write_head",
]

MAX_FINDINGS = 100
_HEAD = re.compile(r"(0|[1-9][0-9]{0,17}) ([0-9a-f]{64})\n")


@attrs.frozen(kw_only=True)
class Decoded:
    """What a stored log holds.

    Parameters
    ----------
    entries : tuple of LogLine
        In the order recorded; the first has seq 1 (or follows `previous` of `decode`).
    head : Head
        Of the whole lines read.
    notices : tuple of Finding
        Warnings: a torn tail dropped, lines beyond HEAD, no HEAD to compare with.
    """

    entries: tuple[LogLine, ...]
    head: Head
    notices: tuple[Finding, ...]


def encode(entries: Iterable[LogLine], previous: Head = EMPTY) -> tuple[str, Head]:
    r"""Write entries as lines that continue a log.

    Parameters
    ----------
    entries : iterable of LogLine
        In the order they are to be recorded.
    previous : Head
        Where the log stands.

    Returns
    -------
    text : str
        Whole lines, each with its newline.
    head : Head
        Where the log stands with them.

    Raises
    ------
    TypeError, ValueError
        As `canonical`.

    Examples
    --------
    >>> import datetime as dt
    >>> entry = LogLine(event={"type": "reviewed"}, recorded=dt.date(2025, 6, 6))
    >>> text, head = encode([entry])
    >>> head.count, text[76:]
    (1, '"event":{"type":"reviewed"},"recorded":"2025-06-06","seq":1}\n')
    >>> decode(text, file="log.jsonl", head=head).head == head
    True
    """
    written: list[str] = []
    count, chain = previous.count, previous.chain
    for entry in entries:
        count += 1
        day = entry.recorded.isoformat() if entry.recorded else None
        rest = canonical({"event": entry.event, "recorded": day, "seq": count})[1:]
        chain = link(chain, rest)
        written.append(f'{{"chain":"{chain}",{rest}\n')
    return "".join(written), Head(count=count, chain=chain)


def decode(text: str, *, file: str, head: Head | None, previous: Head = EMPTY) -> Decoded:
    """Read whole lines and verify everything there is to verify about them.

    Parameters
    ----------
    text : str
        The file's text, or the part of it that follows `previous`.
    file : str
        Name of the file, for places.
    head : Head, optional
        What HEAD says. None: there is none, so that a cut goes unseen; a notice says so.
    previous : Head
        Where the text begins.

    Returns
    -------
    Decoded
        Entries, head and notices.

    Raises
    ------
    LogError
        With every fault found: lines that are no JSON or not canonical, wrong fields, a gap in
        seq, a broken chain (each break once), a log cut or rewritten against HEAD.

    Notes
    -----
    A last line without its newline is an append that was interrupted: it is dropped with a notice.
    Whole lines beyond HEAD come from an append interrupted before HEAD was written; they are kept
    with a notice, since their chain continues from the very line that HEAD names.
    """
    *whole, tail = text.split("\n")
    reader = Verifier(file=file, lines=(*whole, tail), previous=previous)
    for number, line in enumerate(whole, start=1):
        reader.take(number, line)
        if len(reader.findings) == MAX_FINDINGS:
            reader.note("too-many-faults", f"stopped after {MAX_FINDINGS} faults", line=number)
            raise refusal(reader.findings, kind=LogError)
    if tail:
        message = "the last line lacks its end, as an interrupted append leaves it; dropped it"
        reader.note("torn-tail", message, line=len(whole) + 1, severity="warning")
    reader.compare(head)
    if any(found.severity == "error" for found in reader.findings):
        raise refusal(reader.findings, kind=LogError)
    end = Head(count=previous.count + len(whole), chain=reader.chains[-1])
    return Decoded(entries=tuple(reader.entries), head=end, notices=tuple(reader.findings))


def write_head(head: Head) -> str:
    """Write the content of a HEAD file: the count, a space, the chain value, a newline."""
    return f"{head.count} {head.chain}\n"


def read_head(text: str, *, file: str) -> Head:
    """Read the content of a HEAD file.

    Raises
    ------
    LogError
        Anything but what `write_head` writes.

    Examples
    --------
    >>> read_head(write_head(EMPTY), file="HEAD") == EMPTY
    True
    """
    match = _HEAD.fullmatch(text)
    if match is None:
        message = "HEAD must be a count, a space and 64 hexadecimal digits; restore it from a copy"
        place = place_at(1, 1, file=file, lines=tuple(text.split("\n")))
        raise refusal(
            [Finding(rule="head-unreadable", message=message, place=place)], kind=LogError
        )
    return Head(count=int(match[1]), chain=match[2])
