"""Sampled policy: what is drawn, that it obeys the log's laws, and the identities of a mixture."""

import datetime as dt
import itertools
import json
import math

import attrs
import numpy as np
import pytest

from tariffsim.corridor import check_expectations, run, with_options
from tariffsim.errors import InputError, UnknownName
from tariffsim.events import Grace, RateSet, SuspensionEndSet, Threatened
from tariffsim.files.scenarios import load_inputs
from tariffsim.log import append, known_on, make_log
from tariffsim.model import markets
from tariffsim.model.adjustment import adjust
from tariffsim.model.regime_path import blend, in_force
from tariffsim.model.sampling import draw_parameters
from tariffsim.model.tracks import paths_of_draws, tracked_weights
from tariffsim.policy import Outcome, drawn_events, play, sample, threatened_events
from tariffsim.policy.events import moved
from tariffsim.reduce import compile_rates, fold
from tariffsim.report.bands import EVERY_BRANCH, columns, whole
from tariffsim.report.headline import headline_data, headline_text
from tariffsim.report.tidy import result_files
from tariffsim.resolve import resolve
from tariffsim.resolve.forks import Fork, touched_by
from tariffsim.resolve.laws import trade_axes
from tariffsim.resolve.paths import Rows
from tariffsim.scenario import Chance, Option, Time, branches_of, chances_of, parse_given
from tariffsim.scenario.tree import count_branches
from tariffsim.scopes import DayInterval, ShareInterval

START = dt.date(2025, 8, 12)
FIRST = START.toordinal()
LAST = dt.date(2026, 12, 31).toordinal()
EVENT = SuspensionEndSet(
    announced=dt.date(2025, 8, 11), effective=START, measure="m", suspension="s"
)


def percent(low, high=None):
    return ShareInterval(
        low=round(low * 10_000), high=round((low if high is None else high) * 10_000)
    )


def days(low, high=None):
    return DayInterval(low=low, high=low if high is None else high)


def chance(kind="hazard", prior=50, **fields):
    base = {"reason": "a test", "start": START, "events": (EVENT,)}
    if kind == "renewal":
        base["length_days"] = days(90)
    return Chance(kind=kind, probability=percent(prior), **{**base, **fields})


@pytest.fixture(scope="module")
def geneva():
    return with_options(load_inputs("geneva"), draws=32)


@pytest.fixture(scope="module")
def policy():
    inputs = with_options(load_inputs("policy"), draws=64)
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, paths=32))


@pytest.fixture(scope="module")
def answer(policy):
    return run(policy)


def changed(inputs, **fields):
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, **fields))


def same_numbers(one, other, branch=0, other_branch=0):
    for ours, theirs in zip(
        (*one.headline, *one.paths), (*other.headline, *other.paths), strict=True
    ):
        assert ours.branch(branch).tobytes() == theirs.branch(other_branch).tobytes(), ours.key


# What is drawn


def test_a_hazard_comes_within_a_month_as_often_as_it_says():
    found = chance(prior=10)
    month = 365.25 / 12
    units = (np.arange(20_000) + 0.5) / 20_000
    came = [play({"a": found}, {"a": unit}, LAST)["a"].day for unit in units.tolist()]
    for months in (1, 3, 12):
        within = np.mean([0 < day < FIRST + months * month for day in came])
        assert within == pytest.approx(1 - 0.9**months, abs=0.005)


@pytest.mark.parametrize(("prior", "day"), [(100, FIRST), (0, 0)])
@pytest.mark.parametrize("kind", ["hazard", "once"])
def test_what_is_certain_comes_at_once_and_what_is_impossible_never(kind, prior, day):
    assert play({"a": chance(kind, prior)}, {"a": 0.7}, LAST)["a"].day == day


def test_nothing_comes_before_its_first_day_or_after_its_last():
    found = chance(prior=30, end=START + dt.timedelta(days=40))
    came = [
        play({"a": found}, {"a": unit}, LAST)["a"].day for unit in np.linspace(0.001, 0.999, 99)
    ]
    assert {0} < set(came)
    assert all(day == 0 or FIRST <= day <= FIRST + 40 for day in came)


