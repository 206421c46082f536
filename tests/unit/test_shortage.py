"""A shortage by the names of a table: who is hit, what it costs, and what is refused."""

import json

import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.files.accounts import load_accounts
from tariffsim.files.shipped import shipped
from tariffsim.model.production import output_share
from tariffsim.model.propagation import Behaviour
from tariffsim.shortage import follow_shortage, links_of, losses_data, worst_hit
from tests.command_line import tariffsim

FOLDER = shipped("data") / "tables" / "illustrative"
DAYS = 200


@pytest.fixture(scope="module")
def accounts():
    found, findings = load_accounts(FOLDER)
    assert findings == ()
    return found


def availability(level, draws=1):
    return np.broadcast_to(np.where(np.arange(DAYS) < 60, level, 1.0)[:, None], (DAYS, draws))


def test_names_meet_numbers(accounts):
    links, names = links_of(accounts)
    assert len(names) == 18
    assert names[7] == ("ROW", "metals")
    np.testing.assert_array_equal(links.gross_output.ravel(), accounts.gross_output.ravel())
    answer = follow_shortage(accounts, capacity={("ROW", "metals"): availability(0.4)})
    assert answer.path.output[10, 7, 0] < 0.5
    assert (np.delete(answer.path.output[0], 7, axis=0) == 1.0).all()
    assert answer.end == 60


def test_a_material_short_in_two_industries_is_a_ceiling_a_draw(accounts):
    """What a licence path leaves of magnets, through the share they have in cost."""
    random = np.random.default_rng(4)
    got = np.where(np.arange(DAYS)[:, None] < 60, random.uniform(0.1, 0.6, 8), 1.0)
    made = output_share(got, 0.05, 0.1)
    answer = follow_shortage(
        accounts,
        ceiling={("USA", "vehicles"): made, ("ROW", "vehicles"): made},
        behaviour=Behaviour(inventory_days=20.0),
        draws=8,
    )
    path = answer.path.output
    assert path.shape == (DAYS, 18, 8)
    np.testing.assert_allclose(path[:60, 15], np.minimum(path[:60, 15], made[:60]))
    order = np.argsort(got[0])
    lost = 1.0 - path[:, 15].mean(axis=0)
    assert (np.diff(lost[order]) <= 1e-9).all()


def test_capacity_and_ceiling_may_hit_different_industries(accounts):
    answer = follow_shortage(
        accounts,
        capacity={("CHN", "metals"): availability(0.5)},
        ceiling={("USA", "vehicles"): availability(0.8)},
    )
    np.testing.assert_allclose(answer.path.output[0, [1, 15], 0], [0.5, 0.8])


def test_the_list_is_sorted_and_its_money_adds_up(accounts):
    answer = follow_shortage(accounts, capacity={("CHN", "metals"): availability(0.4)})
    losses = worst_hit(answer)
    middle = [loss.value_added_lost[1] for loss in losses]
    assert middle == sorted(middle, reverse=True)
    added = accounts.value_added.ravel() / 365
    total = ((1.0 - answer.path.output[:, :, 0]) @ added).sum()
    assert sum(middle) == pytest.approx(total, rel=1e-4)
    metals = next(loss for loss in losses if (loss.economy, loss.sector) == ("CHN", "metals"))
    assert metals.least_output[1] == pytest.approx(0.4)
    vehicles = next(loss for loss in losses if (loss.economy, loss.sector) == ("CHN", "vehicles"))
    assert vehicles.limiting_input == "metals"
    assert all(loss.days_to_recover[0] >= 0 for loss in losses)
    assert json.loads(json.dumps(losses_data(losses)))[0]["economy"] == "CHN"


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ({}, "got none"),
        ({("CHN", "steel"): np.ones((5, 1))}, "got CHN/steel"),
        ({("CHN", "metals"): np.ones(5)}, "must all be"),
        (
            {("CHN", "metals"): np.ones((5, 1)), ("USA", "metals"): np.ones((6, 1))},
            "must all be",
        ),
    ],
)
def test_what_cannot_be_followed_is_refused(accounts, paths, words):
    with pytest.raises(InputError, match=words):
        follow_shortage(accounts, capacity=paths)


def test_trade_alone_has_nothing_to_follow(tmp_path):
    path = tmp_path / "long.csv"
    path.write_text("importer,exporter,product,value\nUSA,USA,85,1\n")
    trade, _ = load_accounts(path)
    with pytest.raises(InputError, match="must have sales between industries"):
        follow_shortage(trade, capacity={("USA", "16"): np.ones((5, 1))})


def test_the_command_tells_losses_with_a_band_over_stocks():
    asked = ["table", "shock", str(FOLDER), "--industry", "CHN/metals", "--loss", "60%"]
    code, out, err = tariffsim(*asked, "--days", "60", "--horizon", "120")
    assert code == 0, err
    assert "CHN/metals loses 60% of capacity for 60 days" in out
    assert "stocks of 15 to 60 days" in out
    code, out, _ = tariffsim(*asked, "--days", "60", "--horizon", "120", "--stock", "20", "--json")
    data = json.loads(out)
    assert len(data) == 18
    low, middle, high = data[0]["value_added_lost"]
    assert low == middle == high > 0


@pytest.mark.parametrize(
    ("option", "value", "words"),
    [
        ("--industry", "CHN-metals", "an economy and a sector"),
        ("--industry", "CHN/steel", "got CHN/steel"),
        ("--loss", "60", "must carry its unit"),
    ],
)
def test_the_command_refuses_in_words(option, value, words):
    given = {"--industry": "CHN/metals", "--loss": "60%", "--days": "5", option: value}
    flat = [part for pair in given.items() for part in pair]
    code, _, err = tariffsim("table", "shock", str(FOLDER), *flat)
    assert code == 2
    assert words in err
