"""Distinct product columns of a market's regimes, so that each is solved once; arrays only.

Regimes differ in few products: a duty on steel changes three chapters and leaves ninety-four as
they were. A case is one product at one column of added rates; a regime is a choice of one case a
product, and its total over products is a sum of cases.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints


@attrs.frozen(kw_only=True, eq=False)
class Cases:
    """Distinct columns in which something is added, and which of them make up each regime.

    Parameters
    ----------
    product : (case,), int
        The product each case belongs to.
    added_low, added_high : (source, case), fraction
        Its added rates.
    certain : int
        The first so many cases have one rate; the others have a range.
    of_regime : (regime, product), int
        The case that each product is in under each regime; the number of cases where nothing is
        added to it.
    """

    product: Ints
    added_low: Floats
    added_high: Floats
    certain: int
    of_regime: Ints

    def __len__(self) -> int:
        return len(self.product)


def distinct_cases(added_low: Floats, added_high: Floats) -> Cases:
    """Find the distinct columns of added rates.

    Parameters
    ----------
    added_low, added_high : (regime, source, product), fraction
        Added rates by regime.

    Returns
    -------
    Cases
        Those with one rate first, each in the order of products.

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
    order = np.argsort(np.where(still, 2, ranged), kind="stable")
    kept = order[: len(order) - int(still.sum())]
    rank = np.argsort(order, kind="stable")
    return Cases(
        product=owner[kept],
        added_low=table[:sources, kept],
        added_high=table[sources:, kept],
        certain=int((~ranged[kept]).sum()),
        of_regime=np.where(still[member], len(kept), rank[member]),
    )


def regime_totals(differences: Floats, cases: Cases) -> Floats:
    """Sum differences from the benchmark over products; (case, draw) to (regime, draw).

    Adds rows instead of multiplying by a matrix of zeros and ones: the same bytes on any number
    of threads, and a tenth of the additions.
    """
    rows = (differences[chosen[chosen < len(cases)]] for chosen in cases.of_regime)
    return np.stack([row.sum(axis=0) for row in rows])
