"""The public record 2018-2026: the rate path by steps, products, the ruling, what is unconfirmed.

Rates are asserted as the command prints them. Every figure of the path is public law; the log says
of each from where.
"""

import datetime as dt
import functools
import json
from decimal import Decimal

import attrs
import numpy as np
import pytest
from typer.testing import CliRunner

from tariffsim.axes import Axis, TradeAxes
from tariffsim.cli import app
from tariffsim.events import Observed, Threatened
from tariffsim.files import logs
from tariffsim.files.check import check_file
from tariffsim.files.logs import load_log
from tariffsim.log import known_on
from tariffsim.query import state as stand
from tariffsim.reduce import compile_rates, fold, stacked_on
from tests.command_line import typed

# What the United States added on all Chinese goods: emergency powers (opioids, reciprocal), the
# surcharge of section 122, the forced labour duty of section 301, and the sum.
US_ON_CHINA = """
2025-01-20   0    0   0   0      0
2025-02-04  10    0   0   0     10
2025-03-04  20    0   0   0     20
2025-04-05  20   10   0   0     30
2025-04-09  20   84   0   0    104
2025-04-10  20  125   0   0    145
2025-05-14  20   10   0   0     30
2025-08-12  20   10   0   0     30
2025-11-10  10   10   0   0     20
2026-02-20   0    0   0   0      0
2026-02-24   0    0  10   0     10
2026-07-24   0    0   0  12.5   12.5
"""
# What China added on all American goods; the lists of 2018-20 and of early 2025 are on products.
CHINA_ON_US = """
2025-01-20    0
2025-02-10    0
2025-03-10    0
2025-04-10   84
2025-04-12  125
2025-05-14   10
2025-08-12   10
2025-11-10   10
2026-09-24   10
"""
US_MEASURES = (
    "us-ieepa-fentanyl-china",
    "us-ieepa-reciprocal-china",
    "us-122-surcharge",
    "us-301-forced-labour",
)
STEPS = [
    ("USA", "CHN", US_MEASURES, *line.split()) for line in US_ON_CHINA.strip().splitlines()
] + [
    ("CHN", "USA", ("cn-reciprocal-us",), *line.split())
    for line in CHINA_ON_US.strip().splitlines()
]

# Every row of the chronology of measures that the record was written from.
CHRONOLOGY = """
B18 01; B20 01; B25 00 01 02 03 04 05 05b 05c 06 07; B26 01 02 03 04
C18 01-06; C19 01-04; C20 01 02; C23 01 02; C24 01 02; C25 01-20; C26 01
I25 01
U18 01-06; U19 01-05; U20 01; U22 01; U23 01; U24 01-04; U25 01 01b 02-19 19b 20-32; U26 00-15
X26 01
"""


def _chronology():
    for group in CHRONOLOGY.replace("\n", ";").split(";"):
        prefix, *parts = group.split() or [""]
        for part in parts:
            first, _, last = part.partition("-")
            numbers = range(int(first), int(last) + 1) if last else ()
            yield from (f"{prefix}-{number:02d}" for number in numbers)
            if not last:
                yield f"{prefix}-{part}"


@pytest.fixture(scope="module")
def log():
    return logs.load_log("us-china")


@pytest.fixture
def state(log, monkeypatch):
    """The command, which reads the log once for all of these questions."""
    monkeypatch.setattr(logs, "load_log", lambda _: log)
    run = functools.partial(CliRunner().invoke, app, catch_exceptions=False)

    def asked(*arguments):
        result = run(["state", *arguments, "--json"])
        assert result.exit_code == 0
        return json.loads(result.stdout)

    return asked


def added(data):
    """What each measure adds, without those that add nothing."""
    return {
        layer["measure"]: layer["rate_percent"] for layer in data["layers"] if layer["rate_percent"]
    }


def test_the_path_has_every_step():
    assert len(STEPS) == 21


