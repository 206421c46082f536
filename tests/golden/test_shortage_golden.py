"""A shortage small enough to be worked by hand, with each step written in the case."""

import numpy as np

from tariffsim.model.propagation import Behaviour, Links, Shortage, propagate
from tests.golden.cases import load_case


def number(written):
    top, _, bottom = str(written).partition("/")
    return float(top) / float(bottom or 1)


def table(rows):
    return np.array([[number(value) for value in row] for row in rows])


def test_three_days_as_worked_by_hand():
    case = load_case("shortage_by_hand")
    path = propagate(
        Links(intermediate=np.array(case["intermediate"], dtype=float), final=case["final"]),
        Shortage(industry=[0], capacity=np.array(case["capacity_of_first"])[:, None, None]),
        Behaviour(
            inventory_days=float(case["inventory_days"]),
            restock_days=float(case["restock_days"]),
            criticality=1.0,
            buffer_share=0.0,
            highest_capacity=1.0,
            ordering="made",
        ),
    )
    exactly = {"rtol": 0, "atol": case["tolerance"]}
    np.testing.assert_allclose(path.output[:, :, 0], table(case["output"]), **exactly)
    np.testing.assert_allclose(path.unmet_final[:, :, 0], table(case["unmet_final"]), **exactly)
    cover = table(case["stock_of_own_input"])
    np.testing.assert_allclose(path.days_of_cover[:, :, 0], cover, **exactly)