def test_a_delay_is_drawn_evenly_over_its_days():
    found = chance("once", 100, delay_days=days(3, 6))
    came = [
        play({"a": found}, {"a": 0.5, "a.delay": unit}, LAST)["a"].day - FIRST
        for unit in ((np.arange(400) + 0.5) / 400).tolist()
    ]
    assert np.bincount(came).tolist() == [0, 0, 0, 100, 100, 100, 100]


def test_a_pause_is_renewed_until_once_it_is_not():
    found = chance("renewal", 60)
    counts = []
    for unit in ((np.arange(1000) + 0.5) / 1000).tolist():
        outcome = play({"a": found}, {"a": unit}, FIRST + 3000)["a"]
        ends = [FIRST, *(until for _, until in outcome.effects)]
        assert [day for day, _ in outcome.effects] == ends[:-1]
        assert all(until - day == 90 for day, until in outcome.effects)
        assert outcome.day == ends[-1]
        counts.append(len(outcome.effects))
    for number in range(4):
        assert np.mean(np.array(counts) > number) == pytest.approx(0.6 ** (number + 1), abs=0.002)


def test_a_certain_renewal_never_runs_out():
    outcome = play({"a": chance("renewal", 100)}, {"a": 0.999}, LAST)["a"]
    assert outcome.day == 0
    assert outcome.effects[-1][1] > LAST


def test_what_ends_a_chance_ends_it_from_that_day_on():
    both = {
        "a": chance("once", 100, delay_days=days(10), ended_by=("b",)),
        "b": chance("once", 100),
    }
    assert play(both, {"a": 0.1, "b": 0.1}, LAST)["a"] == Outcome()
    later = {**both, "b": chance("once", 100, delay_days=days(11))}
    assert play(later, {"a": 0.1, "b": 0.1}, LAST)["a"].day == FIRST + 10
    pause = {
        "w": chance("renewal", 100, ended_by=("b",)),
        "b": chance("once", 100, delay_days=days(90)),
    }
    outcome = play(pause, {"w": 0.1, "b": 0.1}, LAST)["w"]
    # On the very day of the other the pause is not renewed again.
    assert outcome == Outcome(effects=((FIRST, FIRST + 90),))


def test_of_two_that_end_each_other_the_first_comes():
    for first, second in ((5, 9), (9, 5)):
        both = {
            "a": chance("once", 100, delay_days=days(first), ended_by=("b",)),
            "b": chance("once", 100, delay_days=days(second), ended_by=("a",)),
        }
        found = play(both, {"a": 0.1, "b": 0.1}, LAST)
        assert (found["a"].day > 0) == (first < second)
        assert (found["b"].day > 0) == (second < first)


def test_a_clock_may_start_when_a_pause_has_run_out():
    both = {
        "w": chance("renewal", 50),
        "a": chance("once", 100, delay_days=days(7), after="w"),
    }
    found = play(both, {"w": 0.3, "a": 0.5}, LAST)  # renewed once
    assert found["w"].day == FIRST + 90
    assert found["a"].day == FIRST + 97
    assert play(both, {"w": 1e-9, "a": 0.5}, LAST)["a"] == Outcome()


def test_events_move_with_the_day_and_keep_what_is_past():
    event = RateSet(announced=dt.date(2025, 8, 1), effective=START, measure="m", rate=1)
    drawn = drawn_events(
        {"a": chance(events=(event,))}, {"a": Outcome(FIRST + 5, ((FIRST + 5, 0),))}
    )
    assert drawn == (moved(event, 5),)
    assert (drawn[0].announced, drawn[0].effective) == (dt.date(2025, 8, 6), dt.date(2025, 8, 17))
    assert moved(EVENT, 0, FIRST + 90).until == START + dt.timedelta(days=90)
    assert moved(event, 0) == event


