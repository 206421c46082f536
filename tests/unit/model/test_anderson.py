"""The accelerated fixed point: it solves, it steps back, it gives up, and says so."""

import numpy as np
import pytest

from tariffsim.errors import NotConverged
from tariffsim.model.anderson import accelerate
from tariffsim.model.fixed_point import Control, FixedPoint, inverse, refuse_unsolved, walk


def linear(matrix, right):
    """A sweep whose fixed point solves x = matrix x + right."""

    def sweep(x):
        update = x @ matrix.T + right - x
        return update, np.abs(update).max(axis=1)

    return sweep


def contraction(radius, size=6, seed=0):
    random = np.random.default_rng(seed)
    matrix = random.normal(size=(size, size))
    return matrix * radius / np.abs(np.linalg.eigvals(matrix)).max(), random.normal(size=size)


def test_it_solves_and_is_faster_than_the_plain_iteration():
    matrix, right = contraction(0.95)
    expected = np.linalg.solve(np.eye(6) - matrix, right)
    start = np.zeros((1, 6))
    plain = accelerate(
        linear(matrix, right), start, control=Control(memory=0, iterations=2000, tolerance=1e-12)
    )
    fast = accelerate(linear(matrix, right), start, control=Control(memory=6, tolerance=1e-12))
    for found in (plain, fast):
        assert found.converged.all()
        np.testing.assert_allclose(found.state[0], expected, rtol=1e-9)
    assert fast.iterations[0] < 0.2 * plain.iterations[0]


def test_it_solves_what_the_plain_iteration_cannot():
    matrix, right = contraction(1.8)
    found = accelerate(
        linear(matrix, right), np.zeros((1, 6)), control=Control(memory=6, tolerance=1e-10)
    )
    np.testing.assert_allclose(
        found.state[0], np.linalg.solve(np.eye(6) - matrix, right), rtol=1e-7
    )


def test_systems_of_a_batch_do_not_disturb_each_other():
    """One is solved before it starts, one never can be, one cannot even be evaluated."""
    matrix, right = contraction(0.5)
    good = linear(matrix, right)

    def sweep(x):
        update, gap = good(x)
        update[2] = 1.0
        gap[2] = 1.0 + np.abs(x[2]).max()
        update[3] = np.nan
        gap[3] = np.nan
        return update, gap

    begin = np.zeros((4, 6))
    begin[1] = np.linalg.solve(np.eye(6) - matrix, right)
    found = accelerate(sweep, begin, control=Control(iterations=60))
    alone = accelerate(good, np.zeros((1, 6)), control=Control())
    assert found.converged.tolist() == [True, True, False, False]
    assert found.iterations[1] == 1
    assert found.iterations[0] == alone.iterations[0]
    assert found.iterations[2] == 60
    np.testing.assert_allclose(found.state[0], alone.state[0], rtol=1e-12)
    np.testing.assert_array_equal(found.state[1], begin[1])
    assert np.isinf(found.residual[3])


def test_a_step_too_far_is_taken_back():
    """The full step overshoots into a region that cannot be evaluated."""

    def sweep(x):
        update = 30.0 * (1.0 - x)
        gap = np.where(np.abs(x) < 5, np.abs(1.0 - x), np.nan)
        return update, gap.max(axis=1)

    found = accelerate(sweep, np.zeros((1, 1)), control=Control(step_limit=100.0))
    np.testing.assert_allclose(found.state, 1.0, atol=1e-9)


def test_the_step_limit_holds():
    seen = []

    def sweep(x):
        seen.append(x.copy())
        update = 10.0 - x
        return update, np.abs(update).max(axis=1)

    accelerate(sweep, np.zeros((1, 1)), control=Control(step_limit=0.75, memory=0))
    steps = np.abs(np.diff(np.array(seen)[:, 0, 0]))
    assert steps.max() <= 0.75 + 1e-12
    assert abs(seen[-1][0, 0] - 10.0) < 1e-9


def verdict(converged):
    converged = np.array(converged)
    return FixedPoint(
        state=np.zeros((len(converged), 1)),
        residual=np.where(converged, 1e-12, 0.25),
        iterations=np.full(len(converged), 7),
        converged=converged,
    )


def test_the_unsolved_are_named_with_what_to_do():
    control = Control()
    with pytest.raises(
        NotConverged, match=r"m found .* for 2 of 6 draws, at \(0, 1\), \(1, 2\); try"
    ) as error:
        refuse_unsolved(
            "m",
            verdict([True, False, True, True, True, False]),
            (2, 3),
            control=control,
            advice="try",
        )
    assert error.value.exit_code == 3
    assert (error.value.iterations, error.value.residual) == (7, 0.25)
    refuse_unsolved("m", verdict([True]), (), control=control, advice="try")
    refuse_unsolved("m", verdict([False]), (), control=Control(failures="flag"), advice="try")


def test_a_walk_halves_the_parts_it_cannot_take_and_doubles_those_it_can():
    asked = []

    def attempt(part, state):
        asked.append(part)
        solved = part - float(state[0, 0]) <= 0.3
        return FixedPoint(
            state=np.array([[part if solved else np.nan]]),
            residual=np.array([0.0 if solved else 1.0]),
            iterations=np.array([2]),
            converged=np.array([solved]),
        )

    found = walk(attempt, np.zeros((1, 1)), control=Control())
    assert found.converged[0]
    assert found.state[0, 0] == 1.0
    assert asked == [0.5, 0.25, 0.75, 0.5, 1.0, 0.75, 1.0]
    assert found.iterations[0] == 2 * len(asked)


def test_a_walk_gives_up():
    def attempt(part, state):
        return verdict([False])

    found = walk(attempt, np.zeros((1, 1)), control=Control())
    assert not found.converged[0]


def test_what_a_singular_matrix_does_not_determine_stands_still():
    matrices = np.array([[[2.0, 0.0], [0.0, 0.0]], [[2.0, 0.0], [0.0, 1e-14]]])
    for matrix in matrices:
        np.testing.assert_allclose(inverse(matrix), [[0.5, 0.0], [0.0, 0.0]])
    np.testing.assert_allclose(inverse(np.diag([2.0, 4.0])), np.diag([0.5, 0.25]))
    assert not np.isfinite(inverse(np.full((2, 2), np.nan))).any()


@pytest.mark.parametrize(
    "change", [{"tolerance": 0.0}, {"iterations": 0}, {"memory": -1}, {"failures": "ignore"}]
)
def test_a_control_without_meaning_is_refused(change):
    with pytest.raises(ValueError, match=next(iter(change))):
        Control(**change)
