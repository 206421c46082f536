"""Entries summed as they stream by, by law segment, month, exporter and product; opens no file.

Every sum is of whole numbers, so it does not depend on the pieces in which entries come.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.errors import InputError
from tariffsim.undo.entries import FIRST, LAST, PAIR_BITS, PRODUCT_BITS, Rows, pairs_named
from tariffsim.undo.law import Undoing
from tariffsim.undo.refund import AMOUNT_UNIT, RATE_UNIT, Flows, Reading, month_number
from tariffsim.undo.segments import costs, kinds_of

# Above this, sums of whole numbers could leave 64 bits once they are multiplied by a rate.
LARGEST_SUM = 10**13
# Entries, or sums of cells, that are held until they are brought together.
PENDING = 1 << 18

_SPAN_BITS = 63 - PAIR_BITS


def tally(
    undone: Undoing, pieces: Iterable[Rows], *, name: str, has_duty: bool
) -> tuple[Flows, Reading]:
    """Sum entries over the days on which a measure stood.

    Parameters
    ----------
    undone : Undoing
        The measure taken out.
    pieces : iterable of Rows
        Entries, a piece at a time; only as many pieces are held as make a batch.
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
    count, spans, kinds = _Count(), _Spans.of(undone), _Kinds(undone=undone)
    sums: list[_Sums] = []
    for batch in _batches(_held(pieces, spans, count)):
        sums.append(_summed(batch, spans, kinds if has_duty else None))
        if sum(len(part.key) for part in sums[1:]) > max(PENDING, len(sums[0].key)):
            sums = [_joined(sums)]
    reading = Reading(
        file=name,
        counted=count.counted,
        bad=0,
        outside=count.outside,
        value=count.value,
        duty_paid=count.paid if has_duty else None,
        first_bad=(),
    )
    return _flows(_joined(sums), spans, reading), reading


@attrs.define
class _Count:
    """Entries counted so far."""

    counted: int = 0
    outside: int = 0
    value: int = 0
    paid: int = 0

    def take(self, rows: Rows, held: int) -> None:
        self.counted += len(rows)
        self.outside += len(rows) - held
        self.value += _total(rows.value, self.value)
        self.paid += _total(np.maximum(rows.duty_paid, 0), self.paid)


def _total(amounts: Ints, before: int) -> int:
    largest = LARGEST_SUM * AMOUNT_UNIT
    if before + float(amounts.sum(dtype=np.float64)) > largest:
        raise InputError(
            f"values must add up to at most {LARGEST_SUM:,}, got more; give them in thousands"
        )
    return int(amounts.sum())


@attrs.frozen(kw_only=True, eq=False)
class _Spans:
    """Days by segment of the law and by month.

    Parameters
    ----------
    of_day : (day,), int
        Number of the span of each day from `FIRST` on; -1 where the measure did not stand.
    segment, month : (span,), int
        Segment of the law, and months since January of year 0; in order.
    """

    of_day: Ints
    segment: Ints
    month: Ints

    @classmethod
    def of(cls, undone: Undoing) -> "_Spans":
        days = np.arange(FIRST.toordinal(), LAST.toordinal() + 1)
        dates = np.datetime64(FIRST) + np.arange(len(days))
        months = month_number(dt.date(1970, 1, 1)) + dates.astype("datetime64[M]").astype(np.int64)
        segments = np.searchsorted(undone.starts, days, side="right") - 1
        held = (segments >= 0) & (days < undone.stop)
        # Both only ever go up, so that a day on which neither does continues a span.
        begins = held & (np.diff(months + segments, prepend=-1) > 0)
        begins[np.argmax(held)] = held.any()
        return cls(
            of_day=np.where(held, np.cumsum(begins) - 1, -1),
            segment=segments[begins],
            month=months[begins],
        )


def _held(pieces: Iterable[Rows], spans: _Spans, count: _Count) -> Iterator[Ints]:
    """Yield (3, row): pair and span in one number, value, and duty paid, while it stood."""
    for rows in pieces:
        span = spans.of_day[rows.day - FIRST.toordinal()]
        entries = np.stack([(rows.pair << _SPAN_BITS) + span, rows.value, rows.duty_paid])
        stood = span >= 0
        if not stood.all():
            entries = entries[:, stood]
        count.take(rows, entries.shape[1])
        yield entries


def _batches(entries: Iterable[Ints]) -> Iterator[Ints]:
    """Yield the same entries in pieces that are worth sorting."""
    held: list[Ints] = []
    size = 0
    for piece in entries:
        held.append(piece)
        size += piece.shape[1]
        if size >= PENDING:
            yield np.concatenate(held, axis=1)
            held, size = [], 0
    if size:
        yield np.concatenate(held, axis=1)