def test_a_threat_of_the_log_is_carried_out_as_it_says():
    would = RateSet(
        announced=dt.date(2025, 5, 1), effective=dt.date(2025, 6, 1), measure="m", rate=250_000
    )
    threat = Threatened(
        announced=dt.date(2025, 5, 1), by="a side", text="a threat", would=would, key="threat",
        title="A side threatens",
    )  # fmt: skip
    empty = Threatened(announced=dt.date(2025, 5, 2), by="a side", text="more", key="empty")
    log = make_log("example", [threat, empty])
    found = chance("once", events=(), threat="threat")
    (event,) = threatened_events(found, log, dt.date(2025, 6, 6))
    assert (event.announced, event.effective) == (dt.date(2025, 7, 12), START)
    assert (event.rate, event.measure, event.title) == (250_000, "m", "A side threatens")
    (late,) = threatened_events(found, log, dt.date(2025, 8, 1))
    assert late.announced == dt.date(2025, 8, 2)
    with pytest.raises(InputError, match="says what would follow, got 'empty'"):
        threatened_events(chance("once", events=(), threat="empty"), log, START)
    with pytest.raises(UnknownName):
        threatened_events(found, known_on(log, dt.date(2025, 4, 1)), START)


def test_every_branch_meets_the_same_luck(policy, answer):
    for name in ("minerals",):
        found = answer.day_of(name)
        assert (found == found[0]).all()
    assert not answer.day_of("deal")[1:].any()
    again = sample(policy.scenario, branches_of(policy.scenario))
    assert (again.drawn == sample(policy.scenario, branches_of(policy.scenario)).drawn).all()
    other = attrs.evolve(policy.scenario, seed=2)
    assert (again.drawn != sample(other, branches_of(other)).drawn).any()


def test_more_paths_begin_with_the_same_paths(policy):
    few, many = (attrs.evolve(policy.scenario, paths=paths, draws=128) for paths in (16, 128))
    branches = branches_of(few)
    one, other = sample(few, branches), sample(many, branches)
    ours = [one.outcomes[number] for number in one.drawn[0].tolist()]
    theirs = [other.outcomes[number] for number in other.drawn[0, :16].tolist()]
    assert ours == theirs


def test_a_chance_changes_no_parameter(geneva):
    minerals = load_inputs("policy").scenario.chances
    without, drawn = run(geneva), run(changed(geneva, chances=minerals, paths=16))
    for key in ("customs_value.USA.CHN", "welfare.CHN"):
        assert without[key].values.tobytes() == drawn[key].values.tobytes()
    assert (without.metric("availability.USA.CHN.rare-earth-magnets").values
            != drawn.metric("availability.USA.CHN.rare-earth-magnets").values).any()  # fmt: skip


# The log's laws


def test_a_path_is_the_fold_of_the_log_and_what_was_drawn(policy):
    """Worked out from a few new rows, it is what folding and compiling everything gives."""
    scenario = policy.scenario
    known = known_on(policy.log, scenario.known_on)
    axes = trade_axes(scenario, policy.trade)
    branch = branches_of(scenario)[0]
    rows = Rows()
    state = fold(append(known, branch.events))
    fork = Fork(
        name=branch.name, state=state, calendar=rows.add(compile_rates(state, axes)),
        touched=touched_by(branch.chances.values()), axes=axes, rows=rows,
    )  # fmt: skip
    drawn = sample(attrs.evolve(scenario, paths=16), [branch])
    tried = [dt.date(2025, 1, 1) + dt.timedelta(days=step) for step in range(0, 730, 3)]
    for outcome in drawn.outcomes:
        events = drawn_events(branch.chances, outcome)
        calendar, folded = fork.path(events)
        slow = fold(append(known, (*branch.events, *events)))
        assert folded == slow
        low, high = compile_rates(slow, axes).exact(tried)
        found = calendar.at([day.toordinal() for day in tried])
        assert (low == np.stack([rows.low[row] for row in found])).all()
        assert (high == np.stack([rows.high[row] for row in found])).all()
    assert len(drawn.outcomes) > 8


