import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.model.production import output_share
from tariffsim.model.supply import (
    Buyer,
    Growth,
    Licensing,
    stock_path,
    stocked_out,
    unmet_need,
)
from tests.reference.twin_supply import ces_output


def test_without_a_control_nothing_happens_exactly():
    path = stock_path(
        Buyer(cover_days=np.array([0.0, 40.0]), reliance=0.9),
        Licensing(approval=np.zeros(50), free=np.ones(50), delay_days=30.0),
    )
    assert (path.availability == 1.0).all()
    assert (path.days_of_cover == [0.0, 40.0]).all()
    assert (path.first_shortage == -1).all()
    assert not stocked_out(path).any()


def test_after_the_stock_is_gone_what_comes_in_is_what_is_used():
    """Ten days of stock against a loss of 0.8 a day: short on the thirteenth day, index 12."""
    path = stock_path(
        Buyer(cover_days=10.0, reliance=0.8),
        Licensing(approval=np.full(40, 0.25), free=np.zeros(40), delay_days=20.0),
    )
    assert path.first_shortage == 12
    np.testing.assert_allclose(path.availability[:12], 1.0)
    np.testing.assert_allclose(path.availability[13:20], 0.2)
    np.testing.assert_allclose(path.availability[20:], 0.2 + 0.8 * 0.25)
    np.testing.assert_allclose(path.availability[20:], path.inflow[20:])
    np.testing.assert_allclose(unmet_need(path), 1.0 - path.availability)
    np.testing.assert_array_equal(np.flatnonzero(stocked_out(path)), np.arange(12, 40))


def test_goods_cleared_before_the_control_still_arrive():
    rule = {"approval": np.zeros(30), "free": np.zeros(30), "delay_days": 100.0}
    buyer = Buyer(cover_days=4.0, reliance=1.0)
    assert stock_path(buyer, Licensing(**rule)).first_shortage == 4
    assert stock_path(buyer, Licensing(**rule, cleared_days=11.0)).first_shortage == 15


def test_each_spell_of_control_waits_for_its_own_licences():
    free = np.ones(40)
    free[5:15] = free[25:35] = 0.0
    path = stock_path(
        Buyer(cover_days=0.0, reliance=1.0),
        Licensing(approval=np.ones(40), free=free, delay_days=3.0),
    )
    short = [5, 6, 7, 25, 26, 27]
    np.testing.assert_array_equal(np.flatnonzero(stocked_out(path)), short)


def test_a_stock_is_rebuilt_by_the_free_flow_and_only_to_where_it_was():
    free = np.where(np.arange(800) < 20, 0.0, 1.0)
    path = stock_path(
        Buyer(cover_days=30.0, reliance=1.0, refill_days=60.0),
        Licensing(approval=np.zeros(800), free=free, delay_days=0.0),
    )
    cover = path.days_of_cover
    assert cover[19] == pytest.approx(10.0)
    gap = 20.0 * (1.0 - 1.0 / 60.0) ** np.arange(1, 781)
    np.testing.assert_allclose(cover[20:], 30.0 - gap, atol=1e-10)


def test_licences_do_not_fill_stocks():
    path = stock_path(
        Buyer(cover_days=30.0, reliance=1.0),
        Licensing(approval=np.ones(200), free=np.zeros(200), delay_days=20.0),
    )
    np.testing.assert_allclose(path.days_of_cover[20:], 10.0)


def test_a_general_licence_frees_its_share():
    path = stock_path(
        Buyer(cover_days=0.0, reliance=0.8),
        Licensing(approval=np.full(30, 0.5), free=np.full(30, 0.25), delay_days=10.0),
    )
    np.testing.assert_allclose(path.availability[:10], 0.2 + 0.8 * 0.25)
    np.testing.assert_allclose(path.availability[10:], 0.2 + 0.8 * (0.25 + 0.75 * 0.5))


