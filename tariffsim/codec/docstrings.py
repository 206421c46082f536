"""NumPy docstrings taken apart: summary, text, and the section Parameters; knows no class."""

import inspect
import re
from typing import NamedTuple


class Docstring(NamedTuple):
    """A docstring in parts.

    `fields` maps the name of a parameter to what is said of it.
    """

    summary: str
    text: str
    fields: dict[str, str]


def read(documented: object) -> Docstring:
    """Take the docstring of a class or function apart."""
    # attrs writes a signature where a class has no words of its own; such a class is a mistake.
    lines = inspect.cleandoc(getattr(documented, "__doc__", None) or "").splitlines()
    heads = [n for n, line in enumerate(lines[:-1]) if re.fullmatch(r"-{3,}", lines[n + 1])]
    ends = [*heads[1:], len(lines)]
    sections = {lines[n]: lines[n + 2 : end] for n, end in zip(heads, ends, strict=False)}
    words = "\n".join(lines[: heads[0]] if heads else lines)
    summary, _, text = words.partition("\n\n")
    return Docstring(
        summary=markdown(" ".join(summary.split())),
        text=markdown(text.strip()),
        fields=_fields(sections.get("Parameters", [])),
    )


def _fields(lines: list[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    names: list[str] = []
    for line in lines:
        if line and not line.startswith(" "):
            names = [name.strip() for name in line.partition(" : ")[0].split(",")]
        elif line.strip():
            for name in names:
                found[name] = f"{found.get(name, '')} {line.strip()}".strip()
    return {name: markdown(text) for name, text in found.items()}


def markdown(text: str) -> str:
    """Turn the little reStructuredText that docstrings use into Markdown."""
    return text.replace("``", "`")
