"""Sheets of controlled materials from disk: those of the project, and a user's own."""

from collections.abc import Mapping
from pathlib import Path

import attrs

from tariffsim.codec.documents import read_sources, refuse
from tariffsim.codec.materials import KINDS, claimed, read_materials
from tariffsim.errors import UnknownName
from tariffsim.files.shipped import composed, shipped
from tariffsim.finding import Finding
from tariffsim.log import Source
from tariffsim.materials import ControlledMaterial, Industry
from tariffsim.resolve.profiles import shortcomings
from tariffsim.terms import Slug, nearest

SHEET_KEYS = tuple(KINDS)
"""What a sheet of materials begins with."""


@attrs.frozen(kw_only=True)
class MaterialFacts:
    """What sheets say, put together.

    Parameters
    ----------
    materials : mapping of Slug to ControlledMaterial
        Under their names.
    industries : tuple of Industry
        Of every economy.
    sources : mapping of Slug to Source
        What the claims rest on.
    """

    materials: Mapping[Slug, ControlledMaterial]
    industries: tuple[Industry, ...]
    sources: Mapping[Slug, Source]


def load_materials(own: Path | None = None) -> MaterialFacts:
    """Load the project's sheets, and a user's own over them.

    Parameters
    ----------
    own : Path, optional
        A sheet; its ``sources.yaml`` may lie beside it. A material or an industry that it names
        replaces the project's of that name.

    Raises
    ------
    InputError
        Every fault of every sheet, with its place.

    Examples
    --------
    >>> load_materials().materials["gallium"].controller
    'CHN'
    """
    folder = shipped("data") / "materials"
    paths = [path for path in sorted(folder.glob("*.yaml")) if path.name != "sources.yaml"]
    sources, findings = _registers(folder, own)
    materials: dict[Slug, ControlledMaterial] = {}
    industries: dict[tuple[str, str], Industry] = {}
    for path in [*paths, *([own] if own else [])]:
        sheet = read_materials(composed(path), sources)
        findings += sheet.findings
        materials |= {material.material: material for material in sheet.materials}
        industries |= {(one.economy, one.industry): one for one in sheet.industries}
    refuse(findings)
    return MaterialFacts(
        materials=materials, industries=tuple(industries.values()), sources=sources
    )


def material_named(facts: MaterialFacts, name: str) -> ControlledMaterial:
    """Find a material by its name.

    Raises
    ------
    UnknownName
        There is none; the message names the nearest.
    """
    found = facts.materials.get(Slug(name))
    if found is None:
        raise UnknownName(
            f"material must be one of the sheets, got {name!r}{nearest(name, facts.materials)}"
        )
    return found


def check_materials(own: Path) -> tuple[Finding, ...]:
    """Check a sheet of materials, and say what keeps each out of the model.

    Returns
    -------
    tuple of Finding
        Faults as errors; shortcomings, and figures that nobody looked up, as notes.
    """
    sources, findings = _registers(shipped("data") / "materials", own)
    marked = composed(own)
    sheet = read_materials(marked, sources)
    findings += sheet.findings
    if any(finding.severity == "error" for finding in findings):
        return tuple(findings)
    for position, material in enumerate(sheet.materials):
        place = marked.place(("materials", position, "material"))
        short = shortcomings(material, sources)
        if short:
            message = f"{material.material} is not modelled: {'; '.join(short)}"
            findings.append(
                Finding(rule="not-modelled", message=message, place=place, severity="note")
            )
        for path, claims in claimed(material, ("materials", position)):
            if all(claim.grade == "memory" for claim in claims):
                message = f"nobody looked this figure of {material.material} up: grade memory"
                where = marked.place(path)
                findings.append(
                    Finding(rule="memory", message=message, place=where, severity="note")
                )
    return tuple(findings)


def _registers(folder: Path, own: Path | None) -> tuple[dict[Slug, Source], list[Finding]]:
    """Join the register of the project's sheets and a user's; a key names one document in both."""
    sources, wrong = read_sources(composed(folder / "sources.yaml"))
    findings = [*wrong]
    register = own.parent / "sources.yaml" if own else folder / "sources.yaml"
    # A sheet of the project's folder, checked by its path, has the register read already.
    if not register.exists() or register.samefile(folder / "sources.yaml"):
        return sources, findings
    marked = composed(register)
    found, wrong = read_sources(marked)
    findings += wrong
    # What the parameters cite stands beside what the sheets cite in every result.
    cited, _ = read_sources(composed(shipped("data") / "parameters" / "sources.yaml"))
    for key, source in found.items():
        known = [shelf[key] for shelf in (sources, cited) if key in shelf]
        if known and source not in known:
            message = (
                f"source {key} must be the document that the project's register has under this "
                f"key, {known[0].title!r}, got another entry; give yours a key of its own here and "
                "in the sheet, or copy the entry as it is"
            )
            place = marked.place(("sources", key), key=True)
            findings.append(Finding(rule="source-clash", message=message, place=place))
    return {**found, **sources}, findings
