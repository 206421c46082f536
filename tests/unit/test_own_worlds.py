"""A user's table as the benchmark of a world model: what becomes of it, and what is refused."""

import attrs
import numpy as np
import pytest

from tariffsim.corridor import run, with_options
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.accounts import load_accounts
from tariffsim.files.scenarios import load_inputs
from tariffsim.files.worlds import load_world
from tariffsim.model.caliendo_parro_welfare import benchmark_value
from tariffsim.model.world_accounts import calibrate
from tariffsim.own_world import WorldParts, world_table
from tariffsim.resolve import resolve
from tariffsim.scenario import World
from tests.command_line import tariffsim
from tests.unit.test_table import BACI, ICIO, WIOD

# Two economies, two industries, made up; what each sells is what it pays.
FOLDER = {
    "intermediate.csv": """supplier,CHN_cars,CHN_rest,USA_cars,USA_rest
CHN_cars,200,40,60,10
CHN_rest,100,900,5,5
USA_cars,20,5,150,40
USA_rest,5,5,120,800
""",
    "final.csv": """supplier,CHN,USA
CHN_cars,500,90
CHN_rest,1900,20
USA_cars,35,450
USA_rest,10,2500
""",
    "value_added.csv": """row,CHN_cars,CHN_rest,USA_cars,USA_rest
value_added,575,1980,365,2585
""",
}
CODES = "sector,product\ncars,87\n"
LONG = """importer,exporter,product,value
USA,USA,84,700
USA,CHN,84,100
USA,CHN,8517,300
USA,USA,01,900
CHN,CHN,84,800
CHN,USA,85,60
CHN,CHN,02,500
CHN,USA,01,40
"""
SCENARIO = """scenario: own
question: What do the duties between the United States and China do?
log: us-china
known_on: 2025-06-06
horizon: {from: 2025-07, to: 2025-08}
model: MODEL
world: {WORLD, economies: [USA, CHN]}
benchmark_day: 2024-12-31
branches:
  nothing:
    as-known: {probability: 100%, reason: What is in force.}
baseline: {nothing: as-known}
draws: 4
"""


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "mine").mkdir()
    for name, text in FOLDER.items():
        (tmp_path / "mine" / name).write_text(text)
    (tmp_path / "codes.csv").write_text(CODES)
    (tmp_path / "long.csv").write_text(LONG)
    (tmp_path / "icio.csv").write_text(ICIO)
    (tmp_path / "wiod.csv").write_text(WIOD)
    (tmp_path / "baci.csv").write_text(BACI)
    return tmp_path


def written(folder, world, model="world"):
    path = folder / "own.yaml"
    path.write_text(SCENARIO.replace("WORLD", world).replace("MODEL", model))
    return path


def refused(folder, **options):
    with pytest.raises(InputError) as caught:
        load_world(World(**options), beside=folder)
    return str(caught.value)


def changed(folder, name, old, new):
    text = (folder / name).read_text()
    assert old in text
    (folder / name).write_text(text.replace(old, new, 1))


@pytest.mark.parametrize("layout", ["auto", "folder"])
def test_an_input_output_table_becomes_a_world(folder, layout):
    table = load_world(World(table="mine", layout=layout, concordance="codes.csv"), beside=folder)
    assert (table.name, table.economy.labels) == ("mine", ("CHN", "USA"))
    assert table.covers == {"cars": ("87",), "rest": ()}
    # The United States buy Chinese cars: 60 and 10 as inputs, 90 for final use.
    assert table.customs_value[1, 0].tolist() == [160.0, 30.0]
    np.testing.assert_allclose(
        table.input_share[0], [[220 / 900, 45 / 2930], [105 / 900, 905 / 2930]]
    )
    accounts = calibrate(table.customs_value, table.benchmark_rate, table.input_share)
    np.testing.assert_allclose(accounts.labour_income, [2555.0, 2950.0], rtol=1e-12)
    np.testing.assert_allclose(benchmark_value(accounts), table.customs_value, rtol=1e-12)
    told = "\n".join(table.flagged)
    for said in ("no duty reaches rest", "without a source", "benchmark rates are zero"):
        assert said in told


