"""How a shortage in one industry reaches the others through what they buy; knows no prices.

Adaptive regional input-output (ARIO): industries hold stocks of their inputs, order from suppliers,
are rationed when these fall short, and stretch capacity where goods are scarce. Everything is
measured against a normal day: output 0.4 is two fifths of it, a stock of 15 lasts 15 normal days.
"""

import math
from typing import Literal

import attrs
import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats, read_only
from tariffsim.errors import InputError
from tariffsim.model.propagation_days import NONE, Days, Network, Rules, run_days
from tariffsim.model.ranges import beyond

__all__ = ["NONE", "Behaviour", "Links", "Propagation", "Shortage", "critical_by_cost", "propagate"]

# One of three arrays of a block of draws; longer blocks leave the cache, shorter ones waste calls.
BLOCK_BYTES = 4.8e6


@attrs.frozen(kw_only=True)
class Links:
    """Who sells how much to whom in a normal year, industries numbered region by region.

    Parameters
    ----------
    intermediate : (region, sector, industry), money
        Sales of a supplier to each using industry; industry = region x sectors + sector.
    final : (region, sector), money
        Sales to final demand, wherever it is.
    """

    intermediate: Floats = attrs.field(converter=read_only, eq=False)
    final: Floats = attrs.field(converter=read_only, eq=False)

    @property
    def gross_output(self) -> Floats:
        """Return what each supplier sells, (region, sector), money: the sum of its row."""
        return np.asarray(self.intermediate.sum(axis=2) + self.final)


@attrs.frozen(kw_only=True)
class Behaviour:
    """How industries hold stocks, order, and cope; draws are the last axis.

    Parameters
    ----------
    inventory_days : (input, industry, draw), days
        Target stock, in days of use; at least 1. Any shape that broadcasts.
    criticality : (input, industry, draw), share
        How far a missing input stops output: 1 in full, 0.5 by half, 0 not at all. Any shape that
        broadcasts.
    restock_days : (draw,), days
        Over how many days a gap in a stock is ordered; at least 1.
    buffer_share : (draw,), share
        Part of the target stock below which an input slows output; 0 uses stocks to the last day.
    highest_capacity : (draw,), ratio
        How far capacity can be stretched above normal; at least 1.
    stretch_days : (draw,), days
        Over how many days it is stretched, and released; at least 1.
    switching : (draw,), elasticity
        Of a supplier's share in orders with respect to its capacity: 0 keeps shares as they were.
    ordering : {'wanted', 'made'}
        ``wanted``: orders replace the inputs of the output that demand and capacity allow, and
        lead the stock back to its normal target, from above too. ``made``: they replace what was
        used and close a gap to the target of the output wanted, as published; with short stocks a
        world can then collapse, and stay there.
    rationing : {'pro-rata', 'industries-first'}
        Whether final demand shares a shortage in proportion, or is served last.
    """

    inventory_days: Floats = attrs.field(converter=read_only, eq=False, default=30.0)
    criticality: Floats = attrs.field(converter=read_only, eq=False, default=0.5)
    restock_days: Floats = attrs.field(converter=read_only, eq=False, default=60.0)
    buffer_share: Floats = attrs.field(converter=read_only, eq=False, default=0.8)
    highest_capacity: Floats = attrs.field(converter=read_only, eq=False, default=1.25)
    stretch_days: Floats = attrs.field(converter=read_only, eq=False, default=365.0)
    switching: Floats = attrs.field(converter=read_only, eq=False, default=1.0)
    ordering: Literal["wanted", "made"] = "wanted"
    rationing: Literal["pro-rata", "industries-first"] = "pro-rata"


@attrs.frozen(kw_only=True)
class Shortage:
    """What some industries can still do, day by day.

    Parameters
    ----------
    industry : (hit,), int
        Numbers of the industries concerned.
    capacity : (day, hit, draw), share
        Capacity left, which may still be stretched; the draw axis may have length 1.
    ceiling : (day, hit, draw), share, optional
        Highest output that a material from outside the table allows, whatever the capacity.
    """

    industry: npt.NDArray[np.int64] = attrs.field(converter=read_only, eq=False)
    capacity: Floats = attrs.field(converter=read_only, eq=False)
    ceiling: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), eq=False, default=None
    )


