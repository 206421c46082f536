"""Drivers of a metric on the scenario of the corpus, and the command that shows them."""

import json
from pathlib import Path

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.corridor import sensitivity
from tariffsim.errors import InputError, UnknownName
from tariffsim.model import sensitivity as module
from tariffsim.model.choices import WHOLE, branch_at, choices_of, pick
from tariffsim.model.design import ALL_PARAMETERS, ALL_POLICY, GROUPS
from tariffsim.model.draws import unit_draws
from tariffsim.model.metric_core import core_of
from tariffsim.model.project import dimensions_of, project, project_at
from tariffsim.resolve import resolve
from tests.command_line import tariffsim

FORK = Path(__file__).parents[1] / "conformance" / "valid" / "fork.yaml"
TRADE, SUPPLY = "customs_value.USA.CHN", "availability.USA.CHN.magnets"
SHORT = "stockout_probability.USA.CHN.magnets"


@pytest.fixture(scope="module")
def experiment(inputs):
    return resolve(inputs)


def by_name(found):
    return {driver.name: driver for driver in found.drivers}


def test_given_draws_are_those_of_the_sequence_where_they_are_the_same(experiment):
    count = len(dimensions_of(experiment))
    again = project_at(experiment, unit_draws(experiment.seed, count, 0, experiment.draws))
    for ours, theirs in zip(again.headline, project(experiment).headline, strict=True):
        np.testing.assert_array_equal(ours.values, theirs.values)


@pytest.mark.parametrize("metric", [TRADE, SUPPLY, "welfare.USA"])
def test_the_smaller_experiment_gives_the_same_numbers(experiment, metric):
    core, variable = core_of(experiment, metric)
    assert len(core.experiment.markets) + len(core.experiment.materials) == 1
    units = unit_draws(3, len(core.names), 0, 8)
    whole = project_at(experiment, units).metric(metric)
    np.testing.assert_array_equal(core.values(units), whole.values[whole.path][:, :, 0])
    assert variable.unit == whole.unit


def test_a_share_of_draws_is_taken_draw_by_draw(experiment):
    core, _ = core_of(experiment, SHORT)
    units = unit_draws(3, len(core.names), 0, 256)
    values = core.values(units)
    assert set(np.unique(values)) <= {0.0, 100.0}
    whole = project_at(experiment, units).metric(SHORT)
    np.testing.assert_allclose(values.mean(axis=1), whole.values[whole.path][:, 0, 0])


def test_trade_is_driven_by_its_duty_and_not_by_magnets(inputs):
    found = sensitivity(inputs, metric=TRADE, samples=256)
    drivers = by_name(found)
    assert found.drivers[0].name == "duty"
    assert {"magnets", "magnets.approval", "importer_reliance"} <= set(found.idle)
    assert not set(found.idle) & set(drivers)
    assert drivers[ALL_POLICY].total.value == drivers["duty"].total.value
    parts = drivers[ALL_POLICY].first.value + drivers[ALL_PARAMETERS].total.value
    assert parts == pytest.approx(1.0, abs=0.1)
    group = drivers["trade response"]
    assert group.members == tuple(sorted(GROUPS["trade response"]))
    assert group.total.value >= max(drivers[name].total.value for name in group.members)


def test_supply_is_driven_by_its_own(inputs):
    found = sensitivity(inputs, metric=SUPPLY, samples=256)
    assert {"duty", "armington_elasticity_short"} <= set(found.idle)
    assert found.drivers[0].name == "magnets"


def test_with_policy_held_only_parameters_are_left(inputs):
    found = sensitivity(inputs, metric=TRADE, branch="rises+free", samples=64)
    assert {driver.kind for driver in found.drivers} == {"parameter", "group"}
    assert found.baseline == "rises+free"
    assert {swing.kind for swing in found.swings} == {"parameter"}


def test_policy_is_held_at_the_branch_that_was_asked_for(experiment, inputs):
    found = {
        own.name: sensitivity(inputs, metric=TRADE, branch=own.name, samples=64)
        for own in experiment.branches
    }
    count = len(dimensions_of(experiment))
    units = unit_draws(experiment.seed, 2 * count, 0, 64)
    for number, one in enumerate(found.values()):
        both = [
            project_at(experiment, part).metric(TRADE).branch(number)[:, 0]
            for part in (units[:, :count], units[:, count:])
        ]
        assert one.mean == pytest.approx(np.mean(both))
    assert len({one.mean for one in found.values()}) > 1


def test_a_branch_that_is_held_is_the_one_that_is_run(inputs):
    """Its mean is that of the branch in a run, and not the baseline's."""
    result = ts.run(ts.with_options(inputs, draws=1024)).metric(TRADE)
    for number, name in enumerate(("stays+scarce", "rises+free")):
        found = sensitivity(inputs, metric=TRADE, branch=name, samples=256)
        branch = [own.name for own in resolve(inputs).branches].index(name)
        assert found.mean == pytest.approx(result.branch(branch)[:, 0].mean(), rel=1e-3), number
        assert found.baseline == name


def test_questions_that_only_some_option_opens_are_one_factor():
    branches = resolve(ts.with_options(ts.load_inputs("policy"), draws=2)).branches
    assert choices_of(branches).questions == (WHOLE,)
    assert choices_of(branches).options == (tuple(own.name for own in branches),)


