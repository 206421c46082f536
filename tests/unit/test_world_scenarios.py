"""Scenarios under the world models: identities, rates by sector, draws that fail, the bytes."""

import datetime as dt
import json

import attrs
import numpy as np
import pytest

from tariffsim.__main__ import main
from tariffsim.axes import Axis
from tariffsim.corridor import run, with_options
from tariffsim.errors import InputError, NotConverged, UnknownName
from tariffsim.files.scenarios import load_inputs
from tariffsim.model import world_paths
from tariffsim.model.adjustment import adjust, speed_from_years
from tariffsim.model.caliendo_parro_welfare import benchmark_value
from tariffsim.model.gravity import solve as solve_gravity
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.project import drawn_inputs, project
from tariffsim.model.sampling import draw_parameters
from tariffsim.model.world_accounts import calibrate
from tariffsim.model.world_kernels import bench_of
from tariffsim.reduce import compile_rates, fold, stacked_on
from tariffsim.report.headline import headline_data, headline_text
from tariffsim.report.tidy import result_files
from tariffsim.resolve import resolve
from tariffsim.resolve.sectors import sector_weights
from tariffsim.resolve.world import world_view
from tariffsim.scenario import Override, Time, World
from tariffsim.terms import Economy, Product
from tests.command_line import tariffsim

DRAWS = 16
MODELS = ("gsim", "gravity", "world")


def loaded(name="geneva-world", model=None, draws=DRAWS, **options):
    inputs = with_options(load_inputs(name, model=model), draws=draws)
    scenario = attrs.evolve(
        inputs.scenario, world=attrs.evolve(inputs.scenario.world or World(), **options)
    )
    return attrs.evolve(inputs, scenario=scenario)


@pytest.fixture(scope="module")
def inputs():
    return {model: loaded(model=model) for model in MODELS}


@pytest.fixture(scope="module")
def experiments(inputs):
    return {model: resolve(found) for model, found in inputs.items()}


@pytest.fixture(scope="module")
def answers(experiments):
    return {model: project(found) for model, found in experiments.items()}


def with_case(experiment, **changes):
    return attrs.evolve(experiment, world=attrs.evolve(experiment.world, **changes))


def still(experiment):
    """The same question, with nothing added to any rate on any day."""
    weights = np.zeros_like(experiment.world.weights)
    weights[:, :, 0] = 1.0
    assert not experiment.world.added_low[0].any()
    assert not experiment.world.added_high[0].any()
    return with_case(experiment, weights=weights)


def value(result, key):
    return result[key].values


@pytest.mark.parametrize("model", MODELS)
def test_no_shock_is_no_change_exactly(experiments, model):
    experiment = still(experiments[model])
    found = project(experiment)
    against_the_benchmark = ("trade_diversion", "trade_deflection", "welfare", "revenue_difference")
    seen = set()
    for variable in found.paths:
        rounded = variable.name in ("first_order_welfare", "terms_of_trade")
        if variable.unit.startswith("% over") or variable.name in against_the_benchmark:
            seen.add(variable.name)
            # Revenue is a sum over partners on one side and over an array on the other.
            most = 1e-11 if variable.name in ("revenue_difference", "welfare") else 0.0
            # So is income with input-output links: a last bit of it may differ.
            most = 5e-14 if variable.name == "real_income" and model == "world" else most
            assert np.abs(variable.values).max() <= most, variable.key
        if rounded or variable.name.endswith(("_surplus", "_as_published")):
            assert np.abs(variable.values).max() < 1e-12, variable.key
    assert {"price_index", "trade_diversion"} < seen
    bench = bench_of(experiment.world)
    length = experiment.year_share[experiment.first :]
    expected = bench.value[0, 1].sum() * length
    assert (value(found, "customs_value.USA.CHN") == expected).all()


def test_the_month_under_one_regime_weighs_exactly_one(experiments):
    weights = experiments["world"].world.weights
    alone = (weights > 0).sum(axis=2) == 1
    assert alone.any()
    assert (weights.max(axis=2)[alone] == 1.0).all()
    np.testing.assert_allclose(weights.sum(axis=2), 1.0, rtol=1e-15)


