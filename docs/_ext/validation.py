"""The page that sets our numbers beside published ones, computed when the page is written."""

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
sys.path.insert(0, str(ROOT))

from tests.golden import answers  # noqa: E402 - the cases live with the tests
from tests.golden.cases import load_case  # noqa: E402
from tests.reference.cases import FOLDER  # noqa: E402

LEAD = (
    "Each table is computed when this page is built, by the same code as the tests run. A case "
    "without a source does not get into the tests."
)
ABSENT = (
    "The data of this case are larger than the repository keeps, and were not at hand when this "
    "page was built. The test that holds it runs wherever they are."
)


class Known(NamedTuple):
    """A published case that is read from outside the repository."""

    title: str
    source: str
    within: str
    folder: str
    show: tuple[str, ...]


NAFTA = Known(
    "Caliendo and Parro: NAFTA, 31 countries, 40 sectors",
    "Caliendo, L. and Parro, F. (2015), Estimates of the trade and welfare effects of NAFTA, "
    "Review of Economic Studies 82(1), https://doi.org/10.1093/restud/rdu035; the authors' "
    "programs, NAFTA's tariffs alone, no deficits",
    "1e-6 percentage points, 1e-5 for the real wage",
    "cp2015",
    ("welfare_percent, Mexico", "welfare_percent, Canada", "welfare_percent, USA"),
)
ENLARGEMENT = Known(
    "One-sector gravity: the enlargement of the European Union, 44 countries",
    "Zylkin, T., ge_gravity (Stata), with the World Input-Output Database of 2000; trade "
    "elasticity 4; deficits additive first, then multiplicative",
    "1e-7 of a welfare ratio, 2e-7 of a flow; the published file keeps seven digits",
    "ge_gravity",
    ("welfare, POL", "welfare, HUN", "welfare, DEU"),
)


def page() -> str:
    """Write the page."""
    pieces = ["# Held against published numbers", LEAD]
    for name, title, rows in (
        ("armington_emr", "Armington, exact", answers.armington_rows),
        ("gsim_us_eu", "GSIM, four by four", answers.gsim_rows),
        ("stacked_china_entries", "Stacked duties, customs rulings", answers.ruling_rows),
    ):
        case = load_case(name)
        said = f"{case['what']}. Source: {case['source']}."
        pieces += [f"## {title}", said, _within(case), _table(rows(case))]
    pieces += _outside(NAFTA, lambda path: list(answers.nafta_rows(path)))
    pieces += _outside(
        ENLARGEMENT,
        lambda path: [
            row
            for deficit in ("additive", "multiplicative")
            for row in answers.enlargement_rows(path, deficit)
        ],
    )
    return "\n\n".join(pieces) + "\n"


def _within(case: answers.Case) -> str:
    tolerance = case.get("tolerance")
    return "Must agree exactly." if not tolerance else f"Must agree within {tolerance:g}."


def _outside(known: Known, rows: Callable[[Path], list[answers.Row]]) -> list[str]:
    said = f"Source: {known.source}. Must agree within {known.within}."
    path = FOLDER / known.folder
    if not path.is_dir():
        return [f"## {known.title}", said, ABSENT]
    found = rows(path)
    widest = max(found, key=lambda row: abs(row.ours - row.published) / max(1, abs(row.published)))
    gap = abs(widest.ours - widest.published) / max(1, abs(widest.published))
    summary = (
        f"{len(found):,} numbers are compared. The widest gap is {gap:.1e}, at {widest.what}; "
        "of a number above one, that is a share of it."
    )
    shown = [row for row in found if row.what in known.show]
    return [f"## {known.title}", said, summary, _table(shown)]


def _table(rows: Iterable[answers.Row]) -> str:
    lines = ["| | ours | published | gap |", "|---|---:|---:|---:|"]
    for row in rows:
        gap = abs(row.ours - row.published)
        lines.append(f"| {row.what} | {row.ours:.10g} | {row.published:.10g} | {gap:.1e} |")
    return "\n".join(lines)
