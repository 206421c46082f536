"""The stored form of a log: whatever was changed, cut, put in or taken out is found."""

import datetime as dt
import hashlib
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.codec.lines import (
    EMPTY,
    Head,
    LogLine,
    canonical,
    decode,
    encode,
    read_head,
    write_head,
)
from tariffsim.codec.verify import Verifier
from tariffsim.errors import LogError

DAY = dt.date(2025, 6, 6)

plain_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
log_lines = st.builds(
    LogLine,
    event=st.dictionaries(st.text(max_size=6), plain_values, max_size=4),
    recorded=st.none() | st.dates(),
)
logs = st.lists(log_lines, min_size=1, max_size=5)


def sample(count=4):
    entries = [
        LogLine(event={"type": "rate_set", "rate": n, "title": "Zölle ✓"}, recorded=DAY)
        for n in range(count)
    ]
    return entries, *encode(entries)


def faults(text, head=None, **options):
    """List rule and place of every finding of a text that must be refused."""
    with pytest.raises(LogError) as caught:
        decode(text, file="log.jsonl", head=head, **options)
    return [
        (found.rule, found.place.line, found.place.column)
        for found in caught.value.findings
        if found.severity == "error"
    ]


def replaced(text, number, old, new):
    """Change one line, counted from 1."""
    lines = text.split("\n")
    assert old in lines[number - 1]
    lines[number - 1] = lines[number - 1].replace(old, new, 1)
    return "\n".join(lines)


@given(entries=logs)
def test_encoded_then_decoded_is_the_same(entries):
    text, head = encode(entries)
    decoded = decode(text, file="log.jsonl", head=head)
    assert decoded.entries == tuple(entries)
    assert decoded.head == head
    assert decoded.notices == ()
    assert text.count("\n") == len(entries) == head.count


@given(first=logs, second=logs)
def test_a_log_written_in_two_parts_is_the_log_written_at_once(first, second):
    start, middle = encode(first)
    rest, end = encode(second, middle)
    assert (start + rest, end) == encode([*first, *second])
    assert decode(rest, file="f", head=end, previous=middle).entries == tuple(second)


