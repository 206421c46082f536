"""Duties in their own unit, beside a rate: as text for people, as data for programs."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any

from tariffsim.doubt import Doubt, doubts, in_words
from tariffsim.events import MeasureEnacted
from tariffsim.log import Log
from tariffsim.reduce.own_unit import OwnUnit, in_currency
from tariffsim.scopes import ALL_OF_IT
from tariffsim.terms import Slug, percent


def own_unit_data(
    found: Sequence[OwnUnit], log: Log, entered: Collection[Slug]
) -> list[dict[str, Any]]:
    """Give the measures that are no ad valorem duties as plain data.

    Parameters
    ----------
    found : sequence of OwnUnit
        What is in force beside the rate.
    log : Log
        Names the sources.
    entered : collection of Slug
        Those that entered the rate, at a unit value given.
    """
    weak = doubts(log)
    return [
        {
            "measure": one.measure,
            "authority": one.law.authority,
            "form": one.law.form,
            "amount": amount_data(one.law),
            "covered_percent": [one.share.low / 10_000, one.share.high / 10_000],
            "paused": one.paused,
            "paused_until": one.until.isoformat() if one.until else None,
            "enters_rate": one.measure in entered,
            "event": one.events[0] if one.events else None,
            "doubts": list(
                dict.fromkeys(doubt for event in one.events for doubt in weak.get(event, ()))
            ),
            "sources": list(
                dict.fromkeys(
                    claim.source
                    for event in one.events
                    if event in log.by_id
                    for claim in log.by_id[event].event.claims
                )
            ),
        }
        for one in found
    ]


def amount_data(law: MeasureEnacted) -> dict[str, str] | None:
    """Give the amount of a measure as plain data; None where it has none."""
    amount = law.amount
    if amount is None:
        return None
    return {
        "value": str(in_currency(amount)),
        "currency": amount.currency,
        "per": amount.per,
    }


def own_unit_text(found: Sequence[OwnUnit], log: Log, entered: Collection[Slug]) -> list[str]:
    """Write the measures that are no ad valorem duties and did not enter the rate."""
    beside = [one for one in found if one.measure not in entered]
    if not beside:
        return []
    found_doubts = doubts(log)
    widths = [max(len(one.measure) for one in beside), max(len(words(one.law)) for one in beside)]
    lines = ["Beside the rate, in their own unit:"]
    for one in beside:
        first = log.by_id.get(one.events[-1]) if one.events else None
        name = (first.event.key or first.id[:12]) if first else ""
        source = next((claim.source for claim in first.event.claims), None) if first else None
        lines.append(
            f"  {one.measure.ljust(widths[0])}  {words(one.law).rjust(widths[1])}  {name}  "
            f"[{source or 'no source by then'}]{_marks(one, found_doubts)}"
        )
    return lines


def words(law: MeasureEnacted) -> str:
    """Write what a measure takes, in its own unit."""
    amount = law.amount
    if amount is None:
        return law.form
    kind = "at least " if law.form == "minimum-price" else ""
    return f"{kind}{in_currency(amount)} {amount.currency} a {amount.per}"


def _marks(one: OwnUnit, found: Mapping[str, Sequence[Doubt]]) -> str:
    marks = []
    if weak := [doubt for event in one.events for doubt in found.get(event, ())]:
        marks.append(in_words(weak))
    if one.paused:
        marks.append(f"paused until {one.until}" if one.until else "paused, no end set")
    if one.share != ALL_OF_IT:
        low, high = percent(one.share.low), percent(one.share.high)
        marks.append(f"on {low} to {high} of these goods" if low != high else f"on {low} of them")
    return f"  ({', '.join(marks)})" if marks else ""
