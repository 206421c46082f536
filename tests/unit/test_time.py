"""Time, from record to result: transit, what is known, seasons, collection, fiscal years."""

import datetime as dt

import attrs
import numpy as np
import pytest

from tariffsim.calibrate import fit_collected_share
from tariffsim.codec.tables import read_monthly
from tariffsim.corridor import run, with_options
from tariffsim.errors import InputError
from tariffsim.events import Grace, RateSet, Threatened
from tariffsim.files.scenarios import load_inputs, load_parameters
from tariffsim.log import append, known_on
from tariffsim.model.markets import MarketPaths
from tariffsim.parameters import Parameter, as_substitution
from tariffsim.reduce import fold
from tariffsim.report.fiscal import fiscal_years
from tariffsim.resolve import resolve
from tariffsim.resolve.ahead import Horizon, KnownLaw, ahead_of, rises_seen, threat_seen
from tariffsim.resolve.seasons import growth_years, seasonal_factors
from tariffsim.resolve.transit import postponed
from tariffsim.scenario import Month, Option, Override, Time, months
from tariffsim.trade import MonthlyFigure


@pytest.fixture(scope="module")
def geneva():
    return with_options(load_inputs("geneva"), draws=32)


@pytest.fixture(scope="module")
def experiment(geneva):
    return resolve(geneva)


