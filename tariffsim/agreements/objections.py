"""Who speaks against an agreement, or against an act that carries a promise out; takes no side.

Ties what is said to an agreement by references, by facts that both cite, and by names of topics.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence

import attrs

from tariffsim.events import AgreementReached, Disputed, StatementMade
from tariffsim.log import Entry, Log
from tariffsim.terms import Slug

AGREEING = frozenset({"accord", "agreement", "deal", "framework", "truce"})
"""Words by which a topic may speak of an agreement without naming it."""

UNNAMING = AGREEING | {"statement", "summit"}
"""Words of an agreement's name that do not tell it from another one."""


@attrs.frozen(kw_only=True)
class Objection:
    """Somebody who speaks against an agreement, or against the carrying out of a promise.

    Parameters
    ----------
    since : date
        The day it became public.
    who : tuple of str
        The parties of a dispute, the speaker, or the source that dissents.
    says : str
        What, in the words of the record.
    about : str
        Why it counts as being about this: by what the record ties it.
    entry : Entry
        The event that holds it.
    """

    since: dt.date
    who: tuple[str, ...]
    says: str
    about: str
    entry: Entry


def against_agreement(
    seen: Log, entry: Entry, reached: Sequence[Entry], day: dt.date
) -> tuple[Objection, ...]:
    """List who had spoken against an agreement by a day.

    Parameters
    ----------
    seen : Log
        As known on the knowledge day.
    entry : Entry
        The agreement.
    reached : sequence of Entry
        Every agreement, in the order in which they were reached.
    day : date
        The last day that counts.
    """
    return _in_order(_against_agreement(seen, entry, reached, day))


def against_acts(seen: Log, acts: Iterable[Entry], day: dt.date) -> tuple[Objection, ...]:
    """List who had spoken by a day against events that carry a promise out."""
    return _in_order(_against_acts(seen, acts, day))


def _in_order(objections: Iterable[Objection]) -> tuple[Objection, ...]:
    return tuple(sorted(objections, key=lambda found: (found.since, found.entry.id, found.says)))


def _against_agreement(
    seen: Log, entry: Entry, reached: Sequence[Entry], day: dt.date
) -> Iterator[Objection]:
    yield from _dissent(seen, entry, day, "a claim on the agreement")
    for other in seen.entries:
        event = other.event
        if event.announced > day:
            continue
        if isinstance(event, Disputed):
            about = _tie_of_dispute(event, entry, reached)
            if about is not None:
                yield _dispute(other, event, about)
        elif isinstance(event, StatementMade) and event.form == "allegation":
            about = _tie_of_topic(event.about, event.announced, entry, reached)
            if about is not None:
                yield Objection(
                    since=event.announced,
                    who=(event.speaker,),
                    says=event.text,
                    about=about,
                    entry=other,
                )


def _against_acts(seen: Log, acts: Iterable[Entry], day: dt.date) -> Iterator[Objection]:
    by_id = {act.id: act for act in acts}
    for act in by_id.values():
        yield from _dissent(seen, act, day, f"a claim on {_name(act)}, which carries it out")
    for other in seen.entries:
        event = other.event
        if isinstance(event, Disputed) and event.event in by_id and event.announced <= day:
            about = f"disputes {_name(by_id[event.event])}, which carries it out"
            yield _dispute(other, event, about)


def _dispute(entry: Entry, event: Disputed, about: str) -> Objection:
    return Objection(
        since=event.announced,
        who=tuple(dict.fromkeys(position.party for position in event.positions)),
        says=event.title or "; ".join(position.says for position in event.positions),
        about=about,
        entry=entry,
    )


def _dissent(seen: Log, entry: Entry, day: dt.date, about: str) -> Iterator[Objection]:
    for claim in entry.event.claims:
        source = seen.sources.get(claim.source)
        # A source may be older than the event it speaks of; it dissents from the event on.
        since = max(source.published, entry.event.announced) if source else entry.event.announced
        if claim.says is not None and since <= day:
            who = f"{source.publisher}, {claim.source}" if source else str(claim.source)
            yield Objection(since=since, who=(who,), says=claim.says, about=about, entry=entry)


def _tie_of_dispute(event: Disputed, entry: Entry, reached: Sequence[Entry]) -> str | None:
    if event.event == entry.id:
        return "disputes the agreement"
    tie = _tie_of_topic(event.topic, event.announced, entry, reached) if event.topic else None
    if tie is not None:
        return tie
    facts = {claim.fact for claim in entry.event.claims} - {None}
    shared = sorted({side.fact for side in event.positions if side.fact in facts and side.fact})
    return f"a position rests on {', '.join(shared)}, as the agreement does" if shared else None


def _tie_of_topic(topic: Slug, day: dt.date, entry: Entry, reached: Sequence[Entry]) -> str | None:
    """Tie a topic to an agreement by its name, or by a word that then meant the latest one."""
    if _named_by(topic, entry):
        return f"its topic {topic} names the agreement"
    words = set(topic.split("-")) & AGREEING
    until_then = [other for other in reached if other.event.announced <= day]
    spoken_of = bool(words) and not any(_named_by(topic, other) for other in until_then)
    if spoken_of and until_then and until_then[-1] is entry:
        return f"its topic {topic} speaks of the {min(words)}, then the latest agreement"
    return None


def _named_by(topic: Slug, entry: Entry) -> bool:
    agreement = entry.event
    assert isinstance(agreement, AgreementReached)
    if topic in (agreement.agreement, agreement.key):
        return True
    words = agreement.agreement.split("-")
    own = [word for word in words if word not in UNNAMING and not word.isdigit()]
    return bool(own) and topic.split("-")[: len(own)] == own


def _name(entry: Entry) -> str:
    return entry.event.key or entry.id[:12]
