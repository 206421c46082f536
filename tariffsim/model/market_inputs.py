"""From trade values, rates and elasticities to what the market kernels take; solves nothing."""

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import EXPORTER, Floats
from tariffsim.errors import InputError


def inverse_supply(export_supply_elasticity: npt.ArrayLike) -> Floats:
    """Turn export supply elasticities into the inverses that `solve` takes.

    Parameters
    ----------
    export_supply_elasticity : array_like
        Above zero; infinity is allowed.

    Returns
    -------
    ndarray
        1 / elasticity, and 0 where it is infinite.

    Examples
    --------
    >>> inverse_supply([2.0, float("inf")])
    array([0.5, 0. ])
    """
    omega = np.asarray(export_supply_elasticity, dtype=np.float64)
    if not np.all(omega > 0):
        raise InputError(
            f"export_supply_elasticity must be above zero, got {omega.min()}; "
            "write the magnitude, or inf for a perfectly elastic source"
        )
    return np.asarray(1.0 / omega)


def wedge_change(rate_old: npt.ArrayLike, rate_new: npt.ArrayLike) -> Floats:
    """Return (1 + new rate) / (1 + old rate), the wedge that `solve` takes.

    Parameters
    ----------
    rate_old, rate_new : array_like, fraction
        Ad valorem on the duty-exclusive customs value.

    Examples
    --------
    >>> float(wedge_change(0.1, 0.21).round(12))
    1.1
    """
    old, new = np.asarray(rate_old, dtype=np.float64), np.asarray(rate_new, dtype=np.float64)
    return np.asarray((1.0 + new) / (1.0 + old))


def expenditure_share(customs_value: Floats, rate: npt.ArrayLike) -> Floats:
    """Return each source's share of what a market spends, duty included.

    Parameters
    ----------
    customs_value : (..., exporter, product), money
        Duty-exclusive value at the border.
    rate : (..., exporter, product), fraction

    Raises
    ------
    InputError
        Where nobody sells: such a market has no shares.

    Examples
    --------
    >>> import numpy as np
    >>> expenditure_share(np.array([[100.0], [110.0]]), np.array([[0.1], [0.0]]))
    array([[0.5],
           [0.5]])
    """
    landed = customs_value * (1.0 + np.asarray(rate, dtype=np.float64))
    total = landed.sum(axis=EXPORTER, keepdims=True)
    if not np.all(total > 0):
        raise InputError("customs_value must be above zero in every market; leave empty ones out")
    return np.asarray(landed / total)


def require_gross_substitutes(
    armington_elasticity: npt.ArrayLike, import_demand_elasticity: npt.ArrayLike
) -> None:
    """Refuse elasticities under which a duty on one source cuts the trade of the others too.

    Parameters
    ----------
    armington_elasticity, import_demand_elasticity : array_like
        Magnitudes, broadcast against each other.

    Raises
    ------
    InputError
        Where the elasticity among sources does not exceed that of demand.

    Examples
    --------
    >>> require_gross_substitutes(2.5, 1.2)
    """
    sigma, eta = np.broadcast_arrays(armington_elasticity, import_demand_elasticity)
    wrong = ~(sigma > eta)
    if wrong.any():
        first = int(np.flatnonzero(wrong)[0])
        raise InputError(
            "armington_elasticity must exceed import_demand_elasticity, got "
            f"{sigma.flat[first]:g} and {eta.flat[first]:g} ({int(wrong.sum())} of {wrong.size}); "
            "scale both by one draw to keep their ratio"
        )
