"""Laws of time: what is bought ahead is not lost, what is in transit keeps its rate; identities.

Amounts are drawn as small whole numbers over powers of two, on which sums are exact: where a law
says equal, it means to the last bit.
"""

import datetime as dt
import math

import attrs
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.corridor import run, with_options
from tariffsim.events import Grace, RateSet, Threatened
from tariffsim.files.scenarios import load_inputs
from tariffsim.log import append, make_log
from tariffsim.model.anticipation import pull_forward
from tariffsim.model.collection import collected_rate, fit_collection
from tariffsim.model.markets import BLOCK, market_paths
from tariffsim.model.materials import factors
from tariffsim.model.project import project
from tariffsim.model.sampling import draw_parameters
from tariffsim.reduce import fold
from tariffsim.resolve import resolve
from tariffsim.resolve.seasons import seasonal_factors
from tariffsim.resolve.transit import postponed
from tariffsim.scenario import Override, Time

WHOLE = st.integers(0, 64)
MONTHS, DRAWS = 8, 2


def exact(shape, unit):
    return st.lists(
        WHOLE, min_size=math.prod(shape), max_size=math.prod(shape)
    ).map(lambda drawn: np.array(drawn, dtype=np.float64).reshape(shape) / unit)  # fmt: skip


@st.composite
def plans(draw):
    return {
        "use": draw(exact((MONTHS, DRAWS), 1.0)),
        "wanted": draw(exact((2, DRAWS), 16.0)),
        "plan": draw(exact((2, MONTHS), 64.0)),
        "capacity": draw(exact((2, MONTHS, DRAWS), 64.0)),
        "room": draw(exact((MONTHS, DRAWS), 16.0)),
        "rundown": draw(exact((MONTHS,), 64.0)),
    }


@st.composite
def plans_by_draw(draw):
    """Each draw on a path of its own: plans, and days on which stocks are used, differ by draw."""
    return {
        **draw(plans()),
        "plan": draw(exact((2, MONTHS, DRAWS), 64.0)),
        "rundown": draw(exact((MONTHS, DRAWS), 64.0)),
    }


@given(plans_by_draw())
def test_draws_on_paths_of_their_own_are_run_as_if_alone(given_):
    moved = pull_forward(**given_)
    for draw in range(DRAWS):
        alone = pull_forward(**{
            name: array[..., draw : draw + 1] for name, array in given_.items()
        })  # fmt: skip
        for part in ("bought", "used", "stock"):
            np.testing.assert_array_equal(getattr(moved, part)[:, draw], getattr(alone, part)[:, 0])


@given(plans() | plans_by_draw())
def test_mass_is_conserved_exactly(given_):
    moved = pull_forward(**given_)
    bought = given_["use"] + moved.bought - moved.used
    for month in range(MONTHS):
        so_far = bought[: month + 1].sum(axis=0)
        needed = given_["use"][: month + 1].sum(axis=0)
        np.testing.assert_array_equal(so_far, needed + moved.stock[month])
    assert moved.stock.min() >= 0
    assert bought.min() >= 0


@given(plans())
def test_without_a_plan_nothing_moves(given_):
    moved = pull_forward(**{**given_, "plan": np.zeros((2, MONTHS))})
    for part in (moved.bought, moved.used, moved.stock):
        np.testing.assert_array_equal(part, 0.0)


@given(plans())
def test_more_credence_never_means_a_smaller_stock(given_):
    less = {**given_, "wanted": given_["wanted"] / 2, "capacity": given_["capacity"] / 2}
    assert (pull_forward(**given_).stock >= pull_forward(**less).stock).all()


@given(st.lists(st.floats(0.1, 9.0), min_size=24, max_size=24), st.floats(0.01, 100.0))
def test_seasons_keep_the_year(values, scale):
    months = np.array(values).reshape(2, 12)
    days = np.array([[31.0, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31]] * 2)
    factors = seasonal_factors(months, days)
    assert (factors * days[-1]).sum() == pytest.approx(days[-1].sum(), rel=1e-12)
    np.testing.assert_allclose(seasonal_factors(months * scale, days), factors, rtol=1e-10)