def test_days_are_many_and_regimes_few(policy):
    experiment = resolve(changed(policy, paths=64))
    for case in experiment.markets:
        assert len(case.weights) > 20
        assert len(case.added_low) < 30
        np.testing.assert_allclose(case.weights.sum(axis=2), 1.0, rtol=1e-12)


def test_what_is_drawn_and_clashes_is_refused(geneva):
    twice = {
        name: chance("once", 100, events=(attrs.evolve(DEAL, rate=rate),), start=DEAL.effective)
        for name, rate in (("a", 100_000), ("b", 200_000))
    }
    with pytest.raises(InputError, match="what is drawn clashes"):
        resolve(changed(geneva, chances=twice))


def test_a_path_may_not_change_an_earlier_day(geneva, monkeypatch):
    """No event kind can do it, so a faulty fold is planted: it applies what is drawn in June."""
    drawn = {"a": chance("once", 100, events=(DEAL,), start=DEAL.effective)}
    resolve(changed(geneva, chances=drawn))

    def hasty(name, events):
        early = dt.date(2025, 6, 7)
        return make_log(name, [attrs.evolve(e, announced=early, effective=early) for e in events])

    monkeypatch.setattr("tariffsim.resolve.forks.make_log", hasty)
    with pytest.raises(InputError, match="may not change a day before its first event"):
        resolve(changed(geneva, chances=drawn))


# Identities

DEAL = RateSet(
    announced=dt.date(2025, 9, 29), effective=dt.date(2025, 10, 1),
    measure="us-ieepa-fentanyl-china", rate=100_000,
)  # fmt: skip
EXTENDED = {"window": "extended", "minerals": "restricted"}


def option(probability, *events, **fields):
    return Option(probability=round(probability * 10_000), reason="a test", events=events, **fields)


UNFORESEEN = Time(anticipation=False)
"""What is drawn is believed by its prior, and what is written in its place by a parameter."""


def test_probabilities_of_one_recover_the_branch(geneva):
    geneva = changed(geneva, time=UNFORESEEN)
    plain = changed(geneva, branches={"q": {"deal": option(100, DEAL)}}, baseline={"q": "deal"})
    sure = chance("once", 100, events=(DEAL,), start=DEAL.effective)
    drawn = changed(geneva, branches={}, baseline={}, chances={"deal": sure})
    same_numbers(run(plain), run(drawn))
    never = attrs.evolve(sure, probability=percent(0))
    as_known = changed(geneva, branches={}, baseline={})
    same_numbers(run(as_known), run(changed(as_known, chances={"deal": never})))


def test_one_sampled_path_is_a_plain_branch(geneva):
    geneva = changed(geneva, time=UNFORESEEN)
    found = chance(prior=8, events=(DEAL,), start=DEAL.effective)
    drawn = changed(geneva, branches={}, baseline={}, chances={"deal": found}, paths=1, seed=4)
    result = run(drawn)
    day = int(result.day_of("deal")[0, 0])
    assert day > DEAL.effective.toordinal()
    own = moved(DEAL, day - DEAL.effective.toordinal())
    plain = changed(geneva, branches={"q": {"it": option(100, own)}}, baseline={"q": "it"}, seed=4)
    same_numbers(result, run(plain))


def test_each_draw_is_as_if_its_path_were_a_branch(policy):
    """A draw on a track has the bytes that a run of its path alone gives it."""
    scenario = attrs.evolve(policy.scenario, paths=4, draws=8, time=UNFORESEEN)
    inputs = attrs.evolve(policy, scenario=scenario)
    experiment = resolve(inputs)
    whole_run = run(inputs)
    branch = branches_of(scenario)[0]
    drawn = sample(scenario, [branch])
    for path in range(4):
        outcome = drawn.outcomes[int(drawn.drawn[0, path])]
        events = drawn_events(branch.chances, outcome)
        alone = attrs.evolve(
            scenario, branches={"q": {"it": option(100, *events)}}, baseline={"q": "it"},
            chances={}, expect=(),
        )  # fmt: skip
        found = run(attrs.evolve(policy, scenario=alone))
        for ours, theirs in zip(whole_run.paths, found.paths, strict=True):
            if ours.name != "stockout_probability":
                for draw in (path, path + 4):
                    np.testing.assert_allclose(
                        ours.branch(0)[draw], theirs.branch(0)[draw], rtol=1e-12, atol=1e-9
                    )
    assert experiment.sampled is not None


