"""Cells of tables that spreadsheets open: what would run as a formula is shown as text instead.

A spreadsheet takes a cell that begins with one of a few characters for a formula, wherever the text
came from. An apostrophe before it makes it text; a plain number stays a number.
"""

import re

FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")
NUMBER = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)([eE][+-]?\d+)?|-?inf|nan")


def plain_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula.

    Parameters
    ----------
    text : str
        What is to be shown.

    Returns
    -------
    str
        The same, after an apostrophe where it could be run.

    Notes
    -----
    The rule is OWASP's against CSV injection: https://owasp.org/www-community/attacks/CSV_Injection

    Examples
    --------
    >>> plain_cell("=1+1"), plain_cell("-4.5e-3"), plain_cell("-4.5 apples"), plain_cell("USA")
    ("'=1+1", '-4.5e-3', "'-4.5 apples", 'USA')
    """
    if text.lstrip(" ").startswith(FORMULA) and not NUMBER.fullmatch(text):
        return f"'{text}"
    return text
