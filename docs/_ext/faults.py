"""The page of faults: what `check` says of each file of the corpus that the tests hold it to."""

from pathlib import Path

CORPUS = Path(__file__).parents[2] / "tests" / "conformance" / "invalid"
LEAD = (
    "What tariffsim says of files that it cannot use: place, rule, and what to do, all faults of a "
    "file at once. Each section is a file of the tests' corpus with the exact answer. Nothing is "
    "written or lost when a file is refused, and the exit code is 2."
)


def page() -> str:
    """Write the page."""
    pieces = ["# Faults of files", LEAD]
    for path in sorted(CORPUS.glob("*.expected")):
        title = path.stem.replace("-", " ").capitalize()
        pieces += [f"## {title}", f"```text\n{_answer(path)}\n```"]
    return "\n\n".join(pieces) + "\n"


def _answer(path: Path) -> str:
    """Leave out what every transcript ends with."""
    lines = path.read_text(encoding="utf-8").splitlines()
    return "\n".join(line for line in lines if not line.startswith(("see http", "exit ")))
