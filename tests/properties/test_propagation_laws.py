"""What must hold of every shortage in every input-output table."""

from unittest.mock import patch

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffsim.model.propagation import Behaviour, Links, Shortage, propagate
from tests.reference.twin_propagation import Habits, run_table

DAYS = 50
FEW = settings(max_examples=60, deadline=None)


@st.composite
def cases(draw, *, draws=1):
    """A table with empty cells, a rule of each kind, and industries hit for a while."""
    regions, sectors = draw(st.integers(1, 3)), draw(st.integers(1, 4))
    count = regions * sectors
    random = np.random.default_rng(draw(st.integers(0, 2**32 - 1)))
    sales = random.lognormal(0.0, 1.0, (regions, sectors, count))
    sales[random.random(sales.shape) < draw(st.sampled_from([0.0, 0.4]))] = 0.0
    final = random.lognormal(0.5, 1.0, (regions, sectors))
    if draw(st.booleans()):
        final[0, 0] = 0.0 if sales[0, 0].sum() > 0 else final[0, 0]
    shape = (sectors, count, draws)
    behaviour = Behaviour(
        inventory_days=random.uniform(1.0, 40.0, shape),
        criticality=random.choice([0.0, 0.5, 1.0, 0.3], shape),
        restock_days=random.uniform(1.0, 90.0, draws),
        buffer_share=random.choice([0.0, 0.8, 1.0], draws),
        highest_capacity=random.uniform(1.0, 1.5, draws),
        stretch_days=random.uniform(30.0, 400.0, draws),
        switching=random.choice([0.0, 0.5, 1.0, 2.0], draws),
        ordering=draw(st.sampled_from(["wanted", "made"])),
        rationing=draw(st.sampled_from(["pro-rata", "industries-first"])),
    )
    hit = random.choice(count, size=draw(st.integers(1, count)), replace=False)
    start, end = sorted(draw(st.tuples(st.integers(0, DAYS), st.integers(0, DAYS))))
    inside = (np.arange(DAYS) >= start) & (np.arange(DAYS) < end)
    low = random.choice([0.0, 0.1, 0.5, 0.9], (len(hit), draws))
    capacity = np.where(inside[:, None, None], low, 1.0)
    ceiling = None
    if draw(st.booleans()):
        top = random.uniform(0.2, 1.2, (len(hit), draws))
        ceiling = np.where(inside[:, None, None], top, np.inf)
    shortage = Shortage(industry=hit, capacity=capacity, ceiling=ceiling)
    return Links(intermediate=sales, final=final), shortage, behaviour


def spread(shortage, count, name):
    values = getattr(shortage, name)
    whole = np.full((DAYS, count), 1.0 if name == "capacity" else np.inf)
    if values is not None:
        whole[:, shortage.industry] = values[:, :, 0]
    return whole


def twin(links, shortage, behaviour):
    _, sectors, count = links.intermediate.shape
    habits = Habits(
        behaviour.inventory_days[:, :, 0].tolist(),
        behaviour.criticality[:, :, 0].tolist(),
        *(
            float(getattr(behaviour, name)[0])
            for name in (
                "restock_days",
                "buffer_share",
                "highest_capacity",
                "stretch_days",
                "switching",
            )
        ),
        by_wanted=behaviour.ordering == "wanted",
        final_last=behaviour.rationing == "industries-first",
    )
    return run_table(
        links.intermediate.reshape(count, count).tolist(),
        links.final.ravel().tolist(),
        sectors,
        habits,
        spread(shortage, count, "capacity").tolist(),
        spread(shortage, count, "ceiling").tolist(),
    )


@given(cases())
@FEW
def test_equals_the_scalar_twin_and_the_twin_loses_nothing_on_the_way(case):
    links, _, _ = case
    path = propagate(*case)
    days, stock = twin(*case)
    for name, column in (("output", 0), ("unmet_final", 1), ("days_of_cover", 2)):
        expected = [day[column] for day in days]
        np.testing.assert_allclose(getattr(path, name)[:, :, 0], expected, rtol=1e-8, atol=1e-8)
    need = links.intermediate.sum(axis=0)
    np.testing.assert_allclose(path.stock[:, :, 0] * need, stock, rtol=1e-8, atol=1e-8)
    for day in days:
        np.testing.assert_allclose(day.received, day.sent, rtol=1e-9, atol=1e-9)


@given(cases())
@FEW
def test_what_is_delivered_is_received(case):
    """Where all that is used is needed, stocks hold what was sold to industries and not used."""
    links, shortage, behaviour = case
    full = Behaviour(
        inventory_days=behaviour.inventory_days,
        criticality=1.0,
        restock_days=behaviour.restock_days,
        switching=behaviour.switching,
        ordering=behaviour.ordering,
        rationing=behaviour.rationing,
    )
    path = propagate(links, shortage, full)
    sectors = links.intermediate.shape[1]
    need = links.intermediate.sum(axis=0)
    stored = (path.stock - full.inventory_days)[:, :, 0] + path.output[:, :, 0].sum(axis=0)
    received = (need * stored).sum(axis=1)
    made = path.output[:, :, 0] * links.gross_output.ravel()
    to_final = (1.0 - path.unmet_final[:, :, 0]) * links.final.ravel()
    sold = (made - to_final).sum(axis=0).reshape(-1, sectors).sum(axis=0)
    np.testing.assert_allclose(received, sold, rtol=1e-9, atol=1e-8 * DAYS)


