"""From a scenario to a result: identities, a slow twin, blindness to what came later, the bytes."""

import datetime as dt
import json
import math

import attrs
import numpy as np
import pytest

from tariffsim.axes import Axis
from tariffsim.corridor import check_expectations, run, with_options
from tariffsim.errors import CheckFailed, InputError, UnknownName
from tariffsim.events import RateSet
from tariffsim.files.scenarios import load_inputs
from tariffsim.log import append, between, known_on
from tariffsim.model.growth import growth_factors
from tariffsim.model.markets import BLOCK, market_paths
from tariffsim.model.project import project
from tariffsim.model.sampling import draw_parameters
from tariffsim.reduce import Covered, compile_rates, fold, fold_fork
from tariffsim.report.bands import columns
from tariffsim.report.headline import headline_data, headline_text
from tariffsim.report.tidy import COLUMNS, result_files
from tariffsim.resolve import resolve
from tariffsim.scenario import Expectation, Override, branches_of
from tariffsim.trade import MonthlyFigure, MonthlyTrade
from tests.reference.twin_adjustment import adjust_one
from tests.reference.twin_armington import solve_market


@pytest.fixture(scope="module")
def geneva():
    return with_options(load_inputs("geneva"), draws=64)


@pytest.fixture(scope="module")
def canola():
    return with_options(load_inputs("canola"), draws=16)


@pytest.fixture(scope="module")
def answer(geneva):
    return run(geneva)


def test_branches_cross_and_probabilities_multiply(geneva):
    branches = branches_of(geneva.scenario)
    assert len(branches) == 8
    assert branches[0].name == "extended+restricted"
    assert math.isclose(sum(branch.probability for branch in branches), 1.0, abs_tol=1e-12)
    assert math.isclose(branches[0].probability, 0.55 * 0.60)


def test_add_ons_on_the_last_day(answer):
    us, china = (answer.metric(f"statutory_rate.{flow}") for flow in ("USA.CHN", "CHN.USA"))
    found = {
        name: (us.branch(n)[0, 0], china.branch(n)[0, 0])
        for n, name in enumerate(answer.branch.labels)
    }
    assert found["extended+restricted"] == (30.0, 10.0)
    assert found["lapse-as-enacted+eased"] == (54.0, 34.0)
    assert found["lapse-as-reported+restricted"] == (145.0, 125.0)
    assert found["deal+eased"] == (20.0, 10.0)


def test_no_shock_leaves_the_baseline_path_exactly(canola):
    """Where no law is new, trade is benchmark, season and growth to the last bit."""
    scenario = canola.scenario
    market = attrs.evolve(scenario.markets[0], growth="import_growth_chn", storable="made")
    quiet = attrs.evolve(
        scenario,
        known_on=dt.date(2025, 2, 15),
        branches={},
        baseline={},
        markets=(market,),
        parameters=_known_early(canola),
    )
    figures = {
        f"2024-{month:02d}": MonthlyFigure(
            customs_value=100.0 + 7.0 * month, duty=None, published=dt.date(2025, 2, 1)
        )
        for month in range(1, 13)
    }
    monthly = MonthlyTrade(name="made", flows={("CHN", "CAN"): figures}, sources=(), digest="")
    inputs = attrs.evolve(
        canola,
        scenario=quiet,
        trade=attrs.evolve(canola.trade, sources=()),
        monthly=monthly,
        storable={"made": dict.fromkeys(canola.trade.axes.product.labels, 0.5)},
    )
    experiment = resolve(inputs)
    case = experiment.markets[0]
    assert not case.added_high.any()
    assert np.ptp(case.season[0]) > 0.3
    found = project(experiment)
    drawn = draw_parameters(experiment.parameters, [], seed=experiment.seed, count=16)
    total = case.customs_value[0][:, None].sum(axis=0)
    season = (case.year_share * case.season[0])[:, None]
    amount = season * growth_factors(drawn["import_growth_chn"], case.growth_years)
    value = found["customs_value.CHN.CAN"].values[0]
    np.testing.assert_array_equal(value, (total * amount).T[:, experiment.first :])
    for name in ("consumer_surplus", "revenue_difference", "revenue_static", "welfare"):
        np.testing.assert_array_equal(found[f"{name}.CHN"].values, 0.0)
    for name in ("stock", "landed_price", "retail_price", "producer_surplus"):
        np.testing.assert_array_equal(found[f"{name}.CHN.CAN"].values, 0.0)


