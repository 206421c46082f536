"""Armington markets as one equation each, checked and cut to fit the cache; solves nothing.

Arrays come in as (..., exporter, product) and are held with the exporter axis first, so that a
sum over sources adds whole rows.
"""

import itertools
import math
from collections.abc import Iterator

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import EXPORTER, Floats
from tariffsim.errors import InputError

Cell = tuple[slice, ...]

# Numbers in a cell of work: enough that the calls do not matter, few enough for the caches.
CELL = 32768
# Stands for 1 - sigma where sigma is exactly 1. Every formula holds it as expm1(gap * y) / gap,
# which in floating point *is* its limit y at this size, so the limit costs no branch.
NEARLY_NOTHING = 1e-30
SHARE_TOLERANCE = 1e-9


@attrs.frozen(kw_only=True)
class Markets:
    """The equation of every market, exporter axis first, all arrays of one rank.

    With x = ln P and y_j = gap (ln p_j - x), the price index says sum_j s_j (exp y_j - 1) = 0,
    where y_j = scale_j log_wedge_j + slope_j x.
    """

    shape: tuple[int, ...]  # exporter, lead..., product
    share: Floats = attrs.field(eq=False)
    wedge: Floats = attrs.field(eq=False)
    log_wedge: Floats = attrs.field(eq=False)
    scale: Floats = attrs.field(eq=False)  # gap / (1 + sigma / omega_j)
    slope: Floats = attrs.field(eq=False)  # -scale_j (1 + eta / omega_j)
    gap: Floats = attrs.field(eq=False)  # (1, lead..., product), 1 - sigma
    demand: Floats = attrs.field(eq=False)  # (1, lead..., product), 1 - eta


@attrs.frozen(kw_only=True)
class Scratch:
    """Working memory for one cell, taken once: fresh pages cost as much as the arithmetic."""

    doubles: Floats = attrs.field(eq=False)  # (4, exporter, lead..., product)
    singles: npt.NDArray[np.float32] = attrs.field(eq=False)  # the same


def markets(
    expenditure_share: npt.ArrayLike,
    price_wedge_change: npt.ArrayLike,
    armington_elasticity: npt.ArrayLike,
    import_demand_elasticity: npt.ArrayLike,
    inverse_supply_elasticity: npt.ArrayLike,
) -> Markets:
    """Check the arguments of `armington.solve` and bring them to one rank, exporter axis first.

    Raises
    ------
    InputError
        At the first argument out of its range, or shapes that do not fit.
    """
    share, wedge, sigma, eta, inverse = (
        np.asarray(values, dtype=np.float64)
        for values in (
            expenditure_share,
            price_wedge_change,
            armington_elasticity,
            import_demand_elasticity,
            inverse_supply_elasticity,
        )
    )
    shape = _common_shape(share, wedge, sigma, eta, inverse)
    _check_shares(share, shape)
    _check_range("price_wedge_change", wedge, "above zero")
    _check_range("armington_elasticity", sigma, "above zero")
    _check_range("import_demand_elasticity", eta, "above zero")
    _check_range("inverse_supply_elasticity", inverse, "zero or above")

    def front(values: Floats) -> Floats:
        padded = values.reshape((1,) * (len(shape) - values.ndim) + values.shape)
        return np.moveaxis(padded, EXPORTER, 0)

    sigma, eta, inverse = front(sigma), front(eta), front(inverse)
    gap = np.where(sigma == 1.0, NEARLY_NOTHING, 1.0 - sigma)
    scale = gap / (1.0 + sigma * inverse)
    return Markets(
        shape=(shape[EXPORTER], *shape[:EXPORTER], shape[-1]),
        share=front(share),
        wedge=front(wedge),
        log_wedge=front(np.log(wedge)),
        scale=scale,
        slope=-scale * (1.0 + eta * inverse),
        gap=gap,
        demand=1.0 - eta,
    )


