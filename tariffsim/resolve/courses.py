"""Along each path: which law was known from which day on, and what might still come of chances.

A law known on a day is the fold of what had been announced by then, so paths share most of theirs.
Knows branches, events and days of law; knows no market and no buyer.
"""

from collections.abc import Callable, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.errors import InputError
from tariffsim.events import Event, Threatened
from tariffsim.identity import event_id
from tariffsim.policy.events import moved
from tariffsim.reduce import compile_rates, fold_fork
from tariffsim.resolve.beliefs import Effects, Way, belief, clock_of, notice, pause_end
from tariffsim.resolve.forks import Fork, on_tariffs, touched_by
from tariffsim.resolve.knowledge import ON_TRADE, Knowledge
from tariffsim.resolve.paths import Calendar, Rows
from tariffsim.scenario import Branch, Chance
from tariffsim.states import State
from tariffsim.terms import Slug

Rates = Callable[[Calendar, int], tuple[Floats, Floats]]
Key = tuple[object, ...]
NOTHING = 1e-9
"""A rise below this is rounding."""

DOUBT = 0.01
"""The least share of a rise that a chance must be able to take off to speak for it."""


@attrs.frozen(kw_only=True, eq=False)
class Course:
    """What happens on a path: its branch, what was drawn on it, and the law with all of that.

    Parameters
    ----------
    branch : int
        Position among the branches that are run.
    drawn : tuple of Event
        Events on tariffs that were drawn.
    came : tuple of (Slug, int, int)
        The same as effects: chance, day, and until when (0 where no end).
    calendar : Calendar
        Its law.
    """

    branch: int
    drawn: tuple[Event, ...]
    came: tuple[tuple[Slug, int, int], ...]
    calendar: Calendar


@attrs.frozen(kw_only=True, eq=False)
class Known:
    """A law, and the day from which it was known."""

    since: int
    calendar: Calendar


