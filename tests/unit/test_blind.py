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


@pytest.mark.parametrize("field", ["trade", "monthly", "world"])
def test_one_rule_for_every_table_late_is_refused_and_a_listed_exception_is_flagged(field):
    inputs = ts.load_inputs("geneva-world" if field == "world" else "geneva")
    table = getattr(inputs, field)
    first, *rest = table.sources
    for exception in (None, "Bound since long before."):
        source = attrs.evolve(first, published=LATER, exception=exception)
        own = attrs.evolve(table, sources=(source, *rest))
        case = attrs.evolve(inputs, **{field: own})
        if exception is None:
            with pytest.raises(InputError, match=f"{first.key} of the .* was published on {LATER}"):
                resolve.resolve(case)
            continue
        flags = resolve.resolve(case).provenance.flags
        assert f"{first.key}: later vintage allowed, {exception}" in flags


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
    monkeypatch.setattr(resolve.laws, "known_on", lambda log, day: log)
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


SOURCES = """sources:
  table:
    title: A table of January
    publisher: A bureau
    published: 2025-01-15
"""
TRADE = """importer,exporter,product,customs_value,duty,source,grade
USA,CHN,85,120000,13000,table,M
USA,CHN,95,30000,100,table,M
USA,ROW,85,300000,3000,table,M
USA,ROW,95,20000,100,table,M
"""
EARLY = """scenario: early
question: What does the duty of 1 February do to trade?
log: us-china
known_on: 2025-02-01
horizon: {from: 2025-02, to: 2025-12}
model: partial
trade: trade.csv
benchmark_day: 2024-12-31
markets:
- {importer: USA, exporter: CHN, supply: inverse_export_supply_elasticity_usa}
branches:
  duty:
    stays: {title: It stays, probability: 50%, reason: A guess}
    rises:
      title: It rises to 20 %
      probability: 50%
      reason: A guess
      events:
      - type: rate_set
        announced: 2025-03-03
        effective: 2025-03-04
        measure: us-ieepa-fentanyl-china
        rate: 20%
baseline: {duty: stays}
parameters:
  coverage_position: {value: 0.5, reason: A guess}
  retail_pass_through: {value: 0.2, reason: A guess}
  retail_lag_months: {value: 6, reason: A guess}
draws: 16
seed: 1
"""


@pytest.fixture
def early(tmp_path):
    """The record of the dispute, whose lists cite shares that were published days later."""
    (tmp_path / "sources.yaml").write_text(SOURCES)
    (tmp_path / "trade.csv").write_text(TRADE)
    (tmp_path / "early.yaml").write_text(EARLY)
    return tmp_path / "early.yaml"


def test_a_run_before_the_shares_were_published_uses_none_of_them(early):
    log = ts.load_log("us-china")
    later = {key for key, source in log.sources.items() if source.published > dt.date(2025, 2, 1)}
    assert any(
        share.source in later
        for event in log
        if event.announced <= dt.date(2025, 2, 1) and getattr(event, "products", None) is not None
        for share in event.products.shares.values()
    )
    result = ts.run(ts.load_inputs(early))
    corridor.prove_blind(result.provenance)
    assert not {each.source for each in result.provenance.evidence} & later
    assert tariffsim("check", early).code == 0


def test_what_is_missing_on_an_early_day_is_named_with_what_to_do(early):
    """One message a thing that was learnt later, and none about the register of the log."""
    text = early.read_text().replace("trade: trade.csv", "trade: us-china-2024")
    early.write_text(text.replace("  coverage_position: {value: 0.5, reason: A guess}\n", ""))
    answer = tariffsim("run", early)
    assert answer.code == 2
    assert "register" not in answer.err
    assert "coverage_position became known on 2025-06-06" in answer.err
    assert "set it in the scenario under parameters" in answer.err
    assert "of the trade table was published on 2025-02-05" in answer.err
