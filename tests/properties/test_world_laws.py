"""What must hold in every world equilibrium, whatever its numbers."""

import attrs
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffsim.model import caliendo_parro, gravity
from tariffsim.model.caliendo_parro_welfare import benchmark_value, customs_value, measure
from tariffsim.model.fixed_point import Control
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.world_accounts import WorldAccounts, WorldShock, calibrate, final_income
from tests.reference.twin_gravity import solve_gravity
from tests.reference.twin_world import one_round, plain, solve_world
from tests.worlds import elasticities, one_good, rates, seeds, sizes, world

TIGHT = Control(tolerance=1e-13)
FEW = settings(max_examples=15)


def shock_of(accounts, seed, *, most=0.8, **changes):
    random = np.random.default_rng([seed, 1])
    economies, products = accounts.expenditure.shape
    theta = random.uniform(1.5, 10.0, products)
    rate = rates(random, economies, products, most)
    return attrs.evolve(WorldShock(trade_elasticity=theta, applied_rate=rate), **changes)


def solved(accounts, shock, control=TIGHT):
    return caliendo_parro.solve(accounts, shock, control=control)


def near(got, expected, rtol=1e-11):
    np.testing.assert_allclose(got, expected, rtol=rtol, atol=rtol)


@given(seeds, sizes, sizes)
def test_no_shock_no_change_exactly(seed, economies, products):
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed, applied_rate=accounts.applied_rate)
    found = caliendo_parro.solve(accounts, shock)
    welfare = measure(accounts, shock, found)
    assert (found.wage_change == 1.0).all()
    assert (found.price_index_change == 1.0).all()
    assert (customs_value(accounts, shock, found) == benchmark_value(accounts)).all()
    near(welfare.real_income_change, 1.0, 1e-14)
    near(welfare.first_order_difference, 0.0, 1e-14)


@given(seeds, sizes, st.sampled_from(["additive", "multiplicative"]), st.sampled_from([0.0, 0.5]))
def test_no_shock_no_change_exactly_in_gravity(seed, economies, deficit, kappa):
    accounts = one_good(seed, economies)
    for rebate in ("lump-sum", "labour-tax"):
        found = gravity.solve(
            accounts,
            GravityShock(
                trade_elasticity=4.0,
                labour_supply_elasticity=kappa,
                deficit=deficit,
                rebate=rebate,
                applied_rate=accounts.applied_rate,
            ),
        )
        if deficit == "additive":
            assert (found.wage_change == 1.0).all()
            assert (found.customs_value == accounts.customs_value).all()
            near(found.welfare_change, 1.0, 1e-14)


@FEW
@given(seeds, st.integers(1, 3), st.integers(1, 3))
def test_the_twin_agrees(seed, economies, products):
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed)
    found = solved(accounts, shock)
    twin = solve_world(accounts, shock.trade_elasticity, shock.applied_rate, accounts.deficit)
    near(found.wage_change, twin.wage)
    near(found.price_index_change, twin.price)
    near(found.expenditure, twin.spent)
    near(found.revenue, twin.revenue)
    near(customs_value(accounts, shock, found), twin.trade)


@FEW
@given(
    seeds,
    st.integers(1, 4),
    st.floats(0.8, 12.0),
    st.sampled_from([0.0, 0.5, 1.5]),
    st.booleans(),
    st.booleans(),
)
def test_the_twin_agrees_on_gravity(seed, economies, theta, kappa, additive, relieved):
    accounts = one_good(seed, economies)
    random = np.random.default_rng([seed, 2])
    rate, effect = rates(random, economies, 1), np.exp(random.normal(0, 0.2, (economies,) * 2))
    found = gravity.solve(
        accounts,
        GravityShock(
            trade_elasticity=theta,
            applied_rate=rate,
            partial_effect=effect[..., None],
            labour_supply_elasticity=kappa,
            deficit="additive" if additive else "multiplicative",
            rebate="labour-tax" if relieved else "lump-sum",
        ),
        control=TIGHT,
    )
    tables = (accounts.customs_value, accounts.applied_rate, rate, effect)
    twin = solve_gravity(
        *(t.reshape(economies, economies).tolist() for t in tables),
        theta,
        kappa=kappa,
        additive=additive,
        relieved=relieved,
    )
    near(found.wage_change, twin.wage, 1e-10)
    near(found.price_index_change, twin.price, 1e-10)
    near(found.labour_change, twin.labour, 1e-10)
    near(found.expenditure, twin.spending, 1e-10)
    near(found.customs_value[..., 0], twin.trade, 1e-10)


