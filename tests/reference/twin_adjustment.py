"""The two-speed filter for one draw, period by period, in plain Python."""

import math
from collections.abc import Sequence


def adjust_one(
    short: Sequence[float],
    long: Sequence[float],
    weights: Sequence[Sequence[float]],
    speed: float,
    *,
    in_logs: bool = False,
) -> list[float]:
    path, gap = [], 0.0
    for row in weights:
        near = math.fsum(w * value for w, value in zip(row, short, strict=True))
        far = math.fsum(w * value for w, value in zip(row, long, strict=True))
        if in_logs:
            near, far = math.log(near), math.log(far)
        value = near + gap
        path.append(math.exp(value) if in_logs else value)
        gap = gap + speed * (far - near - gap)
    return path