def test_what_time_does_holds_on_paths_that_are_drawn(policy, answer):
    """All of it; buying ahead has tests of its own in test_foresight."""
    flags = answer.provenance.flags
    assert not [flag for flag in flags if "left out" in flag or "goods in transit" in flag]
    assert answer["stock.USA.CHN"].values.max() > 0
    off = Time(transit=False, collected=False, seasonality=False, anticipation=False)
    plain = run(changed(policy, time=off))
    assert not [variable for variable in plain.paths if variable.name == "stock"]
    paid, due = (found["duty.USA.CHN"].values for found in (answer, plain))
    assert (paid.sum(axis=2) != due.sum(axis=2)).all()
    rate, full = (found["applied_rate.USA.CHN"].values for found in (answer, plain))
    assert (rate < full).all()
    assert answer["revenue_net.USA"].values.shape == answer["duty.USA.CHN"].values.shape
    assert "fiscal_years.csv" in result_files(answer, version="0")
    retail, landed = (answer[f"{name}.USA.CHN"].values for name in ("retail_price", "landed_price"))
    assert (retail < landed).all()


def test_controls_that_are_drawn_leave_buyers_their_foresight(geneva):
    minerals = load_inputs("policy").scenario.chances
    result = run(changed(geneva, chances=minerals, paths=16))
    without = run(geneva)
    for branch in range(len(result.branch)):
        ours, theirs = (found["stock.USA.CHN"].branch(branch) for found in (result, without))
        np.testing.assert_array_equal(ours, theirs)


def test_goods_in_transit_are_left_out_where_a_grace_clause_is_drawn(geneva):
    day = DEAL.effective
    grace = Grace(loaded_before=day, entered_by=day + dt.timedelta(days=60))
    rise = attrs.evolve(DEAL, rate=900_000, grace=grace)
    drawn = {"rise": chance("once", 50, events=(rise,), start=day)}
    flags = resolve(changed(geneva, chances=drawn, paths=8)).provenance.flags
    assert [flag for flag in flags if "goods in transit" in flag]
    still = Time(transit=False)
    flags = resolve(changed(geneva, chances=drawn, paths=8, time=still)).provenance.flags
    assert not [flag for flag in flags if "goods in transit" in flag]


def test_draws_on_paths_of_their_own_are_filtered_to_the_same_bytes():
    random = np.random.default_rng(3)
    short, long = (random.uniform(1, 2, (5, 40)) for _ in range(2))
    speed = random.uniform(0.01, 0.1, 40)
    paths = random.dirichlet(np.ones(5) * 0.3, size=(6, 12))
    paths[paths < 0.05] = 0.0
    paths /= paths.sum(axis=2, keepdims=True)
    members = random.integers(0, 6, 8)
    for block in (1, 7, 16, 64):
        for chosen, weights in tracked_weights(paths, members, 40, block):
            together = (
                adjust(short[:, chosen], long[:, chosen], weights, speed[chosen]),
                blend(short[:, chosen], long[:, chosen], in_force(weights, speed[chosen], first=3)),
            )
            for draw, path in zip(
                range(chosen.start, chosen.stop), paths_of_draws(members, chosen), strict=True
            ):
                one = slice(draw, draw + 1)
                alone = (
                    adjust(short[:, one], long[:, one], paths[path], speed[one]),
                    blend(short[:, one], long[:, one], in_force(paths[path], speed[one], first=3)),
                )
                for many, few in zip(together, alone, strict=True):
                    assert many[:, draw - chosen.start].tobytes() == few[:, 0].tobytes()


