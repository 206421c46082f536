"""Measures that are no ad valorem duty: what stands on a day, and the rate at a given unit value.

A duty of so much a kilogram is a rate only for goods of a known price. Without one it is shown in
its own unit; with one the state is rewritten, so that whatever reads rates needs no second way.
"""

import datetime as dt
from collections.abc import Iterable
from decimal import Decimal
from fractions import Fraction

import attrs

from tariffsim.errors import InputError
from tariffsim.events import Amount, MeasureEnacted
from tariffsim.reduce.on_day import events_behind, in_force, is_active
from tariffsim.reduce.reach import coverage_on, groups_on, spans_behind
from tariffsim.scopes import ShareInterval
from tariffsim.states import Level, MeasureState, State
from tariffsim.terms import HIGHEST_RATE, PARTS_PER_UNIT, Economy, Product, Rate, Slug
from tariffsim.unit_value import UnitValue, unit_name, units_ratio

LEVIED_BY_UNIT = ("specific", "fee", "minimum-price")


def minor_digits(currency: str) -> int:
    """Give the decimals of a currency's minor unit."""
    return {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "KWD": 3, "BHD": 3}.get(currency, 2)


def in_currency(amount: Amount) -> Decimal:
    """Write an amount in whole units of its currency, with its decimals."""
    return Decimal(amount.minor_units).scaleb(-minor_digits(amount.currency))


def rate_at(law: MeasureEnacted, value: UnitValue) -> Rate | None:
    """Turn an amount into a rate.

    Parameters
    ----------
    law : MeasureEnacted
        A measure with an amount.
    value : UnitValue
        What one unit of the goods is worth.

    Returns
    -------
    Rate or None
        Parts per million, rounded half to even from the exact fraction; None where currency or
        unit is another one, or the measure has no amount.

    Raises
    ------
    InputError
        The rate would be higher than any duty is.

    Notes
    -----
    A specific duty or fee of a on goods worth v a unit is a / v. A minimum price of p adds what v
    lacks to reach it: max(0, p - v) / v.
    """
    amount = law.amount
    if amount is None or law.form not in LEVIED_BY_UNIT:
        return None
    ratio = units_ratio(unit_name(amount.per), value.per)
    if ratio is None or value.currency not in (None, amount.currency):
        return None
    worth = Fraction(value.amount) * ratio
    levied = Fraction(in_currency(amount))
    if law.form == "minimum-price":
        levied = max(levied - worth, Fraction(0))
    rate = round(levied / worth * PARTS_PER_UNIT)
    if rate > HIGHEST_RATE:
        raise InputError(
            f"unit value must be plausible, got {value.amount} for one {value.per}, on which "
            f"{law.measure} would be {rate // 10_000:,} %; check its unit"
        )
    return Rate(rate)


def at_unit_values(state: State, values: Iterable[UnitValue]) -> State:
    """Let the measures levied by unit enter the rate, where a unit value is given.

    Parameters
    ----------
    state : State
        The folded log.
    values : iterable of UnitValue
        Of the goods asked about; of those that fit a measure the first counts.

    Returns
    -------
    State
        In which those measures are ad valorem duties at that rate; it holds for these goods only.

    Examples
    --------
    >>> import tariffsim as ts
    >>> from tariffsim.reduce import fold, rate_on
    >>> from tariffsim.unit_value import parse_unit_value
    >>> state = at_unit_values(fold(ts.load_log("us-china")), [parse_unit_value("18/kg")])
    >>> rate_on(state.measures["us-232-polysilicon-price"], dt.date(2026, 12, 10))
    166667
    """
    given = tuple(values)
    found = {name: _entered(measure, given) for name, measure in state.measures.items()}
    return attrs.evolve(state, measures=found) if given else state


def _entered(measure: MeasureState, values: tuple[UnitValue, ...]) -> MeasureState:
    law = measure.enacted
    if law is None or law.amount is None:
        return measure
    rates = [rate for value in values if (rate := rate_at(law, value)) is not None]
    if not rates:
        return measure
    level = Level(
        effective=law.effective, announced=law.announced, event=measure.event or "", rate=rates[0]
    )
    return attrs.evolve(measure, enacted=attrs.evolve(law, form="ad-valorem"), levels=(level,))


def unused_values(
    laws: Iterable[MeasureEnacted], values: Iterable[UnitValue]
) -> tuple[UnitValue, ...]:
    """List the unit values that none of some measures takes.

    Parameters
    ----------
    laws : iterable of MeasureEnacted
        Measures as they were enacted.
    values : iterable of UnitValue
        In the order given; of those that fit a measure the first counts, and no other.

    Returns
    -------
    tuple of UnitValue
        Of another unit or currency, or second to one that fits.
    """
    left = given = tuple(values)
    for law in laws:
        taken = next((value for value in given if rate_at(law, value) is not None), None)
        left = tuple(value for value in left if value is not taken)
    return left


@attrs.frozen(kw_only=True)
class OwnUnit:
    """A measure in force that is no ad valorem duty.

    Parameters
    ----------
    law : MeasureEnacted
        The measure, with its form and amount.
    share : ShareInterval
        The share of the goods asked about that it covers.
    paused : bool
        Whether a pause takes off all of it.
    until : date, optional
        First day no longer paused, as set by then; None is open.
    events : tuple of str
        Ids of the events behind it.
    """

    law: MeasureEnacted
    share: ShareInterval
    paused: bool
    until: dt.date | None
    events: tuple[str, ...]

    @property
    def measure(self) -> Slug:
        """Which measure."""
        return self.law.measure


def own_units_on(
    state: State,
    day: dt.date,
    importer: Economy,
    exporter: Economy,
    product: Product | None = None,
) -> tuple[OwnUnit, ...]:
    """List the measures on one flow on one day that are no ad valorem duties.

    Parameters
    ----------
    state : State
        The folded log, before `at_unit_values`.
    day : date
        The day.
    importer, exporter : Economy
        The flow.
    product : Product, optional
        HS code; None asks for the measures on all goods.

    Returns
    -------
    tuple of OwnUnit
        By name. They add nothing to a rate, which does not mean that they cost nothing.
    """
    groups = groups_on(state, day)
    found = []
    for _, measure in sorted(state.measures.items()):
        law = measure.enacted
        if law is None or law.form == "ad-valorem" or not in_force(measure, day):
            continue
        share = coverage_on(measure, day, importer, exporter, product, groups)
        if not share.high:
            continue
        pauses = [w for w in measure.windows.values() if w.points is None and is_active(w, day)]
        ends = [[end for end in w.ends if end.effective <= day][-1].until for w in pauses]
        known = [end for end in ends if end is not None]
        found.append(
            OwnUnit(
                law=law,
                share=share,
                paused=bool(pauses),
                until=max(known) if known and len(known) == len(ends) else None,
                events=events_behind(
                    measure, day, spans_behind(measure, day, importer, exporter, product, groups)
                ),
            )
        )
    return tuple(found)
