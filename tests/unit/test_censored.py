"""Days that may not come by the end: never shown as days, flagged where a bound is known."""

import csv
import io
import json

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.report.bands import Bands, columns, whole
from tariffsim.report.headline import headline_data, headline_text
from tariffsim.report.tidy import COLUMNS, result_files
from tariffsim.result import Variable

END = 100.0
KEY = "days_until_shortage.USA.CHN.rare-earth-magnets"


@pytest.fixture(scope="module")
def geneva():
    return ts.run(ts.with_options(ts.load_inputs("geneva"), draws=64))


def with_days(result, *paths):
    """Replace a result's headline by one metric of days, given by branch."""
    own = Variable(
        name="days_until_shortage", label="magnets: first shortage", unit="days", basis="horizon",
        product="magnets", values=np.array(paths)[:, :, None], path=np.arange(len(paths)),
        censored_at=END,
    )  # fmt: skip
    return attrs.evolve(result, headline=(own,), draws=len(paths[0]))


@pytest.fixture(scope="module")
def two():
    return ts.run(ts.with_options(ts.load_inputs("canola"), draws=8))


def shown(result):
    lines = headline_text(result, width=160).splitlines()
    at = next(n for n, line in enumerate(lines) if line.startswith("magnets"))
    return lines[at], lines[at + 1]


def test_a_day_that_did_not_come_is_not_shown_as_one(geneva):
    text = headline_text(geneva, width=160)
    end = geneva.metric(KEY).censored_at
    assert end == 637.0
    rows = [line for line in text.splitlines() if "first shortage" in line]
    assert any("> 636" in row for row in rows)
    assert not any("637" in row for row in rows)
    assert "> and < stand before what is only a least or a most" in text.replace("\n", " ")


def test_levels_and_differences_say_which_way_they_are_open(two):
    days = np.linspace(10.0, 60.0, 11)
    never = np.full(11, END)
    some = np.where(np.arange(11) < 8, days + 5.0, END)
    level, change = shown(with_days(two, days, some))
    assert "35.0 [15.0, 55.0]" in level
    assert "40 [20, > 99]" in level
    assert "+5.0 [5.0, > 45.0]" in change
    level, change = shown(with_days(two, some, days))
    assert "-5.0 [< -45.0, -5.0]" in change
    level, change = shown(with_days(two, days, never))
    assert "none by the end" in level
    assert ">+65.0 [>45.0, >85.0]" in change
    level, change = shown(with_days(two, never, never))
    assert level.count("none by the end") == 2
    assert change.endswith("same")


def test_a_quantile_open_on_both_sides_is_not_told(two):
    own = np.array([END, END, END, 1.0, 2.0, 3.0, 50.0])
    base = np.array([1.0, 2.0, 3.0, END, END, END, 50.0])
    _, change = shown(with_days(two, base, own))
    assert "+0.0 [< -98.4, > 98.4]" in change
    result = with_days(two, base, own)
    (_, column) = columns(result, result.headline[0])
    assert column.open_difference.mean == "unknown"
    assert column.open_difference.share == 6 / 7
    one_sided = with_days(two, np.array([END, 1.0]), np.array([1.0, END]))
    (_, column) = columns(one_sided, one_sided.headline[0])
    assert column.open_difference.band == ("unknown", "unknown", "unknown")
    assert "? [?, ?]" in shown(one_sided)[1]


def test_over_all_branches_a_branch_without_weight_opens_nothing(two):
    days, never = np.linspace(10.0, 60.0, 11), np.full(11, END)
    result = with_days(two, days, never)
    sure = attrs.evolve(result, probability=np.array([1.0, 0.0]))
    assert whole(sure, sure.headline[0]).open_level.share == 0.0
    column = whole(result, result.headline[0])
    assert column.open_level.share == pytest.approx(float(result.probability[1]))
    assert column.open_level.mean == "at-least"


def test_the_json_flags_bounds_and_leaves_other_metrics_alone(geneva):
    data = headline_data(geneva)
    by_name = {metric["metric"]: metric for metric in data["metrics"]}
    own = by_name[KEY]
    assert own["censored_at"] == 637.0
    for branch, column in own["branches"].items():
        values = geneva.metric(KEY).branch(geneva.branch.labels.index(branch))
        assert column["level"]["none_by_end"] == (values == 637.0).mean()
        for name in ("p10", "p50", "p90"):
            if column["level"][name] == 637.0:
                assert column["level"]["bounds"][name] == "at-least"
    eased = own["branches"]["extended+eased"]
    assert eased["difference"]["bounds"] == {"p90": "at-least", "mean": "at-least"}
    others = [metric for metric in data["metrics"] if metric["metric"] != KEY]
    assert not [metric for metric in others if "censored_at" in metric or "bounds" in str(metric)]
    assert set(others[0]["branches"]["extended+eased"]["level"]) == {"p10", "p50", "p90", "mean"}


def test_the_tidy_rows_keep_their_columns_and_tell_the_share(geneva):
    text = result_files(geneva, version="test", bands=Bands(geneva))["headline.csv"]
    rows = list(csv.DictReader(io.StringIO(text)))
    assert tuple(rows[0]) == COLUMNS
    told = [row for row in rows if row["measure"].startswith("none-by-end")]
    assert {row["variable"] for row in told} == {"days_until_shortage"}
    assert {(row["unit"], row["quantile"]) for row in told} == {("% of draws", "")}
    found = {(row["branch"], row["measure"]): float(row["value"]) for row in told}
    assert found["extended+restricted", "none-by-end"] == 0.0
    assert found["extended+eased", "none-by-end"] == 12.5
    assert found["extended+eased", "none-by-end-difference"] == 12.5


def test_what_is_stored_knows_its_end_when_it_is_read_back(geneva, tmp_path):
    ts.write_result(geneva, tmp_path)
    back = ts.load_result(tmp_path)
    assert headline_data(back)["metrics"] == headline_data(geneva)["metrics"]
    assert json.loads((tmp_path / "headline.json").read_text())["metrics"][-2]["censored_at"]


@pytest.mark.parametrize("name", ["minerals", "minerals-network"])
def test_every_count_of_days_to_something_knows_its_end(name):
    found = ts.run(ts.with_options(ts.load_inputs(name), draws=16))
    own = [one for one in found.headline if one.name in ("days_until_shortage", "days_until_loss")]
    assert own
    for one in own:
        assert one.censored_at is not None
        assert one.values.max() <= one.censored_at
    rest = [one for one in found.headline if one not in own]
    assert all(one.censored_at is None for one in rest)
