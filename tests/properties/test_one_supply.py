"""The fused closed form answers as the general kernel does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.model.armington import solve
from tariffsim.model.one_supply import solve_one_supply

elasticity = st.one_of(st.just(1.0), st.floats(0.05, 12.0))


@given(
    parts=st.lists(st.floats(0.01, 1.0), min_size=2, max_size=5),
    wedges=st.lists(st.floats(0.3, 4.0), min_size=5, max_size=5),
    sigma=elasticity,
    eta=elasticity,
    inverse=st.one_of(st.just(0.0), st.floats(0.0, 3.0)),
)
def test_fused_equals_general(parts, wedges, sigma, eta, inverse):
    share = np.array(parts)[:, None] / sum(parts)
    wedge = np.array(wedges[: len(parts)])[:, None]
    general = solve(
        share,
        wedge,
        armington_elasticity=sigma,
        import_demand_elasticity=eta,
        inverse_supply_elasticity=inverse,
    )
    fused = solve_one_supply(
        share[:, :, None],
        wedge[:, :, None],
        armington_elasticity=np.array([sigma]),
        import_demand_elasticity=np.array([eta]),
        inverse_supply_elasticity=np.array([inverse]),
    )
    value = np.exp(general.log_border_price + general.log_quantity)
    np.testing.assert_allclose(fused.value_change[:, :, 0], value, rtol=1e-10)
    np.testing.assert_allclose(
        fused.log_price_index[:, 0], general.log_price_index, rtol=1e-10, atol=1e-13
    )
    np.testing.assert_allclose(
        fused.log_landed_price[:, 0], general.log_landed_price[0], rtol=1e-10, atol=1e-13
    )


def test_no_change_is_exact():
    still = solve_one_supply(
        np.array([[[0.1], [0.3], [0.7]], [[0.2], [0.6], [0.1]], [[0.7], [0.1], [0.2]]]),
        np.ones((3, 3, 1)),
        armington_elasticity=np.array([0.7, 1.0, 3.0]),
        import_demand_elasticity=np.array([0.5, 1.0, 1.0]),
        inverse_supply_elasticity=np.array([0.0, 0.1, 2.0]),
    )
    assert (still.value_change == 1.0).all()
    assert (still.log_price_index == 0.0).all()