@given(seeds, sizes, sizes, st.floats(1e-3, 1e4))
def test_the_unit_of_account_does_not_matter(seed, economies, products, unit):
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed)
    scaled = attrs.evolve(
        accounts,
        labour_income=unit * accounts.labour_income,
        expenditure=unit * accounts.expenditure,
        deficit=unit * accounts.deficit,
    )
    one, other = solved(accounts, shock), solved(scaled, shock)
    near(other.wage_change, one.wage_change)
    near(other.expenditure, unit * one.expenditure)


@FEW
@given(seeds, st.integers(1, 3), st.integers(1, 3), st.floats(0.2, 5.0))
def test_the_numeraire_does_not_matter(seed, economies, products, level):
    """Wages, prices and values times any number solve the equations too."""
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed)
    found = solved(accounts, shock)
    wage, price = (level * found.wage_change), (level * found.price_index_change)
    spent, deficit = level * found.expenditure, level * found.deficit
    new_price, new_spent, earned, _, _ = one_round(
        plain(accounts),
        shock.trade_elasticity.tolist(),
        shock.applied_rate.tolist(),
        deficit.tolist(),
        wage.tolist(),
        price.tolist(),
        spent.tolist(),
    )
    near(new_price, price)
    near(new_spent, spent)
    near(earned, wage * accounts.labour_income)


@given(seeds, sizes, sizes, st.sampled_from(["held", "removed"]))
def test_walras_and_the_accounts_of_every_economy(seed, economies, products, deficit):
    """Trade balance is nowhere imposed: it must follow."""
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed, deficit=deficit)
    found = solved(accounts, shock)
    flow = customs_value(accounts, shock, found)
    imports, exports = flow.sum(axis=(1, 2)), flow.sum(axis=(0, 2))
    owed = accounts.deficit if deficit == "held" else 0.0
    near(imports - exports, owed, 1e-10)
    near(found.revenue, (shock.applied_rate * flow).sum(axis=(1, 2)))
    landed = flow * (1 + shock.applied_rate)
    near(landed.sum(axis=1), found.expenditure)
    near((accounts.labour_income * found.wage_change).sum(), accounts.labour_income.sum())


@FEW
@given(seeds, st.integers(2, 4), st.integers(1, 3), st.floats(0.05, 1.0))
def test_lerner_symmetry(seed, economies, products, duty):
    """A duty on all imports is a tax on all exports: the others collect it and hand it back."""
    accounts = world(seed, economies, products, balanced=True, taxed=False)
    taxed = shock_of(accounts, seed, applied_rate=np.zeros_like(accounts.applied_rate))
    on_imports, on_exports = (np.zeros_like(accounts.applied_rate) for _ in range(2))
    on_imports[0], on_exports[:, 0] = duty, duty
    on_imports[0, 0] = on_exports[0, 0] = 0.0
    imports = attrs.evolve(taxed, applied_rate=on_imports)
    target = measure(accounts, imports, solved(accounts, imports)).real_income_change
    handed = np.zeros(economies)
    for _ in range(200):
        exports = attrs.evolve(taxed, applied_rate=on_exports, deficit=handed)
        found = solved(accounts, exports)
        collected = found.revenue.copy()
        collected[0] = -collected.sum()
        if np.abs(handed + collected).max() < 1e-13 * accounts.labour_income.sum():
            break
        handed = -collected
    near(measure(accounts, exports, found).real_income_change, target, 1e-9)


@given(seeds, sizes, st.floats(1.0, 12.0), st.floats(0.7, 1.6))
def test_gains_are_what_the_home_share_says_in_one_sector(seed, economies, theta, dearer):
    """Arkolakis, Costinot and Rodriguez-Clare: real income is the own share to the -1/theta."""
    accounts = one_good(seed, economies, balanced=True, taxed=False)
    iceberg = np.full((economies, economies, 1), dearer)
    iceberg[np.arange(economies), np.arange(economies)] = 1.0
    shock = GravityShock(trade_elasticity=theta, partial_effect=iceberg**-theta)
    found = gravity.solve(accounts, shock, control=TIGHT)
    own = found.customs_value[..., 0].diagonal() / found.expenditure
    value = accounts.customs_value[..., 0]
    before = value.diagonal() / value.sum(axis=1)
    near(found.real_income_change, (own / before) ** (-1 / theta))


