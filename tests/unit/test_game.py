"""Optimal and Nash tariffs over a benchmark world: closed forms, evidence, and the command."""

import json

import attrs
import numpy as np
import pytest

from tariffsim.errors import InputError
from tariffsim.files.worlds import load_world
from tariffsim.model.gravity import solve
from tariffsim.model.gravity_accounts import GravityAccounts, GravityShock
from tariffsim.model.optimal_tariff import Search, closed_form_rate
from tariffsim.model.play import play
from tariffsim.report.game import game_data, game_text
from tariffsim.scenario import World
from tests.command_line import tariffsim


@pytest.fixture(scope="module")
def table():
    return load_world(World())


@pytest.fixture(scope="module")
def two(table):
    """Two economies, one good, nothing used up, trade balanced."""
    keep = [table.economy.index(code) for code in ("USA", "CHN")]
    value = np.array([[[9.0], [1.0]], [[1.0], [5.0]]])
    return attrs.evolve(
        table,
        economy=attrs.evolve(table.economy, labels=("USA", "CHN")),
        customs_value=value,
        benchmark_rate=np.zeros((2, 2, 1)),
        input_share=np.zeros((2, 1, 1)),
        covers={"goods": ("01",)},
    ), keep


def test_both_meet_the_closed_form_of_two_economies(two):
    world, _ = two
    game = play(world, ["USA", "CHN"], model="gravity", trade_elasticity=4.0)
    rates = np.zeros((2, 2, 1))
    rates[0, 1], rates[1, 0] = (best.rate for best in game.together)
    found = solve(
        GravityAccounts(customs_value=world.customs_value),
        GravityShock(trade_elasticity=np.array([4.0]), applied_rate=rates),
    )
    value = found.customs_value[..., 0]
    for own, other in ((0, 1), (1, 0)):
        home = value[other, other] / value[:, other].sum()
        np.testing.assert_allclose(game.together[own].rate, closed_form_rate(4.0, home), atol=1e-5)


def test_gravity_is_the_world_without_inputs(two):
    world, _ = two
    games = [
        play(world, ["USA", "CHN"], model=model, trade_elasticity=4.0)
        for model in ("gravity", "world")
    ]
    for one, other in zip(games[0].together, games[1].together, strict=True):
        np.testing.assert_allclose(one.rate, other.rate, atol=1e-5)


def test_every_rate_is_a_maximum_and_nobody_gains_from_leaving(table):
    game = play(table, ["USA", "CHN"], model="world", trade_elasticity=4.0, against="everyone")
    for best in (*game.alone, *game.together):
        assert best.interior
        assert abs(best.slope) < 1e-5
        assert best.curvature < 0
    places = [game.economy.index(code) for code in game.players]
    for k, place in enumerate(places):
        # Alone it gains over the benchmark; answered it gains less.
        assert game.alone_welfare[k, place] > 1.0
        assert game.alone_welfare[k, place] > game.together_welfare[place]
    mexico = game.economy.index("MEX")
    assert game.together_welfare[mexico] < 1.0
    np.testing.assert_allclose([best.rate for best in game.together], 0.25, atol=0.02)


def test_a_deficit_held_in_value_is_a_game_of_its_own(table):
    options = {"model": "gravity", "trade_elasticity": 4.0}
    held = play(table, ["USA", "CHN"], deficit="held", **options)
    removed = play(table, ["USA", "CHN"], **options)
    assert abs(held.together[0].rate - removed.together[0].rate) > 0.005


def test_an_end_of_the_range_is_marked(table):
    game = play(
        table, ["USA", "CHN"], model="gravity", trade_elasticity=4.0, search=Search(highest=0.05)
    )
    assert not game.together[0].interior
    assert "5.00*" in game_text(game)
    assert "an end of the range" in game_text(game)
    assert game_data(game)["players"][0]["nash"]["interior"] is False


def test_text_and_data_say_the_same():
    answer = tariffsim("nash", "USA", "CHN", "--model", "gravity", "--json")
    assert answer.code == 0
    data = json.loads(answer.out)
    shown = tariffsim("nash", "USA", "CHN", "--model", "gravity")
    for player in data["players"]:
        assert f"{player['nash']['rate_percent']:.2f}" in shown.out
    for code, worth in data["nash_real_income_percent"].items():
        assert f"{worth:+.3f}" in next(
            line for line in shown.out.splitlines()[5:] if line.startswith(code)
        )


def test_players_are_refused_with_the_nearest_name(table):
    with pytest.raises(InputError) as caught:
        play(table, ["USA", "CHX"], model="gravity", trade_elasticity=4.0)
    assert "did you mean 'CHN'" in str(caught.value)
    with pytest.raises(InputError, match="two economies or more"):
        play(table, ["USA"], model="gravity", trade_elasticity=4.0)
    for option, said in (("--model", "model"), ("--against", "against"), ("--deficit", "deficit")):
        answer = tariffsim("nash", "USA", "CHN", option, "worl")
        assert answer.code == 2
        assert f"{said} must be" in answer.err
    assert tariffsim("nash", "USA", "CHN", "--elasticity", "0").code == 2