@attrs.frozen(kw_only=True)
class Propagation:
    """What every industry makes and delivers, day by day.

    Parameters
    ----------
    output : (day, industry, draw), share of a normal day
    unmet_final : (day, industry, draw), share
        Part of final demand for the industry's product that is not met.
    days_of_cover : (day, industry, draw), days of normal use
        The least stock of an input that can limit output, at the end of the day; infinite where
        there is none.
    limiting_input : (day, industry, draw), int
        Sector whose product holds output down most; -1 where none does.
    stock : (input, industry, draw), days of normal use
        At the end of the last day.
    """

    output: Floats = attrs.field(converter=read_only, eq=False)
    unmet_final: Floats = attrs.field(converter=read_only, eq=False)
    days_of_cover: Floats = attrs.field(converter=read_only, eq=False)
    limiting_input: npt.NDArray[np.int16] = attrs.field(converter=read_only, eq=False)
    stock: Floats = attrs.field(converter=read_only, eq=False)


def critical_by_cost(
    links: Links, *, criticality: float = 0.5, least_share: float = 0.03
) -> Floats:
    """Take inputs that cost little as dispensable: a rule for want of ratings, not an estimate.

    Parameters
    ----------
    links : Links
    criticality : float
        Of the inputs that are not dispensable.
    least_share : float
        Share of an input in the user's output below which it is.

    Returns
    -------
    (input, industry, 1), share
        `criticality` or 0.

    Notes
    -----
    Pichler et al. (2022) have ratings by industry analysts instead. A cost share says nothing of a
    magnet in a motor: set such cells to 1 by hand.

    Examples
    --------
    >>> links = Links(intermediate=np.array([[[0.0, 40.0], [1.0, 0.0]]]), final=[[60.0, 80.0]])
    >>> critical_by_cost(links)[:, :, 0]
    array([[0. , 0.5],
           [0. , 0. ]])
    """
    need = links.intermediate.sum(axis=0)
    output = links.gross_output.ravel()
    share = np.divide(need, output, out=np.zeros_like(need), where=output > 0)
    return np.asarray(np.where(share >= least_share, criticality, 0.0)[:, :, None])


