"""Distinct product columns of a market's regimes, so that each is solved once; arrays only.

Regimes differ in few products: a duty on steel changes three chapters and leaves ninety-four as
they were. A case is one product at one column of added rates; a regime is a choice of one case a
product, and its total over products is a sum of cases.
"""

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints


@attrs.frozen(kw_only=True, eq=False)
class Cases:
    """Distinct columns in which something is added, and which of them make up each regime.

    Parameters
    ----------
    full : (some regime,), int
        Regimes of which every quantity is wanted, and not only trade.
    product : (case,), int
        The product each case belongs to.
    added_low, added_high : (source, case), fraction
        Its added rates.
    groups : tuple of (slice, bool, bool)
        Runs of cases that are alike: where, whether some regime that counts in full uses them,
        and whether their rate is a range.
    of_regime : (regime, product), int
        The case that each product is in under each regime; the number of cases where nothing is
        added to it.
    """

    full: Ints
    product: Ints
    added_low: Floats
    added_high: Floats
    groups: tuple[tuple[slice, bool, bool], ...]
    of_regime: Ints

    def __len__(self) -> int:
        return len(self.product)


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
    (array([2]), array([[1, 1, 1], [1, 1, 0]]))
    """
    regimes, sources, products = added_low.shape
    both = np.concatenate([added_low, added_high], axis=1)
    found: dict[tuple[int, bytes], int] = {}
    columns: list[Floats] = []
    member = np.empty((regimes, products), dtype=np.int64)
    for product in range(products):
        for regime in range(regimes):
            column = both[regime, :, product]
            key = (product, column.tobytes()) if column.any() else (-1, b"")
            if key not in found:
                found[key] = len(columns)
                columns.append(column)
            member[regime, product] = found[key]
    owner = np.array([product for product, _ in found], dtype=np.int64)
    table = np.array(columns).T
    still = owner < 0
    ranged = (table[:sources] != table[sources:]).any(axis=0)
    wanted = np.zeros(len(owner), dtype=np.bool_)
    wanted[member if full is None else member[full]] = True
    kind = np.where(still, 4, 2 * ranged + ~wanted)
    order = np.argsort(kind, kind="stable")
    kept = order[: len(order) - int(still.sum())]
    rank = np.argsort(order, kind="stable")
    ends = np.searchsorted(kind[kept], np.arange(5))
    groups = [
        (slice(int(ends[k]), int(ends[k + 1])), k % 2 == 0, k >= 2)
        for k in range(4)
        if ends[k] < ends[k + 1]
    ]
    return Cases(
        full=np.arange(regimes) if full is None else np.flatnonzero(full),
        product=owner[kept],
        added_low=table[:sources, kept],
        added_high=table[sources:, kept],
        groups=tuple(groups),
        of_regime=np.where(still[member], len(kept), rank[member]),
    )


def regime_totals(differences: Floats, cases: Cases, *, every: bool) -> Floats:
    """Sum differences from the benchmark over products; (case, draw) to (regime, draw).

    Adds rows instead of multiplying by a matrix of zeros and ones: the same bytes on any number
    of threads, and a tenth of the additions. Unless `every` regime is asked for, those that do not
    count in full are left at zero.
    """
    totals = np.zeros((len(cases.of_regime), differences.shape[1]))
    regimes = range(len(totals)) if every else cases.full.tolist()
    for regime in regimes:
        chosen = cases.of_regime[regime]
        differences[chosen[chosen < len(cases)]].sum(axis=0, out=totals[regime])
    return totals
