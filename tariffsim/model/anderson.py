"""Fixed points of many systems at once, Anderson accelerated; knows nothing of trade.

A kernel hands over a sweep: from a state to the update it proposes and to how far the state is
from solving its equations. All systems of a batch advance together, each with its own history,
its own damping and its own verdict.
"""

import numpy as np

from tariffsim.arrays import Bools, Floats
from tariffsim.model.fixed_point import Control, FixedPoint, Sweep

# A step may make the residual this much worse before it is taken back and halved.
SETBACK = 4.0


class _History:
    """Differences of past states and updates, with their Gram matrix kept up to date."""

    def __init__(self, systems: int, memory: int, entries: int) -> None:
        self.gained = np.zeros((systems, memory, entries))  # of states and updates together
        self.changed = np.zeros((systems, memory, entries))  # of updates
        self.gram = np.zeros((systems, memory, memory))
        self.slot = 0

    def forget(self, systems: Bools) -> None:
        """Drop the past of some systems."""
        self.gained[systems] = 0.0
        self.changed[systems] = 0.0
        self.gram[systems] = 0.0

    def mix(self, gained: Floats, changed: Floats, update: Floats, damping: Floats) -> Floats:
        """Replace the oldest difference; return the step that would solve a linear sweep."""
        slot, self.slot = self.slot, (self.slot + 1) % self.gram.shape[1]
        self.gained[:, slot] = gained
        self.changed[:, slot] = changed
        past = self.changed.transpose(0, 2, 1)
        self.gram[:, slot, :] = self.gram[:, :, slot] = (changed[:, None, :] @ past)[:, 0]
        target = (update[:, None, :] @ past).transpose(0, 2, 1)
        # The ridge keeps nearly parallel differences from blowing up; empty slots give zero.
        ridge = 1e-14 * np.trace(self.gram, axis1=1, axis2=2)[:, None, None] + 1e-300
        ridged = self.gram + ridge * np.eye(self.gram.shape[1])
        weight = np.linalg.solve(ridged, target).transpose(0, 2, 1)
        step: Floats = damping[:, None] * update - (weight @ self.gained)[:, 0]
        if (damping < 1.0).any():
            step += (1.0 - damping)[:, None] * (weight @ self.changed)[:, 0]
        return step


class _Walk:
    """The moving parts of one call of `accelerate`."""

    def __init__(self, start: Floats, control: Control) -> None:
        systems, entries = start.shape
        self.control = control
        self.state = self.best = start
        self.update = self.way_on = np.zeros_like(start)
        self.damping = np.ones(systems)
        self.residual = np.full(systems, np.inf)
        self.iterations = np.zeros(systems, dtype=np.int64)
        self.solved = np.zeros(systems, dtype=bool)
        self.idle = self.solved
        self.back = self.rested = np.ones(systems, dtype=bool)
        self.previous = start
        self.history = _History(systems, control.memory, entries) if control.memory else None

    def judge(self, update: Floats, gap: Floats) -> None:
        """Note what a sweep found; decide who is solved, who is lost and who must step back."""
        # A solution needs no step from it; any other state without one is of no use.
        usable = (gap <= self.control.tolerance) | np.isfinite(update).all(axis=1)
        gap = np.where(usable & np.isfinite(gap), gap, np.inf)
        self.iterations = self.iterations + ~self.idle
        better = ~self.idle & (gap < self.residual)
        self.residual = np.where(better, gap, self.residual)
        self.best = _choose(better, self.state, self.best)
        self.way_on = _choose(better, update, self.way_on)
        self.solved = self.solved | (better & (gap <= self.control.tolerance))
        # A start that cannot be evaluated leaves no point to step back to.
        self.idle = self.solved | np.isinf(self.residual)
        self.rested = self.back | self.idle
        self.back = ~self.idle & ~(gap <= SETBACK * self.residual)
        softer, harder = 0.5 * self.damping, np.minimum(1.0, 1.5 * self.damping)
        self.damping = np.where(self.back, softer, harder)

    def advance(self, update: Floats) -> None:
        """Take the accelerated step, or the damped one from the best state so far."""
        rested, back = self.rested | self.back, self.back
        update = _choose(self.idle | back, np.zeros_like(update), update)
        step = self.damping[:, None] * update
        if self.history is not None:
            changed = update - self.update
            gained = changed + self.state - self.previous
            if rested.any():
                self.history.forget(rested)
                changed[rested] = gained[rested] = 0.0
            step = self.history.mix(gained, changed, update, self.damping)
        length = np.abs(step).max(axis=1, initial=0.0)
        limit = self.control.step_limit
        if (length > limit).any():
            step *= (limit / np.maximum(length, limit))[:, None]
        self.update, self.previous = update, self.state
        onward = _choose(self.idle, self.state, self.state + step)
        if back.any():
            onward = _choose(back, self.best + self.damping[:, None] * self.way_on, onward)
        self.state = onward


def _choose(systems: Bools, yes: Floats, no: Floats) -> Floats:
    # Most sweeps treat all systems alike: then nothing is copied.
    if systems.all():
        return yes
    return np.where(systems[:, None], yes, no) if systems.any() else no


def accelerate(sweep: Sweep, start: Floats, *, control: Control) -> FixedPoint:
    """Iterate a sweep from `start` until every system is solved or given up.

    Parameters
    ----------
    sweep : callable
        From states (system, entry) to the proposed updates (system, entry) and to how far the
        states are from a solution (system,).
    start : (system, entry)
        First states.
    control : Control
        Tolerance, patience and memory.

    Returns
    -------
    FixedPoint
        The state of the smallest residual seen, which is a solution where `converged`.

    Notes
    -----
    Anderson's mixing of type II: with x the state, f(x) the update, and dX, dF the last `memory`
    differences of both,

        x_next = x + b f - (dX + b dF) g,    g = argmin |f - dF g|

    b is the damping of the system: 1, halved whenever a step makes the residual four times worse
    than the best so far (that step is taken back and the history dropped), and let up again after.

    References
    ----------
    Anderson, D. G. (1965), Iterative Procedures for Nonlinear Integral Equations, Journal of the
    ACM 12(4), doi:10.1145/321296.321305. Walker, H. F. and Ni, P. (2011), Anderson Acceleration
    for Fixed-Point Iterations, SIAM Journal on Numerical Analysis 49(4), doi:10.1137/10078356X.

    Examples
    --------
    >>> import numpy as np
    >>> def sweep(x):
    ...     update = np.cos(x) - x
    ...     return update, np.abs(update).max(axis=1)
    >>> found = accelerate(sweep, np.zeros((1, 1)), control=Control())
    >>> round(float(found.state[0, 0]), 9), bool(found.converged[0])
    (0.739085133, True)
    """
    walk = _Walk(start, control)
    for _ in range(control.iterations):
        with np.errstate(all="ignore"):
            update, gap = sweep(walk.state)
        walk.judge(update, gap)
        if walk.idle.all():
            break
        walk.advance(update)
    return FixedPoint(
        state=walk.best,
        residual=walk.residual,
        iterations=walk.iterations,
        converged=walk.solved,
    )
