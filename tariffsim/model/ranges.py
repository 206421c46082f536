"""Whether numbers lie between two bounds, said in words; knows not what the numbers are."""

from tariffsim.arrays import Floats
from tariffsim.errors import InputError


def beyond(name: str, values: Floats, low: float, high: float) -> str | None:
    """Say that values leave a range, ends included; a number that is none leaves every range.

    Examples
    --------
    >>> import numpy as np
    >>> beyond("share", np.array([0.5, 1.5]), 0.0, 1.0)
    'share must be between 0 and 1, got 0.5 to 1.5'
    >>> beyond("share", np.array([0.5, 1.0]), 0.0, 1.0) is None
    True
    """
    if not values.size or (values.min() >= low and values.max() <= high):
        return None
    return f"{name} must be between {low:g} and {high:g}, got {values.min():g} to {values.max():g}"


def check_between(name: str, values: Floats, low: float, high: float) -> None:
    """Refuse values outside a range, ends included.

    Raises
    ------
    InputError
        One leaves it, or is no number.
    """
    wrong = beyond(name, values, low, high)
    if wrong is not None:
        raise InputError(wrong)
