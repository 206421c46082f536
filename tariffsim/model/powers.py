"""Powers less one and their logarithms, over draws; knows no market.

`expm1` takes twice the time of `exp`, and is needed only where an exponent is next to nothing. So
all draws take the quick road, and the few that would lose digits on it the careful one. A draw's
number does not depend on its neighbours.
"""

import numpy as np

from tariffsim.arrays import Floats

NEAR = 1e-3
"""Exponents below this are treated with care; above it, no more than three digits are lost."""


def power_less_one(exponent: Floats, log_base: Floats, *, out: Floats | None = None) -> Floats:
    r"""Return :math:`(x^g - 1)/g` for exponents g and :math:`\ln x`, and ln x itself at g = 0.

    Parameters
    ----------
    exponent : (draw,)
        g.
    log_base : (..., draw or 1)
        ln x.
    out : (..., draw), optional
        Where to write; a new array if not given, and never `log_base`.

    Returns
    -------
    (..., draw)

    Examples
    --------
    >>> import numpy as np
    >>> power_less_one(np.array([0.0, 1.0, 2.0]), np.log([3.0])).round(6)
    array([1.098612, 2.      , 4.      ])
    """
    found = np.multiply(exponent, log_base, out=out)
    near = np.flatnonzero(np.abs(exponent) < NEAR)
    base = np.broadcast_to(log_base, found.shape)[..., near]
    careful = _over(np.expm1(found[..., near]), exponent[near], base)
    np.exp(found, out=found)
    found -= 1.0
    found *= 1.0 / np.where(exponent == 0.0, 1.0, exponent)
    found[..., near] = careful
    return found


def log_of_power(exponent: Floats, less_one: Floats) -> Floats:
    r"""Return :math:`\ln(1 + g y)/g`, the inverse of `power_less_one`.

    Parameters
    ----------
    exponent : (draw,)
        g.
    less_one : (..., draw)
        y.

    Returns
    -------
    (..., draw)

    Examples
    --------
    >>> import numpy as np
    >>> log_of_power(np.array([0.0, 1.0, 2.0]), np.array([1.098612, 2.0, 4.0])).round(6)
    array([1.098612, 1.098612, 1.098612])
    """
    return _over(np.log1p(exponent * less_one), exponent, less_one)


def _over(values: Floats, exponent: Floats, limit: Floats) -> Floats:
    """Divide by the exponent; where nothing is left to divide, give the limit."""
    return np.where(values == 0.0, limit, values / np.where(exponent == 0.0, 1.0, exponent))
