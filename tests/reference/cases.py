"""Where the larger published cases lie: beside the repository, never in it."""

from pathlib import Path

import pytest

FOLDER = Path(__file__).resolve().parents[2] / ".." / "shared" / "validation"


def folder(name: str) -> Path:
    """Return the folder of a case, or skip the test that asks for it."""
    found = FOLDER / name
    if not found.is_dir():
        pytest.skip(f"reference case {name} is not at {FOLDER.resolve()}")
    return found
