"""GSIM against the example its authors printed."""

from tariffsim.model.gsim import solve
from tests.golden.answers import gsim_market, gsim_rows
from tests.golden.cases import load_case


def test_world_prices_to_the_printed_digits():
    case = load_case("gsim_us_eu")
    rows = list(gsim_rows(case))
    assert len(rows) == 4
    for row in rows:
        assert abs(row.ours - row.published) <= case["tolerance"], row


def test_the_choice_of_surplus_moves_no_price():
    market = gsim_market(load_case("gsim_us_eu"))
    exact, published = (solve(market, surplus=name) for name in ("exact", "as_published"))
    assert (exact.world_price_difference == published.world_price_difference).all()


def test_the_published_consumer_surplus_overstates_the_losses():
    case = load_case("gsim_us_eu")
    exact = solve(gsim_market(case)).consumer_surplus[:, 0]
    published = solve(gsim_market(case), surplus="as_published").consumer_surplus[:, 0]
    losers = exact < 0
    assert losers.tolist() == [False, True, False, True]
    assert (published[losers] < exact[losers]).all()
