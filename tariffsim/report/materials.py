"""Controlled materials and what is known of them, as text for people and data for programs."""

import datetime as dt
import textwrap
from collections.abc import Mapping
from typing import Any, get_args

import attrs

from tariffsim.events import Claim
from tariffsim.log import Source
from tariffsim.materials import ControlledMaterial, Stage
from tariffsim.resolve.profiles import shortcomings
from tariffsim.scopes import DayInterval, ShareInterval
from tariffsim.terms import Slug, percent

Sources = Mapping[Slug, Source]
STAGES = get_args(Stage)
"""From the mine to the part, the last one that is known being the one shown."""


def materials_data(
    materials: Mapping[Slug, ControlledMaterial], sources: Sources, known_on: dt.date | None
) -> list[dict[str, Any]]:
    """Give materials as plain data: figures with their claims, and what keeps each out.

    Returns
    -------
    list of dict
        ``material, title, controller, importer, controls, products, supply, reliance, stocks,
        uses, modelled, shortcomings``.
    """
    found = []
    for material in materials.values():
        short = shortcomings(material, sources, known_on)
        plain = attrs.asdict(material, value_serializer=_plain)
        found.append({**plain, "modelled": not short, "shortcomings": list(short)})
    return found


def _plain(_: object, __: object, value: Any) -> Any:
    if isinstance(value, ShareInterval):
        return [value.low / 1e6, value.high / 1e6]
    return [value.low, value.high] if isinstance(value, DayInterval) else value


def materials_text(
    materials: Mapping[Slug, ControlledMaterial],
    sources: Sources,
    known_on: dt.date | None,
    *,
    width: int,
) -> str:
    """Write one line a material, and below it why it is not modelled."""
    head = ("material", "control", "need", "share of supply", "reliance", "uses", "modelled")
    rows = [head]
    reasons: dict[str, tuple[str, ...]] = {}
    for name, material in materials.items():
        short = shortcomings(material, sources, known_on)
        if short:
            reasons[name] = short
        rows.append(
            (
                name,
                material.controller,
                material.importer,
                _supply(material),
                _reliance(material),
                str(len(material.uses)),
                "no" if short else "yes",
            )
        )
    widths = [max(len(row[column]) for row in rows) for column in range(len(head))]
    lines = [
        "  ".join(cell.ljust(size) for cell, size in zip(row, widths, strict=True)).rstrip()
        for row in rows
    ]
    lines += ["", "Not modelled, since a material needs a share and a use that somebody read:"]
    for left_out, short in reasons.items():
        lines += textwrap.wrap(
            f"{left_out}: {'; '.join(short)}", width, initial_indent="  ", subsequent_indent="    "
        )
    return "\n".join(lines)


def material_text(material: ControlledMaterial, sources: Sources, *, width: int) -> str:
    """Write everything known of one material, each figure with its sources."""
    lines = [f"{material.title} ({material.material})"]
    lines.append(
        f"Controlled by {material.controller}: {', '.join(material.controls)}. "
        f"Needed by {material.importer}."
    )
    if material.note:
        lines.append(material.note)
    for stage in material.supply:
        what = f"{stage.economy} share of {stage.stage}, {stage.vintage}: {_said(stage.share)}"
        lines += ["", *_figure(what, stage.note, stage.claims, sources)]
    for fact in material.reliance:
        what = f"{fact.kind} of {material.importer}, {fact.vintage}: {_said(fact.share)}"
        lines += ["", *_figure(what, fact.note, fact.claims, sources)]
    for stock in material.stocks:
        days = f"{stock.days.low} to {stock.days.high} days"
        what = f"stock, {stock.vintage}: {days}"
        lines += ["", *_figure(what, stock.note, stock.claims, sources)]
    for use in sorted(material.uses, key=lambda use: use.priority):
        what = f"use {use.priority}, {use.industry}: {_said(use.share)} of the need"
        if use.access.high < 1_000_000:
            what += f", {_said(use.access)} of the licences"
        lines += ["", *_figure(what, use.note, use.claims, sources)]
    wrapped = [
        part
        for line in lines
        for part in textwrap.wrap(line, width, subsequent_indent=_indent(line)) or [""]
    ]
    return "\n".join(wrapped)


def _indent(line: str) -> str:
    return " " * (len(line) - len(line.lstrip()) + 2)


def _figure(what: str, note: str | None, claims: tuple[Claim, ...], sources: Sources) -> list[str]:
    lines = [what, *([f"  {note}"] if note else [])]
    for claim in claims:
        source = sources[claim.source]
        where = f", {claim.locator}" if claim.locator else ""
        figure = f' says "{claim.figure}"' if claim.figure else ""
        lines.append(
            f"  {claim.grade}: {source.title}, {source.publisher}, {source.published}"
            f"{where}{figure}"
        )
    return lines


def _supply(material: ControlledMaterial) -> str:
    own = [stage for stage in material.supply if stage.economy == material.controller]
    if not own:
        return "unknown"
    last = max(own, key=lambda stage: STAGES.index(stage.stage))
    return f"{last.stage} {_said(last.share)}"


def _reliance(material: ControlledMaterial) -> str:
    return (
        f"{material.reliance[-1].kind} {_said(material.reliance[-1].share)}"
        if (material.reliance)
        else "unknown"
    )


def _said(share: ShareInterval) -> str:
    low, high = percent(share.low).rstrip("%"), percent(share.high)
    return high if share.low == share.high else f"{low} to {high}"
