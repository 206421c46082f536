"""From a number back: formula, parameters, events with document and paragraph, variance."""

import hashlib
import json
import shutil
from pathlib import Path

import pytest

import tariffsim as ts
from tariffsim.files.folders import load_summary
from tariffsim.report.explain import explain, ids
from tariffsim.report.explain_text import explain_data, explain_text
from tariffsim.report.formulas import FORMULAS, formula
from tariffsim.report.formulas_of_worlds import OF_A_MODEL
from tests.command_line import tariffsim
from tests.pages import DISPUTES, WORLDS, folder_of, summary_of, world_of

DOCS = Path(__file__).parents[2] / "docs"


@pytest.mark.parametrize("scenario", DISPUTES)
def test_every_id_is_answered(scenario):
    summary = summary_of(scenario)
    known = ids(summary)
    assert len(known) == len(set(known))
    for id in known:
        found = explain(summary, id)
        assert found.id == id
        assert len(found.formula.text) > 20
        assert "See the page" not in found.formula.text
        text = explain_text(found, width=100)
        assert max(map(len, text.splitlines())) <= 160  # only an address is ever longer
        json.dumps(explain_data(found))


SHIPPED = [
    *(pytest.param(lambda own=own: summary_of(own), id=own) for own in DISPUTES),
    *(pytest.param(lambda own=own: world_of(own), id=f"world-{own}") for own in WORLDS),
]


@pytest.mark.parametrize("read", SHIPPED)
def test_every_variable_of_a_shipped_scenario_says_how_it_is_worked_out(read):
    summary = read()
    model = summary.manifest["model"]
    names = {series.name for series in summary.series.values()}
    assert len(names) > 5
    for name in sorted(names):
        found = formula(name, model=model)
        assert "See the page" not in found.text, name
        assert len(found.text) > 20


def test_every_formula_leads_to_a_page_that_there_is():
    models = [own for by_name in OF_A_MODEL.values() for own in by_name.values()]
    for own in (*FORMULAS.values(), *models):
        assert (DOCS / f"{own.page}.md").is_file(), own.page
    assert "See the page" in formula("no-such-kind").text


@pytest.mark.parametrize(
    "name",
    [
        "applied_rate",
        "statutory_rate_mean",
        "revenue_static",
        "revenue_net",
        "retail_price",
        "stock",
    ],
)
def test_what_time_adds_says_how_it_is_worked_out(name):
    assert name in FORMULAS


def test_a_model_of_the_world_says_what_its_own_numbers_are():
    texts = {model: formula("customs_value", model=model).text for model in ("partial", *WORLDS)}
    assert len(set(texts.values())) == len(texts)
    found = explain(world_of("world"), "customs_value.USA.CHN/extended")
    assert found.formula.text == texts["world"]


@pytest.mark.parametrize("model", WORLDS)
def test_what_befalls_a_third_economy_rests_on_every_flow(model):
    summary = world_of(model)
    found = explain(summary, "price_index.VNM/extended")
    assert {"coverage_position", "years_to_long_run"} <= {one.name for one in found.assumptions}
    assert found.facts
    assert "us-china" in found.trade
    rate = explain(summary, "statutory_rate.USA.CHN/lapse-as-enacted")
    assert rate.facts
    assert rate.assumptions == ()


def test_a_week_has_an_id_of_its_own_beside_the_month():
    summary = summary_of("minerals")
    subject = "stockout_probability.USA.CHN.rare-earth-magnets"
    for period in ("2025-06", "2025-04-04"):
        (value,) = explain(summary, f"{subject}/as-decreed/{period}").values
        assert value.period == period
        assert value.id == f"{subject}/as-decreed/{period}"
    industry = explain(summary, f"{subject}.vehicles/as-decreed")
    assert len(industry.values) == 1
    assert "rare-earth-magnets.vehicles.share" in {one.name for one in industry.assumptions}


def test_a_cell_leads_to_parameters_with_source_and_events_with_paragraph():
    summary = summary_of("geneva")
    found = explain(summary, "customs_value.USA.CHN/lapse-as-enacted")
    (value,) = found.values
    headline = summary.metric("customs_value.USA.CHN")
    assert value.median == f"{headline.columns[1].level[1, 0]:.1f}"
    names = {one.name for one in found.assumptions}
    assert {"armington_elasticity_short", "inverse_export_supply_elasticity_usa"} <= names
    assert "us_share_concentration" not in names  # enters only China's imports
    assert all(one.source in found.documents for one in found.assumptions)
    text = explain_text(found, width=120)
    assert "armington_elasticity_short = 0.76" in text
    assert "us-geneva-window" in text
    assert "sections 2(i) and 3(d)" in text
    assert "benchmark trade: us-china-2024" in text


