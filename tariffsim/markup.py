"""Plain HTML of a table, every word of it escaped; knows no result."""

from collections.abc import Sequence
from html import escape


def table_html(
    *, caption: str, head: Sequence[str], rows: Sequence[Sequence[str]], words: int
) -> str:
    """Write an HTML table.

    Parameters
    ----------
    caption : str
        What the table shows.
    head : sequence of str
        Column heads.
    rows : sequence of sequence of str
        Cells; the first of each row is its head.
    words : int
        How many columns at the left hold words; the others are aligned as numbers.

    Returns
    -------
    str
        A ``table`` element without scripts or outside references.

    Examples
    --------
    >>> table_html(caption="a < b", head=("x",), rows=[("<script>",)], words=1).count("script")
    1
    >>> "<script>" in table_html(caption="a < b", head=("x",), rows=[("<script>",)], words=1)
    False
    """
    lines = ["<table>", f"<caption>{escape(caption)}</caption>", "<thead><tr>"]
    lines += [
        f'<th scope="col"{_side(n, words)}>{escape(name)}</th>' for n, name in enumerate(head)
    ]
    lines.append("</tr></thead>")
    lines.append("<tbody>")
    for first, *rest in rows:
        cells = [f'<th scope="row" style="text-align:left">{escape(first)}</th>']
        cells += [f"<td{_side(n, words)}>{escape(cell)}</td>" for n, cell in enumerate(rest, 1)]
        lines.append(f"<tr>{''.join(cells)}</tr>")
    lines += ["</tbody>", "</table>"]
    return "\n".join(lines)


def _side(column: int, words: int) -> str:
    return f' style="text-align:{"left" if column < words else "right"}"'