def test_the_chain_is_what_its_description_says():
    _, text, head = sample(2)
    chain = EMPTY.chain
    for number, line in enumerate(text.splitlines(), start=1):
        content = json.loads(line)
        stated = content.pop("chain")
        rest = json.dumps(content, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        chain = hashlib.sha256(f"{chain}\n{rest[1:]}".encode()).hexdigest()
        assert (stated, content["seq"]) == (chain, number)
    assert head == Head(count=2, chain=chain)


@pytest.mark.parametrize("value", [1.5, float("nan"), {"a": [0.0]}, {1: 2}, {"a": {1}}, b"x", DAY])
def test_what_has_no_exact_form_is_refused(value):
    with pytest.raises(TypeError):
        canonical(value)


def test_half_a_surrogate_pair_and_deep_nesting_are_refused():
    with pytest.raises(ValueError, match="surrogate"):
        canonical("\ud800")
    deep = []
    for _ in range(50):
        deep = [deep]
    with pytest.raises(ValueError, match="nested"):
        canonical(deep)


def test_order_of_keys_does_not_matter():
    assert canonical({"b": 1, "a": {"d": None, "c": True}}) == '{"a":{"c":true,"d":null},"b":1}'


@given(entries=logs, data=st.data())
def test_any_single_changed_byte_is_detected(entries, data):
    text, head = encode(entries)
    whole = text.encode()
    change = st.tuples(st.integers(0, len(whole) - 1), st.integers(1, 255))
    # To change a byte of a log costs less than to make up another log.
    for at, bits in data.draw(st.lists(change, min_size=10, max_size=10)):
        stored = bytearray(whole)
        stored[at] ^= bits
        try:
            changed = stored.decode()
        except UnicodeDecodeError:
            continue  # the reader of the file refuses it, see test_disk
        with pytest.raises(LogError):
            decode(changed, file="log.jsonl", head=head)


def test_every_changed_byte_of_head_is_detected():
    _, text, head = sample()
    content = write_head(head)
    for at in range(len(content)):
        for new in "0159 af\n":
            changed = content[:at] + new + content[at + 1 :]
            if changed != content:
                with pytest.raises(LogError):
                    decode(text, file="f", head=read_head(changed, file="HEAD"))


@given(entries=logs, data=st.data())
def test_every_cut_at_a_newline_is_detected(entries, data):
    text, head = encode(entries)
    kept = data.draw(st.integers(0, len(entries) - 1))
    cut = "".join(line + "\n" for line in text.split("\n")[:kept])
    with pytest.raises(LogError) as caught:
        decode(cut, file="log.jsonl", head=head)
    assert [found.rule for found in caught.value.findings] == ["log-cut"]


def test_a_rewritten_suffix_is_detected():
    entries, _, head = sample()
    rewritten, _ = encode([*entries[:2], *reversed(entries[2:])])
    assert faults(rewritten, head) == [("log-rewritten", 4, 1)]
    longer, _ = encode([*entries[:2], *reversed(entries[2:]), entries[0]])
    assert faults(longer, head) == [("log-rewritten", 4, 1)]


@given(entries=logs, data=st.data())
def test_a_torn_tail_is_a_prefix_of_whole_lines(entries, data):
    before, head = encode(entries[:-1])
    last, _ = encode(entries[-1:], head)
    torn = last[: data.draw(st.integers(1, len(last) - 1))]
    decoded = decode(before + torn, file="log.jsonl", head=head)
    assert decoded.entries == tuple(entries[:-1])
    assert decoded.head == head
    assert [(found.rule, found.place.line) for found in decoded.notices] == [
        ("torn-tail", len(entries))
    ]


def test_a_lost_end_of_a_line_that_head_names_is_a_cut():
    _, text, head = sample()
    assert faults(text[:-1], head) == [("log-cut", 4, 1)]


def test_whole_lines_beyond_head_are_kept_with_a_notice():
    entries, text, _ = sample()
    _, behind = encode(entries[:2])
    decoded = decode(text, file="f", head=behind)
    assert decoded.entries == tuple(entries)
    assert [(found.rule, found.severity) for found in decoded.notices] == [
        ("head-behind", "warning")
    ]


def test_without_head_a_notice_says_what_goes_unseen():
    _, text, head = sample()
    decoded = decode(text, file="f", head=None)
    assert decoded.head == head
    assert [found.rule for found in decoded.notices] == ["head-missing"]
    assert decode("", file="f", head=None).notices == ()
    assert decode("", file="f", head=EMPTY).head == EMPTY


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('"rate":1', '"rate":7', "chain-broken"),
        ("2025-06-06", "2025-06-07", "chain-broken"),
        ("2025-06-06", "2025-02-30", "log-line-shape"),
        ('"2025-06-06"', '"20250606"', "log-line-shape"),
        ('"2025-06-06"', "5", "log-line-shape"),
        ('"rate":1', '"rate":1.5', "not-json"),
        ('"rate":1', '"rate":NaN', "not-json"),
        ('"rate":1', '"rate":1,"rate":1', "repeated-key"),
        ('"rate":1', '"rate": 1', "not-canonical"),
        ('"title"', '"titl\\u0065"', "not-canonical"),
        ("✓", "\\u2713", "not-canonical"),
        ("✓", "\\ud800", "not-canonical"),
        ('"seq":2', '"seq":2 ', "not-canonical"),
        ('"seq":2', '"seq":true', "log-line-shape"),
        (',"seq":2', "", "log-line-shape"),
        ('"seq":2', '"seq":2,"more":1', "not-canonical"),
        ('"seq":2}', '"seq":2}\r', "line-end"),
        ('"rate":1', '"rate":', "not-json"),
        ('{"chain"', "", "not-json"),
    ],
)
def test_each_fault_of_a_line_has_its_rule_and_is_told_once(old, new, rule):
    _, text, head = sample()
    changed = replaced(text, 2, old, new)
    ((found, line, column),) = faults(changed, head)
    assert (found, line) == (rule, 2)
    assert 1 <= column <= len(changed.split("\n")[1]) + 1


@pytest.mark.parametrize(
    "line",
    [
        '{"chain":"abc","event":{},"recorded":null,"seq":1}',
        '{"chain":7,"event":{},"recorded":null,"seq":1}',
        f'{{"chain":"{"0" * 64}","event":[],"recorded":null,"seq":1}}',
        "[]",
        '"chain"',
    ],
)
def test_what_is_json_but_no_log_line_is_refused(line):
    assert faults(line + "\n") == [("log-line-shape", 1, 1)]