@pytest.mark.parametrize("model", ["gsim", "gravity", "world"])
def test_every_model_runs_on_a_table_of_ones_own(folder, model):
    path = written(folder, "table: mine, layout: folder, concordance: codes.csv", model)
    found = run(load_inputs(path))
    # 190 a year in the benchmark, 160 of it cars.
    assert (found["customs_value.USA.CHN"].values < 190.0 / 12).all()
    assert (found["effective_rate.USA.CHN"].values > 10.0).all()


def test_gravity_spreads_a_sectors_rate_over_all_that_the_pair_trades(folder):
    world = "table: mine, layout: folder, concordance: codes.csv"
    many = resolve(load_inputs(written(folder, world))).world
    one = resolve(load_inputs(written(folder, world, "gravity"))).world
    assert one.table.sector.labels == ("all",)
    usa, chn = (one.table.economy.index(code) for code in ("USA", "CHN"))
    assert (many.added_low[..., 1] == 0).all()
    assert many.added_low[:, usa, chn, 0].max() > 0.2
    np.testing.assert_allclose(
        one.added_low[:, usa, chn, 0], many.added_low[:, usa, chn, 0] * 160 / 190, rtol=1e-12
    )
    assert one.table.customs_value[usa, chn, 0] == 190.0
    assert "2 sectors are summed into one" in "\n".join(one.table.flagged)


def test_codes_of_a_long_table_weigh_its_sectors(folder):
    """Section 16 is chapters 84 and 85: the United States buy 100 of one and 300 of the other."""
    inputs = load_inputs(written(folder, "table: long.csv"))
    table = inputs.world
    assert table.sector.labels == ("01", "16")
    assert table.covers["16"] == ("84", "85")
    assert table.code.labels == ("01", "02", "84", "85")
    assert table.customs_value[table.economy.index("USA"), table.economy.index("CHN")].tolist() == [
        0.0,
        400.0,
    ]
    from tariffsim.resolve.sectors import sector_weights  # noqa: PLC0415

    weights = sector_weights(table, None)
    usa, chn = (table.economy.index(code) for code in ("USA", "CHN"))
    at = [weights.axes.product.index(code) for code in ("84", "85")]
    assert weights.weight[usa, chn, at].tolist() == [0.25, 0.75]
    assert weights.weight[chn, usa, at].tolist() == [0.0, 1.0]
    assert weights.basis["USA", "CHN"] == "pair"
    assert "weighted by the pair's own imports by code" in "\n".join(
        resolve(inputs).provenance.flags
    )


def test_a_concordance_of_ones_own_takes_the_place_of_sections(folder):
    (folder / "codes.csv").write_text("sector,product\nfood,01\nfood,02\ngoods made,84\nchips,85\n")
    options = World(table="long.csv", concordance="codes.csv")
    table = load_world(options, beside=folder)
    assert table.sector.labels == ("chips", "food", "goods made")
    assert table.customs_value[1, 1].tolist() == [0.0, 900.0, 700.0]
    assert table.covers["food"] == ("01", "02")
    (folder / "codes.csv").write_text("sector,product\nfood,01\nmade,84\n")
    told = refused(folder, table="long.csv", concordance="codes.csv")
    assert "long.csv:1:1: error: every code must stand in a sector" in told
    assert "got 2 that do not (02, 85), 860.000 USD million" in told


def test_baci_needs_own_trade_which_output_gives(folder):
    (folder / "output.csv").write_text(
        "economy,sector,gross_output\n"
        + "".join(f"{who},16,5000\n" for who in ("CHN", "FRA", "CHE"))
        + "USA,02,100.5\nUSA,16,900\n"
    )
    with pytest.raises(InputError, match=r"know own trade, and baci\.csv has none of CHE"):
        resolve(load_inputs(written(folder, "table: baci.csv")))
    table = load_world(World(table="baci.csv", accounts="output.csv"), beside=folder)
    usa, chn = table.economy.index("USA"), table.economy.index("CHN")
    assert table.customs_value[chn, chn].tolist() == [0.0, 0.0, 4750.0]
    assert table.customs_value[usa, usa].tolist() == [0.0, 100.5 - 1.5005, 900.0]
    changed(folder, "output.csv", "CHN,16,5000", "CHN,16,200")
    told = refused(folder, table="baci.csv", accounts="output.csv")
    assert "CHN 16: output 200.000 less exports 250.000 is -50.000" in told
    assert "own trade must be told once" in refused(
        folder, table="long.csv", accounts=written_output(folder)
    )


