"""Published cases: a JSON file each, which must say where its numbers come from."""

import json
from pathlib import Path
from typing import Any

FOLDER = Path(__file__).parent


class CaseWithoutSource(Exception):
    """A golden case that does not say who published its numbers."""


def load_case(name: str, folder: Path = FOLDER) -> dict[str, Any]:
    """Read the case `name`; refuse one whose `source` is missing or blank."""
    case = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
    source = case.get("source") if isinstance(case, dict) else None
    if not isinstance(source, str) or not source.strip():
        raise CaseWithoutSource(f"{name}.json: 'source' must say who published the numbers")
    return case
