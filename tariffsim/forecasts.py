"""Forecasts and threats, how they came out, and who was right; judges nothing by itself.

An outcome is what the record says settled a forecast. Only a threat that was written down as an
event with a due day is judged without such a word, by whether the log holds that event by then.
"""

import datetime as dt
from collections.abc import Iterable, Sequence
from typing import Literal

import attrs

from tariffsim.events import Event, ForecastSettled, StatementMade, Threatened
from tariffsim.log import Entry, Log, known_on, known_through
from tariffsim.terms import PARTS_PER_UNIT, Share

Kind = Literal["forecast", "threat"]
Outcome = Literal["open", "overdue", "came-true", "came-false", "partly"]

FEW = 10
"""Below this many settled ones a share says next to nothing about who foresees well."""


@attrs.frozen(kw_only=True)
class Forecast:
    """A forecast or a threat, and how it stands.

    Parameters
    ----------
    entry : Entry
        The statement or the threat.
    kind : {'forecast', 'threat'}
        A threat came true where it was carried out.
    speaker : str
        Who is counted: the name before the first comma, so without where it was said.
    due : date or None
        By when it was to come.
    outcome : str
        open; overdue, where the due day has passed and nothing on record settles it; came-true;
        came-false; or partly.
    settled_on : date or None
        The day from which the outcome is known.
    settled_by : Entry or None
        The event that brought it about.
    probability : Share or None
        What the speaker gave it, where a figure was given.
    """

    entry: Entry
    kind: Kind
    speaker: str
    due: dt.date | None
    outcome: Outcome
    settled_on: dt.date | None = None
    settled_by: Entry | None = None
    probability: Share | None = None


@attrs.frozen(kw_only=True)
class Score:
    """How one speaker's forecasts, or threats, came out.

    Parameters
    ----------
    speaker, kind : str
        Whose, and of which kind.
    true, false, partly, unsettled : int
        Counts.
    share_true : float or None
        Of those settled, how many came true in full; None where none is settled.
    brier : float or None
        Mean squared distance of the stated probability from what came (0 best, 1 worst), over
        those that came true or false with a probability stated; None where there is none.
    """

    speaker: str
    kind: Kind
    true: int
    false: int
    partly: int
    unsettled: int
    share_true: float | None
    brier: float | None

    @property
    def settled(self) -> int:
        """How many are settled."""
        return self.true + self.false + self.partly


def forecasts(log: Log, *, known: dt.date | None = None) -> tuple[Forecast, ...]:
    """List every forecast and threat of a log with its outcome.

    Parameters
    ----------
    log : Log
        The record.
    known : date, optional
        Knowledge day; None uses everything in the log, and the last day reviewed for what is due.

    Returns
    -------
    tuple of Forecast
        In the order in which they were made.

    Notes
    -----
    The last `ForecastSettled` known by then decides. Without one, a threat written as an event
    came true where the log holds that very act (its kind and everything it says, announced after
    the threat and in force by the due day), and came false where the due day has passed, that day
    has been reviewed, and the log does not hold it. Everything else whose due day has passed is
    overdue: whether silence means yes or no depends on the forecast.

    Examples
    --------
    >>> import tariffsim as ts
    >>> found = forecasts(ts.load_log("geneva-2025"), known=dt.date(2025, 6, 6))
    >>> [one.outcome for one in found if one.entry.event.key == "xi-hard-to-reach"]
    ['came-false']
    """
    seen = known_on(log, known)
    through = known_through(log)
    today = known or through or max((event.announced for event in log), default=dt.date.min)
    made = [entry for entry in seen.entries if _is_forecast(entry.event)]
    made.sort(key=lambda entry: (entry.event.announced, entry.id))
    return tuple(_judged(seen, entry, today, through) for entry in made)


def _is_forecast(event: Event) -> bool:
    spoken = isinstance(event, StatementMade) and event.form == "forecast"
    return spoken or isinstance(event, Threatened)


def _judged(seen: Log, entry: Entry, today: dt.date, through: dt.date | None) -> Forecast:
    event = entry.event
    assert isinstance(event, StatementMade | Threatened)
    made = _as_made(entry)
    settlement = _settlement(seen, entry)
    if settlement is not None:
        settled = settlement.event
        assert isinstance(settled, ForecastSettled)
        return attrs.evolve(
            made,
            outcome=settled.outcome,
            settled_on=settled.announced,
            settled_by=seen.by_id.get(settled.settled_by or ""),
        )
    if isinstance(event, Threatened) and event.would is not None:
        act = _carried_out(seen, event, event.would)
        if act is not None:
            day = max(act.event.announced, act.event.effective)
            if day <= today:
                return attrs.evolve(made, outcome="came-true", settled_on=day, settled_by=act)
        elif _passed(made.due, today) and through is not None and not _passed(through, made.due):
            return attrs.evolve(made, outcome="came-false", settled_on=made.due)
    return attrs.evolve(made, outcome="overdue") if _passed(made.due, today) else made