@given(seeds, sizes, sizes)
def test_real_wages_are_what_the_home_shares_say_with_links(seed, economies, products):
    """With inputs: log real wage = - sum_j a_j ((1 - G')^-1 (log own share / theta))_j."""
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed)
    found = solved(accounts, shock)
    share = customs_value(accounts, shock, found) * (1 + shock.applied_rate)
    here = np.arange(economies)
    own = (share[here, here] / found.expenditure) / accounts.trade_share[here, here]
    links = np.eye(products) - accounts.input_share.transpose(0, 2, 1)
    dearer = np.linalg.solve(links, (np.log(own) / shock.trade_elasticity)[..., None])[..., 0]
    expected = np.exp(-(accounts.final_share * dearer).sum(axis=1))
    near(measure(accounts, shock, found).real_wage_change, expected)


@given(seeds, sizes, elasticities)
def test_one_sector_without_links_is_gravity(seed, economies, theta):
    simple = one_good(seed, economies)
    accounts = calibrate(simple.customs_value, simple.applied_rate, np.zeros((economies, 1, 1)))
    random = np.random.default_rng([seed, 3])
    rate, iceberg = rates(random, economies, 1), random.uniform(0.9, 1.1, (economies, economies, 1))
    shock = WorldShock(
        trade_elasticity=np.array([theta]), applied_rate=rate, iceberg_change=iceberg
    )
    found = solved(accounts, shock, Control(tolerance=1e-12))
    same = gravity.solve(
        simple,
        GravityShock(trade_elasticity=theta, applied_rate=rate, partial_effect=iceberg**-theta),
        control=Control(tolerance=1e-12),
    )
    near(found.wage_change, same.wage_change, 1e-9)
    near(found.expenditure[:, 0], same.expenditure, 1e-9)
    near(customs_value(accounts, shock, found), same.customs_value, 1e-9)
    near(measure(accounts, shock, found).real_income_change, same.real_income_change, 1e-9)


def first_order(accounts, shock):
    """Log-linear wages and prices: the equations differentiated one by one, then one solve."""
    a, theta = plain(accounts), shock.trade_elasticity.tolist()
    economies, products = accounts.expenditure.shape
    old, new = accounts.applied_rate, shock.applied_rate
    cut = economies, economies + economies * products

    def misses(x, part):
        wage, price = np.exp(x[: cut[0]]), np.exp(x[cut[0] : cut[1]]).reshape(economies, -1)
        spent = accounts.expenditure + x[cut[1] :].reshape(economies, -1)
        rate = (1 + old) * ((1 + new) / (1 + old)) ** part - 1
        lists = (wage.tolist(), price.tolist(), spent.tolist())
        made = one_round(a, theta, rate.tolist(), a.deficit, *lists)
        paid = wage * accounts.labour_income
        demand = np.log(np.array(made[2]) / paid)
        # One market too many: the numeraire takes the place of the last.
        demand[-1] = np.log(paid.sum() / accounts.labour_income.sum())
        return np.concatenate(
            [demand, np.log(np.array(made[0]) / price).ravel(), (made[1] - spent).ravel()]
        )

    start, h = np.zeros(cut[1] + economies * products), 1e-5
    columns = [
        (misses(start + h * e, 0.0) - misses(start - h * e, 0.0)) / (2 * h)
        for e in np.eye(len(start))
    ]
    forcing = (misses(start, h) - misses(start, -h)) / (2 * h)
    return -np.linalg.solve(np.array(columns).T, forcing)[: cut[1]]


@settings(max_examples=8)
@given(seeds, st.integers(2, 3), st.integers(1, 3))
def test_small_shocks_are_log_linear(seed, economies, products):
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed, most=0.3)
    slope = first_order(accounts, shock)
    power = (1 + shock.applied_rate) / (1 + accounts.applied_rate)
    errors = []
    for part in (1e-2, 1e-3):
        rate = (1 + accounts.applied_rate) * power**part - 1
        found = solved(accounts, attrs.evolve(shock, applied_rate=rate))
        moved = np.concatenate([found.wage_change, found.price_index_change.ravel()])
        errors.append(np.abs(np.log(moved) / part - slope).max())
    assert errors[1] < 0.2 * errors[0] + 1e-7
    assert errors[1] < 5e-3 * (1 + np.abs(slope).max())


