"""Sheets of controlled materials: read with every fault, dated, graded, and kept out or let in."""

import datetime as dt
import json

import attrs
import pytest

from tariffsim.codec.documents import refuse
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.check import check_file
from tariffsim.files.logs import load_log
from tariffsim.files.materials import check_materials, load_materials, material_named
from tariffsim.files.scenarios import load_inputs, parameter_sources
from tariffsim.files.shipped import shipped
from tariffsim.reduce import fold
from tariffsim.resolve.profiles import profile, shortcomings
from tests.command_line import tariffsim

APRIL = {"samarium", "gadolinium", "terbium", "dysprosium", "lutetium", "scandium", "yttrium"}
OCTOBER = {"holmium", "erbium", "thulium", "europium", "ytterbium"}
SHEET = """\
materials:
- material: unobtainium
  title: Unobtainium
  controller: CHN
  importer: USA
  controls: [cn-tungsten-feb]
  reliance:
  - kind: from-controller
    share: [50%, 70%]
    vintage: "2024"
    claims:
    - {source: survey, figure: "60%", grade: official, confidence: H}
  stocks:
  - days: [10, 30]
    vintage: "2024"
    claims:
    - {source: survey, grade: official}
  uses:
  - industry: magic
    share: 80%
    priority: 1
    input_share: [1%, 5%]
    claims:
    - {source: survey, grade: official}
industries:
- industry: magic
  economy: USA
  title: Magic
  value_added: [1, 2]
  vintage: "2024"
  claims:
  - {source: survey, grade: official}
"""
REGISTER = """\
sources:
  survey: {title: A survey, publisher: A ministry, published: 2025-01-15}
"""


@pytest.fixture(scope="module")
def facts():
    return load_materials()


@pytest.fixture
def own(tmp_path):
    (tmp_path / "sources.yaml").write_text(REGISTER)
    sheet = tmp_path / "mine.yaml"
    sheet.write_text(SHEET)
    return sheet


def test_every_controlled_material_of_the_dispute_has_a_sheet(facts):
    others = {"gallium", "germanium", "antimony", "natural-graphite", "tungsten", "ethane"}
    assert set(facts.materials) >= APRIL | OCTOBER | others | {"rare-earth-magnets"}
    state = fold(load_log("us-china"))
    industries = {(one.economy, one.industry) for one in facts.industries}
    for material in facts.materials.values():
        assert set(material.controls) <= set(state.controls), material.material
        for control in material.controls:
            law = state.controls[control].control_set
            assert law is not None
            assert law.imposer == material.controller
        assert all((material.importer, use.industry) in industries for use in material.uses)


def test_every_named_element_is_in_the_control_that_its_sheet_names(facts):
    state = fold(load_log("us-china"))
    for names, control in ((APRIL, "cn-rare-earths-april"), (OCTOBER, "cn-october-2025-minerals")):
        law = state.controls[control].control_set
        assert law is not None
        assert names <= set(law.materials)
        assert all(control in facts.materials[name].controls for name in names)


def test_what_nobody_read_keeps_a_material_out(facts):
    out = {
        name: shortcomings(material, facts.sources)
        for name, material in facts.materials.items()
        if shortcomings(material, facts.sources)
    }
    assert set(out) >= APRIL | OCTOBER
    assert out["tungsten"] == ("no share of USA's need from CHN was read",)
    with pytest.raises(InputError, match="must have a sourced share and use"):
        profile(facts.materials["tungsten"], facts.industries, facts.sources, dt.date(2025, 6, 6))


def test_the_figure_known_last_counts(facts):
    def share(day):
        found = profile(facts.materials["rare-earth-magnets"], facts.industries, facts.sources, day)
        parameter = found.parameters["rare-earth-magnets.import-share"]
        assert parameter.known <= day
        return parameter.low, parameter.high

    assert share(dt.date(2025, 5, 14)) == (0.65, 0.85)
    assert share(dt.date(2025, 6, 2)) == (0.81, 0.87)


