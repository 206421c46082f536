"""Sphinx extension: runs the shipped scenarios and draws their figures for the gallery."""

from pathlib import Path

from sphinx.application import Sphinx

import tariffsim as ts
from tariffsim.files.folders import load_summary
from tariffsim.report.figures.canvas import standalone
from tariffsim.report.figures.chosen import driver_figures, figures

SCENARIOS = ("geneva", "canola", "minerals")
DRAWS = 512


def pictures(folder: Path) -> str:
    """Draw every figure of the shipped scenarios, and write the page's part that shows them."""
    lines = []
    for name in SCENARIOS:
        inputs = ts.with_options(ts.load_inputs(name), draws=DRAWS)
        place = folder / name
        ts.write_result(ts.run(inputs), place / "result", inputs=inputs)
        summary = load_summary(place / "result")
        lines += [f"## {name.capitalize()}", "", inputs.scenario.question, ""]
        for figure in (*figures(summary), *driver_figures(summary)):
            (place / f"{figure.id}.svg").write_text(standalone(figure))
            alt = figure.alt.replace("[", "(").replace("]", ")")
            lines += [f"### {figure.title}", "", f"![{alt}](/gallery/{name}/{figure.id}.svg)", ""]
            lines += [figure.note, ""]
    return "\n".join(lines)


def _write(app: Sphinx) -> None:
    folder = Path(app.srcdir) / "gallery"
    folder.mkdir(exist_ok=True)
    (folder / "figures.md").write_text(pictures(folder))


def setup(app: Sphinx) -> dict[str, bool]:
    """Hook the writer in."""
    app.connect("builder-inited", _write)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
