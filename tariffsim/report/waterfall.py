"""The stack of duties on one flow on one day: as a waterfall for people, as data for programs.

Each layer names its event and its sources; what a court later made refundable is marked, not
removed.
"""

import datetime as dt
from collections.abc import Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import Any

import attrs

from tariffsim.doubt import Doubt, doubts, in_words
from tariffsim.events import Claim
from tariffsim.idle import Idle
from tariffsim.layers import EXACT_PER_PERCENT, ControlOnDay, Layer, OneOf, Pause, Stacked
from tariffsim.log import Log
from tariffsim.mfn import MfnRate
from tariffsim.reduce.absent import Absent
from tariffsim.reduce.own_unit import OwnUnit
from tariffsim.report.own_unit import own_unit_data, own_unit_text, words
from tariffsim.terms import PARTS_PER_UNIT, Rate, Slug, percent

Doubts = Mapping[str, tuple[Doubt, ...]]

_ABOUT_RATES = ("rate_set", "suspended", "suspension_end_set")
GRADES = ("primary", "official", "secondary", "media", "memory")


@attrs.frozen(kw_only=True)
class Beside:
    """What belongs to an answer about a stack and is no layer of it.

    Parameters
    ----------
    own_units : tuple of OwnUnit
        Measures that are no ad valorem duties.
    absent : tuple of Absent
        Measures that are off these goods, and the events because of which they are.
    """

    own_units: tuple[OwnUnit, ...] = ()
    absent: tuple[Absent, ...] = ()


def state_data(
    stacked: Stacked,
    log: Log,
    known_on: dt.date | None,
    *,
    mfn: MfnRate | None = None,
    beside: Beside | None = None,
) -> dict[str, Any]:
    """Give a stack as plain data.

    Parameters
    ----------
    stacked : Stacked
        The stack.
    log : Log
        As known on the knowledge day; names events and sources.
    known_on : date, optional
        The knowledge day.
    mfn : MfnRate, optional
        What the first layer rests on, where it is the ordinary duty.
    beside : Beside, optional
        What no layer shows.

    Returns
    -------
    dict
        ``on, known_on, log, importer, exporter, product, total_percent, layers``, and where there
        are any ``in_own_unit``, ``doubtful_rules`` and ``doubtful_absences``; a rate that is known
        only as a range is a list of its two ends.
    """
    found, beside = doubts(log), beside or Beside()
    layers = [_layer_data(layer, log, found) for layer in stacked.layers]
    if mfn is not None:
        layers[0] |= _mfn_data(mfn)
    data: dict[str, Any] = {
        "on": stacked.on.isoformat(),
        "known_on": known_on.isoformat() if known_on else None,
        "log": log.name,
        "importer": stacked.importer,
        "exporter": stacked.exporter,
        "product": stacked.product,
        "total_percent": number(*stacked.ends),
        "layers": layers,
    }
    # What most answers have nothing of is left out where there is none.
    if beside.own_units:
        entered = [layer.measure for layer in stacked.layers]
        data["in_own_unit"] = own_unit_data(beside.own_units, log, entered)
    if apart := _exclusive(stacked):
        data["at_most_one_of"] = [
            {"event": one.event, "key": _key(one.event, log), "measures": list(one.measures)}
            for one in apart
        ]
    rules = [rule for rule in stacked.rules if rule in found]
    if rules:
        data["doubtful_rules"] = [{"event": rule, "doubts": list(found[rule])} for rule in rules]
    gone = [(one.measure, event) for one in beside.absent for event in one.events if event in found]
    if gone:
        data["doubtful_absences"] = [
            {"measure": measure, "event": event, "doubts": list(found[event])}
            for measure, event in gone
        ]
    return data


def _exclusive(stacked: Stacked) -> list[OneOf]:
    """List the measures that exclude each other where the layers as they stand count more."""
    return [apart for apart in stacked.one_of if stacked.excess(apart)]


def _mfn_data(mfn: MfnRate) -> dict[str, Any]:
    source = mfn.source
    return {
        "basis": mfn.words,
        "sources": [
            {
                "source": source.key,
                "title": source.title,
                "locator": f"chapter {mfn.chapter}",
                "grade": "secondary",
                "url": source.url,
                "confidence": mfn.grade,
            }
        ],
    }


def _layer_data(layer: Layer, log: Log, found: Doubts) -> dict[str, Any]:
    data: dict[str, Any] = {
        "measure": layer.measure,
        "authority": layer.authority,
        "rate_percent": number(layer.low, layer.high),
        "event": layer.events[0] if layer.events else None,
        "sources": [_source_data(claim, log) for claim in _claims(layer, log)],
    }
    if layer.pauses:
        data["level_percent"] = _points(layer.level)
        data["pauses"] = [_pause_data(pause, log) for pause in layer.pauses]
    if layer.refundable:
        data["refundable"] = True
    if weak := _doubts(layer.events, found):
        data["doubts"] = list(weak)
    return data