def propagate(
    links: Links, shortage: Shortage, behaviour: Behaviour, *, draws: int = 1
) -> Propagation:
    r"""Follow a shortage through an input-output table.

    Parameters
    ----------
    links : Links
        The table.
    shortage : Shortage
        Its `capacity` sets the number of days.
    behaviour : Behaviour
    draws : int
        Every draw axis has this length or 1.

    Returns
    -------
    Propagation

    Raises
    ------
    InputError
        Where a value is out of its range or a shape does not fit; all of them at once.

    Notes
    -----
    For industry f, input sector p, suppliers s = (r, p); all flows and stocks over their normal
    day, w the share of a supplier's sales, z the share of a supplier in an input,

    .. math::

        D_s = \sum_f w_{sf}\, q_{fp} m_s + w_{sF}, \qquad
        X_f = \min(D_f,\; a_f \kappa_f,\; \bar x_f)

        x_f = X_f - \max_p c_{fp} \left(X_f - \frac{S_{fp}}{\max(1, \psi n_{fp})}\right)^+,
        \qquad \rho_s = x_s / D_s

        S_{fp} \leftarrow (S_{fp} - x_f)^+ + q_{fp} \sum_r z_{rfp}\, m_s \rho_s, \qquad
        q_{fp} = \frac{(X_f + (n_{fp} - S_{fp}) / \tau)^+}{\sum_r z_{rfp}\, m_s}, \quad
        m_s = (a_s \kappa_s)^{\sigma}

        a_f \leftarrow a_f +
        \begin{cases} (\bar a - a_f)\, (1 - x_f / D_f) / T & \text{where } x_f < D_f \\
        (1 - a_f) / T & \text{else} \end{cases}

    D demand, X output wanted, kappa capacity left, x-bar a material's ceiling, a overtime, c
    criticality, S stock, n its target, psi the buffer share, rho the part of orders served, tau
    restock days, T stretch days, sigma switching. With c = 1 this is the minimum of Hallegatte
    (2014), and with :math:`x_f + (n_{fp} X_f - S_{fp})^+/\tau` in place of q's numerator its
    ordering; c of 1, 1/2 and 0 are the critical, important and non-critical inputs of Pichler et
    al. (2022). No output falls below (1 - c) times what is wanted.

    References
    ----------
    Hallegatte (2008), doi:10.1111/j.1539-6924.2008.01046.x; Hallegatte (2014),
    doi:10.1111/risa.12090; Henriet, Hallegatte and Tabourier (2012),
    doi:10.1016/j.jedc.2011.09.001; Guan et al. (2020), doi:10.1038/s41562-020-0896-8; Inoue and
    Todo (2019), doi:10.1038/s41893-019-0351-x; Pichler et al. (2022),
    doi:10.1016/j.jedc.2022.104527.

    Examples
    --------
    Two sectors in one region; the first loses half its capacity for 40 days:

    >>> import numpy as np
    >>> links = Links(intermediate=np.array([[[0.0, 40.0], [20.0, 0.0]]]), final=[[60.0, 80.0]])
    >>> left = np.where(np.arange(200) < 40, 0.5, 1.0)[:, None, None]
    >>> path = propagate(
    ...     links, Shortage(industry=[0], capacity=left), Behaviour(inventory_days=10.0)
    ... )
    >>> path.output[[0, 30, 199], :, 0].round(2)
    array([[0.5 , 1.  ],
           [0.5 , 0.6 ],
           [1.01, 1.  ]])
    """
    _check(links, shortage, behaviour, draws)
    network = _network(links)
    days, industries = len(shortage.capacity), links.intermediate.shape[2]
    made = Days(
        output=np.empty((days, industries, draws)),
        unmet=np.empty((days, industries, draws)),
        cover=np.empty((days, industries, draws)),
        limiting=np.empty((days, industries, draws), dtype=np.int16),
        stock=np.empty((*network.used.shape, draws)),
    )
    block = max(1, int(BLOCK_BYTES / (8 * network.used.size)))
    for start in range(0, draws, block):
        part = slice(start, min(start + block, draws))
        rules = _rules(behaviour, network, part)
        run_days(network, rules, _left(shortage, industries, part), made.part(part))
    for values in (made.output, made.unmet, made.cover, made.limiting, made.stock):
        values.flags.writeable = False  # nobody else holds them; saves the record a copy
    return Propagation(
        output=made.output,
        unmet_final=made.unmet,
        days_of_cover=made.cover,
        limiting_input=made.limiting,
        stock=made.stock,
    )


def _network(links: Links) -> Network:
    """Divide every sale by the supplier's output, and by the user's need of that input."""
    sales = links.intermediate
    need = sales.sum(axis=0)
    output = links.gross_output[:, :, None]
    return Network(
        used=need > 0,
        share=np.divide(sales, need, out=np.zeros(sales.shape), where=need > 0),
        weight=np.divide(sales, output, out=np.zeros(sales.shape), where=output > 0),
        final=(links.final > 0).reshape(-1, 1),
    )


def _rules(behaviour: Behaviour, network: Network, part: slice) -> Rules:
    def drawn(values: Floats, axes: int) -> Floats:
        whole = values.reshape(*(1,) * (axes - values.ndim), *values.shape)
        return whole[..., part] if whole.shape[-1] > 1 else whole

    days, held = drawn(behaviour.inventory_days, 3), drawn(behaviour.criticality, 3)
    return Rules(
        target=days,
        least=np.maximum(1.0, drawn(behaviour.buffer_share, 1) * days),
        criticality=np.where(network.used[:, :, None], held, 0.0),
        restock=1.0 / drawn(behaviour.restock_days, 1),
        highest=drawn(behaviour.highest_capacity, 1),
        stretch=drawn(behaviour.stretch_days, 1),
        switching=drawn(behaviour.switching, 1),
        by_wanted=behaviour.ordering == "wanted",
        final_last=behaviour.rationing == "industries-first",
    )