def written_output(folder):
    (folder / "twice.csv").write_text("economy,sector,gross_output\nUSA,16,900\n")
    return "twice.csv"


def test_a_year_and_a_list_of_codes_are_named_in_the_scenario(folder):
    (folder / "baci.csv").write_text(BACI + "2022,999,842,851713,7000,1\n")
    (folder / "numbers.csv").write_text("country_code,country_iso3\n999,AND\n")
    (folder / "output.csv").write_text("economy,sector,gross_output\nUSA,16,9\nAND,16,90\n")
    world = "table: baci.csv, layout: baci, accounts: output.csv, codes: numbers.csv"
    with pytest.raises(InputError, match="the table must hold one year, got 2023, 2022"):
        load_inputs(written(folder, world))
    path = written(folder, f"{world}, year: 2022")
    path.write_text(path.read_text().replace("[USA, CHN]", "[USA, AND]"))
    table = load_inputs(path).world
    assert table.economy.labels == ("AND", "USA")
    assert table.customs_value[1, 0].tolist() == [7.0]
    (folder / "numbers.csv").write_text("country_code,country_iso3\n999,AND\n156,CHN\n")
    assert load_inputs(path).world.digest != table.digest


@pytest.mark.parametrize("table", ["icio.csv", "wiod.csv"])
def test_published_layouts_are_worlds(folder, table):
    first = "A" if table == "icio.csv" else "A01"
    (folder / "codes.csv").write_text(f"sector,product\n{first},01\n")
    found = load_world(World(table=table, concordance="codes.csv"), beside=folder)
    accounts = calibrate(found.customs_value, found.benchmark_rate, found.input_share)
    np.testing.assert_allclose(benchmark_value(accounts), found.customs_value, rtol=1e-12)
    # Taxes are in what the model calls value added.
    known, _ = load_accounts(folder / table)
    np.testing.assert_allclose(
        accounts.labour_income, (known.value_added + known.taxes).sum(axis=1), rtol=1e-12
    )
    assert "value added has taxes on products in it" in "\n".join(found.flagged)


def test_rates_are_spread_from_the_general_to_the_single(folder):
    (folder / "rates.csv").write_text(
        "importer,exporter,sector,benchmark_rate\n"
        "USA,CHN,cars,25%\nUSA,WLD,all,2%\nUSA,WLD,cars,10%\nCHN,USA,all,5%\n"
    )
    options = World(table="mine", concordance="codes.csv", rates="rates.csv")
    table = load_world(options, beside=folder)
    np.testing.assert_array_equal(table.benchmark_rate[1, 0], [0.25, 0.02])
    np.testing.assert_array_equal(table.benchmark_rate[0, 1], [0.05, 0.05])
    assert (table.benchmark_rate[[0, 1], [0, 1]] == 0).all()
    # Inputs count with the duty on them: American cars take 60 of Chinese cars at 25 %.
    np.testing.assert_allclose(table.input_share[1, 0, 0], (150 + 60 * 1.25) / 700)
    changed(folder, "rates.csv", "USA,CHN,cars", "USA,MEX,trucks")
    told = refused(folder, table="mine", concordance="codes.csv", rates="rates.csv")
    assert "rates.csv:2:1: error: exporter must be one of the table's, got 'MEX'" in told
    assert "rates.csv:2:1: error: sector must be one of the table's, got 'trucks'" in told


def test_what_does_not_add_up_is_refused_with_place_and_numbers_or_repaired(folder):
    changed(folder, "mine/intermediate.csv", "CHN_cars,200,40", "CHN_cars,200,-40")
    told = refused(folder, table="mine", concordance="codes.csv")
    assert "intermediate.csv:2:1: error: sales to industries must not be negative, got 1" in told
    assert "-40.000 together" in told
    assert "mine:1:1: error: what a sector sells must equal what a sector pays" in told
    assert told.count("or write repair: true under world") == 2
    table = load_world(World(table="mine", concordance="codes.csv", repair=True), beside=folder)
    assert table.customs_value[0, 0, 0] == 700.0
    assert (table.input_share >= 0).all()
    assert "mine: repaired, sales to industries must not be negative, got 1" in "\n".join(
        table.flagged
    )


