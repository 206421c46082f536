"""YAML texts to plain data with places: nothing guessed, everything refused at once."""

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.codec import builder
from tariffsim.codec.marked import MAX_BYTES, MAX_DEPTH, MAX_FINDINGS, Mark, compose
from tariffsim.codec.places import place_at, split_lines
from tariffsim.codec.syntax import explain
from tariffsim.errors import InputError
from tariffsim.finding import render


@pytest.fixture(params=["libyaml", "pure"])
def parser(request, monkeypatch):
    """Run a test with each of PyYAML's two parsers."""
    if request.param == "pure":
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)
    elif not yaml.__with_libyaml__:
        pytest.skip("PyYAML was built without libyaml")
    return request.param


def faults(text):
    """List rule, line and column of every finding of a text that is at fault."""
    try:
        findings = compose(text, file="sheet.yaml").findings
    except InputError as error:
        findings = error.findings
    assert findings
    return [
        (found.rule, found.place.line, found.place.column) if found.place else (found.rule,)
        for found in findings
    ]


def message(text):
    with pytest.raises(InputError) as caught:
        compose(text, file="sheet.yaml")
    return str(caught.value)


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    "scalar",
    ["0101", "NO", "0801.10", "2025-05-14", "1e3", "~", "null", "true", "0x1F", "1_000", "12:30",
     "12.5%", ".inf", "=", "on"],
)  # fmt: skip
def test_a_scalar_stays_as_written(scalar):
    assert compose(f"a: {scalar}\n", file="f").data == {"a": scalar}
    assert compose(f"{scalar}: a\n", file="f").data == {scalar: "a"}
    assert compose(f"[{scalar}]\n", file="f").data == [scalar]


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("text", ["", "\n\n", "# only a comment\n", "---\n", "\ufeff"])
def test_an_empty_file_is_the_empty_string(text):
    empty = compose(text, file="f")
    assert empty.data == ""
    assert empty.place(("events",)).line in {1, 2}


@pytest.mark.usefixtures("parser")
def test_quoting_is_told_from_bare_text():
    marked = compose("a: ''\nb: \"null\"\nc:\nd: null\ne: |\n  x\n", file="f")
    assert marked.data == {"a": "", "b": "null", "c": "", "d": "null", "e": "x\n"}
    assert [marked.marks[key,].quoted for key in "abcde"] == [True, True, False, False, True]


@pytest.mark.usefixtures("parser")
def test_marks_name_key_and_value():
    text = "log: us-china\nevents:\n- type: rate_set\n  claims:\n  - {source: a, figure: '5'}\n"
    marked = compose(text, file="sheet.yaml")
    assert marked.marks == {
        (): Mark(1, 1, 1, 1),
        ("log",): Mark(1, 6, 1, 1),
        ("events",): Mark(3, 1, 2, 1),
        ("events", 0): Mark(3, 3, 3, 3),
        ("events", 0, "type"): Mark(3, 9, 3, 3),
        ("events", 0, "claims"): Mark(5, 3, 4, 3),
        ("events", 0, "claims", 0): Mark(5, 5, 5, 5),
        ("events", 0, "claims", 0, "source"): Mark(5, 14, 5, 6),
        ("events", 0, "claims", 0, "figure"): Mark(5, 25, 5, 17, quoted=True),
    }


