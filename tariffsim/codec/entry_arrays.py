"""Lines of an entries file in plain form, read all at once as arrays of bytes; skips all others.

A line counts as plain where nothing about it needs thought: no quotes, no blanks, digits where
digits belong. Whoever calls must read the rest with care.
"""

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Bools, Ints
from tariffsim.codec.entry_layout import (
    DUTY_PAID,
    FIRST,
    LARGEST_DIGITS,
    LAST,
    LETTERS,
    NOT_SAID,
    PRODUCT_BITS,
    Layout,
    Rows,
)
from tariffsim.refund import AMOUNT_UNIT, month_number

Text = npt.NDArray[np.uint8]

# Every cell is looked at as far as its longest form goes, also at the end of the text.
_MARGIN = b"\0" * 16


def plain_rows(chunk: bytes, ends: Ints, layout: Layout) -> tuple[Ints, Rows]:
    """Read the lines in plain form.

    Parameters
    ----------
    chunk : bytes
        Whole lines.
    ends : (line,), int
        Where the lines end.
    layout : Layout
        As the first line of the file said.

    Returns
    -------
    lines : (row,), int
        Which lines are in plain form.
    rows : Rows
        What they say.
    """
    text = np.frombuffer(chunk + _MARGIN, dtype=np.uint8)
    spans = _Spans.of(text, ends, layout)
    days, dated = _days(text, *spans.column("date"))
    products, coded = _products(text, *spans.column("product"))
    exporters, known = _exporters(text, *spans.column("exporter"), layout)
    values, valued = _amounts(text, *spans.column("value"))
    good = dated & coded & known & valued
    paid = np.full(len(days), NOT_SAID, dtype=np.int64)
    if layout.has_duty:
        start, end = spans.column(DUTY_PAID)
        amounts, stated = _amounts(text, start, end)
        good &= stated | (start == end)
        paid = np.where(start == end, NOT_SAID, amounts)
    ordinals = layout.days[np.where(good, days, 0)]
    good &= ordinals > 0
    months = days // 31 + month_number(FIRST)
    pairs = (exporters << PRODUCT_BITS) + products
    rows = Rows(day=ordinals, month=months, pair=pairs, value=values, duty_paid=paid).only(good)
    return spans.lines[good], rows


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
        Which lines are regular: as many commas as the first line, and no quotes.
    edges : (cell + 1, line), int
        The byte before each cell, and the one after the last.
    """

    lines: Ints
    edges: Ints
    place: dict[str, int]

    @classmethod
    def of(cls, text: Text, ends: Ints, layout: Layout) -> "_Spans":
        starts = np.append(0, ends[:-1] + 1)
        commas = np.flatnonzero(text == ord(","))
        quoted = np.flatnonzero(text == ord('"'))
        wanted = layout.cells - 1
        lines = np.arange(len(ends))
        if len(quoted) or not _all_have(wanted, commas, starts, ends):
            first = np.searchsorted(commas, starts)
            regular = np.diff(first, append=len(commas)) == wanted
            regular[np.searchsorted(ends, quoted)] = False
            lines = np.flatnonzero(regular)
            commas = commas[first[lines, None] + np.arange(wanted)]
        stop = ends[lines] - (text[ends[lines] - 1] == ord("\r"))
        edges = np.vstack([starts[lines] - 1, commas.reshape(-1, wanted).T, stop])
        return cls(lines=lines, edges=edges, place=layout.place)

    def column(self, name: str) -> tuple[Ints, Ints]:
        """(line,), the first byte of a column's cells and the one after the last."""
        place = self.place[name]
        return self.edges[place] + 1, self.edges[place + 1]


def _all_have(count: int, commas: Ints, starts: Ints, ends: Ints) -> bool:
    """Tell whether each line has so many commas, without looking for them line by line."""
    if len(commas) != len(ends) * count:
        return False
    by_line = commas.reshape(-1, count)
    return bool((by_line[:, 0] >= starts).all() and (by_line[:, -1] < ends).all())


def _days(text: Text, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    year, good = _digits(text, start, start + 4)
    month, good_month = _digits(text, start + 5, start + 7)
    day, good_day = _digits(text, start + 8, start + 10)
    good &= good_month & good_day & (end - start == 10)
    good &= (text[start + 4] == ord("-")) & (text[start + 7] == ord("-"))
    good &= (year >= FIRST.year) & (year <= LAST.year)
    good &= (month >= 1) & (month <= 12) & (day >= 1) & (day <= 31)
    return ((year - FIRST.year) * 12 + month - 1) * 31 + day - 1, good


def _products(text: Text, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    number, good = _digits(text, start, end)
    length = end - start
    dotted = np.flatnonzero(~good & (length > 2) & (length <= 14))
    if len(dotted):
        number[dotted], length[dotted], good[dotted] = _dotted(text, start[dotted], end[dotted])
    good &= (length >= 2) & (length <= 10) & (length % 2 == 0)
    size = np.where(good, length, 2)
    chapter = number // 10 ** (size - 2)
    good &= (chapter != 0) & (chapter != 77)
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


def _exporters(text: Text, start: Ints, end: Ints, layout: Layout) -> tuple[Ints, Bools]:
    number = np.zeros(len(start), dtype=np.int64)
    good = end - start == 3
    for place in range(3):
        letter = text[start + place].astype(np.int64) - ord("A")
        good &= (letter >= 0) & (letter < LETTERS)
        number = number * LETTERS + letter
    return number, good & layout.economies[np.where(good, number, 0)]


def _amounts(text: Text, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    """Read amounts with at most four decimals, in ten-thousandths."""
    # Two decimals are the rule, so only the other cells are searched for their dot.
    dot = end - 3
    other = np.flatnonzero((dot < start) | (text[dot] != ord(".")))
    if len(other):
        dots = np.append(np.flatnonzero(text == ord(".")), len(text))
        first = dots[np.searchsorted(dots, start[other])]
        dot[other] = np.minimum(first, end[other])
    whole, good = _digits(text, start, dot)
    after = np.minimum(dot + 1, end)
    decimals, good_decimals = _digits(text, after, end)
    size = end - after
    good &= (dot > start) & (good_decimals | (size == 0)) & (size <= 4)
    scale = 10 ** np.clip(4 - size, 0, 4)
    return whole * AMOUNT_UNIT + decimals * scale, good


def _digits(text: Text, start: Ints, end: Ints) -> tuple[Ints, Bools]:
    """Read runs of at most twelve digits from the right; False for anything else."""
    length = end - start
    good = (length > 0) & (length <= LARGEST_DIGITS)
    number = np.zeros(len(start), dtype=np.int64)
    longest = int(length[good].max(initial=0))
    shortest = int(length.min(initial=longest))
    at = end.copy()
    weight = 1
    for place in range(longest):
        at -= 1
        digit = text[at] - np.uint8(ord("0"))
        if place >= shortest:
            digit = np.where(place < length, digit, 0)
        good &= digit < 10
        number += digit * np.int64(weight)
        weight *= 10
    return number, good
