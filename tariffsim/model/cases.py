"""Distinct product columns of a market's regimes, so that each is solved once; arrays only.

Regimes differ in few products: a duty on steel changes three chapters and leaves ninety-four as
they were. A case is one product at one column of added rates; a regime is a choice of one case a
product, and its total over products is a sum of cases.
"""

from collections.abc import Sequence
from itertools import pairwise

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
    runs : tuple of (slice, tuple of int)
        Runs of cases that the same regimes use, and those regimes.
    full : (regime,), bool
        Regimes of which every quantity is wanted, and not only trade.
    """

    product: Ints
    added_low: Floats
    added_high: Floats
    groups: tuple[tuple[slice, bool], ...]
    runs: tuple[tuple[slice, tuple[int, ...]], ...]
    full: Bools

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
    >>> cases.product, cases.runs
    (array([2]), ((slice(0, 1, None), (1,)),))
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
    kinds = [case.kind(wanted) for case in cases]
    # Cases of one kind lie together, and among them those that the same regimes use.
    order = sorted(range(len(cases)), key=lambda place: (kinds[place], cases[place].users))
    cases, kinds = [cases[place] for place in order], [kinds[place] for place in order]
    columns = np.array([case.column for case in cases]).reshape(len(cases), 2, sources)
    runs = _runs([(kind, case.users) for kind, case in zip(kinds, cases, strict=True)])
    return Cases(
        product=np.array([case.product for case in cases], dtype=np.int64),
        added_low=columns[:, 0].T,
        added_high=columns[:, 1].T,
        groups=tuple((run, not kinds[run.start][0]) for run in _runs(kinds)),
        runs=tuple((run, cases[run.start].users) for run in runs),
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


def _runs(keys: Sequence[object]) -> tuple[slice, ...]:
    """Cut where a key differs from the one before it."""
    cuts = [place for place in range(1, len(keys)) if keys[place] != keys[place - 1]]
    ends = [0, *cuts, len(keys)] if keys else [0]
    return tuple(slice(first, last) for first, last in pairwise(ends))


def regime_totals(differences: Floats, cases: Cases, *, every: bool) -> Floats:
    """Sum differences from the benchmark over products; (case, draw) to (regime, draw).

    Adds rows instead of multiplying by a matrix of zeros and ones: the same bytes on any number
    of threads. What the same regimes use is added once for all of them. Unless `every` regime is
    asked for, those that do not count in full are left at zero.
    """
    totals = np.zeros((len(cases.full), differences.shape[1]))
    for run, users in cases.runs:
        chosen = [regime for regime in users if every or cases.full[regime]]
        if chosen:
            part = differences[run].sum(axis=0)
            for regime in chosen:
                totals[regime] += part
    return totals
