"""Events and their sources as a reader meets them: who says so, who says not; folds nothing."""

from collections.abc import Iterable, Mapping, Sequence

from tariffsim.events import Disputed
from tariffsim.grounds import Document, Fact, RatePath, Saying, Uses
from tariffsim.log import Entry, Log, Source


def facts(logs: Sequence[Log], uses: Iterable[Uses], rates: Iterable[RatePath]) -> tuple[Fact, ...]:
    """Tell every event that a flow, a control or a rate rests on.

    Parameters
    ----------
    logs : sequence of Log
        The log as known on the knowledge day, then each branch's fork of it.
    uses : iterable of Uses
        For the ids of facts.
    rates : iterable of RatePath
        For the ids of what moved rates.

    Returns
    -------
    tuple of Fact
        In the order of effective day, announcement and id.
    """
    wanted = {id for use in uses for id in use.facts}
    wanted |= {id for path in rates for step in path.steps for id in step.events}
    known = logs[0].by_id
    disputes = _disputes(logs[0])
    entries: dict[str, Entry] = {}
    for log in logs:
        fresh = (entry for entry in log.entries if entry.id not in known or entry.id in wanted)
        entries.update({entry.id: entry for entry in fresh})
    order = sorted(entries.values(), key=lambda e: (e.event.effective, e.event.announced, e.id))
    return tuple(
        _fact(entry, supposed=entry.id not in known, disputes=disputes.get(entry.id, ()))
        for entry in order
    )


def _fact(entry: Entry, *, supposed: bool, disputes: Iterable[str]) -> Fact:
    event = entry.event
    about = ("measure", "control", "imposer", "group", "name")
    subject = next((getattr(event, name) for name in about if getattr(event, name, None)), "")
    return Fact(
        id=entry.id,
        kind=event.kind,
        title=event.title,
        announced=event.announced.isoformat(),
        effective=event.effective.isoformat(),
        key=event.key,
        note=event.note,
        subject=str(subject),
        supposed=supposed,
        sayings=tuple(
            Saying(
                source=claim.source,
                grade=claim.grade,
                locator=claim.locator,
                figure=claim.figure,
                fact=claim.fact,
                says=claim.says,
            )
            for claim in event.claims
        ),
        disputes=tuple(disputes),
    )


def _disputes(log: Log) -> Mapping[str, tuple[str, ...]]:
    found: dict[str, tuple[str, ...]] = {}
    for entry in log.entries:
        event = entry.event
        if isinstance(event, Disputed) and event.event:
            sides = tuple(f"{side.party}: {side.says}" for side in event.positions)
            found[event.event] = (*found.get(event.event, ()), *sides)
    return found


def documents(
    known: Mapping[str, Source], told: Iterable[object], wanted: Iterable[str]
) -> tuple[Document, ...]:
    """Give the register's entry of every source that is cited.

    Parameters
    ----------
    known : mapping of str to Source
        Registers of log, trade and parameters.
    told : iterable of Fact
        Whose sources are cited.
    wanted : iterable of str
        Keys cited elsewhere.

    Returns
    -------
    tuple of Document
        In the order of their keys.
    """
    keys = set(wanted)
    keys |= {saying.source for fact in told if isinstance(fact, Fact) for saying in fact.sayings}
    return tuple(
        Document(
            key=key,
            title=known[key].title,
            publisher=known[key].publisher,
            published=known[key].published.isoformat(),
            url=known[key].url,
            note=known[key].note,
        )
        for key in sorted(keys)
        if key in known
    )
