"""What is written is read back as it was: rates, sheets, stored events, lines, files."""

import contextlib
import datetime as dt
import tempfile
from pathlib import Path

import attrs
from hypothesis import assume
from hypothesis import strategies as st

from tariffsim import terms
from tariffsim.codec.converter import structure
from tariffsim.codec.documents import read_sheet
from tariffsim.codec.lines import decode, encode, read_head, write_head
from tariffsim.codec.marked import compose
from tariffsim.codec.stored import from_lines, to_lines
from tariffsim.errors import LogError
from tariffsim.events import Event, Suspended
from tariffsim.identity import event_id, plain
from tariffsim.journal import append_lines, read_log
from tariffsim.log import make_log
from tests import kinds
from tests import strategies as drawn
from tests.laws import law
from tests.written import sheet

# A pause of everything is the one value with a spelling of its own.
any_event = kinds.any_event | kinds.events_of(Suspended)
RECORDED = dt.date(2025, 6, 6)


def stored(events):
    return encode(to_lines(events, recorded=RECORDED))


@law(
    parts=st.integers(0, 10**9),
    share=drawn.parts,
    day=st.dates(),
    codes=st.lists(drawn.products, min_size=5, max_size=5),
    number=st.decimals(-(10**6), 10**6, places=4),
)
def test_terms_come_back(parts, share, day, codes, number):
    assert terms.parse_rate(terms.percent(parts)) == parts
    assert terms.parse_share(terms.percent(share)) == share
    assert terms.parse_day(day.isoformat()) == day
    for code in codes:
        assert terms.parse_product(code) == code
        assert terms.parse_product(".".join((code[:2], code[2:4], code[4:]))) == code
    decimal = terms.parse_decimal(str(number))
    assert number == terms.Decimal(decimal)
    assert terms.parse_decimal(decimal) == decimal


@law(events=st.lists(any_event, min_size=2, max_size=4), flow=st.booleans())
def test_written_events_come_back(events, flow):
    """Through YAML text, marks, and the schema: the same events with the same ids."""
    read = read_sheet(compose(sheet(events, flow=flow), file="sheet.yaml"))
    assert read.findings == ()
    assert read.events == tuple(events)
    assert list(map(event_id, read.events)) == list(map(event_id, events))


@law(event=any_event)
def test_stored_events_come_back(event):
    again = structure(plain(event), Event, dialect="stored")
    assert again == event
    assert event_id(again) == event_id(event)


@law(events=st.lists(kinds.any_event, max_size=4))
def test_stored_lines_come_back(events):
    """Events, their claims and the day they entered the record."""
    text, head = stored(events)
    decoded = decode(text, file="log.jsonl", head=read_head(write_head(head), file="HEAD"))
    assert decoded.notices == ()
    found = from_lines(decoded, name="example", file="log.jsonl")
    assert found.findings == ()
    assert found.log == make_log("example", events, recorded=RECORDED)


@law(part=0.3, first=st.lists(kinds.any_event, min_size=1, max_size=3), second=kinds.any_event)
def test_files_come_back(first, second):
    """Written by two appends, read by one."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "log.jsonl"
        text, head = stored(first)
        append_lines(path, text)
        append_lines(path, encode(to_lines([second], recorded=RECORDED), head)[0], expected=head)
        found = from_lines(read_log(path), name="example", file="log.jsonl")
    assert found.findings == ()
    assert found.log == make_log("example", [*first, second], recorded=RECORDED)


@law(events=st.lists(kinds.any_event, min_size=1, max_size=3), cut=st.integers(0, 10**6))
def test_a_torn_tail_is_a_prefix_of_whole_lines(events, cut):
    text, _ = stored(events)
    torn = text[: cut % len(text)]
    found = from_lines(decode(torn, file="log", head=None), name="example", file="log")
    whole = events[: torn.count("\n")]
    assert found.log == make_log("example", whole, recorded=RECORDED)
    dropped = any(notice.rule == "torn-tail" for notice in found.findings)
    assert dropped == (torn != "" and not torn.endswith("\n"))


@law(
    events=st.lists(kinds.any_event, min_size=1, max_size=3),
    place=st.integers(0, 10**6),
    letter=st.sampled_from('0a"{ é'),
)
def test_the_chain_detects_any_change(events, place, letter):
    """One character changed anywhere, or a line cut off the end, and the log is refused."""
    text, head = stored(events)
    place %= len(text) - 1  # without its last newline the last line is torn, not changed
    changed = text[:place] + letter + text[place + 1 :]
    lines = text.splitlines(keepends=True)
    assume(changed != text)
    for damaged in (changed, "".join(lines[:-1]), "".join(lines[1:])):
        assert refused(damaged, head)
    assert not refused(text, head)


@law(events=st.lists(kinds.any_event, min_size=2, max_size=3), day=st.dates())
def test_a_rewritten_suffix_is_not_the_log_that_head_names(events, day):
    """A chain that was made again from some line on is sound in itself, and still refused."""
    lines = to_lines(events, recorded=RECORDED)
    _, head = encode(lines)
    assume(day != RECORDED)
    forged, _ = encode([*lines[:-1], attrs.evolve(lines[-1], recorded=day)])
    assert refused(forged, head)
    assert not refused(forged, None)


def refused(text, head):
    with contextlib.suppress(LogError):
        decode(text, file="log.jsonl", head=head)
        return False
    return True