@pytest.mark.parametrize("model", MODELS)
def test_relabelling_economies_permutes_the_answer(experiments, answers, model):
    experiment = experiments[model]
    case = experiment.world
    order = np.random.default_rng(7).permutation(len(case.table.economy))
    place = np.argsort(order)

    def pairs(values):
        return values[..., order, :, :][..., order, :]

    table = attrs.evolve(
        case.table,
        economy=Axis("economy", [case.table.economy.labels[k] for k in order]),
        customs_value=pairs(case.table.customs_value),
        benchmark_rate=pairs(case.table.benchmark_rate),
        input_share=case.table.input_share[order],
    )
    moved = with_case(
        experiment,
        table=table,
        added_low=pairs(case.added_low),
        added_high=pairs(case.added_high),
        flows=tuple((int(place[n]), int(place[i])) for n, i in case.flows),
        interest=case.interest[order],
    )
    found = project(moved)
    for variable in answers[model].paths:
        np.testing.assert_allclose(
            value(found, variable.key), variable.values, rtol=2e-7, atol=1e-3, err_msg=variable.key
        )


@pytest.mark.parametrize("model", MODELS)
def test_a_batch_of_draws_is_a_loop(experiments, answers, model, monkeypatch):
    monkeypatch.setattr(world_paths, "MOST_DRAWS", 1)
    parts = project(experiments[model])
    for one, other in zip(answers[model].paths, parts.paths, strict=True):
        # The residual of 1e-10 leaves USD 1,000 of a flow open; blocks aim their steps apart.
        np.testing.assert_allclose(one.values, other.values, rtol=2e-7, atol=1e-3)


def test_one_sector_without_inputs_is_gravity(experiments):
    """Two roads to one number: the many-sector model with nothing used up, and gravity."""
    experiment = experiments["world"]
    table = attrs.evolve(
        experiment.world.table, input_share=np.zeros_like(experiment.world.table.input_share)
    )
    many = project(with_case(experiment, table=table))
    one = project(with_case(experiments["gravity"], table=table))
    for variable in one.paths:
        np.testing.assert_allclose(
            value(many, variable.key), variable.values, rtol=1e-7, atol=1e-3, err_msg=variable.key
        )


def test_one_regime_at_equal_elasticities_is_the_kernel(experiments):
    """From the corridor back to one call of the kernel: a permanent duty at the long run."""
    experiment = experiments["gravity"]
    case = experiment.world
    last = int(np.flatnonzero(case.weights[0, -1])[0])
    weights = np.zeros((1, case.weights.shape[1], len(case.added_low)))
    weights[:, :, last] = 1.0
    alone = attrs.evolve(
        with_case(experiment, weights=weights),
        branches=experiment.branches[:1],
        branch_paths=np.zeros((1, 2), dtype=np.int64),
        add_on=experiment.add_on[:1],
        parameters={
            name: attrs.evolve(
                parameter, distribution="fixed", value=4.0 if "elasticity" in name else 1.0
            )
            for name, parameter in experiment.parameters.items()
        },
    )
    found = project(alone)
    rate = case.table.benchmark_rate + case.added_high[last]
    direct = solve_gravity(
        GravityAccounts(
            customs_value=case.table.customs_value, applied_rate=case.table.benchmark_rate
        ),
        GravityShock(trade_elasticity=4.0, applied_rate=rate),
    )
    usa, chn = (case.table.economy.index(code) for code in ("USA", "CHN"))
    expected = 100.0 * (direct.real_income_change[usa] - 1.0)
    np.testing.assert_allclose(value(found, "real_income.USA"), expected, rtol=1e-7)
    length = experiment.year_share[experiment.first :]
    np.testing.assert_allclose(
        value(found, "customs_value.USA.CHN")[0, 0],
        direct.customs_value[usa, chn, 0] * length,
        rtol=1e-8,
    )


