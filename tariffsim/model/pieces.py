"""Cases cut into pieces that are solved at a time: what of them no draw changes; arrays only.

Worked out once for all blocks of draws. Knows no elasticity and no value of trade.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.model.cases import Cases

CHUNK = 64
"""Cases solved at a time: so many by a block of draws stay in the cache of a core."""


@attrs.frozen(kw_only=True, eq=False)
class Piece:
    """A run of like cases that is solved at a time: what no draw changes.

    Parameters
    ----------
    chunk : slice
        Which cases.
    full : bool
        Whether some regime that counts in full uses them.
    product : (case,), int
        Their products.
    least : a source each, (wedge, 1)
        New over old (1 + rate), at the least that is added.
    spread : a source each, (wedge, 1) or None
        What the most that is added adds to it; None where it is the least in all cases.
    of : a source each, (case,), int, or None
        Which of these wedges each case has; None where each has its own.
    """

    chunk: slice
    full: bool
    product: Ints
    least: tuple[Floats, ...]
    spread: tuple[Floats | None, ...]
    of: tuple[Ints | None, ...]


def cut(cases: Cases, rate: Floats) -> tuple[Piece, ...]:
    """Cut cases into pieces.

    Parameters
    ----------
    cases : Cases
    rate : (source, product), fraction
        Duty collected over customs value where nothing is added.
    """
    return tuple(
        _piece(cases, rate, slice(first, min(first + CHUNK, group.stop)), full)
        for group, full in cases.groups
        for first in range(group.start, group.stop, CHUNK)
    )


def _piece(cases: Cases, rate: Floats, chunk: slice, full: bool) -> Piece:
    product = cases.product[chunk]
    low, high = cases.added_low[:, chunk], cases.added_high[:, chunk]
    before = 1.0 + rate[:, product]
    ends = np.stack([(before + low) / before, (high - low) / before])
    first, *others = ends.transpose(1, 0, 2)
    # Products' own rates set the first source's wedges apart; those of the others repeat.
    wedges: list[tuple[Floats, Ints | None]] = [
        (first, None),
        *(np.unique(own, axis=1, return_inverse=True) for own in others),
    ]
    return Piece(
        chunk=chunk,
        full=full,
        product=product,
        least=tuple(own[0, :, None] for own, _ in wedges),
        spread=tuple(own[1, :, None] if own[1].any() else None for own, _ in wedges),
        of=tuple(place for _, place in wedges),
    )