def test_a_place_falls_back_to_the_nearest_parent():
    marked = compose("log: a\nevents:\n  - type: rate_set\n", file="sheet.yaml")
    key = marked.place(("events", 0, "type"), key=True)
    assert (key.line, key.column, key.text) == (3, 5, "  - type: rate_set")
    assert (marked.place(("events", 0, "type")).column) == 11
    missing = marked.place(("events", 0, "rate", "low"), key=True)
    assert missing == marked.place(("events", 0))
    assert marked.place(("nowhere", 3)) == marked.place(())
    # What is missing in a mapping is missing where the mapping begins, not at the mapping's key.
    assert marked.place(("events", 7), key=True) == marked.place(("events",))
    assert marked.place(("events",), key=True).line == 2 != marked.place(("events",)).line


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a: 1\nb: 2\na: 3\n", [("repeated-key", 3, 1)]),
        ("a: 1\n'a': 3\n\"a\": 4\n", [("repeated-key", 2, 1), ("repeated-key", 3, 1)]),
        ("x: {a: 1, b: 2, a: [3, {c: 4, c: 5}]}\n", [("repeated-key", 1, 17),
                                                     ("repeated-key", 1, 31)]),
        ("a: &here 1\n", [("anchor-refused", 1, 4)]),
        ("a: *here\n", [("anchor-refused", 1, 4)]),
        ("*a : b\n", [("anchor-refused", 1, 1)]),
        ("a: &x [&y b]\nc: &z {d: *x}\n", [("anchor-refused", 1, 4), ("anchor-refused", 1, 8),
                                          ("anchor-refused", 2, 4), ("anchor-refused", 2, 11)]),
        ("a:\n  <<: {b: 1}\n  c: 2\n", [("merge-refused", 2, 3)]),
        ("a: !!python/object/apply:os.system [ls]\n", [("tag-refused", 1, 4)]),
        ("a: !!str 0101\nb: !own {c: 1}\n", [("tag-refused", 1, 4), ("tag-refused", 2, 4)]),
        ("a: !un!known 1\n", [("tag-refused", 1, 4)]),
        ("? [a, b]\n: 1\nc: 2\nc: 3\n", [("complex-key", 1, 3), ("repeated-key", 4, 1)]),
        ("? {a: 1, a: 2}\n: 1\n", [("complex-key", 1, 3), ("repeated-key", 1, 10)]),
        ("a: 1\n---\nb: 2\n---\nc: 3\n", [("several-documents", 2, 1)]),
        ("a: 1\n---\nb: 2\nb: 3\n", [("several-documents", 2, 1), ("repeated-key", 4, 1)]),
        ("a: b\x07c\n", [("unprintable-character", 1, 5)]),
        ("a: 1\u20280\nb: \u202e5\n", [("unprintable-character", 1, 5),
                                       ("unprintable-character", 2, 4)]),
        ("a: 1\n\x00\nb: 2\n", [("unprintable-character", 2, 1)]),
        ("a: 1\x7f\na: 2\n", [("unprintable-character", 1, 5), ("repeated-key", 2, 1)]),
        ('a: "1\\u202e0"\n', [("unprintable-character", 1, 4)]),
        ("a: \ud800\n", [("unprintable-character", 1, 4)]),
        ("a:\n\tb: 1\n\tc: 1\n  d: 1\n \te: 1\n", [("tab-refused", 2, 1), ("tab-refused", 3, 1),
                                                   ("tab-refused", 5, 2)]),
        ("a: b: c\n", [("syntax", 1, 5)]),
        ("a: 'x\nb: 1\n", [("unclosed-quote", 1, 4)]),
        ("a: @x\n", [("syntax", 1, 4)]),
        ("a: 10\nfoo\nb: 2\n", [("syntax", 2, 1)]),
        ("a:\n - x\n y: 1\n", [("syntax", 3, 2)]),
        ("a: 1\na: 2\nb: {c: 1\nd: e\n", [("repeated-key", 2, 1), ("unclosed-bracket", 4, 2)]),
        ("a: 1\n}\n", [("syntax", 2, 1)]),
        ("%YAML 9.9\n---\na: 1\n", [("syntax", 1, 1)]),
    ],
)  # fmt: skip
def test_every_fault_of_form_has_its_place(text, expected):
    assert faults(text) == expected


@pytest.mark.usefixtures("parser")
def test_a_fault_at_the_end_of_the_file_points_behind_its_last_text():
    assert faults("a: [1, 2\n\n") == [("unclosed-bracket", 1, 9)]


def test_a_repeated_key_names_both_places():
    sheet = compose("a: 1\nb:\n  rate: 5%\n  rate: 6%\n", file="sheet.yaml")
    assert sheet.data == {"a": "1", "b": {"rate": "5%"}}
    text = render(sheet.findings[0])
    assert text.startswith("sheet.yaml:4:3: error: key 'rate' must stand once")
    assert "sheet.yaml:3:3" in text
    assert text.endswith("     4 |   rate: 6%\n       |   ^")


def test_merge_and_alias_characters_in_quotes_are_text():
    assert compose("'<<': '*x'\na: '&b'\nc: '!d'\n", file="f").data == {
        "<<": "*x",
        "a": "&b",
        "c": "!d",
    }


def test_aliases_that_multiply_are_refused_without_being_followed():
    rows = [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 9)}]" for n in range(1, 12)]
    found = faults("a0: &a0 [x]\n" + "\n".join(rows))
    assert {rule for rule, *_ in found} == {"anchor-refused", "too-many-faults"}
    assert len(found) == MAX_FINDINGS + 1


