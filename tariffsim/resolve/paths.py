"""Equal tables numbered alike, so that what is the same is worked out once."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Ints


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
