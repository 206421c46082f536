"""The exact Armington market with finite supply, on arrays; knows no names, dates or law.

One importer buys one product from several sources. Every market reduces to one equation in the
logarithm of its price index, solved here for any number of markets at once.
"""

from functools import cached_property

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import EXPORTER, Floats, read_only
from tariffsim.errors import InputError, NotConverged
from tariffsim.model import armington_root as root
from tariffsim.model.armington_markets import (
    Cell,
    Markets,
    Scratch,
    cells,
    cut,
    markets,
    memory,
    shaped,
)


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Equilibrium:
    """What one set of markets does after its duties moved, in logarithms of new over old.

    The ratios themselves are worked out when first asked for: an exponential costs more than the
    solution, and most callers need few of them.

    Parameters
    ----------
    log_price_index : (..., product)
        The price of the product to the importer, over all sources.
    log_border_price, log_landed_price : (..., exporter, product)
        Before and after duty.
    log_quantity : (..., exporter, product)
    residual : float
        Largest error left, over all markets, in the logarithm of the price index.
    iterations : int
        Most steps in double precision that a cell of markets took; 0 for a closed form.
    converged : bool
        Whether `residual` is within the tolerance asked for.
    """

    log_price_index: Floats = attrs.field(converter=read_only)
    log_border_price: Floats = attrs.field(converter=read_only)
    log_landed_price: Floats = attrs.field(converter=read_only)
    log_quantity: Floats = attrs.field(converter=read_only)
    residual: float
    iterations: int
    converged: bool

    @cached_property
    def price_index_change(self) -> Floats:
        """Price index, new over old; (..., product)."""
        return _ratio(self.log_price_index)

    @cached_property
    def border_price_change(self) -> Floats:
        """Price before duty, new over old; (..., exporter, product)."""
        return _ratio(self.log_border_price)

    @cached_property
    def landed_price_change(self) -> Floats:
        """Price after duty, new over old; (..., exporter, product)."""
        return _ratio(self.log_landed_price)

    @cached_property
    def quantity_change(self) -> Floats:
        """Quantity, new over old; (..., exporter, product)."""
        return _ratio(self.log_quantity)


def _ratio(logarithm: Floats) -> Floats:
    ratio = np.exp(logarithm)
    ratio.flags.writeable = False
    return ratio


@attrs.frozen(kw_only=True)
class _Answer:
    """Where the logarithms of a solution are written, exporter axis first."""

    index: Floats
    border: Floats
    landed: Floats
    quantity: Floats


def solve(
    expenditure_share: npt.ArrayLike,
    price_wedge_change: npt.ArrayLike,
    *,
    armington_elasticity: npt.ArrayLike,
    import_demand_elasticity: npt.ArrayLike,
    inverse_supply_elasticity: npt.ArrayLike,
    tolerance: float = 1e-12,
    max_iterations: int = 50,
) -> Equilibrium:
    r"""Solve every market exactly.

    Parameters
    ----------
    expenditure_share : (..., exporter, product), fraction
        Benchmark shares at landed prices; sum to one over exporters. A source may have none.
    price_wedge_change : (..., exporter, product), ratio
        New over old (1 + rate); see `market_inputs.wedge_change`.
    armington_elasticity, import_demand_elasticity : (..., 1, product) or number
        Magnitudes, above zero.
    inverse_supply_elasticity : (..., exporter, product) or number
        1 / elasticity of export supply; 0 is infinitely elastic. See
        `market_inputs.inverse_supply`.
    tolerance : float
        Largest error allowed in the logarithm of a price index.
    max_iterations : int
        Steps in double precision before giving up.

    Returns
    -------
    Equilibrium
        Arrays of the shape all arguments broadcast to.

    Raises
    ------
    InputError
        Where an argument is out of its range or the shapes do not fit.
    NotConverged
        Names the worst market; no number is returned.

    Notes
    -----
    With hats for new over old, s the shares, tau the wedge, b and p the border and landed
    prices, sigma the elasticity among sources, eta that of demand, omega that of supply,

    .. math::

        q_j = (p_j/P)^{-\sigma} P^{-\eta} = b_j^{\omega_j}, \quad p_j = b_j \tau_j, \quad
        P^{1-\sigma} = \sum_j s_j p_j^{1-\sigma}

    and so, in logarithms, one equation in x = ln P:

    .. math::

        \sum_j s_j \left(e^{y_j(x)} - 1\right) = 0, \qquad
        y_j(x) = (1-\sigma)\,\frac{\ln\tau_j - (1 + \eta/\omega_j)\,x}{1 + \sigma/\omega_j}

    Its left side is monotone in x, so the solution is unique. It is approached in single
    precision, where an exponential costs a quarter, and finished by Halley's step in double; the
    residual at the new point follows from the derivatives in hand and a bound on the rest, so
    that no further exponentials are spent on checking it. Where all sources of each market share
    one supply elasticity, y_j is a constant plus one common slope and x is had at once.

    References
    ----------
    Armington, P. S. (1969), A theory of demand for products distinguished by place of
    production, IMF Staff Papers 16(1). https://doi.org/10.2307/3866403

    Hallren, R. and Riker, D. (2017), An introduction to partial equilibrium modeling of trade
    policy, USITC Economics Working Paper 2017-07-B.

    Examples
    --------
    A duty of 10 % on the first of two equal sources, both infinitely elastic:

    >>> import numpy as np
    >>> answer = solve(
    ...     np.array([[0.5], [0.5]]),
    ...     np.array([[1.1], [1.0]]),
    ...     armington_elasticity=2.0,
    ...     import_demand_elasticity=1.0,
    ...     inverse_supply_elasticity=0.0,
    ... )
    >>> answer.price_index_change.round(6)
    array([1.047619])
    >>> answer.quantity_change.round(6)
    array([[0.865801],
           [1.047619]])
    """
    if not tolerance > 0:
        raise InputError(f"tolerance must be above zero, got {tolerance}; leave it out for 1e-12")
    if max_iterations < 1:
        raise InputError(f"max_iterations must be at least 1, got {max_iterations}")
    whole = markets(
        expenditure_share,
        price_wedge_change,
        armington_elasticity,
        import_demand_elasticity,
        inverse_supply_elasticity,
    )
    answer, flat = _empty_answer(whole.shape), memory(whole.shape)
    direct = root.has_closed_form(whole)
    errors: list[tuple[float, tuple[int, ...]]] = [(0.0, ())]
    steps = 0
    for cell in cells(whole.shape):
        part = cut(whole, cell)
        scratch = shaped(flat, part.shape)
        if direct:
            x, error = root.closed_form(part, scratch)
        else:
            x, error, taken = root.newton(part, scratch, tolerance, max_iterations)
            steps = max(steps, taken)
        errors.append(_worst(error, cell))
        _write(part, x, scratch, _target(answer, cell))
    residual, market = max(errors)
    if residual > tolerance:
        raise NotConverged(
            f"the Armington market at index {market} (lead axes, then product) did not settle; "
            "check its shares and elasticities, or allow more iterations",
            iterations=steps,
            residual=residual,
        )
    return _equilibrium(answer, residual, steps)


