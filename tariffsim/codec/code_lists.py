"""Long lists of quoted codes, read at once instead of code by code; knows no schema.

The sheets of a log hold tens of thousands of tariff codes. A parser that looks at each of them
takes most of the time that reading a log costs, so it is shown such a list empty, at the same
place; what stood there is filled in where the parser meets it. A list that the parser does not
meet was text of something else, and the file is then read as it stands.
"""

import re

SHORTEST = 8
"""Lists with fewer codes are left to the parser."""

_CODE = re.compile(r'"([0-9.]*)"')
_LIST = re.compile(rf'(?<=: )\["[0-9.]*"(?:,[ \n]*"[0-9.]*"){{{SHORTEST - 1},}}[ \n]*\]')
_NOT_BREAK = re.compile(r"[^\n]+")


def taken_out(text: str) -> tuple[str, dict[tuple[int, int], list[str]]]:
    """Empty the long lists of quoted codes in a text.

    Parameters
    ----------
    text : str
        YAML, its lines ended by LF; any other text is returned as it is.

    Returns
    -------
    text : str
        As long, with the same lines, and blanks where the codes stood.
    lists : dict of (line, column) to list of str
        The codes that stood there, under the place of their bracket; lines and columns from 1.

    Examples
    --------
    >>> text, lists = taken_out('shares: ' + str(["01"] * 8).replace("'", '"'))
    >>> text.split(), [len(codes) for codes in lists.values()]
    (['shares:', '[', ']'], [8])
    """
    if "\r" in text:
        return text, {}
    pieces: list[str] = []
    lists: dict[tuple[int, int], list[str]] = {}
    end, line = 0, 1
    for found in _LIST.finditer(text):
        start = found.start()
        line += text.count("\n", end, start)
        column = start - text.rfind("\n", 0, start)
        held = found[0]
        lists[line, column] = _CODE.findall(held)
        blank = _NOT_BREAK.sub(lambda run: " " * len(run[0]), held[1:-1])
        pieces += (text[end:start], "[", blank, "]")
        line += held.count("\n")
        end = found.end()
    return "".join((*pieces, text[end:])), lists
