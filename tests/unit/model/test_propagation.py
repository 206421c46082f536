"""What a shortage does in a table of three economies, and in a world of one industry."""

import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.files.shipped import shipped
from tariffsim.model.propagation import (
    NONE,
    Behaviour,
    Links,
    Shortage,
    critical_by_cost,
    propagate,
)

DAYS = 730
METALS_OF_CHINA = 1


@pytest.fixture(scope="module")
def links():
    folder = shipped("data") / "tables" / "illustrative"
    columns = {"delimiter": ",", "skiprows": 1}
    sales = np.loadtxt(folder / "intermediate.csv", usecols=range(1, 19), **columns)
    final = np.loadtxt(folder / "final.csv", usecols=range(1, 4), **columns).sum(axis=1)
    return Links(intermediate=sales.reshape(3, 6, 18), final=final.reshape(3, 6))


def loss(days=90, share=0.6, industry=METALS_OF_CHINA, length=DAYS):
    left = np.where(np.arange(length) < days, 1.0 - share, 1.0)[:, None, None]
    return Shortage(industry=[industry], capacity=left)


def world(links, path):
    """Output of all industries but the one hit, over normal."""
    weight = links.gross_output.ravel().copy()
    weight[METALS_OF_CHINA] = 0.0
    return path.output[:, :, 0] @ (weight / weight.sum())


def test_the_rest_of_the_world_stands_a_long_loss_with_short_stocks(links):
    """90 days, 60 % of an industry, 15 days of inventory."""
    rules = Behaviour(inventory_days=15.0, criticality=critical_by_cost(links))
    path = propagate(links, loss(), rules)
    others = world(links, path)
    assert others.min() > 0.85
    assert others[-1] == pytest.approx(1.0, abs=0.01)
    assert (path.output[-1] > 0.95).all()
    # It is no free lunch: the users of the metal lose a good part of their output for a while.
    assert path.output[:, :, 0].min(axis=0)[3] < 0.75


def test_the_strict_minimum_with_published_orders_brings_the_same_world_to_nothing(links):
    """Why the other rules are the default: nothing is wrong with the table or the shock."""
    strict = Behaviour(inventory_days=15.0, criticality=1.0, switching=0.0, ordering="made")
    path = propagate(links, loss(), strict)
    assert world(links, path)[-1] < 1e-3
    assert (path.output[-1] < 1e-2).all()
    patient = Behaviour(inventory_days=15.0, criticality=1.0, switching=0.0, ordering="wanted")
    assert world(links, propagate(links, loss(), patient))[-1] > 0.95


@pytest.mark.parametrize("days", [5, 10, 60, 90])
def test_published_orders_collapse_below_a_stock_that_can_be_told_beforehand(days):
    """One industry that buys from itself recovers from above (1 - s/t) / (1/psi - s/t) of target.

    With s = 15 days of stock, t = 60 days to restock and psi = 0.8 that is 75 %: there output is
    0.9375 and restocking 0.0625, together what is needed to hold the stock.
    """
    one = Links(intermediate=np.array([[[50.0]]]), final=[[50.0]])
    rules = Behaviour(
        inventory_days=15.0,
        restock_days=60.0,
        buffer_share=0.8,
        criticality=1.0,
        highest_capacity=1.0,
        ordering="made",
    )
    path = propagate(one, loss(days=days, industry=0, share=0.4, length=1500), rules)
    at_the_end = path.days_of_cover[days - 1, 0, 0] / 15.0
    collapsed = path.output[-1, 0, 0] < 0.01
    recovered = path.output[-1, 0, 0] > 0.99
    assert collapsed or recovered
    assert collapsed == (at_the_end < 0.75)


def test_longer_stocks_put_the_damage_off_and_make_it_less_deep(links):
    """As in Hallegatte (2014) and Inoue and Todo (2019)."""
    found = [
        propagate(
            links, loss(), Behaviour(inventory_days=days, criticality=critical_by_cost(links))
        )
        for days in (5.0, 15.0, 60.0)
    ]
    vehicles = np.stack([path.output[:, 3, 0] for path in found])
    first = (vehicles < 0.95).argmax(axis=1)
    assert 0 < first[0] < first[1] < first[2]
    assert vehicles[0].min() < vehicles[1].min() < vehicles[2].min()


