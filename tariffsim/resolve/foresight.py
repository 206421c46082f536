"""What buyers of one market see coming along every path, and when they act on it.

Joins laws as they became known, rises in them, and beliefs; knows no draw of a parameter.
"""

import itertools
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.experiment import Ahead
from tariffsim.reduce import Compiled
from tariffsim.resolve.ahead import (
    Horizon,
    KnownLaw,
    PathPlan,
    Rise,
    ahead_of,
    days_before,
    rises_seen,
    threat_seen,
    together,
)
from tariffsim.resolve.courses import Course, Courses, Key
from tariffsim.resolve.knowledge import announcements, flow_law, threats
from tariffsim.resolve.paths import Calendar
from tariffsim.scenario import Market, Month
from tariffsim.stacking import EXACT_PER_UNIT


@attrs.define(kw_only=True, eq=False)
class Foresight:
    """One market's buyers.

    Parameters
    ----------
    courses : Courses
        Laws known along the paths.
    market : Market
        The flow.
    kept : (product,), bool
        Products of the market among those of the rows.
    benchmark : (product kept,), fraction
        Duty collected in the benchmark.
    day : int
        Ordinal of the benchmark day.
    listed : sequence of Month
        All months from the benchmark on.
    horizon : Horizon
        When buyers look ahead.
    """

    courses: Courses
    market: Market
    kept: Bools
    benchmark: Floats
    day: int
    listed: Sequence[Month]
    horizon: Horizon
    cell: tuple[int, int] = attrs.field(init=False)
    announced: Ints = attrs.field(init=False)
    threats: dict[int, list[tuple[KnownLaw, KnownLaw]]] = attrs.field(factory=dict)
    laws: dict[tuple[int, int], KnownLaw] = attrs.field(factory=dict)
    rates: dict[tuple[int, int], Floats] = attrs.field(factory=dict)
    known: dict[Key, float] = attrs.field(factory=dict)
    shares: dict[Key, tuple[Floats, Bools]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        axes = self.courses.knowledge.law.axes
        self.cell = (
            axes.importer.index(self.market.importer),
            axes.exporter.index(self.market.exporter),
        )
        first = self._law(self.courses.knowledge.day.toordinal(), self.courses.law((), ()))
        self.announced = announcements(self.courses.knowledge, self.market.importer, first.starts)

    def ahead(self, courses: Sequence[Course], regimes: Sequence[Ints], count: int) -> Ahead:
        """Say what is seen coming along some paths.

        Parameters
        ----------
        courses : sequence of Course
            One a path.
        regimes : sequence of (segment,), int
            The regime of each segment of the path's law.
        count : int
            How many regimes there are.
        """
        plans = [
            self._plan(course, regime, count)
            for course, regime in zip(courses, regimes, strict=True)
        ]
        products = int(self.kept.sum())
        return together(plans, months=len(self.listed), regimes=count, products=products)

    def _plan(self, course: Course, regime: Ints, count: int) -> PathPlan | None:
        laws = [self._law(known.since, known.calendar) for known in self.courses.laws(course)]
        rises = rises_seen(laws, self.announced, self.horizon)
        if self.courses.drawn:
            rises = [part for rise in rises for part in self._believed(course, rise)]
        for law, threat in self._threats(course.branch):
            rises += threat_seen(law, threat, self.horizon, laws=laws)
        return ahead_of(rises, self.listed, self.horizon, course.calendar.starts, regime, count)

    def _believed(self, course: Course, rise: Rise) -> list[Rise]:
        """Give a rise the share of buyers who count on it day by day, where chances tell it."""
        days = days_before(rise, self.horizon)
        if not len(days) or days[0] >= rise.ended:
            return []
        # What comes once it is over is nothing to go by, and paths differ in it.
        so_far = self.courses.until(course, rise.ended)
        key = (course.branch, so_far.came, rise.due, int(days[0]))
        if key not in self.shares:
            self.shares[key] = self.courses.beliefs(so_far, rise.due, days, self._rates, self.known)
        share, doubted = self.shares[key]
        edges = [0, *(np.flatnonzero(np.diff(doubted)) + 1).tolist(), len(days)]
        return [
            attrs.evolve(
                rise,
                since=max(rise.since, int(days[first])),
                ended=min(rise.ended, int(days[end - 1]) + 1),
                share=share if doubted[first] else None,
            )
            for first, end in itertools.pairwise(edges)
        ]

    def _threats(self, branch: int) -> list[tuple[KnownLaw, KnownLaw]]:
        """Work out the threats of a branch, each with the law that it was made under."""
        if branch not in self.threats:
            made = threats(self.courses.knowledge, self.courses.branches[branch].events)
            self.threats[branch] = [
                (self._threat(own.before, own.since), self._threat(own.carried_out, own.since))
                for own in made
            ]
        return self.threats[branch]

    def _threat(self, law: Compiled, since: int) -> KnownLaw:
        return flow_law(law, self.market, self.kept, self.benchmark, day=self.day, since=since)

    def _law(self, since: int, calendar: Calendar) -> KnownLaw:
        key = (id(calendar), since)
        if key not in self.laws:
            first = int(np.searchsorted(calendar.starts, since, side="right")) - 1
            base = int(calendar.at(self.day))
            rows = calendar.rows[first:].tolist()
            self.laws[key] = KnownLaw(
                since=since,
                starts=calendar.starts[first:],
                rate=np.stack([self._rate(row, base) for row in rows]),
            )
        return self.laws[key]

    def _rate(self, row: int, base: int) -> Floats:
        """Give the flow's rates in a row, (product,), above those of the benchmark's row."""
        if (row, base) not in self.rates:
            rows = self.courses.rows
            now, then = (
                (rows.low[own][self.cell][self.kept] + rows.high[own][self.cell][self.kept])
                / (2.0 * EXACT_PER_UNIT)
                for own in (row, base)
            )
            self.rates[row, base] = self.benchmark + now - then
        return self.rates[row, base]

    def _rates(self, calendar: Calendar, due: int) -> tuple[Floats, Floats]:
        """Give the rates of a law on the day before, and on the day; (product,) each."""
        base = int(calendar.at(self.day))
        before, then = calendar.at([due - 1, due]).tolist()
        return self._rate(before, base), self._rate(then, base)
