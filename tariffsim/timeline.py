"""A rate through time: the days on which its stack changes, and the events that moved it.

Folds a log and stacks on the days where something begins or ends; draws nothing.
"""

import datetime as dt
from collections.abc import Iterable, Iterator

import attrs

from tariffsim.asked import flow, goods
from tariffsim.layers import Stacked
from tariffsim.log import Entry, Log, as_day, known_on
from tariffsim.reduce import fold, stacked_on
from tariffsim.scopes import Products, product_coverage
from tariffsim.states import MeasureState, State, Window
from tariffsim.terms import Economy, Product, Slug

Ends = tuple[int, int]
Between = tuple[dt.date | None, dt.date | None]
Asked = tuple[dt.date | str | None, dt.date | str | None]


@attrs.frozen(kw_only=True)
class Step:
    """A day on which the stack changed.

    Parameters
    ----------
    on : date
        The day.
    stacked : Stacked
        The stack from that day on.
    moved_by : tuple of Entry
        The events that moved it, the one behind the largest change first; none where the day is
        only the first one asked for.
    """

    on: dt.date
    stacked: Stacked
    moved_by: tuple[Entry, ...]


@attrs.frozen(kw_only=True)
class Timeline:
    """The stacked rate on one flow, from change to change.

    Parameters
    ----------
    log : Slug
        Name of the log.
    known_on : date, optional
        Knowledge day.
    importer, exporter : Economy
        The flow.
    product : Product, optional
        None is the headline: measures on all goods.
    steps : tuple of Step
        In the order of their days.
    """

    log: Slug
    known_on: dt.date | None
    importer: Economy
    exporter: Economy
    product: Product | None
    steps: tuple[Step, ...]


@attrs.frozen(kw_only=True)
class _Move:
    """Something that begins or ends on a day; without a subject it is a rule or a group."""

    on: dt.date
    event: str
    subject: Slug | None = None
    birth: bool = False


def timeline(
    log: Log,
    importer: Economy | str,
    exporter: Economy | str,
    *,
    product: Product | str | None = None,
    between: Asked = (None, None),
    known: dt.date | str | None = None,
) -> Timeline:
    """Find the days on which the stacked rate on a flow changes.

    Parameters
    ----------
    log : Log
        The record.
    importer, exporter : Economy
        The flow.
    product : Product, optional
        HS code; None asks for the headline add-on of the measures on all goods.
    between : tuple of (date, str or None, date, str or None)
        First and last day, both included; the first one always has a step.
    known : date, optional
        Knowledge day; None uses everything in the log, with what it schedules for later.

    Returns
    -------
    Timeline
        One step a day on which what some measure adds became another; a day on which one measure
        takes over from another at the same total is a step too.

    Raises
    ------
    InputError
        A day, an economy or the product is none, or the flow is of an economy to itself.

    Examples
    --------
    >>> import tariffsim as ts
    >>> spring = (None, dt.date(2025, 3, 31))
    >>> found = timeline(ts.load_log("us-china"), "USA", "CHN", between=spring)
    >>> [(str(step.on), step.moved_by[0].event.key) for step in found.steps]
    [('2025-02-04', 'us-fentanyl-10'), ('2025-03-04', 'us-fentanyl-20')]
    """
    (buyer, seller), code = flow(importer, exporter), goods(product)
    day_known = None if known is None else as_day(known)
    first, last = (None if day is None else as_day(day) for day in between)
    seen = known_on(log, day_known)
    state = fold(seen)
    moves = sorted(_moves(state, code), key=lambda move: move.on)
    steps: list[Step] = []
    before: dict[Slug, Ends] = {}
    for day in _days(moves, (first, last)):
        stacked = stacked_on(state, day, buyer, seller, code)
        after = added_by_measure(stacked)
        changed = _largest_first(before, after)
        if (first is None or day >= first) and (changed or day == first):
            events = _behind([move for move in moves if move.on == day], changed)
            moved_by = tuple(seen.by_id[event] for event in events if event in seen.by_id)
            steps.append(Step(on=day, stacked=stacked, moved_by=moved_by))
        before = after
    return Timeline(
        log=log.name,
        known_on=day_known,
        importer=buyer,
        exporter=seller,
        product=code,
        steps=tuple(steps),
    )