def _left(shortage: Shortage, industries: int, part: slice) -> tuple[Floats, Floats]:
    """Spread capacity and ceiling of a block over all industries, (day, industry, draw)."""
    found = []
    for values, free in ((shortage.capacity, 1.0), (shortage.ceiling, math.inf)):
        if values is None:
            found.append(np.full((len(shortage.capacity), industries, 1), free))
            continue
        held = values[..., part] if values.shape[2] > 1 else values
        whole = np.full((len(held), industries, held.shape[2]), free)
        whole[:, shortage.industry] = held
        found.append(whole)
    return found[0], found[1]


def _check(links: Links, shortage: Shortage, behaviour: Behaviour, draws: int) -> None:
    """Collect every value out of range and every shape that does not fit."""
    wrong = [*_misshapen(links, shortage, behaviour, draws)]
    if wrong:
        raise InputError("\n".join(wrong))
    ranges: list[tuple[str, Floats | None, float, float]] = [
        ("intermediate", links.intermediate, 0.0, math.inf),
        ("final", links.final, 0.0, math.inf),
        ("capacity", shortage.capacity, 0.0, 1.0),
        ("ceiling", shortage.ceiling, 0.0, math.inf),
        ("inventory_days", behaviour.inventory_days, 1.0, 1e6),
        ("criticality", behaviour.criticality, 0.0, 1.0),
        ("restock_days", behaviour.restock_days, 1.0, 1e6),
        ("buffer_share", behaviour.buffer_share, 0.0, 1.0),
        ("highest_capacity", behaviour.highest_capacity, 1.0, 100.0),
        ("stretch_days", behaviour.stretch_days, 1.0, 1e6),
        ("switching", behaviour.switching, 0.0, 10.0),
    ]
    for name, values, low, high in ranges:
        told = None if values is None else beyond(name, values, low, high)
        if told is not None:
            wrong.append(f"{told}; change or leave out what is beyond")
    if wrong:
        raise InputError("\n".join(wrong))


def _misshapen(links: Links, shortage: Shortage, behaviour: Behaviour, draws: int) -> list[str]:
    if links.intermediate.ndim != 3 or links.final.shape != links.intermediate.shape[:2]:
        return [
            "intermediate must be (region, sector, industry) and final (region, sector), got "
            f"{links.intermediate.shape} and {links.final.shape}"
        ]
    regions, sectors, industries = links.intermediate.shape
    if industries != regions * sectors:
        return [
            f"industries must be regions x sectors, {regions * sectors}, got {industries}; give "
            "every region every sector, with zeros where it has none"
        ]
    return [
        *_misshapen_paths(shortage, industries, draws),
        *_misshapen_rules(behaviour, (sectors, industries, draws)),
    ]


def _misshapen_paths(shortage: Shortage, industries: int, draws: int) -> list[str]:
    wrong, hit = [], shortage.industry
    if hit.ndim != 1 or (hit.size and not (hit.min() >= 0 and hit.max() < industries)):
        wrong.append(f"industry must hold numbers from 0 to {industries - 1}, got {hit}")
    elif len(set(hit.tolist())) < len(hit):
        wrong.append(f"industry must name each industry once, got {hit}; multiply their shares")
    days = shortage.capacity.shape[:1]
    for name, path in (("capacity", shortage.capacity), ("ceiling", shortage.ceiling)):
        fitting = {(*days, hit.size, count) for count in (1, draws)}
        if path is not None and path.shape not in fitting:
            wrong.append(
                f"{name} must be (day, hit, draw) with {hit.size} industries and 1 or "
                f"{draws} draws, got {path.shape}"
            )
    return wrong


def _misshapen_rules(behaviour: Behaviour, full: tuple[int, int, int]) -> list[str]:
    wrong, draws = [], full[2]
    for name in ("inventory_days", "criticality"):
        shape = getattr(behaviour, name).shape
        whole = (1,) * (3 - len(shape)) + shape
        if len(whole) > 3 or any(
            got not in (1, most) for got, most in zip(whole, full, strict=True)
        ):
            wrong.append(
                f"{name} must broadcast to input, industry, draw = {', '.join(map(str, full))}, "
                f"got {shape}"
            )
    for name in ("restock_days", "buffer_share", "highest_capacity", "stretch_days", "switching"):
        shape = getattr(behaviour, name).shape
        if shape not in ((), (1,), (draws,)):
            wrong.append(f"{name} must be one number or one a draw, {draws}, got {shape}")
    return wrong
