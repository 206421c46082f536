"""What buyers foresee where policy is drawn: priors and news, never the draw itself."""

import datetime as dt

import attrs
import numpy as np
import pytest

from tariffsim.corridor import run, with_options
from tariffsim.events import RateSet, SuspensionEndSet
from tariffsim.experiment import CHANCES, LAW, THREAT
from tariffsim.files.scenarios import load_inputs
from tariffsim.identity import event_id
from tariffsim.policy import drawn_events, play, sample
from tariffsim.policy.outcomes import factors
from tariffsim.resolve import resolve
from tariffsim.resolve.beliefs import Way, belief, clock_of, not_yet
from tariffsim.scenario import Chance, Time, branches_of
from tariffsim.scopes import DayInterval, ShareInterval

START = dt.date(2025, 8, 12)
FIRST = START.toordinal()
LAST = FIRST + 600
ENDS = SuspensionEndSet(
    announced=dt.date(2025, 8, 11), effective=START, measure="m", suspension="s"
)


def chance(kind, low, high, **fields):
    base = {"reason": "a test", "start": START, "events": (ENDS,)}
    if kind == "renewal":
        base["length_days"] = DayInterval(low=90, high=90)
    prior = ShareInterval(low=low * 10_000, high=high * 10_000)
    return Chance(kind=kind, probability=prior, **{**base, **fields})


def plays(found, count=4000):
    names = factors("c", found, LAST)
    draws = np.random.default_rng(5).uniform(size=(count, len(names)))
    return [play({"c": found}, dict(zip(names, row, strict=True)), LAST)["c"] for row in draws]


@pytest.mark.parametrize(
    "found",
    [
        chance("hazard", 4, 30),
        chance("hazard", 10, 10, end=START + dt.timedelta(days=99)),
        chance("once", 20, 60, delay_days=DayInterval(low=10, high=70)),
        chance("once", 50, 50),
    ],
)
def test_what_has_not_come_is_as_likely_as_it_is_drawn(found):
    days = FIRST + np.array([-1, 0, 20, 45, 98, 99, 200])
    end = LAST if found.end is None else found.end.toordinal()
    told = not_yet(found, (), FIRST, end, days)
    came = np.array([outcome.day or LAST + 1 for outcome in plays(found)])
    drawn = [(came > day).mean() for day in days]
    np.testing.assert_allclose(told, drawn, atol=0.025)


def test_a_pause_that_was_renewed_tells_of_the_prior():
    """Whoever has seen two renewals thinks a third likelier than who has seen none."""
    found = chance("renewal", 20, 90)
    counts = np.array([len(outcome.effects) for outcome in plays(found, 20_000)])
    for seen in (0, 1, 2):
        came = tuple((FIRST + 90 * n, FIRST + 90 * (n + 1)) for n in range(seen))
        end = FIRST + 90 * seen
        told = not_yet(found, came, FIRST, LAST, np.array([end - 1, end]))
        assert told[0] == 1.0
        assert told[1] == pytest.approx((counts[counts >= seen] == seen).mean(), abs=0.02)


def test_news_rule_branches_out_and_clocks_wait():
    window = chance("renewal", 50, 50)
    order = chance("once", 40, 40, after="w")
    one = Way(probability=0.6, chances={"w": window, "o": order}, said={})
    other = Way(probability=0.4, chances={}, said={"an event": FIRST - 20})
    assert one.parts_from(other) == FIRST - 20
    days = FIRST + np.array([-30, -10])

    def gone(way, name):
        return 1.0 if name == "w" else 0.0

    ways = [(one, 2**31, 1.0), (other, FIRST - 20, 1.0)]
    found = belief(ways, {}, days, due=FIRST, called_off=gone)
    np.testing.assert_allclose(found, [0.6 * 0.5 + 0.4, 0.5])
    assert clock_of(one, {}, "o") == (FIRST, 2**31)
    renewed = {"w": ((FIRST, FIRST + 90),)}
    assert clock_of(one, renewed, "o") == (FIRST + 90, 2**31)
    found = belief(ways, renewed, days[:1], due=FIRST + 90, called_off=gone)
    np.testing.assert_allclose(found, [0.5])


@pytest.fixture(scope="module")
def policy():
    inputs = with_options(load_inputs("policy"), draws=128)
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, paths=128))


@pytest.fixture(scope="module")
def experiment(policy):
    return resolve(policy)


def changed(inputs, **fields):
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, **fields))


def path_of(experiment, branch, path):
    case = experiment.markets[0]
    return int(case.tracks[experiment.branch_paths[branch, 0], path])


def told(inputs):
    """What is announced on every path of every branch, and when: (branch, path, events)."""
    branches = branches_of(inputs.scenario)
    drawn = sample(inputs.scenario, branches)
    for number, (branch, members) in enumerate(zip(branches, drawn.drawn, strict=True)):
        for path, member in enumerate(members.tolist()):
            events = drawn_events(branch.chances, drawn.outcomes[member])
            tariffs = [e for e in (*branch.events, *events) if not hasattr(e, "control")]
            yield number, path, [(e.announced, event_id(e)) for e in tariffs]


def done_by(ahead, path, month):
    """Everything that buyers do on a path until a month ends."""
    until = slice(0, month + 1)
    rises = [
        (
            ahead.log_jump[ahead.rise[path, rise]].tobytes(),
            ahead.credence[path, rise],
            *(part[path, rise, until].tobytes() for part in (ahead.plan, ahead.open)),
        )
        for rise in range(ahead.plan.shape[1])
        if ahead.plan[path, rise, until].any()
    ]
    days = (ahead.rundown, ahead.buying, ahead.using)
    return sorted(rises), [part[path, until].tobytes() for part in days]


