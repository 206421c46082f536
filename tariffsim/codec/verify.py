"""Verification of a stored log line by line, every fault once; knows no file and no event kind."""

import datetime as dt
import json
from typing import NoReturn

from tariffsim.codec.chain import Head, LogLine, link
from tariffsim.codec.places import place_at
from tariffsim.exact import MAX_DEPTH, check, dumps
from tariffsim.finding import Finding, Severity

_FIELDS = {"chain", "event", "recorded", "seq"}
# With sorted keys and no spaces the chain value stands first in every line, at one width.
_CHAIN_START = len('{"chain":"')
_REST_START = len('{"chain":"",') + 64


def _no_float(text: str) -> NoReturn:
    raise TypeError(f"numbers in a log must be whole, got {text}")


# json.loads would make a decoder for every call.
_DECODER = json.JSONDecoder(parse_float=_no_float, parse_constant=_no_float)


class _BrokenLine(Exception):
    """The first fault of a line."""

    def __init__(self, rule: str, message: str, column: int = 1) -> None:
        super().__init__(message)
        self.rule, self.message, self.column = rule, message, column


class Verifier:
    """Verifies lines one after the other; lives inside one call of `decode`."""

    def __init__(self, *, file: str, lines: tuple[str, ...], previous: Head) -> None:
        self.file = file
        self.lines = lines
        self.start = previous.count
        self.findings: list[Finding] = []
        self.entries: list[LogLine] = []
        self.chains = [previous.chain]
        self.last_seq = previous.count
        # What may come next. After a fault that is more than one value (None: any), so that
        # each fault is reported once and the lines behind it are still verified.
        self.before: set[str] | None = {previous.chain}
        self.next_seq: set[int] | None = {previous.count + 1}

    def note(
        self, rule: str, message: str, *, line: int, column: int = 1, severity: Severity = "error"
    ) -> None:
        """Add a finding at a line."""
        place = place_at(line, column, file=self.file, lines=self.lines)
        self.findings.append(Finding(rule=rule, message=message, place=place, severity=severity))

    def take(self, number: int, line: str) -> None:
        """Verify one whole line."""
        stated, rest = line[_CHAIN_START : _CHAIN_START + 64], line[_REST_START:]
        before, next_seq = self.before, self.next_seq
        linked = {link(chain, rest) for chain in before or ()}
        seq: int | None = None
        try:
            seq, entry = _content(line)
            if next_seq is not None and seq not in next_seq:
                raise _out_of_order(line, expected=min(next_seq), got=seq)
            if before is not None and stated not in linked:
                raise _off_chain()
        except _BrokenLine as fault:
            self.note(fault.rule, fault.message, line=number, column=fault.column)
            self._go_on(stated, linked, seq)
        else:
            self.entries.append(entry)
            self.before, self.next_seq = {stated}, {seq + 1}
        self.chains.append(stated)
        self.last_seq = self.last_seq + 1 if seq is None else seq

    def _go_on(self, stated: str, linked: set[str], seq: int | None) -> None:
        """Widen what may come next after a fault."""
        if seq is None or self.before is None or self.next_seq is None:
            self.before = self.next_seq = None
            return
        # One link a fault: linking all of them again would double their number every time.
        self.before |= {stated, *(linked if len(linked) == 1 else ())}
        self.next_seq = {seq + 1, *(number + 1 for number in self.next_seq)}

    def compare(self, head: Head | None) -> None:
        """Compare the end that was read with the one that HEAD names."""
        last = len(self.lines)
        if head is None:
            if self.entries:
                message = "no HEAD to compare with: lines cut off at the end would go unseen"
                self.note("head-missing", message, line=last, severity="warning")
            return
        if head.count > self.last_seq:
            message = (
                f"the log must have {head.count} lines as HEAD says, got {self.last_seq}; lines "
                "were cut off the end, restore it from a copy"
            )
            self.note("log-cut", message, line=last)
            return
        place = head.count - self.start
        if place < 0 or any(found.severity == "error" for found in self.findings):
            return
        if self.chains[place] != head.chain:
            message = (
                f"line {head.count} must have the chain value that HEAD names; the log or HEAD "
                "was rewritten, restore both from a copy"
            )
            self.note("log-rewritten", message, line=max(place, 1))
        elif head.count < self.last_seq:
            message = (
                f"HEAD names {head.count} lines, the log has {self.last_seq} that continue it, as "
                "an append leaves them that was interrupted before HEAD was written; kept them"
            )
            self.note("head-behind", message, line=place + 1, severity="warning")


