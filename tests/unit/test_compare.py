"""Two results side by side: paired where draws match, flagged where not."""

import json
from pathlib import Path

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.comparison import compare
from tariffsim.resolve import resolve
from tests.command_line import tariffsim

CORPUS = Path(__file__).parents[1] / "conformance"
FORK = CORPUS / "valid" / "fork.yaml"
TRADE = "customs_value.USA.CHN"


@pytest.fixture(scope="module")
def stronger(inputs):
    """The same scenario with another long-run elasticity."""
    own = inputs.scenario.parameters["armington_elasticity_long"]
    changed = {"armington_elasticity_long": attrs.evolve(own, value=6.0, low=5.0, high=7.0)}
    return ts.run(attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, parameters=changed)))


def row_of(found, branch, metric=TRADE):
    return next(
        row for row in found.rows if row.metric == metric and (branch, branch) in row.branches
    )


def test_a_result_compared_with_itself_differs_in_nothing(result):
    found = compare(result, result)
    assert found.manner == "draw by draw"
    assert (found.reasons, found.changes) == ((), ())
    assert all(not row.difference.any() for row in found.rows)
    assert {row.metric for row in found.rows} == {own.subject for own in result.headline}


def test_a_scenario_changed_in_memory_is_told(inputs, result):
    """Its events are other ones, from whatever file; other draws are no change."""
    own = inputs.scenario
    later = attrs.evolve(own.horizon, end=own.horizon.end.next)
    changed = ts.run(attrs.evolve(inputs, scenario=attrs.evolve(own, horizon=later)))
    assert "scenario: the contents differ" in compare(result, changed).changes
    again = ts.run(ts.with_options(ts.load_inputs(FORK), draws=64, seed=8))
    assert compare(result, again).changes == ()
    assert again.provenance.digests == result.provenance.digests


@pytest.mark.parametrize(
    ("scenario", "field", "name"),
    [
        ("geneva", "share_priors", "share_priors"),
        ("geneva", "storable", "storable"),
        ("minerals-network", "profiles", "materials"),
    ],
)
def test_a_sheet_that_differs_is_told(scenario, field, name):
    inputs = ts.load_inputs(scenario)
    key, sheet = next(iter(getattr(inputs, field).items()))
    if field == "profiles":
        first, *_ = sheet.parameters
        parameter = attrs.evolve(sheet.parameters[first], note="read again")
        other = attrs.evolve(sheet, parameters={**sheet.parameters, first: parameter})
    else:
        product = next(iter(sheet))
        other = {**sheet, product: sheet[product] / 2}
    changed = attrs.evolve(inputs, **{field: {**getattr(inputs, field), key: other}})
    ours, theirs = (resolve(own).provenance.digests for own in (inputs, changed))
    assert {own for own in ours if ours[own] != theirs[own]} == {name}
    assert ours.keys() == theirs.keys()


def test_the_change_of_a_digest_is_told_by_its_name(result):
    source = result.provenance
    digests = {**source.digests, "storable": "0"}
    other = attrs.evolve(result, provenance=attrs.evolve(source, digests=digests))
    assert compare(result, other).changes == ("storable: the contents differ",)


def test_a_parameter_that_differs_is_told_and_compared_draw_by_draw(result, stronger):
    found = compare(result, stronger)
    assert found.manner == "draw by draw"
    assert "parameter armington_elasticity_long: 4 [3, 5], then 6 [5, 7]" in found.changes
    row = row_of(found, "rises+free")
    ours, theirs = (own.metric(TRADE).branch(3)[:, 0] for own in (result, stronger))
    expected = np.quantile(theirs - ours, (0.1, 0.5, 0.9))
    np.testing.assert_array_equal(row.difference, expected)
    assert not np.allclose(row.difference, row.second - row.first, rtol=1e-6)


def test_the_two_ways_round_are_opposite(result, stronger):
    there, back = compare(result, stronger), compare(stronger, result)
    for row, other in zip(there.rows, back.rows, strict=True):
        np.testing.assert_allclose(row.difference, -other.difference[::-1], atol=1e-12)