@pytest.mark.parametrize("model", ["gravity", "world"])
def test_accounts_of_every_month(answers, experiments, model):
    """Revenue is the sum of duties, totals are sums of pairs, and the rate is duty over value."""
    found, labels = answers[model], experiments[model].world.table.economy.labels
    partners = [code for code in labels if code != "USA"]
    duty = sum(value(found, f"duty.USA.{code}") for code in partners)
    np.testing.assert_allclose(value(found, "revenue.USA"), duty, rtol=1e-12)
    imports = sum(value(found, f"customs_value.USA.{code}") for code in partners)
    np.testing.assert_allclose(value(found, "customs_value.USA.WLD"), imports, rtol=1e-12)
    np.testing.assert_allclose(
        value(found, "effective_rate.USA.CHN") / 100.0 * value(found, "customs_value.USA.CHN"),
        value(found, "duty.USA.CHN"),
        rtol=1e-12,
    )
    third = imports - value(found, "customs_value.USA.CHN")
    bench = bench_of(experiments[model].world)
    before = (bench.value[0].sum() - bench.value[0, 0].sum() - bench.value[0, 1].sum()) * (
        experiments[model].year_share[experiments[model].first :]
    )
    np.testing.assert_allclose(value(found, "trade_diversion.USA.CHN"), third - before, rtol=1e-6)
    exports = value(found, "customs_value.WLD.CHN") - value(found, "customs_value.USA.CHN")
    before = (bench.value[:, 1].sum() - bench.value[:2, 1].sum()) * (
        experiments[model].year_share[experiments[model].first :]
    )
    np.testing.assert_allclose(
        value(found, "trade_deflection.USA.CHN"), exports - before, rtol=1e-6
    )


@pytest.mark.parametrize("model", MODELS)
def test_what_is_collected_is_the_rate_of_the_regime_in_force(answers, experiments, model):
    """In one sector duty over value is the rate itself, however slowly trade follows it."""
    experiment = experiments[model]
    case, found = experiment.world, answers[model]["effective_rate.USA.CHN"].values
    drawn = draw_parameters(experiment.parameters, [], seed=experiment.seed, count=DRAWS)
    seen = 0
    for path, weights in enumerate(case.weights):
        for month, row in enumerate(weights[experiment.first :]):
            if row.max() < 1.0:
                continue
            regime = int(row.argmax())
            low, high = (end[regime, 0, 1, 0] for end in (case.added_low, case.added_high))
            rate = case.table.benchmark_rate[0, 1, 0] + low
            rate = rate + drawn["coverage_position"] * (high - low)
            np.testing.assert_allclose(found[path, :, month], 100.0 * rate, rtol=1e-12)
            seen += 1
    assert seen > 40


def test_each_draw_may_lie_on_a_path_of_its_own(experiments, answers):
    """Where policy is drawn, a track mixes paths: its draws are those of the paths they lie on."""
    experiment = experiments["gravity"]
    tracks = np.array([[0, 2], [1, 1]])
    mixed = attrs.evolve(
        with_case(experiment, tracks=tracks),
        branches=experiment.branches[:2],
        branch_paths=np.array([[0, 0], [1, 0]]),
    )
    found = project(mixed)
    for variable in answers["gravity"].paths:
        for track, chosen in enumerate(tracks):
            for sample, path in enumerate(chosen):
                np.testing.assert_allclose(
                    value(found, variable.key)[track, sample::2],
                    variable.values[path, sample::2],
                    rtol=2e-7,
                    atol=1e-3,
                )