def _known_early(inputs):
    """Set every parameter in the scenario, so that none is learnt too late."""
    return {
        name: Override(
            value=parameter.value,
            low=parameter.low,
            high=parameter.high,
            distribution=parameter.distribution,
            range=parameter.range,
            convention=parameter.convention,
            reason="a test of an earlier day",
        )
        for name, parameter in inputs.parameters.items()
    }


def test_no_added_rate_leaves_the_benchmark_exactly(geneva):
    experiment = resolve(geneva)
    still = attrs.evolve(
        experiment,
        markets=tuple(
            attrs.evolve(
                case,
                added_low=np.zeros_like(case.added_low),
                added_high=np.zeros_like(case.added_high),
                ahead=None,
                growth=None,
            )
            for case in experiment.markets
        ),
    )
    found = project(still)
    case = still.markets[0]
    value = found["customs_value.USA.CHN"].values
    expected = case.customs_value[0].sum() * (case.year_share * case.season[0])[experiment.first :]
    np.testing.assert_allclose(value, np.broadcast_to(expected, value.shape), rtol=1e-13)
    for key in ("consumer_surplus.USA", "revenue_difference.USA", "producer_surplus.USA.CHN"):
        assert np.abs(found[key].values).max() < 1e-9 * value.max()


def test_what_ended_leaves_no_duty_and_no_surplus(canola):
    """Trade comes back slowly; a duty that is not levied is not collected."""
    experiment = resolve(canola)
    case = experiment.markets[0]
    drawn = draw_parameters(experiment.parameters, [], seed=experiment.seed, count=16)
    still = int(np.flatnonzero(~case.added_low.any(axis=(1, 2)))[0])
    on = int(np.flatnonzero(case.added_low.any(axis=(1, 2)))[0])
    weights = np.zeros((1, 24, len(case.added_low)))
    weights[0, :12, on], weights[0, 12:, still] = 1.0, 1.0
    ended = attrs.evolve(case, weights=weights)
    found = market_paths(ended, drawn, first=12).values
    for name in ("consumer_surplus", "producer_surplus"):
        np.testing.assert_allclose(found[name], 0.0, atol=1e-9)
    np.testing.assert_allclose(found["landed_price_change"], 1.0, rtol=1e-12)
    benchmark = (case.benchmark_rate * case.customs_value)[0].sum()
    rate = found["duty"] / found["customs_value"]
    np.testing.assert_allclose(rate, benchmark / case.customs_value[0].sum(), rtol=1e-9)
    assert (found["customs_value"][0, :, 0] < case.customs_value[0].sum()).all()


def test_a_permanent_change_tends_to_the_long_run(canola):
    """After a century every quantity is that of the long run."""
    experiment = resolve(canola)
    case = experiment.markets[0]
    drawn = draw_parameters(experiment.parameters, [], seed=experiment.seed, count=16)
    on = int(np.flatnonzero(case.added_low.any(axis=(1, 2)))[0])
    weights = np.zeros((1, 1200, len(case.added_low)))
    weights[0, :, on] = 1.0
    slow = market_paths(attrs.evolve(case, weights=weights), drawn, first=1199).values
    long = {**drawn, "armington_elasticity_short": drawn["armington_elasticity_long"]}
    static = market_paths(attrs.evolve(case, weights=weights[:, :1]), long, first=0).values
    share = drawn["retail_pass_through"][:, None]
    static["retail_price_change"] = 1.0 + share * (static["landed_price_change"] - 1.0)
    del static["statutory_rate"]  # the law of the scenario's own path, whatever the weights
    for name, values in static.items():
        np.testing.assert_allclose(slow[name], values, rtol=1e-8)


