"""Logs from disk: folders of fact sheets, single sheets, JSON Lines; decides nothing about a fact.

A name without a slash or a dot is a log that the library ships; anything else is a path.
"""

from collections.abc import Mapping
from pathlib import Path

import attrs

from tariffsim.audit import audit
from tariffsim.codec.documents import (
    Assembled,
    Sheet,
    assemble,
    read_sheet,
    read_sources,
    refuse,
)
from tariffsim.codec.drafts import texts
from tariffsim.codec.stored import from_lines
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.shipped import composed, shipped, shipped_logs, short_name
from tariffsim.finding import Finding
from tariffsim.journal import read_log
from tariffsim.log import Log, Source
from tariffsim.terms import Slug, nearest


def load_log(reference: str | Path) -> Log:
    """Load a log and refuse it if its audit finds an error.

    Parameters
    ----------
    reference : str or Path
        Name of a shipped log, a folder of fact sheets, one sheet, or a JSON Lines file.

    Returns
    -------
    Log
        With references resolved and equal events joined.

    Raises
    ------
    InputError
        Every fault of every file, with place and next step.

    Examples
    --------
    >>> load_log("geneva-2025").name
    'geneva-2025'
    """
    assembled = assemble_log(reference)
    refuse(assembled.findings)
    return assembled.log


def assemble_log(reference: str | Path) -> Assembled:
    """Read a log with the places of its events and everything its audit found."""
    path = _log_path(reference)
    if path.suffix == ".jsonl":
        return _stored_log(path)
    folder = path if path.is_dir() else path.parent
    register = folder / "sources.yaml"
    sources: Mapping[Slug, Source] = {}
    findings: list[Finding] = []
    unread: frozenset[str] = frozenset()
    if register.exists():
        marked = composed(register)
        sources, faults = read_sources(marked)
        findings += faults
        unread = frozenset(texts(marked.data)) if faults else unread
    names = sorted(folder.glob("*.yaml")) if path.is_dir() else [path]
    sheets = [_sheet(name) for name in names if name.name != register.name]
    named = [sheet.log for sheet in sheets if sheet.log is not None]
    if not sheets:
        raise InputError(f"{path}: a log must have at least one fact sheet (*.yaml), got none")
    name = (
        Slug(folder.resolve().name) if path.is_dir() else (named[0] if named else Slug(path.stem))
    )
    found = assemble(name, sheets, sources, unread=unread)
    return attrs.evolve(found, findings=(*findings, *found.findings))


def _sheet(path: Path) -> Sheet:
    """Read a sheet; one that cannot be read must not hide the faults of the others."""
    try:
        return read_sheet(composed(path))
    except InputError as error:
        found = tuple(finding for finding in error.findings if isinstance(finding, Finding))
        return Sheet(log=None, events=(), places=(), findings=found, unread=None)


def _log_path(reference: str | Path) -> Path:
    text = str(reference)
    if "/" not in text and "." not in text and not Path(text).is_dir():
        if text not in shipped_logs():
            raise UnknownName(
                f"log must be one of {', '.join(shipped_logs())} or a path, got {text!r}"
                f"{nearest(text, shipped_logs())}"
            )
        return shipped("seeds") / text
    path = Path(reference)
    if not path.exists():
        raise InputError(f"{path}: file must exist, found nothing; check the path")
    return path


def _stored_log(path: Path) -> Assembled:
    file = short_name(path)
    found = from_lines(read_log(path, file=file), name=Slug(path.stem), file=file)
    register = path.with_name("sources.yaml")
    findings = list(found.findings)
    log = found.log
    if register.exists():
        sources, faults = read_sources(composed(register))
        log, findings = attrs.evolve(log, sources=sources), [*findings, *faults]
    findings += [
        attrs.evolve(finding, place=found.places.get(finding.about or "")) for finding in audit(log)
    ]
    return attrs.evolve(found, log=log, findings=tuple(findings))
