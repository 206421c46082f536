"""Benchmark worlds: what the packaged one adds up to, and what a user's table is refused for."""

import numpy as np
import pytest

from tariffsim.codec.world_tables import WorldTexts, read_world
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.worlds import load_world, packaged_worlds
from tariffsim.model.world_accounts import account_gaps, calibrate, final_income
from tariffsim.scenario import World
from tariffsim.world import CHAPTERS

TRADE = """# two economies, invented
importer,exporter,product,customs_value,benchmark_rate
CAN,CAN,goods,80,0%
CAN,BRA,goods,20,5%
BRA,BRA,goods,90,0%
BRA,CAN,goods,10,0%
"""
ACCOUNTS = "economy,value_added,gross_output\nCAN,50,100\nBRA,60,100\n"


def read(trade=TRADE, **others):
    texts = {name: (f"{name}.csv", text) for name, text in others.items()}
    return read_world(WorldTexts(trade=("trade.csv", trade), **texts), name="made-up", sources={})


def faults(**texts):
    with pytest.raises(InputError) as caught:
        read(**texts)
    return str(caught.value)


@pytest.fixture(scope="module")
def packaged():
    return load_world(World())


@pytest.fixture(scope="module")
def accounts(packaged):
    return calibrate(packaged.customs_value, packaged.benchmark_rate, packaged.input_share)


def test_the_packaged_world_has_ten_economies_and_one_sector(packaged):
    assert packaged_worlds() == ("ten-economies-2023",)
    assert set(packaged.economy.labels) == {
        "USA", "CHN", "EU27", "JPN", "KOR", "MEX", "CAN", "VNM", "IND", "ROW",
    }  # fmt: skip
    assert packaged.sector.labels == ("goods",)
    assert packaged.covers["goods"] == CHAPTERS
    assert len(CHAPTERS) == 96


def test_every_pair_of_the_packaged_world_trades_and_every_economy_at_home(packaged):
    assert (packaged.customs_value > 0).all()
    here = np.arange(10)
    own = packaged.customs_value[here, here, 0]
    # Trade among the members of the Union and of the rest is own trade.
    for code, among in (("EU27", 3_952_294), ("ROW", 2_462_194)):
        assert own[packaged.economy.index(code)] > among
    assert (packaged.benchmark_rate[here, here] == 0).all()


def test_accounts_of_the_packaged_world_add_up(packaged, accounts):
    gaps = account_gaps(accounts)
    for gap in (gaps.trade_shares, gaps.cost_shares, gaps.final_shares, gaps.labour_market):
        assert gap < 1e-12
    assert gaps.goods_market < 1e-12
    assert gaps.negative_inputs == 0
    assert abs(accounts.deficit.sum()) < 1e-6
    duty = (packaged.customs_value * packaged.benchmark_rate).sum(axis=(1, 2))
    np.testing.assert_allclose(
        final_income(accounts), accounts.labour_income + duty + accounts.deficit, rtol=1e-12
    )


def test_golden_accounts_of_the_packaged_world(packaged, accounts):
    """Totals worked out by hand from the tables' rows: GDP 2023, BACI 2023, ratios of 1993."""
    by_code = dict(zip(packaged.economy.labels, range(10), strict=True))
    usa, vnm, chn = by_code["USA"], by_code["VNM"], by_code["CHN"]
    np.testing.assert_allclose(accounts.labour_income[usa], 27_843_300, rtol=1e-12)
    np.testing.assert_allclose(accounts.labour_income.sum(), 105_311_600, rtol=1e-12)
    np.testing.assert_allclose(accounts.deficit[usa], 2_902_610 - 1_858_725, rtol=1e-9)
    np.testing.assert_allclose(accounts.deficit[chn], 2_043_862 - 3_343_578, rtol=1e-9)
    exports = packaged.customs_value.sum(axis=0)[vnm, 0] - packaged.customs_value[vnm, vnm, 0]
    np.testing.assert_allclose(exports, 433_524, rtol=1e-12)
    # GDP less exports is negative for Viet Nam: only gross output leaves it a market of its own.
    assert 429_700 - exports < 0
    np.testing.assert_allclose(
        packaged.customs_value[vnm, vnm, 0], 429_700 * 2.0505 - 433_524, rtol=1e-12
    )
    own = accounts.trade_share[np.arange(10), np.arange(10), 0]
    np.testing.assert_allclose(own[[usa, vnm]], [0.9429, 0.5869], atol=5e-5)


