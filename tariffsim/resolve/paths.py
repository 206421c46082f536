"""Days of law as numbers: equal tables and equal rows numbered alike, so each is worked out once.

Knows arrays and days; knows no measure, no branch and no draw.
"""

from collections.abc import Sequence
from typing import Any

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Ints
from tariffsim.reduce import Compiled


def distinct(tables: Sequence[tuple[npt.NDArray[Any], ...]]) -> tuple[Ints, list[int]]:
    """Number equal tables alike.

    Parameters
    ----------
    tables : sequence of tuple of array
        Candidates.

    Returns
    -------
    numbers : (table,), int
        The number of each, counted from zero in order of first appearance.
    firsts : list of int
        Position of the first table of each number.

    Examples
    --------
    >>> import numpy as np
    >>> distinct([(np.ones(1),), (np.zeros(1),), (np.ones(1),)])
    (array([0, 1, 0]), [0, 1])
    """
    known: dict[tuple[bytes, ...], int] = {}
    numbers: list[int] = []
    firsts: list[int] = []
    for position, table in enumerate(tables):
        key = tuple(array.tobytes() for array in table)
        if key not in known:
            known[key] = len(known)
            firsts.append(position)
        numbers.append(known[key])
    return np.array(numbers, dtype=np.int64), firsts


@attrs.frozen(eq=False)
class Calendar:
    """When which row of rates holds.

    Parameters
    ----------
    starts : (segment,), int
        Ordinal of each segment's first day; the first segment starts at the beginning of time.
    rows : (segment,), int
        Row of `Rows` that holds in each segment.
    """

    starts: Ints
    rows: Ints

    def at(self, ordinals: npt.ArrayLike) -> Ints:
        """Find the row of each day."""
        found: Ints = self.rows[np.searchsorted(self.starts, ordinals, side="right") - 1]
        return found

    def merged(self) -> "Calendar":
        """Drop the starts of segments in which the row stays as before."""
        kept = np.concatenate([[True], self.rows[1:] != self.rows[:-1]])
        return Calendar(self.starts[kept], self.rows[kept])


@attrs.define(eq=False)
class Rows:
    """Distinct rows of stacked rates over importers, exporters and products, as they turn up."""

    low: list[Ints] = attrs.field(factory=list)
    high: list[Ints] = attrs.field(factory=list)
    numbers: dict[tuple[bytes, bytes], int] = attrs.field(factory=dict)

    def add(self, table: Compiled) -> Calendar:
        """Number the rows of a compiled table."""
        rows = [self._number(*ends) for ends in zip(table.low, table.high, strict=True)]
        return Calendar(table.starts, np.array(rows, dtype=np.int64))

    def _number(self, low: Ints, high: Ints) -> int:
        key = (low.tobytes(), high.tobytes())
        if key not in self.numbers:
            self.numbers[key] = len(self.low)
            self.low.append(low)
            self.high.append(high)
        return self.numbers[key]
