"""Scarcity, production and sharing refuse what is out of range, and meet numbers worked by hand."""

import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.model.licensed_share import licensed_share
from tariffsim.model.production import marginal_value
from tariffsim.model.rank_shares import rank_correlations
from tariffsim.model.rationing import Rationing, divert
from tariffsim.model.scarcity import capped_market
from tariffsim.model.supply import Licensing


def test_a_capped_market_worked_by_hand():
    """Half of a third at sigma 2, eta 1: p = 3/2 and P = 9/8 solve p^2 = 2 P, 1/P = 2/9 + 2/3."""
    found = capped_market([0.5, 1.0], 1 / 3, 2.0, 1.0)
    np.testing.assert_allclose(found.capped_price, [1.5, 1.0], rtol=1e-12)
    np.testing.assert_allclose(found.price_index, [1.125, 1.0], rtol=1e-12)
    np.testing.assert_allclose(found.other_quantity, [1.125, 1.0], rtol=1e-12)
    np.testing.assert_allclose(found.rent, [0.25, 0.0], atol=1e-12)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ((0.0, 0.3, 2.0, 1.0), "cap must be above 0"),
        ((1.1, 0.3, 2.0, 1.0), "cap must be above 0"),
        ((0.5, 1.0, 2.0, 1.0), "share must be"),
        ((0.5, 0.3, 0.0, 1.0), "armington_elasticity must be"),
        ((0.5, 0.3, 2.0, -1.0), "import_demand_elasticity must be"),
    ],
)
def test_a_capped_market_refuses_what_is_out_of_range(arguments, message):
    with pytest.raises(InputError, match=message):
        capped_market(*arguments)


def test_fixed_proportions_have_no_price():
    with pytest.raises(InputError, match="elasticity must be between"):
        marginal_value(0.5, 0.1, 0.0)
    assert float(marginal_value(0.0, 0.25, 0.5)) == pytest.approx(16.0)


def test_three_users_worked_by_hand():
    """The first lacks a fifth of all need; half of what the others get can be turned to it."""
    sent = np.array([0.6, 1.0, 1.0])
    divert(sent, np.zeros(3), Rationing(need_share=[0.5, 0.25, 0.25], strength=0.5))
    # It takes min(0.5 x 0.4, 0.5 x 0.5) = 0.2, two fifths of what comes to the others; then the
    # second lacks 0.4 x 0.25 = 0.1 and takes min(0.1, 0.5 x 0.15) = 0.075 from the third.
    np.testing.assert_allclose(sent, [1.0, 0.9, 0.3])


def test_as_many_shares_as_users():
    with pytest.raises(InputError, match="one row a user"):
        divert(np.ones(3), np.zeros(3), Rationing(need_share=[0.5, 0.5], strength=1.0))


def test_periods_lie_within_the_rows():
    rule = Licensing(approval=[0.5], free=[0.0], delay_days=3.0, lengths=[10])
    with pytest.raises(InputError, match="within the 10 days"):
        licensed_share(rule, [10])


def test_ranks_need_as_many_draws():
    with pytest.raises(InputError, match="one column a draw"):
        rank_correlations(np.zeros(4), np.zeros((2, 3)))