def test_the_block_of_draws_changes_no_byte_along_tracks(policy, monkeypatch):
    experiment = resolve(policy)
    case = experiment.markets[0]
    drawn = draw_parameters(experiment.parameters, [], seed=1, count=64)
    short, long = (
        {
            name: np.outer(1.0 + np.arange(len(case.added_low)), drawn[key])
            for name in markets.QUANTITIES
        }
        for key in ("armington_elasticity_short", "armington_elasticity_long")
    )
    totals = markets.RegimeTotals(short=short, long=long, benchmark_duty=np.ones((2, 64)))
    amount = np.ones((2, case.weights.shape[1], 64))
    found = []
    for block in (512, 16, 8):
        monkeypatch.setattr(markets, "BLOCK", block)
        found.append(markets._along_tracks(case, totals, drawn, amount, experiment.first))
    for other in found[1:]:
        for name, values in found[0].items():
            assert values.tobytes() == other[name].tobytes()


def test_conditioning_is_a_reweighted_run(geneva):
    full = run(geneva)
    some = run(with_options(geneva, given=["extended"]))
    assert some.branch.labels == ("extended+restricted", "extended+eased")
    np.testing.assert_allclose(some.probability, [0.6, 0.4])
    assert some.provenance.given == {"window": "extended"}
    for number, name in enumerate(some.branch.labels):
        same_numbers(some, full, number, full.branch.labels.index(name))
    weights = np.array([p if o["window"] == "extended" else 0.0
                        for p, o in zip(full.probability, full.options, strict=True)])  # fmt: skip
    again = attrs.evolve(full, probability=weights / weights.sum())
    for ours, theirs in zip(some.headline, again.headline, strict=True):
        one, other = whole(some, ours), whole(again, theirs)
        np.testing.assert_allclose(one.expected, other.expected, rtol=1e-12)
        np.testing.assert_allclose(one.level, other.level, rtol=1e-12)


def test_conditioning_moves_the_baseline_where_it_must(geneva):
    some = branches_of(with_options(geneva, given=["window=deal", "eased"]).scenario)
    assert [branch.name for branch in some] == ["deal+eased"]
    assert some[0].probability == 1.0
    assert branches_of(with_options(geneva, given=["deal"]).scenario)[0].name == "deal+restricted"


@pytest.mark.parametrize(
    ("conditions", "words"),
    [
        (["extnded"], "did you mean 'extended'"),
        (["window=eased"], "got 'window=eased'"),
        (["extended", "deal"], "one option of window, got extended and deal"),
        (["question=extended"], "got 'question=extended'"),
    ],
)
def test_conditions_that_name_nothing_are_refused(geneva, conditions, words):
    with pytest.raises(InputError, match=words):
        with_options(geneva, given=conditions)


def test_a_condition_must_say_which_question_where_two_have_the_option(geneva):
    two = {name: {"yes": option(50), "no": option(50)} for name in ("a", "b")}
    scenario = attrs.evolve(geneva.scenario, branches=two, baseline={"a": "no", "b": "no"})
    with pytest.raises(InputError, match="write a=yes or b=yes"):
        parse_given(scenario, ["yes"])
    assert parse_given(scenario, ["b=yes"]) == {"b": "yes"}


def test_a_condition_without_a_chance_is_refused(geneva):
    sure = {"a": {"yes": option(100), "no": option(0)}}
    inputs = changed(geneva, branches=sure, baseline={"a": "yes"})
    with pytest.raises(InputError, match="leave a branch that has a chance, got a=no"):
        with_options(inputs, given=["no"])


