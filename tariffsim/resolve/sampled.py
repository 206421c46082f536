"""What was drawn, as paths of law: which draw lies on which path, each path worked out once.

Two draws on which the same came on the same days are one path, and so are two paths with the same
rates on every day. Knows no market and no material.
"""

import datetime as dt
import zlib
from collections.abc import Callable, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints
from tariffsim.events import Event, Threatened
from tariffsim.experiment import Sampled
from tariffsim.identity import event_id
from tariffsim.policy import Outcome, Sample, drawn_events
from tariffsim.policy.events import Written
from tariffsim.reduce import Compiled
from tariffsim.resolve.courses import Course, on_trade
from tariffsim.resolve.forks import Fork, on_supply, on_tariffs
from tariffsim.resolve.knowledge import ON_TRADE
from tariffsim.resolve.paths import Calendar, distinct
from tariffsim.resolve.transit import Arrivals, Transit
from tariffsim.scenario import Branch, Chance
from tariffsim.states import State
from tariffsim.terms import Economy, Slug

Chosen = Callable[[Event, State], bool]
Events = Mapping[int, tuple[Event, ...]]


@attrs.frozen(kw_only=True, eq=False)
class Law:
    """The law of a branch: events it adds, rates with nothing drawn, and what is drawn on it."""

    events: tuple[Event, ...]
    rates: Compiled
    chances: Mapping[Slug, Chance]


@attrs.frozen(kw_only=True, eq=False)
class TariffPaths:
    """Distinct paths of tariff law.

    Parameters
    ----------
    calendars : tuple of Calendar
        One a path.
    add_on : (path, flow), percent
        Headline add-on on the last day.
    track : (branch,), int
        The track of each branch.
    tracks : (track, sample), int, or None
        The path of each sample on each track; None where each track is one path.
    courses : tuple of Course
        One a path: what happens on it; empty where nobody asks.
    arrivals : tuple of Arrivals or None
        One a path: what goods in transit meet on it; None where no grace clause matters, or
        where it was not worked out.
    left_out : bool
        Whether there are paths on which what goods in transit meet was not worked out.
    """

    calendars: tuple[Calendar, ...]
    add_on: Floats
    track: Ints
    tracks: Ints | None
    courses: tuple[Course, ...]
    arrivals: tuple[Arrivals | None, ...]
    left_out: bool


@attrs.frozen(kw_only=True)
class Asked:
    """What is asked of the paths.

    Parameters
    ----------
    flows : tuple of (importer, exporter)
        Whose headline add-on is wanted.
    last : date
        The day of it.
    foreseen : bool
        Whether paths of equal rates are told apart by what buyers learn on them.
    """

    flows: tuple[tuple[Economy, Economy], ...]
    last: dt.date
    foreseen: bool


def tariff_paths(
    forks: Sequence[Fork],
    laws: Sequence[Law],
    events: Sequence[Events],
    drawn: Sample,
    transit: Transit,
    asked: Asked,
) -> TariffPaths:
    """Work out every path of tariff law.

    Parameters
    ----------
    forks : sequence of Fork
        One a branch.
    laws : sequence of Law
        One a branch.
    events : sequence of mapping of int to tuple of Event
        What `written_events` gives.
    drawn : Sample
        What was drawn for each.
    transit : Transit
        What goods in transit meet.
    asked : Asked
        What is wanted of them.

    Returns
    -------
    TariffPaths
        In order of first appearance.
    """
    groups, members, numbers_of = _grouped(forks, events, drawn, on_tariffs)
    courses, add_ons = [], []
    for (branch, happened), number in zip(groups, numbers_of, strict=True):
        calendar, state = forks[branch].path(happened)
        came = _came(laws[branch], forks[branch].state, drawn.outcomes[number])
        courses.append(Course(branch=branch, drawn=happened, came=came, calendar=calendar))
        add_ons.append(forks[branch].add_on(state, happened, asked.last, asked.flows))
    numbers, firsts = distinct(
        [
            (
                course.calendar.starts,
                course.calendar.rows,
                *([_told(course, laws[course.branch].events)] if asked.foreseen else []),
            )
            for course in courses
        ]
    )
    track, tracks = tracks_of(numbers[members])
    own: dict[int, Arrivals | None] = {}
    arrivals: list[Arrivals | None] = []
    left_out = False
    for branch, happened in (groups[first] for first in firsts):
        if branch not in own:
            law = laws[branch]
            own[branch] = transit.along(law.events, forks[branch].state, law.rates)
        spared = transit.spared(own[branch], happened)
        arrivals.append(own[branch] if spared else None)
        left_out |= not spared
    return TariffPaths(
        calendars=tuple(courses[first].calendar for first in firsts),
        add_on=np.array([add_ons[first] for first in firsts], dtype=np.float64),
        track=track,
        tracks=tracks,
        courses=tuple(courses[first] for first in firsts) if asked.foreseen else (),
        arrivals=tuple(arrivals),
        left_out=left_out,
    )