@pytest.mark.parametrize("options", [{"draws": 32}, {"seed": 8}])
def test_draws_that_do_not_match_are_told_and_only_quantiles_compared(inputs, result, options):
    other = ts.run(ts.with_options(inputs, **options))
    found = compare(result, other)
    assert found.manner == "quantiles only"
    assert next(iter(options.values())) != getattr(result, next(iter(options)))
    assert any(next(iter(options)) in reason for reason in found.reasons)
    for row in found.rows:
        np.testing.assert_array_equal(row.difference, row.second - row.first)


def test_another_set_of_drawn_names_gives_other_draws(inputs, result):
    fixed = attrs.evolve(inputs.scenario.parameters["armington_elasticity_long"], value=4.0)
    fixed = attrs.evolve(fixed, low=None, high=None, distribution="fixed")
    scenario = attrs.evolve(inputs.scenario, parameters={"armington_elasticity_long": fixed})
    found = compare(result, ts.run(attrs.evolve(inputs, scenario=scenario)))
    assert found.manner == "quantiles only"
    assert "armington_elasticity_long" in found.reasons[0]


def test_as_many_draws_of_which_others_are_lost_are_not_paired(result):
    first, second = (attrs.evolve(result, not_converged=(lost,)) for lost in (3, 7))
    assert compare(first, first).manner == "draw by draw"
    found = compare(first, second)
    assert found.manner == "quantiles only"
    assert "other draws found no equilibrium" in found.reasons


def test_another_model_is_among_what_sets_two_apart(result):
    other = attrs.evolve(result.provenance, model="gravity")
    found = compare(result, attrs.evolve(result, provenance=other))
    assert "model: partial, then gravity" in found.changes


def test_what_only_one_has_is_named(result):
    less = attrs.evolve(result, headline=result.headline[1:])
    changed = attrs.evolve(result.headline[3], unit="EUR")
    found = compare(result, attrs.evolve(less, headline=(changed, *result.headline[1:3])))
    assert any("metric only in the first" in change for change in found.changes)
    assert any("its unit differs" in change for change in found.changes)
    assert changed.subject not in {row.metric for row in found.rows}


def test_the_command_compares_folders_and_scenarios(result, stronger, tmp_path):
    ts.write_result(result, tmp_path / "a")
    ts.write_result(stronger, tmp_path / "b")
    answer = tariffsim("compare", tmp_path / "a", tmp_path / "b")
    assert answer.code == 0
    assert "draw by draw" in answer.out
    assert "armington_elasticity_long: 4 [3, 5], then 6 [5, 7]" in answer.out
    data = json.loads(tariffsim("compare", tmp_path / "a", tmp_path / "b", "--json").out)
    assert data["manner"] == "draw by draw"
    row = next(own for own in data["rows"] if own["metric"] == TRADE)
    assert set(row["difference"]) == {"p10", "p50", "p90"}
    mixed = json.loads(tariffsim("compare", tmp_path / "b", FORK, "--quiet", "--json").out)
    there = {(own["metric"], str(own["branches"])): own["difference"] for own in data["rows"]}
    for own in mixed["rows"]:
        back = there[own["metric"], str(own["branches"])]
        assert own["difference"]["p50"] == pytest.approx(-back["p50"], abs=1e-9)


def test_a_scenario_takes_the_draws_of_the_other_side(inputs, tmp_path):
    ts.write_result(ts.run(ts.with_options(inputs, draws=32, seed=9)), tmp_path / "a")
    data = json.loads(tariffsim("compare", tmp_path / "a", FORK, "--quiet", "--json").out)
    assert data["manner"] == "draw by draw"
    assert all(own["difference"]["p50"] == 0 for own in data["rows"])
    flagged = tariffsim("compare", tmp_path / "a", FORK, "--quiet", "--draws", 16)
    assert flagged.out.splitlines()[1].startswith("QUANTILES ONLY")
    nothing = tariffsim("compare", tmp_path / "a", FORK, "--quiet", "--draws", 0)
    assert (nothing.code, nothing.out) == (2, "")
    assert "power of two from 2 to 1,048,576, got 0" in nothing.err


def test_a_changed_folder_is_refused(result, tmp_path):
    ts.write_result(result, tmp_path / "a")
    (tmp_path / "a" / "duty.csv").write_text("changed")
    answer = tariffsim("compare", tmp_path / "a", FORK)
    assert (answer.code, answer.out) == (2, "")
    assert "changed after it was written" in answer.err
