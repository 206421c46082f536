"""Lines of an entries file in plain form, read all at once as arrays; skips all others.

A line counts as plain where nothing about it needs thought: no quotes, no blanks, digits where
digits belong. Whoever calls must read the rest with care. Eight bytes are read as one number and
turned from digits into their value together, so that a cell costs a few steps and not one a digit.
"""

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Ints
from tariffsim.codec.entry_layout import (
    DUTY_PAID,
    FIRST_DIGITS,
    LARGEST_DIGITS,
    LETTER_BITS,
    Layout,
)
from tariffsim.undo.entries import (
    EXPORTER_NUMBERS,
    LONGEST_CODE,
    NOT_SAID,
    PRODUCT_BITS,
    Rows,
)
from tariffsim.undo.refund import AMOUNT_UNIT

Text = npt.NDArray[np.uint8]
Words = npt.NDArray[np.uint64]
"""Eight bytes of text as one number, the first byte lowest."""

# Every cell is looked at as far as its longest form goes, also at both ends of the text.
MARGIN = b"\0" * 16

_BYTE = np.uint64(8)
_ZEROS = np.uint64(0x3030_3030_3030_3030)
_BEYOND_NINE = np.uint64(0x7676_7676_7676_7676)
_TOP_BITS = np.uint64(0x8080_8080_8080_8080)
_EU27 = np.uint64(int.from_bytes(b"EU27", "little"))
# Neighbouring digits become numbers of two, these become numbers of four, and these one of eight.
_STEPS = tuple(
    (np.uint64(10**size * 256**size + 1), np.uint64(8 * size), np.uint64(mask))
    for size, mask in (
        (1, 0x00FF_00FF_00FF_00FF),
        (2, 0x0000_FFFF_0000_FFFF),
        (4, 0x0000_0000_FFFF_FFFF),
    )
)
_POWERS = 10 ** np.arange(LONGEST_CODE + 1, dtype=np.int64)


def plain_rows(chunk: bytes, layout: Layout) -> tuple[Ints, Rows, int]:
    """Read the lines in plain form.

    Parameters
    ----------
    chunk : bytes
        Whole lines.
    layout : Layout
        As the first line of the file said.

    Returns
    -------
    lines : (row,), int
        Which lines are in plain form.
    rows : Rows
        What they say.
    count : int
        How many lines there are.
    """
    text = np.frombuffer(b"".join((MARGIN, chunk, MARGIN)), dtype=np.uint8)
    words = np.ndarray(len(text) - 7, dtype="<u8", buffer=text, strides=(1,))
    spans = _Spans.of(text, chunk, layout)
    days, good = _days(words, *spans.column("date"), layout)
    products, coded = _products(text, words, *spans.column("product"))
    exporters, known = _exporters(words, *spans.column("exporter"), layout)
    values, valued = _amounts(text, words, *spans.column("value"))
    good &= coded & known & valued
    if layout.has_duty:
        start, end = spans.column(DUTY_PAID)
        paid, stated = _amounts(text, words, start, end)
        paid[start == end] = NOT_SAID
        good &= stated | (start == end)
    else:
        paid = np.full(len(days), NOT_SAID, dtype=np.int64)
    pairs = (exporters << PRODUCT_BITS) + products
    rows = Rows(day=days, pair=pairs, value=values, duty_paid=paid)
    if good.all():
        return spans.lines, rows, spans.count
    return spans.lines[good], rows.only(good), spans.count


def unquoted(chunk: bytes) -> bytes:
    """Drop the quotes of every line on which no cell needs them.

    Parameters
    ----------
    chunk : bytes
        Whole lines.

    Returns
    -------
    bytes
        As many lines, and the same but for quotes around whole cells without comma or quote.
    """
    text = np.frombuffer(chunk, dtype=np.uint8)
    quotes = np.flatnonzero(text == ord('"'))
    ends = np.flatnonzero(text == ord("\n"))
    line = np.searchsorted(ends, quotes)
    count = np.bincount(line, minlength=len(ends))
    opens = (np.arange(len(quotes)) - (np.cumsum(count) - count)[line]) % 2 == 0
    before, after = text[quotes - 1], text[np.minimum(quotes + 1, len(text) - 1)]
    starts_cell = (quotes == 0) | (before == ord(",")) | (before == ord("\n"))
    ends_cell = (after == ord(",")) | (after == ord("\n")) | (after == ord("\r"))
    commas = np.searchsorted(np.flatnonzero(text == ord(",")), quotes)
    # An even quote closes what the one before it opened; a comma between the two is text.
    holds_comma = ~opens & (commas != np.roll(commas, 1))
    needed = np.where(opens, ~starts_cell, ~ends_cell | holds_comma)
    odd = count % 2 == 1
    odd[line[needed]] = True
    kept = np.ones(len(text), dtype=np.bool_)
    kept[quotes[~odd[line]]] = False
    return text[kept].tobytes()