def log_linear(
    expenditure_share: npt.ArrayLike,
    price_wedge_change: npt.ArrayLike,
    *,
    armington_elasticity: npt.ArrayLike,
    import_demand_elasticity: npt.ArrayLike,
    inverse_supply_elasticity: npt.ArrayLike,
) -> Equilibrium:
    r"""Solve every market to first order: the tangent of `solve` at no change.

    Arguments and shapes are those of `solve`. The answer is not an equilibrium of the exact
    model, so `residual` is that of the linear system, zero by construction.

    Notes
    -----
    With all symbols in logarithms of changes and the legend of `solve`,

    .. math::

        \omega_j (p_j - \tau_j) = -\sigma p_j + (\sigma - \eta) \sum_i s_i p_i

    Examples
    --------
    >>> import numpy as np
    >>> tangent = log_linear(
    ...     np.array([[0.5], [0.5]]),
    ...     np.array([[1.1], [1.0]]),
    ...     armington_elasticity=2.0,
    ...     import_demand_elasticity=1.0,
    ...     inverse_supply_elasticity=0.0,
    ... )
    >>> float(tangent.price_index_change[0].round(6))  # the square root of 1.1
    1.048809
    """
    whole = markets(
        expenditure_share,
        price_wedge_change,
        armington_elasticity,
        import_demand_elasticity,
        inverse_supply_elasticity,
    )
    answer, flat = _empty_answer(whole.shape), memory(whole.shape)
    for cell in cells(whole.shape):
        part = cut(whole, cell)
        scratch = shaped(flat, part.shape)
        _write(part, root.first_order(part, scratch), scratch, _target(answer, cell))
    return _equilibrium(answer, 0.0, 0)


def _empty_answer(shape: tuple[int, ...]) -> _Answer:
    exporters, *lead, products = shape

    def empty() -> Floats:
        return np.moveaxis(np.empty((*lead, exporters, products)), EXPORTER, 0)

    return _Answer(
        index=np.empty((*lead, products)), border=empty(), landed=empty(), quantity=empty()
    )


def _target(answer: _Answer, cell: Cell) -> _Answer:
    return _Answer(
        index=answer.index[cell],
        border=answer.border[:, *cell],
        landed=answer.landed[:, *cell],
        quantity=answer.quantity[:, *cell],
    )


def _equilibrium(answer: _Answer, residual: float, iterations: int) -> Equilibrium:
    def locked(values: Floats) -> Floats:
        values.flags.writeable = False
        return values

    def back(values: Floats) -> Floats:
        return locked(np.moveaxis(values, 0, EXPORTER))

    return Equilibrium(
        log_price_index=locked(answer.index),
        log_border_price=back(answer.border),
        log_landed_price=back(answer.landed),
        log_quantity=back(answer.quantity),
        residual=residual,
        iterations=iterations,
        converged=True,
    )


def _write(part: Markets, x: Floats, scratch: Scratch, target: _Answer) -> None:
    """Turn ln P and y, in the first buffer, into logarithms of prices and quantities."""
    y = scratch.doubles[0]
    target.index[...] = x
    np.multiply(y, 1.0 / part.gap, out=target.landed)
    np.add(target.landed, x, out=target.landed)
    np.subtract(target.landed, part.log_wedge, out=target.border)
    # ln q = -sigma (ln p - x) - eta x, and y already holds (1 - sigma)(ln p - x).
    np.subtract(y, target.landed, out=target.quantity)
    np.add(target.quantity, part.demand[0] * x, out=target.quantity)


def _worst(error: Floats, cell: Cell) -> tuple[float, tuple[int, ...]]:
    """Return the largest error of a cell and the index of its market; NaN counts as infinite."""
    error = np.where(np.isnan(error), np.inf, error)
    local = np.unravel_index(int(error.argmax()), error.shape)
    index = tuple(int(at) + where.start for at, where in zip(local, cell, strict=True))
    return float(error[local]), index