def _pause_data(pause: Pause, log: Log) -> dict[str, Any]:
    return {
        "event": pause.event,
        "key": _key(pause.event, log),
        "suspension": pause.suspension,
        "points": "all" if pause.points is None else _points(pause.points),
        "until": pause.until.isoformat() if pause.until else None,
        "end_set_by": pause.end_event,
    }


def _points(rate: Rate | None) -> int | float | None:
    return None if rate is None else _plain(rate * PARTS_PER_UNIT)


def _key(event: str, log: Log) -> str | None:
    return log.by_id[event].event.key if event in log.by_id else None


def _doubts(events: Sequence[str], found: Doubts) -> tuple[Doubt, ...]:
    return tuple(dict.fromkeys(doubt for event in events for doubt in found.get(event, ())))


def number(low: int, high: int) -> int | float | list[int | float]:
    """Give units of 1e-12 in percent: one number, or the two ends of a range in order."""
    ends = [_plain(end) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else sorted(ends)


def _plain(exact: int) -> int | float:
    number = Decimal(exact) / EXACT_PER_PERCENT
    return int(number) if number == number.to_integral_value() else float(number)


def _claims(layer: Layer, log: Log) -> list[Claim]:
    """The claims of the event that set the rate and of the pauses on it, the best grades first."""
    found = [
        claim
        for event in layer.events
        if event in log.by_id
        and (event == layer.events[0] or log.by_id[event].event.kind in _ABOUT_RATES)
        for claim in log.by_id[event].event.claims
    ]
    return sorted(dict.fromkeys(found), key=lambda claim: GRADES.index(claim.grade))


def _source_data(claim: Claim, log: Log) -> dict[str, Any]:
    source = log.sources.get(claim.source)
    data: dict[str, Any] = {
        "source": claim.source,
        "title": source.title if source else None,
        "locator": claim.locator,
        "grade": claim.grade,
        "url": source.url if source else None,
    }
    if claim.says is not None:
        data["says"] = claim.says
    return data


def state_text(
    stacked: Stacked,
    log: Log,
    known_on: dt.date | None,
    controls: Sequence[ControlOnDay],
    *,
    idle: Mapping[Slug, Idle] | None = None,
    mfn: MfnRate | None = None,
    beside: Beside | None = None,
) -> str:
    """Write a stack as a waterfall from its first layer to the total.

    Parameters
    ----------
    stacked : Stacked
        The stack.
    log : Log
        As known on the knowledge day; names events and sources.
    known_on : date, optional
        The knowledge day.
    controls : sequence of ControlOnDay
        Export controls towards the importer.
    idle : mapping of Slug to Idle, optional
        Why measures add nothing.
    mfn : MfnRate, optional
        What the first layer rests on, where it is the ordinary duty.
    beside : Beside, optional
        What no layer shows.
    """
    found, beside = doubts(log), beside or Beside()
    goods = f"HS {stacked.product}" if stacked.product else "all goods"
    known = f"as known on {known_on}" if known_on else "with everything in the log"
    head = f"{stacked.importer} duties on {goods} of {stacked.exporter} on {stacked.on}"
    lines = [f"{head}, log {log.name}, {known}"]
    if stacked.product is None:
        lines.append("Headline add-on: measures on all goods, above MFN and section 301.")
    if mfn is not None:
        lines.append(
            "The ordinary duty is an average: the rate of a single line may be far from it."
        )
    lines.append("")
    units = {one.measure: words(one.law) for one in beside.own_units}
    rows = [
        _row(layer, log, _marks(layer, (idle or {}).get(layer.measure), units, log, found))
        for layer in stacked.layers
    ]
    if mfn is not None:
        rows[0] = (rows[0][0], rows[0][1], f"{mfn.words}  [{mfn.source.key}]")
    rows.append(("total", shown(*stacked.ends), ""))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines += [f"  {a.ljust(widths[0])}  {b.rjust(widths[1])}  {c}".rstrip() for a, b, c in rows]
    lines += [
        f"  No line pays all of these: at most one of {', '.join(one.measures)} covers it "
        f"[{_key(one.event, log) or one.event[:12]}]."
        for one in _exclusive(stacked)
    ]
    if not stacked.layers:
        lines.append("  No measure of this log covers it on that day.")
    entered = [layer.measure for layer in stacked.layers]
    for part in (
        _doubtful_rules(stacked, log, found),
        _doubtful_absences(beside, log, found),
        own_unit_text(beside.own_units, log, entered),
    ):
        lines += ["", *part] if part else []
    if controls:
        lines += ["", f"Export controls of {stacked.exporter} towards {stacked.importer}:"]
        lines += [_control_row(control, found) for control in controls]
    lines += ["", *_sources(stacked, log, mfn)]
    return "\n".join(lines).rstrip()


def _row(layer: Layer, log: Log, marks: Iterable[str]) -> tuple[str, str, str]:
    first = log.by_id.get(layer.events[0]) if layer.events else None
    name = (first.event.key or first.id[:12]) if first else ""
    best = next(iter(_claims(layer, log)), None)
    source = f"[{best.source}]" if best else "[no source by then]"
    return (
        layer.measure,
        shown(layer.low, layer.high),
        "  ".join((name, source, *(f"({mark})" for mark in marks))),
    )


def _marks(
    layer: Layer, idle: Idle | None, units: Mapping[Slug, str], log: Log, found: Doubts
) -> Iterator[str]:
    """Say what else there is to know of a layer."""
    if layer.measure in units:
        yield f"{units[layer.measure]}, at the unit value given"
    if layer.pauses and layer.level:
        yield _pause_words(layer, log)
    if idle is not None and not (layer.pauses and idle.why == "paused"):
        yield _idle_words(idle)
    if weak := _doubts(layer.events, found):
        yield in_words(weak)
    if layer.refundable:
        yield "refundable since a court ruling"


def _pause_words(layer: Layer, log: Log) -> str:
    """Write what a level is less what is paused of it, until when, and by which events."""
    parts = []
    for pause in layer.pauses:
        points = "all" if pause.points is None else percent(pause.points).removesuffix("%")
        end = f" until {pause.until}" if pause.until else ", no end set"
        events = dict.fromkeys((pause.event, pause.end_event))
        names = ", ".join(_key(event, log) or event[:12] for event in events)
        parts.append(f"less {points} paused{end}: {names}")
    level = percent(layer.level or 0).removesuffix("%")
    return f"{level} % {', '.join(parts)}"


def _doubtful_rules(stacked: Stacked, log: Log, found: Doubts) -> list[str]:
    rules = [rule for rule in stacked.rules if rule in found]
    lines = ["Rules on how these duties combine that are in doubt:"] if rules else []
    for rule in rules:
        event = log.by_id[rule].event
        lines.append(f"  {event.key or rule[:12]}  {event.title} ({in_words(found[rule])})")
    return lines


def _idle_words(idle: Idle) -> str:
    to = ", ".join(idle.to)
    return {
        "paused": f"paused until {idle.until}" if idle.until else "paused, no end set",
        "steps-aside": f"steps aside for {to}",
        "outdone": f"only the highest counts, beside {to}",
        "floor-reached": f"floor reached by {to}",
        "capped": f"cap reached with {to}",
    }[idle.why]


def shown(low: int, high: int) -> str:
    """Write units of 1e-12 in percent with at most two decimals: one figure, or a range."""
    ends = sorted({Decimal(end) / EXACT_PER_PERCENT for end in (low, high)})
    return " to ".join(f"{round(end, 2).normalize():f}" for end in ends) + " %"


def _doubtful_absences(beside: Beside, log: Log, found: Doubts) -> list[str]:
    lines = [
        f"  {one.measure}  {log.by_id[event].event.key or event[:12]} ({in_words(found[event])})"
        for one in beside.absent
        for event in one.events
        if event in found
    ]
    return ["Not levied on these goods, on word that is in doubt:", *lines] if lines else []


def _control_row(control: ControlOnDay, found: Doubts) -> str:
    share = control.approval
    approved = (
        f"{percent(share.low)} granted"
        if share.low == share.high
        else f"{percent(share.low)} to {percent(share.high)} granted"
    )
    wait = f"{control.delay_days.low} to {control.delay_days.high} days"
    things = ", ".join(control.materials) or "goods of the list"
    weak = _doubts(control.events, found)
    mark = f"  ({in_words(weak)})" if weak else ""
    stance = f"{control.stance} since {control.since}"
    return f"  {control.control}  {stance}, {approved}, {wait}: {things}{mark}"


def _sources(stacked: Stacked, log: Log, mfn: MfnRate | None) -> list[str]:
    keys = dict.fromkeys(claim.source for layer in stacked.layers for claim in _claims(layer, log))
    known = [mfn.source] if mfn is not None else []
    known += [log.sources[key] for key in keys if key in log.sources]
    lines = ["Sources:"] if known else []
    for source in known:
        where = f"  {source.url}" if source.url else ""
        lines.append(
            f"  [{source.key}] {source.title}, {source.publisher}, {source.published}{where}"
        )
    return lines
