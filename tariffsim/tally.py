"""Entries summed as they stream by, by law segment, month, exporter and product; opens no file.

Every sum is of whole numbers, so it does not depend on the pieces in which entries come.
"""

from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Ints
from tariffsim.codec.entry_layout import Rows, pair_named
from tariffsim.errors import InputError
from tariffsim.refund import AMOUNT_UNIT, RATE_UNIT, Flows, Reading
from tariffsim.segments import costs, kinds_of
from tariffsim.terms import Economy, Product
from tariffsim.undo import Undoing

# Above this, sums of whole numbers could leave 64 bits once they are multiplied by a rate.
LARGEST_SUM = 10**13
# Sums of more cells than this are brought together before more are read.
PENDING = 500_000

SLOTS = 1 << 17
# Any odd number with its bits well spread; the upper bits of a product with it are mixed.
_ODD = np.int64(0x9E3779B97F4A7C15 - (1 << 64))
_SLOT_SHIFT = 40

_MONTH_BITS = 15
_SEGMENT_BITS = 12


@attrs.frozen(kw_only=True, eq=False)
class _Sums:
    """Sums by cell.

    Parameters
    ----------
    key : (cell,), int
        Pair, segment and month in one number, in order.
    columns : (4, cell), int
        Rows, value, and what the duty by law exceeds the duty paid, at both ends.
    """

    key: Ints
    columns: Ints


def tally(
    undone: Undoing, pieces: Iterable[Rows], *, name: str, has_duty: bool
) -> tuple[Flows, Reading]:
    """Sum entries over the days on which a measure stood.

    Parameters
    ----------
    undone : Undoing
        The measure taken out.
    pieces : iterable of Rows
        Entries, a piece at a time; only one piece is held.
    name : str
        Where they come from.
    has_duty : bool
        Whether they say what duty was paid.

    Returns
    -------
    flows : Flows
        The same for the same entries, in whatever order and pieces they come.
    reading : Reading
        What was counted; of bad rows it knows nothing.

    Raises
    ------
    InputError
        The values add up to more than can be summed exactly.
    """
    pairs = _Pairs(undone=undone)
    counted = outside = value = paid = 0
    sums: list[_Sums] = []
    for rows in pieces:
        counted += len(rows)
        value += _total(rows.value, value)
        paid += _total(np.maximum(rows.duty_paid, 0), paid)
        held = rows.only((rows.day >= undone.starts[0]) & (rows.day < undone.stop))
        outside += len(rows) - len(held)
        pair = pairs.numbers(held.pair)
        segment = np.searchsorted(undone.starts, held.day, side="right") - 1
        over = np.zeros((2, len(held)), dtype=np.int64)
        if has_duty:
            over = _over(held, pairs.costs(pair, segment))
        key = ((pair << _SEGMENT_BITS) + segment << _MONTH_BITS) + held.month
        columns = np.stack([np.ones(len(held), dtype=np.int64), held.value, *over])
        sums.append(_grouped(key, columns))
        if sum(len(part.key) for part in sums[1:]) > max(PENDING, len(sums[0].key)):
            sums = [_joined(sums)]
    reading = Reading(
        file=name,
        counted=counted,
        bad=0,
        outside=outside,
        value=value,
        duty_paid=paid if has_duty else None,
        first_bad=(),
    )
    return _flows(_joined(sums), pairs.named, reading), reading


def _total(amounts: Ints, before: int) -> int:
    largest = LARGEST_SUM * AMOUNT_UNIT
    if before + float(amounts.sum(dtype=np.float64)) > largest:
        raise InputError(
            f"values must add up to at most {LARGEST_SUM:,}, got more; give them in thousands"
        )
    return int(amounts.sum())


