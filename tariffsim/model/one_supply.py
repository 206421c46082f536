"""Armington markets whose sources share one supply elasticity: the closed form, fused for draws.

The same model as `armington.solve`, which handles any elasticities; this one spends four
exponentials a market and draw where that one spends ten, and makes no check of its own. A property
test holds the two equal. Draws come last here, so that sums over markets run along whole rows.
"""

from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.model.powers import NEAR, log_of_power, power_less_one


@attrs.frozen(kw_only=True, eq=False)
class OneSupply:
    """What markets do after their duties moved.

    Parameters
    ----------
    value : a source each, (market, draw)
        Duty-exclusive value at the border, in the unit of the benchmark value.
    log_price_index : (market, draw)
        Logarithm of the price index, new over old.
    log_landed_price : (market, draw)
        Logarithm of the first source's landed price, new over old.
    """

    value: Sequence[Floats] | Floats
    log_price_index: Floats
    log_landed_price: Floats


@attrs.frozen(kw_only=True, eq=False)
class Responses:
    r"""How markets respond, draw by draw: what the equations need of elasticities, worked out once.

    Parameters
    ----------
    gap : (draw,)
        :math:`1-\sigma`.
    damp : (draw,)
        :math:`k = 1/(1+\sigma/\omega)`.
    to_index : (draw,)
        From the logarithm of the mean of powers to that of the price index.
    value, landed : (draw,)
        Powers of the price index in values at the border, and in landed prices.
    near : (some draws,), int
        Draws whose gap is next to nothing.
    """

    gap: Floats
    damp: Floats
    to_index: Floats
    value: Floats
    landed: Floats
    near: Ints


def responses(
    *,
    armington_elasticity: Floats,
    import_demand_elasticity: Floats,
    inverse_supply_elasticity: Floats,
) -> Responses:
    """Work out how markets respond.

    Parameters
    ----------
    armington_elasticity, import_demand_elasticity : (draw,)
        Magnitudes, above zero.
    inverse_supply_elasticity : (draw,)
        Zero or above; 0 is infinitely elastic.

    Returns
    -------
    Responses
        What the symbols stand for is said in `solve_one_supply`.
    """
    sigma, eta = armington_elasticity, import_demand_elasticity
    gap = 1.0 - sigma
    damp = 1.0 / (1.0 + sigma * inverse_supply_elasticity)
    landed = (sigma - eta) * inverse_supply_elasticity * damp
    return Responses(
        gap=gap,
        damp=damp,
        to_index=1.0 / (np.where(gap == 0.0, 1.0, gap) * (1.0 - landed)),
        value=(sigma - eta) * (1.0 + gap * inverse_supply_elasticity * damp),
        landed=landed,
        near=np.flatnonzero(np.abs(gap) < NEAR),
    )


@attrs.frozen(kw_only=True, eq=False)
class Scratch:
    """Memory that the answer is written to; fresh pages cost as much as the work.

    Parameters
    ----------
    value : a source each, (market, draw)
    index, landed, spare : (market, draw)
    """

    value: Sequence[Floats] | Floats
    index: Floats
    landed: Floats
    spare: Floats

    @classmethod
    def of(cls, sources: int, markets: int, draws: int) -> "Scratch":
        """Take memory for so many."""
        return cls(
            value=np.empty((sources, markets, draws)),
            index=np.empty((markets, draws)),
            landed=np.empty((markets, draws)),
            spare=np.empty((markets, draws)),
        )


