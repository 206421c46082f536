"""A scenario that follows a shortage through an input-output table, and what it refuses."""

import csv
import io
import json

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.corridor import answer
from tariffsim.files.accounts import load_accounts
from tariffsim.files.shipped import shipped
from tariffsim.model.industries import industry_paths, stretches
from tariffsim.model.network import Allowed, behaviour, network_paths
from tariffsim.model.project import drawn_inputs, project
from tariffsim.model.propagation import Links
from tariffsim.report.tidy import result_files
from tariffsim.resolve import resolve
from tariffsim.shortage import follow_shortage
from tests.command_line import tariffsim

VEHICLES = ("USA", "vehicles")
USES = """\
  - {material: rare-earth-magnets, use: vehicles, economy: USA, sector: vehicles}
  - {material: rare-earth-magnets, use: electronics, economy: USA, sector: electronics}
"""
SCENARIO = """\
scenario: asked
question: Who else stops?
log: us-china
known_on: 2025-05-14
horizon: {{from: 2025-05, to: 2025-10}}
benchmark_day: 2024-12-31
materials:
- material: rare-earth-magnets
  importer: USA
  exporter: CHN
  control: cn-rare-earths-april
  facts: project
industries:
  table: {table}
  uses:
{uses}{more}
draws: 32
seed: 3
"""
SMALL = {
    "intermediate.csv": """supplier,CAN_steel,CAN_cars,USA_steel,USA_cars
CAN_steel,10,20,0,5
CAN_cars,0,10,0,0
USA_steel,5,10,40,60
USA_cars,0,0,0,50
""",
    "final.csv": """supplier,CAN,USA
CAN_steel,10,5
CAN_cars,30,60
USA_steel,0,85
USA_cars,10,340
""",
    "value_added.csv": "row,CAN_steel,CAN_cars,USA_steel,USA_cars\nvalue_added,35,60,160,280\n",
}  # fmt: skip
ICIO = """V1,CAN_STL,CAN_CAR,USA_STL,USA_CAR,CAN_HFCE,USA_HFCE,OUT
CAN_STL,10,20,0,5,10,5,50
CAN_CAR,0,10,0,0,30,60,100
USA_STL,5,10,40,60,0,85,200
USA_CAR,0,0,0,50,10,340,400
TLS,0,0,0,0,0,0,0
VA,35,60,160,285,0,0,540
OUT,50,100,200,400,50,490,1290
"""


def written(folder, *, table="illustrative", uses=USES, more=""):
    path = folder / "asked.yaml"
    path.write_text(SCENARIO.format(table=table, uses=uses, more=more))
    return path


@pytest.fixture(scope="module")
def inputs():
    return ts.with_options(ts.load_inputs("minerals-network"), draws=256)


@pytest.fixture(scope="module")
def experiment(inputs):
    return resolve(inputs)


@pytest.fixture(scope="module")
def found(experiment):
    return project(experiment)


def single(result, key, branch="as-decreed"):
    return result.metric(key).branch(result.branch.labels.index(branch))[:, 0]


def test_each_draw_is_that_of_the_table_alone(experiment):
    """The corridor against the verb that takes a path by hand: the same draw, the same answer."""
    case, network = experiment.materials[0], experiment.network
    drawn = drawn_inputs(experiment)
    run = industry_paths(case, drawn, keep_output=True)
    lengths = np.diff(np.append(-1, stretches(case)))
    allowed = {0: Allowed(first_day=case.first_day, lengths=lengths, output=run.made)}
    paths = network_paths(network, allowed, drawn)
    accounts, _ = load_accounts(shipped("data") / "tables" / "illustrative")
    links = Links(intermediate=network.intermediate, final=network.final)
    uses = [use.industry for use in case.uses]
    followed = 0
    for draw in (3, 40, 101):
        made = np.repeat(run.made[0, :, draw], lengths, axis=-1)
        held = {
            ("USA", name): made[uses.index(name)][:, None] for name in ("vehicles", "electronics")
        }
        alone = follow_shortage(
            accounts, ceiling=held, behaviour=behaviour(links, drawn, np.array([draw]))
        )
        inside = network.month_of_day >= 0
        added = links.gross_output.ravel() - links.intermediate.sum(axis=(0, 1))
        lost = (1.0 - alone.path.output[inside, :, 0]).sum(axis=0) * added / 365.0 / 1000.0
        np.testing.assert_allclose(paths.value_lost[0, :, draw], lost, rtol=1e-9, atol=1e-12)
        number = alone.industries.index(VEHICLES)
        below = np.flatnonzero(alone.path.output[:, number, 0] < 0.99)
        first = below[0] if len(below) else -1
        assert paths.first_loss[0, number, draw] == first
        followed += len(below) > 0
    assert followed


