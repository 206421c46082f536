"""What a shortage costs: money and days from a path made up for the purpose."""

import numpy as np

from tariffsim.model.propagation import Links, Propagation
from tariffsim.model.propagation_answers import (
    days_to_recover,
    output_lost,
    unmet_final_demand,
    value_added_lost,
)

LINKS = Links(intermediate=np.array([[[0.0, 365.0], [730.0, 0.0]]]), final=[[1460.0, 3650.0]])


def path(output, unmet=None):
    output = np.asarray(output, dtype=float)
    return Propagation(
        output=output,
        unmet_final=np.zeros_like(output) if unmet is None else np.asarray(unmet, dtype=float),
        days_of_cover=np.ones_like(output),
        limiting_input=np.full(output.shape, -1, dtype=np.int16),
        stock=np.ones((2, *output.shape[1:])),
    )


def test_losses_are_shares_of_a_day_in_money():
    made = path([[[0.5], [1.0]], [[1.2], [0.9]]], [[[0.25], [0.0]], [[0.0], [0.1]]])
    np.testing.assert_allclose(output_lost(made, LINKS)[:, :, 0], [[2.5, 0.0], [-1.0, 1.2]])
    # Value added: 1825 - 730 and 4380 - 365 a year, 3 and 11 a day.
    np.testing.assert_allclose(value_added_lost(made, LINKS)[:, :, 0], [[1.5, 0.0], [-0.6, 1.1]])
    np.testing.assert_allclose(unmet_final_demand(made, LINKS)[:, :, 0], [[1.0, 0.0], [0.0, 1.0]])


def test_recovery_counts_to_the_last_day_below_and_says_where_there_is_none():
    output = np.ones((6, 3, 1))
    output[:2] = 0.5
    output[3, 1] = 0.9
    output[2:, 2] = 0.8
    assert days_to_recover(path(output), end=2)[:, 0].tolist() == [0, 2, -1]
    assert days_to_recover(path(output), end=6)[:, 0].tolist() == [0, 0, 0]
    assert days_to_recover(path(output), end=2, level=0.75)[:, 0].tolist() == [0, 0, 0]
