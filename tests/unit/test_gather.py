"""What a result rests on: the same rates as the law's, the variance of known mixtures, no loss."""

import datetime as dt

import attrs
import numpy as np
import pytest
from scipy.special import betaincinv

import tariffsim as ts
from tariffsim.corridor import answer
from tariffsim.gather import grounds
from tariffsim.gather.drivers import drivers
from tariffsim.model.variance_shares import (
    between_share,
    bins_of,
    chance_share,
    tail_means,
    variance_shares,
)
from tariffsim.report.explain import explain
from tariffsim.report.explain_text import explain_text
from tariffsim.report.stored_grounds import grounds_text, read_grounds
from tests.command_line import tariffsim
from tests.pages import summary_of, world_of


@pytest.fixture(scope="module")
def geneva():
    inputs = ts.with_options(ts.load_inputs("geneva"), draws=256)
    result = ts.run(inputs)
    return inputs, result, grounds(result, inputs)


def test_rates_are_those_of_the_law_on_every_day_of_change(geneva):
    inputs, _, found = geneva
    baseline = next(p for p in found.rates if (p.importer, p.exporter) == ("USA", "CHN"))
    known = inputs.scenario.known_on
    for step in baseline.steps:
        day = dt.date.fromisoformat(step.on)
        if day <= known:
            stacked = ts.state(inputs.log, day, "USA", "CHN", known=known)
            assert step.low == step.high == step.total == stacked.low / 10**10
    ends = {p.branches[0].split("+")[0]: p.steps[-1].total for p in found.rates
            if p.importer == "USA"}  # fmt: skip
    assert ends == {
        "extended": 30, "lapse-as-enacted": 54, "lapse-as-reported": 145, "deal": 20}  # fmt: skip


def test_a_flow_without_measures_on_all_goods_gets_the_mean_over_its_products():
    (stay, end) = summary_of("canola").grounds.rates
    assert "weighted" in stay.basis
    assert [step.on for step in stay.steps] == ["2025-03-20"]
    assert 25 < stay.steps[-1].total < 100  # duties of 25 and 100 %
    assert end.steps[-1].total == 0
    assert [step.on for step in end.steps] == ["2025-03-20", "2025-10-01"]


def test_rates_by_product_are_means_over_draws_where_policy_is_drawn():
    inputs = ts.with_options(ts.load_inputs("policy"), draws=32)
    experiment, result = answer(inputs)
    found = grounds(result, inputs, experiment=experiment)
    case = experiment.markets[0]
    top = next(one for one in found.products if one.importer == case.importer)
    place = case.product.labels.index(top.product)
    added = (case.added_low + case.added_high)[:, 0, place] / 2
    assert len(case.weights) > len(case.tracks) == len(top.rates)
    for members, rate in zip(case.tracks, top.rates, strict=True):
        own = [case.weights[members[n % len(members)], -1] @ added for n in range(32)]
        assert rate == pytest.approx(100 * (case.benchmark_rate[0, place] + np.mean(own)))


@pytest.mark.parametrize("name", ["policy", "minerals", "geneva-world", "canola"])
def test_every_shipped_scenario_has_its_page(name, tmp_path):
    inputs = ts.with_options(ts.load_inputs(name), draws=16)
    ts.write_result(ts.run(inputs), tmp_path, inputs=inputs)
    assert tariffsim("report", tmp_path).code == 0
    assert tariffsim("explain", tmp_path).code == 0


def test_every_fact_that_moved_a_rate_is_told_with_its_documents(geneva):
    _, _, found = geneva
    told = {fact.id for fact in found.facts}
    assert {id for path in found.rates for step in path.steps for id in step.events} <= told
    known = {document.key for document in found.documents}
    assert {saying.source for fact in found.facts for saying in fact.sayings} <= known
    assert not any(fact.announced > "2025-06-06" for fact in found.facts if not fact.supposed)
    assert [fact for fact in found.facts if fact.supposed]


