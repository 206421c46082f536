"""Distinct product columns of a market's regimes, so that each is solved once; arrays only.

Regimes differ in few products: a duty on steel changes three chapters and leaves ninety-four as
they were. A case is one product at one column of added rates; a regime is a choice of one case a
product, and its total over products is a sum of cases.
"""

import itertools
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints


@attrs.frozen(kw_only=True, eq=False)
class Cases:
    """Distinct columns in which something is added, and which of them make up each regime.

    Parameters
    ----------
    product : (case,), int
        The product each case belongs to.
    added_low, added_high : (source, case), fraction
        Its added rates.
    groups : tuple of (slice, bool)
        Runs of cases of one kind, and whether some regime that counts in full uses them.
    of_regime : a regime each, (product to which something is added,), int
        The case that each such product is in, in the order of products.
    full : (regime,), bool
        Regimes of which every quantity is wanted, and not only trade.
    """

    product: Ints
    added_low: Floats
    added_high: Floats
    groups: tuple[tuple[slice, bool], ...]
    of_regime: tuple[Ints, ...]
    full: Bools

    def __len__(self) -> int:
        return len(self.product)

    def in_full(self) -> tuple[Ints, ...]:
        """Give `of_regime`, with no case where not every quantity is wanted."""
        none = np.empty(0, dtype=np.int64)
        return tuple(
            rows if counts else none
            for rows, counts in zip(self.of_regime, self.full.tolist(), strict=True)
        )


def distinct_cases(added_low: Floats, added_high: Floats, full: Bools | None = None) -> Cases:
    """Find the distinct columns of added rates.

    Parameters
    ----------
    added_low, added_high : (regime, source, product), fraction
        Added rates by regime.
    full : (regime,), bool, optional
        Regimes of which every quantity is wanted, and not only trade; all if not given.

    Returns
    -------
    Cases
        In groups, and within a group in the order of products.

    Examples
    --------
    >>> import numpy as np
    >>> added = np.zeros((2, 1, 3))
    >>> added[1, 0, 2] = 0.25
    >>> cases = distinct_cases(added, added)
    >>> cases.product, cases.of_regime
    (array([2]), (array([], dtype=int64), array([0])))
    """
    regimes, sources, products = added_low.shape
    wanted = np.ones(regimes, dtype=np.bool_) if full is None else full
    both = np.concatenate([added_low, added_high], axis=1)
    found: dict[tuple[int, bytes], list[int]] = {}
    for product in range(products):
        for regime in range(regimes):
            column = both[regime, :, product]
            if column.any():
                found.setdefault((product, column.tobytes()), []).append(regime)
    cases = [
        _Case(product=product, column=both[users[0], :, product], users=tuple(users))
        for (product, _), users in found.items()
    ]
    cases.sort(key=lambda case: case.kind(wanted))
    kinds = [case.kind(wanted) for case in cases]
    cuts = [0, *(n for n in range(1, len(cases)) if kinds[n] != kinds[n - 1]), len(cases)]
    place = np.full((regimes, products), -1, dtype=np.int64)
    for number, case in enumerate(cases):
        place[list(case.users), case.product] = number
    columns = np.array([case.column for case in cases]).reshape(len(cases), 2, sources)
    return Cases(
        product=np.array([case.product for case in cases], dtype=np.int64),
        added_low=columns[:, 0].T,
        added_high=columns[:, 1].T,
        groups=tuple(
            (slice(first, last), not kinds[first][0])
            for first, last in itertools.pairwise(cuts)
            if first < last
        ),
        of_regime=tuple(place[regime][place[regime] >= 0] for regime in range(regimes)),
        full=wanted,
    )


@attrs.frozen(kw_only=True, eq=False)
class _Case:
    """A product, what is added to its rates at the least and the most, and who uses it."""

    product: int
    column: Floats
    users: tuple[int, ...]

    def kind(self, wanted: Bools) -> tuple[bool, ...]:
        """Tell what makes it more work: first whether trade is all that counts, then its rates."""
        low, high = self.column.reshape(2, -1)
        return (not wanted[list(self.users)].any(), *(low != high).tolist(), *(high != 0).tolist())


def regime_sums(
    values: Floats,
    rows_of: Sequence[Ints],
    *,
    weights: Sequence[tuple[Floats, Floats | float]] = (),
    weighed: Bools | None = None,
    room: Floats | None = None,
) -> tuple[Floats, Floats]:
    """Sum the rows of each regime, as they are and weighted.

    Adds rows instead of multiplying by a matrix of zeros and ones: the same bytes on any number
    of threads, and a tenth of the additions. Each regime is added up by itself, so that it does
    not depend on what others there are.

    Parameters
    ----------
    values : (row, draw), any unit
    rows_of : a regime each, (some rows,), int
        Which rows are summed.
    weights : sequence of ((row,), (draw,) or number)
        Terms of the weight: a number a row, times a number a draw.
    weighed : (regime,), bool, optional
        Of which regimes the weighted sum is wanted; of the others it is zero. All if not given.
    room : (at least so many rows, at least draw), optional
        Memory to work in.

    Returns
    -------
    sum : (regime, draw)
    weighted_sum : (regime, draw)

    Examples
    --------
    >>> import numpy as np
    >>> values = np.array([[1.0], [2.0], [3.0]])
    >>> regime_sums(values, [np.array([0, 2])], weights=[(np.array([5.0, 6.0, 7.0]), 0.1)])
    (array([[4.]]), array([[2.6]]))
    """
    draws = values.shape[1]
    plain, weighted = (np.zeros((len(rows_of), draws)) for _ in range(2))
    memory = np.empty((max(map(len, rows_of)), draws)) if room is None else room[:, :draws]
    wanted = itertools.repeat(True) if weighed is None else weighed.tolist()
    for regime, (rows, counts) in enumerate(zip(rows_of, wanted, strict=False)):
        own = np.take(values, rows, axis=0, out=memory[: len(rows)], mode="clip")
        own.sum(axis=0, out=plain[regime])
        for by_row, by_draw in weights if counts else ():
            weight = by_row[rows]
            if weight.any():
                weighted[regime] += by_draw * np.einsum("r,rd->d", weight, own)
    return plain, weighted