@pytest.mark.parametrize("step", STEPS, ids=lambda step: f"{step[0]}-{step[3]}")
def test_rate_path(state, step):
    importer, exporter, measures, day, *figures = step
    data = state(day, "--importer", importer, "--exporter", exporter)
    *components, total = map(Decimal, figures if len(figures) > 1 else figures * 2)
    assert Decimal(str(data["total_percent"])) == total == sum(components)
    expected = {name: float(part) for name, part in zip(measures, components, strict=True) if part}
    assert added(data) == expected
    for layer in data["layers"]:
        if layer["rate_percent"]:
            assert layer["event"]
            assert any(source["title"] for source in layer["sources"])


def test_the_log_asserts_its_path_itself(log):
    asserted = {
        (event.importer, event.exporter, str(event.period.start)): Decimal(event.value)
        for event in log
        if isinstance(event, Observed) and event.basis == "statutory-add-on" and not event.product
    }
    for importer, exporter, _, day, *figures in STEPS:
        assert asserted[importer, exporter, day] == Decimal(figures[-1])


def test_phones_pay_the_opioid_duty_alone(state):
    """Exempt from the reciprocal duty by the order of 11 April 2025, and on no list in force."""
    data = state("2025-04-12", "--product", "8517.13")
    assert added(data) == {"us-ieepa-fentanyl-china": 20}
    assert data["total_percent"] == 20


def test_chips_pay_opioid_duty_and_section_301_at_50(state):
    data = state("2025-04-12", "--product", "8542")
    assert added(data) == {"us-ieepa-fentanyl-china": 20, "us-301-semiconductors": 50}
    assert data["total_percent"] == 70


def test_electronics_paid_the_reciprocal_duty_as_known_the_day_before(state):
    """The exemption of 11 April reaches back to 5 April; on the 10th nobody knew of it."""
    then = added(state("2025-04-10", "--product", "8517.13", "--known-on", "2025-04-10"))
    assert then == {"us-ieepa-fentanyl-china": 20, "us-ieepa-reciprocal-china": 125}
    now = added(state("2025-04-10", "--product", "8517.13"))
    assert now == {"us-ieepa-fentanyl-china": 20}


@pytest.mark.parametrize("product", ["7208", "7306", "7601"])
def test_metals_pay_section_232_and_not_the_reciprocal_duty(state, product):
    data = state("2025-04-12", "--product", product)
    assert data["layers"]
    authorities = {layer["authority"] for layer in data["layers"] if layer["rate_percent"]}
    assert {"section-232", "ieepa-fentanyl"} <= authorities
    assert "us-ieepa-reciprocal-china" not in added(data)
    metal = [layer for layer in data["layers"] if layer["authority"] == "section-232"]
    assert [layer["rate_percent"] for layer in metal if layer["rate_percent"]] == [25]


def test_other_goods_pay_it(state):
    assert added(state("2025-04-12", "--product", "9503"))["us-ieepa-reciprocal-china"] == 125


@pytest.mark.parametrize(
    ("day", "known", "total"),
    [
        ("2026-02-19", None, 20),
        ("2026-02-19", "2026-02-19", 20),
        ("2026-02-20", "2026-02-19", 20),
        ("2026-02-20", "2026-02-20", 0),
        ("2026-03-01", "2026-02-19", 20),
        ("2026-03-01", "2026-02-20", 10),
        ("2026-03-01", None, 10),
        ("2026-11-10", "2026-02-19", 44),
    ],
)
def test_the_ruling_as_known_before_and_after_it(state, day, known, total):
    """As known before, the pause would end on 10 November 2026 and bring 34 + 10 back."""
    asked = ("--known-on", known) if known else ()
    assert state(day, *asked)["total_percent"] == total


def test_what_was_levied_before_the_ruling_is_refundable_and_not_removed(state):
    after = state("2025-06-01")
    assert after["total_percent"] == 30
    assert [layer.get("refundable") for layer in after["layers"]] == [True, True]
    before = state("2025-06-01", "--known-on", "2026-02-19")
    assert before["total_percent"] == 30
    assert not any("refundable" in layer for layer in before["layers"])


def test_every_row_of_the_chronology_is_claimed(log):
    expected = list(_chronology())
    assert len(expected) == len(set(expected)) == 123
    claimed = {claim.fact for event in log for claim in event.claims}
    assert sorted(set(expected) - claimed) == []


def _disputed(log):
    return {getattr(event, "event", None) for event in log if event.kind == "disputed"}