def test_nothing_is_known_before_it_is_published(facts):
    ethane = facts.materials["ethane"]
    assert "no share of CHN's need" in shortcomings(ethane, facts.sources, dt.date(2025, 5, 28))[0]
    assert shortcomings(ethane, facts.sources, dt.date(2025, 6, 30)) == ()


def test_a_claim_published_later_neither_grades_nor_cites_a_fact(own):
    register = REGISTER + "  rumour: {title: A rumour, publisher: X, published: 2025-01-10}\n"
    (own.parent / "sources.yaml").write_text(register)
    claim = "    - {source: survey, "
    rumoured = "    - {source: rumour, grade: media}\n" + claim
    own.write_text(SHEET.replace(claim, rumoured))
    mine = load_materials(own)
    found = {}
    for day in (dt.date(2025, 1, 12), dt.date(2025, 1, 20)):
        case = profile(material_named(mine, "unobtainium"), mine.industries, mine.sources, day)
        share = case.parameters["unobtainium.from-controller"]
        assert share.known == dt.date(2025, 1, 10)
        found[day.day] = (share.source, share.grade)
        used = {one.source for name, one in case.parameters.items() if "value_added" not in name}
        assert used == {share.source}
    assert found == {12: ("rumour", "M"), 20: ("survey", "H")}


def test_users_come_in_order_of_priority_and_intervals_become_uniform(facts):
    found = profile(
        facts.materials["rare-earth-magnets"], facts.industries, facts.sources,
        dt.date(2025, 6, 6),
    )  # fmt: skip
    assert [use.industry for use in found.uses][:2] == ["defence", "vehicles"]
    access = found.parameters["rare-earth-magnets.defence.access"]
    assert (access.low, access.high, access.distribution) == (0.0, 0.1, "uniform")
    assert not found.parameters["rare-earth-magnets.vehicles.access"].drawn


def test_a_sheet_of_ones_own_goes_over_the_projects(own):
    found = load_materials(own)
    mine = material_named(found, "unobtainium")
    assert shortcomings(mine, found.sources) == ()
    assert {"gallium", "unobtainium"} <= set(found.materials)
    with pytest.raises(UnknownName, match="did you mean 'unobtainium'"):
        material_named(found, "unobtanium")


def test_every_fault_of_a_sheet_is_told_with_its_line(own):
    faulty = SHEET.replace("share: 80%", "share: 80").replace("[1, 2]", "[3, 2]")
    own.write_text(faulty)
    messages = {finding.place.line: finding.message for finding in check_file(str(own))}
    assert any("share must carry its unit, got 80" in text for text in messages.values())
    assert any("value_added must be a low and a high end" in text for text in messages.values())
    own.write_text(
        SHEET.replace("source: survey, figure", "source: surevy, figure")
        .replace("- {source: survey, grade: official}\n  uses", "[]\n  uses")
        .replace("claims:\n    []", "claims: []")
    )
    messages = [finding.message for finding in check_file(str(own))]
    assert any("source must be one of the register, got 'surevy'" in text for text in messages)
    assert any("claims must name at least one source" in text for text in messages)
    assert all(finding.place.line for finding in check_file(str(own)))
    own.write_text("materials: none\nmaterial: []\n")
    assert {finding.rule for finding in check_file(str(own))} == {"unknown-key", "bad-value"}


def test_uses_beyond_the_whole_are_refused(own):
    second = SHEET[SHEET.index("  - industry: magic") : SHEET.index("industries:")]
    own.write_text(
        SHEET.replace("industries:\n", second.replace("magic", "more") + "industries:\n")
    )
    assert "more than all of the material" in check_file(str(own))[0].message
    own.write_text(SHEET.replace("industries:\n", second + "industries:\n"))
    assert "uses must name each industry once" in check_file(str(own))[0].message


def test_check_notes_what_is_not_modelled_and_what_nobody_looked_up(own):
    own.write_text(SHEET.replace("grade: official", "grade: memory"))
    found = check_file(str(own))
    assert {finding.severity for finding in found} == {"note"}
    assert [finding.rule for finding in found] == ["not-modelled", "memory", "memory", "memory"]
    answer = tariffsim("check", own, "--notes")
    assert answer.code == 0
    assert "unobtainium is not modelled" in answer.out


