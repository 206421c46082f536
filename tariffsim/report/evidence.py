"""What a run rests on, day by day, as text and as plain data; judges nothing but the days."""

import datetime as dt
from collections import Counter
from collections.abc import Sequence

from tariffsim.evidence import Evidence, late
from tariffsim.experiment import Provenance


def evidence_rows(evidence: Sequence[Evidence]) -> list[dict[str, str]]:
    """Give evidence as plain rows: kind, name, the day it became known, source, and about what."""
    return [
        {
            "kind": each.kind,
            "name": each.name,
            "known": each.known.isoformat(),
            "source": each.source,
            "about": each.about,
        }
        for each in evidence
    ]


def blind_data(source: Provenance) -> dict[str, object]:
    """Say whether anything became known after the knowledge day.

    Returns
    -------
    dict
        ``known_on, latest, counted, late``.
    """
    day = dt.date.fromisoformat(source.known_on)
    days = [each.known for each in source.evidence]
    return {
        "known_on": source.known_on,
        "latest": max(days).isoformat() if days else None,
        "counted": len(days),
        "late": [each.name for each in late(source.evidence, day)],
    }


def evidence_text(evidence: Sequence[Evidence], known_on: dt.date) -> str:
    """List evidence for a terminal, oldest first, and mark what is late.

    Parameters
    ----------
    evidence : sequence of Evidence
        What was used.
    known_on : date
        The knowledge day.

    Returns
    -------
    str
        Plain text without a trailing newline.
    """
    missed = set(late(evidence, known_on))
    ordered = sorted(evidence, key=lambda each: (each.known, each.kind, each.name, each.about))
    lines = [
        f"{'LATE' if each in missed else '':5}{each.known}  {each.kind:11}{_words(each)}"
        for each in ordered
    ]
    counts = Counter(each.kind for each in evidence)
    numbers = ", ".join(f"{number} {kind}s" for kind, number in sorted(counts.items()))
    verdict = (
        f"{len(missed)} of them became known after {known_on}"
        if missed
        else f"none became known after {known_on}"
    )
    return "\n".join([*lines, "", f"Used: {numbers}; {verdict}."])


def _words(each: Evidence) -> str:
    if each.kind == "event":
        return f"{each.name[:12]}  {each.title}"
    if each.kind == "figure":
        return f"{each.about[:12]}  {each.name}, {each.source}"
    source = f", {each.source}" if each.source else ""
    return f"{each.name}: {each.title}{source}"
