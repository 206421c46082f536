"""Why a measure in force adds nothing: paused, or ruled out by each of the stacking rules."""

import datetime as dt
import functools

import pytest
from typer.testing import CliRunner

from tariffsim.cli import app
from tariffsim.events import (
    MeasureEnacted,
    RateSet,
    StackingRule,
    StackingSet,
    Suspended,
    SuspensionEndSet,
)
from tariffsim.idle import Idle, idle_layers
from tariffsim.log import make_log
from tariffsim.reduce import fold, stacked_on
from tariffsim.scopes import Partners, Products

run = functools.partial(CliRunner().invoke, app)
FIRST = dt.date(2025, 1, 1)
LATER = dt.date(2025, 6, 1)
END = dt.date(2025, 9, 1)


def measure(name, rate, group=None, imposer="NZL"):
    return [
        MeasureEnacted(
            announced=FIRST, measure=name, imposer=imposer, authority="law", group=group or name,
            partners=Partners(include=("CHL",)), products=Products(),
        ),
        RateSet(announced=FIRST, measure=name, rate=rate),
    ]  # fmt: skip


def pause(name, suspension="pause", points=None, until=END):
    return Suspended(
        announced=LATER, measure=name, suspension=suspension, points=points, until=until
    )  # fmt: skip


def rule(**arguments):
    return StackingSet(
        announced=FIRST, name="rule", imposer="NZL", rule=StackingRule(**arguments)
    )  # fmt: skip


def idle(events, day=LATER):
    state = fold(make_log("lagoon", events))
    return idle_layers(state, stacked_on(state, day, "NZL", "CHL"))


PAUSES = {
    "to a day": ([pause("a")], END),
    "open": ([pause("a", until=None)], None),
    "of enough points": ([pause("a", points=200_000)], END),
    "whole ones hold to the last end": (
        [pause("a"), pause("a", "second", until=dt.date(2025, 12, 1))],
        dt.date(2025, 12, 1),
    ),
    "one of them open": ([pause("a"), pause("a", "second", until=None)], None),
    "a whole one beside some points": (
        [pause("a"), pause("a", "second", points=10_000, until=dt.date(2025, 7, 1))],
        END,
    ),
    "together enough": (
        [
            pause("a", points=60_000),
            pause("a", "second", points=60_000, until=dt.date(2025, 7, 1)),
        ],
        dt.date(2025, 7, 1),
    ),
}  # fmt: skip


@pytest.mark.parametrize(("pauses", "until"), PAUSES.values(), ids=PAUSES)
def test_paused_until(pauses, until):
    events = [*measure("a", 100_000), *pauses]
    assert idle(events) == {"a": Idle(why="paused", until=until)}
    assert idle(events, dt.date(2025, 5, 31)) == {}


def test_an_end_that_was_moved_counts_from_the_day_it_was_moved():
    move = SuspensionEndSet(
        announced=dt.date(2025, 8, 1), measure="a", suspension="pause", until=dt.date(2026, 1, 1)
    )  # fmt: skip
    events = [*measure("a", 100_000), pause("a"), move]
    assert idle(events, dt.date(2025, 7, 31))["a"].until == END
    assert idle(events, dt.date(2025, 8, 1))["a"].until == dt.date(2026, 1, 1)


def test_a_rate_of_zero_and_a_pause_of_some_points_need_no_reason():
    assert idle(measure("a", 0)) == {}
    assert idle([*measure("a", 0), pause("a")]) == {}
    assert idle([*measure("a", 100_000), pause("a", points=40_000)]) == {}


BESIDE = [*measure("a", 100_000), *measure("b", 250_000)]
RULES = {
    "steps-aside": rule(kind="yields", group="a", to=("b",)),
    "outdone": rule(kind="maximum", groups=("a", "b")),
    "floor-reached": rule(kind="top-up", group="a", floor=150_000, over=("b",)),
    "capped": rule(kind="cap", groups=("z", "b"), ceiling=200_000),
}


@pytest.mark.parametrize("why", ["steps-aside", "outdone", "floor-reached"])
def test_ruled_out_by(why):
    assert idle([*BESIDE, RULES[why]]) == {"a": Idle(why=why, to=("b",))}


def test_a_cap_leaves_nothing_for_the_youngest():
    events = [*BESIDE, *measure("z", 50_000), RULES["capped"]]
    assert idle(events) == {"z": Idle(why="capped", to=("b",))}


def test_it_steps_aside_for_goods_whatever_their_rate():
    """The rule speaks of goods that another measure covers, so a paused one counts too."""
    events = [*BESIDE, RULES["steps-aside"], pause("b")]
    found = idle(events)
    assert found["a"] == Idle(why="steps-aside", to=("b",))
    assert found["b"] == Idle(why="paused", until=END)


def test_a_rule_of_another_imposer_is_no_reason():
    foreign = StackingSet(
        announced=FIRST, name="first-by-name", imposer="CHL",
        rule=StackingRule(kind="yields", group="a", to=("b",)),
    )  # fmt: skip
    assert idle([*BESIDE, foreign]) == {}
    assert idle([*BESIDE, foreign, RULES["outdone"]])["a"].why == "outdone"


def rows(*arguments):
    lines = run(["state", *arguments]).stdout.splitlines()
    return {line.split()[0]: line for line in lines if line.startswith("  ")}


def test_the_waterfall_says_why():
    steel = rows("2025-04-12", "--product", "7208")["us-ieepa-reciprocal-china"]
    assert "0 %" in steel
    assert "(steps aside for us-232-steel)" in steel
    phones = rows("2025-04-12", "--product", "8517.13")["us-301-list-4b"]
    assert (
        phones.rstrip()
        .removesuffix("  (unconfirmed, from memory)")
        .endswith("(15 % less all paused, no end set: us-301-list-4b-paused)")
    )
    # List 4B was never in force, and legacy chips were set at zero: no pause, no reason.
    chips = rows("2026-02-01", "--product", "8542")["us-301-legacy-chips"]
    assert "(" not in chips


def test_the_waterfall_says_until_when(tmp_path):
    sheet = tmp_path / "lagoon.yaml"
    sheet.write_text(
        """\
log: lagoon
events:
- {type: measure_enacted, announced: 2025-01-01, measure: nz-duty, imposer: NZL, authority: law,
   group: duty, partners: CHL, products: all}
- {type: rate_set, announced: 2025-01-01, measure: nz-duty, rate: 10%}
- {type: suspended, key: truce-begins, announced: 2025-06-01, measure: nz-duty,
   suspension: truce, points: all, until: 2025-09-01}
"""
    )
    asked = ("2025-06-01", "--importer", "NZL", "--exporter", "CHL", "--log", str(sheet))
    assert rows(*asked)["nz-duty"].endswith("(10 % less all paused until 2025-09-01: truce-begins)")
