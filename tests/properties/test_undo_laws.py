"""The laws of undoing a measure: what voiding means, what the stack leaves, how refunds add up.

Two roads to one number throughout: voided events folded and compiled, against the stack of tied
measures; a row at a time in plain Python, against arrays; the careful reader against the fast one.
"""

import datetime as dt
import tempfile
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import numpy as np
from hypothesis import assume
from hypothesis import strategies as st

from tariffsim.codec.entries import read_line, read_rows
from tariffsim.codec.entry_layout import read_header
from tariffsim.events import MeasureEnacted, Voided
from tariffsim.files.entries import read_entries
from tariffsim.log import append, make_log
from tariffsim.reduce import compile_rates, fold, stacked_on
from tariffsim.undo import undo, undoing
from tariffsim.undo.entries import pairs_named
from tariffsim.undo.refund import AMOUNT_UNIT, RATE_UNIT
from tariffsim.undo.segments import costs, kinds_of
from tariffsim.undo.settle import settle
from tests import strategies as drawn
from tests.laws import law

HORIZON = [drawn.later(drawn.FIRST, n) for n in range(-10, drawn.LENGTH + 70)]
EXPORTERS = ("CHN", "DEU", "CAN")


def enacted(events, name):
    return next(e for e in events if isinstance(e, MeasureEnacted) and e.measure == name)


def undone_of(events, since=None):
    """The first measure undone, where it can be."""
    own = enacted(events, "measure-0")
    assume(own.form == "ad-valorem" and own.imposer != "EU27")
    log = make_log("example", events)
    end = fold(log).measures["measure-0"].ended
    start = max(since or own.effective, own.effective)
    assume(end is None or start < end)
    importer = "USA" if own.flow == "export" else own.imposer
    return undoing(log, "measure-0", since=since, importer=importer)


histories = drawn.histories()
sinces = st.none() | drawn.days


@law(events=histories, axes=drawn.axes(), since=sinces)
def test_undone_is_voided(events, axes, since):
    undone = undone_of(events, since)
    ruling = Voided(announced=undone.start, measure="measure-0", void_from=undone.start)
    voided = compile_rates(fold(append(undone.log, [ruling])), axes).exact(HORIZON)
    ours = compile_rates(undone.without, axes).exact(HORIZON)
    for end, other in zip(ours, voided, strict=True):
        np.testing.assert_array_equal(end, other)


@law(events=histories, axes=drawn.axes(), since=sinces)
def test_void_is_never_set_from_its_date(events, axes, since):
    undone = undone_of(events, since)
    others = [event for event in events if getattr(event, "measure", None) != "measure-0"]
    never = compile_rates(fold(make_log("example", others)), axes)
    before = [day for day in HORIZON if day < undone.start]
    after = [day for day in HORIZON if day >= undone.start]
    without = compile_rates(undone.without, axes)
    stood = compile_rates(undone.state, axes)
    for days, other in ((before, stood), (after, never)):
        for end, expected in zip(without.exact(days), other.exact(days), strict=True):
            np.testing.assert_array_equal(end, expected)


@law(events=histories, codes=st.lists(drawn.products, min_size=1, unique=True), since=sinces)
def test_the_cost_is_the_stack_with_it_less_the_stack_without_it(events, codes, since):
    undone = undone_of(events, since)
    for exporter in EXPORTERS:
        if exporter == undone.importer:
            continue
        kinds = kinds_of(undone.tied, exporter, codes)
        cost = costs(undone.tied, kinds)[:, undone.tied.law]
        for segment, start in enumerate(undone.starts.tolist()):
            for place, code in enumerate(codes):
                low, high = stack_difference(undone, dt.date.fromordinal(start), exporter, code)
                assert (cost[0, segment, place], cost[1, segment, place]) == (low, high)


def stack_difference(undone, day, exporter, code):
    stood, without = (
        stacked_on(state, day, undone.importer, exporter, code)
        for state in (undone.state, undone.without)
    )
    return stood.low - without.low, stood.high - without.high


rulings = st.none() | st.tuples(st.integers(1, 40), st.integers(-5, 40))


def ruled(events, ruling):
    """A history in which a court voids the first measure, some days after it came into force."""
    if ruling is None:
        return events
    start = enacted(events, "measure-0").effective
    void_from, refund_from = (drawn.later(start, n) for n in ruling)
    court = Voided(
        announced=void_from, measure="measure-0", void_from=void_from, refund_from=refund_from
    )
    return (*events, court)


@law(events=histories, code=st.none() | drawn.products, since=sinces, ruling=rulings)
def test_spans_cover_the_days_and_add_up(events, code, since, ruling):
    undone = undone_of(ruled(events, ruling), since)
    exporter = next(e for e in EXPORTERS if e != undone.importer)
    spans = undo(undone, exporter=exporter, product=code).spans
    assert spans[0].start == undone.start
    assert spans[-1].end == undone.end
    assert [s.end for s in spans[:-1]] == [s.start for s in spans[1:]]
    shown = undo(undone, exporter=exporter, product=code).product
    for span in spans:
        last = min(span.end or HORIZON[-1], HORIZON[-1]) - dt.timedelta(days=1)
        for day in {span.start, max(span.start, last)}:
            assert span.difference_ends == stack_difference(undone, day, exporter, shown)
            first = undone.refundable_from
            assert span.refundable == (first is not None and day >= first)


