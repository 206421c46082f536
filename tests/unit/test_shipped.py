"""Where shipped files lie: beside the package in a checkout, inside it in an installed wheel."""

import tomllib
from pathlib import Path

import pytest

import tariffsim
from tariffsim.files import shipped as module
from tariffsim.files.logs import load_log
from tariffsim.files.scenarios import load_scenario
from tariffsim.files.shipped import shipped, shipped_logs, shipped_scenarios, short_name

PACKAGE = Path(tariffsim.__file__).parent
ROOT = PACKAGE.parent
CORPUS = Path(__file__).parents[1] / "conformance"


def test_in_a_checkout_logs_and_scenarios_lie_beside_the_package():
    assert shipped("data") == PACKAGE / "data"
    assert shipped("seeds") == ROOT / "seeds"
    assert shipped("scenarios") == ROOT / "scenarios"
    assert shipped_logs() == ("canada-china", "geneva-2025", "us-china")
    assert {"canola", "geneva", "minerals"} <= set(shipped_scenarios())


@pytest.fixture
def installed(tmp_path, monkeypatch):
    """Lay out a package as a wheel does: everything inside it, nothing beside it."""
    package = tmp_path / "site-packages" / "tariffsim"
    for source, target in (("toy", "seeds/toy"), ("valid/tables", "scenarios/tables")):
        (package / target).mkdir(parents=True)
        for file in (CORPUS / source).iterdir():
            (package / target / file.name).write_bytes(file.read_bytes())
    text = (CORPUS / "valid" / "fork.yaml").read_text().replace("../toy/", "toy")
    (package / "scenarios" / "fork.yaml").write_text(text)
    monkeypatch.setattr(module, "PACKAGE", package)
    monkeypatch.chdir(tmp_path)
    return package


def test_in_a_wheel_they_lie_inside_it(installed):
    assert shipped("seeds") == installed / "seeds"
    assert shipped_logs() == ("toy",)
    assert shipped_scenarios() == ("fork",)
    assert len(load_log("toy")) == 3
    assert load_scenario("fork").log == "toy"


def test_a_file_of_the_user_goes_before_a_shipped_one(installed):
    Path("fork").write_text((installed / "scenarios" / "fork.yaml").read_text() + "seed: 8\n")
    Path("fork").write_text(Path("fork").read_text().replace("seed: 7\n", ""))
    assert load_scenario("fork").seed == 8
    assert load_scenario("scenarios/fork.yaml").seed == 7


def test_the_wheel_is_told_to_take_them_along():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    wheel = project["tool"]["hatch"]["build"]["targets"]["wheel"]
    assert wheel["packages"] == ["tariffsim"]
    assert wheel["force-include"] == {
        "seeds": "tariffsim/seeds",
        "scenarios": "tariffsim/scenarios",
    }
    # Tables and parameters lie in the package already.
    assert (PACKAGE / "data" / "baseline" / "us-china-2024.csv").is_file()
    assert (PACKAGE / "data" / "parameters" / "partial.yaml").is_file()


def test_names_are_short_where_the_user_stands(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert short_name(tmp_path / "a" / "b.yaml") == "a/b.yaml"
    assert short_name(Path("a/../b.yaml")) == "b.yaml"
    assert short_name(tmp_path.parent / "c.yaml") == str(tmp_path.parent / "c.yaml")