@attrs.define(kw_only=True, eq=False)
class Courses:
    """Laws known along the paths of a scenario, each worked out once.

    Parameters
    ----------
    knowledge : Knowledge
        What is known on the knowledge day.
    branches : tuple of Branch
        All branches of the scenario, those that are run first: whoever lives on a path does not
        know what was asked of the run.
    states : tuple of State
        The fold of each.
    rows : Rows
        Rows of rates of all paths.
    """

    knowledge: Knowledge
    branches: tuple[Branch, ...]
    states: tuple[State, ...]
    rows: Rows
    ways: tuple[Way, ...] = attrs.field(init=False)
    forks: dict[Key, Fork] = attrs.field(factory=dict)
    calendars: dict[Key, Calendar] = attrs.field(factory=dict)
    along: dict[int, list[Known]] = attrs.field(factory=dict)

    def __attrs_post_init__(self) -> None:
        self.ways = tuple(
            Way(
                probability=branch.probability,
                chances=on_trade(branch.chances, state),
                said={
                    event_id(event): event.announced.toordinal()
                    for event in branch.events
                    if event.kind in ON_TRADE or isinstance(event, Threatened)
                },
            )
            for branch, state in zip(self.branches, self.states, strict=True)
        )

    @property
    def drawn(self) -> bool:
        """Whether anything that may change a tariff is drawn."""
        return any(way.chances for way in self.ways)

    def laws(self, course: Course) -> list[Known]:
        """List the laws of a path in the order in which they became known; the first is today's."""
        if id(course) not in self.along:
            self.along[id(course)] = self._laws(course)
        return self.along[id(course)]

    def _laws(self, course: Course) -> list[Known]:
        written, drawn = self._events(course)
        days = sorted({event.announced.toordinal() for event in (*written, *drawn)})
        found = [Known(since=self.knowledge.day.toordinal(), calendar=self.law((), ()))]
        found += [
            Known(since=day, calendar=self.law(*self.by_then(course, day))) for day in days[:-1]
        ]
        if days:
            found.append(Known(since=days[-1], calendar=course.calendar))
        return found

    def _events(self, course: Course) -> tuple[list[Event], list[Event]]:
        written = self.branches[course.branch].events
        return (
            [event for event in written if event.kind in ON_TRADE],
            [event for event in course.drawn if event.kind in ON_TRADE],
        )

    def by_then(self, course: Course, day: int) -> tuple[list[Event], list[Event]]:
        """List what is announced on a path by a day: of its branch, and of what is drawn."""
        written, drawn = (
            [event for event in events if event.announced.toordinal() <= day]
            for events in self._events(course)
        )
        return written, drawn

    def law(self, written: Sequence[Event], drawn: Sequence[Event]) -> Calendar:
        """Work out the law with some events of a branch, and some of those drawn on a path."""
        # Events of branches and of paths outlive this: one object is one event.
        key = (*map(id, written), "then", *map(id, drawn))
        if key not in self.calendars:
            self.calendars[key] = self.fork(written).path(drawn)[0]
        return self.calendars[key]

    def fork(self, written: Sequence[Event]) -> Fork:
        """Fork what is known by some events of a branch, once."""
        key = tuple(map(id, written))
        if key not in self.forks:
            self.forks[key] = self._fork(written)
        return self.forks[key]

    def _fork(self, written: Sequence[Event]) -> Fork:
        knowledge = self.knowledge
        state, law = knowledge.state, knowledge.law
        if written:
            state = fold_fork(written, knowledge.known, knowledge.state)
            law = compile_rates(state, law.axes, since=knowledge.since, covered=knowledge.covered)
        chances = [chance for branch in self.branches for chance in branch.chances.values()]
        return Fork(
            name="as announced",
            state=state,
            calendar=self.rows.add(law),
            touched=touched_by(chances),
            axes=law.axes,
            rows=self.rows,
        )

    def news(self, course: Course, day: int) -> dict[Slug, Effects]:
        """List the chances of a path that are known to have come by a day, with their effects."""
        chances = self.ways[course.branch].chances
        found: dict[Slug, Effects] = {}
        for name, effect, until in course.came:
            if effect - notice(chances[name]) <= day:
                found[name] = (*found.get(name, ()), (effect, until))
        return found

    def until(self, course: Course, day: int) -> Course:
        """Cut off what becomes known on a path from a day on."""
        chances = self.ways[course.branch].chances
        return attrs.evolve(
            course,
            drawn=tuple(e for e in course.drawn if e.announced.toordinal() < day),
            came=tuple(own for own in course.came if own[1] - notice(chances[own[0]]) < day),
        )

    def beliefs(
        self, course: Course, due: int, days: Ints, rates: Rates, known: dict[Key, float]
    ) -> tuple[Floats, Bools]:
        """Tell how likely a rise is to come, as seen along a path.

        Parameters
        ----------
        course : Course
            The path.
        due : int
            Ordinal of the day of the rise.
        days : (day,), int
            Ordinals of days in a row before it.
        rates : callable of (Calendar, int)
            Rates of a law on the day before, and on the day; by product.
        known : dict
            Shares of rises left, worked out before for the same flow.

        Returns
        -------
        share : (day,), probability
            That it comes.
        doubted : (day,), bool
            Whether anything that is drawn could call it off, as far as was known on the day.
        """
        found, doubted = np.ones(len(days)), np.zeros(len(days), dtype=np.bool_)
        edges = [days[0], *(day for day in self._news_days(course) if days[0] < day <= days[-1])]
        for first, end in zip(edges, [*edges[1:], days[-1] + 1], strict=True):
            view = _View(
                courses=self,
                course=course,
                day=int(first),
                due=due,
                rates=rates,
                known=known,
            )
            inside = (days >= first) & (days < end)
            found[inside] = view.belief(days[inside])
            doubted[inside] = view.doubted
        return found, doubted

    def _news_days(self, course: Course) -> list[int]:
        """List the days on which something becomes known on a path."""
        chances = self.ways[course.branch].chances
        drawn = {effect - notice(chances[name]) for name, effect, _ in course.came}
        return sorted({*drawn, *self.ways[course.branch].said.values()})