@attrs.frozen(kw_only=True, eq=False)
class _Sums:
    """Sums by cell.

    Parameters
    ----------
    key : (cell,), int
        Pair and span in one number, in order.
    columns : (4, cell), int
        Rows, value, and what the duty by law exceeds the duty paid, at both ends.
    """

    key: Ints
    columns: Ints

    @property
    def pair(self) -> Ints:
        """(cell,), the pair."""
        return self.key >> _SPAN_BITS

    @property
    def span(self) -> Ints:
        """(cell,), the number of the span."""
        return self.key & ((1 << _SPAN_BITS) - 1)


def _summed(batch: Ints, spans: _Spans, kinds: "_Kinds | None") -> _Sums:
    """Sum entries by cell; with kinds of goods, what was paid too little as well."""
    order = np.argsort(batch[0])
    key, value, paid = batch[:, order]
    first = _firsts(key)
    count = np.diff(first, append=len(key))
    columns = np.zeros((4, len(first)), dtype=np.int64)
    columns[:2] = count, np.add.reduceat(value, first)
    sums = _Sums(key=key[first], columns=columns)
    if kinds is not None:
        rates = kinds.costs(sums.pair, spans.segment[sums.span])
        low, high = np.repeat(rates / RATE_UNIT, count, axis=1)
        over = _over(value, paid, low)
        columns[2] = np.add.reduceat(over, first)
        unlike = np.flatnonzero(low != high)
        over[unlike] = _over(value[unlike], paid[unlike], high[unlike])
        columns[3] = np.add.reduceat(over, first)
    return sums


def _over(value: Ints, paid: Ints, rate: Floats) -> Ints:
    """(row,): by how much the duty by law is more than the duty paid, where that is said."""
    excess = np.rint(value * rate).astype(np.int64) - paid
    return np.where((paid >= 0) & (rate > 0), np.maximum(excess, 0), 0)


def _joined(parts: Sequence[_Sums]) -> _Sums:
    if len(parts) == 1:
        return parts[0]
    key = np.concatenate([np.zeros(0, dtype=np.int64), *(part.key for part in parts)])
    none = np.zeros((4, 0), dtype=np.int64)
    columns = np.concatenate([none, *(part.columns for part in parts)], axis=1)
    # Runs that are in order are merged faster than sorted afresh.
    order = np.argsort(key, kind="stable")
    key = key[order]
    first = _firsts(key)
    if len(key):
        columns = np.add.reduceat(columns[:, order], first, axis=1)
    return _Sums(key=key[first], columns=columns)


def _firsts(ordered: Ints) -> Ints:
    """Find where each new number begins."""
    return np.flatnonzero(np.diff(ordered, prepend=-1))


@attrs.define(kw_only=True, eq=False)
class _Kinds:
    """The kinds of goods of the pairs met so far.

    Parameters
    ----------
    undone : Undoing
        The measure taken out.
    pair, kind : (pair,), int
        The pairs in order, and the kind of each.
    """

    undone: Undoing
    pair: Ints = attrs.field(factory=lambda: np.zeros(0, dtype=np.int64))
    kind: Ints = attrs.field(factory=lambda: np.zeros(0, dtype=np.int64))

    def costs(self, pair: Ints, segment: Ints) -> Ints:
        """(end, cell), units of 1e-12: what the measure costs; pairs in order."""
        tied = self.undone.tied
        first = _firsts(pair)
        kind = np.repeat(self._kinds(pair[first]), np.diff(first, append=len(pair)))
        table = costs(tied, np.arange(len(tied.coverage)))
        return table[:, tied.law[segment], kind]

    def _kinds(self, pair: Ints) -> Ints:
        place = np.searchsorted(self.pair, pair)
        fresh = np.append(self.pair, -1)[place] != pair
        self.kind = np.insert(self.kind, place[fresh], self._looked_up(pair[fresh]))
        self.pair = np.insert(self.pair, place[fresh], pair[fresh])
        return self.kind[np.searchsorted(self.pair, pair)]

    def _looked_up(self, pair: Ints) -> Ints:
        named = pairs_named(pair.tolist())
        edges = [*_firsts(pair >> PRODUCT_BITS).tolist(), len(named)]
        found = np.zeros(len(named), dtype=np.int64)
        for start, end in pairwise(edges):
            products = [product for _, product in named[start:end]]
            found[start:end] = kinds_of(self.undone.tied, named[start][0], products)
        return found


def _flows(sums: _Sums, spans: _Spans, reading: Reading) -> Flows:
    first = _firsts(sums.pair)
    rows, value, over_low, over_high = sums.columns
    return Flows(
        name=reading.file,
        basis="entries",
        currency="currency unit of the file",
        pairs=tuple(pairs_named(sums.pair[first].tolist())),
        pair=np.repeat(np.arange(len(first)), np.diff(first, append=len(sums.key))),
        segment=spans.segment[sums.span],
        month=spans.month[sums.span],
        rows=rows,
        value=value,
        over_low=over_low,
        over_high=over_high,
        reading=reading,
    )
