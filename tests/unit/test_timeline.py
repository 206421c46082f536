"""The timeline of the shipped log: its days and movers, its width, its command."""

import datetime as dt
import functools
import json

import pytest
from typer.testing import CliRunner

from tariffsim.cli import app
from tariffsim.events import MeasureEnacted, RateSet, StackingRule, StackingSet
from tariffsim.files.logs import load_log
from tariffsim.log import make_log
from tariffsim.report.timeline import timeline_data, timeline_text
from tariffsim.scopes import Partners, Products
from tariffsim.timeline import timeline

run = functools.partial(CliRunner().invoke, app)


@pytest.fixture(scope="module")
def log():
    return load_log("us-china")


def movers(found):
    return {str(step.on): [entry.event.key for entry in step.moved_by] for step in found.steps}


def test_every_step_names_what_moved_it(log):
    found = timeline(log, "USA", "CHN", between=(None, dt.date(2026, 2, 24)))
    assert movers(found) == {
        "2025-02-04": ["us-fentanyl-10"],
        "2025-03-04": ["us-fentanyl-20"],
        "2025-04-05": ["us-reciprocal-china-10-baseline"],
        "2025-04-09": ["us-reciprocal-china-84"],
        "2025-04-10": ["us-reciprocal-china-125"],
        "2025-05-14": ["us-reciprocal-china-34-again", "us-geneva-window"],
        "2025-11-10": ["us-fentanyl-10-again"],
        "2026-02-20": ["us-fentanyl-voided", "us-reciprocal-china-voided"],
        "2026-02-24": ["us-122-10"],
    }


def test_what_was_scheduled_belongs_to_what_was_known(log):
    """On 6 June 2025 the pause was to end on 12 August, and 54 would have been back."""
    found = timeline(log, "USA", "CHN", known=dt.date(2025, 6, 6))
    last = found.steps[-1]
    assert (str(last.on), last.stacked.low / 10**10) == ("2025-08-12", 54)
    assert [entry.event.key for entry in last.moved_by] == ["us-geneva-window"]


def test_a_part_starts_as_things_stood(log):
    found = timeline(log, "CHN", "USA", between=(dt.date(2025, 4, 11), dt.date(2025, 4, 12)))
    assert movers(found) == {"2025-04-11": [], "2025-04-12": ["cn-reciprocal-125"]}
    assert "(as it stood)" in timeline_text(found, width=100)


def test_an_extension_moves_nothing_on_the_day_asked_for(log):
    """On 12 August 2025 the pause was extended, so the rate stayed as it was."""
    day = dt.date(2025, 8, 12)
    assert movers(timeline(log, "USA", "CHN", between=(day, day))) == {"2025-08-12": []}


def test_the_end_of_a_rule_moves_what_it_held_back():
    first, end = dt.date(2025, 1, 1), dt.date(2025, 3, 1)
    events = [
        event
        for name, rate in (("a", 100_000), ("b", 200_000))
        for event in (
            MeasureEnacted(
                announced=first, measure=name, imposer="NZL", authority="law", group=name,
                partners=Partners(include=("CHL",)), products=Products(),
            ),
            RateSet(announced=first, measure=name, rate=rate),
        )
    ]  # fmt: skip
    rule = StackingSet(
        announced=first, name="rule", imposer="NZL", until=end, key="one-of-two",
        rule=StackingRule(kind="maximum", groups=("a", "b")),
    )  # fmt: skip
    found = timeline(make_log("lagoon", [*events, rule]), "NZL", "CHL")
    assert [step.stacked.low / 10**10 for step in found.steps] == [20, 30]
    assert movers(found)["2025-03-01"] == ["one-of-two"]


@pytest.mark.parametrize("width", [40, 60, 80, 160])
@pytest.mark.parametrize("product", [None, "85"])
def test_no_line_is_wider_than_asked(log, width, product):
    found = timeline(log, "USA", "CHN", product=product)
    text = timeline_text(found, width=width)
    lines = text.splitlines()
    assert max(map(len, lines)) <= width
    whole = "".join(text.split())  # a key may be folded, and is never cut
    for step in found.steps:
        assert ",".join(entry.event.key or entry.id[:12] for entry in step.moved_by) in whole
    assert sum(line.startswith("20") for line in lines) == len(found.steps)


def test_runs_add_up_and_colour_changes_no_character(log):
    found = timeline(log, "USA", "CHN")
    plain, coloured = (timeline_text(found, width=160, colour=c) for c in (False, True))
    assert "\x1b" not in plain
    for code in (*(f"\x1b[{n}m" for n in range(31, 37)), "\x1b[0m"):
        coloured = coloured.replace(code, "")
    assert coloured == plain
    (row,) = [line for line in plain.splitlines() if line.startswith("2025-04-10")]
    # 145 points at 2.5 a character: 8 of 20 points, 50 of 125.
    assert "one character is 2.5 points" in plain
    assert row.split()[1] == "#" * 8 + "=" * 50
    # 12.5 points at 5 a character are two and a half, and drawn as three.
    narrow = timeline_text(found, width=80)
    assert "one character is 5 points" in narrow
    (*_, last) = [line for line in narrow.splitlines() if line.startswith("20")]
    assert last.split()[1] == "ooo"


def test_data_add_up(log):
    data = timeline_data(timeline(log, "USA", "CHN", product="8542"))
    assert data["steps"]
    for step in data["steps"]:
        assert step["total_percent"] == pytest.approx(sum(step["by_authority"].values()))
    (april,) = [step for step in data["steps"] if step["on"] == "2025-03-04"]
    assert april["by_authority"] == {"section-301": 50, "ieepa-fentanyl": 20}


def test_command_is_plain_when_piped():
    text = run(["timeline", "--from", "2025-05-01", "--to", "2025-06-01"]).stdout
    assert "\x1b" not in text
    assert [line[:10] for line in text.splitlines()[-2:]] == ["2025-05-01", "2025-05-14"]
    asked = ["timeline", "--importer", "CHN", "--exporter", "USA", "--known-on", "2025-06-06"]
    data = json.loads(run([*asked, "--json"]).stdout)
    assert (data["known_on"], data["importer"], data["product"]) == ("2025-06-06", "CHN", None)
    assert data["steps"][-1]["moved_by"][0]["key"] == "cn-geneva-window"


def test_command_warns_once_beyond_the_review_and_refuses_a_range_backwards():
    beyond = run(["timeline", "--from", "2026-09-01", "--to", "2026-12-31"])
    assert beyond.stderr.count("known through 2026-09-28") == 1
    within = run(["timeline", "--from", "2026-01-01", "--to", "2026-09-28"])
    assert within.stderr == ""
    backwards = run(["timeline", "--from", "2026-01-02", "--to", "2026-01-01"])
    assert backwards.exit_code == 2
    assert "--to must not be before --from" in backwards.stderr


def test_nothing_to_show():
    text = run(["timeline", "--to", "2017-12-31"]).stdout
    assert "No measure of this log covers it then." in text