def test_other_sources_may_grow_in():
    other = np.linspace(0.2, 1.0, 50)
    path = stock_path(
        Buyer(cover_days=0.0, reliance=0.8, other=other),
        Licensing(approval=np.zeros(50), free=np.zeros(50), delay_days=0.0),
    )
    np.testing.assert_allclose(path.availability, other)


def test_draws_broadcast_and_the_answer_is_read_only():
    path = stock_path(
        Buyer(cover_days=np.full((1, 5), 20.0), reliance=0.7),
        Licensing(approval=np.zeros((9, 2, 1)), free=np.zeros(9), delay_days=3.0),
    )
    assert path.availability.shape == (9, 2, 5)
    assert path.first_shortage.shape == (2, 5)
    assert not path.availability.flags.writeable


@pytest.mark.parametrize(
    ("buyer", "licensing", "message"),
    [
        ({}, {"approval": np.full(9, 1.2)}, "approval must be between 0 and 1"),
        ({}, {"free": np.full(9, -0.1)}, "free must be between 0 and 1"),
        ({}, {"free": np.zeros(8)}, "one row a stretch"),
        ({}, {"free": 0.0}, "one row a stretch"),
        ({}, {"delay_days": -1.0}, "delay_days must be between"),
        ({}, {"cleared_days": np.nan}, "cleared_days must be between"),
        ({"reliance": 1.5}, {}, "reliance must be between 0 and 1"),
        ({"cover_days": -1.0}, {}, "cover_days must be between"),
        ({"refill_days": 0.5}, {}, "refill_days must be between 1"),
        ({"other": np.full(9, -1.0)}, {}, "other must be between"),
        ({"other": np.ones(4)}, {}, "one row a day"),
        ({"cover_days": np.ones(3)}, {"delay_days": np.ones((1, 2))}, "must broadcast"),
        ({}, {"delay_days": np.ones(4)}, "delay_days must have one row"),
        ({}, {"lengths": np.zeros(9, int)}, "lengths must be whole days"),
        ({"aim_days": np.ones(4)}, {}, "one row a stretch"),
        ({"growth": (Growth(limit=-1.0, days=9.0),)}, {}, "limit of a growth"),
        ({"growth": (Growth(limit=0.1, days=0.0),)}, {}, "days of a growth"),
    ],
)
def test_bad_input_is_refused_by_name(buyer, licensing, message):
    usual = {"approval": np.zeros(9), "free": np.zeros(9), "delay_days": 3.0}
    with pytest.raises(InputError, match=message):
        stock_path(
            Buyer(**({"cover_days": 20.0, "reliance": 0.7} | buyer)),
            Licensing(**(usual | licensing)),
        )


@pytest.mark.parametrize("elasticity", [0.05, 0.1, 0.5, 0.95])
@pytest.mark.parametrize("share", [0.01, 0.4, 1.0])
def test_output_is_the_textbook_function(elasticity, share):
    available = np.linspace(0.05, 1.0, 20)
    twin = [ces_output(a, share, elasticity) for a in available]
    np.testing.assert_allclose(output_share(available, share, elasticity), twin, rtol=1e-12)


def test_output_at_the_limits():
    available = np.array([0.0, 1e-300, 0.3, 1.0])
    np.testing.assert_array_equal(output_share(available, 0.2, 0.0), available)
    np.testing.assert_allclose(output_share(available, 0.2, 1.0), available**0.2, rtol=1e-13)
    for elasticity in (0.0, 0.1, 0.999, 1.0):
        assert output_share(0.0, 0.2, elasticity) == 0.0
        assert output_share(1.0, 0.2, elasticity) == 1.0


def test_output_falls_less_where_inputs_are_replaced_more_easily():
    made = output_share(0.3, 0.05, np.linspace(0.0, 1.0, 11))
    assert (np.diff(made) > 0).all()
    assert made[0] == pytest.approx(0.3)


@pytest.mark.parametrize("arguments", [(1.1, 0.2, 0.1), (0.5, 0.0, 0.1), (0.5, 0.2, 1.5)])
def test_output_refuses_what_is_out_of_range(arguments):
    with pytest.raises(InputError, match="must be between"):
        output_share(*arguments)