@given(st.floats(0.02, 0.98))
def test_the_fit_finds_the_share_that_made_the_data(share):
    duty = np.array([[10.0, 10.0, 10.0], [30.0, 55.0, 12.0]])
    value = np.array([[100.0, 100.0, 100.0], [90.0, 60.0, 99.0]])
    observed = collected_rate(duty, value, share) - 0.1
    assert fit_collection(observed, duty, value).share == pytest.approx(share, abs=5e-4)


DAY = dt.date(2025, 3, 1)


@st.composite
def rate_paths(draw):
    """Rates of one measure, some with a grace clause."""
    offsets = draw(st.lists(st.integers(0, 120), min_size=1, max_size=5, unique=True))
    events = []
    for offset in sorted(offsets):
        effective = DAY + dt.timedelta(days=offset)
        loaded = effective - dt.timedelta(days=draw(st.integers(0, 5)))
        grace = Grace(
            loaded_before=loaded, entered_by=loaded + dt.timedelta(days=draw(st.integers(5, 60)))
        )
        events.append(
            RateSet(
                announced=effective,
                measure="us-duty",
                rate=draw(st.integers(0, 9)) * 10_000,
                grace=draw(st.sampled_from([None, grace])),
            )
        )
    return events


def levied(state, day):
    rate = 0
    for level in state.measures["us-duty"].levels:
        if level.effective <= day:
            rate = level.rate
    return rate


@given(rate_paths(), st.integers(1, 45))
def test_goods_in_transit_meet_what_the_clause_says(events, travel):
    """Day by day: a rise spares goods while its clause holds, and nothing else is delayed."""
    state = fold(make_log("made", events))
    late = postponed(state, travel)
    for offset in range(220):
        day = DAY + dt.timedelta(days=offset)
        sailed = day - dt.timedelta(days=travel)
        rate, before = 0, 0
        for event in events:
            rise = event.rate > before
            before = event.rate
            grace = event.grace
            spared = (
                rise
                and grace is not None
                and sailed < grace.loaded_before
                and day < grace.entered_by
            )
            if event.effective <= day and not spared:
                rate = event.rate
        assert levied(late, day) == rate


@given(rate_paths())
def test_goods_that_travel_no_time_meet_the_law(events):
    plain = [attrs.evolve(event, grace=None) for event in events]
    state = fold(make_log("made", plain))
    assert postponed(state, 30) == state


@pytest.fixture(scope="module")
def geneva():
    return with_options(load_inputs("geneva"), draws=32)


def with_time(inputs, **switches):
    return attrs.evolve(
        inputs, scenario=attrs.evolve(inputs.scenario, time=Time(**switches))
    )  # fmt: skip


def test_equal_elasticities_without_transit_or_stocks_are_the_static_model(geneva):
    """Month by month, each path is the mixture of its regimes' equilibria."""
    equal = {"armington_elasticity_short": Override(value=1.6, reason="a test")}
    equal["armington_elasticity_long"] = Override(value=1.6, reason="a test")
    off = with_time(geneva, transit=False, collected=False, seasonality=False, anticipation=False)
    inputs = attrs.evolve(off, scenario=attrs.evolve(off.scenario, parameters=equal))
    experiment = resolve(inputs)
    drawn = draw_parameters(experiment.parameters, [], seed=1, count=8)
    for case in experiment.markets:
        found = market_paths(case, drawn, first=experiment.first).values
        one = np.eye(len(case.added_low))[:, None]  # each regime alone, as a path of one month
        alone = market_paths(attrs.evolve(case, weights=one, ahead=None), drawn, first=0).values
        weights = case.weights[:, experiment.first :]
        for name in ("customs_value", "landed_price_change", "consumer_surplus"):
            static = np.einsum("ptr,rd->pdt", weights, alone[name][:, :, 0])
            np.testing.assert_allclose(found[name], static, rtol=1e-10)


def test_what_is_bought_ahead_is_used_up(geneva):
    """Over the horizon imports with and without buying ahead differ by the stock that is left."""
    some, none = (run(with_time(geneva, anticipation=on)) for on in (True, False))
    for flow in ("USA.CHN", "CHN.USA"):
        moved = some[f"customs_value.{flow}"].values - none[f"customs_value.{flow}"].values
        stock = some[f"stock.{flow}"].values
        total = none[f"customs_value.{flow}"].values.sum(axis=2)
        assert np.abs(moved.sum(axis=2) - stock[:, :, -1]).max() < 1e-9 * total.max()
        assert stock.max() > 0.02 * total.max() / 19
        np.testing.assert_allclose(np.cumsum(moved, axis=2), stock, atol=1e-8 * total.max())


