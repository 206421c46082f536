import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.model.market_inputs import (
    expenditure_share,
    inverse_supply,
    require_gross_substitutes,
    wedge_change,
)


def test_infinite_supply_has_inverse_zero_without_a_warning():
    np.testing.assert_array_equal(inverse_supply([np.inf, 4.0]), [0.0, 0.25])


@pytest.mark.parametrize("omega", [0.0, -1.0, np.nan])
def test_supply_elasticities_are_above_zero(omega):
    with pytest.raises(InputError, match="export_supply_elasticity must be above zero"):
        inverse_supply([2.0, omega])


def test_wedge_is_the_ratio_of_landed_to_border_price_factors():
    np.testing.assert_allclose(wedge_change([0.0, 0.25], [0.3, 0.0]), [1.3, 0.8])


def test_shares_are_at_landed_prices_and_sum_to_one():
    value, rate = np.array([[100.0, 0.0], [50.0, 7.0]]), np.array([[0.0, 0.2], [1.0, 0.1]])
    share = expenditure_share(value, rate)
    np.testing.assert_allclose(share, [[0.5, 0.0], [0.5, 1.0]])


def test_a_market_without_trade_has_no_shares():
    with pytest.raises(InputError, match="every market"):
        expenditure_share(np.array([[1.0, 0.0], [2.0, 0.0]]), 0.1)


def test_gross_substitutes():
    require_gross_substitutes(np.array([2.0, 3.0]), 1.9)
    with pytest.raises(InputError, match=r"got 1\.5 and 1\.5 \(1 of 2\)"):
        require_gross_substitutes(np.array([2.0, 1.5]), 1.5)
    with pytest.raises(InputError):
        require_gross_substitutes(np.nan, 1.5)