def test_the_command_lists_shows_and_counts_what_was_known(own):
    listed = tariffsim("materials")
    assert listed.code == 0
    assert "Not modelled, since a material needs a share and a use that somebody read" in listed.out
    one = tariffsim("materials", "gallium")
    assert 'says "99%"' in one.out
    data = json.loads(tariffsim("materials", "--json", "--known-on", "2025-05-14").out)
    modelled = {entry["material"] for entry in data if entry["modelled"]}
    assert "rare-earth-magnets" in modelled
    assert "ethane" not in modelled
    assert data[0]["uses"][0]["share"] == [0.79, 0.79]
    mine = tariffsim("materials", "unobtainium", "--sheet", own)
    assert "A survey" in mine.out
    assert tariffsim("materials", "galium").code == 2


def test_nothing_is_shown_before_it_was_published():
    line = ("materials", "rare-earth-magnets", "--known-on", "2024-06-01")
    text = tariffsim(*line).out
    assert "2022-09-21" in text
    assert "2025-" not in text
    (data,) = json.loads(tariffsim(*line, "--json").out)
    claims = {claim["source"] for kind in ("supply", "reliance", "stocks", "uses")
              for fact in data[kind] for claim in fact["claims"]}  # fmt: skip
    sources = load_materials().sources
    assert claims
    assert max(sources[name].published for name in claims) <= dt.date(2024, 6, 1)
    listed = tariffsim("materials", "--known-on", "0001-01-01")
    assert listed.code == 0
    assert "%" not in listed.out


def test_a_material_is_frozen(facts):
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        facts.materials["gallium"].title = "Lead"


@pytest.mark.parametrize("of", ["materials", "parameters"])
def test_a_key_of_the_project_s_registers_means_the_same_document(own, of):
    """Else a figure of the project would be shown under a document that does not hold it."""
    shelf = load_materials().sources if of == "materials" else parameter_sources()
    key, theirs = next((key, one) for key, one in shelf.items() if not one.retrieved)
    same = "".join(
        f"    {field}: {value if field == 'published' else json.dumps(value)}\n"
        for field, value in attrs.asdict(theirs).items()
        if value is not None and field != "key"
    )
    register = own.parent / "sources.yaml"
    register.write_text(f"{REGISTER}  {key}:\n{same}")
    assert load_materials(own).sources[key] == theirs
    assert not [one for one in check_materials(own) if one.severity == "error"]
    register.write_text(
        f"{REGISTER}  {key}: {{title: Mine, publisher: Me, published: 2024-01-01}}\n"
    )
    for refused in (lambda: load_materials(own), lambda: refuse(check_materials(own))):
        with pytest.raises(InputError, match=f"source {key} must be the document") as caught:
            refused()
        assert "sources.yaml:3:3: error" in str(caught.value)
        assert "give yours a key of its own" in str(caught.value)


def test_two_sheets_of_a_scenario_mean_one_document_by_a_key(own, tmp_path):
    for name, title in (("one", "A survey"), ("two", "Another survey")):
        folder = tmp_path / name
        folder.mkdir()
        (folder / "mine.yaml").write_text(SHEET.replace("unobtainium", f"unobtainium-{name}"))
        (folder / "sources.yaml").write_text(REGISTER.replace("A survey", title))
    scenario = tmp_path / "both.yaml"
    listed = "".join(
        f"- {{importer: USA, exporter: CHN, material: unobtainium-{name}, "
        f"control: cn-tungsten-feb, facts: {name}/mine.yaml}}\n"
        for name in ("one", "two")
    )
    text = (shipped("scenarios") / "minerals.yaml").read_text()
    scenario.write_text(text[: text.index("materials:")] + "materials:\n" + listed)
    with pytest.raises(InputError, match="source survey must mean one document in the sheets"):
        load_inputs(scenario)
