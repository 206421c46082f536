"""A log without one of its measures, and the rates with and without it; knows no entries, no money.

A measure that yielded to the one undone comes back, so the whole stack is worked out twice; the
measure's own rate would be wrong.
"""

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Ints, read_only
from tariffsim.asked import flow, goods, one_economy
from tariffsim.axes import Axis, TradeAxes
from tariffsim.errors import InputError, UnknownName
from tariffsim.events import MeasureEnacted, Voided
from tariffsim.layers import Stacked
from tariffsim.log import Log, append, as_day, known_on, known_through
from tariffsim.reduce import at_unit_values, compile_rates, fold, stacked_on
from tariffsim.states import MeasureState, State
from tariffsim.terms import REST, WORLD, Economy, Product, Slug, nearest
from tariffsim.undo.refund import LayerShift, RateSpan, Undone
from tariffsim.undo.segments import Tied, tie
from tariffsim.unit_value import UnitValue

EVER = dt.date.max


@attrs.frozen(kw_only=True, eq=False)
class Undoing:
    """A measure, the days on which it is undone, and the law as it stood on them.

    Parameters
    ----------
    log : Log
        As known on `known`.
    known, through : date, optional
        Knowledge day, and the day through which the log tells what happened.
    state, without : State
        The law as it stood, and without the measure.
    measure : Slug
        Which measure.
    importer : Economy
        Whose imports.
    start : date
        First day undone.
    end : date, optional
        First day on which the measure is no longer levied; None is open.
    ruling : str, optional
        Id of the event that voided it.
    refundable_from : date, optional
        What was paid from this day on is refundable.
    starts : (segment,), int
        Ordinals of the days from `start` on at which either law changes, and of `refundable_from`.
    tied : Tied
        The law that rules tie to the measure, by segment.
    """

    log: Log
    known: dt.date | None
    through: dt.date | None
    state: State
    without: State
    measure: Slug
    importer: Economy
    start: dt.date
    end: dt.date | None
    ruling: str | None
    refundable_from: dt.date | None
    starts: Ints = attrs.field(converter=read_only)
    tied: Tied

    @property
    def stop(self) -> int:
        """Ordinal of the first day after the last segment."""
        return (self.end or EVER).toordinal()

    @property
    def refundable(self) -> tuple[bool, ...]:
        """Whether what was paid is refundable, by segment."""
        first = self.refundable_from
        starts = self.starts.tolist()
        return tuple(first is not None and start >= first.toordinal() for start in starts)


def undoing(
    log: Log,
    measure: str,
    *,
    since: dt.date | str | None = None,
    known: dt.date | str | None = None,
    importer: Economy | str | None = None,
    unit_values: Sequence[UnitValue] = (),
) -> Undoing:
    """Take a measure out of a log.

    Parameters
    ----------
    log : Log
        The record.
    measure : str
        Which measure.
    since : date, optional
        First day undone; None is the measure's first day.
    known : date, optional
        Knowledge day; None uses everything in the log.
    importer : Economy, optional
        Whose imports; None is whoever imposed the measure.
    unit_values : sequence of UnitValue
        What units of the goods are worth, all of them alike; duties in those units then enter the
        rate, and can be undone.

    Returns
    -------
    Undoing
        Both laws, and the days that count.

    Raises
    ------
    UnknownName
        The log knows no such measure by then.
    InputError
        The measure is no ad valorem duty and no unit value makes it one, it had ended by
        `since`, or a day or the importer is none.

    Notes
    -----
    The law without the measure is the fold of the log and one more event: that it was voided from
    `since` on. A what-if event in a scenario says the same in the same words.
    """
    day = None if known is None else as_day(known)
    asked_from = None if since is None else as_day(since)
    buyer = None if importer is None else one_economy(importer)
    seen = known_on(log, day)
    state = at_unit_values(fold(seen), unit_values)
    found = _known_measure(state, seen, measure)
    enacted = found.enacted
    assert enacted is not None
    if buyer is None and enacted.flow == "export":
        raise InputError(f"{measure} falls on exports of {enacted.imposer}; name --importer")
    start = max(asked_from or enacted.effective, enacted.effective)
    if found.ended is not None and start >= found.ended:
        raise InputError(
            f"from must be before {measure} ended on {found.ended}, got {start}; choose a day from "
            f"{enacted.effective} on"
        )
    voided = Voided(announced=start, measure=Slug(measure), void_from=start, refund_from=start)
    without = at_unit_values(fold(append(seen, [voided])), unit_values)
    ruling, refundable_from = _refundable(seen, found, start, asked=asked_from is not None)
    window = (start, found.ended, refundable_from)
    starts = _starts((state, without), buyer or enacted.imposer, window)
    return Undoing(
        log=seen,
        known=day,
        through=min(filter(None, (known_through(log), day)), default=None),
        state=state,
        without=without,
        measure=Slug(measure),
        importer=buyer or enacted.imposer,
        start=start,
        end=found.ended,
        ruling=ruling,
        refundable_from=refundable_from,
        starts=starts,
        tied=tie(state, Slug(measure), buyer or enacted.imposer, starts),
    )