def test_means_add_up_where_medians_do_not(geneva):
    _, result, found = geneva
    means = {one.key: one.mean for one in found.variables}
    parts = np.add(means["consumer_surplus.USA@horizon"], means["revenue_difference.USA@horizon"])
    assert parts == pytest.approx(means["welfare.USA@horizon"])
    assert len(means["welfare.USA@horizon"]) == len(result.branch)


def test_duty_if_trade_stood_still_is_rate_times_benchmark(geneva):
    _, _, found = geneva
    for one in found.take:
        assert one.static[1] > one.behavioural[1] > 0
    assert len(found.take) == 8


def test_drivers_come_from_the_draws_of_the_run(geneva):
    _, _, found = geneva
    assert {one.metric for one in found.drivers} >= {"welfare.USA", "customs_value.CHN.USA"}
    used = {name for use in found.uses for name in use.parameters}
    factors = {"rare-earth-magnets.approval", "rare-earth-magnets.delay"}
    assert {one.name for one in found.drivers} <= used | factors
    own = [d for d in found.drivers if d.metric == "producer_surplus.CHN.USA"]
    assert own[0].name == "inverse_export_supply_elasticity_chn"
    assert own[0].low > own[0].high  # the less elastic the supply, the more sellers lose


def test_stored_and_read_back_it_is_the_same(geneva):
    _, result, found = geneva
    assert read_grounds(grounds_text(found)) == found
    alone = grounds(result)
    assert read_grounds(grounds_text(alone)) == alone
    assert alone.facts == ()
    for wrong in ("", "[]", '{"variables": 3}', grounds_text(found)[:-20]):
        with pytest.raises(ts.TariffsimError, match=r"grounds\.json must be"):
            read_grounds(wrong)


def test_a_scenario_resolved_already_is_not_resolved_again(geneva, monkeypatch):
    inputs, _, _ = geneva
    few = ts.with_options(inputs, draws=16)
    experiment, result = answer(few)
    expected = grounds(result, few)
    calls = []
    monkeypatch.setattr("tariffsim.gather.resolve", lambda _: calls.append(1))
    assert grounds(result, few, experiment=experiment) == expected
    assert calls == []


def test_draws_without_an_equilibrium_are_left_out_of_what_drives():
    inputs = ts.with_options(ts.load_inputs("geneva-world"), draws=64)
    experiment, result = answer(inputs)
    assert result.not_converged == ()
    cut = attrs.evolve(
        result,
        not_converged=(3, 17),
        draws=62,
        headline=tuple(
            attrs.evolve(one, values=np.delete(one.values, (3, 17), axis=1))
            for one in result.headline
        ),
    )
    found, _ = drivers(cut, experiment)
    assert found
    before, after = (
        max((d.share, d.name) for d in own if (d.metric, d.measure) == ("real_income.USA", "level"))
        for own in (drivers(result, experiment)[0], found)
    )
    assert after[1] == before[1]
    assert after[0] > before[0] / 2  # draws stay with their inputs


@pytest.mark.parametrize("model", ["gsim", "gravity", "world"])
def test_a_world_is_told_its_rates_and_what_it_uses(model):
    found = world_of(model).grounds
    flows = [("USA", "CHN"), ("CHN", "USA")]
    assert {(path.importer, path.exporter) for path in found.rates} == set(flows)
    assert {(use.importer, use.exporter) for use in found.uses} == set(flows)
    wanted = {one.name for one in found.assumptions}
    for use in found.uses:
        assert set(use.parameters) == wanted
        assert use.facts
    known = {document.key for document in found.documents}
    assert {key for use in found.uses for key in use.trade} <= known
    assert found.take == found.products == ()