@attrs.frozen(kw_only=True, eq=False)
class _Spans:
    """Where the cells of regular lines start and end.

    Parameters
    ----------
    lines : (line,), int
        Which lines are regular: as many commas as the first line, no quotes, and no carriage
        return but at the end.
    edges : (cell + 1, line), int
        The byte before each cell, and the one after the last.
    place : mapping of str to int
        Position of each column that is read.
    count : int
        How many lines there are, regular or not.
    """

    lines: Ints
    edges: Ints
    place: dict[str, int]
    count: int

    @classmethod
    def of(cls, text: Text, chunk: bytes, layout: Layout) -> "_Spans":
        breaks = np.flatnonzero((text == ord(",")) | (text == ord("\n")))
        is_end = text[breaks] == ord("\n")
        ends = breaks[is_end]
        starts = np.append(len(MARGIN), ends[:-1] + 1)
        lines = np.arange(len(ends))
        wanted = layout.cells
        returns = np.flatnonzero(text == ord("\r")) if b"\r" in chunk else lines[:0]
        inside = returns[text[returns + 1] != ord("\n")]
        quotes = np.flatnonzero(text == ord('"')) if b'"' in chunk else lines[:0]
        even = len(breaks) == len(ends) * wanted and is_end[wanted - 1 :: wanted].all()
        if not even or len(quotes) or len(inside):
            first = np.append(0, np.flatnonzero(is_end)[:-1] + 1)
            regular = np.diff(first, append=len(breaks)) == wanted
            regular[np.searchsorted(ends, np.append(quotes, inside))] = False
            lines = np.flatnonzero(regular)
            breaks = breaks[first[lines, None] + np.arange(wanted)]
        edges = np.vstack([starts[lines] - 1, breaks.reshape(-1, wanted).T])
        if len(returns):
            edges[-1] -= text[edges[-1] - 1] == ord("\r")
        return cls(lines=lines, edges=edges, place=layout.place, count=len(ends))

    def column(self, name: str) -> tuple[Ints, Ints]:
        """(line,), the first byte of a column's cells and the one after the last."""
        place = self.place[name]
        return self.edges[place] + 1, self.edges[place + 1]


def _days(words: Words, start: Ints, end: Ints, layout: Layout) -> tuple[Ints, Bools]:
    """Read days as YYYY-MM-DD: their ordinals, and whether there is such a day."""
    front, back = words[start], words[start + 2]
    good = end - start == 10
    good &= front & np.uint64(0xFF00_00FF_0000_0000) == np.uint64(0x2D00_002D_0000_0000)
    digits = front & np.uint64(0x0000_0000_FFFF_FFFF)
    digits |= (front >> _BYTE) & np.uint64(0x0000_FFFF_0000_0000)
    digits |= back & np.uint64(0xFFFF_0000_0000_0000)
    digits ^= _ZEROS
    good &= _are_digits(digits)
    place = _number(digits) - FIRST_DIGITS
    place[(place < 0) | (place >= len(layout.days))] = 0
    ordinals = layout.days[place]
    return ordinals, good & (ordinals > 0)


