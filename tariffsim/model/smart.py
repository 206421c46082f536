"""SMART: one importer's product, by partner, first order; knows no home supply and no feedback.

The named mode of Laird and Yeats, as the World Bank's trade portal runs it, for results that must
compare with theirs. Creation and diversion come from a two-level structure and are added: the
response to a partner's own rate is larger than a consistent CES demand would give.
"""

import attrs
import numpy as np

from tariffsim.arrays import Floats, read_only
from tariffsim.errors import InputError


@attrs.frozen(kw_only=True, eq=False)
class SmartResult:
    """Effects of a change in rates; values in the units of the imports."""

    trade_creation: Floats = attrs.field(converter=read_only)  # (..., importer, exporter, product)
    trade_diversion: Floats = attrs.field(
        converter=read_only
    )  # the same; sums to zero over exporters
    customs_value: Floats = attrs.field(converter=read_only)  # the same; imports after the change
    border_price_change: Floats = attrs.field(converter=read_only)  # the same; ratio
    revenue_difference: Floats = attrs.field(converter=read_only)  # the same
    welfare_difference: Floats = attrs.field(converter=read_only)  # the same; the importer's


def solve(
    imports: Floats,
    applied_rate: Floats,
    counterfactual_rate: Floats,
    *,
    import_demand_elasticity: Floats | float,
    substitution_elasticity: Floats | float = 1.5,
    export_supply_elasticity: Floats | float = 99.0,
) -> SmartResult:
    """Return creation, diversion, revenue and welfare of a change in rates.

    Parameters
    ----------
    imports : (..., importer, exporter, product)
        Value before duty; own trade is not part of it.
    applied_rate, counterfactual_rate : (..., importer, exporter, product)
        Fractions, before and after.
    import_demand_elasticity, substitution_elasticity : broadcast to imports
        Magnitudes. Between partners the portal's default is 1.5.
    export_supply_elasticity : broadcast to imports
        Magnitude. The portal's default of 99 stands for an infinite one; give `numpy.inf` for
        just that.

    Returns
    -------
    SmartResult
        By importer, partner and product.

    Raises
    ------
    InputError
        A value has no meaning.

    Notes
    -----
    With m imports, t rate before and t' after, e, s, x the three magnitudes, i partner::

        creation_i  = -m_i (e / (1 + e / x)) (t_i' - t_i) / (1 + t_i)
        diversion_i = m_i (r_i^-s M / sum_j m_j r_j^-s - 1),   r = (1 + t') / (1 + t),  M = sum m
        revenue     = t' m' - t m,   m' = m + creation + diversion
        welfare     = (t + t') / 2 creation

    For one preferred partner p and all others n, diversion is the published
    m_p m_n (r^-s - 1) / (m_p + m_n + m_p (r^-s - 1)); for several it moves the total the same
    way and still sums to zero. The border price moves by creation / (m x), which is nothing
    where supply is infinite. Creation is linear, so a rise in rates that is large enough takes
    imports below zero; that is the method's, and is left to be seen.

    References
    ----------
    Laird, S. and Yeats, A. (1986), The UNCTAD Trade Policy Simulation Model, UNCTAD Discussion
    Paper 19. Jammes, O. and Olarreaga, M. (2005), Explaining SMART and GSIM, World Bank.

    Examples
    --------
    A preference for one of two partners:

    >>> import numpy as np
    >>> result = solve(
    ...     np.array([[[100.0], [100.0]]]),
    ...     np.array([[[0.1], [0.1]]]),
    ...     np.array([[[0.0], [0.1]]]),
    ...     import_demand_elasticity=1.0,
    ...     export_supply_elasticity=np.inf,
    ... )
    >>> result.trade_creation[0, :, 0].round(3), result.trade_diversion[0, :, 0].round(3)
    (array([9.091, 0.   ]), array([ 7.136, -7.136]))
    """
    m, before, after, e, s, x = (
        np.asarray(value, dtype=np.float64)
        for value in (
            imports,
            applied_rate,
            counterfactual_rate,
            import_demand_elasticity,
            substitution_elasticity,
            export_supply_elasticity,
        )
    )
    rules = (
        (bool((m >= 0).all()), "imports must not be negative or missing"),
        (bool((before > -1).all() and (after > -1).all()), "rates must be above -100%"),
        (bool((e >= 0).all() and (s >= 0).all()), "elasticities are magnitudes"),
        (bool((x > 0).all()), "export supply elasticity must be positive"),
    )
    faults = [text for good, text in rules if not good]
    if faults:
        raise InputError("SMART cannot use its inputs: " + "; ".join(faults))
    cheaper = (before - after) / (1.0 + before)
    created = cheaper * e / (1.0 + e / x)
    creation = m * created
    relative = ((1.0 + after) / (1.0 + before)) ** -s
    total, moved = m.sum(axis=-2, keepdims=True), (m * relative).sum(axis=-2, keepdims=True)
    diversion = m * (relative * total / np.where(moved > 0, moved, 1.0) - 1.0)
    value = m + creation + diversion
    return SmartResult(
        trade_creation=creation,
        trade_diversion=diversion,
        customs_value=value,
        border_price_change=1.0 + created / x,
        revenue_difference=after * value - before * m,
        welfare_difference=0.5 * (before + after) * creation,
    )
