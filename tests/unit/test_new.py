"""The scenario to start from runs; what stands there already stays."""

import datetime as dt

import attrs

import tariffsim as ts
from tariffsim.files.logs import load_log
from tariffsim.log import known_through
from tests.command_line import tariffsim


def test_the_template_is_checked_and_runs(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert tariffsim("new", "first-question.yaml").code == 0
    assert tariffsim("check", "first-question.yaml").code == 0
    inputs = ts.load_inputs("first-question.yaml")
    assert inputs.scenario.scenario == "first-question"
    result = ts.run(ts.with_options(inputs, draws=64))
    stay, more = result.metric("statutory_rate.USA.CHN").values[:, 0, 0]
    assert more - stay == 10


def test_the_template_shows_what_time_does(tmp_path):
    """Every switch stands there, and what it says works once the marks are taken off."""
    path = tmp_path / "time.yaml"
    tariffsim("new", str(path))
    lines = path.read_text().splitlines()
    names = {
        f"#   {field.name}:" for field in attrs.fields(ts.load_scenario("geneva").time.__class__)
    }
    switches = [line for line in lines if line.split(" false")[0] in names]
    assert len(switches) == len(names) == 4
    named = [line for line in lines if line.startswith(("#   by_sea:", "#   collected: c"))]
    start = lines.index("# time:")
    lines[start : start + 5] = [line.removeprefix("# ") for line in lines[start : start + 5]]
    market = next(n for n, line in enumerate(lines) if line.startswith("  supply:"))
    lines[market:market] = ["  " + line.removeprefix("#   ").split("   ")[0] for line in named]
    path.write_text("\n".join(lines))
    scenario = ts.load_inputs(path).scenario
    assert not any(attrs.astuple(scenario.time))
    assert (scenario.markets[0].by_sea, len(named)) == ("share_by_sea_usa", 2)


def test_its_days_follow_the_record(tmp_path):
    path = tmp_path / "later.yaml"
    tariffsim("new", str(path))
    scenario = ts.load_scenario(path)
    assert scenario.known_on == known_through(load_log("us-china"))
    assert scenario.horizon.start.first - scenario.known_on < dt.timedelta(days=32)


def test_nothing_is_overwritten(tmp_path):
    path = tmp_path / "kept.yaml"
    path.write_text("mine")
    ended = tariffsim("new", str(path))
    assert ended.code == 2
    assert "must not exist yet" in ended.err
    assert path.read_text() == "mine"


def test_a_name_that_is_none_is_refused(tmp_path):
    assert "must end in .yaml" in tariffsim("new", str(tmp_path / "question")).err
    assert tariffsim("new", str(tmp_path / "My Question.yaml")).code == 2
    assert not list(tmp_path.iterdir())
