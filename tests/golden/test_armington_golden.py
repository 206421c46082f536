"""The Armington kernel against numbers that others printed."""

import json
from pathlib import Path

import numpy as np
import pytest

from tariffsim.model.armington import solve
from tariffsim.model.market_inputs import expenditure_share, inverse_supply, wedge_change
from tests.golden.cases import CaseWithoutSource, load_case


def column(values):
    return np.array(values)[:, None]


def test_three_sources_of_emr():
    case = load_case("armington_emr")
    expected = case["expected"]
    answer = solve(
        expenditure_share(column(case["benchmark_value"]), column(case["benchmark_rate"])),
        wedge_change(column(case["benchmark_rate"]), column(case["rate"])),
        armington_elasticity=case["armington_elasticity"],
        import_demand_elasticity=case["import_demand_elasticity"],
        inverse_supply_elasticity=inverse_supply(column(case["export_supply_elasticity"])),
    )
    near = {"rtol": 0, "atol": case["tolerance"]}
    index = answer.price_index_change[0]
    np.testing.assert_allclose(
        answer.landed_price_change[:, 0], expected["landed_price_change"], **near
    )
    np.testing.assert_allclose(answer.quantity_change[:, 0], expected["quantity_change"], **near)
    np.testing.assert_allclose(index, expected["price_index_change"], **near)
    aggregate = index ** -case["import_demand_elasticity"]
    np.testing.assert_allclose(aggregate, expected["aggregate_quantity_change"], **near)


@pytest.mark.parametrize("source", [None, "", "  ", 7])
def test_a_case_without_a_source_is_refused(tmp_path: Path, source):
    content = {"expected": 1.0} if source is None else {"expected": 1.0, "source": source}
    (tmp_path / "case.json").write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CaseWithoutSource, match=r"case\.json"):
        load_case("case", tmp_path)