def test_trade_has_inertia_and_wages_have_not(experiments):
    """Trade of a path is the two-speed filter of its regimes, worked out apart."""
    experiment = experiments["gravity"]
    case = experiment.world
    drawn = draw_parameters(experiment.parameters, [], seed=experiment.seed, count=DRAWS)
    found = project(experiment)
    usa, chn = (case.table.economy.index(code) for code in ("USA", "CHN"))
    position = drawn["coverage_position"][None, :, None, None, None]
    spread = (case.added_high - case.added_low)[:, None]
    rate = case.table.benchmark_rate + case.added_low[:, None] + position * spread
    accounts = GravityAccounts(
        customs_value=case.table.customs_value, applied_rate=case.table.benchmark_rate
    )
    ends = []
    for horizon in ("short", "long"):
        shock = GravityShock(
            trade_elasticity=drawn[f"trade_elasticity_{horizon}"][:, None], applied_rate=rate
        )
        ends.append(solve_gravity(accounts, shock).customs_value[:, :, usa, chn, 0])
    speed = speed_from_years(
        drawn["years_to_long_run"], drawn["trade_elasticity_short"], drawn["trade_elasticity_long"]
    )
    length = experiment.year_share[experiment.first :]
    for path, weights in enumerate(case.weights):
        slow = adjust(*ends, weights, speed)[experiment.first :] * length[:, None]
        np.testing.assert_allclose(found["customs_value.USA.CHN"].values[path], slow.T, rtol=1e-8)


def test_a_higher_duty_has_the_same_signs_as_in_the_partial_model(answers):
    partial = run(with_options(load_inputs("geneva"), draws=DRAWS))
    names = partial.branch.labels
    for model in MODELS:
        found = answers[model]
        for flow in ("USA.CHN", "CHN.USA"):
            low, high = (found.branch.labels.index(n) for n in ("extended", "lapse-as-enacted"))
            change = found[f"customs_value.{flow}"].branch(high) - found[
                f"customs_value.{flow}"
            ].branch(low)
            first, second = (
                names.index(f"{n}+restricted") for n in ("extended", "lapse-as-enacted")
            )
            other = partial[f"customs_value.{flow}"].branch(second) - partial[
                f"customs_value.{flow}"
            ].branch(first)
            assert (change[:, -1] < 0).all()
            assert (other[:, -1] < 0).all()
        # Trade moves to third economies in both models.
        base, raised = (found.branch.labels.index(n) for n in ("extended", "lapse-as-enacted"))
        diverted = found["trade_diversion.USA.CHN"]
        assert (diverted.branch(raised)[:, -1] > diverted.branch(base)[:, -1]).all()


def test_rates_of_the_log_are_trade_weighted_sums_of_codes(inputs, experiments):
    """The sector's rate worked out code by code with the day-by-day fold."""
    scenario, table = inputs["world"].scenario, inputs["world"].trade
    case = experiments["world"].world
    state = fold(inputs["world"].log)
    day, before = dt.date(2025, 6, 15), scenario.benchmark_day
    month = experiments["world"].month.labels.index("2025-06")
    (regime,) = np.flatnonzero(case.weights[0, month] == case.weights[0, month].max())
    for importer, exporter in (("USA", "CHN"), ("USA", "MEX"), ("CHN", "USA")):
        value = table.customs_value[
            table.axes.importer.index(importer), table.axes.exporter.index(exporter)
        ]
        added = 0.0
        for code, weight in zip(table.axes.product.labels, value / value.sum(), strict=True):
            ends = [
                stacked_on(state, when, Economy(importer), Economy(exporter), Product(code)).low
                for when in (day, before)
            ]
            added += weight * (ends[0] - ends[1]) / 1e12
        place = tuple(case.table.economy.index(code) for code in (importer, exporter))
        np.testing.assert_allclose(case.added_low[(regime, *place, 0)], added, rtol=1e-9)


def test_weights_fall_back_and_say_so(inputs):
    view = world_view(inputs["world"])
    basis = view.weights.basis
    assert basis["USA", "VNM"] == basis["CHN", "USA"] == "pair"
    assert basis["CHN", "JPN"] == "importer"
    assert basis["EU27", "USA"] == "simple"
    weight = view.weights.weight
    sums = weight.sum(axis=2)
    off = ~np.eye(10, dtype=bool)
    np.testing.assert_allclose(sums[off], 1.0, rtol=1e-12)
    np.testing.assert_allclose(weight[2, 0], 1.0 / 96, rtol=1e-12)
    without = sector_weights(inputs["world"].world, None)
    assert set(without.basis.values()) == {"simple"}


