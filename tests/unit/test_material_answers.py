"""Materials in a scenario: from the law's practice to lines that stop, week by week."""

import csv
import datetime as dt
import io

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.model.materials import factors, licensing, month_ends, position, rows
from tariffsim.model.rank_shares import rank_correlations, ranks
from tariffsim.model.sampling import draw_parameters
from tariffsim.report.headline import headline_data, headline_text
from tariffsim.report.tidy import COLUMNS, result_files
from tariffsim.resolve import resolve
from tariffsim.scenario import Override

MAGNETS = "USA.CHN.rare-earth-magnets"
HEAD = """\
scenario: asked
question: What runs out?
log: us-china
known_on: {known}
horizon: {{from: {start}, to: {end}}}
benchmark_day: 2024-12-31
{more}
draws: 64
"""


def scenario(folder, material, *, known="2025-06-06", start="2025-06", end="2025-12", more=""):
    path = folder / "asked.yaml"
    text = HEAD.format(known=known, start=start, end=end, more=more)
    path.write_text(text + "materials:\n- {" + material + ", facts: project}\n")
    return ts.load_inputs(path)


@pytest.fixture(scope="module")
def minerals():
    return ts.with_options(ts.load_inputs("minerals"), draws=512)


@pytest.fixture(scope="module")
def answer(minerals):
    return ts.run(minerals)


def fixed(inputs, **values):
    override = {
        name.replace("__", "."): Override(value=value, low=None, high=None, distribution="fixed",
                                          reason="a test")
        for name, value in values.items()
    }  # fmt: skip
    parameters = {**inputs.scenario.parameters, **override}
    return attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, parameters=parameters))


def metric(result, name, branch, use=""):
    key = f"{name}.{MAGNETS}" + (f".{use}" if use else "")
    return result.metric(key).branch(result.branch.labels.index(branch))[:, 0]


def test_the_chance_of_a_stock_out_rises_week_by_week(answer):
    for variable in answer.weekly:
        if variable.name == "stockout_probability":
            assert (np.diff(variable.values, axis=2) >= 0).all()
            assert variable.values.shape[2] == len(variable.periods)
            assert variable.periods[:2] == ("2025-04-04", "2025-04-11")
    whole = answer[f"stockout_probability.{MAGNETS}@weekly"].branch(0)[0, -1]
    monthly = answer[f"stockout_probability.{MAGNETS}"].branch(0)[0, -1]
    assert whole == monthly


def test_what_all_lose_is_the_sum_of_what_each_loses(answer):
    uses = ("defence", "vehicles", "machinery", "electronics")
    for branch in answer.branch.labels:
        parts = [metric(answer, "value_added_at_risk", branch, use) for use in uses]
        np.testing.assert_allclose(
            metric(answer, "value_added_at_risk", branch), np.sum(parts, axis=0), rtol=1e-12
        )
        assert (np.array(parts) >= -1e-12).all()


def test_whoever_is_hit_first_is_so_in_some_draw_and_ties_count_twice(answer):
    uses = ("defence", "vehicles", "machinery", "electronics")
    hit = sum(metric(answer, "hit_first", "as-decreed", use)[0] for use in uses)
    short = metric(answer, "stockout_probability", "as-decreed")[0]
    assert hit >= short - 100.0 / answer.draws * 1.5


def test_a_licence_a_week_earlier_never_hurts_draw_by_draw(minerals):
    """Without priorities nobody takes from anybody: the law of the kernel, through it all."""
    found = ts.run(fixed(minerals, rationing_strength=0.0))
    for name, sign in (
        ("availability", 1), ("days_until_shortage", 1), ("value_added_at_risk", -1),
    ):  # fmt: skip
        gain = metric(found, name, "a-week-earlier") - metric(found, name, "as-decreed")
        assert (sign * gain >= -1e-9).all(), name
    # A suspension that lapses files every application anew, so it need not be better for ever.
    gain = metric(found, "days_until_shortage", "commitment-kept") - metric(
        found, "days_until_shortage", "as-decreed"
    )
    assert (gain >= 0).all()
    bought = metric(found, "days_until_shortage", "a-week-earlier") - metric(
        found, "days_until_shortage", "as-decreed"
    )
    # Beyond the week, licences that come before the stock is gone spare the shortage.
    assert ((bought > 0) & (bought <= 8)).any()
    assert (metric(found, "value_of_month_stock", "as-decreed") >= -1e-9).all()


def test_more_stock_means_a_later_shortage(minerals):
    def first(days):
        return metric(ts.run(fixed(minerals, **{"rare-earth-magnets__stock": days})),
                      "days_until_shortage", "as-decreed")  # fmt: skip

    assert (first(60.0) >= first(30.0)).all()
    assert (first(60.0) > first(30.0)).any()