def test_no_control_is_no_change_to_the_last_digit(experiment):
    case = experiment.materials[0]
    free = attrs.evolve(case, freed=np.ones_like(case.freed))
    result = project(attrs.evolve(experiment, materials=(free,)))
    for variable in (*result.headline, *result.paths):
        if variable.name in ("value_added_lost", "gross_output_lost", "output_lost",
                             "unmet_final_demand", "days_to_recovery", "loses_first"):  # fmt: skip
            assert (variable.values == 0.0).all(), variable.key
    assert (single(result, "days_until_loss.USA.industries.vehicles") == 272).all()


def test_parts_add_up_over_economies_and_months(found):
    economies = [
        single(found, f"value_added_lost.{one}.industries") for one in ("CHN", "ROW", "USA")
    ]
    whole = single(found, "value_added_lost.industries")
    np.testing.assert_allclose(whole, np.sum(economies, axis=0), rtol=1e-12)
    for one, total in zip(("CHN", "ROW", "USA"), economies, strict=True):
        months = found[f"value_added_lost.{one}.industries"].branch(0).sum(axis=1) / 1000.0
        np.testing.assert_allclose(months, total, rtol=1e-9, atol=1e-12)
    assert np.median(whole) > 0
    assert np.median(whole) > np.median(
        single(found, "value_added_lost.USA.industries.electronics")
    )


def test_what_the_material_takes_is_the_least_that_an_industry_loses(experiment, found):
    """Others may hold it down further, and nothing lifts it above what its magnets allow."""
    from_table = found["output_lost.USA.industries.vehicles"].branch(0)
    from_magnets = found["output_at_risk.USA.CHN.rare-earth-magnets.vehicles"].branch(0)
    assert (from_table >= from_magnets - 1e-6).all()
    assert (from_table >= 0).all()
    assert (from_table <= 100).all()


def test_who_is_hit_first_is_one_of_those_that_use_the_material(found):
    first = {
        variable.product: variable.branch(0)[0, 0]
        for variable in found.headline
        if variable.name == "loses_first"
    }
    short = 100.0 * (single(found, "days_until_loss.USA.industries.electronics") < 272).mean()
    assert first["industries.vehicles"] + first["industries.electronics"] >= short - 1e-9
    assert first["industries.services"] == 0.0


def test_a_licence_a_week_earlier_lowers_what_is_lost(found):
    key = "value_added_lost.industries"
    gain = single(found, key, "as-decreed") - single(found, key, "a-week-earlier")
    assert gain.mean() > 0
    assert (gain > -1e-9).mean() > 0.95


def test_made_up_is_said_wherever_the_table_appears(found, inputs):
    told = [v for v in (*found.headline, *found.paths) if v.product.startswith("industries")]
    assert len(told) > 20
    assert all("illustrative table" in variable.label for variable in told)
    assert any("made up" in flag for flag in found.provenance.flags)
    (table,) = [one for one in found.provenance.evidence if one.title == "input-output table"]
    assert (table.kind, table.note) == ("assumption", "made up, and no economy")
    assert found.provenance.digests["industries"] == inputs.accounts.digest


def test_the_files_hold_what_the_industries_lose(found):
    files = result_files(found, version="test")
    rows = list(csv.DictReader(io.StringIO(files["value_added_lost.csv"])))
    assert {row["importer"] for row in rows} == {"CHN", "ROW", "USA"}
    headline = json.loads(files["headline.json"])
    assert "value_added_lost.industries" in json.dumps(headline)
    assert any(driver.metric == "value_added_lost.industries" for driver in found.drivers)


def test_answers_do_not_depend_on_the_block(experiment, found, monkeypatch):
    monkeypatch.setattr("tariffsim.model.network.BLOCK_BYTES", 2e6)
    parts = project(experiment)
    for one, other in zip(found.headline, parts.headline, strict=True):
        np.testing.assert_array_equal(one.values, other.values, err_msg=one.key)


