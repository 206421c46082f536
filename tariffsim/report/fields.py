"""What an event says, field by field, in words and in full; knows no kind of event by name.

Only long lists of economies or goods are shortened, and then they say how many they hold and where
to read all of them.
"""

from collections.abc import Iterator, Mapping, Sequence
from functools import singledispatch

from tariffsim.events import (
    Amount,
    Claim,
    Commitment,
    Event,
    Grace,
    Position,
    Settlement,
    StackingRule,
    Stretch,
)
from tariffsim.identity import plain
from tariffsim.log import Log
from tariffsim.reduce.own_unit import in_currency
from tariffsim.report.record import name_of
from tariffsim.scopes import CodeShare, DayInterval, Partners, Products, ShareInterval
from tariffsim.terms import Product, percent

LONGEST_LIST = 40
"""Codes that are written out; a list of goods may hold thousands."""

_SHOWN_ELSEWHERE = {"type", "version", "announced", "effective"}
_RATES = {"rate", "points", "floor", "ceiling", "probability"}


def fields_of(event: Event, log: Log) -> Iterator[tuple[str, list[str]]]:
    """Read the fields of an event that say something and are part of the fact.

    Parameters
    ----------
    event : Event
        Any event.
    log : Log
        Names the events that it refers to.

    Yields
    ------
    str, list of str
        The field's name, and its value: one text, or one for each position, promise or the like.
    """
    content = plain(event, meaning_only=True)
    assert isinstance(content, dict)
    for name in content:
        if name in _SHOWN_ELSEWHERE:
            continue
        value = getattr(event, name)
        several = isinstance(value, tuple) and not all(isinstance(item, str) for item in value)
        parts = value if several else (value,)
        yield name, [_named(name, part, log) for part in parts]


def _named(name: str, value: object, log: Log) -> str:
    if name == "points" and value is None:
        return "all"
    if name in _RATES and isinstance(value, int):
        return percent(value)
    return worded(value, log)


def worded(value: object, log: Log) -> str:
    """Write a value of a field for people.

    Examples
    --------
    >>> from tariffsim import load_log
    >>> worded(ShareInterval(low=250_000, high=600_000), load_log("us-china"))
    '25% to 60%'
    """
    if isinstance(value, str):
        return name_of(log.by_id[value]) if value in log.by_id else value
    if isinstance(value, tuple):
        return ", ".join(worded(item, log) for item in value)
    if isinstance(value, Commitment):
        return _promise(value, log)
    if isinstance(value, Claim):
        return "; ".join(claim_lines(value, log))
    if isinstance(value, Event):
        parts = (f"{name} {', '.join(said)}" for name, said in fields_of(value, log))
        return ", ".join((value.kind, f"effective {value.effective}", *parts))
    return _words(value)


def _promise(value: Commitment, log: Log) -> str:
    due = f", due {value.due}" if value.due else ""
    deeds = worded(value.carried_out_by, log)
    done = f"carried out by {deeds}" if deeds else "no event carries it out"
    return f"{value.party}{due}: {value.promise}  ({done})"


@singledispatch
def _words(value: object) -> str:
    return str(value)


@_words.register
def _(value: bool) -> str:
    return "yes" if value else "no"


@_words.register
def _(value: ShareInterval) -> str:
    return _ends(percent(value.low), percent(value.high))


@_words.register
def _(value: DayInterval) -> str:
    return f"{_ends(value.low, value.high)} days"


@_words.register
def _(value: Stretch) -> str:
    return _ends(value.start, value.end)


def _ends(low: object, high: object) -> str:
    return f"{low}" if low == high else f"{low} to {high}"


@_words.register
def _(value: Partners) -> str:
    return _less(_listed(value.include), value.exclude)


@_words.register
def _(value: Products) -> str:
    text = "all goods" if value.include is None else _listed(value.include)
    return _less(text, value.exclude) + _shares(value.shares)


def _listed(codes: Sequence[str]) -> str:
    if len(codes) <= LONGEST_LIST:
        return ", ".join(codes)
    shown = ", ".join(codes[: LONGEST_LIST // 4])
    return f"{len(codes):,} codes, {shown} and so on (--json has them all)"


def _less(text: str, exceptions: Sequence[str]) -> str:
    return f"{text}; except {_listed(exceptions)}" if exceptions else text


def _shares(shares: Mapping[Product, CodeShare]) -> str:
    parts = [f"{_ends(percent(s.share.low), percent(s.share.high))} of {code}"
             for code, s in shares.items()]  # fmt: skip
    return f"; taken as {_listed(parts)}" if parts else ""


@_words.register
def _(value: Amount) -> str:
    return f"{in_currency(value)} {value.currency} a {value.per}"


@_words.register
def _(value: Grace) -> str:
    return f"goods loaded before {value.loaded_before} and entered before {value.entered_by}"


@_words.register
def _(value: StackingRule) -> str:
    groups, over = ", ".join(value.groups), ", ".join((*value.to, *value.over))
    return {
        "maximum": f"of {groups} only the highest counts",
        "yields": f"{value.group} steps aside on goods that any of these covers: {over}",
        "top-up": f"{value.group} adds what {over} lack to reach {percent(value.floor or 0)}",
        "one-of": f"at most one of these covers a tariff line: {', '.join(value.measures)}",
        "cap": f"{groups} together are at most {percent(value.ceiling or 0)}",
    }[value.kind]


@_words.register
def _(value: Settlement) -> str:
    parts = [
        value.when,
        f"by {value.by}" if value.by else "",
        f"probability {percent(value.probability)}" if value.probability is not None else "",
    ]
    return ", ".join(part for part in parts if part)


@_words.register
def _(value: Position) -> str:
    place = " ".join(part for part in (value.source, value.locator) if part)
    parts = [part for part in (place, f"fact {value.fact}" if value.fact else "") if part]
    return f"{value.party}: {value.says}" + (f"  [{'; '.join(parts)}]" if parts else "")


def claim_lines(claim: Claim, log: Log) -> list[str]:
    """Write a claim: who says so and where; then what it says otherwise, and the address."""
    source = log.sources.get(claim.source)
    title = f"{source.title}, {source.publisher}, {source.published}" if source else claim.source
    parts = [
        title,
        claim.locator,
        f"figure {claim.figure!r}" if claim.figure else None,
        claim.grade,
        f"confidence {claim.confidence}" if claim.confidence == "L" else None,
        f"fact {claim.fact}" if claim.fact else None,
    ]
    lines = ["; ".join(part for part in parts if part)]
    if claim.says:
        lines.append(f"says: {claim.says}")
    return [*lines, source.url] if source and source.url else lines