@given(seeds, sizes, sizes, st.randoms(use_true_random=False))
def test_relabelling_permutes(seed, economies, products, shuffler):
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed)
    n, j = list(range(economies)), list(range(products))
    shuffler.shuffle(n)
    shuffler.shuffle(j)
    pairs = np.ix_(n, n, j)
    moved = WorldAccounts(
        trade_share=accounts.trade_share[pairs],
        applied_rate=accounts.applied_rate[pairs],
        input_share=accounts.input_share[np.ix_(n, j, j)],
        value_added_share=accounts.value_added_share[np.ix_(n, j)],
        final_share=accounts.final_share[np.ix_(n, j)],
        labour_income=accounts.labour_income[n],
        expenditure=accounts.expenditure[np.ix_(n, j)],
        deficit=accounts.deficit[n],
    )
    same = attrs.evolve(
        shock, trade_elasticity=shock.trade_elasticity[j], applied_rate=shock.applied_rate[pairs]
    )
    one, other = solved(accounts, shock), solved(moved, same)
    near(other.wage_change, one.wage_change[n], 1e-10)
    near(other.price_index_change, one.price_index_change[np.ix_(n, j)], 1e-10)
    first, second = measure(accounts, shock, one), measure(moved, same, other)
    near(second.terms_of_trade, first.terms_of_trade[n], 1e-10)
    near(second.volume_of_trade, first.volume_of_trade[n], 1e-10)


@FEW
@given(seeds, sizes, sizes)
def test_a_batch_is_a_loop(seed, economies, products):
    """Elasticities along one axis of draws, rates and deficits along another."""
    accounts = world(seed, economies, products)
    random = np.random.default_rng([seed, 4])
    theta = random.uniform(1.5, 10.0, (3, 1, products))
    rate = np.stack([rates(random, economies, products) for _ in range(2)])
    deficit = np.stack([accounts.deficit, 0.5 * accounts.deficit])
    shock = WorldShock(trade_elasticity=theta, applied_rate=rate, deficit=deficit)
    batch = solved(accounts, shock)
    flows, welfare = customs_value(accounts, shock, batch), measure(accounts, shock, batch)
    pairs = customs_value(accounts, shock, batch, by="pair")
    assert batch.converged.shape == (3, 2)
    for k in range(3):
        for path in range(2):
            one = WorldShock(
                trade_elasticity=theta[k, 0], applied_rate=rate[path], deficit=deficit[path]
            )
            single = solved(accounts, one)
            near(batch.wage_change[k, path], single.wage_change, 1e-10)
            near(batch.expenditure[k, path], single.expenditure, 1e-10)
            near(flows[k, path], customs_value(accounts, one, single), 1e-10)
            near(pairs[k, path], customs_value(accounts, one, single).sum(axis=-1), 1e-10)
            alone = measure(accounts, one, single)
            for field in attrs.fields(type(alone)):
                near(getattr(welfare, field.name)[k, path], getattr(alone, field.name), 1e-10)


@FEW
@given(seeds, sizes, st.sampled_from([0.0, 0.5]))
def test_a_batch_is_a_loop_in_gravity(seed, economies, kappa):
    accounts = one_good(seed, economies)
    random = np.random.default_rng([seed, 5])
    theta = random.uniform(1.5, 10.0, (3, 1, 1))
    rate = np.stack([rates(random, economies, 1) for _ in range(2)])
    options = {"labour_supply_elasticity": kappa, "rebate": "labour-tax"}
    batch = gravity.solve(
        accounts,
        GravityShock(trade_elasticity=theta, applied_rate=rate, **options),
        control=TIGHT,
    )
    for k in range(3):
        for path in range(2):
            one = GravityShock(trade_elasticity=theta[k, 0], applied_rate=rate[path], **options)
            single = gravity.solve(accounts, one, control=TIGHT)
            for name in ("wage_change", "labour_change", "welfare_change", "customs_value"):
                near(getattr(batch, name)[k, path], getattr(single, name), 1e-10)