def _products(text: Text, words: Words, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    number, good = _digits(words, start, end)
    length = end - start
    dotted = np.flatnonzero(~good & (length > 2) & (length <= 14))
    if len(dotted):
        number[dotted], length[dotted], good[dotted] = _dotted(text, start[dotted], end[dotted])
    good &= (length >= 2) & (length <= LONGEST_CODE) & (length % 2 == 0)
    size = np.where(good, length, LONGEST_CODE)
    number *= _POWERS[LONGEST_CODE - size]
    chapter = _POWERS[LONGEST_CODE - 2]
    good &= (number >= chapter) & ((number < 77 * chapter) | (number >= 78 * chapter))
    return number * 8 + size // 2 - 1, good


def _dotted(text: Text, start: Ints, end: Ints) -> tuple[Ints, Ints, Bools]:
    """Read digits with dots among them: the number, how many digits, whether nothing else."""
    number, digits = np.zeros(len(start), dtype=np.int64), np.zeros(len(start), dtype=np.int64)
    good = np.ones(len(start), dtype=np.bool_)
    for place in range(int((end - start).max())):
        inside = start + place < end
        byte = np.where(inside, text[start + place], ord("."))
        is_digit = (byte >= ord("0")) & (byte <= ord("9"))
        good &= is_digit | (byte == ord("."))
        number = np.where(is_digit, number * 10 + byte - ord("0"), number)
        digits += is_digit
    return number, digits, good


def _exporters(words: Words, start: Ints, end: Ints, layout: Layout) -> tuple[Ints, Bools]:
    word = words[start]
    letters = word & np.uint64(0x1F)
    for place in (1, 2):
        bits = word >> np.uint64(place * (8 - LETTER_BITS))
        letters |= bits & np.uint64(0x1F << place * LETTER_BITS)
    number = layout.exporters[letters.view(np.int64)]
    good = (end - start == 3) & (number >= 0)
    good &= word & np.uint64(0xE0_E0E0) == np.uint64(0x40_4040)
    union = np.flatnonzero(end - start == 4)
    union = union[word[union] & np.uint64(0xFFFF_FFFF) == _EU27]
    number[union], good[union] = EXPORTER_NUMBERS["EU27"], True
    return number, good


def _amounts(text: Text, words: Words, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    """Read amounts with at most four decimals, in ten-thousandths."""
    # Two decimals are the rule: of the last eight bytes the sixth is the dot, and drops out.
    size = end - start - 3
    last = words[end - 8]
    good = (size > 0) & (size <= LARGEST_DIGITS)
    good &= last & np.uint64(0xFF << 40) == np.uint64(ord(".") << 40)
    other = np.flatnonzero(~good & (size > -3))
    digits = (last & np.uint64(0xFF_FFFF_FFFF)) << _BYTE
    digits |= last & np.uint64(0xFFFF_0000_0000_0000)
    digits = _cut(digits ^ _ZEROS, np.minimum(size, 5) + 2)
    good &= _are_digits(digits)
    number = _number(digits)
    long = np.flatnonzero(good & (size > 5))
    if len(long):
        more, good[long] = _short(words, end[long] - 8, size[long] - 5)
        number[long] += more * 10**7
    number *= AMOUNT_UNIT // 100
    if len(other):
        number[other], good[other] = _uneven_amounts(text, words, start[other], end[other])
    return number, good


def _uneven_amounts(text: Text, words: Words, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    """Read amounts without decimals, or with another number of them than two."""
    dots = np.append(np.flatnonzero(text == ord(".")), len(text))
    dot = np.minimum(dots[np.searchsorted(dots, start)], end)
    whole, good = _digits(words, start, dot)
    good &= dot - start <= LARGEST_DIGITS
    after = np.minimum(dot + 1, end)
    decimals, good_decimals = _digits(words, after, end)
    size = end - after
    good &= (good_decimals | (size == 0)) & (size <= 4)
    return whole * AMOUNT_UNIT + decimals * _POWERS[np.clip(4 - size, 0, 4)], good


def _digits(words: Words, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    """Read runs of one to sixteen digits; False for anything else."""
    size = end - start
    number, good = _short(words, end, np.minimum(size, 8))
    good &= size > 0
    long = np.flatnonzero(good & (size > 8))
    if len(long):
        more, good[long] = _short(words, end[long] - 8, size[long] - 8)
        number[long] += more * 10**8
    return number, good & (size <= 16)


def _short(words: Words, end: Ints, size: Ints) -> tuple[Ints, Bools]:
    """Read runs of at most eight digits by where they end."""
    digits = _cut(words[end - 8] ^ _ZEROS, size)
    return _number(digits), _are_digits(digits)


def _cut(digits: Words, size: Ints) -> Words:
    """Set to nil all but the last `size` of eight bytes."""
    # Beyond eight, and below nil, the shift is one of 64 or more bits, which leaves nothing.
    shift = (8 - size).view(np.uint64) * _BYTE
    kept: Words = digits >> shift << shift
    return kept


def _are_digits(digits: Words) -> Bools:
    """Whether each of eight bytes is below ten."""
    good: Bools = (digits | (digits + _BEYOND_NINE)) & _TOP_BITS == 0
    return good


def _number(digits: Words) -> Ints:
    """Turn eight bytes below ten, the highest first, into the number they write."""
    for factor, shift, mask in _STEPS:
        digits = (digits * factor >> shift) & mask
    return digits.view(np.int64)