def test_a_control_that_frees_everything_changes_nothing(minerals):
    experiment = resolve(minerals)
    case = experiment.materials[0]
    free = attrs.evolve(case, freed=np.ones_like(case.freed))
    found = ts.run.__globals__["project"](attrs.evolve(experiment, materials=(free,)))
    assert (found[f"availability.{MAGNETS}"].values == 100.0).all()
    assert (found.metric(f"value_added_at_risk.{MAGNETS}").values == 0.0).all()
    assert (found.metric(f"days_short.{MAGNETS}").values == 0.0).all()
    np.testing.assert_allclose(found[f"scarcity_price.{MAGNETS}"].values, 1.0)
    assert not found.drivers


def test_drivers_name_stocks_first_and_the_caveat_is_printed(answer):
    driven = {driver.metric: [] for driver in answer.drivers}
    for driver in answer.drivers:
        assert np.isclose(driver.share, driver.correlation**2)
        driven[driver.metric].append(driver)
    first = driven[f"days_until_shortage.{MAGNETS}"]
    assert first[0].parameter == "rare-earth-magnets.stock"
    assert first[0].correlation > 0
    assert [d.share for d in first] == sorted((d.share for d in first), reverse=True)
    # Independent draws: what each explains by itself adds up to about one at most.
    assert all(sum(d.share for d in listed) < 1.1 for listed in driven.values())
    text = headline_text(answer, width=100)
    assert "No survey of stocks and no estimate of short-run substitution" in text
    assert "What drives it" in text
    assert headline_data(answer)["drivers"]["metrics"]


def test_ranks_and_correlations_are_those_of_scipy():
    stats = pytest.importorskip("scipy.stats")
    random = np.random.default_rng(1)
    x, y = random.integers(0, 9, 300).astype(float), random.normal(size=(3, 300))
    np.testing.assert_allclose(ranks(x), stats.rankdata(x) - 1)
    expected = [stats.spearmanr(x, row).statistic for row in y]
    np.testing.assert_allclose(rank_correlations(x, y), expected, atol=1e-12)


def test_the_files_hold_weeks_and_drivers(answer):
    files = result_files(answer, version="test")
    weekly = list(csv.DictReader(io.StringIO(files["stockout_probability_by_week.csv"])))
    assert tuple(weekly[0]) == COLUMNS
    assert {row["period"] for row in weekly} >= {"2025-04-04", "2025-05-09"}
    drivers = list(csv.DictReader(io.StringIO(files["drivers.csv"])))
    assert drivers[0]["metric"].endswith(MAGNETS)
    assert files == result_files(ts.run(ts.with_options(ts.load_inputs("minerals"), draws=512)),
                                 version="test")  # fmt: skip


def test_draws_do_not_depend_on_the_block(minerals, answer, monkeypatch):
    monkeypatch.setattr("tariffsim.model.materials.BLOCK", 128)
    parts = ts.run(minerals)
    for one, other in zip(answer.headline, parts.headline, strict=True):
        np.testing.assert_allclose(one.values, other.values, rtol=1e-12, atol=1e-9)


def test_rows_are_the_days_on_which_the_practice_changes(minerals):
    case = resolve(minerals).materials[0]
    suspended = [path for path in range(len(case.freed)) if (case.freed[path, 0] == 1.0).any()]
    path = suspended[0]
    days = [dt.date.fromordinal(case.first_day + int(day)) for day in rows(case, path)]
    assert days[0] == dt.date(2025, 4, 4)
    assert dt.date(2025, 6, 1) in days
    assert dt.date(2025, 8, 30) in days
    # The end of the suspension is known from the day it is announced: buyers buy ahead of it.
    assert case.ahead is not None
    ahead = np.flatnonzero(case.ahead[path])
    assert dt.date.fromordinal(case.first_day + int(ahead[0])) == dt.date(2025, 6, 1)
    assert dt.date.fromordinal(case.first_day + int(ahead[-1])) == dt.date(2025, 8, 29)


def test_licensing_draws_within_the_interval_and_by_stance(minerals):
    experiment = resolve(minerals)
    case = experiment.materials[0]
    drawn = draw_parameters(experiment.parameters, factors(case), seed=1, count=256)
    rule = licensing(case, 0, drawn)
    assert rule.approval.min() >= 0.1
    assert rule.approval.max() <= 0.6
    assert rule.delay_days.min() >= 45
    assert rule.delay_days.max() <= 90
    assert month_ends(case)[-1] == case.approval.shape[2] - 1
    unit = (np.arange(1000) + 0.5) / 1000
    means = [position(stance, unit).mean() for stance in
             ("ban", "presumption-of-denial", "licence", "notification")]  # fmt: skip
    np.testing.assert_allclose(means, [0.0, 1 / 3, 0.5, 2 / 3], atol=1e-3)