@given(seeds, sizes, sizes)
def test_the_parts_of_welfare_sum_and_the_exact_measure_is_real_income(seed, economies, products):
    accounts = world(seed, economies, products)
    shock = shock_of(accounts, seed)
    found = solved(accounts, shock)
    welfare = measure(accounts, shock, found)
    parts = welfare.real_wage_part + welfare.revenue_part + welfare.deficit_part
    near(welfare.real_income_change - 1, parts)
    income = accounts.labour_income * found.wage_change + found.revenue + found.deficit
    index = np.prod(found.price_index_change**accounts.final_share, axis=1)
    near(welfare.real_income_change, income / final_income(accounts) / index)
    near(welfare.first_order_difference, welfare.terms_of_trade + welfare.volume_of_trade)


@given(seeds, sizes, sizes)
def test_both_measures_agree_for_a_small_shock_from_free_trade(seed, economies, products):
    """From no duties the first-order measure is the derivative of the exact one."""
    accounts = world(seed, economies, products, balanced=True, taxed=False)
    small = shock_of(accounts, seed, most=1e-4)
    welfare = measure(accounts, small, solved(accounts, small))
    np.testing.assert_allclose(
        welfare.real_income_change - 1, welfare.first_order_difference, rtol=0, atol=1e-7
    )


@FEW
@given(seeds, st.integers(1, 4), st.integers(1, 3), elasticities, st.sampled_from([0.0, 1.0, 10.0]))
def test_rates_removed_or_multiplied_by_ten_are_solved(seed, economies, products, theta, times):
    accounts = world(seed, economies, products)
    shock = shock_of(
        accounts,
        seed,
        trade_elasticity=np.full(products, theta),
        applied_rate=0.5 * times * accounts.applied_rate,
        deficit="removed",
    )
    found = caliendo_parro.solve(accounts, shock, control=Control(failures="flag"))
    if found.converged:
        assert found.residual <= 1e-10
        assert (customs_value(accounts, shock, found)[benchmark_value(accounts) == 0] == 0).all()
    else:
        assert np.isnan(found.wage_change).all()
        # Only where trade all but dries up may wages be left undetermined.
        assert theta * np.log1p(5 * times * 0.4) > 20


def test_more_protection_abroad_is_never_a_gain_from_free_trade_for_a_small_economy():
    """A sign that does not depend on any tolerance: retaliation hurts the one it falls on."""
    accounts = GravityAccounts(
        customs_value=np.array(
            [[[8.0], [2.0], [1.0]], [[2.0], [90.0], [9.0]], [[1.0], [9.0], [90.0]]]
        )
    )
    rate = np.zeros((3, 3, 1))
    rate[1:, 0] = 0.2
    found = gravity.solve(accounts, GravityShock(trade_elasticity=4.0, applied_rate=rate))
    assert found.welfare_change[0] < 1.0 - 1e-3


@pytest.mark.parametrize("theta", [1.01, 100.0])
def test_elasticities_at_the_ends(theta):
    accounts = world(3, 4, 3)
    shock = shock_of(accounts, 3, trade_elasticity=np.full(3, theta))
    found = caliendo_parro.solve(accounts, shock)
    assert found.converged
    assert found.residual <= 1e-10


@FEW
@given(seeds, st.integers(3, 5))
def test_an_economy_cut_off_from_the_others_is_left_alone(seed, economies):
    """Nothing determines its wage against theirs: it stands, and all others are solved.

    With deficits as a share of income there is no equilibrium: all would have to sell a little
    more or less than they earn, and it cannot.
    """
    simple = one_good(seed, economies)
    value = np.array(simple.customs_value)
    value[0, 1:], value[1:, 0] = 0.0, 0.0
    rate = rates(np.random.default_rng([seed, 5]), economies, 1)
    found = gravity.solve(
        attrs.evolve(simple, customs_value=value),
        GravityShock(trade_elasticity=4.0, applied_rate=rate),
    )
    assert found.converged
    near(found.real_income_change[0], 1.0, 1e-9)
    accounts = calibrate(value, simple.applied_rate, np.full((economies, 1, 1), 0.3))
    linked = caliendo_parro.solve(
        accounts, WorldShock(trade_elasticity=np.array([4.0]), applied_rate=rate)
    )
    assert linked.converged
    real = measure(
        accounts, WorldShock(trade_elasticity=np.array([4.0]), applied_rate=rate), linked
    )
    near(real.real_income_change[0], 1.0, 1e-9)