def test_what_is_weak_in_the_packaged_world_is_flagged(packaged):
    text = "\n".join(packaged.flagged)
    for said in ("no-rate-found", "baci-2023", "own trade is gross output less exports"):
        assert said in text
    assert all(source.published.year <= 2025 for source in packaged.sources)


def test_a_users_table_is_read(packaged):
    table = read()
    assert table.economy.labels == ("CAN", "BRA")
    assert table.customs_value[0, :, 0].tolist() == [80.0, 20.0]
    assert table.benchmark_rate[0, 1, 0] == 0.05
    assert (table.input_share == 0).all()
    with_accounts = read(accounts=ACCOUNTS)
    np.testing.assert_allclose(with_accounts.input_share[:, 0, 0], [1 - 50 / 90, 1 - 60 / 110])


def test_own_trade_is_output_less_exports():
    abroad = "\n".join(line for line in TRADE.splitlines() if "CAN,CAN" not in line)
    abroad = "\n".join(line for line in abroad.splitlines() if "BRA,BRA" not in line)
    table = read(trade=abroad, accounts=ACCOUNTS)
    np.testing.assert_allclose(table.customs_value[[0, 1], [0, 1], 0], [90.0, 80.0])
    np.testing.assert_allclose(table.input_share[:, 0, 0], [0.5, 0.4])


def test_sectors_hold_the_codes_they_are_or_are_told():
    trade = TRADE.replace("goods", "7208") + "CAN,BRA,services,3,0%\nBRA,BRA,services,9,0%\n"
    table = read(trade=trade, concordance="sector,product\nservices,99\n")
    assert table.covers == {"7208": ("7208",), "services": ("99",)}
    inputs = read(trade=trade, inputs="economy,used,using,value\nBRA,services,7208,11\n")
    np.testing.assert_allclose(inputs.input_share[1, 1, 0], 11 / 110)
    assert read(
        trade=trade, elasticities="sector,trade_elasticity\n7208,6.5\n"
    ).trade_elasticity == {"7208": 6.5}


def test_every_fault_of_a_table_is_told_with_its_line():
    bad = TRADE + "CAN,BRA,goods,1,0%\nCAN,XXX,goods,1,0%\nCAN,MEX,goods,-3,0%\nBRA,CAN,goods,1\n"
    told = faults(trade=bad)
    for said in (
        "trade.csv:8:1: error: exporter must be an ISO 3166",
        "trade.csv:9:1: error: customs_value must be zero or more",
        "trade.csv:10:1: error: a row must have 5 cells",
    ):
        assert said in told
    assert "trade.csv:7:1: error: CAN BRA goods must stand once" in told


def test_accounts_that_do_not_fit_are_refused_with_numbers():
    assert "missing BRA" in faults(accounts="economy,value_added,gross_output\nCAN,50,100\n")
    abroad = "\n".join(
        line for line in TRADE.splitlines() if "CAN,CAN" not in line and "BRA,BRA" not in line
    )
    told = faults(trade=abroad, accounts="economy,value_added,gross_output\nCAN,5,8\nBRA,60,99\n")
    assert "CAN: output 8 less exports 10 is -2" in told
    assert "economy must be one of the table's" in faults(accounts=ACCOUNTS + "MEX,1,2\n")
    assert "must name the columns" in faults(trade="importer,exporter\nCAN,BRA\n")
    assert "a cell must end" in faults(trade=TRADE + '"' + "x" * 140_000)
    assert "at least one row" in faults(trade="importer,exporter,product,customs_value\n")


def test_an_unknown_world_is_refused_with_the_nearest_name():
    with pytest.raises(UnknownName, match="did you mean 'ten-economies-2023'"):
        load_world(World(table="ten-economies-2024"))
