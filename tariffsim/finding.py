"""Something wrong or odd: message, where, what to do; knows nothing of how it was found."""

from typing import Literal

import attrs

Severity = Literal["error", "warning", "note"]


@attrs.frozen(kw_only=True, order=True)
class Place:
    """A spot in a text: the file's name, line and column (both from 1), and the line itself."""

    file: str
    line: int
    column: int
    text: str = ""


@attrs.frozen(kw_only=True)
class Finding:
    """One fault or oddity.

    Parameters
    ----------
    rule : str
        Stable slug of the rule that was broken, e.g. ``bare-rate``.
    message : str
        *field* must be *rule*, got *value*; *what to do*.
    place : Place, optional
        Where; None when the fault has no single place.
    about : str, optional
        Id of the event concerned, from which a place may be found.
    severity : {'error', 'warning', 'note'}
        Errors stop the work; warnings and notes are listed.

    Examples
    --------
    >>> Finding(rule="bare-rate", message="rate must carry its unit, got 10; write 10%").severity
    'error'
    """

    rule: str
    message: str
    place: Place | None = None
    severity: Severity = "error"
    about: str | None = None


def by_place(finding: Finding) -> tuple[str, int, int]:
    """Say where a finding stands, as something to sort by; what has no place goes first."""
    place = finding.place
    return (place.file, place.line, place.column) if place else ("", 0, 0)


def render(finding: Finding) -> str:
    """Write a finding for people: file, line, column, severity, message, source line and caret.

    Parameters
    ----------
    finding : Finding
        What to write.

    Returns
    -------
    str
        One line, or three where the text of the place is known.
    """
    place = finding.place
    if place is None:
        return f"{finding.severity}: {finding.message}"
    head = f"{place.file}:{place.line}:{place.column}: {finding.severity}: {finding.message}"
    if not place.text:
        return head
    gutter = f"{place.line:>6} | "
    caret = " " * (len(gutter) - 2) + "| " + " " * (place.column - 1) + "^"
    return f"{head}\n{gutter}{place.text}\n{caret}"
