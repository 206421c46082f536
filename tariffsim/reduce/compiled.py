"""The compiled form: a state as sorted breakpoints and tables, for many days and cells at once.

Between two breakpoints no rate, pause, scope, rule or group changes, so the stack is worked out
once a segment and gathered by day. Written apart from the fold's day-by-day lookups: it sorts and
searches, and calls none of them.
"""

import datetime as dt
import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from functools import cached_property, partial

import attrs
import numpy as np

from tariffsim import stacking
from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.axes import TradeAxes
from tariffsim.reduce.covered import Covered
from tariffsim.scopes import Products, covers_partner
from tariffsim.states import MeasureState, RuleSpan, ScopeSpan, State, Window
from tariffsim.terms import Economy, Slug

ALWAYS = dt.date.min.toordinal()
NEVER = dt.date.max.toordinal()
FULL = stacking.FULL


@attrs.frozen(kw_only=True, eq=False, slots=False)
class Compiled:
    """Stacked statutory rates as a table of segments.

    Parameters
    ----------
    axes : TradeAxes
        Importer, exporter and product labels.
    starts : (segment,), int
        Ordinal of each segment's first day; the first segment starts at the beginning of time.
    low, high : (segment, importer, exporter, product), units of 1e-12
        The stack where lists cover the least and the most that is known.
    """

    axes: TradeAxes
    starts: Ints = attrs.field(converter=read_only)
    low: Ints = attrs.field(converter=read_only)
    high: Ints = attrs.field(converter=read_only)

    def segments(self, days: Iterable[dt.date]) -> Ints:
        """Find the segment of each day; (day,)."""
        ordinals = np.fromiter((day.toordinal() for day in days), dtype=np.int64)
        return np.searchsorted(self.starts, ordinals, side="right") - 1

    def exact(self, days: Iterable[dt.date]) -> tuple[Ints, Ints]:
        """Give both ends of the stack on each day; (day, importer, exporter, product), 1e-12."""
        rows = self.segments(days)
        return self.low[rows], self.high[rows]

    def rates(self, days: Iterable[dt.date]) -> Floats:
        """Give the stack as fractions, at the middle of its range.

        Axes are day, importer, exporter, product.
        """
        return self._middle[self.segments(days)]

    @cached_property
    def _middle(self) -> Floats:
        return (self.low + self.high) / (2.0 * stacking.EXACT_PER_UNIT)


def compile_rates(
    state: State,
    axes: TradeAxes,
    *,
    days: Sequence[dt.date] | None = None,
    since: dt.date | None = None,
    covered: Covered | None = None,
) -> Compiled:
    """Turn a state into a table of stacked rates over `axes`.

    Parameters
    ----------
    state : State
        The folded log.
    axes : TradeAxes
        Economies and products asked for; a product may be a code of any length.
    days : sequence of date, optional
        Work out these days alone, in order, as if nothing changed in between; all breakpoints if
        not given.
    since : date, optional
        Rates of segments that end by this day are not wanted, and left at zero.
    covered : Covered, optional
        Where states that share measures, as forks of one log do, keep what those cover.

    Returns
    -------
    Compiled
        Exact rates by segment.

    Notes
    -----
    Cost is segments x measures in force x cells for the stack, then one gather a day.
    """
    known = covered if covered is not None and covered.serves(state, axes) else Covered()
    table = _Table(
        state=state, axes=axes, days=None if days is None else tuple(days), covered=known
    )
    starts = table.starts
    first = 0 if since is None else int(np.searchsorted(starts, since.toordinal(), "right")) - 1
    shape = (len(starts), *axes.shape)
    low = np.zeros(shape, dtype=np.int64)
    high = np.zeros(shape, dtype=np.int64)
    for importer, importer_code in enumerate(axes.importer.labels):
        for exporter, exporter_code in enumerate(axes.exporter.labels):
            if importer_code != exporter_code:
                ends = table.pair(Economy(importer_code), Economy(exporter_code), first)
                low[:, importer, exporter], high[:, importer, exporter] = ends
    for bound in (low, high):
        bound.flags.writeable = False  # made here and held by nobody else: spares a copy
    return Compiled(axes=axes, starts=starts, low=low, high=high)