def test_members_that_nobody_names_follow_the_rest(inputs, experiments):
    """WLD reaches EU27 and ROW; economies singled out inside them are flagged, not counted."""
    case = experiments["world"].world
    rows = case.added_low[np.flatnonzero(case.weights[0, -1])[0], 0, :, 0]
    labels = case.table.economy.labels
    for code in ("EU27", "ROW", "JPN"):
        assert rows[labels.index(code)] > 0.05
    flags = "\n".join(experiments["world"].provenance.flags)
    assert "measures that single out BLR, CUB, HKG" in flags
    assert "weighted by the pair's own imports by code" in flags
    table = compile_rates(fold(inputs["world"].log), world_view(inputs["world"]).weights.axes)
    assert table.axes.importer.labels == labels


def test_any_scenario_runs_with_a_world_model():
    found = run(loaded("geneva", model="world", draws=2))
    assert found.provenance.model == "world"
    assert found.metric("real_income.USA").values.shape == (4, 2, 1)
    assert len(found["availability.USA.CHN.rare-earth-magnets"].values) == 2
    canola = run(loaded("canola", model="gravity", draws=2))
    assert canola.metric("customs_value.CHN.CAN").unit == "USD billion"


def test_the_same_bytes_again(experiments):
    first, second = (result_files(project(experiments["world"]), version="test") for _ in range(2))
    assert first == second
    manifest = json.loads(first["manifest.json"])
    assert manifest["model"] == "world"
    assert manifest["not_converged"] == []
    assert set(manifest["digests"]) == {"log", "scenario", "trade", "parameters", "world"}
    rows = first["real_income.csv"].splitlines()
    assert any(",MEX," in row and row.endswith(",horizon") for row in rows)
    assert any(",USA," in row and row.endswith(",path") for row in rows)
    pairs = first["customs_value.csv"]
    assert ",JPN,KOR," in pairs
    assert ",USA,VNM," in pairs


def fails(monkeypatch, *numbers):
    """Let the kernel lose some draws, as it does where there is no equilibrium."""
    solve = world_paths.KERNELS["gravity"]

    def lossy(bench, rates, drawn):
        found = solve(bench, rates, drawn)
        lost = np.isin(drawn["number"], numbers)
        pairs = {k: np.where(lost[:, None, None], np.nan, v) for k, v in found.pairs.items()}
        assert np.isnan(pairs["duty"]).any() == lost.any()
        return attrs.evolve(found, lost=lost)

    monkeypatch.setattr(world_paths, "KERNELS", {"gravity": lossy})
    draw = world_paths.world_paths

    def numbered(case, drawn, **options):
        return draw(case, {**drawn, "number": np.arange(DRAWS)}, **options)

    monkeypatch.setattr("tariffsim.model.world_paths.world_paths", numbered)


def test_lost_draws_are_named_and_left_out_everywhere(answers, monkeypatch):
    fails(monkeypatch, 3, 11)
    found = run(loaded(model="gravity", failures=200_000))
    assert found.not_converged == (3, 11)
    assert found.draws == DRAWS - 2
    kept = [k for k in range(DRAWS) if k not in (3, 11)]
    for variable in answers["gravity"].paths:
        np.testing.assert_array_equal(value(found, variable.key), variable.values[:, kept])
    data = headline_data(found)
    assert data["not_converged"] == [3, 11]
    assert "Left out, without an equilibrium: 2 draws (3, 11)" in headline_text(found, width=120)
    assert json.loads(result_files(found, version="t")["manifest.json"])["not_converged"] == [3, 11]


def test_too_many_lost_draws_are_an_error_that_names_them(monkeypatch):
    fails(monkeypatch, 3, 11)
    with pytest.raises(NotConverged, match=r"2 of 16 draws, more than the 1% allowed: draws 3, 11"):
        run(loaded(model="gravity"))


def test_a_world_alone_is_no_question_for_the_partial_model():
    answer = tariffsim("run", "geneva-world", "--model", "partial", "--draws", 4, "--json")
    assert (answer.code, answer.out) == (2, "")
    assert "markets or materials must be given with model partial" in answer.err