def _common_shape(
    share: Floats, wedge: Floats, sigma: Floats, eta: Floats, inverse: Floats
) -> tuple[int, ...]:
    if share.ndim < 2 or wedge.ndim < 2:
        raise InputError(
            "expenditure_share and price_wedge_change must end in the axes exporter, product, "
            f"got shapes {share.shape} and {wedge.shape}; add the axis that is missing"
        )
    for name, values in (("armington", sigma), ("import_demand", eta)):
        if values.ndim >= 2 and values.shape[EXPORTER] != 1:
            raise InputError(
                f"{name}_elasticity must have one entry on the exporter axis, got shape "
                f"{values.shape}; it belongs to the market, not to a source"
            )
    try:
        shape = np.broadcast_shapes(share.shape, wedge.shape, sigma.shape, eta.shape, inverse.shape)
    except ValueError:
        raise InputError(
            f"arguments must broadcast, got shares {share.shape}, wedges {wedge.shape}, "
            f"elasticities {sigma.shape}, {eta.shape}, {inverse.shape}; axes count from the right"
        ) from None
    if share.shape[EXPORTER] != shape[EXPORTER]:
        raise InputError(
            f"expenditure_share must name all {shape[EXPORTER]} exporters, got "
            f"{share.shape[EXPORTER]}; shares do not broadcast over exporters"
        )
    return shape


def _check_shares(share: Floats, shape: tuple[int, ...]) -> None:
    off = np.abs(share.sum(axis=EXPORTER) - 1.0)
    if share.size and not share.min() >= 0:
        raise InputError(
            f"expenditure_share must be zero or above, got {share.min()}; check the trade table"
        )
    if math.prod(shape) and not off.max() <= SHARE_TOLERANCE:
        raise InputError(
            "expenditure_share must sum to one over exporters, got a sum that is off by "
            f"{off.max():.3g}; divide by the total of the market"
        )


def _check_range(name: str, values: Floats, rule: str) -> None:
    if not values.size:
        return
    low = values.min()
    if not ((low > 0 if rule == "above zero" else low >= 0) and values.max() < math.inf):
        wrong = ~(np.isfinite(values) & ((values > 0) if rule == "above zero" else (values >= 0)))
        raise InputError(
            f"{name} must be {rule} and finite, got {values[wrong].flat[0]}; "
            f"{int(wrong.sum())} of {values.size} entries are out of range"
        )


def cells(shape: tuple[int, ...]) -> Iterator[Cell]:
    """Cut the markets of `shape` (exporter, lead..., product) into cells that fit the cache."""
    exporters, *lengths = shape
    room = max(1, CELL // max(exporters, 1))
    cuts: list[list[slice]] = []
    for length in reversed(lengths):
        step = max(1, min(length, room))
        room = max(1, room // step)
        cuts.insert(0, [slice(at, min(at + step, length)) for at in range(0, length, step)])
    return itertools.product(*cuts)


def cut(whole: Markets, cell: Cell) -> Markets:
    """Return the markets of one cell, as views; axes of length one stay as they are."""

    def part(values: Floats) -> Floats:
        pairs = zip(cell, values.shape[1:], strict=True)
        return values[:, *(slice(None) if length == 1 else where for where, length in pairs)]

    return Markets(
        shape=(whole.shape[0], *(where.stop - where.start for where in cell)),
        share=part(whole.share),
        wedge=part(whole.wedge),
        log_wedge=part(whole.log_wedge),
        scale=part(whole.scale),
        slope=part(whole.slope),
        gap=part(whole.gap),
        demand=part(whole.demand),
    )


def memory(shape: tuple[int, ...]) -> Scratch:
    """Take flat memory for the largest cell of markets of `shape`."""
    size = min(math.prod(shape), max(CELL, shape[0]))
    return Scratch(doubles=np.empty((4, size)), singles=np.empty((4, size), dtype=np.float32))


def shaped(flat: Scratch, shape: tuple[int, ...]) -> Scratch:
    """Give flat memory the shape of a cell; the last cells along an axis are smaller."""
    size = math.prod(shape)
    return Scratch(
        doubles=flat.doubles[:, :size].reshape(4, *shape),
        singles=flat.singles[:, :size].reshape(4, *shape),
    )