@attrs.frozen(kw_only=True, eq=False, slots=False)
class _Table:
    """Breakpoints, and each measure's level at every one of them."""

    state: State
    axes: TradeAxes
    covered: Covered
    days: tuple[dt.date, ...] | None = None

    @cached_property
    def measures(self) -> tuple[tuple[Slug, MeasureState], ...]:
        found = [
            (name, measure)
            for name, measure in self.state.measures.items()
            if measure.enacted is not None and measure.enacted.form == "ad-valorem"
        ]
        return tuple(sorted(found, key=lambda item: (_birth(item[1]), item[0])))

    @cached_property
    def starts(self) -> Ints:
        if self.days is not None:
            return np.array([day.toordinal() for day in self.days], dtype=np.int64)
        days = {ALWAYS}
        for _, measure in self.measures:
            days |= _breaks(measure)
        for spans in self.state.rules.values():
            if all(span.rule.kind == "one-of" for span in spans):
                continue
            for span in spans:
                days |= {span.effective.toordinal(), _end(span.until)}
        for timeline in self.state.groups.values():
            days |= {entry.effective.toordinal() for entry in timeline}
        return np.array(sorted(days - {NEVER}), dtype=np.int64)

    @cached_property
    def rates(self) -> Ints:
        """(measure, segment), parts per million."""
        rows = [rates_at(measure, self.starts) for _, measure in self.measures]
        return np.array(rows, dtype=np.int64).reshape(len(rows), len(self.starts))

    @cached_property
    def alive(self) -> list[list[bool]]:
        """[measure][segment], whether the measure is in force."""
        born = np.array([_birth(measure) for _, measure in self.measures], dtype=np.int64)
        dead = np.array([_end(measure.ended) for _, measure in self.measures], dtype=np.int64)
        starts = self.starts[None, :]
        found: list[list[bool]] = ((starts >= born[:, None]) & (starts < dead[:, None])).tolist()
        return found

    @cached_property
    def segment(self) -> Mapping[int, int]:
        """The segment that starts on a day, the first of those that do."""
        days = self.starts.tolist()
        return dict(zip(reversed(days), reversed(range(len(days))), strict=True))

    @cached_property
    def group_breaks(self) -> set[int]:
        """Days on which the members of some group change."""
        timelines = self.state.groups.values()
        return {entry.effective.toordinal() for timeline in timelines for entry in timeline}

    @cached_property
    def nowhere(self) -> list[Ints | None]:
        """Coverage of a measure that never reaches a flow, by segment."""
        return [None] * len(self.starts)

    def _ever(self, imposer: Economy) -> frozenset[Economy]:
        """List who may ever act as an imposer: itself, and whoever is a member of it on some day.

        Most flows among many economies are nobody's target: they cost one look each.
        """
        timeline = self.state.groups.get(imposer, ())
        return frozenset({imposer}.union(*(entry.members for entry in timeline)))

    @cached_property
    def groups(self) -> tuple[dict[Economy, frozenset[Economy]], ...]:
        """Members of every group, by segment."""
        found: list[dict[Economy, frozenset[Economy]]] = [{} for _ in self.starts]
        for group, timeline in self.state.groups.items():
            days = np.array([entry.effective.toordinal() for entry in timeline])
            for segment, last in enumerate(np.searchsorted(days, self.starts, side="right") - 1):
                if last >= 0:
                    found[segment][group] = frozenset(timeline[last].members)
        return tuple(found)

    @cached_property
    def rules(self) -> tuple[tuple[stacking.Rule, ...], ...]:
        """Stacking rules in force, by segment."""
        found: list[list[stacking.Rule]] = [[] for _ in self.starts]
        for name in sorted(self.state.rules):
            spans = self.state.rules[name]
            days = np.array([span.effective.toordinal() for span in spans])
            for segment, last in enumerate(np.searchsorted(days, self.starts, side="right") - 1):
                if last >= 0 and self.starts[segment] < _end(spans[last].until):
                    found[segment].extend(self._combining(spans[last]))
        return tuple(tuple(rules) for rules in found)

    def _combining(self, span: RuleSpan) -> Iterator[stacking.Rule]:
        """Say a rule over measures by position; one-of combines nothing."""
        rule = span.rule
        if rule.kind == "one-of":
            return
        laws = [m.enacted for _, m in self.measures if m.enacted is not None]
        own = np.array([law.imposer == span.imposer for law in laws], dtype=np.bool_)
        groups = np.array([law.group for law in laws], dtype=np.str_)
        bound = rule.groups if rule.group is None else (rule.group,)
        yield stacking.Rule(
            kind=rule.kind,
            members=own & np.isin(groups, list(bound)),
            over=own & np.isin(groups, [*rule.to, *rule.over]),
            amount=rule.floor or rule.ceiling or 0,
        )

    def pair(self, importer: Economy, exporter: Economy, first: int) -> tuple[Ints, Ints]:
        """Stack one flow over segments from the first wanted on; two of (segment, product)."""
        products = len(self.axes.product)
        ends = np.zeros((2, len(self.starts), products), dtype=np.int64)
        known: dict[tuple[object, ...], Ints] = {}
        covers = [
            (row, self.alive[row], cover)
            for row in range(len(self.measures))
            if (cover := self._coverage(row, importer, exporter)) is not self.nowhere
        ]
        if not covers:
            return ends[0], ends[1]
        for segment in range(first, len(self.starts)):
            rows = [
                (row, cover[segment])
                for row, alive, cover in covers
                if alive[segment] and cover[segment] is not None
            ]
            if not rows:
                continue
            members = [row for row, _ in rows]
            coverage = np.stack([share for _, share in rows if share is not None])
            rules = [_rows(rule, members) for rule in self.rules[segment]]
            rates = self.rates[members, segment]
            key = (tuple(members), rates.tobytes(), coverage.tobytes(), _signature(rules))
            stacked = known.get(key)
            if stacked is None:
                flat = coverage.reshape(len(rows), 2 * products)
                layers = stacking.stack(rates, flat, rules)
                stacked = known[key] = layers.sum(axis=0).reshape(2, products)
            ends[:, segment] = stacked
        return ends[0], ends[1]

    def _coverage(self, row: int, importer: Economy, exporter: Economy) -> list[Ints | None]:
        """By segment: the (end, product) coverage in parts per million; None where it is nil."""
        _, measure = self.measures[row]
        enacted = measure.enacted
        assert enacted is not None
        exports = enacted.flow == "export"
        imposer, partner = (exporter, importer) if exports else (importer, exporter)
        if imposer not in self._ever(enacted.imposer):
            return self.nowhere
        found = list(self.nowhere)
        for first, end in itertools.pairwise([*self.moments[row], len(found)]):
            start, groups = int(self.starts[first]), self.groups[first]
            work = partial(self._covered_on, measure, start, imposer, partner, groups)
            cover = self.covered.on(measure, (imposer, partner, start), work)
            found[first:end] = [cover] * (end - first)
        return found

    @cached_property
    def moments(self) -> tuple[Sequence[int], ...]:
        """By measure, the segments in which what it covers may change."""
        return tuple(self._moments(measure) for _, measure in self.measures)

    def _moments(self, measure: MeasureState) -> Sequence[int]:
        """List the segments in which what a measure covers may change, the first among them."""
        # Between days that were asked for by themselves anything may have changed.
        if self.days is not None:
            return range(len(self.starts))
        days = set(self.group_breaks)
        for span in measure.spans:
            days |= {span.effective.toordinal(), _end(span.until)}
        return sorted({0, *(self.segment[day] for day in days if day in self.segment)})

    def _covered_on(
        self,
        measure: MeasureState,
        start: int,
        imposer: Economy,
        partner: Economy,
        groups: Mapping[Economy, frozenset[Economy]],
    ) -> Ints | None:
        enacted = measure.enacted
        assert enacted is not None
        if imposer != enacted.imposer and imposer not in groups.get(enacted.imposer, ()):
            return None
        inside = covers_partner(enacted.partners, partner, groups)
        found = [
            (span, span.partners is not None and covers_partner(span.partners, partner, groups))
            for span in measure.spans
            if span.effective.toordinal() <= start < _end(span.until)
        ]
        # The last change of partners alone that names this one says whether it is the measure's
        # own; changes of goods that name nobody concern those.
        moves = [s.direction for s, named in found if named and s.products is None]
        own = moves[-1] == "in" if moves else inside
        spans = [s for s, named in found if named or (own and s.partners is None)]
        return self._covered(enacted.products, inside, spans)

    def _covered(self, products: Products, inside: bool, spans: Sequence[ScopeSpan]) -> Ints | None:
        share = self._listed(products) if inside else np.zeros((2, len(self.axes.product)), int)
        for span in spans:
            part = self._listed(span.products or products)
            share = (
                np.minimum(share + part, FULL)
                if span.direction == "in"
                else np.maximum(share - part[::-1], 0)
            )
        return share if share.any() else None

    def _listed(self, products: Products) -> Ints:
        return self.covered.listed(products, self.axes)