# Entries

cents = st.integers(0, 10**7).map(lambda n: f"{n / 100:.2f}")
rows = st.tuples(
    st.integers(-5, drawn.LENGTH + 40).map(lambda n: drawn.later(drawn.FIRST, n)),
    drawn.products,
    st.sampled_from(EXPORTERS),
    cents,
    st.just("") | cents,
)


@st.composite
def files(draw):
    """Entries of which some are alike but for their value and duty."""
    found = draw(st.lists(rows, max_size=8))
    again = draw(st.lists(st.tuples(cents, st.just("") | cents), max_size=4 if found else 0))
    return [*found, *((*found[n % len(found)][:3], *own) for n, own in enumerate(again))]


def text_of(entries):
    lines = ["date,product,exporter,value,duty_paid"]
    lines += [",".join(map(str, entry)) for entry in entries]
    return "\n".join(lines) + "\n"


def settled(undone, entries, **options):
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "entries.csv"
        path.write_text(text_of(entries))
        flows = read_entries(path, undone, **options)
    return settle(undone, flows, draws=16)


def slowly(undone, entries):
    """Refunds at both ends, row by row, in fractions of a currency unit."""
    totals = [Fraction(0), Fraction(0)]
    for day, code, exporter, value, paid in entries:
        inside = undone.start <= day and (undone.end is None or day < undone.end)
        if not inside or exporter == undone.importer:
            continue
        for end, cost in enumerate(stack_difference(undone, day, exporter, code)):
            refund = Fraction(value) * cost / RATE_UNIT
            if paid and refund > 0:
                refund = min(refund, Fraction(paid))
            totals[end] += refund
    return totals


def on_edges(undone, entries):
    """The entries, and some on the days on which the measure starts or ends."""
    edges = [undone.start, *([undone.end] if undone.end else [])]
    days = [drawn.later(day, n) for day in edges for n in (-1, 0)]
    more = [(day, "84", exporter, "100.00", "") for day in days for exporter in EXPORTERS]
    return [*entries, *more]


def own_goods(undone, entries):
    """Those of them that are imports."""
    return [entry for entry in on_edges(undone, entries) if entry[2] != undone.importer]


def exact(refund, table="levied"):
    amounts = refund.tables[table]
    return [(sum(end) if len(end) else 0) for end in (amounts.least, amounts.most)]


@law(part=0.5, events=histories, entries=files())
def test_refunds_are_those_of_the_rows(events, entries):
    undone = undone_of(events)
    entries = own_goods(undone, entries)
    found = exact(settled(undone, entries))
    for ours, expected in zip(found, slowly(undone, entries), strict=True):
        # What a row was paid too little is kept to a hundredth of a cent, half of it off at most.
        slack = Fraction(len(entries), 2 * AMOUNT_UNIT)
        assert abs(Fraction(ours, AMOUNT_UNIT * RATE_UNIT) - expected) <= slack


@law(part=0.5, events=histories, entries=files())
def test_refunds_of_rows_without_duty_are_exact(events, entries):
    undone = undone_of(events)
    bare = [(*entry[:4], "") for entry in own_goods(undone, entries)]
    found = exact(settled(undone, bare))
    expected = [total * AMOUNT_UNIT * RATE_UNIT for total in slowly(undone, bare)]
    assert found == expected


@law(part=0.5, events=histories, entries=files(), split=st.data())
def test_refunds_add_over_any_split_of_the_file(events, entries, split):
    undone = undone_of(events)
    side = split.draw(st.lists(st.booleans(), min_size=len(entries), max_size=len(entries)))
    parts = [
        [e for e, left in zip(entries, side, strict=True) if left is one] for one in (True, False)
    ]
    whole, *halves = (settled(undone, some) for some in (entries, *parts))
    for table in ("levied", "refundable", "line"):
        assert exact(whole, table) == [
            sum(ends) for ends in zip(*(exact(h, table) for h in halves), strict=True)
        ]
    readings = [half.reading for half in halves]
    for name in ("counted", "outside", "value", "duty_paid"):
        assert getattr(whole.reading, name) == sum(getattr(reading, name) for reading in readings)


@law(part=0.5, events=histories, entries=files(), chunk=st.integers(1, 300), order=st.randoms())
def test_pieces_and_order_change_nothing(events, entries, chunk, order):
    undone, afresh = undone_of(events), undone_of(events)
    mixed = list(entries)
    order.shuffle(mixed)
    whole, pieces = settled(undone, entries), settled(afresh, mixed, chunk=chunk)
    assert whole.tables.keys() == pieces.tables.keys()
    for name, table in whole.tables.items():
        other = pieces.tables[name]
        assert table.labels == other.labels
        for column in ("rows", "value", "least", "most", "low", "median", "high"):
            np.testing.assert_array_equal(getattr(table, column), getattr(other, column))
    assert whole.reading.value == pieces.reading.value


