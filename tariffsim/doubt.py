"""Which facts of a log are in doubt: from memory, of low confidence, disputed; judges none of them.

A doubtful fact counts like any other; whoever shows what follows from it says that it is in doubt.
"""

from collections.abc import Iterable, Mapping
from typing import Literal

from tariffsim.events import Disputed, Event
from tariffsim.log import Log

Doubt = Literal["memory", "low-confidence", "disputed"]

WORDS: Mapping[Doubt, str] = {
    "memory": "unconfirmed, from memory",
    "low-confidence": "unconfirmed, low confidence",
    "disputed": "disputed",
}


def doubts_of(event: Event, said_about_it: Iterable[Event] = ()) -> tuple[Doubt, ...]:
    """Say in which ways a fact is in doubt.

    Parameters
    ----------
    event : Event
        The fact. One source that was looked up, and one that is sure, lift the doubt.
    said_about_it : iterable of Event
        Events that speak of it.

    Returns
    -------
    tuple of {'memory', 'low-confidence', 'disputed'}
        None of them for a fact that is well attested.

    Examples
    --------
    >>> import tariffsim as ts
    >>> log = ts.load_log("us-china")
    >>> doubts_of(log.by_key["us-labour-yields-232-drones"].event)
    ('low-confidence',)
    """
    claims = [claim for claim in event.claims if not claim.dissents]
    found: list[Doubt] = []
    if claims and all(claim.grade == "memory" for claim in claims):
        found.append("memory")
    if claims and all(claim.confidence == "L" for claim in claims):
        found.append("low-confidence")
    if any(isinstance(other, Disputed) for other in said_about_it):
        found.append("disputed")
    return tuple(found)


def doubts(log: Log) -> dict[str, tuple[Doubt, ...]]:
    """List the doubtful facts of a log that change what is in force, by id."""
    disputes: dict[str, list[Event]] = {}
    for event in log:
        if isinstance(event, Disputed) and event.event is not None:
            disputes.setdefault(event.event, []).append(event)
    found = {
        entry.id: doubts_of(entry.event, disputes.get(entry.id, ()))
        for entry in log.entries
        if entry.event.changes_state
    }
    return {id: doubt for id, doubt in found.items() if doubt}


def in_words(found: Iterable[Doubt]) -> str:
    """Write doubts for people, each once."""
    return "; ".join(WORDS[doubt] for doubt in dict.fromkeys(found))