def test_nested_is_flattened(geneva):
    late = moved(DEAL, 60)
    nested = {
        "deal": {
            "none": option(40),
            "some": option(
                60,
                branches={"when": {"soon": option(25, DEAL), "late": option(75, late)}},
            ),
        }
    }
    flat = {"deal": {"none": option(40), "soon": option(15, DEAL), "late": option(45, late)}}
    one = run(changed(geneva, branches=nested, baseline={"deal": "none"}))
    other = run(changed(geneva, branches=flat, baseline={"deal": "none"}))
    assert one.branch.labels == ("none", "some+soon", "some+late")
    assert count_branches(nested) == 3
    np.testing.assert_allclose(one.probability, other.probability, rtol=1e-15)
    for number in range(3):
        same_numbers(one, other, number, number)
    for ours, theirs in zip(one.headline, other.headline, strict=True):
        assert (whole(one, ours).level == whole(other, theirs).level).all()
        assert (whole(one, ours).expected == whole(other, theirs).expected).all()


def test_given_reaches_into_nested_questions(policy):
    inputs = with_options(policy, given=["as-reported"])
    (branch,) = branches_of(inputs.scenario)
    assert branch.name == "break-off+as-reported"
    assert branch.probability == 1.0


# The answer


def test_over_all_branches_draws_count_by_probability(answer):
    """A slow twin: every draw with its weight, sorted and counted by hand."""
    for variable in (answer.metric("customs_value.USA.CHN"), answer["effective_rate.USA.CHN"]):
        found = whole(answer, variable, (0.05, 0.5, 0.95))
        for period in range(variable.values.shape[2]):
            rows = sorted(
                (float(value), probability / answer.draws)
                for number, probability in enumerate(answer.probability.tolist())
                for value in variable.branch(number)[:, period]
            )
            mean = math.fsum(value * weight for value, weight in rows)
            assert found.expected[period] == pytest.approx(mean, rel=1e-12)
            for position, quantile in enumerate((0.05, 0.5, 0.95)):
                reached = itertools.accumulate(weight for _, weight in rows)
                value = next(
                    row[0]
                    for row, sofar in zip(rows, reached, strict=True)
                    if sofar >= quantile - 1e-9
                )
                assert found.level[position, period] == pytest.approx(value, rel=1e-12)


def test_where_one_branch_is_certain_the_whole_is_that_branch(geneva):
    result = run(geneva)
    certain = attrs.evolve(result, probability=np.eye(len(result.branch))[2])
    for variable in (*certain.headline, *certain.paths):
        told = whole(certain, variable)
        column = next(
            c for c in columns(certain, variable) if result.branch.labels[2] in c.branches
        )
        assert (told.level == column.level).all()
        assert (told.expected == column.expected).all()


def test_one_can_condition_on_what_was_drawn(answer):
    deal = answer.day_of("deal")[0] > 0
    assert 0 < deal.sum() < answer.draws
    rate = answer.metric("statutory_rate.USA.CHN").branch(0)[:, 0]
    assert (rate[deal] == 20.0).all()
    assert set(np.unique(rate[~deal])) <= {30.0, 54.0, 145.0}
    still = (answer.day_of("window")[0] == 0) & (answer.day_of("rupture")[0] == 0) & ~deal
    assert (rate[still] == 30.0).all()
    assert answer.times_of("window")[0].max() >= 5
    with pytest.raises(UnknownName, match="did you mean 'deal'"):
        answer.day_of("dael")


def test_welfare_is_surplus_plus_revenue_on_every_path(answer):
    for buyer in ("USA", "CHN"):
        np.testing.assert_allclose(
            answer[f"welfare.{buyer}"].values,
            answer[f"consumer_surplus.{buyer}"].values
            + answer[f"revenue_difference.{buyer}"].values,
        )


def test_the_shipped_scenario_keeps_its_author_s_checks(policy):
    check_expectations(policy)
    assert set(chances_of(policy.scenario)) == {
        "minerals",
        "deal",
        "rupture",
        "window",
        "old-rates",
    }
    assert all(found.reason for found in chances_of(policy.scenario).values())


