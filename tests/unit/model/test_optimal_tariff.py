"""Optimal tariffs: the closed form, the conditions, the ends of the range, Nash."""

import numpy as np
import pytest

from tariffsim.errors import InputError, NotConverged
from tariffsim.model import caliendo_parro, gravity
from tariffsim.model.caliendo_parro_welfare import measure
from tariffsim.model.fixed_point import Control
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.nash_tariff import nash
from tariffsim.model.optimal_tariff import Player, Search, best_response, closed_form_rate
from tariffsim.model.world_accounts import WorldShock
from tests.reference.twin_gravity import solve_gravity
from tests.worlds import world

TWO = np.array([[[8.0], [2.0]], [[2.0], [5.0]]])
FREE = np.zeros((2, 2, 1))
HOME, AWAY = Player(importer=0, exporters=(1,)), Player(importer=1, exporters=(0,))


def gravity_welfare(value, theta):
    accounts = GravityAccounts(customs_value=value)

    def welfare(rates):
        shock = GravityShock(trade_elasticity=theta, applied_rate=rates)
        return gravity.solve(accounts, shock, control=Control(tolerance=1e-12)).welfare_change

    return welfare


def sold_at_home(value, theta, rates, economy):
    shock = GravityShock(trade_elasticity=theta, applied_rate=rates)
    flow = gravity.solve(GravityAccounts(customs_value=value), shock).customs_value[..., 0]
    return flow[economy, economy] / flow[:, economy].sum()


@pytest.mark.parametrize("theta", [1.5, 4.0, 10.0])
def test_two_economies_meet_the_closed_form(theta):
    response = best_response(gravity_welfare(TWO, theta), FREE, HOME)
    rates = FREE.copy()
    rates[0, 1] = response.rate
    expected = closed_form_rate(theta, sold_at_home(TWO, theta, rates, 1))
    assert abs(response.rate - expected) < 1e-6
    assert response.interior
    assert response.curvature < 0
    assert abs(response.slope) < 1e-6 * abs(response.curvature)
    assert response.welfare_change > 1


def test_a_golden_section_over_the_twin_finds_the_same_rate():
    def welfare(rate):
        table = [[0.0, rate], [0.0, 0.0]]
        one = [[1.0, 1.0], [1.0, 1.0]]
        flow = TWO[..., 0].tolist()
        twin = solve_gravity(flow, [[0.0, 0.0]] * 2, table, one, 4.0)
        return twin.spending[0] / twin.price[0]

    low, high, ratio = 0.0, 1.0, (5**0.5 - 1) / 2
    while high - low > 1e-6:
        left, right = high - ratio * (high - low), low + ratio * (high - low)
        if welfare(left) > welfare(right):
            high = right
        else:
            low = left
    response = best_response(gravity_welfare(TWO, 4.0), FREE, HOME)
    assert abs(response.rate - 0.5 * (low + high)) < 1e-5


def test_no_rate_of_a_fine_grid_does_better():
    value = world(3, 3, 1, balanced=True, taxed=False).trade_share * 10
    welfare = gravity_welfare(value + np.eye(3)[..., None], 4.0)
    player = Player(importer=1, exporters=(0, 2))
    response = best_response(welfare, np.zeros((3, 3, 1)), player)
    grid = np.linspace(0.0, 3.0, 301)
    tried = np.zeros((301, 3, 3, 1))
    tried[:, 1, [0, 2]] = grid[:, None, None]
    assert welfare(tried)[:, 1].max() <= response.welfare_change + 1e-12


def test_nash_rates_are_closed_forms_of_each_other():
    welfare = gravity_welfare(TWO, 4.0)
    found = nash(welfare, FREE, [HOME, AWAY])
    rates = FREE.copy()
    rates[0, 1], rates[1, 0] = found.rates
    for mine, other in ((0, 1), (1, 0)):
        expected = closed_form_rate(4.0, sold_at_home(TWO, 4.0, rates, other))
        assert abs(found.rates[mine] - expected) < 1e-6
        assert found.responses[mine].curvature < 0
    # The war costs the world: together they were better off before it.
    assert welfare(rates[None])[0].mean() < 1