@attrs.frozen(kw_only=True, eq=False)
class _Pairs:
    """Pairs of exporter and product, numbered in the order in which they turn up.

    Parameters
    ----------
    undone : Undoing
        The measure taken out.
    number : dict of int to int
        Number of each pair met.
    named : list of (Economy, Product)
        By number.
    slots : (2, slot), int
        A pair and its number, where the pair's digits lead; a shorter way to most of them.
    kinds : list of int
        By number, as far as costs were asked for: the kind of its goods.
    """

    undone: Undoing
    number: dict[int, int] = attrs.field(factory=dict)
    named: list[tuple[Economy, Product]] = attrs.field(factory=list)
    slots: Ints = attrs.field(factory=lambda: np.full((2, SLOTS), -1, dtype=np.int64))
    kinds: list[int] = attrs.field(factory=list)

    def numbers(self, pair: Ints) -> Ints:
        """(row,), the number of each pair."""
        slot = (pair * _ODD >> _SLOT_SHIFT) & (SLOTS - 1)
        number: Ints = self.slots[1, slot]
        missing = np.flatnonzero(self.slots[0, slot] != pair)
        if len(missing):
            found, place = np.unique(pair[missing], return_inverse=True)
            numbers = [self._number(met) for met in found.tolist()]
            number[missing] = np.array(numbers, dtype=np.int64)[place]
            # Of pairs that share a slot one keeps it; the others are looked up by name each time.
            self.slots[:, slot[missing]] = pair[missing], number[missing]
        return number

    def _number(self, pair: int) -> int:
        if pair not in self.number:
            self.number[pair] = len(self.named)
            self.named.append(pair_named(pair))
        return self.number[pair]

    def costs(self, pair: Ints, segment: Ints) -> Ints:
        """(end, row), units of 1e-12: what the measure costs."""
        tied = self.undone.tied
        fresh = self.named[len(self.kinds) :]
        found = np.zeros(len(fresh), dtype=np.int64)
        for exporter in sorted({exporter for exporter, _ in fresh}):
            own = [place for place, (other, _) in enumerate(fresh) if other == exporter]
            found[own] = kinds_of(tied, exporter, [fresh[place][1] for place in own])
        self.kinds.extend(found.tolist())
        table = costs(tied, np.arange(len(tied.coverage)))
        return table[:, tied.law[segment], np.array(self.kinds, dtype=np.int64)[pair]]


def _over(rows: Rows, rates: Ints) -> Ints:
    """(end, row): by how much the duty by law is more than the duty paid, where that is said."""
    excess = np.rint(rows.value * (rates / RATE_UNIT)).astype(np.int64) - rows.duty_paid
    return np.where(rows.duty_paid >= 0, np.maximum(excess, 0), 0) * (rates > 0)


def _joined(parts: Sequence[_Sums]) -> _Sums:
    if not parts:
        return _grouped(np.zeros(0, dtype=np.int64), np.zeros((4, 0), dtype=np.int64))
    key = np.concatenate([part.key for part in parts])
    return _grouped(key, np.concatenate([part.columns for part in parts], axis=1), runs=True)


def _grouped(key: Ints, columns: Ints, *, runs: bool = False) -> _Sums:
    if not len(key):
        return _Sums(key=key, columns=columns)
    # Runs that are in order are merged faster than sorted afresh.
    order = np.argsort(key, kind="stable" if runs else None)
    ordered = key[order]
    first = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    return _Sums(key=ordered[first], columns=np.add.reduceat(columns[:, order], first, axis=1))


def _flows(sums: _Sums, named: Sequence[tuple[Economy, Product]], reading: Reading) -> Flows:
    order = sorted(range(len(named)), key=lambda place: named[place])
    rank = np.empty(len(named), dtype=np.int64)
    rank[order] = np.arange(len(named))
    law, month = sums.key >> _MONTH_BITS, sums.key & ((1 << _MONTH_BITS) - 1)
    pair, segment = rank[law >> _SEGMENT_BITS], law & ((1 << _SEGMENT_BITS) - 1)
    place = np.lexsort([month, segment, pair])
    rows, value, over_low, over_high = sums.columns[:, place]
    return Flows(
        name=reading.file,
        basis="entries",
        currency="currency unit of the file",
        pairs=tuple(named[number] for number in order),
        pair=pair[place],
        segment=segment[place],
        month=month[place],
        rows=rows,
        value=value,
        over_low=over_low,
        over_high=over_high,
        reading=reading,
    )
