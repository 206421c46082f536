"""What is collected of new duties, fitted to months that are known; knows arrays, no source."""

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError

STEPS = 2000
"""Steps of the search from nothing to everything: a step is a twentieth of a percent."""


@attrs.frozen(kw_only=True, eq=False)
class CollectionFit:
    """The share of new duties that is collected.

    Parameters
    ----------
    share : float, fraction
        The best for all months together.
    by_month : (month,), fraction
        The share that would meet each month by itself; nan where nothing is new.
    fitted : (month,), fraction
        Rise of the rate collected with the share.
    """

    share: float
    by_month: Floats
    fitted: Floats


def collected_rate(duty: Floats, value: Floats, share: float) -> Floats:
    r"""Return duty over value, by month, where a share of the goods pays what is new.

    Parameters
    ----------
    duty, value : (2, month), money
        Where nothing is new, and where all pay it.
    share : float, fraction
        What is collected.

    Returns
    -------
    (month,), fraction

    Notes
    -----
    .. math:: r_m(c) = \frac{D^0 + c\,(D^1_m - D^0)}{V^0 + c\,(V^1_m - V^0)}

    Examples
    --------
    >>> import numpy as np
    >>> collected_rate(np.array([[10.0], [30.0]]), np.array([[100.0], [80.0]]), 0.5)
    array([0.22222222])
    """
    found: Floats = (duty[0] + share * (duty[1] - duty[0])) / (
        value[0] + share * (value[1] - value[0])
    )
    return found


def fit_collection(observed: Floats, duty: Floats, value: Floats) -> CollectionFit:
    """Fit the share of new duties that is collected, by least squares over months.

    Parameters
    ----------
    observed : (month,), fraction
        Rise of the rate collected over that of the benchmark.
    duty, value : (2, month), money
        Where nothing is new, and where all pay what is new.

    Returns
    -------
    CollectionFit

    Notes
    -----
    One number is looked for in [0, 1], on a grid of a twentieth of a percent: finer than any use
    of it, and the same on every machine.

    Examples
    --------
    >>> import numpy as np
    >>> duty, value = np.array([[10.0], [30.0]]), np.array([[100.0], [80.0]])
    >>> round(fit_collection(np.array([0.2222 - 0.1]), duty, value).share, 3)
    0.5
    """
    if observed.shape != duty.shape[1:] or duty.shape != value.shape:
        raise InputError("observed must be (month,), duty and value (2, month); check the months")
    grid = np.linspace(0.0, 1.0, STEPS + 1)
    before = duty[0] / value[0]
    rises = np.stack([collected_rate(duty, value, share) - before for share in grid.tolist()])
    off = (rises - observed) ** 2
    new = duty[1] != duty[0]
    return CollectionFit(
        share=float(grid[off.sum(axis=1).argmin()]),
        by_month=np.where(new, grid[off.argmin(axis=0)], np.nan),
        fitted=rises[off.sum(axis=1).argmin()],
    )
