"""What stands behind a number, as text for people and as data for programs; finds nothing."""

import textwrap
from typing import Any

import attrs

from tariffsim.errors import DOCUMENTATION
from tariffsim.grounds import Assumption, Document, Fact, Saying
from tariffsim.report.explain import Explanation
from tariffsim.report.names import driver
from tariffsim.report.numbers import percent


def explain_data(found: Explanation) -> dict[str, Any]:
    """Give an explanation as plain data.

    Returns
    -------
    dict
        ``id, title, formula, documentation, values, assumptions, drivers, between_branches, facts,
        judgements, documents, trade``.
    """
    plain = attrs.asdict(found)
    return {
        "id": found.id,
        "title": found.title,
        "formula": found.formula.text,
        "documentation": f"{DOCUMENTATION}/{found.formula.page}.html",
        "values": list(plain["values"]),
        "assumptions": list(plain["assumptions"]),
        "drivers": list(plain["drivers"]),
        "between_branches": found.between,
        "facts": list(plain["facts"]),
        "judgements": list(found.judgements),
        "documents": list(plain["documents"].values()),
        "trade": found.trade,
    }


def explain_text(found: Explanation, *, width: int) -> str:
    """Write an explanation for a terminal.

    Parameters
    ----------
    found : Explanation
        What to write.
    width : int
        Columns there are.

    Returns
    -------
    str
        Plain text without a trailing newline.
    """
    lines = [found.title, f"  id {found.id}"]
    for value in found.values:
        ends = f" [{value.ends}]" if value.ends else ""
        lines.append(f"  {value.branch}: {value.median}{ends} {value.unit}, {value.period}")
    lines += ["", "How it is worked out:", found.formula.text]
    lines += [f"  {DOCUMENTATION}/{found.formula.page}.html"]
    if found.trade:
        lines.append(f"  benchmark trade: {found.trade}")
    if found.judgements:
        lines += ["", "Judgements of the scenario's author:"]
        lines += [f"  {judgement}" for judgement in found.judgements]
    lines += _driver_lines(found)
    if found.assumptions:
        lines += ["", "Parameters:"]
        lines += [line for one in found.assumptions for line in _assumption_lines(one, found)]
    if found.facts:
        lines += ["", "Events:"]
        lines += [line for fact in found.facts for line in _fact_lines(fact, found)]
    return "\n".join(folded for line in lines for folded in _folded(line, width))


def _folded(line: str, width: int) -> list[str]:
    indent = " " * (len(line) - len(line.lstrip()))
    return textwrap.wrap(
        line,
        max(width, 40),
        subsequent_indent=f"{indent}  ",
        break_on_hyphens=False,
        break_long_words=False,
    ) or [""]


def _driver_lines(found: Explanation) -> list[str]:
    lines = ["", "What makes it uncertain, share of the variance:"] if found.drivers else []
    if found.drivers and found.between is not None:
        lines.append(f"  {percent(found.between)} of it lies between branches; within one branch:")
    for branch, measure in dict.fromkeys((one.branch, one.measure) for one in found.drivers):
        own = [one for one in found.drivers if (one.branch, one.measure) == (branch, measure)]
        parts = ", ".join(f"{driver(one.name)} {percent(one.share)}" for one in own)
        what = "" if measure == "level" else ", difference from the baseline"
        lines.append(f"  {branch}{what}: {parts}")
    if found.left_out and any(value.ends for value in found.values):
        none = [] if found.drivers else ["", "What makes it uncertain: no input stands out."]
        lines += [*none, f"  {found.left_out}"]
    return lines


def range_text(one: Assumption) -> str:
    """Write a parameter's value and range.

    Examples
    --------
    >>> range_text(Assumption(name="a", value=2.0, unit="1", source="s", known="2025-01-01",
    ...                       grade="H", distribution="uniform", low=1.0, high=3.0, range="bounds"))
    '2, uniform from 1 to 3'
    """
    if one.low is None or one.high is None or one.distribution == "fixed":
        return f"{one.value:g}, fixed"
    kind = "80 % of it " if one.range == "80%" else ""
    return f"{one.value:g}, {one.distribution} {kind}from {one.low:g} to {one.high:g}"


def _assumption_lines(one: Assumption, found: Explanation) -> list[str]:
    document = found.documents.get(one.source)
    where = f", {one.locator}" if one.locator else ""
    said = (
        f"{document.title}, {document.publisher}, {document.published}" if document else one.source
    )
    return [
        f"  {one.name} = {range_text(one)} ({one.unit}); grade {one.grade}",
        f"    {said}{where}" + (f"; {document.url}" if document and document.url else ""),
    ]


def _fact_lines(fact: Fact, found: Explanation) -> list[str]:
    supposed = "supposed: " if fact.supposed else ""
    lines = [f"  {fact.effective} {fact.name}: {supposed}{fact.title}"]
    lines += [f"    {saying_text(saying, found.documents)}" for saying in fact.sayings]
    lines += [f"    disputed: {side}" for side in fact.disputes]
    return lines


def saying_text(saying: Saying, documents: dict[str, Document]) -> str:
    """Write who says so, and where; a dissenting source with what it says."""
    document = documents.get(saying.source)
    title = f"{document.title}, {document.published}" if document else saying.source
    parts = [title, saying.locator, f"figure {saying.figure!r}" if saying.figure else None]
    text = "; ".join(part for part in (*parts, saying.grade) if part)
    return f"{text}; says otherwise: {saying.says}" if saying.says else text
