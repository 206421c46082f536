"""Accounts of the world model: they balance, they are measured, and the unusable are refused."""

import attrs
import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.model.world_accounts import WorldAccounts, WorldShock, account_gaps, calibrate
from tariffsim.model.world_check import check
from tests.worlds import world


def shock(products=2, **changes):
    base = WorldShock(
        trade_elasticity=np.full(products, 4.0), applied_rate=np.zeros((3, 3, products))
    )
    return attrs.evolve(base, **changes)


def test_calibrated_accounts_have_no_gaps():
    gaps = account_gaps(world(1, 3, 2))
    for name in ("trade_shares", "cost_shares", "final_shares", "labour_market", "goods_market"):
        assert getattr(gaps, name) < 1e-13
    assert gaps.negative_inputs == 0


def test_gaps_are_measured():
    accounts = world(1, 3, 2)
    inputs = accounts.input_share.copy()
    inputs[0, 0, 0] = -0.0006
    labour = accounts.labour_income * [1.0, 1.01, 1.0]
    gaps = account_gaps(attrs.evolve(accounts, input_share=inputs, labour_income=labour))
    assert (gaps.negative_inputs, gaps.lowest_input) == (1, -0.0006)
    np.testing.assert_allclose(gaps.cost_shares, accounts.input_share[0, 0, 0] + 0.0006)
    np.testing.assert_allclose(gaps.labour_market, 1 - 1 / 1.01)
    assert gaps.goods_market > 1e-4


def test_calibration_by_hand():
    """Output 10, half of it inputs; expenditure 11 with a duty of 0.5 on imports of 2."""
    value = np.array([[[8.0], [2.0]], [[2.0], [8.0]]])
    rate = np.array([[[0.0], [0.25]], [[0.0], [0.0]]])
    accounts = calibrate(value, rate, np.full((2, 1, 1), 0.5))
    assert accounts.expenditure[:, 0].tolist() == [10.5, 10.0]
    assert accounts.labour_income.tolist() == [5.0, 5.0]
    assert accounts.value_added_share[:, 0].tolist() == [0.5, 0.5]
    np.testing.assert_allclose(accounts.trade_share[0, :, 0], [8 / 10.5, 2.5 / 10.5])
    np.testing.assert_allclose(accounts.deficit, 0.0, atol=1e-15)


@pytest.mark.parametrize(
    ("inputs", "message"),
    [(1.2, "value added must not be negative"), (0.95, "final demand must not be negative")],
)
def test_impossible_tables_are_refused(inputs, message):
    value = np.array([[[8.0], [1.0]], [[4.0], [8.0]]])
    with pytest.raises(InputError, match=message):
        calibrate(value, np.zeros((2, 2, 1)), np.full((2, 1, 1), inputs))


def test_axes_of_draws_broadcast():
    accounts = world(1, 3, 2)
    assert check(accounts, shock()) == ()
    drawn = shock(trade_elasticity=np.full((5, 1, 2), 4.0), applied_rate=np.zeros((4, 3, 3, 2)))
    assert check(accounts, drawn) == (5, 4)
    assert check(accounts, shock(deficit=np.zeros((7, 3)))) == (7,)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"labour_income": np.ones(4)}, r"labour_income must have shape \(3,\), got \(4,\)"),
        ({"expenditure": np.ones(3)}, "expenditure must have axes economy, product"),
        ({"labour_income": np.zeros(3)}, "labour_income must be positive"),
        ({"expenditure": np.full((3, 2), -1.0)}, "expenditure must not be negative"),
        ({"trade_share": np.full((3, 3, 2), np.nan)}, "every value must be finite"),
        ({"trade_share": np.full((3, 3, 2), 0.5)}, "trade_share sums to one"),
        ({"final_share": np.full((3, 2), 0.4)}, "final_share misses one"),
        ({"value_added_share": np.full((3, 2), 0.01)}, "value-added shares miss one"),
        ({"applied_rate": np.full((3, 3, 2), -1.0)}, "applied_rate must be above -100%"),
    ],
)
def test_accounts_without_meaning_are_refused(change, message):
    accounts = attrs.evolve(world(1, 3, 2), **change)
    with pytest.raises(InputError, match=message):
        check(accounts, shock())


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"trade_elasticity": np.ones(3)}, "trade_elasticity of the shock must be draws then"),
        ({"applied_rate": np.zeros((3, 2))}, "applied_rate of the shock must be draws then"),
        ({"deficit": np.zeros(2)}, "deficit of the shock must be draws then"),
        ({"trade_elasticity": np.zeros(2)}, "trade_elasticity must be positive"),
        ({"applied_rate": np.full((3, 3, 2), -1.0)}, "applied_rate of the shock must be above"),
        ({"iceberg_change": np.zeros((1, 1, 1))}, "iceberg_change must be positive"),
        ({"deficit": np.ones(3)}, "deficits must sum to zero"),
        ({"deficit": "gone"}, "held, removed or an array"),
    ],
)
def test_shocks_without_meaning_are_refused(change, message):
    with pytest.raises(InputError, match=message):
        check(world(1, 3, 2), shock(**change))


def test_every_fault_is_told_at_once():
    accounts = attrs.evolve(
        world(1, 3, 2), labour_income=np.zeros(3), final_share=np.full((3, 2), 0.4)
    )
    with pytest.raises(InputError, match=r"labour_income .*; final_share"):
        check(accounts, shock())


def test_no_field_can_be_written_to():
    accounts = world(1, 3, 2)
    for field in attrs.fields(WorldAccounts):
        assert not getattr(accounts, field.name).flags.writeable
