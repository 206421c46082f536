"""The scenario to start from runs; what stands there already stays."""

import datetime as dt

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