def test_stocks_that_fall_by_more_than_is_sold_are_set_to_nothing_use_by_use(folder):
    changed(folder, "mine/final.csv", "CHN_rest,1900,20", "CHN_rest,1900,-80")
    told = refused(folder, table="mine", concordance="codes.csv")
    assert "1 flows below zero after summing uses, -70.000 together (USA from CHN rest)" in told
    table = load_world(World(table="mine", concordance="codes.csv", repair=True), beside=folder)
    assert table.customs_value[1, 0].tolist() == [160.0, 10.0]


THREE = {
    "intermediate.csv": """supplier,CHN_cars,USA_cars,JPN_cars
CHN_cars,20,5,5
USA_cars,5,30,5
JPN_cars,5,5,10
""",
    "final.csv": """supplier,CHN,USA,JPN
CHN_cars,50,10,10
USA_cars,10,60,10
JPN_cars,10,10,20
""",
    "value_added.csv": "row,CHN_cars,USA_cars,JPN_cars\nvalue_added,70,80,40\n",
}


def test_economies_are_summed_into_the_rest(folder):
    (folder / "three").mkdir()
    for name, text in THREE.items():
        (folder / "three" / name).write_text(text)
    options = World(table="three", concordance="codes.csv", keep=("USA",))
    table = load_world(options, beside=folder)
    assert table.economy.labels == ("USA", "ROW")
    # Chinese and Japanese cars at home and to each other: 70 + 15 + 15 + 30.
    assert table.customs_value[..., 0].tolist() == [[90.0, 30.0], [30.0, 130.0]]
    np.testing.assert_allclose(table.input_share[:, 0, 0], [40 / 120, (30 + 20) / 160])
    accounts = calibrate(table.customs_value, table.benchmark_rate, table.input_share)
    np.testing.assert_allclose(accounts.labour_income, [80.0, 110.0])
    assert "three: 2 economies are summed into the rest of the world" in table.flagged
    assert "keep must name economies of three, got 'US'; did you mean 'USA'?" in refused(
        folder, table="three", concordance="codes.csv", keep=("US",)
    )


def test_trade_among_the_rest_is_but_a_part_of_its_own_trade(folder):
    """BACI: France sells 0.01 to Switzerland; both end in the rest, whose own trade is more."""
    world = "table: baci.csv, keep: [USA, CHN], accounts: output.csv"
    output = "economy,sector,gross_output\nUSA,16,900\nCHN,16,5000\n"
    (folder / "output.csv").write_text(output)
    with pytest.raises(InputError, match=r"has none of ROW"):
        resolve(load_inputs(written(folder, world)))
    (folder / "output.csv").write_text(output + "ROW,16,700\n")
    table = load_inputs(written(folder, world)).world
    assert table.economy.labels == ("CHN", "USA", "ROW")
    assert table.customs_value[2, 2].tolist() == [0.0, 0.0, 700.0]
    assert table.customs_value[2, :2].sum() == 0.0


def test_a_sector_that_uses_more_than_it_makes_is_never_repaired(folder):
    changed(folder, "mine/intermediate.csv", "USA_rest,5,5,120,800", "USA_rest,5,5,720,800")
    told = refused(folder, table="mine", concordance="codes.csv", repair=True)
    assert "value added must not be negative, got 1 sectors below zero" in told
    assert "USA cars: -235.000 of 700.000 USD million" in told


def test_final_demand_below_nothing_is_refused_by_name(folder):
    (folder / "inputs.csv").write_text("economy,used,using,value\nUSA,01,16,950\n")
    told = refused(folder, table="long.csv", inputs="inputs.csv")
    assert "negative-final-demand" in told or "final demand must not be negative" in told
    assert "USA 01: -50.000 of 900.000 USD million" in told
    changed(folder, "inputs.csv", "950", "450")
    table = load_world(World(table="long.csv", inputs="inputs.csv"), beside=folder)
    np.testing.assert_allclose(table.input_share[1, 0, 1], 450 / 760)


