"""The design of a sensitivity: what is taken from the second sample, row by row; runs nothing.

One row a parameter, a question or a chance of policy, and then groups of them.
"""

from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.arrays import Bools
from tariffsim.drivers import DriverKind
from tariffsim.model.choices import Choices
from tariffsim.model.luck import Luck
from tariffsim.model.metric_core import Core

GROUPS: Mapping[str, tuple[str, ...]] = {
    "trade response": (
        "armington_elasticity_short",
        "armington_elasticity_long",
        "years_to_long_run",
    ),
}
"""Parameters that act together: the speed of adjustment is a function of all three."""

ALL_PARAMETERS, ALL_POLICY = "every parameter", "every question of policy"


@attrs.frozen(kw_only=True, eq=False)
class Row:
    """One row of the design: what is taken from the second sample."""

    name: str
    kind: DriverKind
    parameters: tuple[int, ...] = ()
    questions: tuple[int, ...] = ()
    chances: tuple[int, ...] = ()
    members: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether it takes a projection of its own, and not a look-up in another branch."""
        return bool(self.parameters or self.chances)


@attrs.frozen(kw_only=True, eq=False)
class Plan:
    """All rows, what they are run on, and what is known to move nothing."""

    core: Core
    choices: Choices
    rows: tuple[Row, ...]
    idle: tuple[int, ...]
    held: int | None
    still: tuple[str, ...]
    luck: Luck | None

    @property
    def width(self) -> int:
        """Dimensions of one sample: parameters, questions, and luck."""
        own = len(self.core.names) + len(self.choices.questions)
        return own + (0 if self.luck is None else self.luck.width)

    @property
    def batches(self) -> int:
        """Projections of the whole sample: both samples, the idle ones, and the rows' own."""
        # Without luck, all parameters from the second sample is the second sample.
        free = ALL_PARAMETERS if self.luck is None else ""
        return 2 + bool(self.idle) + sum(row.runs and row.name != free for row in self.rows)


def plan_of(
    core: Core, choices: Choices, moved: Bools, held: int | None, luck: Luck | None
) -> Plan:
    """List the rows: every parameter that counts, every question and chance, then groups."""
    active = tuple(int(number) for number in np.flatnonzero(moved))
    idle = tuple(number for number in range(len(core.names)) if number not in active)
    names = core.names
    rows = [Row(name=names[n], kind="parameter", parameters=(n,)) for n in active]
    questions = range(len(choices.questions))
    rows += [Row(name=choices.questions[q], kind="policy", questions=(q,)) for q in questions]
    chances = () if luck is None else luck.chances
    rows += [Row(name=own, kind="policy", chances=(c,)) for c, own in enumerate(chances)]
    for name, members in GROUPS.items():
        inside = tuple(n for n in active if names[n] in members)
        if len(inside) > 1:
            own = tuple(names[n] for n in inside)
            rows.append(Row(name=name, kind="group", parameters=inside, members=own))
    if active and (choices.questions or chances):
        every = tuple(names[n] for n in active)
        rows.append(Row(name=ALL_PARAMETERS, kind="group", parameters=active, members=every))
        rows.append(
            Row(
                name=ALL_POLICY,
                kind="group",
                questions=tuple(questions),
                chances=tuple(range(len(chances))),
                members=(*choices.questions, *chances),
            )
        )
    still = tuple(names[n] for n in idle)
    return Plan(
        core=core, choices=choices, rows=tuple(rows), idle=idle, held=held, still=still, luck=luck
    )