def test_slow_twin_of_a_market(canola):
    """Plain loops over draws, products, regimes and months give the same paths."""
    experiment = resolve(canola)
    case = experiment.markets[0]
    drawn = draw_parameters(experiment.parameters, [], seed=experiment.seed, count=4)
    found = market_paths(case, drawn, first=experiment.first).values
    for draw in range(4):
        own = {name: float(values[draw]) for name, values in drawn.items()}
        short, long = (
            [_regime_value(case, own, regime, horizon) for regime in range(len(case.added_low))]
            for horizon in ("short", "long")
        )
        gap = own["armington_elasticity_long"] - own["armington_elasticity_short"]
        pace = math.log(gap / (0.05 * own["armington_elasticity_long"]))
        speed = 1.0 - math.exp(-pace / (12.0 * own["years_to_long_run"]))
        for path, weights in enumerate(case.weights):
            slow = adjust_one(short, long, weights.tolist(), speed)[experiment.first :]
            np.testing.assert_allclose(found["customs_value"][path, draw], slow, rtol=1e-10)


def _regime_value(case, own, regime, horizon):
    sigma = own[f"armington_elasticity_{horizon}"]
    eta = sigma * own["demand_to_substitution_ratio"]
    position = own["coverage_position"]
    total = 0.0
    for product in range(len(case.product)):
        value = [float(case.customs_value[source, product]) for source in (0, 1)]
        before = [float(case.benchmark_rate[source, product]) for source in (0, 1)]
        added = [
            float(
                case.added_low[regime, source, product]
                + position * (case.added_high - case.added_low)[regime, source, product]
            )
            for source in (0, 1)
        ]
        landed = [v * (1 + t) for v, t in zip(value, before, strict=True)]
        shares = [part / sum(landed) for part in landed]
        wedges = [(1 + t + a) / (1 + t) for t, a in zip(before, added, strict=True)]
        omega = 1.0 / own[case.supply] if own[case.supply] else math.inf
        slow = solve_market(shares, wedges, sigma, eta, [omega, omega])
        total += value[0] * slow.border[0] * slow.quantity[0]
    return total


