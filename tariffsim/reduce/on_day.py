"""What stands on one day: rate, stack of layers, controls; one cell at a time.

Reads the timelines of a state as the definitions in words do. The compiled form answers many days
and cells at once and is written apart from this on purpose, so that each can check the other.
"""

import datetime as dt
from collections.abc import Iterable, Sequence

from tariffsim.events import MeasureEnacted
from tariffsim.layers import ControlOnDay, Layer, OneOf, Pause, Stacked
from tariffsim.reduce.one_cell import CellRule, stack_cell
from tariffsim.reduce.reach import Groups, coverage_on, groups_on, plus, spans_behind
from tariffsim.scopes import NONE_OF_IT, ShareInterval, covers_partner
from tariffsim.states import ControlState, MeasureState, RuleSpan, ScopeSpan, State, Window
from tariffsim.terms import Economy, Product, Rate, Slug


def rate_on(measure: MeasureState, day: dt.date) -> Rate:
    """Find a measure's own rate on a day: its level then, less the pauses active then.

    Parameters
    ----------
    measure : MeasureState
        Its timelines.
    day : date
        Any day.

    Returns
    -------
    Rate
        Parts per million, zero or more; zero where the measure is not in force.

    Notes
    -----
    rate(t) = max(0, level(t) - sum of the points of the pauses active at t).
    """
    if not in_force(measure, day):
        return Rate(0)
    levels = [level for level in measure.levels if level.effective <= day]
    rate: int = levels[-1].rate if levels else 0
    for window in measure.windows.values():
        if is_active(window, day):
            rate -= rate if window.points is None else window.points
            rate = max(rate, 0)
    return Rate(rate)


def in_force(measure: MeasureState, day: dt.date) -> bool:
    """Tell whether a measure has come into being and has not ended by `day`."""
    if measure.enacted is None or day < measure.enacted.effective:
        return False
    return measure.ended is None or day < measure.ended


def is_active(window: Window, day: dt.date) -> bool:
    """Tell whether a pause is active: it has started and its end, as set by then, lies ahead."""
    if window.start is None or day < window.start:
        return False
    ends = [end for end in window.ends if end.effective <= day]
    return bool(ends) and (ends[-1].until is None or day < ends[-1].until)


def pauses_on(measure: MeasureState, day: dt.date) -> tuple[Pause, ...]:
    """List the pauses that are active on a day, each with its end as set by then."""
    found = []
    for name, window in sorted(measure.windows.items()):
        if is_active(window, day):
            end = [end for end in window.ends if end.effective <= day][-1]
            found.append(
                Pause(
                    suspension=name,
                    points=window.points,
                    until=end.until,
                    event=window.event or end.event,
                    end_event=end.event,
                )
            )
    return tuple(found)


def level_on(measure: MeasureState, day: dt.date) -> Rate | None:
    """Find the level that a measure was last set to, before pauses; None where it has none."""
    levels = [level for level in measure.levels if level.effective <= day]
    return levels[-1].rate if levels else None


def stacked_on(
    state: State,
    day: dt.date,
    importer: Economy,
    exporter: Economy,
    product: Product | None = None,
) -> Stacked:
    """Stack every ad valorem measure on one flow on one day.

    Parameters
    ----------
    state : State
        The folded log.
    day : date
        The day.
    importer, exporter : Economy
        The flow.
    product : Product, optional
        HS code; None asks for the headline add-on of the measures on all goods.

    Returns
    -------
    Stacked
        Layers that add up exactly to the total.
    """
    groups = groups_on(state, day)
    found: list[tuple[Slug, Rate, ShareInterval]] = []
    for name, measure in sorted(state.measures.items(), key=_by_age):
        if measure.enacted is None or measure.enacted.form != "ad-valorem":
            continue
        share = coverage_on(measure, day, importer, exporter, product, groups)
        if share.high and in_force(measure, day):
            found.append((name, rate_on(measure, day), share))
    laws = [law for name, _, _ in found if (law := state.measures[name].enacted) is not None]
    rules = [(span, positional_rule(span, laws)) for span in rules_on(state, day)]
    ends = _stacked_ends(found, [rule for _, rule in rules])
    layers = tuple(
        _layer(
            state.measures[name],
            name,
            (rate, low, high),
            day,
            spans_behind(state.measures[name], day, importer, exporter, product, groups),
        )
        for (name, rate, _), (low, high) in zip(found, ends, strict=True)
    )
    return Stacked(
        on=day,
        importer=importer,
        exporter=exporter,
        product=product,
        layers=layers,
        rules=tuple(span.event for span, rule in rules if _binds(rule)),
        one_of=_apart(state, day, importer, layers),
    )


def _apart(
    state: State, day: dt.date, importer: Economy, layers: Sequence[Layer]
) -> tuple[OneOf, ...]:
    """List the measures here of which at most one covers a tariff line."""
    found = []
    for span in _spans_of_rules(state, day):
        names = [layer.measure for layer in layers if layer.measure in span.rule.measures]
        if span.rule.kind == "one-of" and span.imposer == importer and len(names) > 1:
            found.append(OneOf(event=span.event, measures=tuple(names)))
    return tuple(found)


