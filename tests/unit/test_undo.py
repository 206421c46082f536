"""A measure undone: rates with and without it, entries and benchmark trade, the refund."""

import csv
import datetime as dt
import json

import numpy as np
import pytest

from tariffsim.errors import InputError, UnknownName
from tariffsim.events import (
    MeasureEnacted,
    RateSet,
    ScopeChanged,
    StackingRule,
    StackingSet,
    Terminated,
    Voided,
)
from tariffsim.files.entries import read_entries
from tariffsim.files.logs import load_log
from tariffsim.files.scenarios import load_inputs
from tariffsim.files.yearly import load_benchmark
from tariffsim.log import append, known_on, make_log
from tariffsim.reduce import compile_rates, fold, stacked_on
from tariffsim.report.refund import bad_rows_text
from tariffsim.scenario import branches_of
from tariffsim.scopes import CodeShare, Partners, Products, ShareInterval
from tariffsim.undo import undo, undoing
from tariffsim.undo.benchmark import benchmark_flows
from tariffsim.undo.refund import AMOUNT_UNIT, RATE_UNIT, REFUND_UNIT
from tariffsim.undo.segments import costs, drawn_costs, is_open, kinds_of
from tariffsim.undo.settle import settle
from tests.command_line import tariffsim

DAY = dt.date(2025, 4, 1)
PERCENT = 10_000


def day(number):
    return DAY + dt.timedelta(days=number)


def measure(name, rate, *, group="base", products=None, first=0, partners=("CHN",)):
    """A duty of the United States from a day of April 2025 on."""
    return (
        MeasureEnacted(
            announced=day(first),
            measure=name,
            imposer="USA",
            authority="some-law",
            group=group,
            partners=Partners(include=partners),
            products=products or Products(),
        ),
        RateSet(announced=day(first), measure=name, rate=rate * PERCENT),
    )


def part(low, high):
    share = ShareInterval(low=low * PERCENT, high=high * PERCENT)
    return Products(include=("7208",), shares={"72": CodeShare(share=share)})


METALS = measure("metals", 25, group="metals", products=part(40, 60))
GENERAL = measure("general", 100, group="general", first=10)
YIELDS = StackingSet(
    announced=DAY,
    name="aside",
    imposer="USA",
    rule=StackingRule(kind="yields", group="general", to=("metals",)),
)
FENTANYL = measure("opioids", 20, group="opioids")


def log_of(*events):
    return make_log("example", events)


@pytest.fixture
def stacked():
    return log_of(*METALS, *GENERAL, YIELDS, *FENTANYL)


@pytest.fixture
def write(tmp_path):
    def written(*lines, first="date,product,exporter,value", end="\n", name="entries.csv"):
        path = tmp_path / name
        path.write_text(end.join((first, *lines)) + end, newline="")
        return path

    return written


def differences(undone):
    return [(str(span.start), span.end, span.difference_ends) for span in undone.spans]


def levied(refund, table="levied"):
    """Both exact ends and the median, in currency units."""
    amounts = refund.tables[table]
    return (
        amounts.least[0] / REFUND_UNIT,
        float(amounts.median[0]),
        amounts.most[0] / REFUND_UNIT,
    )


def settled(log, name, path, **options):
    undone = undoing(log, name, **options)
    return settle(undone, read_entries(path, undone))


# Rates


