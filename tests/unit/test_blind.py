"""Nothing learnt later: the list of what a run used, and the proof that fails on a planted fact."""

import datetime as dt
import json
from pathlib import Path

import attrs
import pytest

import tariffsim as ts
from tariffsim import corridor, resolve
from tariffsim.errors import CheckFailed, InputError
from tariffsim.evidence import late
from tariffsim.files import scenarios
from tariffsim.resolve.inputs import used_parameters
from tests.command_line import tariffsim

FORK = Path(__file__).parents[1] / "conformance" / "valid" / "fork.yaml"
LATER = dt.date(2026, 2, 1)


def planted(inputs, name="armington_elasticity_short"):
    late_one = attrs.evolve(inputs.parameters[name], known=LATER)
    return attrs.evolve(inputs, parameters={**inputs.parameters, name: late_one})


@pytest.mark.parametrize("name", ["geneva", "minerals", "canola", "policy", "geneva-world", FORK])
def test_the_shipped_scenarios_use_nothing_later(name):
    inputs = ts.load_inputs(name)
    evidence = corridor.evidence_of(inputs)
    assert late(evidence, inputs.scenario.known_on) == ()
    corridor.check_blind(evidence, inputs.scenario.known_on)


def test_everything_that_a_run_used_is_listed(inputs):
    result = ts.run(inputs)
    evidence = result.provenance.evidence
    assert evidence == corridor.evidence_of(inputs)
    named = {each.name for each in evidence}
    assert set(result.provenance.events) <= named
    assert {parameter.name for parameter in result.provenance.parameters} <= named
    assert {source.key for source in inputs.trade.sources} <= {each.source for each in evidence}
    assert sum(each.kind == "assumption" for each in evidence) == 4
    corridor.prove_blind(result.provenance)


def test_the_tables_of_months_of_stores_and_of_a_world_are_listed():
    for name in ("geneva", "geneva-world"):
        inputs = ts.load_inputs(name)
        found = {(one.name, one.source) for one in corridor.evidence_of(inputs)}
        for table in (inputs.trade, inputs.monthly, inputs.world):
            sources = table.sources if table is not None else ()
            assert {(table.name, source.key) for source in sources} <= found
        assert {*inputs.storable, *inputs.share_priors} <= {name for name, _ in found}


def test_a_later_vintage_of_a_table_is_late_unless_it_is_a_listed_exception():
    inputs = ts.load_inputs("geneva-world")
    first, *rest = inputs.world.sources
    for exception, words in ((None, ["ten-economies-2023"]), ("Bound since long before.", [])):
        source = attrs.evolve(first, published=LATER, exception=exception)
        world = attrs.evolve(inputs.world, sources=(source, *rest))
        found = corridor.evidence_of(attrs.evolve(inputs, world=world))
        assert [one.name for one in late(found, inputs.scenario.known_on)] == words


def test_a_planted_parameter_is_refused_and_proved(inputs):
    with pytest.raises(InputError, match=f"became known on {LATER}"):
        ts.run(planted(inputs))
    with pytest.raises(CheckFailed, match=f"parameter armington_elasticity_short .* {LATER}"):
        corridor.check_blind(corridor.evidence_of(planted(inputs)), inputs.scenario.known_on)


def test_a_parameter_planted_behind_the_refusal_is_found_by_the_proof(inputs, monkeypatch):
    """The construction is switched off; the proof, made from what was used, still finds it."""
    monkeypatch.setattr(resolve, "known_parameters", used_parameters)
    result = ts.run(planted(inputs))
    with pytest.raises(CheckFailed, match="armington_elasticity_short"):
        corridor.prove_blind(result.provenance)


def test_an_event_planted_behind_the_refusal_is_found_by_the_proof(inputs, monkeypatch):
    monkeypatch.setattr(resolve, "known_on", lambda log, day: log)
    first, *rest = inputs.log.entries
    later = attrs.evolve(first.event, announced=LATER, retroactive=True)
    log = attrs.evolve(inputs.log, entries=(attrs.evolve(first, event=later), *rest))
    result = ts.run(attrs.evolve(inputs, log=log))
    with pytest.raises(CheckFailed, match=f"event .* became known on {LATER}"):
        corridor.prove_blind(result.provenance)


def test_a_parameter_set_by_the_scenario_is_an_assumption_with_its_reason(inputs):
    named = {each.name: each for each in corridor.evidence_of(inputs)}
    own = named["armington_elasticity_long"]
    assert (own.kind, own.note, own.known) == ("assumption", "A guess", inputs.scenario.known_on)


def test_the_command_lists_and_passes():
    answer = tariffsim("run", FORK, "--prove-blind", "--quiet")
    assert answer.code == 0
    assert "none became known after 2025-06-07" in answer.out
    for name in ("armington_elasticity_short", "rate_set on 2025-07-01", "event"):
        assert name in answer.out
    data = json.loads(tariffsim("run", FORK, "--prove-blind", "--json").out)
    assert data["blind"] is True
    assert {"kind", "name", "known", "source", "about"} == set(data["evidence"][0])


@pytest.mark.parametrize("json_too", [False, True])
def test_the_command_fails_on_a_planted_parameter(monkeypatch, json_too, tmp_path):
    known = scenarios.load_parameters()
    late_one = attrs.evolve(known["coverage_position"], known=LATER)
    monkeypatch.setattr(
        scenarios, "load_parameters", lambda: {**known, "coverage_position": late_one}
    )
    answer = tariffsim(
        "run", FORK, "--prove-blind", "--out", tmp_path / "r", *(["--json"] if json_too else [])
    )
    assert answer.code == 1
    assert f"coverage_position became known on {LATER}" in answer.err
    if json_too:
        assert json.loads(answer.out)["blind"] is False
    else:
        assert f"LATE {LATER}  parameter  coverage_position" in answer.out
    assert not (tmp_path / "r" / "manifest.json").exists()


def test_the_manifest_says_so(tmp_path):
    tariffsim("run", FORK, "--out", tmp_path)
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    assert manifest["blind"]["known_on"] == "2025-06-07"
    assert manifest["blind"]["late"] == []
    assert manifest["blind"]["counted"] == len(manifest["evidence"])
    assert manifest["blind"]["latest"] == max(own["known"] for own in manifest["evidence"])
