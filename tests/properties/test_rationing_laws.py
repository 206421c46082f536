"""What must hold when several users share what licences let through."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffsim.model.licensed_share import licensed_share
from tariffsim.model.production import marginal_value, output_share
from tariffsim.model.rationing import Rationing, divert
from tariffsim.model.scarcity import capped_market
from tariffsim.model.supply import Buyer, Growth, Licensing, stock_path
from tests.reference.twin_rationing import run_users

DAYS = 80
SHARE = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.0, 1.0))


@st.composite
def markets(draw):
    users = draw(st.integers(2, 4))
    weights = np.array([draw(st.floats(0.05, 1.0)) for _ in range(users)])
    first, second = sorted(draw(st.lists(st.integers(1, DAYS - 1), min_size=2, max_size=2)))
    return {
        # Eighths of a day, so that a day's delivery and a day's use cancel to the bit.
        "cover": np.array([draw(st.integers(0, 320)) / 8.0 for _ in range(users)]),
        "share": weights / weights.sum(),
        "access": np.array([draw(SHARE) for _ in range(users)]),
        "approval": draw(SHARE),
        "free": [1.0, draw(SHARE), draw(SHARE)],
        "lengths": np.array([first, max(second - first, 1), DAYS - max(second, first + 1) + 1]),
        "delay": draw(st.floats(0.0, 30.0)),
        "reliance": draw(SHARE),
        "refill": draw(st.floats(1.0, 120.0)),
        "strength": draw(SHARE),
        "growth": [(draw(SHARE), draw(st.floats(1.0, 400.0))) for _ in range(2)],
        "hoard": draw(st.floats(0.0, 30.0)),
    }


def rule(given):
    granted = given["approval"] * given["access"]
    return Licensing(
        approval=np.repeat(granted[None], 3, axis=0),
        free=np.array(given["free"])[:, None],
        delay_days=given["delay"],
        lengths=given["lengths"],
    )


def run(given, **changed):
    given = {**given, **changed}
    aim = np.repeat(given["cover"][None], 3, axis=0)
    aim[0] += given["hoard"]
    return stock_path(
        Buyer(
            cover_days=given["cover"],
            reliance=given["reliance"],
            refill_days=given["refill"],
            aim_days=aim,
            growth=tuple(Growth(limit=limit, days=days) for limit, days in given["growth"]),
        ),
        rule(given),
        rationing=Rationing(need_share=given["share"], strength=given["strength"]),
    )


@given(markets())
@settings(max_examples=150)
def test_equals_the_scalar_twin(given):
    path = run(given)
    free = np.repeat(given["free"], given["lengths"])
    spell, licensed = -1, []
    for unlicensed in free:
        spell = spell + 1 if unlicensed < 1 else -1
        on = spell >= given["delay"]
        licensed.append(given["approval"] * given["access"] * on)
    aim = [
        given["cover"] + given["hoard"] * (day < given["lengths"][0]) for day in range(len(free))
    ]
    twin = run_users(
        cover=given["cover"], share=given["share"], licensed=licensed, free=free,
        reliance=given["reliance"], refill=given["refill"], strength=given["strength"],
        growth=given["growth"], aim=aim,
    )  # fmt: skip
    named = ("availability", "days_of_cover", "inflow")
    for position, name in enumerate(named):
        expected = [[user[position] for user in day] for day in twin]
        np.testing.assert_allclose(getattr(path, name), expected, atol=1e-9)


@given(markets())
def test_mass_is_conserved_and_nothing_is_negative(given):
    path = run(given)
    stored = path.days_of_cover[-1] - given["cover"]
    came_less_used = (path.inflow - path.availability).sum(axis=0)
    np.testing.assert_allclose(stored, came_less_used, atol=1e-9)
    for values in (path.availability, path.days_of_cover, path.inflow):
        assert (values >= -1e-12).all()
    assert (path.availability <= 1.0).all()


@given(markets())
def test_no_control_is_no_change_to_the_bit(given):
    path = run(given, free=[1.0, 1.0, 1.0], hoard=0.0)
    assert (path.availability == 1.0).all()
    assert (path.days_of_cover == given["cover"]).all()
    assert (path.first_shortage == -1).all()


@given(markets(), st.floats(0.0, 1.0))
def test_whoever_comes_first_has_more_of_more_licences(given, more):
    """Below it a user may lose: what others build up again, nobody takes from it."""
    better = given["approval"] + more * (1.0 - given["approval"])
    before, after = run(given, strength=0.0), run(given, strength=0.0, approval=better)
    assert (after.availability >= before.availability - 1e-9).all()
    before, after = run(given), run(given, strength=1.0)
    assert after.availability[:, 0].sum() >= before.availability[:, 0].sum() - 1e-7


@given(markets())
def test_easing_restores(given):
    """A year and more without a control, and every stock is where it was."""
    path = stock_path(
        Buyer(cover_days=given["cover"], reliance=1.0, refill_days=30.0),
        Licensing(
            approval=np.zeros((2, 1)), free=np.array([[0.0], [1.0]]), delay_days=0.0,
            lengths=[60, 900],
        ),
        rationing=Rationing(need_share=given["share"], strength=given["strength"]),
    )  # fmt: skip
    np.testing.assert_allclose(path.availability[-1], 1.0)
    np.testing.assert_allclose(path.days_of_cover[-1], given["cover"], atol=1e-6)


@given(st.integers(2, 5), st.data())
def test_diversion_takes_what_it_gives(users, data):
    weights = np.array([data.draw(st.floats(0.05, 1.0)) for _ in range(users)])
    share = weights / weights.sum()
    sent = np.array([data.draw(st.floats(0.0, 1.5)) for _ in range(users)])
    stock = np.array([data.draw(st.floats(0.0, 2.0)) for _ in range(users)])
    before = sent.copy()
    divert(sent, stock, Rationing(need_share=share, strength=data.draw(SHARE)))
    np.testing.assert_allclose((share * sent).sum(), (share * before).sum(), rtol=1e-12)
    assert (sent >= 0).all()
    assert sent[0] >= before[0]
    assert sent[-1] <= before[-1]


@given(markets(), st.lists(st.integers(1, DAYS), min_size=1, max_size=6, unique=True))
def test_what_may_come_is_the_mean_of_the_days(given, lengths):
    rule_of_all = Licensing(
        approval=np.repeat([[given["approval"]]], 3, axis=0),
        free=np.array(given["free"])[:, None],
        delay_days=given["delay"],
        cleared_days=given["hoard"],
        lengths=given["lengths"],
    )
    free = np.repeat(given["free"], given["lengths"])
    spell, daily = -1, []
    for unlicensed in free:
        spell = spell + 1 if unlicensed < 1 else -1
        granted = given["approval"] * (spell >= given["delay"])
        granted = 1.0 if spell < given["hoard"] else granted
        daily.append(unlicensed + (1 - unlicensed) * granted)
    ends = np.array(sorted(lengths)) - 1
    pieces = np.split(np.array(daily[: ends[-1] + 1]), ends[:-1] + 1)
    expected = [piece.mean() for piece in pieces]
    np.testing.assert_allclose(licensed_share(rule_of_all, ends)[:, 0], expected, atol=1e-9)


@given(st.floats(1e-3, 1.0), st.floats(0.0, 0.95), st.floats(0.3, 6.0), st.floats(0.1, 3.0))
def test_a_capped_market_clears_at_its_price(cap, share, sigma, eta):
    found = capped_market(cap, share, sigma, eta)
    p, index = float(found.capped_price), float(found.price_index)
    if abs(sigma - 1.0) < 1e-6:
        assert np.isclose(np.log(index), share * np.log(p), atol=1e-5)
    else:
        assert np.isclose(index ** (1 - sigma), share * p ** (1 - sigma) + 1 - share, rtol=1e-6)
    assert np.isclose((p / index) ** -sigma * index**-eta, cap, rtol=1e-6)
    assert p >= 1.0 - 1e-9
    assert 1.0 - 1e-9 <= index <= p * (1 + 1e-9)
    np.testing.assert_allclose(found.rent, (p - 1.0) * cap)


def test_no_cap_is_no_change_and_a_tighter_cap_is_dearer():
    none = capped_market(1.0, 0.4, 2.0, 0.9)
    np.testing.assert_allclose(
        [none.capped_price, none.price_index, none.rent], [1, 1, 0], atol=1e-12
    )
    prices = capped_market(np.linspace(0.05, 1.0, 20), 0.4, 0.76, 0.36).capped_price
    assert (np.diff(prices) < 0).all()


@given(st.floats(0.01, 1.0), st.floats(1e-3, 1.0), st.floats(0.02, 0.9))
def test_the_scarcity_price_is_the_marginal_product(availability, share, elasticity):
    price = float(marginal_value(availability, share, elasticity))
    step = 1e-5 * availability
    if availability + step > 1.0:
        availability = 1.0 - step
        price = float(marginal_value(availability, share, elasticity))
    rise = output_share(availability + step, share, elasticity) - output_share(
        availability - step, share, elasticity
    )
    # The normal marginal product is the cost share: one per cent more of it, alpha per cent more.
    assert np.isclose(price, float(rise) / (2 * step * share), rtol=1e-2)
    assert 1.0 <= price <= share ** (-1.0 / (1.0 - elasticity)) * (1 + 1e-9)
