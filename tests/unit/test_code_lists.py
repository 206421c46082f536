"""Long lists of codes read at once: the same data, places and refusals as code by code."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from tariffsim.codec.code_lists import SHORTEST, taken_out
from tariffsim.codec.marked import _quickly, _with_care, compose
from tariffsim.codec.places import split_lines
from tariffsim.disk import read_text
from tariffsim.errors import InputError
from tariffsim.files.shipped import shipped, shipped_logs

LONG = "[" + ", ".join(f'"{code:04d}"' for code in range(101, 101 + SHORTEST)) + "]"
SHEETS = [path for name in shipped_logs() for path in sorted((shipped("seeds") / name).iterdir())]


def with_care(text, *, file):
    return _with_care(text, file=file, lines=split_lines(text))


def refusal_of(read, text):
    try:
        read(text, file="f")
    except InputError as refused:
        return str(refused)
    return None


def both(text):
    """The text read in the usual way, and value by value."""
    return compose(text, file="f"), with_care(text, file="f")


def assert_alike(text):
    quick, careful = both(text)
    assert quick.data == careful.data
    for path in careful.marks:
        for key in (False, True):
            assert quick.place(path, key=key) == careful.place(path, key=key)


@pytest.mark.parametrize("path", SHEETS, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_shipped_sheets_are_read_alike(path):
    assert_alike(read_text(path))


def test_most_of_the_shipped_codes_are_read_at_once():
    """Else all of this is for nothing."""
    texts = [read_text(path) for path in SHEETS]
    held = sum(len(codes) for text in texts for codes in taken_out(text)[1].values())
    assert held > 5_000


pieces = st.sampled_from(
    (
        "a: ", "b: ", "'", '"', "# ", "|\n  ", ">-\n  ", "\n", "\n  ", "- ", "{", "}", ", ", "[",
        "]", "x", "note: ", LONG, LONG.replace(", ", ",\n    "), LONG[:-1], "a: " + LONG + "\n",
        "- b: " + LONG + "\n", "{c: " + LONG + ", d: 1}", "é", "\t", "\r\n",
    )
)  # fmt: skip


@example(parts=["note: |\n  ", "a: ", LONG, "\n"])
@example(parts=["# ", "a: ", LONG, "\n", "b: ", LONG])
@example(parts=["a: '", "b: ", LONG, "'\n", "b: ", LONG])
@example(parts=["a: ", LONG, "\n", "a: ", LONG])
@example(parts=["a: ", LONG, "\n", "b: {"])
@given(parts=st.lists(pieces, max_size=8))
def test_any_text_is_read_alike(parts):
    text = "".join(parts)
    refusals = [refusal_of(read, text) for read in (compose, with_care)]
    assert refusals[0] == refusals[1]
    if refusals[1] is None:
        assert compose(text, file="f").findings == with_care(text, file="f").findings
        assert_alike(text)


def test_a_list_in_a_text_is_left_to_the_careful_way():
    text = f"note: |\n  a: {LONG}\nb: {LONG}\n"
    assert _quickly(text, file="f", lines=split_lines(text)) is None
    assert both(text)[0].data["note"] == f"a: {LONG}\n"


def test_a_code_of_a_long_list_has_its_place():
    text = "a: " + LONG.replace('"0103", ', '"0103",\n     ')
    place = compose(text, file="f").place(("a", 3))
    assert (place.line, place.column, place.text[place.column - 1 :][:6]) == (2, 6, '"0104"')