def _known_measure(state: State, log: Log, measure: str) -> MeasureState:
    known = {name: found for name, found in state.measures.items() if found.enacted is not None}
    if measure not in known:
        raise UnknownName(
            f"measure must be one of the log {log.name}, got {measure!r}{nearest(measure, known)}; "
            "list them with: tariffsim log --kind measure_enacted"
        )
    enacted = known[Slug(measure)].enacted
    assert enacted is not None
    if enacted.form != "ad-valorem":
        raise InputError(
            f"measure must be an ad valorem duty, got {measure}, a {enacted.form}; "
            f"{_to_enter(enacted)}"
        )
    return known[Slug(measure)]


def _to_enter(enacted: MeasureEnacted) -> str:
    if enacted.amount is None:
        return "it enters no rate"
    return f"it enters a rate where a unit value is given: --unit-value AMOUNT/{enacted.amount.per}"


def _refundable(
    log: Log, measure: MeasureState, start: dt.date, *, asked: bool
) -> tuple[str | None, dt.date | None]:
    """Find the ruling, and from when on it makes refundable what was paid."""
    ender = log.by_id.get(measure.ended_by or "")
    ruling = ender.id if ender is not None and isinstance(ender.event, Voided) else None
    if asked or ruling is None:
        return ruling, start
    first = measure.refund_from
    return ruling, None if first is None else max(first, start)


def _starts(
    laws: Sequence[State],
    importer: Economy,
    window: tuple[dt.date, dt.date | None, dt.date | None],
) -> Ints:
    """List the days in a window at which either law changes, its first day among them."""
    axes = TradeAxes(
        importer=Axis("importer", [importer]),
        exporter=Axis("exporter", [WORLD]),
        product=Axis("product", []),
    )
    start, end, refundable_from = window
    found = {start, refundable_from or start}
    for law in laws:
        found |= {dt.date.fromordinal(day) for day in compile_rates(law, axes).starts.tolist()}
    kept = sorted(day.toordinal() for day in found if start <= day < (end or EVER))
    return np.array(kept, dtype=np.int64)


def undo(
    undone: Undoing, *, exporter: Economy | str | None = None, product: Product | str | None = None
) -> Undone:
    """Stack the law on one flow with and without a measure, day range by day range.

    Parameters
    ----------
    undone : Undoing
        The measure taken out.
    exporter : Economy, optional
        Whose goods; None is the first partner that the measure names, else CHN, else ROW.
    product : Product, optional
        HS code; None asks for the headline where the measure is on all goods, else for the first
        code of its list.

    Returns
    -------
    Undone
        Neighbouring days on which both stacks are alike are one range.

    Raises
    ------
    InputError
        The exporter is no economy or the importer itself, or the product is no HS code.

    Examples
    --------
    >>> from tariffsim.files.logs import load_log
    >>> spans = undo(undoing(load_log("us-china"), "us-ieepa-fentanyl-china")).spans
    >>> [(str(span.start), span.difference_ends[0] / 10**10) for span in spans][:2]
    [('2025-02-04', 10.0), ('2025-03-04', 20.0)]
    """
    law = undone.state.measures[undone.measure].enacted
    assert law is not None
    usual = (*law.partners.include, Economy("CHN"), REST)
    spared = {WORLD, undone.importer, *law.partners.exclude}
    partner = next((code for code in usual if code not in spared), REST)
    if exporter is not None:
        _, partner = flow(undone.importer, exporter)
    listed = law.products.include
    code = goods(product) or (listed[0] if listed else None)
    return Undone(
        log=undone.log.name,
        measure=undone.measure,
        authority=law.authority,
        known_on=undone.known,
        importer=undone.importer,
        exporter=partner,
        product=code,
        start=undone.start,
        end=undone.end,
        ruling=undone.ruling,
        refundable_from=undone.refundable_from,
        spans=_spans(undone, partner, code),
    )


def _spans(undone: Undoing, exporter: Economy, product: Product | None) -> tuple[RateSpan, ...]:
    spans: list[RateSpan] = []
    days = [dt.date.fromordinal(int(start)) for start in undone.starts]
    for day, end, refundable in zip(days, [*days[1:], undone.end], undone.refundable, strict=True):
        both = [
            stacked_on(state, day, undone.importer, exporter, product)
            for state in (undone.state, undone.without)
        ]
        span = RateSpan(start=day, end=end, layers=_shifts(*both), refundable=refundable)
        if spans and (spans[-1].layers, spans[-1].refundable) == (span.layers, refundable):
            span = attrs.evolve(span, start=spans.pop().start)
        spans.append(span)
    return tuple(spans)


def _shifts(stood: Stacked, without: Stacked) -> tuple[LayerShift, ...]:
    left = {layer.measure: layer for layer in without.layers}
    return tuple(
        LayerShift(
            measure=layer.measure,
            with_low=layer.low,
            with_high=layer.high,
            without_low=left[layer.measure].low if layer.measure in left else 0,
            without_high=left[layer.measure].high if layer.measure in left else 0,
        )
        for layer in stood.layers
    )
