"""The fused closed form answers as the general kernel does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.model.armington import solve
from tariffsim.model.cases import distinct_cases, regime_totals
from tariffsim.model.one_supply import Scratch, solve_one_supply

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
        share[:-1, :, None],
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
        np.array([[[0.1], [0.3], [0.7]], [[0.2], [0.6], [0.1]]]),
        np.ones((3, 3, 1)),
        armington_elasticity=np.array([0.7, 1.0, 3.0]),
        import_demand_elasticity=np.array([0.5, 1.0, 1.0]),
        inverse_supply_elasticity=np.array([0.0, 0.1, 2.0]),
    )
    assert (still.value_change == 1.0).all()
    assert (still.log_price_index == 0.0).all()


@given(
    columns=st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=6),
    full=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_regimes_are_the_sums_of_their_cases(columns, full):
    """However cases are laid out, each regime totals what stands in its own columns."""
    added = np.array(columns, dtype=float)[:, None, :] / 4.0
    wanted = np.array(full[: len(columns)])
    cases = distinct_cases(added, added, wanted)
    differences = (cases.added_low[0] * (1.0 + cases.product))[:, None]
    totals = (added[:, 0] * (1.0 + np.arange(4))).sum(axis=1)
    np.testing.assert_allclose(regime_totals(differences, cases, every=True)[:, 0], totals)
    kept = regime_totals(differences, cases, every=False)[:, 0]
    np.testing.assert_allclose(kept, np.where(wanted, totals, 0.0))


def test_memory_that_was_used_before_changes_no_bit():
    def answer(scratch):
        rng = np.random.default_rng(3)
        draws = {name: rng.uniform(0.2, 4.0, 5) for name in ("sigma", "eta", "inverse")}
        return solve_one_supply(
            rng.uniform(0.1, 0.9, (1, 3, 5)),
            rng.uniform(0.8, 2.0, (2, 3, 1)),
            armington_elasticity=draws["sigma"],
            import_demand_elasticity=draws["eta"],
            inverse_supply_elasticity=draws["inverse"],
            scratch=scratch,
        )

    used = Scratch.of(2, 7, 9)
    for part in (used.by_source, used.first, used.second, used.third):
        part[...] = np.nan
    fresh, again = answer(None), answer(used)
    assert fresh.value_change.tobytes() == again.value_change.tobytes()
    assert fresh.log_landed_price.tobytes() == again.log_landed_price.tobytes()