def test_a_rate_rests_on_law_alone_and_a_branch_on_what_it_supposes():
    summary = summary_of("geneva")
    found = explain(summary, "statutory_rate.USA.CHN/deal")
    assert found.assumptions == ()
    supposed = [fact.title for fact in found.facts if fact.supposed]
    assert supposed == ["United States lowers the fentanyl duty to 10 %"]
    enacted = explain(summary, "statutory_rate.USA.CHN/lapse-as-enacted")
    assert not any(fact.supposed for fact in enacted.facts)
    assert {fact.subject for fact in enacted.facts} == {
        "us-ieepa-fentanyl-china", "us-ieepa-reciprocal-china"}  # fmt: skip


def test_the_tree_rests_on_judgements_with_their_reasons():
    text = explain_text(explain(summary_of("minerals"), "tree"), width=400)
    assert (
        "licences, a-week-earlier, 15 %: An administrative change that needs no new rule." in text
    )
    assert "Parameters" not in text


def test_a_month_and_a_branch_by_its_full_name():
    summary = summary_of("canola")
    found = explain(summary, "duty.CHN.CAN/end/2025-12")
    (value,) = found.values
    assert (value.period, value.unit) == ("2025-12", "USD million a month")
    geneva = summary_of("geneva")
    full = explain(geneva, "welfare.USA/deal+eased").values
    assert [one.branch for one in full] == ["deal"]


def test_shares_of_the_variance_are_those_on_record():
    # With thirty inputs and few draws, inputs that differ look alike: their shares add up to more.
    summary = load_summary(folder_of("minerals", draws=1024))
    found = explain(summary, "availability.USA.CHN.rare-earth-magnets/as-decreed")
    assert found.drivers
    assert {one.branch for one in found.drivers} == {"as-decreed"}
    assert sum(one.share for one in found.drivers) <= 1.1
    assert 0.0 <= found.between <= 1.0
    assert "Approval of rare earth magnets licences" in explain_text(found, width=100)


def test_what_is_not_there_is_refused_with_the_nearest():
    summary = summary_of("canola")
    for wrong, hint in (
        ("welfre.CHN", "did you mean 'welfare.CHN'"),
        ("welfare.CHN/en", "did you mean 'welfare.CHN/end'"),
        ("duty.CHN.CAN/end/2031-01", "branch and month must be of this result"),
    ):
        with pytest.raises(ts.TariffsimError, match=hint):
            explain(summary, wrong)


def test_the_command_needs_nothing_but_the_folder(monkeypatch, tmp_path):
    folder = folder_of("geneva")
    monkeypatch.setattr("tariffsim.files.shipped.shipped", lambda _: tmp_path / "nothing")
    monkeypatch.chdir(tmp_path)
    answer = tariffsim("explain", folder, "welfare.USA/extended")
    assert answer.code == 0
    assert "How it is worked out" in answer.out
    data = json.loads(tariffsim("explain", folder, "welfare.USA", "--json").out)
    assert next(value["branch"] for value in data["values"]) == "extended"
    assert data["documents"]
    listed = tariffsim("explain", folder).out.split()
    assert "welfare.USA" in listed
    assert json.loads(tariffsim("explain", folder, "--json").out) == listed
    assert tariffsim("explain", folder, "nothing").code == 2


def test_a_folder_that_another_version_wrote_is_refused_in_words(tmp_path):
    folder = tmp_path / "older"
    shutil.copytree(folder_of("canola"), folder)
    lines = (folder / "duty.csv").read_text().splitlines(keepends=True)
    kept = "".join(line for line in lines if ",0.5," not in line)
    (folder / "duty.csv").write_text(kept)
    manifest = json.loads((folder / "manifest.json").read_text())
    manifest["files"]["duty.csv"]["sha256"] = hashlib.sha256(kept.encode()).hexdigest()
    (folder / "manifest.json").write_text(json.dumps(manifest))
    answer = tariffsim("explain", folder)
    assert (answer.code, answer.out) == (2, "")
    assert "duty.csv must hold what this version writes" in answer.err
