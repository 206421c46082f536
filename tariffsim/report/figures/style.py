"""One look for every figure: colours, lines, type; light here, and what each colour is in the dark.

Series colours are those of Okabe and Ito, which people with any common colour blindness can tell
apart; black and yellow are left out, because the first is the text's and the second is lost on
paper. Text beside a line has a darker shade of its colour, so that it can be read.

References
----------
Okabe and Ito (2008), Color Universal Design, https://jfly.uni-koeln.de/color/
"""

from collections.abc import Mapping

INK = "#1b1f24"
QUIET = "#57606a"
RULE = "#d0d7de"
PAPER = "#ffffff"
AHEAD = "#eef0f3"
"""Ground of what is projected."""

SERIES = ("#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9", "#7a8490")
LABELS = ("#005f96", "#a84700", "#00694d", "#8f4a72", "#805600", "#1c6a99", "#57606a")
DASHES: tuple[str | tuple[int, tuple[int, ...]], ...] = (
    "solid",
    (0, (5, 1)),
    (0, (3, 1, 1, 1)),
    (0, (1, 1)),
    (0, (7, 2)),
    (0, (5, 1, 1, 1, 1, 1)),
    (0, (2, 2)),
)
RAMP = ("#f2f6fa", "#d6e6f2", "#a9cde6", "#6fadd6", "#3a87bd", "#12609a", "#083c66")
"""Light to dark, for cells; the same in the dark, because a cell carries its own ground."""

DARK: Mapping[str, str] = {
    INK: "#e6e9ed",
    QUIET: "#a3adb8",
    RULE: "#3c444d",
    PAPER: "#15181c",
    AHEAD: "#23282e",
    "#0072b2": "#4fb0ea",
    "#d55e00": "#f08a3c",
    "#009e73": "#2fc79b",
    "#cc79a7": "#dd94bc",
    "#e69f00": "#f0b429",
    "#56b4e9": "#8fd0f7",
    "#7a8490": "#8b96a3",
    "#005f96": "#6cc0f2",
    "#a84700": "#f5a267",
    "#00694d": "#55d6b0",
    "#8f4a72": "#e8aecd",
    "#805600": "#f3c55c",
    "#1c6a99": "#a6daf9",
}
"""What each colour becomes on a dark page."""

SIZE = 9.0
SMALL = 8.0

SETTINGS: Mapping[str, object] = {
    "font.family": ["DejaVu Sans"],
    "font.size": SIZE,
    "text.color": INK,
    "text.parse_math": False,
    "axes.titlesize": SIZE,
    "axes.titleweight": "bold",
    "axes.titlelocation": "left",
    "axes.labelsize": SMALL,
    "axes.labelcolor": QUIET,
    "axes.edgecolor": QUIET,
    "axes.linewidth": 0.7,
    "axes.facecolor": "none",
    "axes.grid": True,
    "axes.grid.axis": "y",
    "axes.axisbelow": True,
    "axes.spines.top": False,
    "axes.spines.right": False,
    "axes.unicode_minus": True,
    "grid.color": RULE,
    "grid.linewidth": 0.6,
    "xtick.labelsize": SMALL,
    "ytick.labelsize": SMALL,
    "xtick.color": QUIET,
    "ytick.color": QUIET,
    "xtick.major.size": 3.0,
    "ytick.major.size": 0.0,
    "lines.linewidth": 1.6,
    "patch.linewidth": 0.0,
    "hatch.linewidth": 0.5,
    "figure.facecolor": "none",
    "savefig.facecolor": "none",
    "figure.dpi": 72.0,
    "svg.fonttype": "none",
}
"""Matplotlib's settings while something is drawn; what is not named here is its default."""


def colour(position: int) -> str:
    """Give the colour of a series by its position; there are seven, then they come again."""
    return SERIES[position % len(SERIES)]


def label_colour(position: int) -> str:
    """Give the colour of text that belongs to a series."""
    return LABELS[position % len(LABELS)]


def dash(position: int) -> str | tuple[int, tuple[int, ...]]:
    """Give the line style of a series, so that colour is never alone in telling it apart."""
    return DASHES[position % len(DASHES)]


def contrast(first: str, second: str) -> float:
    """Contrast of two colours after WCAG 2.2, from 1 to 21.

    References
    ----------
    W3C (2023), Web Content Accessibility Guidelines 2.2, https://www.w3.org/TR/WCAG22/

    Examples
    --------
    >>> contrast("#000000", "#ffffff")
    21.0
    """
    light, dark = sorted((_luminance(first), _luminance(second)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def _luminance(colour_: str) -> float:
    parts = [int(colour_[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [p / 12.92 if p <= 0.04045 else ((p + 0.055) / 1.055) ** 2.4 for p in parts]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
