"""Parser events to plain data alone, as long as nothing calls for a word; knows no schema.

Most files have nothing wrong with them, and of most values nobody asks where they stand. So they
are read without noting places, and whoever finds something odd reads the file again with care.
"""

import sys
from collections.abc import Iterable, Mapping
from typing import Any, TypeAlias

import yaml

from tariffsim.codec import builder
from tariffsim.codec.fault import Path
from tariffsim.codec.places import Plain

# The stubs call an event's marks optional; the parsers set them on every event.
_Event: TypeAlias = Any
_Node: TypeAlias = "dict[str, Plain] | list[Plain]"

_OPENS = (yaml.MappingStartEvent, yaml.SequenceStartEvent)
_CLOSES = (yaml.MappingEndEvent, yaml.SequenceEndEvent)
_PASSED = (yaml.StreamStartEvent, yaml.StreamEndEvent, yaml.DocumentEndEvent)


class Odd(Exception):
    """Something must be read with care: a fault, or what may be one."""


class Skimmer:
    """Grows data from parser events; lives inside one call of `compose`.

    Parameters
    ----------
    lists : mapping of (line, column) to list of str
        Codes that were taken out of the text, under the place of their bracket.
    """

    def __init__(self, lists: Mapping[tuple[int, int], list[str]]) -> None:
        self.lists = lists
        self.filled = 0
        self.values = 0
        self.documents = 0
        self.root: list[Plain] = []
        self.tops: dict[Path, tuple[int, int]] = {}
        self.node: _Node = self.root
        self.key: str | None = None
        self.path: Path = ()
        self.above: list[_Node] = []

    def take(self, events: Iterable[_Event]) -> None:
        """Take all events.

        Raises
        ------
        Odd
            A builder might find something to say.
        """
        for event in events:
            kind = type(event)
            if kind is yaml.ScalarEvent:
                self._scalar(event)
            elif kind in _OPENS:
                self._open(event, {} if kind is yaml.MappingStartEvent else [])
            elif kind in _CLOSES:
                self.node = self.above.pop()
                self.path = self.path[: len(self.above) - 1]
            elif kind is yaml.DocumentStartEvent and not self.documents:
                self.documents = 1
            elif kind not in _PASSED:
                raise Odd
        if self.filled < len(self.lists) or not self.root:
            raise Odd

    def _scalar(self, event: _Event) -> None:
        """Take a scalar as a key or as a value, as its place has it."""
        value, style, node = event.value, event.style, self.node
        if event.anchor is not None or event.tag is not None:
            raise Odd
        # An escape can write what was looked for in the text and not found there.
        if style == '"' and builder.UNPRINTABLE.search(value):
            raise Odd
        if type(node) is dict and self.key is None:
            if value in node or (value == "<<" and not style):
                raise Odd
            self.key = sys.intern(value)
            return
        self._put(value, event)

    def _open(self, event: _Event, node: _Node) -> None:
        """Begin a mapping, or a sequence with the codes that were taken out of it."""
        if event.anchor is not None or event.tag is not None:
            raise Odd
        if type(node) is list and self.lists:
            mark = event.start_mark
            codes = self.lists.get((mark.line + 1, mark.column + 1), [])
            node += codes
            self.values += len(codes)
            self.filled += bool(codes)
        path = self._put(node, event)
        self.above.append(self.node)
        if len(self.above) > builder.MAX_DEPTH:
            raise Odd
        self.node, self.path = node, path

    def _put(self, value: Plain, event: _Event) -> Path:
        """Hang a value into its parent; note the places of the two outermost levels."""
        node = self.node
        self.values += 1
        if self.values > builder.MAX_VALUES:
            raise Odd
        near = len(self.above) <= 2
        path = self.path
        if type(node) is dict:
            if self.key is None:
                raise Odd
            node[self.key] = value
            if near:
                path = (*path, self.key)
            self.key = None
        else:
            if near and self.above:
                path = (*path, len(node))
            node.append(value)  # type: ignore[union-attr]
        if near:
            self.tops[path] = (event.start_mark.line + 1, event.start_mark.column + 1)
        return path