def test_the_column_shows_where_a_line_departs_from_its_canonical_form():
    _, text, head = sample()
    spaced = replaced(text, 2, '"rate":1', '"rate": 1')
    ((_, _, column),) = faults(spaced, head)
    assert spaced.split("\n")[1][column - 1 :].startswith(" 1")
    broken = replaced(text, 2, '"rate":1', '"rate":')
    ((_, _, column),) = faults(broken, head)
    assert broken.split("\n")[1][column - 1 :].startswith(',"title"')


def test_all_faults_are_told_at_once_and_each_once():
    _, text, head = sample(12)
    text = replaced(text, 2, '"rate":1', '"rate":9')
    text = replaced(text, 5, '"rate":4', '"rate":4.5')
    text = replaced(text, 8, '"rate":7', '"rate":8')
    lines = text.split("\n")
    lines[10] = ""
    assert faults("\n".join(lines), head) == [
        ("chain-broken", 2, 1),
        ("not-json", 5, 1),
        ("chain-broken", 8, 1),
        ("blank-line", 11, 1),
    ]


def seq_column(text, number):
    return text.split("\n")[number - 1].rindex('"seq"') + 1


def test_lines_missing_repeated_or_swapped_are_told_by_their_seq():
    _, text, head = sample(6)
    one, two, three, four, five, six, _ = text.split("\n")
    missing = f"{one}\n{two}\n{four}\n{five}\n{six}\n"
    assert faults(missing, head) == [("seq", 3, seq_column(missing, 3))]
    twice = f"{one}\n{two}\n{two}\n{three}\n{four}\n{five}\n{six}\n"
    assert faults(twice, head) == [("seq", 3, seq_column(twice, 3))]
    swapped = f"{one}\n{three}\n{two}\n{four}\n{five}\n{six}\n"
    assert [(rule, line) for rule, line, _ in faults(swapped, head)] == [("seq", 2), ("seq", 3)]


def test_a_line_rewritten_with_its_chain_value_breaks_the_next():
    entries, text, head = sample()
    forged = LogLine(event={"type": "rate_set", "rate": 0}, recorded=DAY)
    other, _ = encode([entries[0], forged])
    lines = text.split("\n")
    lines[1] = other.split("\n")[1]
    assert faults("\n".join(lines), head) == [("chain-broken", 3, 1)]


def test_a_changed_chain_value_is_told_once():
    _, text, head = sample()
    chain = text.split("\n")[1][10:74]
    swapped = chain[::-1]
    assert faults(replaced(text, 2, chain, swapped), head) == [("chain-broken", 2, 1)]


def test_another_log_does_not_continue_this_one():
    _, text, _ = sample()
    assert faults(text, previous=Head(count=0, chain="0" * 64))[0] == ("chain-broken", 1, 1)


def test_deep_json_is_a_finding_and_no_recursion():
    _, text, head = sample()
    for depth in (60, 100_000):
        deep = replaced(text, 2, '"rate":1', '"rate":' + "[" * depth + "]" * depth)
        assert faults(deep, head) == [("not-json", 2, 1)]


def test_a_file_that_is_no_log_stops_after_a_hundred_faults():
    with pytest.raises(LogError) as caught:
        decode("no log\n" * 5_000, file="f", head=None)
    assert len(caught.value.findings) == 101


@given(text=st.text(st.sampled_from('{}[]":,\\ \n\r1aé'), max_size=60))
def test_no_text_ends_in_another_exception(text):
    # No line of these characters has a chain value, so only a torn tail can be let pass.
    if "\n" in text:
        assert faults(text)
    else:
        assert decode(text, file="f", head=None).entries == ()


@pytest.mark.parametrize(
    "content", ["", "\n", "3", "3 abc\n", f"03 {'0' * 64}\n", f"-1 {'0' * 64}\n", f"3 {'G' * 64}\n"]
)
def test_an_unreadable_head_is_refused(content):
    with pytest.raises(LogError) as caught:
        read_head(content, file="HEAD")
    assert [found.rule for found in caught.value.findings] == ["head-unreadable"]


def test_a_planted_fault_in_the_chain_check_is_caught(monkeypatch):
    _, text, head = sample()
    changed = replaced(text, 2, '"rate":1', '"rate":7')
    take = Verifier.take

    def trusting(self, number, line):
        self.before = None
        take(self, number, line)

    monkeypatch.setattr(Verifier, "take", trusting)
    assert decode(changed, file="f", head=head).head == head
