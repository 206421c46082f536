"""Growth of a flow had nothing changed; knows years, not whose trade."""

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats
from tariffsim.errors import InputError


def growth_factors(growth: npt.ArrayLike, years: Floats) -> Floats:
    r"""Return the level of each month over that of the benchmark year, (month, draw...).

    Parameters
    ----------
    growth : (draw...) or number, fraction a year
        Above -1.
    years : (month,), years
        From the middle of the benchmark year.

    Returns
    -------
    (month, draw...)

    Notes
    -----
    .. math:: (1 + g)^{h}

    Examples
    --------
    >>> import numpy as np
    >>> growth_factors(0.21, np.array([0.0, 0.5, 1.0])).round(4)
    array([1.  , 1.1 , 1.21])
    """
    rate = np.asarray(growth, dtype=np.float64)
    if not np.all(rate > -1):
        raise InputError(f"growth must be above -100 % a year, got {rate.min()}")
    return np.exp(np.multiply.outer(years, np.log1p(rate)))