def _days(moves: Iterable[_Move], between: Between) -> list[dt.date]:
    """The days to look at: every move in the range, and the last one before it to compare with."""
    first, last = between
    days = sorted({move.on for move in moves} | ({first} if first else set()))
    if last is not None:
        days = [day for day in days if day <= last]
    earlier = [day for day in days if first is not None and day < first]
    return days[max(len(earlier) - 1, 0) :]


def added_by_measure(stacked: Stacked) -> dict[Slug, Ends]:
    """Give what each measure adds, units of 1e-12, without those that add nothing."""
    return {
        layer.measure: (layer.low, layer.high)
        for layer in stacked.layers
        if layer.low or layer.high
    }


def added_by_authority(stacked: Stacked) -> dict[Slug, Ends]:
    """Give what each legal authority adds, units of 1e-12, without those that add nothing.

    Examples
    --------
    >>> import tariffsim as ts
    >>> day = dt.date(2025, 5, 14)
    >>> added_by_authority(ts.state(ts.load_log("us-china"), day, "USA", "CHN"))
    {'ieepa-fentanyl': (200000000000, 200000000000),
     'ieepa-reciprocal': (100000000000, 100000000000)}
    """
    found: dict[Slug, Ends] = {}
    for layer in stacked.layers:
        low, high = found.get(layer.authority, (0, 0))
        if layer.low or layer.high:
            found[layer.authority] = (low + layer.low, high + layer.high)
    return found


def _largest_first(before: dict[Slug, Ends], after: dict[Slug, Ends]) -> list[Slug]:
    none = (0, 0)
    sizes = {
        name: max(
            abs(new - old)
            for new, old in zip(after.get(name, none), before.get(name, none), strict=True)
        )
        for name in (*after, *before)
    }
    return sorted((name for name in sizes if sizes[name]), key=lambda name: (-sizes[name], name))


def _behind(moves: list[_Move], changed: list[Slug]) -> list[str]:
    """The events behind a change: a measure's own, else the rules and whoever else moved."""
    events: list[str] = []
    unexplained = False
    for name in changed:
        own = [move for move in moves if move.subject == name]
        # A measure's first rate says more than that it came into being on the same day.
        told = [move for move in own if not move.birth] or own
        events += [move.event for move in told]
        unexplained = unexplained or not own
    if unexplained:
        rules = [move.event for move in moves if move.subject is None]
        events += rules or [move.event for move in moves if not move.birth]
    return list(dict.fromkeys(events))


def _moves(state: State, product: Product | None) -> Iterator[_Move]:
    for name, measure in state.measures.items():
        if measure.enacted is not None and measure.enacted.form == "ad-valorem":
            yield from _of_measure(name, measure, product)
    for rules in state.rules.values():
        for rule in rules:
            yield _Move(on=rule.effective, event=rule.event)
            if rule.until is not None:
                yield _Move(on=rule.until, event=rule.event)
    for timeline_of_group in state.groups.values():
        for membership in timeline_of_group:
            yield _Move(on=membership.effective, event=membership.event)


def _of_measure(name: Slug, measure: MeasureState, product: Product | None) -> Iterator[_Move]:
    assert measure.enacted is not None
    yield _Move(on=measure.enacted.effective, event=measure.event or "", subject=name, birth=True)
    # Of two levels for one day only the one announced last was ever in force.
    last_of_day = {level.effective: level for level in measure.levels}
    for level in last_of_day.values():
        yield _Move(on=level.effective, event=level.event, subject=name)
    for window in measure.windows.values():
        for day, event in _of_window(window):
            yield _Move(on=day, event=event, subject=name)
    for span in measure.spans:
        if not _touches(span.products, product):
            continue
        yield _Move(on=span.effective, event=span.event, subject=name)
        if span.until is not None:
            yield _Move(on=span.until, event=span.event, subject=name)
    if measure.ended is not None:
        yield _Move(on=measure.ended, event=measure.ended_by or "", subject=name)


def _touches(products: Products | None, product: Product | None) -> bool:
    if products is None or product is None:
        return products is None or products.all_goods
    return product_coverage(products, product).high > 0


def _of_window(window: Window) -> Iterator[tuple[dt.date, str]]:
    if window.start is not None and window.event is not None:
        yield window.start, window.event
    ends = list({end.effective: end for end in window.ends}.values())
    following = [end.effective for end in ends[1:]]
    for end, moved_on in zip(ends, [*following, dt.date.max], strict=True):
        yield end.effective, end.event
        # An end that was moved before it came is no end.
        if end.until is not None and end.until < moved_on:
            yield end.until, end.event
