"""What a run rests on, each thing with the day it became known; judges no answer."""

import datetime as dt
from collections.abc import Iterable
from typing import Literal

import attrs

EvidenceKind = Literal["event", "figure", "table", "parameter", "assumption"]


@attrs.frozen(kw_only=True)
class Evidence:
    """One thing that a run used.

    Parameters
    ----------
    kind : {'event', 'figure', 'table', 'parameter', 'assumption'}
        An event of the log; a figure that a source gives for it; a table of trade or shares; a
        parameter; something that the scenario assumes about the future, or sets.
    name : str
        Id of the event, the figure as printed, or the name.
    title : str
        What it is, for people.
    known : date
        The day it became known; of an assumption, the knowledge day.
    source : str
        Key of the source register; empty for events, whose sources stand with their figures.
    publisher, locator, url : str
        Who published the source, where in it, where to find it; empty where not noted.
    about : str
        The event that a figure belongs to.
    note : str
        Why a later vintage is allowed, or why something is assumed.
    """

    kind: EvidenceKind
    name: str
    title: str
    known: dt.date
    source: str = ""
    publisher: str = ""
    locator: str = ""
    url: str = ""
    about: str = ""
    note: str = ""


def late(evidence: Iterable[Evidence], known_on: dt.date) -> tuple[Evidence, ...]:
    """Return what became known after a day, but for tables of which a later vintage is allowed.

    Parameters
    ----------
    evidence : iterable of Evidence
        What was used.
    known_on : date
        The knowledge day.

    Examples
    --------
    >>> import datetime as dt
    >>> day = dt.date(2025, 6, 6)
    >>> found = Evidence(kind="parameter", name="speed", title="2 years", known=dt.date(2026, 1, 1))
    >>> [each.name for each in late([found], day)]
    ['speed']
    """
    return tuple(
        each
        for each in evidence
        if each.known > known_on and not (each.kind == "table" and each.note)
    )
