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
    """Distinct columns, and which of them make up each regime.

    Parameters
    ----------
    product : (case,), int
        The product each case belongs to.
    added_low, added_high : (source, case), fraction
        Its added rates.
    membership : (case, regime), 0 or 1
        Multiplying by it sums cases to regimes.
    """

    product: Ints
    added_low: Floats
    added_high: Floats
    membership: Floats


def distinct_cases(added_low: Floats, added_high: Floats) -> Cases:
    """Find the distinct columns of added rates.

    Parameters
    ----------
    added_low, added_high : (regime, source, product), fraction
        Added rates by regime.

    Returns
    -------
    Cases
        In the order of products, then of first appearance.

    Examples
    --------
    >>> import numpy as np
    >>> added = np.zeros((2, 1, 3))
    >>> added[1, 0, 2] = 0.25
    >>> distinct_cases(added, added).product
    array([0, 1, 2, 2])
    """
    regimes, sources, products = added_low.shape
    both = np.concatenate([added_low, added_high], axis=1)
    member: list[Ints] = []
    owner: list[int] = []
    columns: list[Floats] = []
    for product in range(products):
        values, first, inverse = np.unique(
            both[:, :, product], axis=0, return_index=True, return_inverse=True
        )
        rank = np.argsort(np.argsort(first))
        member.append(len(columns) + rank[inverse.reshape(-1)])
        columns += list(values[np.argsort(first)])
        owner += [product] * len(values)
    membership = np.zeros((len(columns), regimes))
    for chosen in member:
        membership[chosen, np.arange(regimes)] += 1.0
    table = np.array(columns).T
    return Cases(
        product=np.array(owner, dtype=np.int64),
        added_low=table[:sources].copy(),
        added_high=table[sources:].copy(),
        membership=membership,
    )
