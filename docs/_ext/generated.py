"""Sphinx extension: writes the reference pages from the package before any page is read."""

from pathlib import Path

import pages
from sphinx.application import Sphinx


def _write(app: Sphinx) -> None:
    pages.write(Path(app.srcdir) / "reference" / "generated")


def setup(app: Sphinx) -> dict[str, bool]:
    """Hook the writer in."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
