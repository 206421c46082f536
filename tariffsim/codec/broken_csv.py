"""What Python's reader of CSV complains of, said in plain words; knows no column and no file."""

import csv


def told(error: csv.Error) -> str:
    """Say what to do about a text that is no CSV from some line on.

    Examples
    --------
    >>> told(csv.Error("field larger than field limit (131072)"))
    'a cell must end, got: field larger than field limit (131072); look for a quote left open'
    """
    return f"a cell must end, got: {error}; look for a quote left open"
