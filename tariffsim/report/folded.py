"""Lines of text folded to the columns there are; cuts nothing and knows no contents."""

import textwrap

NARROWEST = 30


def folded(text: str, width: int | None) -> str:
    """Fold the lines of a text that are wider than the terminal.

    Parameters
    ----------
    text : str
        Lines; what a line is indented by, its continuation is indented by and two more.
    width : int, optional
        Columns there are; None folds nothing, as in a pipe.

    Returns
    -------
    str
        The same words. Keys, addresses and other single words stay whole, however long.

    Examples
    --------
    >>> print(folded("  - one side says this and that and more", 30))
      - one side says this and
        that and more
    """
    if width is None:
        return text
    return "\n".join(part for line in text.split("\n") for part in _parts(line, width))


def _parts(line: str, width: int) -> list[str]:
    if len(line) <= width:
        return [line]
    indent = len(line) - len(line.lstrip(" -"))
    first = line[:indent]
    return textwrap.wrap(
        line[indent:],
        max(width, NARROWEST),
        initial_indent=first,
        subsequent_indent=" " * (indent + (0 if first.endswith("- ") else 2)),
        break_on_hyphens=False,
        break_long_words=False,
    )
