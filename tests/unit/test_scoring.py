"""A result held against a series made for the test, and the refusals of a file that is none."""

import datetime as dt
import json
from pathlib import Path

import attrs
import numpy as np
import pytest

import tariffsim as ts
from tariffsim.corridor import run_unchanged
from tariffsim.errors import InputError
from tariffsim.files import scenarios
from tariffsim.model.scores import crps
from tariffsim.scorecard import EVERY, MIXTURE, Actual
from tariffsim.scoring import LAST, SEASONAL, UNCHANGED, score
from tests.command_line import tariffsim

FORK = Path(__file__).parents[1] / "conformance" / "valid" / "fork.yaml"
TRADE, RATE = "customs_value.USA.CHN", "effective_rate.USA.CHN"
MONTHS = ("2025-06", "2025-07", "2025-08", "2025-09")
HEAD = "series,period,value,unit,published\n"


def actual(period, value, series=TRADE, published=None):
    return Actual(series=series, period=period, value=value, published=published)


def true_to(result, number):
    """What would come if a branch came true at its median."""
    middle = np.median(result[TRADE].branch(number), axis=0)
    return [actual(month, float(value)) for month, value in zip(MONTHS, middle, strict=True)]


def by(card, forecast, horizon=EVERY):
    return next(own for own in card.scores if (own.forecast, own.horizon) == (forecast, horizon))


def test_the_branch_that_came_true_scores_best(result):
    card = score(result, true_to(result, 3))
    means = {own.forecast: own.crps for own in card.scores if own.horizon == EVERY}
    assert min(means, key=means.get) in {"rises+free", "rises+scarce"}
    own = by(card, "rises+free")
    assert own.coverage == 1.0
    assert own.pit == pytest.approx(0.5, abs=0.05)
    assert own.months == 4
    assert means["rises+free"] < means[MIXTURE] < means["stays+free"]


def test_a_score_is_the_mean_of_its_months(result):
    card = score(result, true_to(result, 0))
    points = [own for own in card.points if own.forecast == "rises+free"]
    assert [own.period for own in points] == list(MONTHS)
    assert [own.ahead for own in points] == [0, 1, 2, 3]
    whole = by(card, "rises+free")
    assert whole.crps == pytest.approx(np.mean([own.crps for own in points]))
    assert whole.pinball == pytest.approx(np.mean([own.pinball for own in points]))
    draws = result[TRADE].branch(3)[:, 2]
    assert points[2].crps == pytest.approx(float(crps(draws, points[2].actual)))


def test_the_mixture_weighs_branches_by_probability(result):
    card = score(result, true_to(result, 0))
    point = next(own for own in card.points if own.forecast == MIXTURE and own.ahead == 3)
    draws = np.concatenate([result[TRADE].branch(n)[:, 3] for n in range(4)])
    weights = np.repeat(result.probability, result.draws)
    assert point.crps == pytest.approx(float(crps(draws, point.actual, weights)))


def test_naive_forecasts_use_what_was_public_on_the_knowledge_day(result):
    """Known on 7 June: March came out 15 May, April on 14 June; May is told to be out early."""
    history = [
        actual("2024-07", 100.0),
        actual("2025-03", 40.0),
        actual("2025-04", 50.0),
    ]
    ahead = [actual("2025-07", 70.0)]
    point = score(result, [*history, *ahead]).points[0]
    assert point.naive[LAST] == 30.0
    assert point.naive[SEASONAL] == 30.0
    early = actual("2025-05", 69.0, published=dt.date(2025, 6, 7))
    assert score(result, [*history, early, *ahead]).points[0].naive[LAST] == 1.0
    late = actual("2025-05", 69.0, published=dt.date(2025, 6, 8))
    assert score(result, [*history, late, *ahead]).points[0].naive[LAST] == 30.0
    assert score(result, [*history, *ahead], lag=30).points[0].naive[LAST] == 20.0


def test_a_season_may_be_taken_from_the_year_before(result):
    card = score(result, [actual("2023-07", 60.0), actual("2025-07", 70.0)])
    assert card.points[0].naive == {LAST: 10.0, SEASONAL: 10.0}