def test_a_control_that_is_drawn_is_followed_too(tmp_path):
    chances = """\
chances:
  licences:
    title: Licences come
    kind: hazard
    probability: 30%
    reason: A guess
    from: 2025-06-01
    events:
    - type: control_eased
      announced: 2025-05-31
      effective: 2025-06-01
      control: cn-rare-earths-april
      approval: [90%, 100%]
      delay_days: [5, 10]
paths: 16
"""  # fmt: skip
    drawn = ts.run(ts.load_inputs(written(tmp_path, more=chances)))
    never = ts.run(ts.load_inputs(written(tmp_path)))
    key = "value_added_lost.industries"
    gain = never.metric(key).branch(0) - drawn.metric(key).branch(0)
    assert gain.mean() > 0


@pytest.mark.parametrize("layout", ["folder", "icio"])
def test_a_table_of_ones_own(tmp_path, layout):
    if layout == "folder":
        (tmp_path / "small").mkdir()
        for name, text in SMALL.items():
            (tmp_path / "small" / name).write_text(text)
        table, sector = "small", "cars"
    else:
        (tmp_path / "2020_SML.csv").write_text(ICIO)
        table, sector = "2020_SML.csv", "CAR"
    use = f"  - {{material: rare-earth-magnets, use: vehicles, economy: USA, sector: {sector}}}\n"
    path = written(tmp_path, table=table, uses=use, more="  published: 2024-11-30\n")
    result = ts.run(ts.load_inputs(path))
    assert f"({table})" in result.metric(f"value_added_lost.USA.industries.{sector}").label
    lost = result.metric(f"gross_output_lost.USA.industries.{sector}").branch(0)
    # No more than the table's output of six months, and some of it.
    assert 0 < lost.max() < 0.4 / 2
    (evidence,) = [one for one in result.provenance.evidence if one.title == "input-output table"]
    assert (evidence.kind, evidence.known.isoformat()) == ("table", "2024-11-30")
    assert not any("made up" in flag for flag in result.provenance.flags)
    late = path.read_text().replace("2024-11-30", "2025-05-20")
    path.write_text(late)
    with pytest.raises(ts.TariffsimError, match="published on 2025-05-20, after the knowledge day"):
        ts.run(ts.load_inputs(path))


@pytest.mark.parametrize(
    ("changes", "line", "says"),
    [
        ({"uses": USES.replace("sector: vehicles", "sector: vehicels")}, 16,
         "sector must be one of the table illustrative, got 'vehicels'; did you mean 'vehicles'?"),
        ({"uses": USES.replace("economy: USA", "economy: DEU")}, 16, "there are CHN, ROW, USA"),
        ({"uses": USES.replace("use: electronics", "use: electronic")}, 17,
         "use must be one on the sheet of rare-earth-magnets, got 'electronic'"),
        ({"uses": USES.replace("rare-earth-magnets", "gallium", 1)}, 16,
         "material must be one of the scenario's, with facts, got 'gallium'"),
        ({"uses": USES + USES.splitlines()[0] + "\n"}, 18, "at most 100% together, got 200%"),
        ({"table": "no-such-folder", "more": "  published: 2024-01-01\n"}, 14, "no-such-folder"),
        ({"table": "asked.yaml"}, 14, "published must be given for a table of your own"),
    ],
)  # fmt: skip
def test_faults_are_told_at_their_place(tmp_path, changes, line, says):
    path = written(tmp_path, **changes)
    answered = tariffsim("check", path)
    assert answered.code == 2
    told = answered.err + answered.out
    assert says in told
    assert f"asked.yaml:{line}:" in told, told


def test_a_table_without_industries_is_refused(tmp_path):
    (tmp_path / "trade.csv").write_text(
        "importer,exporter,product,value\nUSA,CHN,85,10\nUSA,USA,85,9\n"
    )
    path = written(tmp_path, table="trade.csv", more="  published: 2024-01-01\n")
    answered = tariffsim("run", path)
    assert answered.code == 2
    assert "must have sales between industries, got trade alone" in answered.err
    assert "asked.yaml:14:" in answered.err


def test_the_record_of_a_run_is_that_of_the_answer(inputs):
    experiment, result = answer(ts.with_options(inputs, draws=64))
    assert experiment.network is not None
    assert result.metric("unmet_final_demand.industries").unit == "USD billion"
