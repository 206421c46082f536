"""Parser events to plain data with marks, form checked on the way; knows no text and no schema."""

import re
import sys
from collections.abc import Iterable
from typing import Any, NoReturn, TypeAlias

import yaml

from tariffsim.codec.fault import Path
from tariffsim.codec.places import Mark, Plain, place_at
from tariffsim.finding import Finding

MAX_DEPTH = 40
MAX_VALUES = 500_000
MAX_FINDINGS = 100

# The stubs call an event's marks optional; the parsers set them on every event.
_Event: TypeAlias = Any

# Control characters, lone surrogates and non-characters; the breaks U+0085, U+2028 and U+2029,
# which YAML counts as lines and editors do not; and the marks that show text in another order.
UNPRINTABLE = re.compile(
    "[\0-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]"
)


class LimitMet(Exception):
    """Reading goes no further."""


class _Frame:
    """An open mapping or sequence while its children arrive."""

    __slots__ = ("awaits_key", "entries", "items", "key", "key_column", "key_line", "path")

    def __init__(self, node: dict[str, Plain] | list[Plain], path: Path) -> None:
        self.path = path
        self.items = node if isinstance(node, list) else []
        self.entries = node if isinstance(node, dict) else None
        self.awaits_key = self.entries is not None
        self.key = ""
        self.key_line = self.key_column = 0


class Builder:
    """Grows data and marks from parser events; lives inside one call of `compose`."""

    def __init__(
        self,
        *,
        file: str,
        lines: tuple[str, ...],
        findings: list[Finding],
    ) -> None:
        self.file = file
        self.lines = lines
        self.findings = findings
        self.root: list[Plain] = []
        self.marks: dict[Path, Mark] = {}
        self.stack: list[_Frame] = []
        self.documents = 0

    def take(self, events: Iterable[_Event]) -> None:
        """Take all events; a limit that is met ends it early."""
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind is yaml.MappingStartEvent:
                self._open(event, {})
            elif kind is yaml.SequenceStartEvent:
                self._open(event, [])
            elif kind is yaml.MappingEndEvent or kind is yaml.SequenceEndEvent:
                self.stack.pop()
            elif kind is yaml.AliasEvent:
                self._alias(event)
            elif kind is yaml.DocumentStartEvent:
                self._document(event)

    def _scalar(self, event: _Event) -> None:
        """Take a scalar as a key or as a value, as its place has it."""
        value = event.value
        style = event.style  # None or empty for a plain scalar, by the parser in use
        if event.anchor is not None or event.tag is not None:
            self._decorated(event)
        # An escape can write what was looked for in the text and not found there.
        if style == '"' and (hit := UNPRINTABLE.search(value)):
            message = f"text must be printable, got U+{ord(hit[0]):04X}; take out its escape"
            self._fault("unprintable-character", message, event)
        if self.stack and self.stack[-1].awaits_key:
            self._key(self.stack[-1], value, event)
        else:
            self._put(value, event, quoted=bool(style))

    def _key(self, frame: _Frame, key: str, event: _Event) -> None:
        """Note the key whose value comes next, unless the mapping has it already."""
        mark = event.start_mark
        if key == "<<" and not event.style:
            self._fault("merge-refused", "merges are not read; write the keys out", event)
        elif frame.entries is not None and key in frame.entries:
            first = self.marks[(*frame.path, key)]
            there = f"{self.file}:{first.key_line}:{first.key_column}"
            message = f"key {key!r} must stand once, got it first at {there}; keep one of the two"
            self._fault("repeated-key", message, event)
            key = self._spare_key()
        frame.key, frame.awaits_key = sys.intern(key), False
        frame.key_line, frame.key_column = mark.line + 1, mark.column + 1

    def _spare_key(self) -> str:
        """Name a slot for a value that is refused with its key; no file can write this name."""
        return f"\0{len(self.marks)}"

    def _put(self, value: Plain, event: _Event, *, quoted: bool) -> Path:
        """Hang a value into its parent and mark its place."""
        mark = event.start_mark
        line, column = mark.line + 1, mark.column + 1
        path: Path = ()
        key_line, key_column = line, column
        if not self.stack:
            self.root.append(value)
        else:
            frame = self.stack[-1]
            if frame.entries is not None:
                path = (*frame.path, frame.key)
                frame.entries[frame.key] = value
                frame.awaits_key = True
                key_line, key_column = frame.key_line, frame.key_column
            else:
                path = (*frame.path, len(frame.items))
                frame.items.append(value)
        self.marks[path] = Mark(line, column, key_line, key_column, quoted)
        if len(self.marks) > MAX_VALUES:
            message = f"a file may hold {MAX_VALUES:,} values, got more; split it"
            self._stop("too-many-values", message, event)
        return path

    def _open(self, event: _Event, node: dict[str, Plain] | list[Plain]) -> None:
        """Begin a mapping or a sequence."""
        if event.anchor is not None or event.tag is not None:
            self._decorated(event)
        if self.stack and self.stack[-1].awaits_key:
            frame = self.stack[-1]
            self._fault("complex-key", "a key must be plain text, got a collection", event)
            frame.key, frame.awaits_key = self._spare_key(), False
            path: Path = (*frame.path, f"{frame.key}?")
        else:
            path = self._put(node, event, quoted=False)
        self.stack.append(_Frame(node, path))
        if len(self.stack) > MAX_DEPTH:
            message = f"values may be nested {MAX_DEPTH} levels deep, got more; flatten the file"
            self._stop("nested-too-deep", message, event)

    def _alias(self, event: _Event) -> None:
        """Refuse an alias, and let an empty text stand in so that reading can go on."""
        message = f"aliases are not read, got *{event.anchor}; write the value out, or quote it"
        self._fault("anchor-refused", message, event)
        if self.stack and self.stack[-1].awaits_key:
            self.stack[-1].key, self.stack[-1].awaits_key = self._spare_key(), False
        else:
            self._put("", event, quoted=False)

    def _decorated(self, event: _Event) -> None:
        """Refuse an anchor or a tag on a node."""
        if event.anchor is not None:
            message = f"anchors are not read, got &{event.anchor}; delete it, or quote the text"
            self._fault("anchor-refused", message, event)
        if event.tag is not None:
            message = f"tags are not read, got {event.tag!r}; delete it, or quote the text"
            self._fault("tag-refused", message, event)

    def _document(self, event: _Event) -> None:
        """Count documents; the second is a fault, further ones only repeat it."""
        self.documents += 1
        if self.documents > MAX_FINDINGS:
            raise LimitMet
        if self.documents == 2:
            message = "a file must hold one document, got a second; delete '---' or split the file"
            self._fault("several-documents", message, event)

    def _fault(self, rule: str, message: str, event: _Event) -> None:
        """Note a fault at the event's place; enough of them end the reading."""
        mark = event.start_mark
        place = place_at(mark.line + 1, mark.column + 1, file=self.file, lines=self.lines)
        self.findings.append(Finding(rule=rule, message=message, place=place))
        if len(self.findings) >= MAX_FINDINGS:
            raise LimitMet

    def _stop(self, rule: str, message: str, event: _Event) -> NoReturn:
        """Note the limit that was met, and end the reading."""
        self._fault(rule, message, event)
        raise LimitMet
