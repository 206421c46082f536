"""Swings of a metric: one driver at a time to both of its ends, everything else in the middle.

Knows the design and the metric's core; samples nothing.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from tariffsim.arrays import Floats
from tariffsim.drivers import Swing
from tariffsim.experiment import Sampled
from tariffsim.model.choices import Choices
from tariffsim.model.design import Plan
from tariffsim.model.luck import Luck, told
from tariffsim.model.sampling import values_at

CHANCES = (0.1, 0.9)
"""Ends of a swing, and of the bands of indices."""


def swings_of(plan: Plan, held: int, sampled: Sampled | None) -> tuple[tuple[Swing, ...], float]:
    """Move each driver to both of its ends, everything else in the middle of `held`."""
    names, rows = plan.core.names, [row for row in plan.rows if row.kind == "parameter"]
    chances = [row.chances[0] for row in plan.rows if row.kind == "policy" and row.chances]
    units = np.full((1 + 2 * (len(rows) + len(chances)), len(names)), 0.5)
    for number, row in enumerate(rows):
        for end in (0, 1):
            units[1 + 2 * number + end, row.parameters] = CHANCES[end]
    lucky = 1 + 2 * len(rows)
    paths = None
    if plan.luck is not None:
        paths = np.full(len(units), plan.luck.middle)
        paths[lucky:] = [end for chance in chances for end in plan.luck.ends(chance)]
    values = plan.core.values(units, paths)
    drawn = values_at(plan.core.experiment.parameters, plan.core.names, units)
    swings = [
        Swing(
            name=row.name,
            kind=row.kind,
            low_at=f"{drawn[row.name][at]:.4g}",
            high_at=f"{drawn[row.name][at + 1]:.4g}",
            low=float(values[held, at]),
            high=float(values[held, at + 1]),
        )
        for row, at in zip(rows, range(1, lucky, 2), strict=True)
    ]
    asked = [row.name for row in plan.rows if row.kind == "policy" and row.questions]
    swings += _policy_swings(plan.choices, values[:, 0], held, asked)
    if plan.luck is not None and sampled is not None:
        there = {str(name) for name in plan.core.experiment.branches[held].chances}
        ends = zip(chances, values[held, lucky:].reshape(-1, 2), strict=True)
        own = {chance: pair for chance, pair in ends if plan.luck.chances[chance] in there}
        swings += _chance_swings(plan.luck, own, held, sampled)
    central = float(values[held, 0])
    return tuple(sorted(swings, key=lambda own: -own.width)), central


def _chance_swings(
    luck: Luck, values: Mapping[int, Floats], held: int, sampled: Sampled
) -> list[Swing]:
    """Let each chance of a branch come early, and late or not at all; the lower value first."""
    found = []
    for chance, ends in values.items():
        name = luck.chances[chance]
        low, high = np.argsort(ends, kind="stable").tolist()
        at = [told(sampled, name, held, row) for row in luck.ends(chance)]
        found.append(
            Swing(
                name=name,
                kind="policy",
                low_at=at[low],
                high_at=at[high],
                low=float(ends[low]),
                high=float(ends[high]),
            )
        )
    return found


def _policy_swings(
    choices: Choices, values: Floats, held: int, moving: Sequence[str]
) -> list[Swing]:
    """Change one answer at a time from those of `held`; the metric's lowest and highest."""
    found: list[Swing] = []
    if not choices.questions:
        return found
    here = [int(place[0]) for place in np.nonzero(choices.branch == held)]
    for question, name in enumerate(choices.questions):
        if name not in moving:
            continue
        across = np.moveaxis(choices.branch, question, -1)
        own = values[across[(*here[:question], *here[question + 1 :])]]
        low, high = int(own.argmin()), int(own.argmax())
        found.append(
            Swing(
                name=name,
                kind="policy",
                low_at=choices.options[question][low],
                high_at=choices.options[question][high],
                low=float(own[low]),
                high=float(own[high]),
            )
        )
    return found