@pytest.mark.parametrize("model", ["gravity", "world"])
def test_a_kernel_that_gives_up_ends_the_run(model):
    """No monkeypatch here: three sweeps do not suffice, and no number comes out."""
    with pytest.raises(NotConverged, match="found no equilibrium in 4 of 4 draws") as caught:
        run(loaded(model=model, draws=4, iterations=1))
    assert caught.value.exit_code == 3
    assert caught.value.residual > 1e-10


def test_the_command_line_ends_with_3(tmp_path, monkeypatch, capsys):
    text = (tmp_path / "impatient.yaml").as_posix()
    scenario = load_text("geneva-world").replace("failures: 1%", "iterations: 1")
    (tmp_path / "impatient.yaml").write_text(scenario)
    monkeypatch.setattr("sys.argv", ["tariffsim", "run", text, "--draws", "2", "--quiet"])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == 3
    assert "raise iterations or failures" in capsys.readouterr().err


def load_text(name):
    from tariffsim.files.shipped import shipped  # noqa: PLC0415

    return (shipped("scenarios") / f"{name}.yaml").read_text()


def test_options_that_a_model_has_not_are_refused_together():
    with pytest.raises(InputError) as caught:
        resolve(loaded(model="world", deficit="multiplicative", rebate="labour-tax"))
    assert "deficit must be additive or removed with model: world" in str(caught.value)
    assert "rebate must be lump-sum with model: world" in str(caught.value)
    with pytest.raises(InputError, match="economy must be one of ten-economies-2023"):
        resolve(loaded(economies=("USA", "BRA")))
    with pytest.raises(UnknownName, match="did you mean 'gravity'"):
        load_inputs("geneva", model="gravty")


def test_deficits_and_rebates_are_options():
    base = run(loaded(model="gravity", draws=2))
    for options in ({"deficit": "multiplicative"}, {"rebate": "labour-tax"}):
        other = run(loaded(model="gravity", draws=2, **options))
        gap = value(other, "real_income.USA") - value(base, "real_income.USA")
        assert 1e-4 < np.abs(gap).max() < 2.0
    assert "welfare.USA" in {variable.subject for variable in other.headline}
    removed = run(loaded(model="world", draws=2, deficit="removed"))
    imports, exports = (value(removed, f"customs_value.{k}") for k in ("USA.WLD", "WLD.USA"))
    assert np.abs(imports / exports - 1.0).max() < 0.05


def test_a_source_or_parameter_learnt_later_is_refused(inputs):
    world = inputs["world"].world
    late = attrs.evolve(world.sources[0], published=dt.date(2026, 1, 1))
    changed = attrs.evolve(world, sources=(late, *world.sources[1:]))
    with pytest.raises(InputError, match="of the benchmark world was published on 2026-01-01"):
        resolve(attrs.evolve(inputs["world"], world=changed))


def test_sector_elasticities_scale_with_the_draw(tmp_path):
    """A user's world of two sectors, one of which no duty can reach."""
    (tmp_path / "mine.csv").write_text(
        "importer,exporter,product,customs_value,benchmark_rate\n"
        "USA,USA,85,900,0%\nUSA,CHN,85,100,5%\nCHN,CHN,85,800,0%\nCHN,USA,85,80,5%\n"
        "USA,USA,services,2000,0%\nCHN,CHN,services,1500,0%\nUSA,CHN,services,5,0%\n"
        "CHN,USA,services,25,0%\n"
    )
    (tmp_path / "theta.csv").write_text("sector,trade_elasticity\n85,8\n")
    (tmp_path / "inputs.csv").write_text(
        "economy,used,using,value\nUSA,services,85,300\nCHN,85,85,250\nCHN,services,services,200\n"
    )
    text = load_text("geneva-world").replace(
        "table: ten-economies-2023", "table: mine.csv\n  inputs: inputs.csv"
    )
    (tmp_path / "plain.yaml").write_text(text)
    (tmp_path / "sharp.yaml").write_text(
        text.replace("inputs: inputs.csv", "inputs: inputs.csv\n  elasticities: theta.csv")
    )
    plain, sharp = (
        run(with_options(load_inputs(tmp_path / f"{name}.yaml"), draws=4))
        for name in ("plain", "sharp")
    )
    assert (value(sharp, "customs_value.USA.CHN") < value(plain, "customs_value.USA.CHN")).all()
    case = resolve(load_inputs(tmp_path / "plain.yaml")).world
    assert case.table.sector.labels == ("85", "services")
    assert (case.added_low[..., 1] == 0).all()
    assert (case.added_low[..., 0] != 0).any()
    accounts = calibrate(
        case.table.customs_value, case.table.benchmark_rate, case.table.input_share
    )
    np.testing.assert_allclose(benchmark_value(accounts), case.table.customs_value, rtol=1e-12)