def test_unconfirmed_rows_change_nothing_and_say_so(log):
    """A press report denied at once, and what lapses in November 2026: neither has an effect."""
    found = {
        claim.fact: entry
        for entry in log.entries
        for claim in entry.event.claims
        if claim.fact in ("U26-15", "X26-01")
    }
    assert set(found) == {"U26-15", "X26-01"}
    assert not any(entry.event.changes_state for entry in found.values())
    assert isinstance(found["U26-15"].event, Threatened)
    assert found["U26-15"].id in _disputed(log)
    topics = {event.topic for event in log if event.kind == "disputed"}
    assert found["X26-01"].event.about in topics


def test_nothing_is_in_force_on_unconfirmed_word_in_silence(log):
    """A weak act needs a note or a dispute; the exception says which goods yield, not a rate."""
    silent = {
        entry.event.key
        for entry in log.entries
        if entry.event.changes_state
        and {claim.confidence for claim in entry.event.claims} <= {"L"}
        and not entry.event.note
        and entry.id not in _disputed(log)
    }
    assert silent <= {"us-labour-yields-232-drones"}


def test_goods_put_back_under_a_duty_are_put_back_for_its_own_partners(state):
    """What the order of September 2025 took off China's list is nobody else's."""
    asked = ("2025-12-01", "--product", "391000", "--exporter")
    assert "us-ieepa-reciprocal-china" not in added(state(*asked, "VNM"))
    assert added(state(*asked, "CHN"))["us-ieepa-reciprocal-china"] == 10


def test_canada_pays_on_derivatives_since_its_exemption_ended(state):
    """The list grew for all partners on the day on which Canada and Mexico became partners."""
    for exporter in ("CAN", "MEX", "DEU"):
        data = state("2025-07-01", "--product", "8418.10", "--exporter", exporter)
        assert added(data)["us-232-steel"] == 50


def test_threats_are_never_in_force(log):
    """The 15 % surcharge, the further 100 %, the 30 % of 2019: announced, and never levied."""
    state = fold(known_on(log, None))
    for event in log:
        if isinstance(event, Threatened) and event.would is not None:
            levels = state.measures[event.would.measure].levels
            assert event.would.rate not in {level.rate for level in levels}
    surcharge = stacked_on(state, dt.date(2026, 3, 1), "USA", "CHN")
    assert surcharge.low == 10 * 10**10


def test_a_question_beyond_the_review_warns_once_and_is_answered(log, monkeypatch):
    monkeypatch.setattr(logs, "load_log", lambda _: log)
    run = CliRunner().invoke
    for command, warned in (
        (["state", "2026-09-28"], 0),
        (["state", "2026-09-29"], 1),
        (["state", "2026-12-01", "--known-on", "2026-09-28"], 0),
        (["state", "2026-12-01", "--known-on", "2026-10-01"], 1),
        (["diff", "2026-09-01", "2026-12-31"], 1),
        (["diff", "2026-08-01", "2026-09-01"], 0),
    ):
        result = run(app, command)
        assert result.exit_code == 0
        assert result.stderr.count("known through 2026-09-28") == warned, command
        assert result.stdout


@pytest.mark.parametrize("name", ["us-china", "geneva-2025"])
def test_check_is_silent(name):
    """Dissent, disputes and unmet promises are notes, which `check` counts and does not print."""
    assert [f for f in check_file(name) if f.severity != "note"] == []


@pytest.mark.parametrize(
    ("importer", "product", "total", "apart"),
    [
        ("USA", "8505", [30, 55], ["us-301-list-1", "us-301-list-3"]),
        ("USA", "3926", [30, 55], ["us-301-list-3", "us-301-list-4a"]),
        (
            "USA",
            "8703",
            [30, 145],
            ["us-301-list-1", "us-301-list-4a", "us-301-electric-vehicles"],
        ),
        ("CHN", "1201", [45, 50], ["cn-301-list-4a-10", "cn-301-list-4a-5"]),
    ],
)
def test_no_line_pays_two_lists_that_exclude_each_other(importer, product, total, apart):
    exporter = {"USA": "CHN", "CHN": "USA"}[importer]
    asked = f"state 2025-05-14 --importer {importer} --exporter {exporter} --product {product}"
    data = json.loads(typed(f"{asked} --json").out)
    assert data["total_percent"] == total
    (one,) = data["at_most_one_of"]
    assert one["measures"] == apart
    ends = [layer["rate_percent"] for layer in data["layers"]]
    assert sum(max(end) if isinstance(end, list) else end for end in ends) > total[1]
    text = typed(asked).out
    assert f"{total[0]} to {total[1]} %\n  No line pays all of these: at most one of" in text
    assert f"{', '.join(apart)} covers it [{one['key']}]." in text


