"""YAML text to plain data that remembers its places; knows no schema: every scalar is a string.

Ordinary loaders decide what a scalar means before any schema is asked: `0101` becomes 65, `NO`
becomes False, `0801.10` becomes 801.1, and of two equal keys the last wins in silence. Here a
scalar stays as written, and whatever would let a file say less, more or other than it shows is
refused: repeated keys, anchors and aliases, merges, tags, further documents.
"""

from collections.abc import Iterator

import yaml

from tariffsim.codec.builder import (
    MAX_DEPTH,
    MAX_FINDINGS,
    MAX_VALUES,
    UNPRINTABLE,
    Builder,
    LimitMet,
)
from tariffsim.codec.code_lists import taken_out
from tariffsim.codec.fault import Path
from tariffsim.codec.places import Mark, Marked, Plain, place_at, refusal, split_lines
from tariffsim.codec.skim import Odd, Skimmer
from tariffsim.codec.syntax import explain
from tariffsim.finding import Finding

__all__ = ["MAX_BYTES", "MAX_DEPTH", "MAX_FINDINGS", "MAX_VALUES", "Mark", "Marked", "compose"]

MAX_BYTES = 5_000_000


def compose(text: str, *, file: str) -> Marked:
    r"""Read one YAML document as plain data with places, and refuse every fault at once.

    Parameters
    ----------
    text : str
        The whole file, at most `MAX_BYTES` as UTF-8; a byte order mark is passed over.
    file : str
        Name of the file, for places.

    Returns
    -------
    Marked
        An empty file gives the empty string.

    Raises
    ------
    InputError
        With every fault of syntax and form found, unless keys are merely repeated: then the first
        of each counts, and `findings` names the others, so that a schema is checked too. Syntax
        stops the reading, what comes after it is not looked at; the same holds for the limits of
        depth, values and findings.

    Notes
    -----
    The parser's events are read one by one and no node tree is built, so that neither nesting
    nor size can exhaust the stack or the memory before a limit is met.

    Examples
    --------
    >>> sheet = compose("product: 0101\nimporter: NO\n", file="sheet.yaml")
    >>> sheet.data
    {'product': '0101', 'importer': 'NO'}
    >>> sheet.place(("importer",)).column
    11
    """
    text = text.removeprefix("\ufeff")
    size = len(text.encode("utf-8", "surrogatepass"))
    if size > MAX_BYTES:
        message = f"{file} must be at most {MAX_BYTES:,} bytes, got {size:,}; split it"
        raise refusal([Finding(rule="file-too-large", message=message)])
    lines = split_lines(text)
    return _quickly(text, file=file, lines=lines) or _with_care(text, file=file, lines=lines)


def _quickly(text: str, *, file: str, lines: tuple[str, ...]) -> Marked | None:
    """Read a text without noting each place; None where it needs more care."""
    short, lists = taken_out(text)
    if UNPRINTABLE.search(short) is not None:
        return None
    skimmer = Skimmer(lists)
    try:
        skimmer.take(_events(short))
    except (Odd, yaml.YAMLError):
        return None

    def marks() -> dict[Path, Mark]:
        return _with_care(text, file=file, lines=lines).marks

    return Marked(data=skimmer.root[0], read_marks=marks, file=file, lines=lines, tops=skimmer.tops)


def _with_care(text: str, *, file: str, lines: tuple[str, ...]) -> Marked:
    """Read a text value by value, with every fault in it."""
    damaged = UNPRINTABLE.search(text) is not None
    findings = _unprintable(lines, file=file) if damaged else []
    builder = Builder(file=file, lines=lines, findings=findings)
    try:
        builder.take(_events(UNPRINTABLE.sub("\ufffd", text) if damaged else text))
    except LimitMet:
        pass
    except yaml.YAMLError as error:
        # With odd characters about, a fault of syntax is most likely only their echo.
        if not damaged:
            findings.extend(explain(error, file=file, lines=lines))
    if len(findings) >= MAX_FINDINGS:
        del findings[MAX_FINDINGS:]
        message = f"stopped after {MAX_FINDINGS} faults; mend these, then check again"
        findings.append(Finding(rule="too-many-faults", message=message))
    if any(finding.rule != "repeated-key" for finding in findings):
        raise refusal(findings)
    data: Plain = builder.root[0] if builder.root else ""
    if findings:
        data = _without_spares(data)
    marks = builder.marks or {(): Mark(1, 1, 1, 1)}
    return Marked(
        data=data, read_marks=lambda: marks, file=file, lines=lines, findings=tuple(findings)
    )


def _events(text: str) -> Iterator[yaml.Event]:
    """Stream parser events, from libyaml where PyYAML was built with it."""
    loader: type[yaml.SafeLoader] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
    return iter(loader(text).get_event, None)


def _without_spares(data: Plain) -> Plain:
    """Drop the values of repeated keys, which the builder keeps under names no file can write."""
    if isinstance(data, dict):
        kept = ((key, item) for key, item in data.items() if not key.startswith("\0"))
        return {key: _without_spares(item) for key, item in kept}
    return [_without_spares(item) for item in data] if isinstance(data, list) else data


def _unprintable(lines: tuple[str, ...], *, file: str) -> list[Finding]:
    """List the characters that a person who reviews the file cannot see."""
    findings: list[Finding] = []
    for number, line in enumerate(lines, start=1):
        for hit in UNPRINTABLE.finditer(line):
            if len(findings) == MAX_FINDINGS:
                return findings
            message = f"text must be printable, got U+{ord(hit[0]):04X}; delete it"
            place = place_at(number, hit.start() + 1, file=file, lines=lines)
            findings.append(Finding(rule="unprintable-character", message=message, place=place))
    return findings
