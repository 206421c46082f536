"""Where things lie: what the library ships, and what stands beside a scenario; reads no content.

In an installed wheel the logs and scenarios lie inside the package, in a checkout beside it.
"""

from pathlib import Path

from tariffsim.codec.marked import Marked, compose
from tariffsim.disk import read_text

# Asking importlib.resources would come to the same, and load what reads archives.
PACKAGE = Path(__file__).parent.parent


def shipped(folder: str) -> Path:
    """Find a folder that travels with the library: ``seeds``, ``scenarios`` or ``data``.

    In an installed wheel it lies inside the package, in a checkout beside it.
    """
    inside = PACKAGE / folder
    return inside if inside.is_dir() else inside.parent.parent / folder


def shipped_logs() -> tuple[str, ...]:
    """List the logs that travel with the library."""
    return tuple(sorted(path.name for path in shipped("seeds").iterdir() if path.is_dir()))


def shipped_scenarios() -> tuple[str, ...]:
    """List the scenarios that travel with the library."""
    return tuple(sorted(path.stem for path in shipped("scenarios").glob("*.yaml")))


def composed(path: Path) -> Marked:
    """Read a YAML file as plain data with places."""
    return compose(read_text(path), file=short_name(path))


def short_name(path: Path) -> str:
    """Name a file as the user knows it: relative to where they stand, where that is shorter."""
    try:
        return str(path.resolve().relative_to(Path.cwd()))
    except ValueError:
        return str(path)
