"""What must hold of every stock under every licence rule."""

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tariffsim.model.production import output_share
from tariffsim.model.supply import Buyer, Licensing, stock_path
from tests.reference.twin_supply import run_stock

DAYS = 60
SHARE = st.one_of(st.just(0.0), st.just(1.0), st.floats(0.0, 1.0))


@st.composite
def stepped(draw):
    """A share that changes on a few days."""
    days = sorted(draw(st.lists(st.integers(1, DAYS - 1), max_size=3, unique=True)))
    levels = [draw(SHARE) for _ in range(len(days) + 1)]
    lengths = np.diff([0, *days, DAYS])
    return np.repeat(levels, lengths)


settings_of = st.fixed_dictionaries(
    {
        "approval": stepped(),
        "free": stepped(),
        "other": st.one_of(st.none(), stepped()),
        "cover": st.floats(0.0, 80.0),
        "reliance": SHARE,
        "delay": st.floats(0.0, 50.0),
        "cleared": st.one_of(st.just(0.0), st.floats(0.0, 30.0)),
        "refill": st.floats(1.0, 200.0),
    }
)


def run(given):
    return stock_path(
        Buyer(
            cover_days=given["cover"],
            reliance=given["reliance"],
            refill_days=given["refill"],
            other=given["other"],
        ),
        Licensing(
            approval=given["approval"],
            free=given["free"],
            delay_days=given["delay"],
            cleared_days=given["cleared"],
        ),
    )


@given(settings_of)
@settings(max_examples=200)
def test_equals_the_scalar_twin(given):
    path = run(given)
    other = np.full(DAYS, 1.0 - given["reliance"]) if given["other"] is None else given["other"]
    named = {name: given[name] for name in ("cover", "reliance", "delay", "cleared", "refill")}
    twin = run_stock(given["approval"], given["free"], other, **named)
    np.testing.assert_allclose(path.availability, [day.availability for day in twin], atol=1e-12)
    np.testing.assert_allclose(path.days_of_cover, [day.stock for day in twin], atol=1e-12)
    np.testing.assert_allclose(path.inflow, [day.inflow for day in twin], atol=1e-12)


@given(settings_of)
def test_nothing_is_lost_and_nothing_comes_from_nowhere(given):
    path = run(given)
    stored = path.days_of_cover[-1] - given["cover"]
    np.testing.assert_allclose(stored, (path.inflow - path.availability).sum(), atol=1e-11)
    assert (path.days_of_cover >= 0).all()
    assert (path.days_of_cover <= given["cover"] + 1e-9).all()
    assert ((path.availability >= 0) & (path.availability <= 1)).all()


@given(settings_of)
def test_need_is_met_while_there_is_stock(given):
    path = run(given)
    before = np.concatenate([[given["cover"]], path.days_of_cover[:-1]])
    possible = np.minimum(1.0, before + path.inflow)
    np.testing.assert_array_equal(path.availability, possible)


@given(settings_of)
def test_the_first_shortage_is_the_first(given):
    path = run(given)
    short = np.flatnonzero(path.availability < 1.0 - 1e-9)
    assert path.first_shortage == (short[0] if short.size else -1)


@given(
    settings_of,
    st.sampled_from(["approval", "cover", "delay", "cleared"]),
    st.floats(0.0, 1.0),
)
def test_more_approval_more_stock_or_less_delay_never_means_less(given, name, size):
    better = dict(given)
    if name == "approval":
        better[name] = given[name] + size * (1.0 - given[name])
    elif name == "delay":
        better[name] = (1.0 - size) * given[name]
    else:
        better[name] = given[name] + 20.0 * size
    before, after = run(given), run(better)
    assert (after.availability >= before.availability - 1e-9).all()
    assert (after.days_of_cover >= before.days_of_cover - 1e-9).all()


@given(st.lists(settings_of, min_size=2, max_size=4))
@settings(max_examples=40)
def test_a_batch_is_a_loop(many):
    def row(name):
        return np.array([one[name] for one in many])

    def path(name):
        return np.stack([one[name] for one in many], axis=1)

    for one in many:
        one["other"] = np.full(DAYS, 0.3) if one["other"] is None else one["other"]
    batch = stock_path(
        Buyer(
            cover_days=row("cover"),
            reliance=row("reliance"),
            refill_days=row("refill"),
            other=path("other"),
        ),
        Licensing(
            approval=path("approval"),
            free=path("free"),
            delay_days=row("delay")[None],
            cleared_days=row("cleared"),
        ),
    )
    for at, one in enumerate(many):
        alone = run(one)
        np.testing.assert_array_equal(batch.availability[:, at], alone.availability)
        np.testing.assert_array_equal(batch.days_of_cover[:, at], alone.days_of_cover)
        assert batch.first_shortage[at] == alone.first_shortage


@given(SHARE, st.floats(0.0, 1.0), st.floats(1e-12, 1.0), st.floats(0.0, 1.0))
def test_output_lies_between_availability_and_one_and_rises_with_it(low, more, share, elasticity):
    high = low + more * (1.0 - low)
    less, most = output_share([low, high], share, elasticity)
    assert less <= most + 1e-14
    assert low * (1 - 1e-13) <= less <= 1.0
