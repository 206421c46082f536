"""Chances as factors: whose luck it is that a metric varies."""

import datetime as dt

import attrs
import numpy as np
import pytest

from tariffsim.corridor import run, sensitivity, with_options
from tariffsim.events import RateSet
from tariffsim.files.scenarios import load_inputs
from tariffsim.model import sensitivity as module
from tariffsim.model.design import ALL_PARAMETERS, ALL_POLICY
from tariffsim.model.luck import luck_of
from tariffsim.policy import luck_factors, sample, sample_at
from tariffsim.resolve import resolve
from tariffsim.scenario import Chance, Option, Time, branches_of, chances_of
from tariffsim.scopes import DayInterval, ShareInterval
from tests.command_line import tariffsim

TRADE, RATE = "customs_value.USA.CHN", "statutory_rate.USA.CHN"
START = dt.date(2025, 10, 1)
RISE = RateSet(
    announced=dt.date(2025, 9, 30), effective=START, measure="us-ieepa-fentanyl-china", rate=900_000
)


def once(prior, **fields):
    share = ShareInterval(low=prior * 10_000, high=prior * 10_000)
    base = {"kind": "once", "reason": "a test", "start": START, "events": (RISE,)}
    return Chance(probability=share, **{**base, **fields})


def changed(inputs, **fields):
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, **fields))


@pytest.fixture(scope="module")
def policy():
    return changed(load_inputs("policy"), paths=64)


@pytest.fixture(scope="module")
def geneva():
    return load_inputs("geneva")


@pytest.fixture(scope="module")
def found(policy):
    return sensitivity(policy, metric=TRADE, samples=128)


def by_name(found):
    return {driver.name: driver for driver in found.drivers}


def test_chances_are_drivers_beside_parameters_and_questions(found):
    drivers = by_name(found)
    assert {"deal", "rupture", "window", "old-rates"} <= set(drivers)
    assert {drivers[name].kind for name in found.chances if name in drivers} == {"policy"}
    assert "minerals" in found.idle
    whole = drivers[ALL_POLICY]
    assert set(whole.members) == {"policy", "deal", "rupture", "window", "old-rates"}
    assert whole.total.value >= max(drivers[name].total.value for name in whole.members)
    parts = whole.first.value + drivers[ALL_PARAMETERS].total.value
    assert parts == pytest.approx(1.0, abs=0.15)


def test_materials_are_driven_by_the_chance_of_licences(policy):
    found = sensitivity(policy, metric="availability.USA.CHN.rare-earth-magnets", samples=64)
    assert by_name(found)["minerals"].total.value > 0.02
    assert {"deal", "rupture", "window"} <= set(found.idle)


def test_chances_that_the_metric_never_meets_have_no_part(geneva):
    minerals = load_inputs("policy").scenario.chances
    found = sensitivity(changed(geneva, chances=minerals, paths=16), metric=TRADE, samples=16)
    assert "minerals" in found.idle
    assert found.chances == ("minerals",)


def test_one_toss_is_all_there_is(geneva):
    """A coin decides on the duty of the last day: no other driver, and both ends are its sides."""
    alone = changed(
        geneva, branches={}, baseline={}, expect=(), chances={"toss": once(50)}, paths=256
    )
    found = sensitivity(alone, metric=RATE, samples=256)
    (driver,) = found.drivers
    assert (driver.name, driver.kind) == ("toss", "policy")
    assert driver.total.value == pytest.approx(1.0, abs=0.15)
    (swing,) = found.swings
    assert (swing.low_at, swing.high_at) == ("never", "2025-10-01")
    assert swing.high - swing.low == pytest.approx(70.0)
    assert found.sd == pytest.approx(35.0, rel=0.02)


def test_shares_of_two_chances_are_those_of_the_formula(geneva):
    """Two points of a duty apart, p of coming each: variances p (1 - p) d^2 in closed form."""
    other = attrs.evolve(RISE, measure="us-ieepa-reciprocal-china", rate=600_000)
    two = {"big": once(50), "small": once(10, events=(other,))}
    alone = changed(
        geneva, branches={}, baseline={}, expect=(), chances=two, paths=2048,
        time=Time(anticipation=False),
    )  # fmt: skip
    found = sensitivity(alone, metric=RATE, samples=2048)
    ends = {swing.name: swing.width for swing in found.swings}
    variance = {"big": 0.25 * ends["big"] ** 2, "small": 0.09 * ends["small"] ** 2}
    total = sum(variance.values())
    for name, driver in by_name(found).items():
        if driver.kind == "policy":
            assert driver.first.value == pytest.approx(variance[name] / total, abs=0.03)
            assert driver.total.value == pytest.approx(variance[name] / total, abs=0.03)


def test_a_bar_is_the_metric_where_the_chance_came_that_day(policy, found):
    """Rupture never, and all else in its middle: the parameters' medians on that path."""
    swing = next(own for own in found.swings if own.name == "rupture")
    assert (swing.high_at, swing.high) == ("never", found.central)
    day = dt.date.fromisoformat(swing.low_at)
    assert policy.scenario.known_on < day < dt.date(2027, 1, 1)
    waits = next(own for own in found.swings if own.name == "old-rates")
    assert waits.high_at == "never, after window"
    assert waits.low_at.startswith("2025-")
    assert waits.low < waits.high
    bars = {own.name: own for own in found.swings}
    assert bars["window"].low_at == "renewed 0 times"
    assert "minerals" not in bars