def _came(
    law: Law, state: State, outcome: Mapping[Slug, Outcome]
) -> tuple[tuple[Slug, int, int], ...]:
    """List the effects of chances that may change a rate: chance, day, and until when."""
    return tuple(
        (name, day, until)
        for name in on_trade(law.chances, state)
        for day, until in outcome[name].effects
    )


def _told(course: Course, events: Sequence[Event]) -> Ints:
    """Tell paths of equal rates apart by what buyers learn on them: announcements and threats."""
    days = [event.announced.toordinal() for event in events if event.kind in ON_TRADE]
    threats = [int(event_id(event)[:15], 16) for event in events if isinstance(event, Threatened)]
    names = list(dict.fromkeys(name for name, _, _ in course.came))
    hashed = {name: zlib.crc32(name.encode()) for name in names}
    came = [part for name, day, until in course.came for part in (hashed[name], day, until)]
    return np.array([*sorted(days), *sorted(threats), *came], dtype=np.int64)


def supply_states(
    forks: Sequence[Fork], events: Sequence[Events], drawn: Sample
) -> tuple[list[State], Ints]:
    """Fold every path of export control.

    Returns
    -------
    states : list of State
        Paths on which something else about controls was drawn.
    paths : (branch, sample), int
        Which of them each sample of each branch is on.
    """
    groups, members, _ = _grouped(forks, events, drawn, on_supply)
    return [forks[branch].folded(happened) for branch, happened in groups], members


def written_events(branches: Sequence[Branch], drawn: Sample) -> list[Events]:
    """Write what happens on every path of every branch, under the number of its outcome."""
    written: Written = {}
    return [
        {
            number: drawn_events(branch.chances, drawn.outcomes[number], written=written)
            for number in np.unique(members).tolist()
        }
        for branch, members in zip(branches, drawn.drawn, strict=True)
    ]


def _grouped(
    forks: Sequence[Fork], paths: Sequence[Events], drawn: Sample, chosen: Chosen
) -> tuple[list[tuple[int, tuple[Event, ...]]], Ints, list[int]]:
    """Number samples alike whose branch, and chosen events, are the same.

    Gives the groups, the group of each sample by branch, and the number of the first outcome of
    each group.
    """
    groups: list[tuple[int, tuple[Event, ...]]] = []
    firsts: list[int] = []
    numbers: dict[tuple[int, ...], int] = {}
    members = np.empty_like(drawn.drawn)
    for position, (fork, events) in enumerate(zip(forks, paths, strict=True)):
        own: dict[int, int] = {}
        for number, happened in events.items():
            kept = tuple(event for event in happened if chosen(event, fork.state))
            # An event of a day is one object: comparing what it says would take longer.
            own[number] = numbers.setdefault((position, *map(id, kept)), len(groups))
            if own[number] == len(groups):
                groups.append((position, kept))
                firsts.append(number)
        members[position] = [own[number] for number in drawn.drawn[position].tolist()]
    return groups, members, firsts


def tracks_of(paths: Ints) -> tuple[Ints, Ints | None]:
    """Number the branches whose draws all lie on the same paths alike.

    Parameters
    ----------
    paths : (branch, sample), int
        The path of each sample of each branch.

    Returns
    -------
    track : (branch,), int
        The track of each branch, counted in order of first appearance.
    tracks : (track, sample), int, or None
        The path of each sample on each track; None where each track is one path.

    Examples
    --------
    >>> import numpy as np
    >>> track, tracks = tracks_of(np.array([[0, 1], [0, 1], [2, 2]]))
    >>> track.tolist(), tracks.tolist()
    ([0, 0, 1], [[0, 1], [2, 2]])
    >>> tracks_of(np.array([[0], [1], [0]]))[1] is None
    True
    """
    track, firsts = distinct([(row,) for row in paths])
    tracks = paths[firsts]
    alone = bool((tracks == np.arange(len(tracks))[:, None]).all())
    return track, None if alone else tracks


def outcomes(branches: Sequence[Branch], drawn: Sample) -> Sampled | None:
    """Tell what came of every chance in every branch; None where there is none."""
    names = tuple(dict.fromkeys(name for branch in branches for name in branch.chances))
    if not names:
        return None
    days = np.zeros((len(names), *drawn.drawn.shape), dtype=np.int64)
    times = np.zeros_like(days)
    for row, name in enumerate(names):
        day = [found[name].day if name in found else 0 for found in drawn.outcomes]
        often = [len(found[name].effects) if name in found else 0 for found in drawn.outcomes]
        days[row], times[row] = np.array(day)[drawn.drawn], np.array(often)[drawn.drawn]
    return Sampled(
        names=names,
        chances={name: branch.chances[name] for branch in branches for name in branch.chances},
        days=days,
        times=times,
    )
