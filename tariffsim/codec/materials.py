"""Composed sheets of controlled materials to nouns, every fault with its place; opens no file."""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs

from tariffsim.codec.converter import structure, suggested
from tariffsim.codec.fault import Fault, Path
from tariffsim.codec.marked import Marked
from tariffsim.events import Claim
from tariffsim.finding import Finding
from tariffsim.log import Source
from tariffsim.materials import ControlledMaterial, Industry
from tariffsim.terms import Slug


@attrs.frozen(kw_only=True)
class MaterialSheet:
    """A sheet as read.

    Parameters
    ----------
    materials : tuple of ControlledMaterial
        Those without a fault.
    industries : tuple of Industry
        Those without a fault.
    findings : tuple of Finding
        Every fault.
    """

    materials: tuple[ControlledMaterial, ...]
    industries: tuple[Industry, ...]
    findings: tuple[Finding, ...]


KINDS: dict[str, type] = {"materials": ControlledMaterial, "industries": Industry}


def read_materials(marked: Marked, sources: Mapping[Slug, Source]) -> MaterialSheet:
    """Read a sheet: lists under ``materials:`` and ``industries:``.

    Parameters
    ----------
    marked : Marked
        The composed text.
    sources : mapping of Slug to Source
        The register that its claims refer to.

    Returns
    -------
    MaterialSheet
        What could be read, and every fault: of form, unknown sources, figures without a claim,
        and uses that together need more than all of it.
    """
    findings = list(marked.findings)
    found: dict[str, list[Any]] = {name: [] for name in KINDS}
    data = marked.data if isinstance(marked.data, dict) else {}
    if not data:
        message = "sheet must be a mapping with materials or industries; write materials: first"
        findings.append(_finding(marked, Fault((), "bad-value", message)))
    for key in data:
        if key not in KINDS:
            message = f"unknown key {key!r}{suggested(key, KINDS)}"
            findings.append(_finding(marked, Fault((key,), "unknown-key", message, at_key=True)))
    for key, kind in KINDS.items():
        listed = data.get(key, [])
        if not isinstance(listed, list):
            message = f"{key} must be a list; begin each entry with - on a line of its own"
            findings.append(_finding(marked, Fault((key,), "bad-value", message)))
            continue
        for position, item in enumerate(listed):
            try:
                made: Any = structure(item, kind)
            except ExceptionGroup as group:
                findings += [
                    _finding(marked, _inside(fault, (key, position)))
                    for fault in group.exceptions
                    if isinstance(fault, Fault)
                ]
                continue
            found[key].append(made)
            faults = _faults(made, (key, position), sources)
            findings += [_finding(marked, fault) for fault in faults]
    return MaterialSheet(
        materials=tuple(found["materials"]),
        industries=tuple(found["industries"]),
        findings=tuple(findings),
    )


def _inside(fault: Fault, start: Path) -> Fault:
    """Give a fault the path of the entry that it stands in."""
    return Fault(start + fault.path, fault.rule, fault.message, at_key=fault.at_key)


def claimed(noun: Any, path: Path = ()) -> Iterator[tuple[Path, tuple[Claim, ...]]]:
    """List every figure of a material or an industry with its claims and its path."""
    for field in attrs.fields(type(noun)):
        value = getattr(noun, field.name)
        if field.name == "claims":
            yield path, value
        elif isinstance(value, tuple) and value and attrs.has(type(value[0])):
            for position, item in enumerate(value):
                yield from claimed(item, (*path, field.name, position))


def _faults(noun: Any, path: Path, sources: Mapping[Slug, Source]) -> Iterator[Fault]:
    for where, claims in claimed(noun, path):
        if not claims:
            message = "claims must name at least one source; a figure nobody says is no fact"
            yield Fault(where, "unsourced", message)
        for number, claim in enumerate(claims):
            if claim.source not in sources:
                message = f"source must be one of the register, got {claim.source!r}"
                message += suggested(claim.source, sources)
                yield Fault((*where, "claims", number, "source"), "unknown-source", message)
    if isinstance(noun, ControlledMaterial):
        least = sum(use.share.low for use in noun.uses)
        if least > 1_000_000:
            message = "uses must not need more than all of the material; lower one of the shares"
            yield Fault((*path, "uses"), "bad-value", message)


def _finding(marked: Marked, fault: Fault) -> Finding:
    place = marked.place(fault.path, key=fault.at_key)
    return Finding(rule=fault.rule, message=fault.message, place=place)
