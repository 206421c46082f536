"""What must hold in every Armington market, whatever its numbers."""

import math
from decimal import Decimal, localcontext
from typing import NamedTuple

import numpy as np
import pytest
from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from tariffsim.model import armington_root
from tariffsim.model.armington import log_linear, solve
from tariffsim.model.armington_markets import Scratch
from tariffsim.model.market_inputs import inverse_supply
from tests.reference.twin_armington import solve_market

CLOSE = {"rtol": 1e-12, "atol": 0}


class Case(NamedTuple):
    share: np.ndarray  # (exporter,)
    wedge: np.ndarray
    sigma: float
    eta: float
    inverse: np.ndarray

    def solved(self, **changes):
        case = self._replace(**changes)
        return solve(
            case.share[:, None],
            case.wedge[:, None],
            armington_elasticity=case.sigma,
            import_demand_elasticity=case.eta,
            inverse_supply_elasticity=case.inverse[:, None],
        )


@st.composite
def cases(draw, least=1, most=6):
    exporters = draw(st.integers(least, most))
    weights = draw(
        st.lists(
            st.one_of(st.just(0.0), st.floats(1e-3, 1.0)), min_size=exporters, max_size=exporters
        ).filter(any)
    )
    column = {"min_size": exporters, "max_size": exporters}
    supply = st.one_of(st.just(0.0), st.floats(1e-3, 10.0))
    return Case(
        share=np.array(weights) / math.fsum(weights),
        wedge=np.array(draw(st.lists(st.floats(0.4, 3.0), **column))),
        sigma=draw(st.one_of(st.just(1.0), st.floats(0.2, 12.0))),
        eta=draw(st.one_of(st.just(1.0), st.floats(0.1, 6.0))),
        inverse=np.array(draw(st.lists(supply, **column))),
    )


@given(cases())
def test_no_shock_no_change_exactly(case):
    answer = case.solved(wedge=np.ones_like(case.wedge))
    for change in (
        answer.price_index_change,
        answer.border_price_change,
        answer.landed_price_change,
        answer.quantity_change,
    ):
        assert (change == 1.0).all()
    assert answer.converged


@given(cases())
@settings(max_examples=200)
def test_equals_the_scalar_twin(case):
    answer = case.solved()
    omega = [1.0 / inverse if inverse else math.inf for inverse in case.inverse]
    twin = solve_market(case.share, case.wedge, case.sigma, case.eta, omega)
    np.testing.assert_allclose(answer.price_index_change[0], twin.price_index, **CLOSE)
    np.testing.assert_allclose(answer.border_price_change[:, 0], twin.border, **CLOSE)
    np.testing.assert_allclose(answer.landed_price_change[:, 0], twin.landed, **CLOSE)
    np.testing.assert_allclose(answer.quantity_change[:, 0], twin.quantity, **CLOSE)


@given(cases())
def test_spending_adds_up_to_the_market(case):
    """Landed value by source sums to what demand spends at the new index."""
    answer = case.solved()
    spent = case.share @ (answer.landed_price_change * answer.quantity_change)
    np.testing.assert_allclose(spent, answer.price_index_change ** (1.0 - case.eta), **CLOSE)


@given(cases())
def test_every_source_sells_what_it_supplies(case):
    answer = case.solved()
    supplied = answer.quantity_change[:, 0] ** case.inverse
    np.testing.assert_allclose(answer.border_price_change[:, 0], supplied, **CLOSE)
    np.testing.assert_allclose(
        answer.landed_price_change, answer.border_price_change * case.wedge[:, None], **CLOSE
    )


@given(cases())
def test_the_index_error_reported_is_the_index_error_found(case):
    assume(abs(case.sigma - 1.0) > 0.01)
    answer = case.solved()
    gap = 1.0 - case.sigma
    index = np.log(case.share @ answer.landed_price_change**gap) / gap
    assert np.abs(index - np.log(answer.price_index_change)).max() <= 1e-12
    assert answer.residual <= 1e-12


@given(cases(least=2), st.randoms(use_true_random=False))
def test_relabelling_the_sources_relabels_the_answer(case, random):
    order = list(range(len(case.share)))
    random.shuffle(order)
    answer, moved = (
        case.solved(),
        case.solved(share=case.share[order], wedge=case.wedge[order], inverse=case.inverse[order]),
    )
    np.testing.assert_allclose(moved.price_index_change, answer.price_index_change, **CLOSE)
    np.testing.assert_allclose(moved.quantity_change, answer.quantity_change[order], **CLOSE)


@given(cases(), st.floats(0.0, 1.0))
def test_splitting_a_source_in_two_alike_changes_nothing(case, part):
    first = case.share[0]
    twice = [0, *range(len(case.share))]
    share = case.share[twice]
    share[0], share[1] = part * first, first - part * first
    answer = case.solved()
    split = case.solved(share=share, wedge=case.wedge[twice], inverse=case.inverse[twice])
    np.testing.assert_allclose(split.price_index_change, answer.price_index_change, **CLOSE)
    np.testing.assert_allclose(split.quantity_change[1:], answer.quantity_change, **CLOSE)
    np.testing.assert_allclose(split.quantity_change[0], answer.quantity_change[0], **CLOSE)