def _content(line: str) -> tuple[int, LogLine]:
    """Read a line that is canonical, has the fields of a log line, and nothing else."""
    if line.endswith("\r"):
        message = "a line must end in LF alone, got CR LF; undo the conversion (git: core.autocrlf)"
        raise _BrokenLine("line-end", message, len(line))
    if not line.strip():
        raise _BrokenLine("blank-line", "a line must hold an event, got none; delete the line")
    try:
        content = _DECODER.decode(line)
        if line.count("{") + line.count("[") > MAX_DEPTH:
            check(content)
        expected = dumps(content)
    except json.JSONDecodeError as error:
        message = "a line must be one whole JSON object, here it breaks; restore it from a copy"
        raise _BrokenLine("not-json", message, error.colno) from error
    except RecursionError as error:
        message = f"values may be nested {MAX_DEPTH} levels deep, got more"
        raise _BrokenLine("not-json", message) from error
    except (TypeError, ValueError) as error:
        raise _BrokenLine("not-json", str(error)) from error
    if expected != line:
        raise _not_canonical(line, expected)
    return _fields(content)


def _fields(content: object) -> tuple[int, LogLine]:
    """Take a line's object apart."""
    if not isinstance(content, dict) or content.keys() != _FIELDS:
        listed = ", ".join(sorted(_FIELDS))
        raise _BrokenLine("log-line-shape", f"a line must have exactly the fields {listed}")
    chain, event = content["chain"], content["event"]
    day, seq = content["recorded"], content["seq"]
    if not isinstance(chain, str) or len(chain) != 64:
        raise _BrokenLine("log-line-shape", "chain must be 64 hexadecimal digits")
    if not isinstance(event, dict):
        raise _BrokenLine("log-line-shape", "event must be an object")
    if type(seq) is not int:
        raise _BrokenLine("log-line-shape", f"seq must be a whole number, got {seq!r}")
    return seq, LogLine(event=event, recorded=_day(day))


def _day(value: object) -> dt.date | None:
    if value is None:
        return None
    try:
        day = dt.date.fromisoformat(value) if isinstance(value, str) else None
    except ValueError:
        day = None
    # Of the spellings of a day that ISO 8601 knows, one is ours.
    if day is None or day.isoformat() != value:
        message = f"recorded must be a day like 2025-06-06, or null; got {value!r}"
        raise _BrokenLine("log-line-shape", message)
    return day


def _not_canonical(line: str, expected: str) -> _BrokenLine:
    """Tell where a line departs from the one way to write it."""
    pairs = zip(line, expected, strict=False)
    column = next((n for n, (a, b) in enumerate(pairs, start=1) if a != b), len(expected) + 1)
    try:
        json.loads(line, object_pairs_hook=_once)
    except ValueError as error:
        return _BrokenLine("repeated-key", str(error), column)
    message = "a line must have sorted keys, no spaces and no needless escapes; restore it"
    return _BrokenLine("not-canonical", message, column)


def _once(pairs: list[tuple[str, object]]) -> dict[str, object]:
    found: dict[str, object] = {}
    for key, value in pairs:
        if key in found:
            raise ValueError(f"key {key!r} must stand once in an object, got it twice")
        found[key] = value
    return found


def _out_of_order(line: str, *, expected: int, got: int) -> _BrokenLine:
    message = (
        f"seq must be {expected}, got {got}; lines are missing, repeated or out of order: restore "
        "the log from a copy"
    )
    return _BrokenLine("seq", message, line.rindex('"seq"') + 1)


def _off_chain() -> _BrokenLine:
    message = (
        "the chain breaks here: this line was changed, or the one before it was changed, put in or "
        "taken out; restore the log from a copy"
    )
    return _BrokenLine("chain-broken", message)