def test_a_symmetric_war_is_symmetric_wherever_it_begins():
    value = np.array([[[8.0], [2.0]], [[2.0], [8.0]]])
    begun = FREE.copy()
    begun[0, 1] = 1.0
    for start in (FREE, begun):
        found = nash(gravity_welfare(value, 4.0), start, [HOME, AWAY])
        np.testing.assert_allclose(found.rates[0], found.rates[1], atol=1e-6)


def test_it_searches_the_world_model_too():
    accounts = world(11, 3, 2, balanced=True, taxed=False)

    def welfare(rates):
        shock = WorldShock(trade_elasticity=np.array([4.0, 6.0]), applied_rate=rates)
        found = caliendo_parro.solve(accounts, shock, control=Control(tolerance=1e-12))
        return measure(accounts, shock, found).real_income_change

    response = best_response(welfare, np.zeros((3, 3, 2)), Player(importer=0, exporters=(1, 2)))
    assert response.interior
    assert 0.05 < response.rate < 1.0
    assert response.welfare_change > 1


def made_up(height):
    """A welfare of the first economy that is a given function of its rate."""
    return lambda rates: np.stack([height(rates[:, 0, 1, 0])] * 2, axis=1)


def test_the_higher_of_two_peaks_wins():
    def peaks(t):
        return np.exp(-50 * (t - 0.2) ** 2) + 1.2 * np.exp(-50 * (t - 1.1) ** 2)

    response = best_response(made_up(peaks), FREE, HOME)
    assert abs(response.rate - 1.1) < 1e-6
    assert abs(response.curvature + 120) < 1e-2


def test_an_end_of_the_range_is_said_to_be_one():
    low = best_response(made_up(lambda t: 1 - t), FREE, HOME)
    assert (low.rate, low.interior) == (0.0, False)
    assert low.slope < 0
    high = best_response(made_up(lambda t: 1 + t), FREE, HOME, search=Search(highest=0.5))
    assert high.rate == pytest.approx(0.5)
    assert not high.interior
    assert high.slope > 0


def test_a_peak_just_inside_an_end_is_found():
    response = best_response(made_up(lambda t: -((t - 0.01) ** 2)), FREE, HOME)
    assert response.interior
    assert abs(response.rate - 0.01) < 1e-6


def test_what_is_no_maximum_is_refused():
    """A kink: the grid finds it, but there is no curvature to check."""
    with pytest.raises(NotConverged, match="no maximum of welfare near"):
        best_response(made_up(lambda t: -np.abs(t - 0.4003)), FREE, HOME)


def test_a_dip_between_two_peaks_meets_the_first_condition_and_not_the_second():
    """Its slope is nought and Newton's method would settle there, on a minimum."""

    def dip(t):
        return -(((t - 1.0) ** 2 - 0.04**2) ** 2)

    with pytest.raises(NotConverged, match=r"no maximum of welfare near a rate of 100.*%"):
        best_response(made_up(dip), FREE, HOME, search=Search(step=0.05))


def test_players_that_never_settle_are_an_error():
    """Each wants to be a little above the other, and then a little below."""

    def welfare(rates):
        mine, yours = rates[:, 0, 1, 0], rates[:, 1, 0, 0]
        return np.stack([-((mine - 1.0 + yours) ** 2), -((yours - mine) ** 2)], axis=1)

    with pytest.raises(NotConverged, match="keep answering each other"):
        nash(welfare, FREE, [HOME, AWAY], search=Search(rounds=3))


@pytest.mark.parametrize("exporters", [(0,), (), (2,)])
def test_a_player_taxes_others_that_are_there(exporters):
    with pytest.raises(InputError, match="taxes the goods of other economies"):
        best_response(made_up(lambda t: t), FREE, Player(importer=0, exporters=exporters))