def test_skill_is_taken_on_the_months_that_the_benchmark_has(result):
    known = [actual("2024-07", 0.0), *true_to(result, 3)]
    own = by(score(result, known), "rises+free")
    seasonal = own.naive[SEASONAL]
    assert (seasonal.months, own.naive[LAST].months) == (1, 4)
    points = [p for p in score(result, known).points if p.forecast == "rises+free"]
    july = next(p for p in points if p.period == "2025-07")
    assert seasonal.skill == pytest.approx(1.0 - july.crps / july.actual)


def test_a_perfect_benchmark_leaves_no_skill(result):
    card = score(result, [actual("2025-03", 5.0), actual("2025-07", 5.0)])
    assert card.scores[0].naive[LAST].skill is None


def test_what_was_public_is_no_forecast(result):
    out = actual("2025-06", 3.0, published=dt.date(2025, 6, 1))
    card = score(result, [out, actual("2025-07", 3.0)])
    assert {own.period for own in card.points} == {"2025-07"}
    assert any("history, no forecast" in note for note in card.notes)
    assert card.history == {TRADE: "2025-06"}


def test_months_beyond_the_result_are_left_out_and_told(result):
    card = score(result, [actual("2025-07", 3.0), actual("2026-07", 3.0)])
    assert any(note.startswith("1 months outside 2025-06 to 2025-09") for note in card.notes)
    with pytest.raises(InputError, match="must be a month to score"):
        score(result, [actual("2026-07", 3.0)])


def test_a_result_without_paths_is_told(result):
    with pytest.raises(InputError, match="--keep paths"):
        score(attrs.evolve(result, paths=()), true_to(result, 0))


def test_months_are_grouped_by_how_far_ahead():
    found = ts.run(ts.with_options(ts.load_inputs("canola"), draws=16))
    key = "customs_value.CHN.CAN"
    came = [actual(month, 100.0, series=key) for month in found.period.labels]
    groups = {
        own.horizon: own.months for own in score(found, came).scores if own.forecast == MIXTURE
    }
    assert groups == {
        EVERY: 13,
        "0 to 3 months": 4,
        "4 to 6 months": 3,
        "7 to 12 months": 6,
    }


def test_no_change_holds_the_duty_of_the_knowledge_day():
    inputs = ts.with_options(ts.load_inputs("geneva"), draws=16)
    held = run_unchanged(inputs)
    key = "applied_rate.USA.CHN"
    rates = held[key].branch(0)
    assert held.branch.labels == ("as-known",)
    np.testing.assert_allclose(rates[:, 1:], rates[:, 1:2] + 0.0 * rates[:, 1:], rtol=1e-12)
    lapsed = ts.run(inputs)
    law = lapsed[key].branch(lapsed.branch.index("lapse-as-enacted+restricted"))
    np.testing.assert_allclose(law[:, 1], rates[:, 1], rtol=1e-12)
    assert (law[:, 4] > rates[:, 4] + 10.0).all()


def test_the_benchmark_of_no_change_is_scored_as_a_forecast(inputs, result):
    held = run_unchanged(inputs)
    point = score(result, [actual("2025-08", 30.0)], unchanged=held).points[0]
    assert point.naive[UNCHANGED] == float(crps(held[TRADE].branch(0)[:, 2], 30.0))


@pytest.fixture
def folder(result, tmp_path):
    ts.write_result(result, tmp_path / "r", keep="paths")
    return tmp_path / "r"


def written(tmp_path, *rows, head=HEAD):
    path = tmp_path / "actual.csv"
    path.write_text(head + "".join(f"{row}\n" for row in rows))
    return path