@attrs.define(kw_only=True, eq=False)
class _View:
    """A path seen from a day on which there are news, until the next: what may call off a rise."""

    courses: Courses
    course: Course
    day: int
    due: int
    rates: Rates
    known: dict[Key, float]
    doubted: bool = False
    by_then: tuple[list[Event], list[Event]] = attrs.field(init=False)
    law: Calendar = attrs.field(init=False)
    news: dict[Slug, Effects] = attrs.field(init=False)
    alike: Key = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        self.by_then = self.courses.by_then(self.course, self.day)
        self.law = self.courses.law(*self.by_then)
        self.news = self.courses.news(self.course, self.day)
        rows = self.law.at([self.due - 1, self.due]).tolist()
        came = sorted((name, len(effects)) for name, effects in self.news.items())
        self.alike = (*rows, *came, *map(id, self.by_then[0]))

    def belief(self, days: Ints) -> Floats:
        own = self.courses.ways[self.course.branch]
        ways = [
            (way, own.parts_from(way), self._left(number))
            for number, way in enumerate(self.courses.ways)
            if own.parts_from(way) > self.day
        ]
        return belief(ways, self.news, days, due=self.due, called_off=self._called_off)

    def _left(self, number: int) -> float:
        """Give the share of the rise that what a branch has still to announce leaves."""
        events = self.courses.branches[number].events
        written = [event for event in events if event.kind in ON_TRADE]
        if all(event.announced.toordinal() <= self.day for event in written):
            return 1.0
        return self._share(("branch", number), lambda: self.courses.law(written, self.by_then[1]))

    def _called_off(self, way: Way, name: Slug) -> float:
        """Give the share of the rise that is gone if a chance takes effect before it."""
        clock = clock_of(way, self.news, name)
        assert clock is not None
        chance, came = way.chances[name], self.news.get(name, ())
        day, until = min(max(self.due - 1, clock[0]), clock[1]), 0
        if chance.length_days is not None:
            day = pause_end(chance, came)
            until = day + chance.length_days.high
        gone = 1.0 - self._share((name, id(chance)), lambda: self._with(chance, day, until))
        self.doubted |= gone > DOUBT
        return gone

    def _with(self, chance: Chance, day: int, until: int) -> Calendar:
        """Work out the law with a chance that takes effect on a day."""
        events = [moved(event, day - chance.start.toordinal(), until) for event in chance.events]
        key = (id(chance), day, until, *map(id, self.by_then[0]), *map(id, self.by_then[1]))
        calendars = self.courses.calendars
        if key not in calendars:
            try:
                fork = self.courses.fork(self.by_then[0])
                calendars[key] = fork.path([*self.by_then[1], *events])[0]
            except InputError:  # it cannot come that day beside what has come
                calendars[key] = self.law
        return calendars[key]

    def _share(self, what: Key, changed: Callable[[], Calendar]) -> float:
        """Give the share of the rise that another law leaves; alike where rates and news are."""
        key = (*what, *self.alike)
        if key not in self.known:
            (old, new), (other_old, other) = (
                self.rates(law, self.due) for law in (self.law, changed())
            )
            rise = np.maximum(new - old, 0.0)
            # It comes on the day, or something as dear was there before it.
            after = np.minimum(rise, np.maximum(other - other_old, other - old))
            whole = float(rise.sum())
            left = float(np.maximum(after, 0.0).sum())
            self.known[key] = left / whole if whole > NOTHING else 1.0
        return self.known[key]


def on_trade(chances: Mapping[Slug, Chance], state: State) -> dict[Slug, Chance]:
    """Keep the chances that may change a tariff."""
    return {
        name: chance
        for name, chance in chances.items()
        if any(on_tariffs(event, state) for event in chance.events)
    }
