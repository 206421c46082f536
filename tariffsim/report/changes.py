"""What changed since another run of the same question: settings, numbers, parameters, facts.

Compares two results as their folders hold them, band by band; draw by draw is for `compare`.
"""

from collections.abc import Iterable

import attrs

from tariffsim.grounds import Fact
from tariffsim.report.explain_text import range_text
from tariffsim.report.names import spelled
from tariffsim.report.numbers import banded, places_of, written
from tariffsim.report.summary import Summary

SETTINGS = (
    ("tariffsim", "version of tariffsim"),
    ("scenario", "scenario"),
    ("log", "log"),
    ("known_on", "knowledge day"),
    ("known_through", "facts known through"),
    ("draws", "draws"),
    ("seed", "seed"),
)


@attrs.frozen(kw_only=True)
class Change:
    """One thing before and after."""

    what: str
    before: str
    after: str


@attrs.frozen(kw_only=True)
class Moved:
    """One cell of the headline table before and after; `apart` where the bands do not touch."""

    metric: str
    unit: str
    branch: str
    before: str
    after: str
    difference: str
    apart: bool


@attrs.frozen(kw_only=True)
class Changes:
    """What changed.

    Parameters
    ----------
    settings, parameters : tuple of Change
        What was set otherwise.
    moved : tuple of Moved
        Cells whose numbers differ as they are written.
    same : int
        Cells that did not move.
    alone : tuple of str
        Metrics and branches that only one of the two has.
    learnt, gone : tuple of Fact
        Facts that only the new one, or only the old one, rests on.
    """

    settings: tuple[Change, ...]
    parameters: tuple[Change, ...]
    moved: tuple[Moved, ...]
    same: int
    alone: tuple[str, ...]
    learnt: tuple[Fact, ...]
    gone: tuple[Fact, ...]


def changes(new: Summary, old: Summary) -> Changes:
    """Compare a result with an earlier one.

    Parameters
    ----------
    new, old : Summary
        Two results; any two, though two of one question tell most.
    """
    cells, others = _cells(new), _cells(old)
    both = [key for key in cells if key in others]
    found = [_moved(key, cells[key], others[key]) for key in both]
    moved = tuple(one for one in found if one is not None)
    mine = {fact.id for fact in new.grounds.facts}
    theirs = {fact.id for fact in old.grounds.facts}
    only = [*(key for key in cells if key not in others), *(k for k in others if k not in cells)]
    return Changes(
        settings=tuple(_settings(new, old)),
        parameters=tuple(_parameters(new, old)),
        moved=moved,
        same=len(both) - len(moved),
        alone=tuple(f"{subject}, {label}" for subject, label in dict.fromkeys(only)),
        learnt=tuple(fact for fact in new.grounds.facts if fact.id not in theirs),
        gone=tuple(fact for fact in old.grounds.facts if fact.id not in mine),
    )


Cell = tuple[str, str, tuple[float, float, float]]
"""Label, unit and band."""


def _cells(summary: Summary) -> dict[tuple[str, str], Cell]:
    return {
        (series.subject, column.label): (
            series.label,
            series.unit,
            (column.level[0, 0].item(), column.level[1, 0].item(), column.level[2, 0].item()),
        )
        for series in summary.headline
        for column in series.columns
    }


def _moved(key: tuple[str, str], new: Cell, old: Cell) -> Moved | None:
    label, unit, after = new
    before = old[2]
    texts = [banded(*values) for values in (before, after)]
    if texts[0] == texts[1]:
        return None
    places = places_of(*before, *after)
    return Moved(
        metric=spelled(label),
        unit=unit,
        branch=key[1],
        before=texts[0],
        after=texts[1],
        difference=written(after[1] - before[1], places, signed=True),
        apart=after[0] > before[2] or after[2] < before[0],
    )


def _settings(new: Summary, old: Summary) -> Iterable[Change]:
    for key, words in SETTINGS:
        before, after = str(old.manifest.get(key, "")), str(new.manifest.get(key, ""))
        if before != after:
            yield Change(what=words, before=before, after=after)
    for name in sorted({*new.manifest["digests"], *old.manifest["digests"]}):
        before, after = (str(m.manifest["digests"].get(name, "none"))[:12] for m in (old, new))
        if before != after:
            yield Change(what=f"content of the {name}", before=before, after=after)
    for branch in {**old.grounds.probability, **new.grounds.probability}:
        shares = [m.grounds.probability.get(branch) for m in (old, new)]
        texts = ["-" if share is None else f"{100 * share:.4g} %" for share in shares]
        if texts[0] != texts[1]:
            yield Change(what=f"probability of {branch}", before=texts[0], after=texts[1])


def _parameters(new: Summary, old: Summary) -> Iterable[Change]:
    before = {one.name: range_text(one) for one in old.grounds.assumptions}
    after = {one.name: range_text(one) for one in new.grounds.assumptions}
    for name in sorted({*before, *after}):
        if before.get(name) != after.get(name):
            yield Change(what=name, before=before.get(name, "-"), after=after.get(name, "-"))