def levels(state, name):
    return [
        (level.effective.isoformat(), level.rate // 10_000) for level in state.measures[name].levels
    ]


def test_goods_at_sea_meet_the_rises_of_april_in_may(geneva):
    """Loaded before 5, 9 and 10 April: entered until 4, 8 and 9 May they pay the rate before."""
    law = fold(known_on(geneva.log, geneva.scenario.known_on))
    sea, air = postponed(law, 30), postponed(law, 3)
    assert levels(sea, "us-ieepa-reciprocal-china") == [
        ("2025-05-05", 10), ("2025-05-09", 84), ("2025-05-10", 125), ("2025-05-14", 34),
    ]  # fmt: skip
    assert levels(air, "us-ieepa-reciprocal-china") == [
        ("2025-04-08", 10), ("2025-04-12", 84), ("2025-04-13", 125), ("2025-05-14", 34),
    ]  # fmt: skip
    # February's clause ends in March; the rise of 4 March had none.
    assert levels(sea, "us-ieepa-fentanyl-china") == [("2025-03-03", 10), ("2025-03-04", 20)]
    assert levels(law, "us-ieepa-fentanyl-china") == [("2025-02-04", 10), ("2025-03-04", 20)]


def test_what_is_applied_lags_what_is_law(geneva, experiment):
    """In April two thirds of the goods still paid the duties of March; in June all pay the law."""
    off = attrs.evolve(geneva, scenario=attrs.evolve(geneva.scenario, time=Time(transit=False)))
    law = resolve(off).markets[0]
    case = experiment.markets[0]
    value = case.customs_value[0]

    def added(some):
        mean = (some.added_low[:, 0] * value).sum(axis=1) / value.sum()
        return dict(zip(experiment.month.labels, (some.weights[0] * mean).sum(axis=1), strict=True))

    applied, statutory = added(case), added(law)
    assert applied["2025-04"] < 0.5 * statutory["2025-04"]
    assert applied["2025-02"] < 0.5 * statutory["2025-02"]
    assert applied["2025-03"] == pytest.approx(statutory["2025-03"], rel=0.03)
    assert applied["2025-06"] == statutory["2025-06"]
    np.testing.assert_allclose(case.weights.sum(axis=2), 1.0, rtol=1e-12)
    np.testing.assert_array_equal(case.statutory, law.statutory)


def with_rise(inputs, grace):
    rise = RateSet(
        announced=dt.date(2025, 9, 29),
        effective=dt.date(2025, 10, 1),
        measure="us-ieepa-fentanyl-china",
        rate=700_000,
        grace=grace,
    )
    option = Option(probability=1_000_000, reason="a test", events=(rise,))
    scenario = attrs.evolve(
        inputs.scenario,
        branches={"rise": {"comes": option}},
        baseline={"rise": "comes"},
        expect=(),
        time=Time(anticipation=False),
    )
    return attrs.evolve(inputs, scenario=scenario)


def test_a_branch_may_spare_goods_in_transit(geneva):
    """A clause written in a branch keeps October's goods at sea at the old rate; a cut has none."""
    clause = Grace(loaded_before=dt.date(2025, 10, 1), entered_by=dt.date(2025, 12, 1))
    plain, spared = (run(with_rise(geneva, grace)) for grace in (None, clause))
    at = {name: spared.period.labels.index(name) for name in ("2025-09", "2025-10", "2025-12")}
    rate = "applied_rate.USA.CHN"
    low, high = (r[rate].values[0] for r in (spared, plain))
    for month in ("2025-09", "2025-12"):
        np.testing.assert_allclose(low[:, at[month]], high[:, at[month]], rtol=1e-12)
    before, after = high[:, at["2025-09"]], high[:, at["2025-10"]]
    # By sea (65 %) all of October is spared but its last day, by air (35 %) the first three days.
    paying = 0.65 * 1 / 31 + 0.35 * 28 / 31
    expected = before + paying * (after - before)
    np.testing.assert_allclose(low[:, at["2025-10"]], expected, rtol=1e-10)
    law = "statutory_rate_mean.USA.CHN"
    np.testing.assert_array_equal(spared[law].values, plain[law].values)


def test_an_event_after_the_last_grace_counts_in_the_same_month(geneva):
    """Goods at sea are spared until 25 June; what a branch does on 27 June holds all the same."""
    clause = Grace(loaded_before=dt.date(2025, 6, 10), entered_by=dt.date(2025, 6, 25))
    known = RateSet(
        announced=dt.date(2025, 6, 5),
        effective=dt.date(2025, 6, 10),
        measure="us-ieepa-fentanyl-china",
        rate=300_000,
        grace=clause,
    )
    logged = attrs.evolve(geneva, log=append(geneva.log, [known]))
    later = attrs.evolve(
        known,
        announced=dt.date(2025, 6, 26),
        effective=dt.date(2025, 6, 27),
        rate=900_000,
        grace=None,
    )
    scenario = attrs.evolve(
        geneva.scenario, branches={}, baseline={}, expect=(), what_if=(later,),
        time=Time(anticipation=False),
    )  # fmt: skip
    with_it = attrs.evolve(logged, scenario=scenario)
    without = attrs.evolve(with_it, scenario=attrs.evolve(scenario, what_if=()))
    june = resolve(with_it).month.labels.index("2025-06")
    (more, less) = (mean_added(resolve(inputs), june) for inputs in (with_it, without))
    assert more - less == pytest.approx(0.6 * 4 / 30, rel=0.03)


def mean_added(experiment, month):
    case = experiment.markets[0]
    np.testing.assert_allclose(case.weights.sum(axis=2), 1.0, rtol=1e-12)
    value = case.customs_value[0]
    by_regime = (case.added_low[:, 0] * value).sum(axis=1) / value.sum()
    return float((case.weights[0, month] * by_regime).sum())


DAY = dt.date(2025, 6, 6).toordinal()
SPAN = Horizon(first=DAY, last=DAY + 400, lead=45, window=90)


def law(since, *steps, threat=False):
    """A law of one product: (days after the knowledge day, rate) from its beginning on."""
    starts = np.array([DAY - 99, *(DAY + day for day, _ in steps)])
    rate = np.array([0.3, *(rate for _, rate in steps)])[:, None]
    return KnownLaw(since=DAY + since, starts=starts, rate=rate, threat=threat)


SAID = np.full(9, DAY - 25)


def told(rises):
    return [
        (r.announced - DAY, r.due - DAY, r.ended - DAY, round(float(np.expm1(r.log_jump[0])), 6))
        for r in rises
    ]


def test_a_rise_that_comes_is_seen_until_it_is_due():
    assert told(rises_seen([law(0, (67, 0.54))], SAID, SPAN)) == [(-25, 67, 67, 0.184615)]


def test_a_rise_that_is_called_off_is_seen_until_then():
    found = rises_seen([law(0, (67, 0.54)), law(66)], SAID, SPAN)
    assert told(found) == [(-25, 67, 66, 0.184615)]


def test_a_rise_that_is_raised_is_two():
    found = rises_seen([law(0, (67, 0.54)), law(66, (67, 1.45))], SAID, SPAN)
    assert told(found) == [(-25, 67, 67, 0.184615), (66, 67, 67, round(2.45 / 1.54 - 1, 6))]


def test_a_rise_that_is_lowered_is_partly_called_off():
    """Until then all of it is counted on, since nobody knows; from then on what is left."""
    found = rises_seen([law(0, (67, 0.54)), law(20, (67, 0.40))], SAID, SPAN)
    assert told(found) == [(-25, 67, 20, 0.184615), (-25, 67, 67, round(1.40 / 1.30 - 1, 6))]
    assert [rise.since for rise in found] == [0, DAY + 20]
    listed = months(Month(year=2025, number=6), Month(year=2025, number=10))
    parts = ahead_of(found, listed, SPAN, np.array([DAY - 99, DAY + 67]), np.array([0, 1]), 2)
    # No day before the twentieth is in the window here, so that only what is left is bought.
    np.testing.assert_allclose(parts.plan, [[5 / 47, 31 / 47, 11 / 47, 0, 0]])
    later = rises_seen([law(0, (67, 0.54)), law(40, (67, 0.40))], SAID, SPAN)
    parts = ahead_of(later, listed, SPAN, np.array([DAY - 99, DAY + 67]), np.array([0, 1]), 2)
    np.testing.assert_allclose(parts.plan.sum(axis=0), [5 / 47, 31 / 47, 11 / 47, 0, 0])
    np.testing.assert_allclose(parts.plan.sum(axis=1), [20 / 47, 27 / 47])


def test_falls_and_rises_after_the_horizon_are_not_seen():
    assert rises_seen([law(0, (67, 0.2), (500, 0.9))], SAID, SPAN) == []


def test_a_threat_counts_for_what_it_adds_until_it_is_law():
    before = law(0, (67, 0.54))
    threat = law(0, (67, 0.54), (150, 1.0), threat=True)
    assert told(threat_seen(before, threat, SPAN, laws=[before])) == [
        (0, 150, 150, round(2.0 / 1.54 - 1, 6))
    ]
    later = law(120, (67, 0.54), (150, 1.0))
    assert told(threat_seen(before, threat, SPAN, laws=[before, later]))[0][2] == 120


def test_plans_by_month_are_days_of_a_window():
    """Due on 12 August, known since 12 May: bought from 26 June, in equal parts a day."""
    rises = rises_seen([law(0, (67, 0.54))], SAID, SPAN)
    listed = months(Month(year=2025, number=6), Month(year=2025, number=10))
    starts = np.array([DAY - 99, DAY + 67])
    found = ahead_of(rises, listed, SPAN, starts, np.array([4, 7]), 9)
    np.testing.assert_allclose(found.plan, [[5 / 47, 31 / 47, 11 / 47, 0, 0]])
    np.testing.assert_allclose(found.open, [[5 / 30, 1, 11 / 31, 0, 0]])
    np.testing.assert_allclose(found.rundown, [0, 0, 20 / 31, 1, 1])
    assert found.buying[2, 4] == 1.0
    assert found.using[2, 7] == 1.0
    assert not found.using[:2].any()


def test_a_rise_without_notice_has_no_plan():
    rises = rises_seen([law(0, (30, 0.54))], np.full(9, DAY), SPAN)
    listed = months(Month(year=2025, number=6), Month(year=2025, number=10))
    starts = np.array([DAY - 99, DAY + 30])
    assert ahead_of(rises, listed, SPAN, starts, np.array([0, 1]), 2) is None


def test_the_share_collected_is_what_the_fit_finds(geneva):
    """The parameter is the fit, to its two digits; what it rests on was public by its day."""
    found = fit_collected_share(geneva, "USA")
    stored = load_parameters()["collected_share_usa"]
    assert round(found.fit.share, 2) == stored.value
    assert stored.low <= np.nanmin(found.fit.by_month[1:]) + 0.02
    assert np.abs(found.observed - found.fit.fitted).max() < 0.006
    months_used = geneva.monthly.flows["USA", "CHN"]
    assert max(months_used[name].published for name in found.month) == stored.known


def test_the_collected_rates_are_those_that_were_printed(geneva):
    flow = geneva.monthly.flows["USA", "CHN"]
    rates = [100 * flow[f"2025-0{n}"].duty / flow[f"2025-0{n}"].customs_value for n in range(1, 5)]
    np.testing.assert_allclose(rates, [11.0, 12.9, 26.3, 38.6], atol=0.05)


def test_no_later_month_enters_the_fit(geneva):
    figure = MonthlyFigure(customs_value=1.0, duty=9.0, published=dt.date(2025, 7, 3))
    flows = {key: {**flow, "2025-05": figure} for key, flow in geneva.monthly.flows.items()}
    later = attrs.evolve(geneva, monthly=attrs.evolve(geneva.monthly, flows=flows))
    assert (
        fit_collected_share(later, "USA").fit.share == fit_collected_share(geneva, "USA").fit.share
    )


def test_a_month_whose_duty_nobody_printed_is_no_month_without_duty(geneva):
    flow = geneva.monthly.flows["USA", "CHN"]
    unknown = attrs.evolve(flow["2024-06"], duty=None)
    without = {name: figure for name, figure in flow.items() if name != "2024-06"}
    found = []
    for own in ({**flow, "2024-06": unknown}, without):
        monthly = attrs.evolve(geneva.monthly, flows={("USA", "CHN"): own})
        found.append(fit_collected_share(attrs.evolve(geneva, monthly=monthly), "USA"))
    assert found[0].observed.tolist() == found[1].observed.tolist()


def test_without_transit_no_share_fits(geneva):
    """February and April, when goods at sea were spared, ask for other shares than March."""
    off = attrs.evolve(geneva, scenario=attrs.evolve(geneva.scenario, time=Time(transit=False)))
    with_it, without = (fit_collected_share(inputs, "USA") for inputs in (geneva, off))
    miss = [np.abs(found.observed - found.fit.fitted).max() for found in (with_it, without)]
    assert miss[1] > 8 * miss[0]


@pytest.mark.parametrize(
    ("change", "message"),
    [({"monthly": None}, "monthly must be given"), ({}, "one of the scenario's markets")],
)
def test_a_fit_needs_a_market_and_months(geneva, change, message):
    with pytest.raises(InputError, match=message):
        fit_collected_share(attrs.evolve(geneva, **change), "USA" if change else "CAN")


def test_seasons_are_those_of_the_whole_years_known(geneva, experiment):
    case = experiment.markets[0]
    flow = geneva.monthly.flows["USA", "CHN"]
    total = sum(flow[f"2024-{n:02d}"].customs_value for n in range(1, 13))
    september = flow["2024-09"].customs_value / total / (30 / 366)
    assert case.season[0, experiment.month.labels.index("2025-09")] == pytest.approx(september)
    early = attrs.evolve(geneva.scenario, known_on=dt.date(2025, 1, 20))
    from tariffsim.resolve.seasons import season  # noqa: PLC0415

    market = early.markets[0]
    listed = months(Month(year=2025, number=1), Month(year=2025, number=12))
    np.testing.assert_array_equal(
        season(market, attrs.evolve(geneva, scenario=early), listed), np.ones((2, 12))
    )


def test_chinas_rest_has_no_season(experiment):
    np.testing.assert_array_equal(experiment.markets[1].season[1], 1.0)
    assert np.ptp(experiment.markets[1].season[0]) > 0.1


def test_growth_counts_from_the_middle_of_the_benchmark_year():
    listed = months(Month(year=2024, number=6), Month(year=2025, number=7))
    years = growth_years(dt.date(2024, 12, 31), listed)
    assert years[0] < 0 < years[1]
    assert years[13] - years[1] == pytest.approx(1.0, abs=0.005)


@pytest.mark.parametrize("values", [np.zeros((1, 12)), np.ones((1, 11)), np.ones((0, 12))])
def test_bad_years_have_no_season(values):
    with pytest.raises(InputError, match="values and days"):
        seasonal_factors(values, np.full((len(values), 12), 30.0))


MONTHLY = "importer,exporter,month,customs_value,duty,published,source\n"


def test_a_table_by_month_names_every_fault(geneva):
    sources = {source.key: source for source in geneva.monthly.sources}
    text = (
        MONTHLY
        + "USA,CHN,2024-01,10,1,2024-03-07,census-imports-monthly\n"
        + "USA,CHN,2024-01,10,1,2024-03-07,census-imports-monthly\n"
        + "USA,CHN,2024-13,10,1,2024-03-07,census-imports-monthly\n"
        + "USA,CHN,2024-02,-10,,2024-03-07,census-import\n"
    )
    with pytest.raises(InputError) as caught:
        read_monthly(text, file="t.csv", name="t", sources=sources)
    for piece in ("t.csv:3", "must stand once", "t.csv:4", "month", "t.csv:5", "zero or more"):
        assert piece in str(caught.value)
    assert "did you mean 'census-imports-monthly'" in str(caught.value)


def test_a_duty_that_nobody_prints_is_none(geneva):
    assert geneva.monthly.flows["CHN", "USA"]["2024-01"].duty is None


def parameter(convention, **range_):
    return Parameter(
        name="armington_elasticity_long", value=1.5, unit="1", source="a-study", grade="H",
        known=dt.date(2023, 1, 1), convention=convention, **range_,
    )  # fmt: skip


def test_elasticities_are_turned_into_substitution_at_the_door(geneva):
    """Measured with duty, 1.5 is a substitution elasticity of 2.5; before duty it is 1.5."""
    drawn = {"low": 1.0, "high": 2.0, "distribution": "uniform"}
    with_duty = as_substitution(parameter("duty-inclusive", **drawn))
    assert (with_duty.value, with_duty.low, with_duty.high) == (2.5, 2.0, 3.0)
    assert as_substitution(parameter("duty-exclusive")).value == 1.5
    assert as_substitution(with_duty) == with_duty
    override = {
        "armington_elasticity_long": Override(
            value=1.5, reason="a test", convention="duty-inclusive"
        )
    }
    scenario = attrs.evolve(geneva.scenario, parameters=override)
    found = resolve(attrs.evolve(geneva, scenario=scenario)).parameters
    assert found["armington_elasticity_long"].value == 2.5
    assert found["armington_elasticity_short"].convention == "substitution"


def test_conventions_agree_with_the_market_that_they_describe():
    """The flows of a CES market with full pass-through show both elasticities."""
    from tariffsim.model.one_supply import responses, solve_one_supply  # noqa: PLC0415

    sigma, small = 2.5, 1e-7
    one = np.ones(1)
    share = np.array([[[1e-9]], [[1.0 - 1e-9]]])
    answer = solve_one_supply(
        share[:1],
        np.array([[[1.0 + small]], [[1.0]]]),
        responses(
            armington_elasticity=sigma * one,
            import_demand_elasticity=one,
            inverse_supply_elasticity=0.0 * one,
        ),
    )
    before_duty = float(np.log(answer.value[0, 0, 0])) / small
    with_duty = before_duty + 1.0
    exclusive = attrs.evolve(parameter("duty-exclusive"), value=-before_duty)
    inclusive = attrs.evolve(parameter("duty-inclusive"), value=-with_duty)
    for measured in (exclusive, inclusive):
        assert as_substitution(measured).value == pytest.approx(sigma, rel=1e-5)


def test_fiscal_years_hold_all_months_once(geneva):
    found = run(geneva)
    years = fiscal_years(found)
    assert [v.period for v in years if v.name == "revenue_net"] == ["FY2025", "FY2026", "FY2027"]
    assert "4 of 12 months" in years[0].unit
    assert years[1].unit == "USD billion"
    for name in ("revenue_static", "revenue_difference", "revenue_net"):
        total = sum(v.values[:, :, 0] for v in years if v.name == name)
        monthly = found[f"{name}.USA"].values.sum(axis=2) / 1000.0
        np.testing.assert_allclose(total, monthly, rtol=1e-12)
    assert all(v.importer == "USA" for v in years)


def test_static_revenue_is_rate_times_benchmark_trade_and_more_than_is_collected(geneva):
    found = run(geneva)
    assert (
        found["revenue_static.USA"].values > found["revenue_difference.USA"].values
    ).mean() > 0.9
    rate = found["applied_rate.USA.CHN"].values / 100.0
    off = attrs.evolve(
        geneva, scenario=attrs.evolve(geneva.scenario, time=Time(anticipation=False))
    )
    effective = run(off)["effective_rate.USA.CHN"].values / 100.0
    assert (effective <= rate + 1e-12).all()


def test_offsets_are_taken_from_new_revenue(geneva):
    offsets = {"income_payroll_offset": Override(value=0.25, reason="a test")}
    scenario = attrs.evolve(geneva.scenario, parameters=offsets)
    found = run(attrs.evolve(geneva, scenario=scenario))
    np.testing.assert_allclose(
        found["revenue_net.USA"].values, 0.75 * found["revenue_difference.USA"].values, rtol=1e-12
    )
    assert found.metric("revenue_net.USA").unit == "USD billion"


def test_retail_prices_follow_landed_ones_late_and_in_part(geneva):
    found = run(geneva)
    landed, retail = (found[f"{name}_price.USA.CHN"].values for name in ("landed", "retail"))
    assert (retail < landed).all()
    names = found.branch.labels
    back = found["retail_price.USA.CHN"].branch(names.index("lapse-as-reported+restricted"))
    assert (np.diff(back[:, 3:]) > 0).all()


def fentanyl(announced, effective, rate):
    return RateSet(
        announced=announced, effective=effective, measure="us-ieepa-fentanyl-china", rate=rate
    )


def test_between_two_announcements_only_the_first_is_known(geneva):
    """A rise announced on 20 October for 1 November is not bought ahead of in September."""
    harmless = fentanyl(dt.date(2025, 7, 1), dt.date(2025, 7, 2), 210_000)
    rise = fentanyl(dt.date(2025, 10, 20), dt.date(2025, 11, 1), 500_000)
    stocks = []
    for events in ((harmless,), (harmless, rise)):
        option = Option(probability=1_000_000, reason="a test", events=events)
        scenario = attrs.evolve(
            geneva.scenario, branches={"it": {"comes": option}}, baseline={"it": "comes"}, expect=()
        )
        stocks.append(run(attrs.evolve(geneva, scenario=scenario))["stock.USA.CHN"].values[0])
    october = 5
    np.testing.assert_array_equal(stocks[0][:, :october], stocks[1][:, :october])
    assert stocks[0][:, 1].min() > 0


@pytest.mark.parametrize(("own", "rest", "expected"), [(1.0, 0.0, 3.0), (0.0, 1.0, 7.0), (1, 1, 5)])
def test_surplus_has_the_season_of_the_new_duties(own, rest, expected):
    from tariffsim.model.headline import _season_of_duties  # noqa: PLC0415

    shape = (1, 1, 1)
    found = MarketPaths(
        values={
            "duty_before_response": np.full(shape, 2.0 + own),
            "duty_before_response_rest": np.full(shape, 4.0 + rest),
        },
        amount=np.array([3.0, 7.0]).reshape(2, 1, 1),
        benchmark_duty=np.array([[2.0], [4.0]]),
        revenue_kept=np.ones(1),
    )
    np.testing.assert_allclose(_season_of_duties(found), np.full(shape, expected))


def test_seasons_of_one_year_are_flagged(geneva, experiment):
    flags = [flag for flag in experiment.provenance.flags if "chance is taken for season" in flag]
    assert len(flags) == 2
    off = attrs.evolve(geneva, scenario=attrs.evolve(geneva.scenario, time=Time(seasonality=False)))
    assert not [flag for flag in resolve(off).provenance.flags if "seasons of" in flag]


def test_a_threat_in_a_branch_makes_a_path_of_its_own(geneva):
    """Rates are equal with and without it, and yet buyers act on it."""
    would = fentanyl(dt.date(2025, 7, 1), dt.date(2025, 11, 1), 500_000)
    threat = Threatened(announced=dt.date(2025, 7, 1), by="somebody", text="more", would=would)
    options = {
        "calm": Option(probability=500_000, reason="a test"),
        "threat": Option(probability=500_000, reason="a test", events=(threat,)),
    }
    scenario = attrs.evolve(
        geneva.scenario, branches={"it": options}, baseline={"it": "calm"}, expect=()
    )
    found = run(attrs.evolve(geneva, scenario=scenario))
    october = found.period.labels.index("2025-10")
    calm, alarmed = (found["stock.USA.CHN"].branch(number)[:, october] for number in (0, 1))
    assert (alarmed > calm).all()
    np.testing.assert_array_equal(*found["statutory_rate_mean.USA.CHN"].values)
