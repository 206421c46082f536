"""What a solver of fixed points is asked for and answers; knows no method and no trade.

The patience of a solver, its verdict on every system of a batch, the walk to a solution that
cannot be reached at once, and the error where there is none.
"""

from collections.abc import Callable, Sequence
from typing import Literal

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints, read_only
from tariffsim.errors import NotConverged

Sweep = Callable[[Floats], tuple[Floats, Floats]]

# A walk gives up when it would have to take smaller parts of the change than this, or more than
# so many times the iterations allowed for going there at once.
SHORTEST_PART = 1 / 256
WALK = 2

# An inverse with larger entries than this comes from a matrix that is all but singular. What aims
# a step is partly of single precision, so that a singular one may look like 1e8.
HUGE = 1e7


@attrs.frozen(kw_only=True)
class Control:
    """How hard to try, and what to do with a system that is not solved.

    Parameters
    ----------
    tolerance : float
        Largest residual of a solved system, in the kernel's own unit (relative).
    iterations : int
        Sweeps before a system is given up.
    memory : int
        Past steps the acceleration remembers; 0 is the plain iteration.
    step_limit : float
        Largest change of any entry of the state in one sweep (entries are logarithms and shares).
    failures : {"raise", "flag"}
        Raise `NotConverged`, or return those systems as not-a-number with `converged` false.
    """

    tolerance: float = attrs.field(default=1e-10, validator=attrs.validators.gt(0.0))
    iterations: int = attrs.field(default=300, validator=attrs.validators.ge(1))
    memory: int = attrs.field(default=4, validator=attrs.validators.ge(0))
    step_limit: float = attrs.field(default=1.0, validator=attrs.validators.gt(0.0))
    failures: Literal["raise", "flag"] = attrs.field(
        default="raise", validator=attrs.validators.in_(("raise", "flag"))
    )


@attrs.frozen(kw_only=True, eq=False)
class FixedPoint:
    """Where the systems of a batch ended, solved or not."""

    state: Floats = attrs.field(converter=read_only)  # (system, entry)
    residual: Floats = attrs.field(converter=read_only)  # (system,)
    iterations: Ints = attrs.field(converter=read_only)  # (system,), sweeps
    converged: Bools = attrs.field(converter=read_only)  # (system,)


def inverse(matrices: Floats) -> Floats:
    """Invert matrices that aim a Newton step, (..., entry, entry).

    Where one is singular or nearly so, as for economies that do not trade with each other, the
    pseudo-inverse takes its place: what the equations do not determine stands still.
    """
    try:
        inverted = np.asarray(np.linalg.inv(matrices), dtype=np.float64)
    except np.linalg.LinAlgError:
        inverted = np.full(matrices.shape, np.inf)
    usable = np.isfinite(matrices).all()
    if usable and not np.abs(inverted).max(initial=0.0) < HUGE:
        return np.asarray(np.linalg.pinv(matrices, 1.0 / HUGE), dtype=np.float64)
    return inverted


def newton_steps(slopes: Floats, links: Floats) -> Floats:
    """Invert slopes into steps; an entry that nothing links to the others stands still.

    Parameters
    ----------
    slopes : (..., entry, entry)
        Change of each equation by entry.
    links : (entry, entry)
        Zero off the diagonal where an entry has nothing to do with another.

    Returns
    -------
    (..., entry, entry)
        Step of an entry by the miss of an equation. Where a linked group as a whole is apart from
        the others, what its equations do not determine stands still too.
    """
    across = links.copy()
    here = np.arange(len(links))
    across[here, here] = 0.0
    alone = np.flatnonzero((across != 0.0).sum(axis=0) + (across != 0.0).sum(axis=1) == 0)
    slopes = slopes.copy()
    slopes[..., alone, :], slopes[..., :, alone] = 0.0, 0.0
    slopes[..., alone, alone] = -1.0
    steps = -inverse(slopes)
    steps[..., alone, :], steps[..., :, alone] = 0.0, 0.0
    return steps


def walk(
    attempt: Callable[[float, Floats], FixedPoint], begin: Floats, *, control: Control
) -> FixedPoint:
    """Reach the solution of one system by making its change in parts.

    Parameters
    ----------
    attempt : callable
        From the part of the change that is made, in (0, 1], and a first state to what was found.
    begin : (1, entry)
        The solution at part zero.
    control : Control
        `iterations` bounds each attempt; all of them together may take twice as many.

    Returns
    -------
    FixedPoint
        Converged where part one was reached; `iterations` counts the sweeps of all attempts.
    """
    done, part, spent, state = 0.0, 0.5, 0, begin
    while True:
        goal = min(1.0, done + part)
        found = attempt(goal, state)
        spent += int(found.iterations[0])
        if found.converged[0]:
            done, part, state = goal, 2.0 * part, found.state
        else:
            part *= 0.5
        if done == 1.0 or part < SHORTEST_PART or spent >= WALK * control.iterations:
            solved = np.array([done == 1.0])
            return attrs.evolve(found, iterations=np.array([spent]), converged=solved)


def refuse_unsolved(
    what: str, found: FixedPoint, shape: Sequence[int], *, control: Control, advice: str
) -> None:
    """Raise `NotConverged` naming the systems that were not solved, unless they are to be flagged.

    Parameters
    ----------
    what : str
        The model, for the message.
    found : FixedPoint
        Verdicts, one a system.
    shape : sequence of int
        Leading axes of the batch, to name a system by its indices.
    control : Control
        `failures` says whether to raise.
    advice : str
        What to try.

    Raises
    ------
    NotConverged
        A system was not solved and `control.failures` is "raise".
    """
    lost = np.flatnonzero(~found.converged)
    if control.failures == "flag" or lost.size == 0:
        return
    names = [str(tuple(int(i) for i in np.unravel_index(k, tuple(shape)))) for k in lost[:8]]
    which = f" for {lost.size} of {found.converged.size} draws, at {', '.join(names)}"
    worst = lost[np.argmax(found.residual[lost])]
    raise NotConverged(
        f"{what} found no equilibrium{which if found.converged.size > 1 else ''}; {advice}",
        iterations=int(found.iterations[worst]),
        residual=float(found.residual[worst]),
    )
