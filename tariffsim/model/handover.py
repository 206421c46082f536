"""What a control withholds, taken out of the trade that a market projects; knows no label.

Joins the licensed share and the need that is met to the capped market, product by product. Only
differences are worked out: where nothing is withheld, the market's numbers stay to the last digit.
"""

from collections.abc import Iterator, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.experiment import MarketCase, MaterialCase
from tariffsim.model.capped_supply import Terms, capped, uncapped
from tariffsim.model.industries import IndustryPaths, scarcity_price
from tariffsim.model.markets import MarketPaths, benchmark_of, collected_share
from tariffsim.model.materials import reliance
from tariffsim.model.powers import power_less_one
from tariffsim.model.supply import FULL
from tariffsim.model.tracks import paths_of_draws

Values = Mapping[str, Floats]
BLOCK = 1024
"""Draws at a time."""
MOVED = (
    "customs_value",
    "customs_value_rest",
    "duty",
    "duty_rest",
    "consumer_surplus",
    "producer_surplus",
    "landed_price_change",
)
"""What a cap moves of a market; its other quantities are of law, or of trade unmoved."""


@attrs.frozen(kw_only=True, eq=False)
class Withheld:
    """What a control leaves of one flow.

    Parameters
    ----------
    covered : mapping of str to float
        Part of each product's trade that is under the control.
    licensed : (track, draw, month), fraction
        Of the flow that would come.
    met : (track, draw, month), fraction
        Of the need for what the controlled source would have delivered: while stocks last, more
        than is licensed.
    choke : (draw,), ratio
        Price over the normal one that nobody exceeds.
    """

    covered: Mapping[str, float]
    licensed: Floats
    met: Floats
    choke: Floats


def withheld(case: MaterialCase, run: IndustryPaths, drawn: Values) -> Withheld:
    """Say what a material's control leaves of the flow.

    Notes
    -----
    With a the availability and r the reliance, the need met is :math:`(a - (1 - r))/r`, within 0
    and 1: what other sources, recycling and substitutes bring in counts as met.
    """
    relied = np.maximum(reliance(case, drawn), 1e-6)[:, None]
    there = run.whole.availability
    met = np.clip((there - 1.0 + relied) / relied, 0.0, 1.0)
    return Withheld(
        covered=case.covered,
        licensed=run.licensed,
        met=np.where(there >= FULL, 1.0, met),
        choke=scarcity_price(case, drawn, np.zeros(len(relied))),
    )


def hand_over(
    case: MarketCase,
    found: MarketPaths,
    controls: Sequence[Withheld],
    drawn: Values,
    joint: Ints,
    first: int,
) -> MarketPaths:
    r"""Take what controls withhold out of a market's paths.

    Parameters
    ----------
    case : MarketCase
        The market.
    found : MarketPaths
        With nothing withheld, by tariff track.
    controls : sequence of Withheld
        By supply track.
    drawn : mapping of str to (draw,)
        Parameter values.
    joint : (joint track, 2), int
        Tariff track and supply track of each joint track.
    first : int
        First month of the horizon.

    Returns
    -------
    MarketPaths
        By joint track; as found where there are no controls.

    Notes
    -----
    The goods under a control are a part of a product's market with the same shares, duties and
    elasticities, those of the first year. With q and b the quantity and border price of the
    partner with nothing withheld, l the licensed share, m the need met, and b', p' the prices at
    which the quantity m q clears the market (`capped`), a product's customs value changes by

    .. math::

        v\,(b'\, l\, q - b\, q)

    duty by the rate times that, buyers' surplus by the area between the price indices, and
    sellers' by revenue less cost, so that the rent of scarcity is theirs: licences are given to
    exporters.
    """
    if not controls:
        return found
    values = {name: paths[joint[:, 0]] for name, paths in found.values.items()}
    count = len(drawn["armington_elasticity_short"])
    for control in controls:
        for start in range(0, count, BLOCK):
            block = slice(start, min(start + BLOCK, count))
            part = {name: each[block] for name, each in drawn.items()}
            own = attrs.evolve(control, choke=control.choke[block])
            for track, (tariff, supply) in enumerate(joint.tolist()):
                left = control.licensed[supply, block], control.met[supply, block]
                if all((each == 1.0).all() for each in left):
                    continue
                moved = _moved(case, own, part, left, _added(case, tariff, block, first))
                for name in MOVED:
                    values[name][track, block] += moved[name]
    return attrs.evolve(found, values=values)