def test_parameters_are_swung_on_one_path(policy, found):
    """A swing of a parameter is the same where the chances it leaves alone are written out."""
    scenario, branch = policy.scenario, branches_of(policy.scenario)[0]
    count = sum(len(own) for own in luck_factors(scenario).values())
    middle = sample_at(scenario, [branch], np.full((1, count), 0.5))
    from tariffsim.policy import drawn_events  # noqa: PLC0415

    (outcome,) = middle.outcomes
    events = drawn_events(branch.chances, outcome)
    off = {"time": Time(anticipation=False)}
    option = Option(probability=1_000_000, reason="a test", events=events)
    written = changed(
        policy, branches={"q": {"it": option}}, baseline={"q": "it"}, chances={}, expect=(), **off
    )
    plain = sensitivity(written, metric=TRADE, samples=16)
    drawn = sensitivity(changed(policy, **off), metric=TRADE, samples=16)
    assert drawn.central == pytest.approx(plain.central, rel=1e-12)
    ours, theirs = ({s.name: s for s in own.swings} for own in (drawn, plain))
    for name in ("import_growth_usa", "armington_elasticity_short"):
        assert ours[name].low == pytest.approx(theirs[name].low, rel=1e-12)
        assert ours[name].high == pytest.approx(theirs[name].high, rel=1e-12)


def test_luck_is_mixed_chance_by_chance(policy):
    scenario = policy.scenario
    chances = {str(name): own for name, own in chances_of(scenario).items()}
    factors = luck_factors(scenario)
    luck = luck_of(
        chances, factors, seed=3, others=7, count=8, last=scenario.horizon.last.toordinal()
    )
    names = sorted(name for own in factors.values() for name in own)
    draws = np.arange(20)
    first, second = luck.units[luck.first(draws)], luck.units[luck.second(draws)]
    np.testing.assert_array_equal(first[8:16], first[:8])
    assert not (first == second).any()
    for number, chance in enumerate(luck.chances):
        mixed = luck.units[luck.mixed(number, draws)]
        own = [names.index(name) for name in factors[chance]]
        np.testing.assert_array_equal(mixed[:, own], second[:, own])
        others = [column for column in range(len(names)) if column not in own]
        np.testing.assert_array_equal(mixed[:, others], first[:, others])
    assert (luck.units[luck.middle] == 0.5).all()
    assert len(luck.units) == luck.ends(len(chances) - 1)[1] + 1


def test_the_same_luck_gives_the_same_paths(policy):
    """Played from its own numbers, a sample is the sample."""
    scenario, branches = policy.scenario, branches_of(policy.scenario)
    count = sum(len(own) for own in luck_factors(scenario).values())
    from tariffsim.policy.sample import _units  # noqa: PLC0415

    again = sample_at(scenario, branches, _units(scenario, count, 64))
    known = sample(scenario, branches)
    assert again.outcomes == known.outcomes
    np.testing.assert_array_equal(again.drawn, known.drawn)


def test_rows_that_come_to_the_same_path_are_one(policy):
    luck = np.repeat(np.linspace(0.05, 0.95, 10), 7)[:, None] * np.ones(
        sum(len(own) for own in luck_factors(policy.scenario).values())
    )
    case = resolve(policy, luck=luck).markets[0]
    assert case.tracks.shape[1] == 70
    assert len(case.weights) <= 10 * len(branches_of(policy.scenario))


def test_a_delay_that_is_sure_to_end_is_early_or_late(geneva):
    sure = once(100, delay_days=DayInterval(low=0, high=90))
    alone = changed(geneva, branches={}, baseline={}, expect=(), chances={"order": sure}, paths=32)
    found = sensitivity(alone, metric=TRADE, samples=32)
    swing = next(own for own in found.swings if own.name == "order")
    assert (swing.low_at, swing.high_at) == ("2025-10-10", "2025-12-21")


def test_with_policy_held_its_chances_are_still_drawn(policy):
    found = sensitivity(policy, metric=TRADE, branch="go-on", samples=32)
    assert "policy" not in by_name(found)
    assert "rupture" in by_name(found)
    held = sensitivity(policy, metric=TRADE, branch="break-off+as-enacted", samples=32)
    assert set(held.chances) <= set(held.idle)
    assert {swing.kind for swing in held.swings} == {"parameter"}


def test_block_size_changes_no_number(policy, monkeypatch, found):
    monkeypatch.setattr(module, "BLOCK", 64)
    assert sensitivity(policy, metric=TRADE, samples=128) == found


def test_the_command_tells_chances(policy):
    line = ("sensitivity", "policy", "--metric", RATE, "--draws", 16, "--quiet")
    text = tariffsim(*line)
    assert (text.code, text.err) == (0, "")
    assert "chances early or often and late or never" in text.out
    assert "renewed 0 times" in text.out


def test_the_mean_is_that_of_a_run(policy, found):
    result = run(with_options(policy, draws=1024))
    values = np.stack([result.metric(TRADE).branch(b)[:, 0] for b in range(3)])
    mean = float((values.mean(axis=1) * result.probability).sum())
    assert found.mean == pytest.approx(mean, rel=0.02)