@given(cases())
def test_small_shocks_are_log_linear(case):
    """The error of the tangent shrinks with the square of the shock."""
    assume(np.abs(np.log(case.wedge)).max() > 0.1)

    def error(size):
        wedge = case.wedge[:, None] ** size
        elasticities = {
            "armington_elasticity": case.sigma,
            "import_demand_elasticity": case.eta,
            "inverse_supply_elasticity": case.inverse[:, None],
        }
        exact = solve(case.share[:, None], wedge, **elasticities)
        tangent = log_linear(case.share[:, None], wedge, **elasticities)
        return max(
            float(np.abs(np.log(new) - np.log(line)).max())
            for new, line in (
                (exact.price_index_change, tangent.price_index_change),
                (exact.landed_price_change, tangent.landed_price_change),
                (exact.quantity_change, tangent.quantity_change),
            )
        )

    # Halving the shock divides the error by four, up to third order and round-off.
    assert error(0.001) <= 0.27 * error(0.002) + 1e-13


@given(cases())
def test_a_dearer_source_sells_less_and_raises_the_index(case):
    assume(case.share[0] > 0)
    wedge = case.wedge.copy()
    wedge[0] *= 1.1
    before, after = case.solved(), case.solved(wedge=wedge)
    assert after.quantity_change[0, 0] < before.quantity_change[0, 0]
    assert after.price_index_change[0] > before.price_index_change[0]
    assert after.border_price_change[0, 0] <= before.border_price_change[0, 0] * (1 + 1e-13)


@given(cases(least=2), st.floats(0.01, 10.0))
def test_gross_substitutes_gain_from_anothers_duty(case, excess):
    case = case._replace(sigma=case.eta + excess)
    wedge = case.wedge.copy()
    wedge[0] *= 1.5
    before, after = case.solved(), case.solved(wedge=wedge)
    assert (after.quantity_change[1:] >= before.quantity_change[1:] * (1 - 1e-13)).all()


@given(st.lists(cases(least=3, most=3), min_size=2, max_size=5))
@settings(max_examples=30)
def test_a_batch_is_a_loop(many):
    """Markets side by side, as draws and as products, give what each gives alone."""
    alone = [case.solved() for case in many]

    def stacked(name, axis):
        return np.stack([getattr(case, name)[:, None] for case in many], axis=axis)

    draws = solve(
        stacked("share", 0),
        stacked("wedge", 0),
        armington_elasticity=np.array([case.sigma for case in many])[:, None, None],
        import_demand_elasticity=np.array([case.eta for case in many])[:, None, None],
        inverse_supply_elasticity=stacked("inverse", 0),
    )
    products = solve(
        np.concatenate([case.share[:, None] for case in many], axis=1),
        np.concatenate([case.wedge[:, None] for case in many], axis=1),
        armington_elasticity=np.array([[case.sigma for case in many]]),
        import_demand_elasticity=np.array([[case.eta for case in many]]),
        inverse_supply_elasticity=np.concatenate([c.inverse[:, None] for c in many], axis=1),
    )
    for place, one in enumerate(alone):
        for batch, at in ((draws, np.s_[place]), (products, np.s_[..., place, None])):
            np.testing.assert_allclose(
                batch.price_index_change[at], one.price_index_change, **CLOSE
            )
            np.testing.assert_allclose(
                batch.landed_price_change[at], one.landed_price_change, **CLOSE
            )
            np.testing.assert_allclose(batch.quantity_change[at], one.quantity_change, **CLOSE)


@given(cases(), st.integers(1, 16), st.sampled_from([-1.0, 1.0]))
@example(Case(np.array([0.3, 0.7]), np.array([1.5, 1.0]), 1.0, 0.5, np.array([0.2, 0.0])), 8, -1.0)
def test_sigma_passes_through_one(case, digits, side):
    """At and beside one the index is that of forty digits, where 1 - sigma keeps its own."""
    sigma = 1.0 + side * 10.0**-digits
    answer = case.solved(sigma=sigma)
    with localcontext() as context:
        context.prec = 60
        gap = 1 - Decimal(sigma)
        logs = [Decimal(float(price)).ln() for price in answer.landed_price_change[:, 0]]
        pairs = list(zip((Decimal(float(s)) for s in case.share), logs, strict=True))
        total = sum(s for s, _ in pairs)
        index = sum(s * log for s, log in pairs) / total
        if gap:
            index = (sum(s * (gap * log).exp() for s, log in pairs) / total).ln() / gap
    assert abs(float(index) - math.log(answer.price_index_change[0])) <= 1e-13
    at_one = case.solved(sigma=1.0)
    np.testing.assert_allclose(
        answer.quantity_change, at_one.quantity_change, rtol=200.0 * 10.0**-digits + 1e-13
    )