def test_the_difference_goes_through_the_whole_stack(stacked):
    undone = undo(undoing(stacked, "metals"), product="7208")
    assert differences(undone) == [
        ("2025-04-01", day(10), (25 * RATE_UNIT // 100, 25 * RATE_UNIT // 100)),
        ("2025-04-11", None, (-75 * RATE_UNIT // 100, -75 * RATE_UNIT // 100)),
    ]
    back = {layer.measure: (layer.with_low, layer.without_low) for layer in undone.spans[1].layers}
    assert back["general"] == (0, RATE_UNIT)


def test_a_chain_of_rules_ties_measures_that_share_none():
    rules = [
        StackingRule(kind="maximum", groups=("one", "two")),
        StackingRule(kind="top-up", group="three", over=("two",), floor=25 * PERCENT),
    ]
    laws = [
        StackingSet(announced=DAY, name=f"rule-{n}", imposer="USA", rule=rule)
        for n, rule in enumerate(rules)
    ]
    duties = [
        event
        for n, name in enumerate(("two", "one", "three"))
        for event in measure(name, 20 + 10 * n, group=name)
    ]
    undone = undoing(log_of(*duties, *laws), "one")
    assert undone.tied.laws[0].names == ("one", "three", "two")
    # With it 30, and 25 to reach the floor; without it 20, and 5.
    cost = costs(undone.tied, kinds_of(undone.tied, "CHN", ["0101"]))
    assert cost[0, 0, 0] == 30 * RATE_UNIT // 100


def test_the_product_shown_is_the_first_of_the_list_or_the_headline(stacked):
    assert undo(undoing(stacked, "metals")).product == "7208"
    general = undo(undoing(stacked, "general"))
    assert general.product is None
    assert [span.with_ends[0] for span in general.spans] == [120 * RATE_UNIT // 100]


def test_the_exporter_shown_is_the_first_partner_that_is_not_spared():
    everyone = measure("all", 10, partners=("WLD",))
    assert undo(undoing(log_of(*everyone), "all")).exporter == "CHN"
    others = MeasureEnacted(
        announced=DAY,
        measure="others",
        imposer="USA",
        authority="some-law",
        group="base",
        partners=Partners(include=("WLD",), exclude=("CHN",)),
        products=Products(),
    )
    assert undo(undoing(log_of(others), "others")).exporter == "ROW"


def test_a_court_ends_the_levy_and_marks_what_was_paid(stacked):
    ruling = Voided(
        announced=day(30), measure="opioids", void_from=day(30), refund_from=day(5), key="ruling"
    )
    voided = undoing(append(stacked, [ruling]), "opioids")
    assert (voided.start, voided.end, voided.refundable_from) == (DAY, day(30), day(5))
    spans = undo(voided, product="0101").spans
    assert [(span.start, span.refundable) for span in spans] == [
        (DAY, False),
        (day(5), True),
        (day(10), True),
    ]
    assert spans[-1].end == day(30)


def test_a_ruling_without_refunds_refunds_nothing(stacked):
    ruling = Voided(announced=day(30), measure="opioids", void_from=day(30))
    voided = undoing(append(stacked, [ruling]), "opioids")
    assert voided.refundable_from is None
    assert not any(span.refundable for span in undo(voided).spans)


def test_a_measure_that_ended_otherwise_is_a_what_if(stacked):
    end = Terminated(announced=day(20), measure="opioids")
    ended = undoing(append(stacked, [end]), "opioids")
    assert (ended.ruling, ended.end, ended.refundable_from) == (None, day(20), DAY)


def test_from_a_later_day(stacked):
    undone = undoing(stacked, "opioids", since=day(12))
    assert [(span.start, span.end) for span in undo(undone).spans] == [(day(12), None)]
    assert undone.refundable_from == day(12)


def test_as_known_before_the_ruling():
    log = load_log("us-china")
    before = undoing(log, "us-ieepa-fentanyl-china", known=dt.date(2026, 2, 19))
    after = undoing(log, "us-ieepa-fentanyl-china")
    assert (before.ruling, before.end) == (None, None)
    assert (after.end, after.refundable_from) == (dt.date(2026, 2, 20), dt.date(2025, 2, 4))
    assert log.by_id[after.ruling].event.key == "us-fentanyl-voided"


@pytest.mark.parametrize(
    ("name", "options", "error", "says"),
    [
        ("metal", {}, UnknownName, "did you mean 'metals'"),
        ("metals", {"since": day(40)}, InputError, "before metals ended on 2025-05-01"),
        ("seats", {}, InputError, "must be an ad valorem duty, got seats, a quota"),
        ("leaving", {}, InputError, "name --importer"),
        ("metals", {"known": dt.date(2025, 3, 1)}, UnknownName, "got 'metals'"),
    ],
)
def test_what_cannot_be_undone(stacked, name, options, error, says):
    common = {"announced": DAY, "imposer": "USA", "authority": "some-law", "group": "base"}
    goods = {"partners": Partners(include=("CHN",)), "products": Products()}
    more = [
        Terminated(announced=day(30), measure="metals"),
        MeasureEnacted(measure="seats", form="quota", **common, **goods),
        MeasureEnacted(measure="leaving", flow="export", **common, **goods),
    ]
    with pytest.raises(error, match=says):
        undoing(append(stacked, more), name, **options)


SCENARIO = """\
scenario: voided
question: What if the opioid duty were voided at once?
log: us-china
known_on: 2025-06-06
horizon: {from: 2025-07, to: 2025-12}
benchmark_day: 2024-12-31
trade: us-china-2024
markets:
- {importer: USA, exporter: CHN, supply: inverse_export_supply_elasticity_usa}
what_if:
- type: voided
  title: A court voids the opioid duty
  announced: 2025-06-09
  effective: 2025-06-10
  measure: us-ieepa-fentanyl-china
  void_from: 2025-06-10
  refund_from: 2025-02-04
"""


def test_a_what_if_event_in_a_scenario_gives_the_same_rates(tmp_path):
    path = tmp_path / "voided.yaml"
    path.write_text(SCENARIO)
    inputs = load_inputs(path)
    (branch,) = branches_of(inputs.scenario)
    seen = known_on(inputs.log, inputs.scenario.known_on)
    forked = fold(append(seen, branch.events))
    undone = undoing(
        inputs.log,
        "us-ieepa-fentanyl-china",
        since=dt.date(2025, 6, 10),
        known=inputs.scenario.known_on,
    )
    days = [dt.date(2025, 1, 1) + dt.timedelta(days=n) for n in range(700)]
    ours, theirs = (
        compile_rates(state, inputs.trade.axes).exact(days) for state in (undone.without, forked)
    )
    for end, other in zip(ours, theirs, strict=True):
        np.testing.assert_array_equal(end, other)


# Entries


def test_entries_by_month_and_product(stacked, write):
    path = write(
        "2025-04-05,0101.21,CHN,1000.00",
        "2025-04-30,010121,CHN,500.5",
        "2025-05-02,8517,CHN,200",
        "2025-05-02,8517,VNM,900",
        "2025-03-31,8517,CHN,900",
    )
    refund = settled(stacked, "opioids", path)
    assert levied(refund) == (340.1, 340.1, 340.1)
    assert levied(refund, "refundable") == (340.1, 340.1, 340.1)
    months, products = refund.tables["month"], refund.tables["product"]
    assert months.labels == (("2025-04",), ("2025-05",))
    assert [number / REFUND_UNIT for number in months.least] == [300.1, 40.0]
    assert products.labels == (("010121",), ("8517",))
    assert list(products.rows) == [2, 1]
    assert [number / AMOUNT_UNIT for number in products.value] == [1500.5, 200.0]
    assert refund.tables["line"].labels[0] == ("2025-04", "010121", "true")
    reading = refund.reading
    assert (reading.counted, reading.bad, reading.outside) == (5, 0, 1)
    assert reading.value == 35005 * AMOUNT_UNIT // 10


def test_what_was_paid_before_the_refunds_is_levied_and_not_refundable(stacked, write):
    ruling = Voided(announced=day(30), measure="opioids", void_from=day(30), refund_from=day(5))
    path = write("2025-04-05,0101,CHN,100", "2025-04-06,0101,CHN,1000", "2025-05-01,0101,CHN,9")
    refund = settled(append(stacked, [ruling]), "opioids", path)
    assert levied(refund)[0] == 220.0
    assert levied(refund, "refundable")[0] == 200.0
    assert refund.tables["line"].labels == (
        ("2025-04", "0101", "false"),
        ("2025-04", "0101", "true"),
    )
    assert refund.reading.outside == 1


def test_a_product_covered_in_part_is_a_range(stacked, write):
    path = write("2025-04-05,72,CHN,1000")
    refund = settled(stacked, "metals", path)
    assert levied(refund)[::2] == (100.0, 150.0)
    amounts = refund.tables["levied"]
    np.testing.assert_allclose(
        [amounts.low[0], amounts.median[0], amounts.high[0]], [105.0, 125.0, 145.0], atol=0.1
    )


def test_a_measure_that_steps_aside_is_uncertain_where_the_other_list_is(stacked, write):
    path = write("2025-04-20,72,CHN,1000", "2025-04-20,0101,CHN,1000")
    refund = settled(stacked, "general", path)
    assert levied(refund)[::2] == (1600.0, 1400.0)
    amounts = refund.tables["product"]
    assert amounts.labels == (("0101",), ("72",))
    assert amounts.low[0] == amounts.high[0] == 1000.0
    assert 405 < amounts.low[1] < 425 < 490 < amounts.median[1] < 510 < amounts.high[1] < 595


def test_draws_depend_on_the_seed_and_the_list_alone(stacked, write):
    path = write("2025-04-05,72,CHN,1000")
    undone = undoing(stacked, "metals")
    flows = read_entries(path, undone)
    first, again, other = (
        settle(undone, flows, draws=37, seed=seed).tables["levied"] for seed in (1, 1, 2)
    )
    more = append(stacked, measure("wood", 10, group="metals", products=Products(include=("44",))))
    beside = settled(more, "metals", path)
    assert first.low[0] == again.low[0] == other.low[0]
    assert beside.tables["levied"].low[0] == settle(undone, flows).tables["levied"].low[0]


def test_draws_of_two_lists_differ_by_their_names(write):
    both = log_of(
        *measure("one", 10, group="one", products=part(0, 100)),
        *measure("two", 10, group="two", products=part(0, 100)),
        StackingSet(
            announced=DAY,
            name="most",
            imposer="USA",
            rule=StackingRule(kind="maximum", groups=("one", "two")),
        ),
    )
    # The higher of two equal lists counts, so without one of them the other stands in for most.
    amounts = settled(both, "one", write("2025-04-05,72,CHN,1000")).tables["levied"]
    assert amounts.least[0] == amounts.most[0] == 0
    assert amounts.low[0] == 0.0
    assert amounts.high[0] > 40.0


def test_no_row_gets_back_more_than_it_paid(stacked, write):
    path = write(
        "2025-04-05,0101,CHN,1000,50",
        "2025-04-05,0101,CHN,1000,900",
        "2025-04-05,0101,CHN,1000,",
        "2025-04-05,0101,CHN,1000,0",
        first="date,product,exporter,value,duty_paid",
    )
    refund = settled(stacked, "opioids", path)
    assert levied(refund) == (450.0, 450.0, 450.0)
    assert refund.reading.duty_paid == 950 * AMOUNT_UNIT


def test_the_cap_holds_over_the_draws_too(stacked, write):
    path = write("2025-04-05,72,CHN,1000,120", first="date,product,exporter,value,duty_paid")
    refund = settled(stacked, "metals", path)
    assert levied(refund)[::2] == (100.0, 120.0)
    amounts = refund.tables["levied"]
    assert amounts.high[0] <= 120.0
    assert 100.0 < amounts.median[0] <= 120.0


def test_a_loss_is_not_capped_by_the_duty_paid(stacked, write):
    path = write("2025-04-20,7208,CHN,1000,1", first="date,product,exporter,value,duty_paid")
    assert levied(settled(stacked, "metals", path)) == (-750.0, -750.0, -750.0)


def test_an_entries_file_without_a_day_of_the_measure(stacked, write):
    refund = settled(stacked, "opioids", write("2024-04-05,72,CHN,1000"))
    assert refund.tables["levied"].labels == ()
    assert refund.reading.outside == 1
    empty = settled(stacked, "opioids", write())
    assert (empty.reading.counted, empty.tables["month"].labels) == (0, ())


# Reading

GOOD = "2025-04-05,0101,CHN,100"


@pytest.mark.parametrize(
    ("row", "reason"),
    [
        ("2025-02-30,0101,CHN,1", "date must be a day that exists, got 2025-02-30"),
        ("05/04/2025,0101,CHN,1", "date must be written YYYY-MM-DD, got 05/04/2025"),
        ("1025-04-05,0101,CHN,1", "date must lie from 1988-01-01 to 2099-12-31"),
        ("2025-04-05,101,CHN,1", "product must be an HS code of 2, 4, 6, 8 or 10 digits"),
        ("2025-04-05,7701,CHN,1", "product must be of a chapter that exists, got 7701"),
        ("2025-04-05,00,CHN,1", "product must be of a chapter that exists, got 00"),
        ("2025-04-05,8517.13.,CHN,x", "value must be a plain number, got 'x'"),
        ("2025-04-05,steel,CHN,1", "product must be an HS code"),
        ("2025-04-05,0101,CHX,1", "exporter must be an ISO 3166 alpha-3 code"),
        ("2025-04-05,0101,chn,1", "did you mean 'CHN'?"),
        ("2025-04-05,0101,WLD,1", "exporter must be an ISO 3166 alpha-3 code"),
        ("2025-04-05,0101,CHN,-1", "value must be zero or more, got -1"),
        ('2025-04-05,0101,CHN,"1,000"', "value must be a plain number, got '1,000'"),
        ("2025-04-05,0101,CHN,nan", "value must be a plain number, got 'nan'"),
        ("2025-04-05,0101,CHN,1000000000000", "value must be below 1,000,000,000,000"),
        ("2025-04-05,0101,CHN,", "value must be given, got an empty cell"),
        (",0101,CHN,1", "date must be given, got an empty cell"),
        ("2025-04-05,0101,CHN", "a row must have 4 cells, as the first line has, got 3"),
        ("2025-04-05,0101,CHN,1,2", "a row must have 4 cells, as the first line has, got 5"),
        ('2025-04-05,0101,"CHN,1', "quotes must be closed on their line"),
    ],
)
def test_a_bad_row_is_named_and_the_rest_counted(stacked, write, row, reason):
    refund = settled(stacked, "opioids", write(GOOD, row, "", GOOD))
    (bad,) = refund.reading.first_bad
    assert (bad.line, bad.text) == (3, row)
    assert reason in bad.reason
    assert (refund.reading.counted, refund.reading.bad) == (2, 1)
    assert levied(refund)[0] == 40.0


@pytest.mark.parametrize(
    "row",
    [
        " 2025-04-05 , 0101 ,CHN, 100 ",
        '"2025-04-05","0101","CHN","100"',
        "2025-04-05,01.01,CHN,100.0000",
        "2025-04-05,0101,CHN,1e2",
        "2025-04-05,0101,CHN,+100.",
        "2025-04-05,0101,CHN,0000000000000100",
        "2025-04-05,0101,CHN,99.99999999",
    ],
)
def test_other_ways_to_write_the_same(stacked, write, row):
    assert levied(settled(stacked, "opioids", write(row)))[0] == 20.0


def test_amounts_of_less_than_one(stacked, write):
    path = write("2025-04-05,0101,CHN,.5", "2025-04-05,0101,CHN,0.0001", "2025-04-05,0101,CHN,0")
    assert levied(settled(stacked, "opioids", path))[0] == 0.10002


def test_whole_amounts_beside_broken_ones(stacked, write):
    path = write(*(f"2025-04-05,0101,CHN,{value}" for value in ("0.25", "1", "12.5", "100.0001")))
    assert levied(settled(stacked, "opioids", path))[0] == 22.75002


def test_columns_in_any_order_among_others(stacked, write):
    path = write(
        'x,100,"a, b",CHN,0101,2025-04-05', first="\ufeffentry, Value,note,exporter,product,DATE"
    )
    assert levied(settled(stacked, "opioids", path))[0] == 20.0


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_line_ends_and_a_last_line_without_one(stacked, write, end):
    path = write(GOOD, GOOD, end=end)
    path.write_bytes(path.read_bytes().rstrip())
    assert levied(settled(stacked, "opioids", path))[0] == 40.0


@pytest.mark.parametrize("code", ["EU27", "ROW", "DEU"])
def test_groups_of_economies_may_export(write, code):
    log = log_of(*measure("all", 10, partners=("WLD",)))
    assert levied(settled(log, "all", write(f"2025-04-05,0101,{code},100")))[0] == 10.0


@pytest.mark.parametrize(
    ("first", "says"),
    [
        ("date,product,value", "missing exporter"),
        ("date,product,exporter,values", "missing value; did you mean 'values'?"),
        ("date,product,exporter,value,value", "each column must stand once, got twice: value"),
        ("", "missing date, product, exporter, value"),
    ],
)
def test_a_first_line_that_names_too_little(stacked, write, first, says):
    with pytest.raises(InputError, match=says) as raised:
        settled(stacked, "opioids", write(GOOD, first=first))
    assert raised.value.findings[0].place.line == 1


def test_files_that_cannot_be_read(stacked, tmp_path):
    undone = undoing(stacked, "opioids")
    with pytest.raises(InputError, match="does not exist"):
        read_entries(tmp_path / "none.csv", undone)
    with pytest.raises(InputError, match="it is a folder"):
        read_entries(tmp_path, undone)


def test_a_line_without_end(stacked, write, monkeypatch):
    monkeypatch.setattr("tariffsim.files.entries.LONGEST_LINE", 100)
    path = write(GOOD, "x" * 300)
    with pytest.raises(InputError, match=r"entries.csv:3:1: .* at most 100 bytes"):
        read_entries(path, undoing(stacked, "opioids"), chunk=30)


def test_values_that_cannot_be_summed_exactly(stacked, write):
    path = write(*["2025-04-05,0101,CHN,999999999999"] * 11)
    with pytest.raises(InputError, match="give them in thousands"):
        settled(stacked, "opioids", path)


def test_bad_rows_are_capped_on_the_terminal_and_all_written(stacked, write, tmp_path):
    path = write(GOOD, *["2025-04-05,0101,CHN,oops"] * 25, GOOD)
    folder = tmp_path / "out"
    reading = read_entries(path, undoing(stacked, "opioids"), folder=folder).reading
    assert (reading.counted, reading.bad, len(reading.first_bad)) == (2, 25, 20)
    assert bad_rows_text(reading).endswith("5 more rows were not counted; --out writes them all")
    with (folder / "bad-rows.csv").open() as stream:
        rows = list(csv.DictReader(stream))
    assert [int(row["line"]) for row in rows] == list(range(3, 28))
    assert rows[0]["text"] == "2025-04-05,0101,CHN,oops"
    assert [found.name for found in folder.iterdir()] == ["bad-rows.csv"]


# Benchmark trade


def test_the_benchmark_is_spread_over_the_days_of_its_year():
    undone = undoing(load_log("us-china"), "us-ieepa-fentanyl-china")
    trade = load_benchmark()
    flows = benchmark_flows(undone, trade)
    importer, exporter = trade.axes.importer.index("USA"), trade.axes.exporter.index("CHN")
    year = trade.customs_value[importer, exporter].sum()
    china = np.array([found[0] == "CHN" for found in flows.pairs])[flows.pair]
    stood = (undone.end - undone.start).days
    assert flows.value[china].sum() / AMOUNT_UNIT / 1e6 == pytest.approx(year * stood / 365)
    march = china & (flows.month == 2025 * 12 + 2)
    assert flows.value[march].sum() / AMOUNT_UNIT / 1e6 == pytest.approx(year * 31 / 365)


def test_a_leap_year_has_366_days():
    early = dt.date(2024, 2, 1)
    moved = [
        MeasureEnacted(
            announced=early, measure="old", imposer="USA", authority="some-law", group="base",
            partners=Partners(include=("CHN",)), products=Products(),
        ),
        RateSet(announced=early, measure="old", rate=10 * PERCENT),
        Terminated(announced=dt.date(2024, 3, 1), measure="old"),
    ]  # fmt: skip
    undone = undoing(log_of(*moved), "old", known=dt.date(2025, 1, 1))
    trade = load_benchmark()
    refund = settle(undone, benchmark_flows(undone, trade))
    importer, exporter = trade.axes.importer.index("USA"), trade.axes.exporter.index("CHN")
    year = trade.customs_value[importer, exporter].sum()
    assert levied(refund)[0] / 1e6 == pytest.approx(year * 29 / 366 * 0.1)


def test_no_benchmark_where_there_is_no_such_importer_or_no_day_yet():
    undone = undoing(load_log("us-china"), "us-301-list-3", known=dt.date(2018, 9, 20))
    with pytest.raises(InputError, match="must have stood for a day by 2018-09-20"):
        benchmark_flows(undone, load_benchmark())
    elsewhere = undoing(load_log("us-china"), "us-301-list-3", importer="CAN")
    with pytest.raises(InputError, match="must have imports of CAN, got none"):
        benchmark_flows(elsewhere, load_benchmark())


# Kinds of goods


def test_products_that_stand_alike_are_one_kind():
    undone = undoing(load_log("us-china"), "us-ieepa-reciprocal-china")
    codes = ["0101210010", "0101210020", "0102", "72081000", "72082500", "8517130000"]
    kinds = kinds_of(undone.tied, "CHN", codes)
    assert kinds[0] == kinds[1]
    assert kinds[3] == kinds[4]
    assert len({kinds[0], kinds[3], kinds[5]}) == 3
    before = len(undone.tied.coverage)
    assert list(kinds_of(undone.tied, "CHN", codes)) == list(kinds)
    assert len(undone.tied.coverage) == before
    found = costs(undone.tied, kinds)[:, undone.tied.law]
    for segment, start in enumerate(undone.starts.tolist()):
        on = dt.date.fromordinal(start)
        for place, code in enumerate(codes):
            stood, without = (
                stacked_on(state, on, "USA", "CHN", code)
                for state in (undone.state, undone.without)
            )
            assert found[0, segment, place] == stood.low - without.low
            assert found[1, segment, place] == stood.high - without.high


def test_draws_at_the_ends_are_the_ends(stacked):
    undone = undoing(stacked, "general")
    kinds = kinds_of(undone.tied, "CHN", ["72", "0101"])
    law = undone.tied.laws[undone.tied.law[-1]]
    coverage = np.stack([undone.tied.coverage[k][law.lists] for k in kinds], axis=-1)
    assert list(is_open(coverage)) == [True, False]
    places = np.array([[0.0, 1.0]] * len(law.names))
    drawn = drawn_costs(law, coverage, places)
    np.testing.assert_allclose(drawn, [[0.6, 0.4], [1.0, 1.0]], rtol=0, atol=1e-12)


def test_a_scope_that_changes_inside_the_days(stacked, write):
    change = ScopeChanged(
        announced=day(10),
        measure="opioids",
        direction="out",
        products=Products(include=("8517",)),
        until=day(20),
    )
    rows = [f"{day(n)},{code},CHN,100" for n in (9, 10, 19, 20) for code in ("851713", "0101")]
    refund = settled(append(stacked, [change]), "opioids", write(*rows))
    assert [number / REFUND_UNIT for number in refund.tables["product"].least] == [80.0, 40.0]


# The command


def test_the_command_writes_rates_and_refund(write, tmp_path):
    path = write("2025-04-16,4202.92.0807,CHN,1000", "2025-04-16,42,CHN,oops")
    folder = tmp_path / "refund"
    answer = tariffsim(
        "undo", "us-ieepa-reciprocal-china", "--entries", path, "--out", folder, "--json"
    )
    assert answer.code == 0, answer.err
    data = json.loads(answer.out)
    assert data["refund"]["refundable"]["median"] == 1250.0
    assert data["refund"]["basis"] == "entries"
    assert data["refund"]["by_month"][0]["month"] == "2025-04"
    assert data["reading"]["rows_not_counted"] == 1
    assert f"{path}:3:1: warning: value must be a plain number" in answer.err
    assert json.loads((folder / "undo.json").read_text()) == data
    with (folder / "refund.csv").open() as stream:
        (line,) = csv.DictReader(stream)
    assert (line["product"], line["least"], line["refundable"]) == ("4202920807", "1250.0", "true")
    with (folder / "rates.csv").open() as stream:
        rates = list(csv.DictReader(stream))
    assert {row["measure"] for row in rates} == {
        "us-ieepa-fentanyl-china",
        "us-ieepa-reciprocal-china",
    }
    assert {path.name for path in folder.iterdir()} == {
        "bad-rows.csv",
        "rates.csv",
        "refund.csv",
        "undo.json",
    }


def test_the_command_says_that_benchmark_flows_are_not_imports():
    answer = tariffsim("undo", "us-ieepa-fentanyl-china")
    assert answer.code == 0, answer.err
    assert "benchmark flows, not on what was imported" in answer.out
    assert "Voided by us-fentanyl-voided: levied through 2026-02-19" in answer.out
    data = json.loads(tariffsim("undo", "us-ieepa-fentanyl-china", "--json").out)
    assert data["refund"]["basis"] == "benchmark"
    assert data["refund"]["levied"] == data["refund"]["refundable"]


def test_the_command_names_what_comes_back():
    answer = tariffsim("undo", "us-232-steel", "--from", "2025-04-10", "--product", "7208.10")
    assert "2025-04-10  us-ieepa-reciprocal-china  0 % -> 125 %" in answer.out
    assert "a what-if" in answer.out
    assert "80 % band" in answer.out


def test_the_command_refuses_in_words():
    answer = tariffsim("undo", "us-ieepa-fentanyl")
    assert answer.code == 2
    assert "did you mean 'us-ieepa-fentanyl-china'?" in answer.err
