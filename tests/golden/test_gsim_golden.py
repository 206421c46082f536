"""GSIM against the example its authors printed."""

import numpy as np
import pytest

from tariffsim.model.gsim import GsimMarket, solve
from tests.golden.cases import load_case


def market(case):
    """The printed tables have exporters in rows; arrays have importers first."""
    names = case["economies"]
    rate = np.array(case["rate_percent_by_exporter"]).T / 100
    freed = rate.copy()
    for exporter, importer in case["freed_pairs"]:
        freed[names.index(importer), names.index(exporter)] = 0.0
    return GsimMarket(
        trade=np.array(case["trade_by_exporter"]).T[..., None],
        applied_rate=rate[..., None],
        counterfactual_rate=freed[..., None],
        import_demand_elasticity=case["import_demand_elasticity"],
        substitution_elasticity=case["substitution_elasticity"],
        export_supply_elasticity=case["export_supply_elasticity"],
    )


@pytest.mark.parametrize("surplus", ["exact", "as_published"])
def test_world_prices_to_the_printed_digits(surplus):
    case = load_case("gsim_us_eu")
    answer = solve(market(case), surplus=surplus)
    np.testing.assert_allclose(
        answer.world_price_difference[:, 0],
        case["expected"]["world_price_difference"],
        rtol=0,
        atol=case["tolerance"],
    )


def test_the_published_consumer_surplus_overstates_the_losses():
    case = load_case("gsim_us_eu")
    exact = solve(market(case)).consumer_surplus[:, 0]
    published = solve(market(case), surplus="as_published").consumer_surplus[:, 0]
    losers = exact < 0
    assert losers.tolist() == [False, True, False, True]
    assert (published[losers] < exact[losers]).all()