def test_less_is_lost_with_longer_stocks_and_with_stocks_used_to_the_last_day(links):
    """The buffer share matters as much as the stock: both are priors, and neither is observed."""
    lost = {
        (days, share): 1.0
        - world(
            links,
            propagate(
                links,
                loss(),
                Behaviour(
                    inventory_days=days, buffer_share=share, criticality=critical_by_cost(links)
                ),
            ),
        ).mean()
        for days, share in ((15.0, 0.8), (30.0, 0.8), (60.0, 0.8), (15.0, 0.5), (15.0, 0.0))
    }
    assert lost[15.0, 0.8] > lost[30.0, 0.8] > lost[60.0, 0.8] > 0
    assert lost[15.0, 0.8] > lost[15.0, 0.5] > lost[15.0, 0.0] > 0
    assert lost[15.0, 0.8] > 10 * lost[15.0, 0.0]


def test_the_strict_minimum_loses_more_than_ratings_do(links):
    """As Pichler et al. (2022) find: a Leontief minimum over all inputs overstates losses."""
    lost = []
    for held in (critical_by_cost(links), critical_by_cost(links, criticality=1.0), 1.0):
        path = propagate(links, loss(), Behaviour(inventory_days=15.0, criticality=held))
        lost.append(1.0 - world(links, path)[:180].mean())
    assert lost[0] < lost[1] < lost[2]


def test_indirect_losses_grow_faster_than_the_shock(links):
    """As in Hallegatte (2008): a small loss is met from stocks and overtime, a large one is not."""
    lost = [
        1.0
        - world(
            links,
            propagate(
                links,
                loss(share=share),
                Behaviour(inventory_days=15.0, criticality=critical_by_cost(links)),
            ),
        ).mean()
        for share in (0.1, 0.6)
    ]
    assert lost[1] > 6 * max(lost[0], 0.0)


def test_the_limiting_input_is_the_one_that_is_short(links):
    rules = Behaviour(inventory_days=15.0, criticality=critical_by_cost(links))
    path = propagate(links, loss(), rules)
    vehicles_of_china = path.limiting_input[:, 3, 0]
    short = vehicles_of_china != NONE
    assert short[20:90].all()
    assert (vehicles_of_china[20:90] == METALS_OF_CHINA).mean() > 0.9


def test_a_ceiling_holds_output_whatever_the_capacity(links):
    """A material from outside the table: overtime does not replace it."""
    top = np.where(np.arange(60) < 30, 0.7, np.inf)[:, None, None]
    path = propagate(
        links,
        Shortage(industry=[3], capacity=np.ones((60, 1, 1)), ceiling=top),
        Behaviour(criticality=critical_by_cost(links)),
    )
    np.testing.assert_allclose(path.output[:30, 3, 0], 0.7, rtol=0, atol=1e-12)
    assert path.output[40, 3, 0] > 0.9


def test_every_fault_of_the_arguments_is_told_at_once(links):
    rules = Behaviour(inventory_days=0.5, criticality=1.5, restock_days=np.array([np.nan]))
    with pytest.raises(InputError) as caught:
        propagate(links, loss(share=1.5), rules)
    told = str(caught.value).splitlines()
    assert [line.split()[0] for line in told] == [
        "capacity",
        "inventory_days",
        "criticality",
        "restock_days",
    ]


@pytest.mark.parametrize(
    ("shortage", "rules", "word"),
    [
        (Shortage(industry=[99], capacity=np.ones((5, 1, 1))), {}, "numbers from 0 to 17"),
        (Shortage(industry=[1, 1], capacity=np.ones((5, 2, 1))), {}, "each industry once"),
        (Shortage(industry=[1], capacity=np.ones((5, 2, 1))), {}, "capacity must be (day"),
        (
            Shortage(industry=[1], capacity=np.ones((5, 1, 1)), ceiling=np.ones((4, 1, 1))),
            {},
            "ceiling must be (day",
        ),
        (loss(), {"criticality": np.ones((5, 18, 1))}, "criticality must broadcast"),
        (loss(), {"restock_days": np.ones(7)}, "restock_days must be one number"),
    ],
)
def test_shapes_that_do_not_fit_are_refused_in_words(links, shortage, rules, word):
    with pytest.raises(InputError, match=word.replace("(", r"\(")):
        propagate(links, shortage, Behaviour(**rules))


def test_a_table_with_industries_that_do_not_fit_its_regions_is_refused():
    with pytest.raises(InputError, match="regions x sectors"):
        propagate(
            Links(intermediate=np.ones((2, 2, 3)), final=np.ones((2, 2))), loss(), Behaviour()
        )
    with pytest.raises(InputError, match="intermediate must be"):
        propagate(
            Links(intermediate=np.ones((2, 2, 4)), final=np.ones((2, 3))), loss(), Behaviour()
        )