def _signature(rules: Sequence[stacking.Rule]) -> tuple[object, ...]:
    return tuple((r.kind, r.members.tobytes(), r.over.tobytes(), r.amount) for r in rules)


def _rows(rule: stacking.Rule, members: Sequence[int]) -> stacking.Rule:
    rows = list(members)
    return attrs.evolve(rule, members=rule.members[rows], over=rule.over[rows])


def _birth(measure: MeasureState) -> int:
    return measure.enacted.effective.toordinal() if measure.enacted else NEVER


def _end(day: dt.date | None) -> int:
    return NEVER if day is None else day.toordinal()


def _breaks(measure: MeasureState) -> set[int]:
    days = {_birth(measure), _end(measure.ended)}
    days |= {level.effective.toordinal() for level in measure.levels}
    for span in measure.spans:
        days |= {span.effective.toordinal(), _end(span.until)}
    for window in measure.windows.values():
        days.add(_end(window.start))
        for end in window.ends:
            days |= {end.effective.toordinal(), _end(end.until)}
    return days


def rates_at(measure: MeasureState, starts: Ints) -> Ints:
    """Find a measure's level less its pauses on each day, whether or not it is in force.

    Parameters
    ----------
    measure : MeasureState
        Its timelines; they are sorted, so the last entry before a day counts.
    starts : (day,), int
        Ordinals.

    Returns
    -------
    (day,), parts per million
    """
    effective = np.array([level.effective.toordinal() for level in measure.levels], dtype=np.int64)
    values = np.array([0, *(level.rate for level in measure.levels)], dtype=np.int64)
    rates: Ints = values[np.searchsorted(effective, starts, side="right")]
    for window in measure.windows.values():
        active = _active(window, starts)
        if window.points is None:
            rates = np.where(active, 0, rates)
        else:
            rates = np.maximum(rates - active * window.points, 0)
    return rates


def _active(window: Window, starts: Ints) -> Ints:
    if window.start is None:
        return np.zeros(len(starts), dtype=np.int64)
    effective = np.array([end.effective.toordinal() for end in window.ends], dtype=np.int64)
    untils = np.array([ALWAYS, *(_end(end.until) for end in window.ends)], dtype=np.int64)
    until = untils[np.searchsorted(effective, starts, side="right")]
    return ((starts >= window.start.toordinal()) & (starts < until)).astype(np.int64)
