"""What licences withhold is missing from trade, and moves duty, prices and surplus with it."""

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.files.shipped import shipped
from tariffsim.model.project import project
from tariffsim.resolve import resolve
from tests.command_line import tariffsim

NAMED = "  reliance: [importer_reliance, china_share_of_imports]\n  cover: inventory_cover_days\n"
FLOW = "USA.CHN"


@pytest.fixture(scope="module")
def path(tmp_path_factory):
    """The Geneva scenario, with the magnets' sheet of facts instead of named parameters."""
    text = (shipped("scenarios") / "geneva.yaml").read_text()
    assert NAMED in text
    path = tmp_path_factory.mktemp("handover") / "handed.yaml"
    path.write_text(text.replace(NAMED, "  facts: project\n"))
    return path


@pytest.fixture(scope="module")
def experiment(path):
    return resolve(ts.with_options(ts.load_inputs(path), draws=64))


def told(experiment, **changes):
    """Project with the material's case changed."""
    (case,) = experiment.materials
    return project(attrs.evolve(experiment, materials=(attrs.evolve(case, **changes),)))


@pytest.fixture(scope="module")
def held(experiment):
    return project(experiment)


@pytest.fixture(scope="module")
def apart(experiment):
    """The same draws, with the control kept out of trade."""
    return told(experiment, covered={})


def by_branch(result, key):
    return np.stack([result[key].branch(number) for number in range(len(result.branch))])


def of_trade(result):
    return [variable.key for variable in result.paths if not variable.product]


def test_what_the_control_covers_is_that_of_the_law(experiment):
    (case,) = experiment.materials
    assert case.covered == {"28": pytest.approx(0.03), "85": pytest.approx(0.005)}


def test_no_control_is_no_change_to_the_bit(experiment, apart):
    (case,) = experiment.materials
    free = told(experiment, freed=np.ones_like(case.freed))
    assert free["licensed_share.USA.CHN.rare-earth-magnets"].values.min() == 100.0
    for key in of_trade(free):
        np.testing.assert_array_equal(by_branch(free, key), by_branch(apart, key), err_msg=key)
    for one in free.headline:
        if not one.product:
            other = apart.metric(one.subject)
            for number in range(len(free.branch)):
                np.testing.assert_array_equal(one.branch(number), other.branch(number))


def test_a_control_moves_trade_duty_prices_and_surplus(held, apart):
    moved = {key: by_branch(held, key) - by_branch(apart, key) for key in of_trade(held)}
    for key in (f"customs_value.{FLOW}", "customs_value.USA.ROW", f"duty.{FLOW}",
                "revenue_difference.USA", "consumer_surplus.USA", f"producer_surplus.{FLOW}",
                "welfare.USA", f"landed_price.{FLOW}", f"effective_rate.{FLOW}"):  # fmt: skip
        assert np.abs(moved[key]).max() > 0, key
    assert (moved["consumer_surplus.USA"] <= 1e-9).all()
    assert (moved[f"landed_price.{FLOW}"] >= -1e-9).all()
    # Law, and what rests on trade unmoved, stays; and so does the other way.
    for key in ("revenue_static.USA", f"applied_rate.{FLOW}", f"statutory_rate_mean.{FLOW}",
                "customs_value.CHN.USA", "welfare.CHN"):  # fmt: skip
        assert (moved[key] == 0).all(), key


def test_the_accounts_still_add_up(held):
    welfare = by_branch(held, "welfare.USA")
    parts = by_branch(held, "consumer_surplus.USA") + by_branch(held, "revenue_difference.USA")
    np.testing.assert_allclose(welfare, parts, rtol=1e-12, atol=1e-9)
    rate = by_branch(held, f"effective_rate.{FLOW}") / 100.0
    duty = by_branch(held, f"duty.{FLOW}")
    np.testing.assert_allclose(duty, rate * by_branch(held, f"customs_value.{FLOW}"), rtol=1e-12)


def test_duty_moves_by_the_rate_times_the_value_that_moves(experiment):
    """One product, all its new duty collected, in a month of one rate."""
    (case,) = experiment.materials
    plain = attrs.evolve(
        experiment,
        markets=tuple(attrs.evolve(market, collected=None) for market in experiment.markets),
    )
    one, none = told(plain, covered={"85": 0.005}), told(plain, covered={})
    value = by_branch(one, f"customs_value.{FLOW}") - by_branch(none, f"customs_value.{FLOW}")
    duty = by_branch(one, f"duty.{FLOW}") - by_branch(none, f"duty.{FLOW}")
    market = experiment.markets[0]
    number = market.product.labels.index("85")
    weights = market.weights[:, experiment.first :]
    tariff = experiment.branch_paths[:, 0]
    ends = [np.einsum("pmr,r->pm", weights, end[:, 0, number]) for end in
            (market.added_low, market.added_high)]  # fmt: skip
    assert case.control == "cn-rare-earths-april"
    low, high = (market.benchmark_rate[0, number] + end[tariff] for end in ends)
    some = np.abs(value) > 1e-6
    assert some.any()
    rate = np.divide(duty, value, out=np.zeros_like(value), where=some)
    assert (rate[some] >= np.broadcast_to(low[:, None], rate.shape)[some] - 1e-6).all()
    assert (rate[some] <= np.broadcast_to(high[:, None], rate.shape)[some] + 1e-6).all()