@given(cases())
@example(
    Case(
        np.array([32.0, 19.0, 16.0]) / 67.0,
        np.array([1.0, 1.0, 1.5]),
        math.nextafter(1.0, 0.0),
        0.5,
        np.zeros(3),
    )
)
def test_very_elastic_supply_is_perfectly_elastic_supply(case):
    perfect = case.solved(inverse=np.zeros_like(case.inverse))
    np.testing.assert_allclose(perfect.border_price_change, 1.0, rtol=0, atol=1e-14)
    nearly = case.solved(inverse=inverse_supply(np.full(len(case.share), 1e11)))
    np.testing.assert_allclose(nearly.quantity_change, perfect.quantity_change, rtol=1e-8)
    mixed = case.solved(inverse=np.where(np.arange(len(case.share)) % 2, 1e-11, 0.0))
    np.testing.assert_allclose(mixed.quantity_change, perfect.quantity_change, rtol=1e-8)


@given(cases(), st.floats(0.5, 2.0))
def test_one_wedge_on_all_elastic_sources_is_a_price_level(case, wedge):
    answer = case.solved(wedge=np.full_like(case.wedge, wedge), inverse=np.zeros_like(case.inverse))
    np.testing.assert_allclose(answer.price_index_change, wedge, **CLOSE)
    np.testing.assert_allclose(answer.quantity_change, wedge**-case.eta, **CLOSE)


@st.composite
def cells_of_work(draw):
    """A market away from its root: shares, slopes of one sign, exponents."""
    column = {"min_size": 3, "max_size": 3}
    share = np.array(draw(st.lists(st.floats(0.01, 1.0), **column)))
    sign = draw(st.sampled_from([-1.0, 1.0]))
    slope = sign * np.array(draw(st.lists(st.floats(0.05, 8.0), **column)))
    level = np.array(draw(st.lists(st.floats(-3.0, 3.0), **column)))
    doubles = np.stack([level, np.empty(3), share / share.sum(), slope])[:, :, None]
    return Scratch(doubles=doubles, singles=np.empty((4, 3, 1), dtype=np.float32))


@given(cells_of_work())
def test_what_is_left_after_a_step_is_never_more_than_said(scratch):
    level, _, share, slope = scratch.doubles.copy()
    steepest = np.abs(slope).max()
    move, left = armington_root._halley(scratch, float(steepest))
    found = np.abs((share * np.expm1(level + slope * move)).sum(axis=0))
    bend = (share * np.exp(level) * slope**2).sum(axis=0)
    beyond = bend * np.abs(move) ** 3 * steepest * np.exp(steepest * np.abs(move)) / 6.0
    assert (found <= left * (1 + 1e-9) + 1e-14).all()
    assert (left <= (found + 2.0 * beyond) * (1 + 1e-9) + 1e-14).all()


@given(cases())
def test_the_start_is_only_a_start(case):
    """From no change at all, in double precision, the way is longer and the answer the same."""
    answer = case.solved()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(armington_root, "_start", lambda scratch, *, wide: np.zeros(1))
        slow = case.solved()
    assert slow.iterations >= answer.iterations
    np.testing.assert_allclose(slow.price_index_change, answer.price_index_change, **CLOSE)
    np.testing.assert_allclose(slow.quantity_change, answer.quantity_change, **CLOSE)


def test_usual_duties_take_one_step_in_double_precision():
    random = np.random.default_rng(8)
    share = random.dirichlet(np.ones(4), 300)[..., None]
    answer = solve(
        share,
        1.0 + 0.5 * random.random((300, 4, 1)),
        armington_elasticity=random.uniform(1.2, 5.0, (300, 1, 1)),
        import_demand_elasticity=1.1,
        inverse_supply_elasticity=random.uniform(0.0, 0.5, (300, 4, 1)),
    )
    assert answer.iterations == 1


@pytest.mark.parametrize("lead", [(), (3,), (2, 3)])
def test_cells_cover_every_market_once(lead, monkeypatch):
    """The answer does not depend on how the markets are cut."""
    random = np.random.default_rng(5)
    share = random.random((*lead, 3, 7))
    share /= share.sum(axis=-2, keepdims=True)
    wedge = 1.0 + 0.5 * random.random((3, 7))
    kept = {
        "armington_elasticity": 1.5 + random.random((*lead, 1, 1)),
        "import_demand_elasticity": 0.8,
        "inverse_supply_elasticity": random.random((3, 1)),
    }
    whole = solve(share, wedge, **kept)
    monkeypatch.setattr("tariffsim.model.armington_markets.CELL", 8)
    pieces = solve(share, wedge, **kept)
    np.testing.assert_allclose(pieces.price_index_change, whole.price_index_change, **CLOSE)
    np.testing.assert_allclose(pieces.quantity_change, whole.quantity_change, **CLOSE)