def test_variance_shares_of_a_known_mixture():
    x, y, z = np.random.default_rng(1).uniform(size=(3, 2**13))
    order = np.argsort(np.stack([x, y, z]), axis=1)
    shares = variance_shares(order, np.stack([3.0 * x + y, x * 0.0 + 4.0, (z - 0.5) ** 2]))
    assert shares[0] == pytest.approx([0.9, 0.1, 0.0], abs=0.01)
    assert shares[1].tolist() == [0.0, 0.0, 0.0]
    assert shares[2] == pytest.approx([0.0, 0.0, 1.0], abs=0.02)
    ends = tail_means(order, x[None, :])
    assert ends[0, 0] == pytest.approx([0.05, 0.95], abs=0.01)
    assert ends[0, 1] == pytest.approx([0.5, 0.5], abs=0.05)


def test_few_draws_say_nothing_rather_than_something_wrong():
    values = np.arange(8.0)[None, :]
    assert variance_shares(np.arange(8)[None, :], values).tolist() == [[0.0]]


def test_what_chance_alone_shows_is_not_listed():
    # Inputs that move nothing: in one metric of twenty may the largest share pass, not in most.
    draws, inputs, metrics = 128, 40, 400
    generator = np.random.default_rng(5)
    order = np.argsort(generator.uniform(size=(inputs, draws)), axis=1)
    largest = variance_shares(order, generator.normal(size=(metrics, draws))).max(axis=1)
    least = chance_share(draws, inputs)
    assert np.mean(largest > 0.0) == 1.0
    assert 0.0 < np.mean(largest > least) < 0.1
    assert chance_share(2, inputs) == chance_share(draws, 0) == 1.0


def test_few_draws_list_only_shares_above_chance():
    few = summary_of("geneva").grounds
    assert few.least_share > 0.1
    assert min(one.share for one in few.drivers) >= few.least_share
    found = explain(summary_of("geneva"), "welfare.USA/extended")
    assert "left out: at 64 draws chance alone" in explain_text(found, width=400)


def test_variance_between_branches():
    draws = np.array([[0.0, 2.0], [10.0, 12.0]])
    assert between_share(draws, np.array([0.5, 0.5])) == pytest.approx(25 / 26)
    assert between_share(draws[:1], np.array([1.0])) == 0.0
    assert between_share(np.zeros((2, 4)), np.array([0.5, 0.5])) == 0.0


def test_what_came_of_chances_is_told_beside_the_parameters():
    inputs = ts.with_options(ts.load_inputs("policy"), draws=256)
    experiment, result = answer(inputs)
    found = [
        d for d in drivers(result, experiment)[0]
        if d.metric == "customs_value.USA.CHN" and d.measure == "level"
    ]  # fmt: skip
    by_branch = {branch: {d.name: d for d in found if d.branch == branch} for branch in
                 result.branch.labels}  # fmt: skip
    talks = by_branch["go-on"]
    assert {"deal", "rupture"} <= set(talks)
    assert not {"deal", "rupture", "window", "old-rates"} & set(by_branch["break-off+as-enacted"])
    assert talks["deal"].low > talks["deal"].high  # early, and never
    assert talks["rupture"].low < talks["rupture"].high
    values = result.metric("customs_value.USA.CHN").branch(0)[:, 0]
    came = result.day_of("rupture")[0] > 0
    between = came.mean() * (1 - came.mean()) * (values[came].mean() - values[~came].mean()) ** 2
    assert talks["rupture"].share >= 0.8 * between / values.var()


@pytest.mark.parametrize("draws", [32, 64, 512, 8192])
@pytest.mark.parametrize("inputs", [1, 40])
def test_what_chance_shows_is_the_quantile_that_scipy_gives(draws, inputs):
    bins = bins_of(draws)
    eta = betaincinv((bins - 1) / 2, (draws - bins) / 2, 1.0 - 0.05 / inputs)
    exact = 1.0 - (1.0 - eta) * (draws - 1) / (draws - bins)
    assert chance_share(draws, inputs) == pytest.approx(exact, rel=0.04)
