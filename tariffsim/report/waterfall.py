"""The stack of duties on one flow on one day: as a waterfall for people, as data for programs.

Each layer names its event and its sources; what a court later made refundable is marked, not
removed.
"""

import datetime as dt
from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from tariffsim.events import Claim
from tariffsim.layers import EXACT_PER_PERCENT, ControlOnDay, Layer, Stacked
from tariffsim.log import Log
from tariffsim.terms import percent

GRADES = ("primary", "official", "secondary", "media", "memory")


def state_data(stacked: Stacked, log: Log, known_on: dt.date | None) -> dict[str, Any]:
    """Give a stack as plain data.

    Returns
    -------
    dict
        ``on, known_on, log, importer, exporter, product, total_percent, layers``; a rate that is
        known only as a range is a list of its two ends.
    """
    return {
        "on": stacked.on.isoformat(),
        "known_on": known_on.isoformat() if known_on else None,
        "log": log.name,
        "importer": stacked.importer,
        "exporter": stacked.exporter,
        "product": stacked.product,
        "total_percent": _number(stacked.low, stacked.high),
        "layers": [_layer_data(layer, log) for layer in stacked.layers],
    }


def _layer_data(layer: Layer, log: Log) -> dict[str, Any]:
    data: dict[str, Any] = {
        "measure": layer.measure,
        "authority": layer.authority,
        "rate_percent": _number(layer.low, layer.high),
        "event": layer.events[0] if layer.events else None,
        "sources": [_source_data(claim, log) for claim in _claims(layer, log)],
    }
    if layer.refundable:
        data["refundable"] = True
    return data


def _number(low: int, high: int) -> int | float | list[int | float]:
    ends = [_plain(end) for end in (low, high)]
    return ends[0] if ends[0] == ends[1] else sorted(ends)


def _plain(exact: int) -> int | float:
    number = Decimal(exact) / EXACT_PER_PERCENT
    return int(number) if number == number.to_integral_value() else float(number)


def _claims(layer: Layer, log: Log) -> list[Claim]:
    """The claims of the event that set the rate and of the pauses on it, the best grades first."""
    found = [
        claim
        for id in layer.events
        if id in log.by_id
        and log.by_id[id].event.kind in ("rate_set", "suspended", "suspension_end_set")
        for claim in log.by_id[id].event.claims
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
    stacked: Stacked, log: Log, known_on: dt.date | None, controls: Sequence[ControlOnDay]
) -> str:
    """Write a stack as a waterfall from its first layer to the total."""
    goods = f"HS {stacked.product}" if stacked.product else "all goods"
    known = f"as known on {known_on}" if known_on else "with everything in the log"
    lines = [
        f"{stacked.importer} duties on {goods} of {stacked.exporter} on {stacked.on}, "
        f"log {log.name}, {known}",
    ]
    if stacked.product is None:
        lines.append("Headline add-on: measures on all goods, above MFN and section 301.")
    lines.append("")
    rows = [_row(layer, log) for layer in stacked.layers]
    rows.append(("total", _shown(stacked.low, stacked.high), ""))
    widths = [max(len(row[column]) for row in rows) for column in (0, 1)]
    lines += [f"  {a.ljust(widths[0])}  {b.rjust(widths[1])}  {c}".rstrip() for a, b, c in rows]
    if not stacked.layers:
        lines.append("  No measure of this log covers it on that day.")
    if controls:
        lines += ["", f"Export controls of {stacked.exporter} towards {stacked.importer}:"]
        lines += [_control_row(control) for control in controls]
    lines += ["", *_sources(stacked, log)]
    return "\n".join(lines).rstrip()


def _row(layer: Layer, log: Log) -> tuple[str, str, str]:
    first = log.by_id.get(layer.events[0]) if layer.events else None
    name = (first.event.key or first.id[:12]) if first else ""
    marks = "  (refundable since a court ruling)" if layer.refundable else ""
    best = next(iter(_claims(layer, log)), None)
    source = f"[{best.source}]" if best else "[no source by then]"
    return (layer.measure, _shown(layer.low, layer.high), f"{name}  {source}{marks}")


def _shown(low: int, high: int) -> str:
    ends = sorted({Decimal(end) / EXACT_PER_PERCENT for end in (low, high)})
    return " to ".join(f"{round(end, 2).normalize():f}" for end in ends) + " %"


def _control_row(control: ControlOnDay) -> str:
    share = control.approval
    approved = (
        f"{percent(share.low)} granted"
        if share.low == share.high
        else f"{percent(share.low)} to {percent(share.high)} granted"
    )
    wait = f"{control.delay_days.low} to {control.delay_days.high} days"
    things = ", ".join(control.materials) or "goods of the list"
    return (
        f"  {control.control}  {control.stance} since {control.since}, {approved}, {wait}: {things}"
    )


def _sources(stacked: Stacked, log: Log) -> list[str]:
    keys = dict.fromkeys(claim.source for layer in stacked.layers for claim in _claims(layer, log))
    known = [log.sources[key] for key in keys if key in log.sources]
    lines = ["Sources:"] if known else []
    for source in known:
        where = f"  {source.url}" if source.url else ""
        lines.append(
            f"  [{source.key}] {source.title}, {source.publisher}, {source.published}{where}"
        )
    return lines
