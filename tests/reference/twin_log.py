"""The definitions of the log read straight off its events, one day and one cell at a time.

No timelines, no fold, no arrays: every question goes through all the events again.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Sequence
from typing import Any, NamedTuple

from tariffsim.events import (
    ControlEased,
    ControlSet,
    Event,
    GeneralLicenceGranted,
    GroupMembershipSet,
    MeasureEnacted,
    RateSet,
    ScopeChanged,
    StackingSet,
    Suspended,
    SuspensionEndSet,
    Terminated,
    Voided,
)
from tariffsim.scopes import Partners, Products
from tests.reference.twin_stacking import FULL, TwinRule, stack_cell

Ends = tuple[int, int]  # the least and the most that is known


def last(events: Iterable[Any], day: dt.date) -> Any:
    """The one that counts on a day: of those in effect, the last by (effective, announced)."""
    known = [event for event in events if event.effective <= day]
    return max(known, key=lambda event: (event.effective, event.announced), default=None)


def of_kind(events: Iterable[Event], *kinds: type[Event], **fields: object) -> Iterator[Any]:
    for event in events:
        if isinstance(event, kinds) and all(getattr(event, k) == v for k, v in fields.items()):
            yield event


def running(event: Any, day: dt.date) -> bool:
    return event.effective <= day and (event.until is None or day < event.until)


def ended(events: Sequence[Event], name: str, day: dt.date) -> bool:
    return any(end.effective <= day for end in of_kind(events, Terminated, Voided, measure=name))


def points_off(events: Sequence[Event], name: str, day: dt.date) -> list[int | None]:
    """The points of every pause active on a day; None takes all."""
    found = []
    for pause in of_kind(events, Suspended, measure=name):
        ends = of_kind(
            events, Suspended, SuspensionEndSet, measure=name, suspension=pause.suspension
        )
        end = last(ends, day)
        if end and pause.effective <= day and (end.until is None or day < end.until):
            found.append(pause.points)
    return found


def level(events: Sequence[Event], name: str, day: dt.date) -> int:
    set_then = last(of_kind(events, RateSet, measure=name), day)
    return set_then.rate if set_then else 0


def rate(events: Sequence[Event], name: str, day: dt.date) -> int:
    """The level less the points of the active pauses, never below zero; nothing out of force."""
    enacted = next(of_kind(events, MeasureEnacted, measure=name), None)
    if enacted is None or day < enacted.effective or ended(events, name, day):
        return 0
    off = points_off(events, name, day)
    return 0 if None in off else max(0, level(events, name, day) - sum(off))


def members(events: Sequence[Event], group: str, day: dt.date) -> tuple[str, ...]:
    found = last(of_kind(events, GroupMembershipSet, group=group), day)
    return found.members if found else ()


def is_partner(events: Sequence[Event], partners: Partners, who: str, day: dt.date) -> bool:
    def among(codes: tuple[str, ...]) -> bool:
        return any(c in (who, "WLD") or who in members(events, c, day) for c in codes)

    return among(partners.include) and not among(partners.exclude)


def share_listed(goods: Products, code: str | None) -> Ends:
    """The share of a code that a list covers; without a code, whether it is a list of all goods."""
    if code is None:
        return (FULL, FULL) if goods.include is None else (0, 0)
    if code in goods.shares:
        return (goods.shares[code].share.low, goods.shares[code].share.high)
    if code.startswith(tuple(goods.exclude)):
        return (0, 0)
    if any(in_a_part(goods, code[:length]) for length in range(2, len(code), 2)):
        return (0, FULL)
    wholly = goods.include is None or code.startswith(tuple(goods.include))
    partly_out = any(listed.startswith(code) for listed in goods.exclude)
    partly_in = any(listed.startswith(code) for listed in goods.include or ())
    if wholly:
        return (0, FULL) if partly_out else (FULL, FULL)
    return (0, FULL) if partly_in else (0, 0)


def in_a_part(goods: Products, coarser: str) -> bool:
    """Whether a part of a coarser code is stated, and no finer code says which part it is."""
    if coarser not in goods.shares:
        return False
    stated = goods.shares[coarser].share
    if (stated.low, stated.high) in ((0, 0), (FULL, FULL)):
        return False
    said = goods.exclude if goods.include is None else goods.include
    finer = [code for code in said if code != coarser and code.startswith(coarser)]
    return not finer or coarser in (goods.include or ())


def is_own_partner(
    events: Sequence[Event], law: MeasureEnacted, partner: str, day: dt.date
) -> bool:
    """The last that was said of a partner as such: by the law, or by a change of partners alone."""
    said = [
        change
        for change in of_kind(events, ScopeChanged, measure=law.measure, products=None)
        if running(change, day) and is_partner(events, change.partners, partner, day)
    ]
    latest = max(said, key=lambda found: (found.effective, found.announced), default=None)
    return latest.direction == "in" if latest else is_partner(events, law.partners, partner, day)


def coverage(
    events: Sequence[Event], law: MeasureEnacted, day: dt.date, flow: tuple[str, str], code: Any
) -> Ends:
    importer, exporter = flow
    imposer, partner = flow if law.flow == "import" else (exporter, importer)
    if law.imposer != imposer and imposer not in members(events, law.imposer, day):
        return (0, 0)
    low = high = 0
    if is_partner(events, law.partners, partner, day):
        low, high = share_listed(law.products, code)
    changes = of_kind(events, ScopeChanged, measure=law.measure)
    own = is_own_partner(events, law, partner, day)
    for change in sorted(changes, key=lambda found: (found.effective, found.announced)):
        touches = own
        if change.partners is not None:
            touches = is_partner(events, change.partners, partner, day)
        if not running(change, day) or not touches:
            continue
        least, most = share_listed(change.products or law.products, code)
        if change.direction == "in":
            low, high = min(FULL, low + least), min(FULL, high + most)
        else:
            low, high = max(0, low - most), max(0, high - least)
    return (low, high)


def total(events: Sequence[Event], day: dt.date, flow: tuple[str, str], code: Any) -> Ends:
    """Both ends of the stacked rate, units of 1e-12."""
    found = [
        law
        for law in of_kind(events, MeasureEnacted, form="ad-valorem")
        if law.effective <= day and not ended(events, law.measure, day)
        if coverage(events, law, day, flow, code)[1]
    ]
    laws = sorted(found, key=lambda law: (law.effective, law.measure))
    rates = [rate(events, law.measure, day) for law in laws]
    shares = [coverage(events, law, day, flow, code) for law in laws]
    rules = list(rules_on(events, laws, day))
    low, high = (sum(stack_cell(rates, [s[end] for s in shares], rules)) for end in (0, 1))
    return (low, high)


def rules_on(
    events: Sequence[Event], laws: Sequence[MeasureEnacted], day: dt.date
) -> Iterator[TwinRule]:
    for name in sorted({event.name for event in of_kind(events, StackingSet)}):
        found = last(of_kind(events, StackingSet, name=name), day)
        if found is None or not running(found, day):
            continue
        rule = found.rule
        own = {n: law.group for n, law in enumerate(laws) if law.imposer == found.imposer}
        bound = (rule.group, *rule.groups)
        over = (*rule.to, *rule.over)
        yield TwinRule(
            kind=rule.kind,
            members={n for n, group in own.items() if group in bound},
            over={n for n, group in own.items() if group in over},
            amount=rule.floor or rule.ceiling or 0,
        )


class Supply(NamedTuple):
    approval: Ends
    delay_days: Ends
    freed: Ends


def supply(
    events: Sequence[Event], name: str, day: dt.date, exporter: str, destination: str
) -> Supply | None:
    """How a control stands on a day; None where it does not bind."""
    law = next(of_kind(events, ControlSet, control=name, imposer=exporter), None)
    if law is None or day < law.effective or ended(events, name, day):
        return None
    if not is_partner(events, law.destinations, destination, day) or points_off(events, name, day):
        return None
    practice = last(of_kind(events, ControlSet, ControlEased, control=name), day)
    freed = [
        licence.share
        for licence in of_kind(events, GeneralLicenceGranted, control=name)
        if running(licence, day) and is_partner(events, licence.destinations, destination, day)
    ]
    return Supply(
        approval=(practice.approval.low, practice.approval.high),
        delay_days=(practice.delay_days.low, practice.delay_days.high),
        freed=(
            min(FULL, sum(share.low for share in freed)),
            min(FULL, sum(share.high for share in freed)),
        ),
    )