def _added(case: MarketCase, tariff: int, block: slice, first: int) -> Floats:
    """Give what is added to the rates on a track, its mean in the month.

    Returns
    -------
    (end, draw or 1, month, source, product)
    """
    members = np.array([tariff]) if case.tracks is None else case.tracks[tariff]
    paths = np.unique(paths_of_draws(members, block))
    ends = [
        np.einsum("xmr,rsp->xmsp", case.weights[paths][:, first:], end)
        for end in (case.added_low, case.added_high)
    ]
    own = np.searchsorted(paths, paths_of_draws(members, block)) if len(paths) > 1 else [0]
    return np.stack([end[own] for end in ends])


def _moved(
    case: MarketCase,
    control: Withheld,
    drawn: Values,
    left: tuple[Floats, Floats],
    added: Floats,
) -> dict[str, Floats]:
    """Total what is moved over the products under the control; (draw, month), annual."""
    value = benchmark_of(case, drawn).value
    paying = np.broadcast_to(collected_share(case, drawn), left[0].shape[:1])[:, None]
    position = drawn["coverage_position"][:, None, None]
    moved = {name: np.zeros(left[0].shape) for name in MOVED}
    for number, code in enumerate(case.product.labels):
        covered = control.covered.get(code, 0.0)
        if not covered:
            continue
        low, high = added[..., number]
        new = low + position * (high - low)
        product = _Product(
            value=(value[0][number][:, None], value[1][number][:, None]),
            rate=(float(case.benchmark_rate[0, number]), float(case.benchmark_rate[1, number])),
            choke=control.choke[:, None],
        )
        # A share of the goods pays what is new; the others are as they were.
        for weight, rates in ((paying, (new[..., 0], new[..., 1])), (1.0 - paying, (0.0, 0.0))):
            if weight.any():
                for name, change in _changes(case, product, rates, drawn, left):
                    moved[name] += covered * weight * change
    total = ((1.0 + case.benchmark_rate[0])[:, None] * value[0]).sum(axis=0)
    moved["landed_price_change"] /= np.broadcast_to(total, left[0].shape[:1])[:, None]
    return moved


@attrs.frozen(kw_only=True, eq=False)
class _Product:
    """A product's benchmark: value by source, (draw or 1, 1), rate by source, and choke price."""

    value: tuple[Floats, Floats]
    rate: tuple[float, float]
    choke: Floats


def _changes(
    case: MarketCase,
    product: _Product,
    added: tuple[Floats | float, Floats | float],
    drawn: Values,
    left: tuple[Floats, Floats],
) -> Iterator[tuple[str, Floats]]:
    """Give what a cap changes in one product's market, as if all of it were under the control."""
    licensed, met = left
    sigma = drawn["armington_elasticity_short"]
    eta, inverse = sigma * drawn["demand_to_substitution_ratio"], drawn[case.supply]
    own, rest = (
        value * (1.0 + rate) for value, rate in zip(product.value, product.rate, strict=True)
    )
    wedges = [
        np.asarray((1.0 + rate + more) / (1.0 + rate))
        for rate, more in zip(product.rate, added, strict=True)
    ]
    terms = Terms(
        share=own / (own + rest),
        wedge=(wedges[0], wedges[1]),
        substitution=sigma[:, None],
        demand=eta[:, None],
        inverse_supply=inverse[:, None],
        choke=product.choke,
    )
    free = uncapped(terms)
    held = capped(terms, free, met)
    came = licensed * free.wanted
    partner = product.value[0] * (held.border * came - free.border * free.wanted)
    others = product.value[1] * (held.rest_value - free.rest_value)
    yield "customs_value", partner
    yield "customs_value_rest", others
    yield "duty", (product.rate[0] + added[0]) * partner
    yield "duty_rest", (product.rate[1] + added[1]) * others
    lost = [power_less_one(1.0 - eta, each.log_price_index.T).T for each in (held, free)]
    yield "consumer_surplus", -(own + rest) * (lost[0] - lost[1])
    power = 1.0 + inverse[:, None]
    cost = product.value[0] * (came**power - free.wanted**power) / power
    yield "producer_surplus", partner - cost
    yield "landed_price_change", own * (held.landed - free.landed)