def test_what_is_covered_for_certain_is_never_bounded():
    """Rules of this kind combine nothing: no layer, no end and no certain total moves by them."""
    log = load_log("us-china")
    rules = {e.id for e in log.entries if e.event.kind == "stacking_set"
             if e.event.rule.kind == "one-of"}  # fmt: skip
    assert len(rules) == 4
    without = attrs.evolve(log, entries=tuple(e for e in log.entries if e.id not in rules))
    codes = ("8505", "8703", "85", "72", "64", "8517", "854110", "87032301", None)
    day = dt.date(2025, 5, 14)
    for code in codes:
        bounded, free = (stand(one, day, "USA", "CHN", product=code) for one in (log, without))
        assert bounded.layers == free.layers
        assert bounded.rules == free.rules
        assert bounded.ends[0] == free.ends[0]
        if free.low == free.high:
            assert bounded.ends == free.ends
    axes = TradeAxes(
        importer=Axis("importer", ["USA", "CHN"]),
        exporter=Axis("exporter", ["USA", "CHN"]),
        product=Axis("product", list(codes[:-1])),
    )
    tables = [compile_rates(fold(one), axes) for one in (log, without)]
    for name in ("starts", "low", "high"):
        assert np.array_equal(*(getattr(table, name) for table in tables))


def test_lists_exclude_each_other_once_it_is_known():
    asked = "state 2019-12-01 --product 3926 --known-on"
    assert "No line pays" not in typed(f"{asked} 2019-08-01").out
    assert "[us-301-lists-apart]" in typed(f"{asked} 2019-12-01").out


@pytest.mark.parametrize(
    ("first", "second", "product", "moves", "total"),
    [
        # Electric cars leave a list of 25 % for a measure of 100 %.
        (
            "2024-09-26",
            "2025-01-01",
            "8703.80",
            {
                "us-301-list-1": (25, None, {"us-301-list-1-ev-out"}),
                "us-301-electric-vehicles": (None, 100, {"us-301-ev-100", "us-301-ev-enacted"}),
            },
            (25, 100),
        ),
        # The list was left by solar cells before; that does not concern chips.
        (
            "2024-09-26",
            "2025-01-01",
            "8542",
            {
                "us-301-list-2": (25, None, {"us-301-list-2-semiconductors-out"}),
                "us-301-semiconductors": (
                    None,
                    50,
                    {"us-301-semiconductors-50", "us-301-semiconductors-enacted"},
                ),
            },
            (25, 50),
        ),
        ("2025-05-13", "2025-05-13", "9503", {}, (145, 145)),
        (
            "2025-05-13",
            "2025-05-14",
            "9503",
            {
                "us-ieepa-reciprocal-china": (
                    125,
                    10,
                    {"us-reciprocal-china-34-again", "us-geneva-window"},
                )
            },
            (145, 30),
        ),
    ],
)
def test_diff_of_one_product(first, second, product, moves, total):
    log = load_log("us-china")
    data = json.loads(typed(f"diff {first} {second} --product {product} --json").out)
    assert (data["total_before_percent"], data["total_after_percent"]) == total
    assert {row["measure"] for row in data["layers"]} == set(moves)
    for row in data["layers"]:
        before, after, keys = moves[row["measure"]]
        assert (row["before_percent"], row["after_percent"]) == (before, after)
        assert {log.by_id[event].event.key for event in row["events"]} == keys
    text = typed(f"diff {first} {second} --product {product}").out
    assert ("nothing changed" in text) == (not moves)
    assert text.endswith(f"  total: {total[0]} % -> {total[1]} %\n")