@pytest.mark.usefixtures("parser")
@pytest.mark.parametrize("opening", ["[", "- ", "{a: ", "? ", "[{a: "])
def test_nesting_stops_at_its_limit_and_not_at_the_stack(opening):
    assert [rule for rule, *_ in faults(opening * 3_000) if rule != "complex-key"] == [
        "nested-too-deep"
    ]


def test_the_deepest_nesting_allowed_is_read():
    data = compose("[" * MAX_DEPTH + "x" + "]" * MAX_DEPTH, file="f").data
    for _ in range(MAX_DEPTH):
        (data,) = data
    assert data == "x"
    assert faults("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1)) == [
        ("nested-too-deep", 1, MAX_DEPTH + 1)
    ]


def test_the_size_limit_counts_bytes():
    assert compose("#" + "x" * (MAX_BYTES - 1), file="f").data == ""
    assert faults("#" + "x" * MAX_BYTES) == [("file-too-large",)]
    assert faults("#" + "é" * (MAX_BYTES // 2)) == [("file-too-large",)]
    assert f"{MAX_BYTES:,}" in message("#" + "x" * MAX_BYTES)


def test_the_number_of_values_is_limited(monkeypatch):
    monkeypatch.setattr(builder, "MAX_VALUES", 100)
    assert len(compose("- x\n" * 99, file="f").data) == 99
    assert faults("- x\n" * 200) == [("too-many-values", 100, 3)]


@pytest.mark.parametrize(
    "text", ["---\n" * 200_000, "a:\n" + "\tb: 1\n" * 200_000, "\0\n" * 200_000]
)
def test_a_fault_on_every_line_is_not_told_for_every_line(text):
    assert len(faults(text)) in {1, MAX_FINDINGS + 1}


def test_a_caret_is_left_out_where_no_screen_would_show_it():
    marked = compose("a: [" + "x, " * 200 + "y]", file="f")
    assert marked.place(("a", 0)).text.startswith("a: [x, x")
    assert len(marked.place(("a", 0)).text) == 200
    assert marked.place(("a", 200)).text == ""


def test_line_ends_of_every_system_count_alike():
    for end in ("\n", "\r\n", "\r"):
        marked = compose(end.join(["a: 1", "b: 2", ""]), file="f")
        assert marked.place(("b",)).line == 2
        assert marked.place(("b",)).text == "b: 2"


def test_a_parser_error_without_a_place_is_still_a_finding():
    (found,) = explain(yaml.YAMLError("odd"), file="sheet.yaml", lines=("",))
    assert (found.rule, found.place) == ("syntax", None)
    assert "sheet.yaml cannot be read as YAML: odd" in found.message


def test_a_place_never_lies_beyond_the_text():
    place = place_at(9, 4, file="f", lines=split_lines("a: 1\nb\n\n"))
    assert (place.line, place.column) == (2, 2)


scalars = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), max_size=12)
trees = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(scalars, inner, max_size=4),
    max_leaves=20,
)


@given(tree=trees)
def test_what_was_dumped_is_read_back(tree):
    dumper = getattr(yaml, "CSafeDumper", yaml.SafeDumper)
    text = yaml.dump(tree, Dumper=dumper, allow_unicode=True, default_style='"')
    # The dumper gives an object met twice an anchor, and writes the tag of what is no text.
    marked = compose(text, file="f")
    assert marked.data == tree
    assert set(marked.marks) == set(paths(tree))


def paths(tree, path=()):
    """List the path of every value of a tree."""
    children = tree.items() if isinstance(tree, dict) else (
        enumerate(tree) if isinstance(tree, list) else ()
    )  # fmt: skip
    yield path
    for key, child in children:
        yield from paths(child, (*path, key))


@given(text=st.text(st.sampled_from("ab:- \n[]{},'\"&*!|>%@#?<\t\\~0"), max_size=40))
def test_no_text_ends_in_another_exception(text):
    findings, data = [], ""
    try:
        data = compose(text, file="f").data
    except InputError as error:
        findings = error.findings
    assert {type(leaf) for leaf in leaves(data)} <= {str}
    lines = split_lines(text)
    for found in findings:
        assert 1 <= found.place.line <= len(lines)
        assert 1 <= found.place.column <= len(lines[found.place.line - 1]) + 1


def leaves(tree):
    """List every scalar and key of a tree."""
    if isinstance(tree, dict):
        for key, child in tree.items():
            yield key
            yield from leaves(child)
    elif isinstance(tree, list):
        for child in tree:
            yield from leaves(child)
    else:
        yield tree
