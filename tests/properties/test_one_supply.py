"""The fused closed form answers as the general kernel does."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from tariffsim.model.armington import solve
from tariffsim.model.cases import distinct_cases, regime_sums
from tariffsim.model.one_supply import Scratch, responses, solve_one_supply

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
        responses(
            armington_elasticity=np.array([sigma]),
            import_demand_elasticity=np.array([eta]),
            inverse_supply_elasticity=np.array([inverse]),
        ),
    )
    value = np.exp(general.log_border_price + general.log_quantity)
    np.testing.assert_allclose(fused.value[:, :, 0], value, rtol=1e-10)
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
        responses(
            armington_elasticity=np.array([0.7, 1.0, 3.0]),
            import_demand_elasticity=np.array([0.5, 1.0, 1.0]),
            inverse_supply_elasticity=np.array([0.0, 0.1, 2.0]),
        ),
    )
    assert (still.value == 1.0).all()
    assert (still.log_price_index == 0.0).all()


@given(
    wedges=st.lists(
        st.lists(st.sampled_from([1.0, 1.1, 1.3]), min_size=3, max_size=3), min_size=1, max_size=6
    ),
    elasticity=st.lists(elasticity, min_size=2, max_size=2),
    inverse=st.floats(0.0, 3.0),
)
def test_a_wedge_that_markets_share_is_the_wedge_of_each(wedges, elasticity, inverse):
    """Worked out once or market by market: the same bits, with values in any unit."""
    wedge = np.array(wedges).T[:, :, None]
    share, value = np.full((2, wedge.shape[1], 1), 0.3), np.full((3, wedge.shape[1], 2), 7.0)
    draws = np.ones(2)
    respond = responses(
        armington_elasticity=elasticity[0] * draws,
        import_demand_elasticity=elasticity[1] * draws,
        inverse_supply_elasticity=inverse * draws,
    )
    shared = [np.unique(own, return_inverse=True) for own in wedge[1:, :, 0]]
    once = solve_one_supply(
        share,
        [wedge[0], *(own[:, None] for own, _ in shared)],
        respond,
        of=[None, *(place for _, place in shared)],
        value=value,
    )
    each = solve_one_supply(share, wedge, respond, value=value)
    assert np.array(once.value).tobytes() == np.array(each.value).tobytes()
    assert once.log_landed_price.tobytes() == each.log_landed_price.tobytes()
    plain = solve_one_supply(share, wedge, respond)
    np.testing.assert_allclose(each.value, 7.0 * np.array(plain.value), rtol=1e-14)


@given(
    columns=st.lists(st.lists(st.integers(0, 2), min_size=4, max_size=4), min_size=1, max_size=6),
    full=st.lists(st.booleans(), min_size=6, max_size=6),
)
def test_regimes_are_the_sums_of_their_cases(columns, full):
    """However cases are laid out, each regime totals what stands in its own columns."""
    added = np.array(columns, dtype=float)[:, None, :] / 4.0
    wanted = np.array(full[: len(columns)])
    cases = distinct_cases(added, added, wanted)
    values = (cases.added_low[0] * (1.0 + cases.product))[:, None]
    totals = (added[:, 0] * (1.0 + np.arange(4))).sum(axis=1)
    weights = [(cases.added_low[0], np.array([2.0])), (1.0 * cases.product, 1.0)]
    plain, weighted = regime_sums(values, cases.of_regime, weights=weights, weighed=wanted)
    np.testing.assert_allclose(plain[:, 0], totals)
    weight = 2.0 * added[:, 0] + np.arange(4)
    expected = (weight * added[:, 0] * (1.0 + np.arange(4))).sum(axis=1)
    np.testing.assert_allclose(weighted[:, 0], np.where(wanted, expected, 0.0))
    kept, _ = regime_sums(values, cases.in_full(), room=np.full((9, 3), np.nan))
    np.testing.assert_allclose(kept[:, 0], np.where(wanted, totals, 0.0))


def test_memory_that_was_used_before_changes_no_bit():
    def answer(scratch):
        rng = np.random.default_rng(3)
        draws = {name: rng.uniform(0.2, 4.0, 5) for name in ("sigma", "eta", "inverse")}
        return solve_one_supply(
            rng.uniform(0.1, 0.9, (1, 3, 5)),
            rng.uniform(0.8, 2.0, (2, 3, 1)),
            responses(
                armington_elasticity=draws["sigma"],
                import_demand_elasticity=draws["eta"],
                inverse_supply_elasticity=draws["inverse"],
            ),
            scratch=scratch,
        )

    used = Scratch.of(2, 3, 5)
    for part in (used.value, used.index, used.landed, used.spare):
        part[...] = np.nan
    fresh, again = answer(None), answer(used)
    assert fresh.value.tobytes() == again.value.tobytes()
    assert fresh.log_landed_price.tobytes() == again.log_landed_price.tobytes()