def test_a_control_known_before_it_binds_lets_buyers_hoard(tmp_path):
    inputs = scenario(
        tmp_path, "material: antimony, importer: USA, exporter: CHN, control: cn-antimony-2024",
        known="2025-05-14", start="2025-05", end="2025-06",
    )  # fmt: skip
    case = resolve(inputs).materials[0]
    assert dt.date.fromordinal(case.first_day) == dt.date(2024, 8, 15)
    assert case.control_day == 31
    assert case.ahead is not None
    assert case.ahead[0].sum() == 31
    key = "days_until_shortage.USA.CHN.antimony"
    without, with_it = (
        ts.run(fixed(inputs, hoarding_days=days)).metric(key).values for days in (0.0, 60.0)
    )
    assert (with_it >= without).all()
    assert (with_it > without).any()


def test_a_presumption_of_denial_is_drawn_towards_its_low_end(tmp_path):
    inputs = scenario(
        tmp_path, "material: gallium, importer: USA, exporter: CHN, control: cn-us-ban"
    )
    case = resolve(inputs).materials[0]
    assert case.stance == "presumption-of-denial"
    found = ts.run(inputs)["licensed_share.USA.CHN.gallium"].branch(0)
    assert found[:, -1].max() <= 5.0
    assert found[:, -1].mean() < 2.5


@pytest.mark.parametrize(
    ("material", "control"),
    [("ethane", "us-ethane"), ("chip-design-software", "us-eda-software"),
     ("jet-engines", "us-jet-engines")],
)  # fmt: skip
def test_the_other_side_runs_on_the_same_machinery(tmp_path, material, control):
    inputs = scenario(
        tmp_path, f"material: {material}, importer: CHN, exporter: USA, control: {control}",
        known="2025-06-30", start="2025-07",
    )  # fmt: skip
    found = ts.run(inputs)
    key = f"CHN.USA.{material}"
    assert found.metric(f"availability.{key}").branch(0).min() < 100.0
    assert found.metric(f"value_added_at_risk.{key}").branch(0).max() > 0.0


def test_the_cap_is_handed_over_to_trade(tmp_path):
    inputs = scenario(
        tmp_path,
        "material: rare-earth-magnets, importer: USA, exporter: CHN, control: cn-rare-earths-april",
        more="trade: us-china-2024",
    )
    case = resolve(inputs).materials[0]
    assert case.imports is not None
    trade = inputs.trade
    labels = list(trade.axes.product.labels)
    value = trade.customs_value[trade.axes.importer.index("USA"), trade.axes.exporter.index("CHN")]
    low = 0.01 * value[labels.index("28")] + 0.002 * value[labels.index("85")]
    high = 0.05 * value[labels.index("28")] + 0.008 * value[labels.index("85")]
    np.testing.assert_allclose(case.imports, [low, high])
    found = ts.run(inputs)
    affected = found.metric(f"affected_imports.{MAGNETS}").values
    np.testing.assert_allclose(affected, (low + high) / 2)
    licensed = found[f"licensed_share.{MAGNETS}"].values
    withheld = found[f"withheld_imports.{MAGNETS}"].values
    np.testing.assert_allclose(withheld, (1 - licensed / 100) * (low + high) / 24, rtol=1e-12)
    price = found.metric(f"capped_price.{MAGNETS}").values
    assert (price >= 1.0).all()
    order = np.argsort(licensed[0].mean(axis=1))
    assert price[0, order[0], 0] > price[0, order[-1], 0]


def test_facts_and_named_parameters_do_not_mix(tmp_path):
    path = tmp_path / "asked.yaml"
    head = HEAD.format(known="2025-06-06", start="2025-06", end="2025-12", more="")
    rest = "material: gallium, importer: USA, exporter: CHN, control: cn-us-ban"
    path.write_text(head + "materials:\n- {" + rest + "}\n")
    with pytest.raises(ts.TariffsimError, match="facts must be given where reliance and cover"):
        ts.load_inputs(path)
    path.write_text(head + "materials:\n- {" + rest + ", facts: project, cover: x}\n")
    with pytest.raises(ts.TariffsimError, match="facts must stand alone"):
        ts.load_inputs(path)
    path.write_text(
        head + "materials:\n- {" + rest.replace("gallium", "galium") + ", facts: project}\n"
    )
    with pytest.raises(ts.TariffsimError, match="did you mean 'gallium'"):
        ts.load_inputs(path)


def test_a_figure_of_the_sheet_may_be_set_in_the_scenario(minerals):
    changed = fixed(minerals, **{"rare-earth-magnets__vehicles__share": 0.3})
    assert resolve(changed).parameters["rare-earth-magnets.vehicles.share"].value == 0.3
    assert any("rare-earth-magnets.stock: grade L" in flag
               for flag in resolve(minerals).provenance.flags)  # fmt: skip