def _as_made(entry: Entry) -> Forecast:
    event = entry.event
    if isinstance(event, Threatened):
        return Forecast(
            entry=entry, kind="threat", speaker=_who(event.by), due=event.due, outcome="open"
        )
    assert isinstance(event, StatementMade)
    return Forecast(
        entry=entry,
        kind="forecast",
        speaker=_who(event.speaker),
        due=event.settles.by if event.settles else None,
        outcome="open",
        probability=getattr(event.settles, "probability", None),
    )


def _who(speaker: str) -> str:
    return speaker.partition(",")[0].strip()


def _passed(day: dt.date | None, today: dt.date | None) -> bool:
    return day is not None and today is not None and day < today


def _settlement(seen: Log, entry: Entry) -> Entry | None:
    found = [
        other
        for other in seen.entries
        if isinstance(other.event, ForecastSettled) and other.event.forecast == entry.id
    ]
    return max(found, key=_order, default=None)


def _order(entry: Entry) -> tuple[dt.date, dt.date, str]:
    return (entry.event.effective, entry.event.announced, entry.id)


def _carried_out(seen: Log, threat: Threatened, would: Event) -> Entry | None:
    acts = [
        other
        for other in seen.entries
        if other.event.announced >= threat.announced
        and (threat.due is None or other.event.effective <= threat.due)
        and _same_act(would, other.event)
    ]
    return acts[0] if acts else None


_WHEN_AND_WORDS = frozenset(field.name for field in attrs.fields(Event))


def _same_act(would: Event, event: Event) -> bool:
    """Compare what two events do, whenever and in whatever words."""
    said = [field.name for field in attrs.fields(type(would)) if field.name not in _WHEN_AND_WORDS]
    # What a threat leaves open, any act fulfils.
    return type(event) is type(would) and all(
        getattr(would, name) in (None, getattr(event, name)) for name in said
    )


def scores(found: Iterable[Forecast]) -> tuple[Score, ...]:
    """Count how each speaker's forecasts and threats came out.

    Parameters
    ----------
    found : iterable of Forecast
        As `forecasts` gives them.

    Returns
    -------
    tuple of Score
        Forecasts before threats, most settled first, then by name.

    Notes
    -----
    share_true = true / (true + false + partly); brier = mean of (p - o)^2 with o 1 or 0.

    References
    ----------
    Brier (1950), Verification of forecasts expressed in terms of probability, Monthly Weather
    Review 78(1), doi:10.1175/1520-0493(1950)078<0001:VOFEIT>2.0.CO;2

    Examples
    --------
    >>> import tariffsim as ts
    >>> [best, *_] = scores(forecasts(ts.load_log("geneva-2025")))
    >>> best.speaker, best.true, best.false, best.share_true
    ('Karoline Leavitt', 1, 0, 1.0)
    """
    groups: dict[tuple[str, Kind], list[Forecast]] = {}
    for one in found:
        groups.setdefault((one.speaker, one.kind), []).append(one)
    made = [_score(speaker, kind, group) for (speaker, kind), group in groups.items()]
    return tuple(sorted(made, key=lambda score: (score.kind, -score.settled, score.speaker)))


def _score(speaker: str, kind: Kind, group: Sequence[Forecast]) -> Score:
    counts = {
        outcome: sum(one.outcome == outcome for one in group)
        for outcome in ("came-true", "came-false", "partly")
    }
    settled = sum(counts.values())
    return Score(
        speaker=speaker,
        kind=kind,
        true=counts["came-true"],
        false=counts["came-false"],
        partly=counts["partly"],
        unsettled=len(group) - settled,
        share_true=counts["came-true"] / settled if settled else None,
        brier=_brier(group),
    )


def _brier(group: Sequence[Forecast]) -> float | None:
    distances = [
        (one.probability / PARTS_PER_UNIT - (one.outcome == "came-true")) ** 2
        for one in group
        if one.probability is not None and one.outcome in ("came-true", "came-false")
    ]
    return sum(distances) / len(distances) if distances else None