def test_draws_do_not_depend_on_the_block(geneva, monkeypatch):
    whole = run(geneva)
    monkeypatch.setattr("tariffsim.model.markets.BLOCK", BLOCK // 16)
    parts = run(geneva)
    for one, other in zip(whole.paths, parts.paths, strict=True):
        np.testing.assert_allclose(one.values, other.values, rtol=1e-12, atol=1e-9)


def test_the_same_bytes_again(geneva):
    first, second = (result_files(run(geneva), version="test") for _ in range(2))
    assert first == second


def test_blind_to_what_was_announced_later(geneva):
    """The log cut at the knowledge day answers as the whole log does, byte for byte."""
    cut = attrs.evolve(
        geneva,
        log=append(
            between(geneva.log, None, geneva.scenario.known_on + dt.timedelta(days=1)),
            [event for event in geneva.log if event.kind == "reviewed"],
        ),
    )
    later = append(
        geneva.log,
        [
            RateSet(
                announced=dt.date(2025, 6, 7),
                effective=dt.date(2025, 6, 8),
                measure="us-ieepa-fentanyl-china",
                rate=990_000,
            )
        ],
    )
    expected = result_files(run(geneva), version="test")
    assert result_files(run(cut), version="test") == expected
    assert result_files(run(attrs.evolve(geneva, log=later)), version="test") == expected
    assert len(known_on(later, geneva.scenario.known_on)) < len(later)


def test_a_parameter_learnt_later_is_refused(geneva):
    name = "armington_elasticity_long"
    late = attrs.evolve(geneva.parameters[name], known=dt.date(2025, 6, 7))
    inputs = attrs.evolve(geneva, parameters={**geneva.parameters, name: late})
    with pytest.raises(InputError, match="armington_elasticity_long became known on 2025-06-07"):
        resolve(inputs)


def test_a_trade_source_published_later_is_refused(geneva):
    source = attrs.evolve(geneva.trade.sources[0], published=dt.date(2026, 1, 1))
    trade = attrs.evolve(geneva.trade, sources=(source, *geneva.trade.sources[1:]))
    with pytest.raises(InputError, match="was published on 2026-01-01"):
        resolve(attrs.evolve(geneva, trade=trade))


def test_all_late_inputs_are_named_at_once(geneva):
    late = {
        name: attrs.evolve(parameter, known=dt.date(2026, 1, 1))
        for name, parameter in geneva.parameters.items()
    }
    with pytest.raises(InputError) as caught:
        resolve(attrs.evolve(geneva, parameters=late))
    assert str(caught.value).count("became known on") >= 5


def test_a_fork_that_changes_an_earlier_day_is_refused(geneva, monkeypatch):
    """No event kind can do it, so a faulty fold is planted: it applies a draft a year early."""

    def hasty(events, log, state):
        early = [
            attrs.evolve(event, effective=dt.date(2025, 6, 7), announced=dt.date(2025, 6, 7))
            if isinstance(event, RateSet)
            else event
            for event in events
        ]
        return fold_fork(early, log, state)

    resolve(geneva)
    monkeypatch.setattr("tariffsim.resolve.laws.fold_fork", hasty)
    with pytest.raises(InputError, match="may not change a day before its first event"):
        resolve(geneva)


def test_an_unknown_override_is_refused_with_the_nearest_name(geneva):
    override = {"armington_elasticty_long": Override(value=3.0, reason="a slip")}
    scenario = attrs.evolve(geneva.scenario, parameters=override)
    with pytest.raises(InputError, match="did you mean 'armington_elasticity_long'"):
        resolve(attrs.evolve(geneva, scenario=scenario))


def test_an_override_is_used(geneva):
    override = {"armington_elasticity_short": Override(value=1.2, reason="a test")}
    scenario = attrs.evolve(geneva.scenario, parameters=override)
    found = resolve(attrs.evolve(geneva, scenario=scenario)).parameters
    assert found["armington_elasticity_short"].value == 1.2
    assert not found["armington_elasticity_short"].drawn


def test_a_market_without_trade_is_refused(geneva):
    markets = (attrs.evolve(geneva.scenario.markets[0], exporter="BRA"),)
    with pytest.raises(UnknownName, match="exporter must be one of"):
        resolve(attrs.evolve(geneva, scenario=attrs.evolve(geneva.scenario, markets=markets)))


def test_a_missed_expectation_fails_the_run(geneva):
    check_expectations(geneva)
    wrong = Expectation(on=dt.date(2025, 5, 14), importer="USA", exporter="CHN", rate=310_000)
    scenario = attrs.evolve(geneva.scenario, expect=(wrong,))
    with pytest.raises(CheckFailed, match="must be 31%, got 30%"):
        check_expectations(attrs.evolve(geneva, scenario=scenario))


def test_months_share_their_days_between_regimes(geneva):
    for case in resolve(geneva).markets:
        np.testing.assert_allclose(case.weights.sum(axis=2), 1.0, rtol=1e-12)


def test_branches_on_one_path_share_their_numbers(answer):
    imports = answer["customs_value.USA.CHN"]
    names = answer.branch.labels
    first = imports.branch(names.index("deal+restricted"))
    assert first is not None
    np.testing.assert_array_equal(first, imports.branch(names.index("deal+eased")))
    assert len(columns(answer, imports)) == 4


def test_welfare_is_surplus_plus_revenue(answer):
    for buyer in ("USA", "CHN"):
        np.testing.assert_allclose(
            answer[f"welfare.{buyer}"].values,
            answer[f"consumer_surplus.{buyer}"].values
            + answer[f"revenue_difference.{buyer}"].values,
        )


def test_higher_duty_means_less_trade_and_dearer_goods(answer):
    names = answer.branch.labels
    low, high = names.index("extended+restricted"), names.index("lapse-as-reported+restricted")
    for buyer, seller in (("USA", "CHN"), ("CHN", "USA")):
        trade = answer[f"customs_value.{buyer}.{seller}"]
        assert (trade.branch(high)[:, -1] < trade.branch(low)[:, -1]).all()
        price = answer[f"landed_price.{buyer}.{seller}"]
        assert (price.branch(high)[:, -1] > price.branch(low)[:, -1]).all()


def test_easing_never_lowers_availability(answer):
    names = answer.branch.labels
    supply = answer["availability.USA.CHN.rare-earth-magnets"]
    low, high = names.index("extended+restricted"), names.index("extended+eased")
    assert (supply.branch(high) >= supply.branch(low) - 1e-12).all()


def test_tidy_rows_and_manifest_agree(answer):
    files = result_files(answer, version="test")
    manifest = json.loads(files["manifest.json"])
    assert set(manifest["files"]) == set(files) - {"manifest.json"}
    for name, text in files.items():
        if name.endswith(".csv"):
            lines = text.splitlines()
            assert tuple(lines[0].split(",")) == COLUMNS
            assert manifest["files"][name]["rows"] == len(lines) - 1
    assert manifest["known_on"] == "2025-06-06"
    assert manifest["known_through"] == "2025-06-06"
    assert set(manifest["digests"]) == {
        "log", "scenario", "trade", "monthly", "parameters", "share_priors", "storable",
    }  # fmt: skip


def test_headline_text_and_data_say_the_same(answer):
    data = headline_data(answer)
    text = headline_text(answer, width=160)
    for metric in data["metrics"]:
        assert metric["label"] in text
        base = metric["branches"]["extended+restricted"]
        assert base["difference"] is None
        assert base["level"]["p10"] <= base["level"]["p50"] <= base["level"]["p90"]
    assert "facts known through 2025-06-06" in text


def test_headline_fits_the_width(answer):
    for width in (80, 100, 160):
        assert max(map(len, headline_text(answer, width=width).splitlines()[5:])) <= width


def test_pandas_and_xarray(answer):
    frame = answer.to_pandas("headline")
    dataset = answer.to_xarray("paths")
    key = "customs_value.USA.CHN"
    median = frame.loc[(key, "extended+restricted", "horizon"), "p50"]
    assert median == pytest.approx(float(np.median(answer.metric(key).branch(0))))
    assert dataset[key].dims == ("branch", "draw", "period")
    assert dataset[key].attrs["units"] == "USD million a month"
    assert "Result of geneva" in repr(answer)


def test_an_unknown_variable_names_the_nearest(answer):
    with pytest.raises(UnknownName, match="did you mean 'customs_value\\.USA\\.CHN'"):
        answer["customs_value.USA.CNH"]


def test_forks_share_what_measures_cover_and_lose_nothing_by_it(geneva):
    """Folded on top of the log's state and compiled beside each other, as each is by itself."""
    known = known_on(geneva.log, geneva.scenario.known_on)
    state, covered = fold(known), Covered()
    axes = attrs.evolve(geneva.trade.axes, importer=Axis("importer", ["USA", "CHN"]))
    for branch in branches_of(geneva.scenario):
        fork = fold_fork(branch.events, known, state)
        assert fork == fold(append(known, branch.events))
        alone = compile_rates(fork, axes)
        beside = compile_rates(fork, axes, covered=covered)
        assert alone.low.tobytes() == beside.low.tobytes()
        assert alone.high.tobytes() == beside.high.tobytes()


def test_a_dispute_over_lists_of_goods_says_that_no_duty_is_on_all(canola):
    found = run(canola)
    rows = [line for line in headline_text(found, width=160).splitlines() if "add-on duty" in line]
    assert [row.split("CAN", 1)[1].split("  ")[-1].strip() for row in rows] == [
        "none on all goods"
    ] * 2
    assert "none on all goods" in found._repr_html_()
    assert found.metric("statutory_rate.CHN.CAN").values.max() == 0.0


def test_an_add_on_that_is_nil_in_some_branch_stays_a_number(answer):
    text = headline_text(answer, width=160)
    assert "none on all goods" not in text
    ended = attrs.evolve(
        answer.metric("statutory_rate.USA.CHN"),
        values=answer.metric("statutory_rate.USA.CHN").values
        * (np.arange(len(answer.metric("statutory_rate.USA.CHN").values)) > 0)[:, None, None],
    )
    changed = headline_text(attrs.evolve(answer, headline=(ended,)), width=160)
    assert "none on all goods" not in changed
    assert " 0.00" in changed