def _binds(rule: CellRule) -> bool:
    """Tell whether a rule says anything of the measures at hand."""
    if rule.kind == "yields":
        return bool(rule.members and rule.over)
    return len(rule.members) > (rule.kind == "maximum")


def _by_age(item: tuple[Slug, MeasureState]) -> tuple[dt.date, str]:
    name, measure = item
    return (measure.enacted.effective if measure.enacted else dt.date.max, name)


def _stacked_ends(
    found: list[tuple[Slug, Rate, ShareInterval]], rules: list[CellRule]
) -> list[tuple[int, int]]:
    rates = [rate for _, rate, _ in found]
    low, high = (
        stack_cell(rates, shares, rules)
        for shares in ([share.low for *_, share in found], [share.high for *_, share in found])
    )
    return list(zip(low, high, strict=True))


def rules_on(state: State, day: dt.date) -> list[RuleSpan]:
    """List the rules in force on a day that combine measures, in the order of their names."""
    return [span for span in _spans_of_rules(state, day) if span.rule.kind != "one-of"]


def _spans_of_rules(state: State, day: dt.date) -> list[RuleSpan]:
    found: list[RuleSpan] = []
    for name in sorted(state.rules):
        known = [span for span in state.rules[name] if span.effective <= day]
        if known and (known[-1].until is None or day < known[-1].until):
            found.append(known[-1])
    return found


def positional_rule(span: RuleSpan, laws: Sequence[MeasureEnacted]) -> CellRule:
    """Say a rule of named groups as one over measures by position.

    Parameters
    ----------
    span : RuleSpan
        The rule, with its imposer.
    laws : sequence of MeasureEnacted
        The measures to be stacked, oldest first.

    Returns
    -------
    CellRule
        Positions among `laws`; measures of another imposer are never bound.
    """

    def among(names: Iterable[Slug]) -> tuple[int, ...]:
        wanted = set(names)
        return tuple(
            place
            for place, law in enumerate(laws)
            if law.imposer == span.imposer and law.group in wanted
        )

    rule = span.rule
    assert rule.kind != "one-of"  # it combines nothing
    return CellRule(
        kind=rule.kind,
        members=among(rule.groups if rule.group is None else (rule.group,)),
        over=among((*rule.to, *rule.over)),
        amount=rule.floor or rule.ceiling or 0,
    )


def _layer(
    measure: MeasureState,
    name: Slug,
    figures: tuple[Rate, int, int],
    day: dt.date,
    spans: Iterable[ScopeSpan],
) -> Layer:
    enacted = measure.enacted
    assert enacted is not None
    rate, low, high = figures
    return Layer(
        measure=name,
        authority=enacted.authority,
        group=enacted.group,
        rate=rate,
        low=low,
        high=high,
        events=events_behind(measure, day, spans),
        refundable=measure.refund_from is not None and measure.refund_from <= day,
        level=level_on(measure, day),
        pauses=pauses_on(measure, day),
    )


def events_behind(
    measure: MeasureState, day: dt.date, spans: Iterable[ScopeSpan] | None = None
) -> tuple[str, ...]:
    """List the events that make a measure's rate on a day what it is, the level's first.

    Of the changes of its scope only `spans`, where they are given.
    """
    levels = [level.event for level in measure.levels if level.effective <= day][-1:]
    found = [*levels]
    for _, window in sorted(measure.windows.items()):
        if is_active(window, day):
            found += [window.event or ""]
            found += [end.event for end in window.ends if end.effective <= day][-1:]
    found += [
        span.event
        for span in (measure.spans if spans is None else spans)
        if span.effective <= day and (span.until is None or day < span.until)
    ]
    found.append(measure.event or "")
    return tuple(dict.fromkeys(event for event in found if event))


def controls_on(
    state: State, day: dt.date, exporter: Economy, destination: Economy
) -> tuple[ControlOnDay, ...]:
    """List the export controls of `exporter` that bind goods for `destination` on a day."""
    groups = groups_on(state, day)
    found = (
        _control_on(name, control, day, exporter, destination, groups)
        for name, control in sorted(state.controls.items())
    )
    return tuple(control for control in found if control is not None)


def _control_on(
    name: Slug,
    control: ControlState,
    day: dt.date,
    exporter: Economy,
    destination: Economy,
    groups: Groups,
) -> ControlOnDay | None:
    law = control.control_set
    if law is None or law.imposer != exporter or day < law.effective:
        return None
    if not covers_partner(law.destinations, destination, groups):
        return None
    if control.ended is not None and day >= control.ended:
        return None
    if any(is_active(window, day) for window in control.windows.values()):
        return None
    level = [found for found in control.levels if found.effective <= day][-1]
    freed = NONE_OF_IT
    licences = [
        licence
        for licence in control.licences
        if licence.effective <= day and (licence.until is None or day < licence.until)
        if covers_partner(licence.destinations, destination, groups)
    ]
    for licence in licences:
        freed = plus(freed, licence.share)
    return ControlOnDay(
        control=name,
        stance=law.stance,
        materials=law.materials,
        approval=level.approval,
        freed=freed,
        delay_days=level.delay_days,
        since=law.effective,
        events=(level.event, *(licence.event for licence in licences)),
    )