@given(cases())
@FEW
def test_nothing_is_negative_and_nothing_exceeds_what_is_wanted_or_possible(case):
    _, shortage, behaviour = case
    path = propagate(*case)
    assert (path.output >= -1e-12).all()
    assert (path.days_of_cover >= 0).all()
    assert (path.stock >= 0).all()
    assert ((path.unmet_final >= -1e-12) & (path.unmet_final <= 1 + 1e-12)).all()
    most = spread(shortage, path.output.shape[1], "capacity") * behaviour.highest_capacity
    assert (path.output[:, :, 0] <= most + 1e-9).all()
    top = spread(shortage, path.output.shape[1], "ceiling")
    assert (path.output[:, :, 0] <= top + 1e-9).all()


@given(cases(draws=2))
@FEW
def test_without_a_shortage_nothing_changes_to_the_last_digit(case):
    links, shortage, behaviour = case
    none = Shortage(industry=shortage.industry, capacity=np.ones_like(shortage.capacity))
    # Days before the first shortage are not worked out; here all of them are.
    with patch("tariffsim.model.propagation_days._first_day", return_value=0):
        worked_out = propagate(links, none, behaviour, draws=2)
    for path in (propagate(links, none, behaviour, draws=2), worked_out):
        assert (path.output == 1.0).all()
        assert (path.unmet_final == 0.0).all()
        assert (path.limiting_input == -1).all()
        used = np.broadcast_to((links.intermediate.sum(axis=0) > 0)[:, :, None], path.stock.shape)
        target = np.broadcast_to(behaviour.inventory_days, path.stock.shape)
        assert (path.stock == target)[used].all()


@given(cases(draws=3))
@FEW
def test_a_batch_is_the_loop(case):
    links, shortage, behaviour = case
    path = propagate(*case, draws=3)
    for draw in range(3):
        one = slice(draw, draw + 1)
        alone = propagate(
            links,
            Shortage(
                industry=shortage.industry,
                capacity=shortage.capacity[:, :, one],
                ceiling=None if shortage.ceiling is None else shortage.ceiling[:, :, one],
            ),
            Behaviour(
                inventory_days=behaviour.inventory_days[:, :, one],
                criticality=behaviour.criticality[:, :, one],
                restock_days=behaviour.restock_days[one],
                buffer_share=behaviour.buffer_share[one],
                highest_capacity=behaviour.highest_capacity[one],
                stretch_days=behaviour.stretch_days[one],
                switching=behaviour.switching[one],
                ordering=behaviour.ordering,
                rationing=behaviour.rationing,
            ),
        )
        np.testing.assert_allclose(path.output[:, :, one], alone.output, rtol=1e-9, atol=1e-10)
        np.testing.assert_allclose(
            path.unmet_final[:, :, one], alone.unmet_final, rtol=1e-9, atol=1e-10
        )


@given(cases(), st.integers(0, 1000))
@FEW
def test_other_names_for_regions_and_sectors_change_nothing(case, seed):
    links, shortage, behaviour = case
    regions, sectors, count = links.intermediate.shape
    random = np.random.default_rng(seed)
    region, sector = random.permutation(regions), random.permutation(sectors)
    number = np.arange(count).reshape(regions, sectors)[region][:, sector].ravel()
    back = np.argsort(number)
    other = propagate(
        Links(
            intermediate=links.intermediate[region][:, sector][:, :, number],
            final=links.final[region][:, sector],
        ),
        Shortage(
            industry=back[shortage.industry], capacity=shortage.capacity, ceiling=shortage.ceiling
        ),
        Behaviour(
            inventory_days=behaviour.inventory_days[sector][:, number],
            criticality=behaviour.criticality[sector][:, number],
            restock_days=behaviour.restock_days,
            buffer_share=behaviour.buffer_share,
            highest_capacity=behaviour.highest_capacity,
            stretch_days=behaviour.stretch_days,
            switching=behaviour.switching,
            ordering=behaviour.ordering,
            rationing=behaviour.rationing,
        ),
    )
    path = propagate(*case)
    np.testing.assert_allclose(other.output, path.output[:, number], rtol=1e-8, atol=1e-9)


@given(cases(), st.floats(0.1, 1.0))
@FEW
def test_output_keeps_what_partial_substitutes_leave(case, criticality):
    """No input can take more than its criticality, so no chain of inputs brings a world to zero."""
    links, shortage, behaviour = case
    held = Behaviour(
        inventory_days=behaviour.inventory_days,
        criticality=criticality,
        switching=behaviour.switching,
        rationing=behaviour.rationing,
    )
    path = propagate(links, shortage, held)
    count = path.output.shape[1]
    share = links.final.ravel() / links.gross_output.ravel()
    # Demand never falls below final demand, nor capacity below what is left of it.
    able = np.minimum(spread(shortage, count, "capacity"), spread(shortage, count, "ceiling"))
    least = (1.0 - criticality) * np.minimum(share, able)
    assert (path.output[:, :, 0] >= least - 1e-9).all()


@given(cases())
@settings(max_examples=25, deadline=None)
def test_the_world_recovers_once_the_shortage_is_over(case):
    """Stocks are rebuilt with output above normal, so recovered is: not below."""
    links, shortage, behaviour = case
    rules = Behaviour(
        inventory_days=np.maximum(behaviour.inventory_days, 3.0),
        criticality=0.5,
        stretch_days=60.0,
    )
    days = np.arange(1500)[:, None, None]
    low = shortage.capacity.min(axis=0)[None]
    hit = Shortage(industry=shortage.industry, capacity=np.where(days < 60, low, 1.0))
    # Industries that sell mostly to each other can rest below normal for years: each wants only
    # what the others, made small, ask of it. The law is of those that have buyers outside.
    sold = np.maximum(links.final, 0.5 * links.intermediate.sum(axis=2) + 0.01)
    path = propagate(Links(intermediate=links.intermediate, final=sold), hit, rules)
    assert (path.output[-30:] > 0.96).all()
