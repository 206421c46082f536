"""Promises of agreements and what became of them on a day; takes no side between the parties.

Reads what the record says carries a promise out, when that was known and in force, and who speaks
against it. Whether an act is enough to keep a promise is the record's own claim.
"""

import datetime as dt
from typing import Literal

import attrs

from tariffsim.agreements.objections import Objection, against_acts, against_agreement
from tariffsim.errors import UnknownName
from tariffsim.events import AgreementReached, Commitment, Event
from tariffsim.log import Entry, Log, known_on, known_through
from tariffsim.terms import nearest

Record = Literal["kept", "late", "unmet", "open"]
Status = Literal["kept", "late", "unmet", "contested", "open"]


@attrs.frozen(kw_only=True)
class Deed:
    """An event that carries out a promise, and the first day on which it was known and in force."""

    entry: Entry
    day: dt.date


@attrs.frozen(kw_only=True)
class Promise:
    """A commitment as it stands on a day.

    Parameters
    ----------
    commitment : Commitment
        Who promised what, by when.
    status : str
        Contested where anybody speaks against the agreement or against the acts, else `record`.
    record : str
        What the acts on record amount to, whoever speaks against them.
    done : date or None
        The day on which the last of the acts that carry it out was known and in force.
    deeds : tuple of Deed
        Those acts, as far as they had come by then.
    objections : tuple of Objection
        Who speaks against those acts.
    """

    commitment: Commitment
    status: Status
    record: Record
    done: dt.date | None
    deeds: tuple[Deed, ...]
    objections: tuple[Objection, ...]


@attrs.frozen(kw_only=True)
class Agreement:
    """An agreement on a day: its promises, and who speaks against it as a whole."""

    entry: Entry
    reached: AgreementReached
    promises: tuple[Promise, ...]
    objections: tuple[Objection, ...]


def agreements(
    log: Log,
    *,
    on: dt.date | None = None,
    known: dt.date | None = None,
    name: str | None = None,
) -> tuple[Agreement, ...]:
    """Say how every promise of every agreement stands on a day.

    Parameters
    ----------
    log : Log
        The record.
    on : date, optional
        The day; see `day_asked` for the one that counts where none is given.
    known : date, optional
        Knowledge day; None uses everything in the log.
    name : str, optional
        Only agreements of this name, or the one whose event has this key.

    Returns
    -------
    tuple of Agreement
        Those reached by the day, in the order in which they were.

    Raises
    ------
    UnknownName
        No agreement known by then has this name.

    Notes
    -----
    A promise is carried out once every event that the record names for it is known and in force.

    * kept: carried out by its due day, or at all where it has none;
    * late: carried out after its due day;
    * unmet: its due day has passed and it is not carried out, or only in part;
    * open: not carried out, and not yet due or without a due day;
    * contested: whatever the acts amount to, somebody has publicly spoken against it by that day:
      a dispute, or a dissenting claim, about the agreement or about an act that carries the
      promise out, or an allegation about the agreement.

    What ends an act later, as a court does, leaves the promise as it was.

    Examples
    --------
    >>> import tariffsim as ts
    >>> log = ts.load_log("us-china")
    >>> (phase_one,) = agreements(log, on=dt.date(2022, 1, 1), name="phase-one")
    >>> [promise.status for promise in phase_one.promises]
    ['unmet', 'kept']
    """
    day = day_asked(log, on=on, known=known)
    seen = known_on(log, known)
    reached = [entry for entry in seen.entries if isinstance(entry.event, AgreementReached)]
    reached = sorted(
        (entry for entry in reached if entry.event.announced <= day),
        key=lambda entry: (entry.event.announced, entry.id),
    )
    found = tuple(_stands(seen, entry, reached, day) for entry in reached)
    if name is None:
        return found
    named = tuple(one for one in found if name in (one.reached.agreement, one.entry.event.key))
    if not named:
        names = {one.reached.agreement for one in found}
        listed = ", ".join(sorted(names)) or "none"
        raise UnknownName(
            f"agreement must be one that {log.name} knows by {day}, got {name!r}"
            f"{nearest(name, names)}; there are: {listed}"
        )
    return named


def day_asked(log: Log, *, on: dt.date | None, known: dt.date | None) -> dt.date:
    """Choose the day: the one given, else the knowledge day, else the last day reviewed.

    A log that nobody reviewed counts to its last announcement.
    """
    announced = (event.announced for event in log)
    return on or known or known_through(log) or max(announced, default=dt.date.min)


def _stands(seen: Log, entry: Entry, reached: list[Entry], day: dt.date) -> Agreement:
    agreement = entry.event
    assert isinstance(agreement, AgreementReached)
    objections = against_agreement(seen, entry, reached, day)
    return Agreement(
        entry=entry,
        reached=agreement,
        promises=tuple(
            _promise(seen, commitment, day, contested=bool(objections))
            for commitment in agreement.commitments
        ),
        objections=objections,
    )


def _promise(seen: Log, commitment: Commitment, day: dt.date, *, contested: bool) -> Promise:
    acts = [seen.by_id[act] for act in commitment.carried_out_by if act in seen.by_id]
    deeds = sorted((Deed(entry=act, day=_came(act.event)) for act in acts), key=_by_day)
    deeds = [deed for deed in deeds if deed.day <= day]
    whole = bool(deeds) and len(deeds) == len(set(commitment.carried_out_by))
    done = deeds[-1].day if whole else None
    record = _record(commitment.due, done, day)
    objections = against_acts(seen, acts, day)
    return Promise(
        commitment=commitment,
        status="contested" if contested or objections else record,
        record=record,
        done=done,
        deeds=tuple(deeds),
        objections=objections,
    )


def _came(event: Event) -> dt.date:
    """An act counts from the day on which it is both public and in force."""
    return max(event.announced, event.effective)


def _by_day(deed: Deed) -> tuple[dt.date, str]:
    return (deed.day, deed.entry.id)


def _record(due: dt.date | None, done: dt.date | None, day: dt.date) -> Record:
    if done is not None:
        return "kept" if due is None or done <= due else "late"
    return "unmet" if due is not None and day > due else "open"
