"""Why a measure in force adds nothing on a day: paused, or ruled out by how duties stack.

Reads the state and a stack worked out from it; changes neither.
"""

import datetime as dt
from typing import Literal

import attrs

from tariffsim.layers import Layer, Stacked
from tariffsim.reduce.on_day import is_active, rules_on
from tariffsim.states import MeasureState, RuleSpan, State, Window
from tariffsim.terms import Slug

Why = Literal["paused", "steps-aside", "outdone", "floor-reached", "capped"]

_BY_RULE: dict[str, Why] = {
    "yields": "steps-aside",
    "maximum": "outdone",
    "top-up": "floor-reached",
    "cap": "capped",
}


@attrs.frozen(kw_only=True)
class Idle:
    """Why one layer adds nothing.

    Parameters
    ----------
    why : str
        paused: a pause takes off the whole rate. The others name the stacking rule: it steps aside
        for other measures, a higher one counts in its place, a floor is reached without it, or
        a cap leaves nothing for it.
    until : date, optional
        For a pause: the first day no longer paused, as set by then; None is open.
    to : tuple of Slug
        The measures that count instead.
    """

    why: Why
    until: dt.date | None = None
    to: tuple[Slug, ...] = ()


def idle_layers(state: State, stacked: Stacked) -> dict[Slug, Idle]:
    """Explain every layer that adds nothing although its measure has a rate.

    Parameters
    ----------
    state : State
        The folded log.
    stacked : Stacked
        A stack worked out from it.

    Returns
    -------
    dict of Slug to Idle
        By measure; a measure whose rate was set to zero needs no reason and has none.

    Examples
    --------
    >>> import tariffsim as ts
    >>> from tariffsim.reduce import fold
    >>> log = ts.load_log("us-china")
    >>> steel = ts.state(log, dt.date(2025, 4, 12), "USA", "CHN", product="7208")
    >>> idle_layers(fold(log), steel)["us-ieepa-reciprocal-china"].to
    ('us-232-steel',)
    """
    found = {}
    for layer in stacked.layers:
        measure = state.measures.get(layer.measure)
        if layer.low or layer.high or measure is None:
            continue
        reason = _ruled_out(state, stacked, layer) if layer.rate else _paused(measure, stacked.on)
        if reason is not None:
            found[layer.measure] = reason
    return found


def _paused(measure: MeasureState, day: dt.date) -> Idle | None:
    levels = [level for level in measure.levels if level.effective <= day]
    active = [window for window in measure.windows.values() if is_active(window, day)]
    if not active or not levels or not levels[-1].rate:
        return None
    # Of pauses that overlap, the whole ones hold to the last of their ends; what several pauses
    # of some points leave changes with the first of them that ends.
    whole = [_until(window, day) for window in active if window.points is None]
    some = [_until(window, day) for window in active]
    ends = [end for end in whole or some if end is not None]
    if len(ends) < len(whole):
        return Idle(why="paused")
    return Idle(why="paused", until=(max if whole else min)(ends, default=None))


def _until(window: Window, day: dt.date) -> dt.date | None:
    return [end for end in window.ends if end.effective <= day][-1].until


def _ruled_out(state: State, stacked: Stacked, layer: Layer) -> Idle | None:
    measure = state.measures[layer.measure]
    imposer = measure.enacted.imposer if measure.enacted else None
    for span in rules_on(state, stacked.on):
        if span.imposer != imposer:
            continue
        to = _counting_instead(stacked, layer, span)
        if to:
            return Idle(why=_BY_RULE[span.rule.kind], to=to)
    return None


def _counting_instead(stacked: Stacked, layer: Layer, span: RuleSpan) -> tuple[Slug, ...]:
    rule = span.rule
    bound = rule.groups if rule.group is None else (rule.group,)
    if layer.group not in bound:
        return ()
    others = (*rule.to, *rule.over) or tuple(bound)
    return tuple(
        other.measure
        for other in stacked.layers
        if other.measure != layer.measure
        and other.group in others
        and (rule.kind == "yields" or other.high)
    )