def solve_one_supply(
    share: Sequence[Floats] | Floats,
    wedge: Sequence[Floats] | Floats,
    respond: Responses,
    *,
    of: Sequence[Ints | None] | None = None,
    value: Sequence[Floats] | Floats | None = None,
    scratch: Scratch | None = None,
) -> OneSupply:
    r"""Solve markets in closed form.

    Parameters
    ----------
    share : a source but the last each, (market, draw or 1), fraction
        Benchmark shares at landed prices; that of the last source is what they leave.
    wedge : a source each, (market, draw or 1)
        New over old (1 + rate); or those that differ, if `of` says which of them each market has.
    respond : Responses
        By draw; sigma, eta and omega are theirs.
    of : a source each but the first, (market,), int, or None
        The row of `wedge` that each market has; None where each has its own.
    value : a source each, (market, draw or 1), any unit
        Benchmark value at the border; 1 if not given, so that the answer is new over old.
    scratch : Scratch, optional
        Memory to work in, of just this size; the answer lies in it.

    Returns
    -------
    OneSupply

    Notes
    -----
    With s, tau, sigma, eta and omega as in `armington.solve`, :math:`k = 1/(1+\sigma/\omega)` and
    :math:`e_j = \tau_j^{(1-\sigma)k} - 1`, the landed prices are

    .. math::

        p_j = \tau_j^{k}\, P^{(\sigma-\eta)k/\omega}, \qquad
        \ln P = \frac{\ln(1 + \sum_j s_j e_j)}{(1-\sigma)\,(1 - (\sigma-\eta)k/\omega)}

    and, since :math:`b_j q_j \tau_j = p_j^{1-\sigma} P^{\sigma-\eta}`, one exponential serves the
    values of all sources:

    .. math::

        b_j q_j = \frac{1 + e_j}{\tau_j}\; P^{(\sigma-\eta)\,(1 + (1-\sigma)k/\omega)}

    References
    ----------
    Armington, P. S. (1969), A theory of demand for products distinguished by place of
    production, IMF Staff Papers 16(1). https://doi.org/10.2307/3866403

    Examples
    --------
    A duty of 10 % on the first of two equal sources, both infinitely elastic:

    >>> import numpy as np
    >>> one = np.ones(1)
    >>> respond = responses(
    ...     armington_elasticity=2.0 * one, import_demand_elasticity=one,
    ...     inverse_supply_elasticity=0.0 * one)
    >>> answer = solve_one_supply(np.array([[[0.5]]]), np.array([[[1.1]], [[1.0]]]), respond)
    >>> np.exp(answer.log_price_index).round(6)
    array([[1.047619]])
    """
    logs = [np.log(own) for own in wedge]
    places = [None] * len(logs) if of is None else of
    sizes = [own.shape for own in (logs[0], *share)]
    room = scratch or Scratch.of(len(logs), *np.broadcast_shapes(respond.gap.shape, *sizes))
    # A source whose duty did not move has a power of one everywhere, and needs none worked out.
    exponent = respond.gap * respond.damp
    powers = [
        _power(exponent, own, place, room.spare, room.value[n]) if own.any() else None
        for n, (own, place) in enumerate(zip(logs, places, strict=True))
    ]
    index = _log_mean(share, powers, room)
    index *= respond.to_index
    if respond.near.size:
        index[:, respond.near] = _careful(share, [*map(_spread, logs, places)], respond)
    common = np.multiply(respond.value, index, out=room.spare)
    np.exp(common, out=common)
    for n, (own, power) in enumerate(zip(wedge, powers, strict=True)):
        before = 1.0 if value is None else value[n]
        if power is None:
            np.multiply(common, before, out=room.value[n])
        else:
            np.multiply(power, common, out=power)
            np.multiply(power, before / _spread(own, places[n]), out=power)
    landed = np.multiply(respond.landed, index, out=room.landed)
    if powers[0] is not None:
        landed += np.multiply(respond.damp, logs[0], out=room.spare)
    return OneSupply(value=room.value, log_price_index=index, log_landed_price=landed)


def _power(
    exponent: Floats, log_wedge: Floats, place: Ints | None, spare: Floats, out: Floats
) -> Floats:
    """Give a power of the wedge; where markets share it, it is worked out once."""
    own = out if place is None else spare[: len(log_wedge)]
    np.exp(np.multiply(exponent, log_wedge, out=own), out=own)
    return out if place is None else np.take(own, place, axis=0, out=out, mode="clip")


def _spread(values: Floats, place: Ints | None) -> Floats:
    """Give each market its row."""
    return values if place is None else values[place]


def _log_mean(
    share: Sequence[Floats] | Floats, powers: Sequence[Floats | None], room: Scratch
) -> Floats:
    """Take the logarithm of the mean of powers, as what the others add to the last source's."""
    *others, last = powers
    base: Floats | float = 1.0 if last is None else last
    mean, started = room.index, False
    for weight, power in zip(share, others, strict=True):
        if power is None and last is None:
            continue
        moved = np.subtract(
            1.0 if power is None else power, base, out=room.spare if started else mean
        )
        moved *= weight
        if started:
            mean += moved
        started = True
    if not started:
        mean[...] = 0.0
    mean += base
    return np.log(mean, out=mean)


def _careful(
    share: Sequence[Floats] | Floats, logs: Sequence[Floats], respond: Responses
) -> Floats:
    """Give the logarithm of the price index for the draws whose gap is near 0."""
    near = respond.near
    gap, damp = respond.gap[near], respond.damp[near]

    def at(values: Floats) -> Floats:
        return values if values.shape[1] == 1 else values[:, near]

    *others, last = (power_less_one(gap, damp * at(own)) for own in logs)
    parts = (at(own) * (other - last) for own, other in zip(share, others, strict=True))
    return log_of_power(gap, sum(parts, start=last)) / (1.0 - respond.landed[near])
