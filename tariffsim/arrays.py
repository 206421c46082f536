"""Array types, the order of the axes and the read-only guard; knows nothing of trade.

Every economic array ends in the axes importer, exporter, product, in that order. Branch, draw and
period lead and broadcast, so that one kernel serves a day, a path and an ensemble.
"""

from typing import Any

import numpy as np
import numpy.typing as npt

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]

IMPORTER = -3
EXPORTER = -2
PRODUCT = -1


def read_only(values: npt.ArrayLike) -> npt.NDArray[Any]:
    """Return `values` as an array that refuses to be written to.

    A frozen record does not freeze the arrays it holds; this converter does. An array that is
    still writable elsewhere is copied, so nobody keeps a back door.

    Parameters
    ----------
    values : array_like
        Anything NumPy accepts.

    Examples
    --------
    >>> frozen = read_only([1.0, 2.0])
    >>> frozen.flags.writeable
    False
    """
    array = np.asarray(values)
    if array.flags.writeable:
        array = array.copy()
        array.flags.writeable = False
    return array