@law(part=0.5, events=histories, entries=files(), ruling=rulings)
def test_refundable_is_what_was_levied_from_its_day_on(events, entries, ruling):
    undone = undone_of(ruled(events, ruling))
    entries = own_goods(undone, entries)
    first = undone.refundable_from
    late = [entry for entry in entries if first is not None and entry[0] >= first]
    assert exact(settled(undone, entries), "refundable") == exact(settled(undone, late))


@law(part=0.5, events=histories, entries=files(), ruling=rulings)
def test_tables_add_up_to_the_total(events, entries, ruling):
    undone = undone_of(ruled(events, ruling))
    refund = settled(undone, on_edges(undone, entries))
    for name in ("month", "product", "line"):
        assert exact(refund, name) == exact(refund)
    flags = [label[2] == "true" for label in refund.tables["line"].labels]
    lines = refund.tables["line"]
    assert sum(lines.least[flags]) == exact(refund, "refundable")[0]
    for table in refund.tables.values():
        assert (table.low <= table.median).all()
        assert (table.median <= table.high).all()


# Reading


some_text = st.text(alphabet='0123456789.,-+eE" CHNxé\r\t', max_size=12)
longer_cents = st.integers(0, 10**16).map(lambda n: f"{n / 100:.2f}")


def odd(*forms):
    return st.sampled_from(forms) | st.sampled_from(forms) | some_text


plain_cells = (
    rows.map(lambda row: str(row[0])), drawn.products, st.sampled_from(EXPORTERS),
    cents | longer_cents, cents | longer_cents,
)  # fmt: skip
amounts = odd(
    "1", "1.5", ".5", "5.", "1.00005", "1.23456", "1e3", "-0", "-1", "1_0", "", "1.2.3", "0001.5",
    "999999999999.9999", "999999999999.99995", "9999999999999", " 7 ", '"8.25"', '"1,5"', "é",
    "123456.78", "999999999999.99", "1234567890123.45", "12345678", "123456789", "1234567.8912",
)  # fmt: skip
odd_cells = (
    odd(
        "2024-02-29", "2025-02-29", "2025-13-01", "2025-00-10", "1987-12-31", "2100-01-01",
        "2025-4-5", "2025/04/05", '"2025-04-05"', "",
    ),
    odd(
        "8517.13", "4202.92.08.07", "7701", "770000", "101", ".85", "85.", "00", "0",
        "8517130000.", "85171300001", '"0101"', "x",
    ),
    odd("EU27", "ROW", "WLD", "chn", "CHX", "ABC", "CH", '"CHN"', ""),
    amounts,
    amounts,
)  # fmt: skip


@st.composite
def lines_of_cells(draw):
    """A line that is odd in no cell, in one or in two: one fault must not hide the next."""
    cells = [draw(cell) for cell in plain_cells]
    for place in draw(st.lists(st.integers(0, 4), max_size=2)):
        cells[place] = draw(odd_cells[place])
    return cells


lines = st.lists(
    st.one_of(
        lines_of_cells(),
        lines_of_cells(),
        st.lists(st.one_of(*plain_cells, *odd_cells), max_size=6),
    )
    .map(",".join)
    .filter(lambda line: "\n" not in line),
    max_size=6,
)


# A column that nobody reads may hold anything, and stand first, so that the others move along.
headers = st.sampled_from(
    (b"date,product,exporter,value,duty_paid", b"note,date,product,exporter,value,duty_paid")
)


@law(part=3.0, header=headers, lines=lines, end=st.sampled_from(("\n", "\r\n")), notes=st.data())
def test_fast_reading_means_what_careful_reading_means(header, lines, end, notes):
    layout = read_header(header, file="entries.csv")
    if header.startswith(b"note"):
        lines = [f"{notes.draw(st.just('x') | some_text)},{line}" for line in lines]
    chunk = end.join([*lines, ""]).encode()
    found, bad, count = read_rows(chunk, layout, first_line=2)
    careful = {n: read_line(line, layout) for n, line in enumerate(lines, 2) if line.strip()}
    assert count == max(len(lines), 1)
    assert [(row.line, row.reason) for row in bad] == [
        (line, answer) for line, answer in careful.items() if isinstance(answer, str)
    ]
    columns = (found.day, found.pair, found.value, found.duty_paid)
    assert sorted(zip(*(column.tolist() for column in columns), strict=True)) == sorted(
        answer for answer in careful.values() if not isinstance(answer, str)
    )


@law(entry=rows)
def test_reading_says_what_was_written(entry):
    layout = read_header(b"date,product,exporter,value,duty_paid", file="entries.csv")
    found, _, _ = read_rows(",".join(map(str, entry)).encode(), layout, first_line=2)
    day, code, exporter, value, paid = entry
    assert dt.date.fromordinal(int(found.day[0])) == day
    assert pairs_named(found.pair.tolist()) == [(exporter, code)]
    assert Decimal(int(found.value[0])) / AMOUNT_UNIT == Decimal(value)
    assert int(found.duty_paid[0]) == (Decimal(paid) * AMOUNT_UNIT if paid else -1)