def test_a_swing_is_the_metric_at_both_ends(experiment, inputs):
    found = sensitivity(inputs, metric=TRADE, samples=64)
    names = dimensions_of(experiment)
    place = names.index("armington_elasticity_long")
    units = np.full((3, len(names)), 0.5)
    units[1:, place] = 0.1, 0.9
    values = project_at(experiment, units).metric(TRADE).branch(0)[:, 0]
    swing = next(own for own in found.swings if own.name == "armington_elasticity_long")
    assert found.central == values[0]
    assert (swing.low, swing.high) == (values[1], values[2])
    duty = next(own for own in found.swings if own.name == "duty")
    assert (duty.low_at, duty.high_at) == ("rises", "stays")
    assert duty.high == found.central
    assert [own.width for own in found.swings] == sorted(
        (own.width for own in found.swings), reverse=True
    )


def test_block_size_changes_no_number(inputs, monkeypatch):
    known = sensitivity(inputs, metric=TRADE, samples=64)
    monkeypatch.setattr(module, "BLOCK", 16)
    assert sensitivity(inputs, metric=TRADE, samples=64) == known


def test_a_dimension_wrongly_taken_for_idle_is_found_out(inputs, monkeypatch):
    known = sensitivity(inputs, metric=TRADE, samples=64)
    monkeypatch.setattr(
        module, "moved_by", lambda core, seed: np.zeros(len(core.names), dtype=bool)
    )
    found = sensitivity(inputs, metric=TRADE, samples=64)
    assert found.drivers == known.drivers
    assert found.idle == known.idle


def test_options_come_up_as_often_as_they_are_probable(experiment):
    choices = choices_of(experiment.branches)
    assert choices.questions == ("duty", "magnets")
    units = unit_draws(1, 2, 0, 1024)
    branch = branch_at(choices, pick(choices, units))
    shares = np.bincount(branch, minlength=4) / 1024
    expected = [own.probability for own in experiment.branches]
    np.testing.assert_allclose(shares, expected, atol=2e-3)


def test_questions_that_do_not_cross_are_one_factor(experiment):
    first, *rest = experiment.branches
    tilted = [
        attrs.evolve(first, probability=first.probability + 0.01),
        attrs.evolve(rest[0], probability=rest[0].probability - 0.01),
        *rest[1:],
    ]
    choices = choices_of(tilted)
    assert choices.questions == (WHOLE,)
    branch = branch_at(choices, pick(choices, unit_draws(1, 1, 0, 1024)))
    expected = [own.probability for own in tilted]
    np.testing.assert_allclose(np.bincount(branch, minlength=4) / 1024, expected, atol=2e-3)
    assert choices_of(experiment.branches[:3]).questions == (WHOLE,)


def test_with_every_parameter_fixed_policy_is_all_there_is(experiment):
    fixed = {
        name: attrs.evolve(own, distribution="fixed", low=None, high=None)
        for name, own in experiment.parameters.items()
    }
    certain = attrs.evolve(
        experiment,
        parameters=fixed,
        materials=(),
        branch_paths=experiment.branch_paths * [[1, 0]],
    )
    found = module.sensitivity(certain, metric=TRADE, samples=64)
    assert [own.name for own in found.drivers] == ["duty"]
    assert found.drivers[0].total.value == pytest.approx(1.0, abs=0.15)
    assert found.idle == ("magnets",)
    with pytest.raises(InputError, match="nothing is drawn"):
        module.sensitivity(certain, metric=TRADE, branch="rises+free", samples=64)


def test_what_cannot_be_answered_is_refused(inputs):
    with pytest.raises(UnknownName, match=r"did you mean 'customs_value.USA.CHN'"):
        sensitivity(inputs, metric="customs_value.USA.CN")
    with pytest.raises(InputError, match=r"did you mean 'rises\+free'"):
        sensitivity(inputs, metric=TRADE, branch="rises+fre")
    with pytest.raises(InputError, match="power of two"):
        sensitivity(inputs, metric=TRADE, samples=100)
    with pytest.raises(InputError, match="leave out --branch"):
        sensitivity(inputs, metric="statutory_rate.USA.CHN", branch="rises+free", samples=16)


def test_the_command_prints_both_parts_and_the_same_as_json():
    line = ("sensitivity", FORK, "--metric", TRADE, "--draws", 64, "--quiet")
    text, data = tariffsim(*line), tariffsim(*line, "--json")
    assert (text.code, data.code, text.err) == (0, 0, "")
    found = json.loads(data.out)
    assert found["samples"] == 64
    for driver in found["drivers"]:
        assert driver["name"] in text.out
        assert driver["total"]["low"] <= driver["total"]["high"]
    assert f"No part in it: {', '.join(found['idle'])[:40]}" in text.out
    assert "rises .. stays" in text.out
    assert tariffsim(*line, "--json").out == data.out


def test_the_command_refuses_as_the_library_does():
    answer = tariffsim("sensitivity", FORK, "--metric", "customs_valu.USA.CHN")
    assert (answer.code, answer.out) == (2, "")
    assert "did you mean 'customs_value.USA.CHN'" in answer.err
    assert tariffsim("sensitivity", FORK).code == 2
