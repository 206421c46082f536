"""The page: one offline HTML file from a result, and from an earlier one beside it.

The same result gives the same bytes. All text is escaped by the template engine; the browser is
told to run no script but the page's own, by its hash.
"""

import base64
import hashlib
from importlib import resources
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from tariffsim.errors import MissingExtra
from tariffsim.report.changes import changes
from tariffsim.report.explain import left_out
from tariffsim.report.explain_text import range_text
from tariffsim.report.figures import style
from tariffsim.report.figures.chosen import driver_figures, figures
from tariffsim.report.names import driver, goods, spelled, words
from tariffsim.report.numbers import percent
from tariffsim.report.page_parts import (
    command,
    doubts,
    folds,
    in_short,
    limit,
    panels,
    settings,
    shown,
)
from tariffsim.report.summary import Summary

if TYPE_CHECKING:
    from jinja2 import Environment

TEMPLATES = "templates"
GRADES = {
    "primary": "the act itself",
    "official": "an official account",
    "secondary": "a second-hand account",
    "media": "press",
    "memory": "from memory, not looked up",
}


def page(summary: Summary, *, against: Summary | None = None) -> str:
    """Write a result as one HTML file.

    Parameters
    ----------
    summary : Summary
        The result.
    against : Summary, optional
        An earlier one, for what changed since.

    Returns
    -------
    str
        The whole file; it loads nothing.

    Raises
    ------
    MissingExtra
        jinja2 or matplotlib is not installed.
    """
    script = _text("page.js")
    digest = base64.b64encode(hashlib.sha256(script.encode()).digest()).decode()
    template = _environment().get_template("page.html.j2")
    grounds = summary.grounds
    return template.render(
        summary=summary,
        manifest=summary.manifest,
        grounds=grounds,
        documents={document.key: document for document in grounds.documents},
        style_sheet=_colours() + _text("page.css"),
        script=script,
        script_digest=digest,
        settings=settings(summary),
        command=command(summary),
        doubts=doubts(summary),
        limit=limit(summary),
        in_short=in_short(summary),
        panels=panels(summary),
        figures=shown(summary, figures(summary)),
        driver_figures=shown(summary, driver_figures(summary)),
        left_out=left_out(summary),
        folds=folds(summary),
        changes=None if against is None else changes(summary, against),
        supposed=[fact for fact in grounds.facts if fact.supposed],
        recorded=[fact for fact in grounds.facts if not fact.supposed],
        contested=[f for f in grounds.facts if f.disputes or any(s.says for s in f.sayings)],
        grades=GRADES,
    )


def _environment() -> "Environment":
    try:
        from jinja2 import Environment, FunctionLoader, StrictUndefined  # noqa: PLC0415 - an extra
    except ImportError:
        raise MissingExtra(
            "the page needs jinja2; install it with: pip install 'tariffsim[report]'"
        ) from None
    found = Environment(
        loader=FunctionLoader(_text),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    found.filters.update(
        words=words,
        driver=driver,
        goods=goods,
        spelled=spelled,
        percent=percent,
        range_text=range_text,
        web=web,
    )
    return found


def _text(name: str) -> str:
    return (resources.files("tariffsim.report") / TEMPLATES / name).read_text(encoding="utf-8")


def web(url: str | None) -> str:
    """Give an address only where following it is harmless: http and https, nothing that runs.

    Examples
    --------
    >>> web("https://example.org/a"), web("javascript:alert(1)"), web(None)
    ('https://example.org/a', '', '')
    """
    try:
        scheme = urlsplit(url or "").scheme.lower()
    except ValueError:
        return ""
    return url or "" if scheme in ("http", "https") else ""


def _colours() -> str:
    """Write the colours of figures as variables, light and dark."""
    light = "".join(f"--c{name[1:]}:{name};" for name in style.DARK)
    dark = "".join(f"--c{name[1:]}:{value};" for name, value in style.DARK.items())
    return f":root{{{light}}}\n@media screen and (prefers-color-scheme:dark){{:root{{{dark}}}}}\n"