def test_a_world_without_own_trade_serves_the_linear_model_alone(tmp_path):
    (tmp_path / "abroad.csv").write_text(
        "importer,exporter,product,customs_value\nUSA,CHN,85,100\nCHN,USA,85,80\nUSA,ROW,85,50\n"
        "ROW,USA,85,60\nCHN,ROW,85,40\nROW,CHN,85,45\n"
    )
    text = load_text("geneva-world").replace("table: ten-economies-2023", "table: abroad.csv")
    (tmp_path / "abroad.yaml").write_text(text)
    with pytest.raises(InputError, match=r"has none of USA, CHN, ROW.*take model: gsim"):
        resolve(load_inputs(tmp_path / "abroad.yaml"))
    found = run(with_options(load_inputs(tmp_path / "abroad.yaml", model="gsim"), draws=2))
    assert found.metric("consumer_surplus.USA").unit == "USD billion"


def test_an_override_of_the_elasticity_is_used(inputs):
    override = {"trade_elasticity_long": Override(value=1.6, reason="a test")}
    low = attrs.evolve(inputs["world"].scenario, parameters=override)
    found = run(attrs.evolve(inputs["world"], scenario=low))
    base = run(inputs["world"])
    change = [
        result["customs_value.USA.CHN"].branch(2) / result["customs_value.USA.CHN"].branch(0)
        for result in (base, found)
    ]
    assert change[0][:, -1].mean() < change[1][:, -1].mean()


def test_what_is_collected_in_part_is_collected_in_part():
    """A market's share of new duties: rate and revenue of its flow fall with it, no other's."""
    inputs = loaded("geneva", model="gravity", draws=4)
    case = resolve(inputs).world
    usa, chn = (case.table.economy.index(code) for code in ("USA", "CHN"))
    assert case.collected == ((usa, chn, "collected_share_usa"),)
    without = attrs.evolve(inputs.scenario, time=Time(collected=False))
    part, whole = run(inputs), run(attrs.evolve(inputs, scenario=without))
    drawn = drawn_inputs(resolve(inputs))
    bench = 100.0 * case.table.benchmark_rate[usa, chn, 0]
    last = [found["effective_rate.USA.CHN"].branch(0)[:, -1] - bench for found in (part, whole)]
    np.testing.assert_allclose(last[0], last[1] * drawn["collected_share_usa"], rtol=1e-10)
    assert (drawn["collected_share_usa"] < 0.95).all()
    back = [found["effective_rate.CHN.USA"].branch(0)[:, -1] for found in (part, whole)]
    np.testing.assert_allclose(*back, rtol=1e-10)


def test_what_a_world_leaves_out_of_time_is_said_on_the_result():
    inputs = loaded("geneva", model="gsim", draws=2)
    found = run(inputs)
    (said,) = (text for text in found.warnings if "leaves out" in text)
    assert said == (
        "gsim leaves out what the scenario names of goods in transit, seasons and growth, buying "
        "ahead, revenue lost elsewhere"
    )
    flat = " ".join(headline_text(found, width=120).split())
    assert f"Warning: {said}." in flat
    assert not any("seasons of" in flag for flag in found.provenance.flags)
    off = Time(transit=False, seasonality=False, anticipation=False)
    quiet = attrs.evolve(inputs, scenario=attrs.evolve(inputs.scenario, time=off))
    assert resolve(quiet).world.left_out == ("revenue lost elsewhere",)
    assert resolve(loaded(model="gsim", draws=2)).world.left_out == ()