def test_a_table_that_no_duty_reaches_is_refused(folder):
    with pytest.raises(InputError, match=r"got none of 2 \(cars, rest\), so that no duty reaches"):
        resolve(load_inputs(written(folder, "table: mine")))
    (folder / "codes.csv").write_text("sector,product\ncars,87\nwheels,8708\nrest,87\n")
    told = refused(folder, table="mine", concordance="codes.csv")
    assert "codes.csv:3:1: error: sector must be one of the table's, got 'wheels'" in told
    assert "codes.csv:4:1: error: 87 must stand once, got it again after line 2" in told


def test_what_a_layout_has_no_use_for_is_refused(folder):
    told = refused(folder, table="mine", concordance="codes.csv", year=2023, inputs="codes.csv")
    assert "year acts where the layout is baci, got folder; leave it out" in told
    assert "inputs acts where the layout is long or baci or benchmark, got folder" in told
    told = refused(folder, repair=True, keep=("USA",))
    assert "keep acts where the layout is long or baci or icio or wiod or folder" in told
    assert "repair acts where" in told


def test_a_source_dates_the_table(folder):
    world = "table: mine, concordance: codes.csv, source: office"
    with pytest.raises(InputError, match=r"own\.yaml:7:8: error: source must be a key of"):
        load_inputs(written(folder, world))
    register = "sources:\n  office:\n    title: A table\n    publisher: An office\n"
    (folder / "sources.yaml").write_text(register + "    published: 2025-07-01\n")
    with pytest.raises(InputError, match="office of the benchmark world was published on 2025-07"):
        resolve(load_inputs(written(folder, world)))
    (folder / "sources.yaml").write_text(register + "    published: 2024-07-01\n")
    inputs = load_inputs(written(folder, world))
    assert "without a source" not in "\n".join(inputs.world.flagged)
    with pytest.raises(UnknownName, match="did you mean 'office'"):
        load_world(World(table="mine", source="ofice", concordance="codes.csv"), beside=folder)


def test_faults_of_the_table_end_the_command_with_2(folder):
    changed(folder, "long.csv", "USA,CHN,84,100", "USA,CHN,84,-100")
    code, _, err = tariffsim("run", str(written(folder, "table: long.csv")), "--quiet")
    assert code == 2
    assert "long.csv:3:1: error: value must be zero or more" in err
    code, _, err = tariffsim("run", str(written(folder, "table: nowhere.csv")), "--quiet")
    assert code == 2
    assert "nowhere.csv" in err
    code, _, err = tariffsim("run", str(written(folder, "table: ten-economies-2024")), "--quiet")
    assert code == 2
    assert "did you mean 'ten-economies-2023'" in err


def test_the_world_is_the_same_from_python_and_its_digest_follows_every_file(folder):
    accounts, findings = load_accounts(folder / "mine")
    assert findings == ()
    table, faults = world_table(accounts, WorldParts(holds={"cars": ("87",)}))
    assert faults == ()
    options = World(table="mine", concordance="codes.csv")
    loaded = load_world(options, beside=folder)
    np.testing.assert_array_equal(table.input_share, loaded.input_share)
    inputs = load_inputs(written(folder, "table: mine, concordance: codes.csv"))
    same = run(attrs.evolve(inputs, world=table))
    for variable in run(inputs).paths:
        np.testing.assert_array_equal(same[variable.key].values, variable.values)
    (folder / "codes.csv").write_text(CODES + "rest,01\n")
    assert load_world(options, beside=folder).digest != loaded.digest
    assert with_options(inputs, draws=2).world is inputs.world


def test_a_tariff_war_on_a_table_of_ones_own_needs_no_codes(folder, monkeypatch):
    monkeypatch.chdir(folder)
    code, out, err = tariffsim("nash", "USA", "CHN", "--table", "mine", "--elasticity", "6")
    assert code == 0, err
    assert "Nash" in out
    table = load_world(World(table="mine"), beside=folder)
    assert table.covers == {"cars": (), "rest": ()}
