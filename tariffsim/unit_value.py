"""What one unit of some goods is worth, and units of weight; knows no measure and no rate."""

import re
from decimal import Decimal
from fractions import Fraction

import attrs

GRAMS = {
    "gram": Fraction(1),
    "kilogram": Fraction(1000),
    "tonne": Fraction(1_000_000),
    "pound": Fraction("453.59237"),
}
_SHORT = {"g": "gram", "kg": "kilogram", "t": "tonne", "lb": "pound", "w": "watt"}
_WRITTEN = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([A-Z]{3})?\s*/\s*([^\s/].*)")


@attrs.frozen(kw_only=True)
class UnitValue:
    """What one unit of some goods is worth.

    Parameters
    ----------
    amount : Decimal
        Customs value of one unit, currency units.
    per : str
        The unit: kilogram, tonne, gram, pound, or any word that a measure of the log uses.
    currency : str, optional
        ISO 4217 code; None is that of the measure.
    """

    amount: Decimal
    per: str
    currency: str | None = None


def parse_unit_value(text: str) -> UnitValue:
    """Read a unit value.

    Parameters
    ----------
    text : str
        As ``12.50/kg``, ``12.50 USD/kilogram`` or ``40/postal item``.

    Raises
    ------
    ValueError
        It has another form, or is nil.

    Examples
    --------
    >>> parse_unit_value("12.50 USD/kg").per
    'kilogram'
    """
    matched = _WRITTEN.fullmatch(text.strip())
    if matched is None or not Decimal(matched[1]):
        raise ValueError(
            f"unit value must be an amount above zero and a unit, got {text!r}; "
            "as 12.50/kg, 12.50 USD/kg or 40/item"
        )
    return UnitValue(amount=Decimal(matched[1]), currency=matched[2], per=unit_name(matched[3]))


def unit_name(text: str) -> str:
    """Write a unit in full where it is known by a short name."""
    return _SHORT.get(text.strip().lower(), text.strip())


def units_ratio(unit: str, other: str) -> Fraction | None:
    """Say how many of another unit one unit is; None where they do not compare.

    Examples
    --------
    >>> units_ratio("tonne", "kilogram")
    Fraction(1000, 1)
    """
    if unit in GRAMS and other in GRAMS:
        return GRAMS[unit] / GRAMS[other]
    return Fraction(1) if unit == other else None