def test_while_stocks_last_only_the_flow_is_missing(experiment):
    """No need goes unmet, so no price moves: what is not licensed is not bought, no more."""
    inputs = {**experiment.parameters}
    stock = inputs["rare-earth-magnets.stock"]
    inputs["rare-earth-magnets.stock"] = attrs.evolve(
        stock, value=9000.0, low=None, high=None, distribution="fixed"
    )
    for name in list(inputs):
        if name.startswith("rare-earth-magnets.") and name.endswith(".stock"):
            inputs[name] = attrs.evolve(
                inputs[name], value=9000.0, low=None, high=None, distribution="fixed"
            )
    full = attrs.evolve(experiment, parameters=inputs)
    held, apart = project(full), told(full, covered={})
    assert held["availability.USA.CHN.rare-earth-magnets"].values.min() == 100.0
    for key in ("consumer_surplus.USA", f"landed_price.{FLOW}", "customs_value.USA.ROW"):
        np.testing.assert_array_equal(by_branch(held, key), by_branch(apart, key), err_msg=key)
    lost = by_branch(apart, f"customs_value.{FLOW}") - by_branch(held, f"customs_value.{FLOW}")
    assert (lost >= -1e-9).all()
    assert lost.max() > 0
    assert (lost < 0.03 * by_branch(apart, f"customs_value.{FLOW}")).all()


def test_more_licences_never_cost_buyers_draw_by_draw(experiment, held):
    (case,) = experiment.materials
    more = told(experiment, freed=np.maximum(case.freed, 0.6))
    gain = by_branch(more, "consumer_surplus.USA") - by_branch(held, "consumer_surplus.USA")
    # A user of a lower rank can lose where another has more, so the whole is held, not each month.
    assert (gain.sum(axis=2) >= -1e-6).mean() > 0.99
    assert gain.sum() > 0


def test_materials_of_one_control_share_what_it_covers(path, tmp_path):
    text = path.read_text()
    one = text[text.index("materials:\n") : text.index("  facts: project\n")] + "  facts: project\n"
    second = one.replace("materials:\n", "").replace("rare-earth-magnets", "antimony")
    own = tmp_path / "two.yaml"
    own.write_text(
        text.replace(one, one + second.replace("cn-rare-earths-april", "cn-antimony-2024"))
    )
    cases = resolve(ts.with_options(ts.load_inputs(own), draws=2)).materials
    assert cases[0].covered["28"] == pytest.approx(0.03)
    own.write_text(text.replace(one, one + second))
    cases = resolve(ts.with_options(ts.load_inputs(own), draws=2)).materials
    assert [case.covered["28"] for case in cases] == [pytest.approx(0.015)] * 2


def test_draws_that_lie_on_paths_of_their_own_are_handed_over_too(tmp_path):
    text = (shipped("scenarios") / "policy.yaml").read_text()
    own = tmp_path / "policy.yaml"
    own.write_text(text.replace(NAMED, "  facts: project\n"))
    inputs = ts.with_options(ts.load_inputs(own), draws=64)
    experiment = resolve(inputs)
    assert experiment.materials[0].tracks is not None
    assert experiment.markets[0].tracks is not None
    held, apart = project(experiment), told(experiment, covered={})
    gain = by_branch(held, "consumer_surplus.USA") - by_branch(apart, "consumer_surplus.USA")
    assert (gain <= 1e-9).all()
    assert gain.min() < 0
    licensed = by_branch(held, "licensed_share.USA.CHN.rare-earth-magnets")
    flow = by_branch(held, f"customs_value.{FLOW}") - by_branch(apart, f"customs_value.{FLOW}")
    assert (flow[licensed == 100.0] >= -1e-6).all()


def test_answers_do_not_depend_on_the_block(experiment, held, monkeypatch):
    monkeypatch.setattr("tariffsim.model.handover.BLOCK", 24)
    parts = project(experiment)
    for one, other in zip(held.headline, parts.headline, strict=True):
        np.testing.assert_allclose(one.values, other.values, rtol=1e-12, atol=1e-12)


def test_the_command_tells_the_trade_what_the_control_withholds(path, tmp_path):
    out = tmp_path / "out"
    assert tariffsim("run", path, "--draws", "64", "--out", out, "--quiet").code == 0
    said = tariffsim("explain", out, "duty.USA.CHN/extended+restricted")
    for word in ("rare-earth-magnets.stock", "armington_elasticity_short"):
        assert word in said.out
    other = tariffsim("explain", out, "duty.CHN.USA/extended+restricted")
    assert "rare-earth-magnets.stock" not in other.out
