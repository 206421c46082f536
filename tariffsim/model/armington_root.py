"""The root of the Armington price equation, for a cell of markets at once; knows no prices.

Solves sum_j s_j (exp y_j - 1) = 0 for x, where y_j = level_j + slope_j x. All slopes of a market
have one sign, so the left side is monotone and the root unique.
"""

import math
from typing import TypeVar

import numpy as np
import numpy.typing as npt

from tariffsim.arrays import Floats
from tariffsim.model.armington_markets import Markets, Scratch

Numbers = TypeVar("Numbers", Floats, npt.NDArray[np.float32])

# A double holds the exponential of no more.
LARGEST_EXPONENT = 700.0
# An error in the price index grows up to sigma times in a quantity, so the root is sought closer
# than asked for; the last step mostly goes there anyway.
STRICTER = 0.01
# Below this no exponent leaves the range of a single on the way to the root.
SAFE_EXPONENT = 20.0


def has_closed_form(whole: Markets) -> bool:
    """Whether the sources of each market share one slope, and no exponential would overflow.

    So it is where supply is infinitely elastic everywhere, or equally elastic.
    """
    if whole.slope.shape[0] > 1 and not (whole.slope == whole.slope[:1]).all():
        return False
    widest = 2.0 * np.abs(whole.scale).max(initial=0.0) * np.abs(whole.log_wedge).max(initial=0.0)
    return bool(widest < LARGEST_EXPONENT)


def first_order(part: Markets, scratch: Scratch) -> Floats:
    """Return the root of the tangent at no change, (lead..., product); leaves y in buffer 0.

    Its y_j average to zero under the shares.
    """
    y = np.multiply(part.scale, part.log_wedge, out=scratch.doubles[0])
    x = -(part.share * y).sum(axis=0) / (part.share * part.slope).sum(axis=0)
    y += part.slope * x
    return np.asarray(x)


def closed_form(part: Markets, scratch: Scratch) -> tuple[Floats, Floats]:
    """Return the root and its error where all sources share one slope; leaves y in buffer 0.

    Starts from the tangent's root: there the average of exp y_j is at least one (Jensen), so its
    logarithm loses no digits, however large the shock.
    """
    x = first_order(part, scratch)
    y, work = scratch.doubles[:2]
    np.expm1(y, out=work)
    work *= part.share
    height = np.log1p(work.sum(axis=0))
    move = -height / part.slope[0]
    x += move
    y += part.slope * move
    return x, np.abs((height + part.slope[0] * move) / part.gap[0])


def newton(
    part: Markets, scratch: Scratch, tolerance: float, max_iterations: int
) -> tuple[Floats, Floats, int]:
    """Return the root, its error in ln P by market, and the steps taken in double precision.

    Leaves y in buffer 0. The error of a market that did not settle exceeds the tolerance.
    """
    y, work, share, slope = scratch.doubles
    share[...], slope[...] = part.share, part.slope
    np.multiply(part.scale, part.log_wedge, out=y)
    steepest = float(np.abs(part.slope).max())
    widest = max(steepest, float(np.abs(part.scale).max())) * float(np.abs(part.log_wedge).max())
    x = _start(scratch, wide=widest > SAFE_EXPONENT)
    np.multiply(slope, x, out=work)
    y += work
    width = np.abs(part.gap[0])
    step, goal = 0, STRICTER * tolerance
    error = np.full(x.shape, math.inf)
    # Only a source that sells nothing can overflow at the root; its market then does not settle.
    with np.errstate(over="ignore", invalid="ignore"):
        while step < max_iterations and not error.max() <= goal:
            move, left = _halley(scratch, steepest)
            x += move
            np.multiply(slope, move, out=work)
            y += work
            error = np.divide(left, width, out=left)
            step += 1
    return x, error, step


def _start(scratch: Scratch, *, wide: bool) -> Floats:
    """Approach the root by Halley's method on the logarithm of the sum, in single precision.

    An exponential costs a quarter of that in double. The logarithm is convex and nearly straight,
    so two steps are usual. A market that leaves the range of a single starts from no change.
    """
    level, _, share, slope = scratch.doubles
    base, work, s, k = scratch.singles
    base[...], s[...], k[...] = level, share, slope
    x = np.zeros(base.shape[1:], dtype=np.float32)
    # Over the shares' own sum: where all exponents vanish the height is zero, not round-off.
    whole = s.sum(axis=0)
    with np.errstate(over="ignore", divide="ignore", invalid="ignore"):
        for _ in range(60):
            np.multiply(k, x, out=work)
            work += base
            if wide:
                np.clip(work, -60.0, 60.0, out=work)
            np.exp(work, out=work)
            work *= s
            total = work.sum(axis=0)
            height = np.log(total / whole)
            work *= k
            first = work.sum(axis=0)
            first /= total
            work *= k
            bend = work.sum(axis=0)
            bend /= total
            bend -= first * first
            x += _step(height, first, bend)
            if np.abs(height).max() < 0.05:
                break
    x[~np.isfinite(x)] = 0.0
    return x.astype(np.float64)


def _halley(scratch: Scratch, steepest: float) -> tuple[Floats, Floats]:
    """Return Halley's step for the sum itself, and the most that can be left after it.

    What is left is the parabola through the point plus a bound on the terms beyond it, so that
    no exponentials are spent on looking again.
    """
    y, work, share, slope = scratch.doubles
    np.expm1(y, out=work)
    work *= share
    value = work.sum(axis=0)
    work += share
    work *= slope
    first = work.sum(axis=0)
    work *= slope
    second = work.sum(axis=0)
    move = _step(value, first, second)
    left = np.abs(value + move * (first + 0.5 * move * second))
    size = np.abs(move)
    reach = steepest * float(size.max())
    second *= size * size * size
    second *= steepest * math.exp(min(reach, 300.0)) / 6.0
    left += second
    return move, left


def _step(value: Numbers, first: Numbers, second: Numbers) -> Numbers:
    """Return Halley's step, never more than twice Newton's and never against it."""
    square = first * first
    weight = np.maximum(2.0 * square - value * second, square)
    move = first * value
    move *= -2.0
    move /= weight
    return move
