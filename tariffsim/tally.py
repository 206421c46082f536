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
PENDING = 1_000_000

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
    pairs: dict[int, int] = {}
    rates = np.zeros((2, len(undone.starts), 0), dtype=np.int64)
    counted = outside = value = paid = 0
    sums: list[_Sums] = []
    for rows in pieces:
        counted += len(rows)
        value += _total(rows.value, value)
        paid += _total(np.maximum(rows.duty_paid, 0), paid)
        held = rows.only((rows.day >= undone.starts[0]) & (rows.day < undone.stop))
        outside += len(rows) - len(held)
        pair, fresh = _numbered(held.pair, pairs)
        if has_duty and fresh:
            rates = np.concatenate([rates, _rates(undone, fresh)], axis=2)
        segment = np.searchsorted(undone.starts, held.day, side="right") - 1
        over = np.zeros((2, len(held)), dtype=np.int64)
        if has_duty:
            over = _over(held, rates[:, segment, pair])
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
    return _flows(_joined(sums), list(pairs), reading), reading


def _total(amounts: Ints, before: int) -> int:
    largest = LARGEST_SUM * AMOUNT_UNIT
    if before + float(amounts.sum(dtype=np.float64)) > largest:
        raise InputError(
            f"values must add up to at most {LARGEST_SUM:,}, got more; give them in thousands"
        )
    return int(amounts.sum())


def _numbered(pair: Ints, known: dict[int, int]) -> tuple[Ints, list[int]]:
    """Number pairs in the order in which they turn up; list the ones not known before."""
    found, place = np.unique(pair, return_inverse=True)
    fresh = [number for number in found.tolist() if number not in known]
    known.update(zip(fresh, range(len(known), len(known) + len(fresh)), strict=True))
    numbers = np.array([known[number] for number in found.tolist()], dtype=np.int64)
    return numbers[place.reshape(-1)], fresh


def _rates(undone: Undoing, pairs: Sequence[int]) -> Ints:
    """(end, segment, pair), units of 1e-12: the cost of the measure."""
    named = [pair_named(pair) for pair in pairs]
    rates = np.zeros((2, len(undone.starts), len(pairs)), dtype=np.int64)
    for exporter in sorted({exporter for exporter, _ in named}):
        own = [place for place, (found, _) in enumerate(named) if found == exporter]
        kinds = kinds_of(undone.tied, exporter, [named[place][1] for place in own])
        rates[:, :, own] = costs(undone.tied, kinds)[:, undone.tied.law]
    return rates


def _over(rows: Rows, rates: Ints) -> Ints:
    """(end, row): by how much the duty by law is more than the duty paid, where that is said."""
    excess = np.rint(rows.value * (rates / RATE_UNIT)).astype(np.int64) - rows.duty_paid
    return np.where(rows.duty_paid >= 0, np.maximum(excess, 0), 0) * (rates > 0)


def _joined(parts: Sequence[_Sums]) -> _Sums:
    if not parts:
        return _grouped(np.zeros(0, dtype=np.int64), np.zeros((4, 0), dtype=np.int64))
    key = np.concatenate([part.key for part in parts])
    return _grouped(key, np.concatenate([part.columns for part in parts], axis=1))


def _grouped(key: Ints, columns: Ints) -> _Sums:
    if not len(key):
        return _Sums(key=key, columns=columns)
    order = np.argsort(key, kind="stable")
    ordered = key[order]
    first = np.flatnonzero(np.diff(ordered, prepend=ordered[0] - 1))
    return _Sums(key=ordered[first], columns=np.add.reduceat(columns[:, order], first, axis=1))


def _flows(sums: _Sums, pairs: Sequence[int], reading: Reading) -> Flows:
    named: list[tuple[Economy, Product]] = [pair_named(pair) for pair in pairs]
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
