"""Figures to SVG text and to matplotlib axes: the only place that meets the drawing library.

The same figure gives the same bytes: ids are hashed from the figure's own, and nothing carries a
date. Settings hold while something is drawn, and no longer.
"""

import io
import re
import warnings
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from xml.sax.saxutils import escape

from tariffsim.errors import MissingExtra
from tariffsim.report.figures import style
from tariffsim.report.figures.figure import WIDTH, Figure

if TYPE_CHECKING:
    from matplotlib.figure import FigureBase

_HEAD = re.compile(r"^.*?<svg\b", re.DOTALL)
_SIZES = re.compile(r'(<svg\b[^>]*?) width="[^"]*"| height="[^"]*"')
_META = re.compile(r"\s*<metadata>.*?</metadata>", re.DOTALL)
_GROUP = re.compile(r'<g id="[^"]*"')
_COLOUR = re.compile(r"#[0-9a-f]{6}\b")
_STYLE = re.compile(r'(?<= style=")[^"]*')
_FAMILY = re.compile(r"'DejaVu Sans'[^;\"]*")
_SHEET = re.compile(r"\s*<defs>\s*<style.*?</style>\s*</defs>", re.DOTALL)


@contextmanager
def drawing() -> Iterator[None]:
    """Hold the house's settings while something is drawn.

    Raises
    ------
    MissingExtra
        Matplotlib is not installed.
    """
    try:
        import matplotlib as mpl  # noqa: PLC0415 - an extra, imported where used
    except ImportError:
        raise MissingExtra(
            "figures need matplotlib; install it with: pip install 'tariffsim[report]'"
        ) from None
    settings: dict[Any, Any] = {**mpl.rcParamsDefault, **style.SETTINGS}
    with mpl.rc_context(settings), warnings.catch_warnings():
        # A script that the measuring font lacks is still written as text, in the reader's font.
        warnings.filterwarnings("ignore", message="Glyph .* missing from")
        yield


def axes_of(figure: Figure, *, on: "FigureBase | None" = None) -> Any:
    """Draw a figure and give its matplotlib axes.

    Parameters
    ----------
    figure : Figure
        What to draw.
    on : matplotlib figure or subfigure, optional
        Where; a new figure where left out. It is reached by ``axes.figure``.

    Returns
    -------
    matplotlib.axes.Axes
        Or a list of them, from top to bottom and left to right.
    """
    with drawing():
        return figure.draw(on if on is not None else _blank(figure))


def _blank(figure: Figure) -> "FigureBase":
    from matplotlib.figure import Figure as Canvas  # noqa: PLC0415 - an extra

    return Canvas(figsize=(WIDTH, figure.height))


def svg(figure: Figure) -> str:
    """Draw a figure as SVG for a page: text as text, colours that follow the page's.

    Parameters
    ----------
    figure : Figure
        What to draw.

    Returns
    -------
    str
        An ``svg`` element with title and description, without size, prolog and metadata.
    """
    return svgs([figure])[0]


def svgs(figures: Iterable[Figure]) -> list[str]:
    """Draw many figures as `svg` does one; taking up the settings once spares a tenth of a page."""
    with drawing():
        return [_for_page(_written(one), one) for one in figures]


def _written(figure: Figure) -> str:
    import matplotlib as mpl  # noqa: PLC0415 - an extra

    canvas = _blank(figure)
    figure.draw(canvas)
    # The settings that hold while something is drawn are put back by `drawing`.
    mpl.rcParams["svg.hashsalt"] = figure.id
    text = io.StringIO()
    canvas.savefig(text, format="svg", metadata={"Date": None, "Creator": None})  # type: ignore[attr-defined]
    return text.getvalue()


def _for_page(text: str, figure: Figure) -> str:
    """Make matplotlib's file an element of a page, and let a style sheet choose its colours."""
    text = _HEAD.sub("<svg", text, count=1).strip()
    text = _SHEET.sub("", _META.sub("", text), count=1)
    text = _GROUP.sub("<g", text)
    text = _SIZES.sub(r"\1", text, count=2)
    text = _STYLE.sub(lambda found: _COLOUR.sub(_followed, found[0]), text)
    text = _FAMILY.sub(FONTS, text)
    name, about = f"{figure.id}-title", f"{figure.id}-desc"
    opening = f'<svg role="img" aria-labelledby="{name} {about}"'
    words = (
        f'<title id="{name}">{escape(figure.title)}</title>'
        f'<desc id="{about}">{escape(figure.alt)}</desc>'
    )
    head, _, rest = text.partition(">")
    return f"{opening}{head.removeprefix('<svg')}>{words}{rest}\n"


FONTS = "'DejaVu Sans', Verdana, 'Segoe UI', sans-serif"
"""None is wider than the first, in which lengths were measured, so nothing begins to overlap."""


PROLOG = '<?xml version="1.0" encoding="utf-8"?>'


def _followed(found: re.Match[str]) -> str:
    return f"var(--c{found[0][1:]}, {found[0]})" if found[0] in style.DARK else found[0]


def standalone(figure: Figure) -> str:
    """Draw a figure as an SVG file of its own, with its size and a white ground."""
    element = svg(figure)
    points = (WIDTH * 72, figure.height * 72)
    ground = f'<rect width="100%" height="100%" fill="{style.PAPER}"/>'
    sized = element.replace("<svg", f'<svg width="{points[0]:g}pt" height="{points[1]:g}pt"', 1)
    return f"{PROLOG}\n{sized.replace('</desc>', f'</desc>{ground}', 1)}"