def test_whoever_knows_the_same_does_the_same(policy, experiment):
    """Over all branches and paths: what is done until a month ends follows from its news alone."""
    paths = list(told(policy))
    for case in experiment.markets:
        shared = 0
        for month, label in enumerate(experiment.month.labels):
            end = dt.date.fromisoformat(f"{label}-28")
            first: dict[frozenset, object] = {}
            for branch, path, events in paths:
                if any(end < day < end + dt.timedelta(days=4) for day, _ in events):
                    continue  # announced on the last days of a month, which this does not cut
                news = frozenset(name for day, name in events if day <= end)
                does = done_by(case.ahead, path_of(experiment, branch, path), month)
                shared += news in first
                assert does == first.setdefault(news, does), (label, branch, path)
        assert shared > 2000
    assert len({tuple(events) for _, _, events in paths}) > 30


def test_a_windows_end_is_feared_as_much_as_it_is_drawn(policy, experiment):
    """In mid-July, where nothing has come: by 12 August no deal, and no renewal that day."""
    inputs = changed(policy, paths=2048, draws=2048)
    branches = branches_of(inputs.scenario)
    drawn = sample(inputs.scenario, branches)
    due, now = dt.date(2025, 8, 12).toordinal(), dt.date(2025, 7, 15).toordinal()
    comes = still = 0.0
    for branch, members in zip(branches, drawn.drawn, strict=True):
        for member in members.tolist():
            outcome = drawn.outcomes[member]
            deal, rupture = (outcome[n].day if n in outcome else 0 for n in ("deal", "rupture"))
            if any(0 < day - 4 <= now for day in (deal, rupture)):
                continue
            renewed = "window" in outcome and outcome["window"].effects
            still += branch.probability
            comes += branch.probability * (not renewed and not 0 < deal <= due)
    ahead, month = experiment.markets[0].ahead, experiment.month.labels.index("2025-07")
    quiet = [
        path_of(experiment, branch, path)
        for branch, path, events in told(policy)
        if all(day > dt.date(2025, 8, 1) for day, _ in events)
    ]
    for path in quiet:
        (rise,) = np.flatnonzero(ahead.plan[path, :, month])
        assert ahead.credence[path, rise] == CHANCES
        assert ahead.plan[path, rise, month] / (31 / 47) == pytest.approx(comes / still, abs=0.02)


def test_what_no_chance_can_call_off_is_believed_as_before(experiment):
    """The rise of 1 January under section 301 stands whatever comes of the talks."""
    ahead, month = experiment.markets[0].ahead, experiment.month.labels.index("2025-12")
    kinds = ahead.credence[ahead.plan[:, :, month] > 0]
    assert {*kinds.tolist()} == {LAW, CHANCES}
    assert (kinds == LAW).sum() >= len(ahead.plan)


def test_buyers_do_not_know_what_is_asked(policy):
    """What is given of a run is not known to those who live in it."""
    whole, part = run(policy), run(with_options(policy, given=["go-on"]))
    for name in ("stock.USA.CHN", "customs_value.CHN.USA"):
        assert whole[name].branch(0).tobytes() == part[name].branch(0).tobytes()


def test_what_is_bought_ahead_on_drawn_paths_is_used_up(policy):
    some, none = (run(changed(policy, time=Time(anticipation=on))) for on in (True, False))
    for flow in ("USA.CHN", "CHN.USA"):
        for branch in range(len(some.branch)):
            moved, stock = (
                some[f"customs_value.{flow}"].branch(branch)
                - none[f"customs_value.{flow}"].branch(branch),
                some[f"stock.{flow}"].branch(branch),
            )
            total = none[f"customs_value.{flow}"].values.sum(axis=2).max()
            np.testing.assert_allclose(np.cumsum(moved, axis=1), stock, atol=1e-9 * total)
            assert stock.max() > 1e-3 * total
    statutory = "statutory_rate.USA.CHN@last-day"
    np.testing.assert_array_equal(some[statutory].values, none[statutory].values)


def test_a_rise_that_is_drawn_overnight_is_not_bought_ahead_of(policy):
    """A hazard with a day's notice alone: nothing is known to come, on any path."""
    rise = RateSet(
        announced=dt.date(2025, 8, 31), effective=dt.date(2025, 9, 1),
        measure="us-ieepa-fentanyl-china", rate=900_000,
    )  # fmt: skip
    overnight = chance("hazard", 20, 20, start=dt.date(2025, 9, 1), events=(rise,))
    alone = changed(policy, branches={}, baseline={}, expect=(), chances={"rise": overnight})
    ahead = resolve(alone).markets[0].ahead
    still = resolve(changed(alone, chances={})).markets[0].ahead
    points = np.expm1(ahead.log_jump).max(axis=1)
    assert points.max() <= np.expm1(still.log_jump).max() + 1e-12
    # With two months' notice it is: each path from its own announcement on.
    early = attrs.evolve(rise, announced=dt.date(2025, 7, 1))
    noticed = attrs.evolve(overnight, events=(early,))
    found = resolve(changed(alone, chances={"rise": noticed})).markets[0].ahead
    assert np.expm1(found.log_jump).max() > points.max() + 0.2


def test_a_threat_of_the_log_is_prepared_for_where_policy_is_drawn(policy):
    from tests.properties.test_time_laws import threatened  # noqa: PLC0415

    ahead = resolve(threatened(policy, dt.date(2025, 11, 1))).markets[0].ahead
    assert (ahead.credence == THREAT).any(axis=1).all()


@pytest.mark.parametrize("block", [32, 8])
def test_block_size_changes_no_byte(policy, monkeypatch, block):
    whole = run(policy)
    monkeypatch.setattr("tariffsim.model.markets.BLOCK", block)
    for one, other in zip(whole.paths, run(policy).paths, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