def test_the_same_bytes_again_and_the_manifest_names_the_draws(policy, answer):
    files = result_files(answer, version="test")
    assert files == result_files(run(policy), version="test")
    manifest = json.loads(files["manifest.json"])
    assert manifest["paths"] == 32
    assert manifest["given"] == {}
    assert [found["chance"] for found in manifest["chances"]][:2] == ["minerals", "deal"]
    assert all(found["reason"] for found in manifest["chances"])
    assert math.fsum(branch["probability"] for branch in manifest["branches"]) == pytest.approx(1)
    given = json.loads(
        result_files(run(with_options(policy, given=["go-on"])), version="test")["manifest.json"]
    )
    assert given["given"] == {"talks": "go-on"}
    assert [branch["probability"] for branch in given["branches"]] == [1.0]


def test_the_fan_is_told_by_branch_and_over_all(answer):
    rows = [
        line.split(",") for line in result_files(answer, version="x")["welfare.csv"].splitlines()
    ]
    names = rows[0]
    table = [dict(zip(names, row, strict=True)) for row in rows[1:]]
    own = [r for r in table if r["branch"] == EVERY_BRANCH and r["importer"] == "USA"]
    levels = [r for r in own if r["measure"] == "level" and r["period"] == "2026-12"]
    assert [r["quantile"] for r in levels] == ["0.05", "0.1", "0.25", "0.5", "0.75", "0.9", "0.95"]
    values = [float(r["value"]) for r in levels]
    assert values == sorted(values)
    expected = [r for r in own if r["measure"] == "expected"]
    assert len(expected) == len(answer.period)
    assert {r["quantile"] for r in expected} == {""}
    assert {r["branch"] for r in table} == {*answer.branch.labels, EVERY_BRANCH}


def test_text_and_data_tell_the_whole(answer):
    text, data = headline_text(answer, width=130), headline_data(answer)
    assert text.count("all branches") == 1
    assert "Drawn on 32 paths of policy: minerals, deal, rupture, window, old-rates." in text
    for metric in data["metrics"]:
        told = metric["all_branches"]["level"]
        assert told["p10"] <= told["p50"] <= told["p90"]
    by_hand = sum(
        branch["probability"] * data["metrics"][6]["branches"][branch["branch"]]["level"]["mean"]
        for branch in data["branches"]
    )
    assert data["metrics"][6]["all_branches"]["level"]["mean"] == pytest.approx(by_hand)


THREAT = """\
scenario: threat
question: What if the threat of 10 October is carried out?
log: us-china
known_on: 2025-10-12
horizon: {from: 2025-10, to: 2026-03}
trade: us-china-2024
benchmark_day: 2024-12-31
markets:
- {importer: USA, exporter: CHN, supply: inverse_export_supply_elasticity_usa}
chances:
  hundred:
    kind: once
    probability: 40%
    reason: A test
    from: 2025-11-01
    delay_days: [0, 14]
    threat: us-100-threat-2025-10
draws: 64
paths: 64
"""


def test_a_threat_is_looked_up_in_the_log(tmp_path):
    path = tmp_path / "threat.yaml"
    path.write_text(THREAT)
    inputs = load_inputs(path)
    (event,) = inputs.scenario.chances["hundred"].events
    assert (event.rate, event.effective) == (1_340_000, dt.date(2025, 11, 1))
    assert event.announced == dt.date(2025, 10, 13)
    result = run(inputs)
    came = result.day_of("hundred")[0]
    assert 0.35 <= (came > 0).mean() <= 0.45
    assert set(came[came > 0]) <= {dt.date(2025, 11, 1).toordinal() + n for n in range(15)}
    rate = result.metric("statutory_rate.USA.CHN").branch(0)[:, 0]
    assert len(np.unique(rate[came > 0])) == len(np.unique(rate[came == 0])) == 1
    assert rate[came > 0][0] > rate[came == 0][0]
    path.write_text(THREAT.replace("2025-10-12", "2025-10-09"))
    with pytest.raises(InputError, match="no event of us-china answers to 'us-100-threat-2025-10'"):
        load_inputs(path)
