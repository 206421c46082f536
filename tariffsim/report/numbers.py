"""Numbers for readers: as many places as the size allows, a true minus, units beside; no locale."""

from collections.abc import Iterable

from tariffsim.arrays import Floats

MINUS = "\N{MINUS SIGN}"

NONE_ON_ALL = "none on all goods"


def none_on_all(name: str, levels: Iterable[Floats]) -> bool:
    """Tell whether a metric is an add-on on all goods that is nil in every branch.

    Where every measure is on a list of goods, a nil would read as if no duty were levied.

    Examples
    --------
    >>> import numpy as np
    >>> none_on_all("statutory_rate", [np.zeros(3)]), none_on_all("welfare", [np.zeros(3)])
    (True, False)
    """
    return name == "statutory_rate" and not any(level.any() for level in levels)


def places_of(*values: float) -> int:
    """Choose decimals by the largest of some numbers that stand together.

    Examples
    --------
    >>> places_of(1234.5), places_of(12.3, 1.0), places_of(0.5)
    (0, 1, 2)
    """
    largest = max((abs(value) for value in values), default=0.0)
    return 0 if largest >= 1000 else 1 if largest >= 10 else 2


def written(value: float, places: int, *, signed: bool = False) -> str:
    """Write a number with thousands and a true minus; nothing is ever minus zero.

    Examples
    --------
    >>> written(-1234.5, 1), written(3.0, 0, signed=True), written(-0.001, 1)
    ('−1,234.5', '+3', '0.0')
    """
    rounded = round(value, places) + 0.0
    sign = MINUS if rounded < 0 else "+" if signed and rounded > 0 else ""
    return f"{sign}{abs(rounded):,.{places}f}"


def figure(value: float, *, signed: bool = False) -> str:
    """Write one number with the places its own size allows, without idle zeros.

    Examples
    --------
    >>> figure(30.0), figure(548.63), figure(-0.254)
    ('30', '548.6', '−0.25')
    """
    text = written(value, places_of(value), signed=signed)
    return text.rstrip("0").rstrip(".") if "." in text else text


def percent(fraction: float) -> str:
    """Write a probability or share.

    Examples
    --------
    >>> percent(0.33), percent(0.004), percent(1.0)
    ('33 %', '0.4 %', '100 %')
    """
    value = 100.0 * fraction
    return f"{value:.0f} %" if value >= 1 or value == 0 else f"{value:.1f} %"


def band(low: float, middle: float, high: float, *, signed: bool = False) -> tuple[str, str]:
    """Write a median and its band; the band is empty where it has no width.

    Examples
    --------
    >>> band(536.7, 548.6, 560.2)
    ('548.6', '536.7 to 560.2')
    >>> band(0.0, 0.0, 0.0, signed=True)
    ('same', '')
    """
    places = places_of(low, middle, high)
    ends = [written(value, places) for value in (low, high)]
    if signed and all(round(value, places) == 0 for value in (low, middle, high)):
        return "same", ""
    text = written(middle, places, signed=signed)
    return text, "" if ends[0] == ends[1] else f"{ends[0]} to {ends[1]}"


def banded(low: float, middle: float, high: float) -> str:
    """Write a median with its band in brackets, where it has a width.

    Examples
    --------
    >>> banded(536.7, 548.6, 560.2), banded(3.0, 3.0, 3.0)
    ('548.6 (536.7 to 560.2)', '3.00')
    """
    text, ends = band(low, middle, high)
    return f"{text} ({ends})" if ends else text