def test_buying_ahead_moves_duty_and_not_welfare_but_for_its_cost(geneva):
    some, none = (run(with_time(geneva, anticipation=on)) for on in (True, False))
    experiment = resolve(geneva)
    unit = [factor for case in experiment.materials for factor in factors(case)]
    drawn = draw_parameters(experiment.parameters, unit, seed=experiment.seed, count=32)
    held = drawn["carrying_cost_month"][:, None] * some["stock.USA.CHN"].values
    lost = none["welfare.USA"].values - some["welfare.USA"].values
    np.testing.assert_allclose(lost, held, atol=1e-6)
    paid = some["duty.USA.CHN"].values - none["duty.USA.CHN"].values
    assert (paid.sum(axis=2)[1] < 0).all()  # a lapse: bought at 30, used where 54 is levied


def test_nobody_acts_on_what_is_not_announced(geneva):
    """The paths part on 11 August; until July every path is the same, to the bit."""
    found = run(geneva)
    before = found.period.labels.index("2025-07") + 1
    for variable in found.paths:
        if variable.basis == "path" and len(variable.values) == 4:
            same = variable.values[:, :, :before]
            np.testing.assert_array_equal(same, np.broadcast_to(same[:1], same.shape))


def test_a_rise_announced_overnight_is_not_bought_ahead_of(geneva):
    """The return of 125 % comes with a day's notice: buyers prepared for 34 %, as the law said."""
    found = run(geneva)
    names = found.branch.labels
    stock = found["stock.USA.CHN"]
    lapse, back = (
        stock.branch(names.index(f"{name}+restricted"))[:, 1]
        for name in ("lapse-as-enacted", "lapse-as-reported")
    )
    np.testing.assert_array_equal(lapse, back)
    assert (lapse > 0).all()


def threatened(inputs, due):
    would = RateSet(
        announced=dt.date(2025, 6, 2),
        effective=due,
        measure="us-ieepa-fentanyl-china",
        rate=500_000,
    )
    threat = Threatened(announced=dt.date(2025, 6, 2), by="somebody", text="more", would=would)
    return attrs.evolve(inputs, log=append(inputs.log, [threat]))


def test_a_threat_makes_some_buy_ahead(geneva):
    calm, alarmed = (run(inputs) for inputs in (geneva, threatened(geneva, dt.date(2025, 11, 1))))
    october = calm.period.labels.index("2025-10")
    extra = (alarmed["stock.USA.CHN"].values - calm["stock.USA.CHN"].values)[:, :, october]
    assert (extra > 0).all()
    statutory = "statutory_rate.USA.CHN@last-day"
    np.testing.assert_array_equal(alarmed[statutory].values, calm[statutory].values)


@pytest.mark.parametrize("block", [BLOCK // 16, BLOCK // 64])
def test_block_size_changes_no_byte(geneva, monkeypatch, block):
    whole = run(geneva)
    monkeypatch.setattr("tariffsim.model.markets.BLOCK", block)
    parts = run(geneva)
    for one, other in zip(whole.paths, parts.paths, strict=True):
        np.testing.assert_array_equal(one.values, other.values)


def test_nothing_collected_leaves_the_baseline(geneva):
    """Where no new duty is collected, trade is as in the benchmark and nobody buys ahead."""
    nothing = {"collected_share_usa": Override(value=0.0, reason="a test")}
    inputs = attrs.evolve(geneva, scenario=attrs.evolve(geneva.scenario, parameters=nothing))
    found = project(resolve(inputs))
    for name in ("revenue_difference.USA", "consumer_surplus.USA", "stock.USA.CHN"):
        np.testing.assert_array_equal(found[name].values, 0.0)
    np.testing.assert_array_equal(found["landed_price.USA.CHN"].values, 0.0)


def test_all_collected_is_the_model_without_the_parameter(geneva):
    all_ = {"collected_share_usa": Override(value=1.0, reason="a test")}
    set_to_one = attrs.evolve(geneva, scenario=attrs.evolve(geneva.scenario, parameters=all_))
    first = run(set_to_one)
    off = with_time(set_to_one, collected=False)
    second = run(off)
    for one, other in zip(first.paths, second.paths, strict=True):
        np.testing.assert_array_equal(one.values, other.values)
