"""What the YAML parser complains of, said in plain words; knows nothing of paths and data."""

from typing import NamedTuple

import yaml

from tariffsim.codec.builder import MAX_FINDINGS
from tariffsim.codec.places import place_at
from tariffsim.finding import Finding, Place

_BLOCK_TEXT = "after '|' or '>' the text begins on the next line; move it there"
_TAG = "tags are not read; delete it, or put the text in quotes"


class _Words(NamedTuple):
    """What to say where `piece` occurs in the parser's problem."""

    piece: str
    message: str
    rule: str = "syntax"
    at_start: bool = False  # the place is where the broken thing began, not where it was noticed


# libyaml and the pure parser word the same fault differently; the pieces fit both.
_PROBLEMS = (
    _Words(
        "mapping values are not allowed",
        "a ': ' cannot stand here; put the text in quotes, or mend the line's indentation",
    ),
    _Words("mapping keys are not allowed", "a '? ' cannot stand here; put the text in quotes"),
    _Words(
        "sequence entries are not allowed",
        "a list item cannot stand here; begin the list on its own line under its key",
    ),
    _Words(
        "could not find expected ':'",
        "a line must be 'key: value', got no ': '; add it, or indent the line as text of the above",
        at_start=True,
    ),
    _Words("found unexpected", "a quote must be closed; close it", "unclosed-quote", at_start=True),
    _Words("unknown escape", r"a backslash in double quotes must be \\; or use single quotes"),
    _Words("escape code", "an escape must name a character; write the character itself"),
    _Words(
        "document start",
        "nothing may follow the end of the document; look for a bracket or a quote too many",
    ),
    _Words(
        "alphabetic or numeric",
        "anchors and aliases are not read; put the text in quotes",
        "anchor-refused",
        at_start=True,
    ),
    _Words("tag", _TAG, "tag-refused"),
    _Words("URI", _TAG, "tag-refused"),
    _Words("incompatible YAML", "YAML must be 1.1 or 1.2; delete the %YAML line"),
    _Words("directive", "a line cannot begin with '%'; put the text in quotes", at_start=True),
    _Words("comment or line break", _BLOCK_TEXT),
    _Words("chomping or indentation", _BLOCK_TEXT),
)
# The same by the parser's context; the braces take the place where the broken thing began.
_CONTEXTS = (
    _Words("flow sequence", "the list '[' of {} must go on with ',' or ']'", "unclosed-bracket"),
    _Words(
        "flow mapping", "the mapping '{{' of {} must go on with ',' or '}}'", "unclosed-bracket"
    ),
    _Words(
        "block collection",
        "the list begun at {} must go on with '- ' in its column; mend the indentation",
    ),
    _Words(
        "block mapping",
        "the mapping begun at {} must go on with 'key: value' in its column; mend the indentation, "
        "or put the whole text in quotes",
    ),
)


def explain(error: yaml.YAMLError, *, file: str, lines: tuple[str, ...]) -> tuple[Finding, ...]:
    """Turn what stopped the parser into findings a person can act on.

    Parameters
    ----------
    error : yaml.YAMLError
        As raised by either parser of PyYAML.
    file : str
        Name of the file.
    lines : tuple of str
        Its lines, as `tariffsim.codec.places.split_lines` gives them.

    Returns
    -------
    tuple of Finding
        One fault; for tabs, every line from there on that is indented with one.

    Examples
    --------
    >>> text = "rate: @125"
    >>> try:
    ...     _ = yaml.compose(text)
    ... except yaml.YAMLError as error:
    ...     print(explain(error, file="a.yaml", lines=(text,))[0].message)
    a value cannot begin with '@'; put the value in quotes
    """
    problem = str(getattr(error, "problem", None) or error)
    found = getattr(error, "problem_mark", None)
    if found is None:
        return (Finding(rule="syntax", message=f"{file} cannot be read as YAML: {problem}"),)
    began = getattr(error, "context_mark", None) or found
    here = place_at(found.line + 1, found.column + 1, file=file, lines=lines)
    there = place_at(began.line + 1, began.column + 1, file=file, lines=lines)
    character = lines[here.line - 1][here.column - 1 : here.column]
    if character == "\t" or "tab character" in problem:
        return _tabs(here, file=file, lines=lines)
    if "cannot start any token" in problem or ("node content" in problem and character):
        message = f"a value cannot begin with {character!r}; put the value in quotes"
        return (Finding(rule="syntax", message=message, place=here),)
    for words in _PROBLEMS:
        if words.piece in problem:
            place = there if words.at_start else here
            return (Finding(rule=words.rule, message=words.message, place=place),)
    context = str(getattr(error, "context", None) or "")
    for words in _CONTEXTS:
        if words.piece in context:
            message = words.message.format(f"{there.line}:{there.column}")
            return (Finding(rule=words.rule, message=message, place=here),)
    message = f"cannot be read as YAML: {problem}; mend the line, or put its text in quotes"
    return (Finding(rule="syntax", message=message, place=here),)


def _tabs(first: Place, *, file: str, lines: tuple[str, ...]) -> tuple[Finding, ...]:
    """Report the tab that stopped the parser, and every later line indented with a tab."""
    places = [first]
    for line, text in enumerate(lines[first.line :], start=first.line + 1):
        if len(places) >= MAX_FINDINGS:
            break
        indent = text[: len(text) - len(text.lstrip())]
        if "\t" in indent:
            places.append(place_at(line, indent.index("\t") + 1, file=file, lines=lines))
    message = "indentation must be spaces, got a tab; replace it by spaces"
    return tuple(Finding(rule="tab-refused", message=message, place=place) for place in places)