def test_the_command_scores_a_folder_and_a_scenario_alike(folder, tmp_path):
    file = written(tmp_path, f"{TRADE},2025-03,30,,", f"{TRADE},2025-08,25,USD million a month,")
    line = ("--actual", file, "--quiet", "--json")
    own = json.loads(tariffsim("score", folder, *line).out)
    run = json.loads(tariffsim("score", FORK, *line).out)
    both = json.loads(tariffsim("score", folder, "--scenario", FORK, *line).out)
    assert run == both
    assert [point["crps"] for point in own["points"]] == [p["crps"] for p in run["points"]]
    assert UNCHANGED in run["points"][0]["naive"]
    assert UNCHANGED not in own["points"][0]["naive"]
    assert own["history"] == {TRADE: "2025-03"}
    text = tariffsim("score", folder, "--actual", file)
    assert text.code == 0
    for word in (MIXTURE, "rises+free", "skill: last value", "name the scenario to have it"):
        assert word in text.out


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("customs_value.USA.CN,2025-08,1,,", "did you mean 'customs_value.USA.CHN'"),
        (f"{TRADE},2025-8,1,,", "period"),
        (f"{TRADE},2025-08,many,,", "value must be a plain decimal number"),
        (f"{TRADE},2025-08,5%,,", "value must be a plain decimal number"),
        (f"{TRADE},2025-08,1,USD billion,", "unit must be 'USD million a month'"),
        (f"{TRADE},2025-08,1,,18 September", "published must be written YYYY-MM-DD"),
        (f"{TRADE},2025-08,1,,2025-07-01", "must not be before the period"),
        (f"{TRADE},2025-07,1,,", "must have 2025-07 once, got it again after line 2"),
        (f"{TRADE},2025-08,1", "must have 5 cells"),
    ],
)
def test_a_faulty_row_is_refused_at_its_line(folder, tmp_path, row, message):
    file = written(tmp_path, f"{TRADE},2025-07,1,,", row)
    answer = tariffsim("score", folder, "--actual", file)
    assert (answer.code, answer.out) == (2, "")
    assert message in answer.err
    assert "actual.csv:3:1: error:" in answer.err


def test_all_faults_are_told_at_once(folder, tmp_path):
    file = written(tmp_path, "x,2025-07,1,,", f"{TRADE},when,1,,", f"{TRADE},2025-07,1,EUR,")
    answer = tariffsim("score", folder, "--actual", file)
    assert answer.err.count("error:") == 3


@pytest.mark.parametrize(
    ("head", "message"),
    [("series,month,value\n", "missing period"), (HEAD, "at least one row")],
)
def test_a_file_without_columns_or_rows_is_refused(folder, tmp_path, head, message):
    answer = tariffsim("score", folder, "--actual", written(tmp_path, head=head))
    assert answer.code == 2
    assert message in answer.err


def test_a_quote_left_open_is_refused_at_its_line(folder, tmp_path):
    rows = [f"{TRADE},2025-07,1,,", f'"{TRADE},2025-08,1,,', *["x" * 100] * 1500]
    answer = tariffsim("score", folder, "--actual", written(tmp_path, *rows))
    assert (answer.code, answer.out) == (2, "")
    assert "actual.csv:3:1: error: a cell must end" in answer.err


def test_line_ends_of_any_system_are_read(folder, tmp_path):
    text = HEAD + f"{TRADE},2025-08,25,,\n"
    file = tmp_path / "actual.csv"
    answers = []
    for end in ("\n", "\r\n", "\r"):
        file.write_bytes(text.replace("\n", end).encode())
        answers.append(tariffsim("score", folder, "--actual", file, "--json"))
    assert [answer.code for answer in answers] == [0, 0, 0]
    assert len({answer.out for answer in answers}) == 1


def test_another_scenario_than_the_folders_is_refused(folder, tmp_path):
    file = written(tmp_path, f"{TRADE},2025-07,1,,")
    answer = tariffsim("score", folder, "--scenario", "canola", "--actual", file)
    assert answer.code == 2
    assert "must be the scenario of" in answer.err


def test_a_result_that_was_not_blind_is_not_scored(result, tmp_path):
    source = result.provenance
    first, *rest = source.evidence
    later = attrs.evolve(first, known=dt.date(2026, 1, 1))
    seeing = attrs.evolve(result, provenance=attrs.evolve(source, evidence=(later, *rest)))
    ts.write_result(seeing, tmp_path / "r", keep="paths")
    file = written(tmp_path, f"{TRADE},2025-07,1,,")
    answer = tariffsim("score", tmp_path / "r", "--actual", file, "--prove-blind")
    assert answer.code == 1
    assert "after the knowledge day" in answer.err
    assert "LATE 2026-01-01" in answer.out
    assert MIXTURE not in answer.out


def test_scoring_refuses_a_planted_parameter(monkeypatch, tmp_path):
    known = scenarios.load_parameters()
    late = attrs.evolve(known["coverage_position"], known=dt.date(2026, 1, 1))
    monkeypatch.setattr(scenarios, "load_parameters", lambda: {**known, "coverage_position": late})
    file = written(tmp_path, f"{TRADE},2025-07,1,,")
    answer = tariffsim("score", FORK, "--actual", file)
    assert answer.code == 2
    assert "coverage_position became known on 2026-01-01" in answer.err
