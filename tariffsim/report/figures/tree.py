"""The tree of open questions: every answer with its probability, every branch with the product."""

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from tariffsim.grounds import Choice, Question
from tariffsim.report.figures import marks, style
from tariffsim.report.figures.figure import Cell, Figure
from tariffsim.report.numbers import percent

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import FigureBase

ROW = 25.0
TOP, BOTTOM = 20.0, 6.0
MOST_LEAVES = 32


def tree(questions: Sequence[Question], probability: Mapping[str, float]) -> Figure:
    """Draw the branches of a scenario as a tree.

    Parameters
    ----------
    questions : sequence of Question
        In the order in which they are crossed.
    probability : mapping of str to float
        Probability of each branch.

    Returns
    -------
    Figure
        One row of data a branch.
    """
    leaves = 1
    for question in questions:
        leaves *= len(question.choices)
    height = TOP + ROW * min(leaves, MOST_LEAVES) + BOTTOM
    listed = "; ".join(f"{name} {percent(share)}" for name, share in probability.items())
    asked = " and ".join(question.name for question in questions)
    return Figure(
        id="tree",
        title="What is open, and how likely each branch is held to be",
        note=(
            "Probabilities are the scenario's own judgements; along a branch they multiply. "
            "Thickness: probability."
        ),
        alt=f"Tree over {asked}. Branches: {listed}.",
        head=("branch", "probability"),
        rows=tuple(_rows(probability)),
        height=height / 72.0,
        draw=lambda canvas: _draw(canvas, list(questions), height),
        of="tree",
    )


def _rows(probability: Mapping[str, float]) -> list[tuple[Cell, ...]]:
    return [(name, float(share)) for name, share in probability.items()]


def _draw(canvas: "FigureBase", questions: list[Question], height: float) -> "Axes":
    room = marks.Margins(left=8.0, right=8.0, top=TOP, bottom=BOTTOM)
    axes = marks.panel(canvas, height, room)
    axes.set_axis_off()
    axes.set_xlim(0.0, marks.POINTS - 16.0)
    axes.set_ylim(height - TOP - BOTTOM, 0.0)
    step = (marks.POINTS - 16.0 - 62.0) / max(len(questions), 1)
    for number, question in enumerate(questions):
        axes.text(
            step * (number + 1) - 2.0,
            -6.0,
            marks.fold(question.name, 22, 1),
            color=style.QUIET,
            fontsize=style.SMALL,
            ha="right",
        )
    axes.text(
        marks.POINTS - 16.0, -6.0, "branch", color=style.QUIET, fontsize=style.SMALL, ha="right"
    )
    _branch(axes, questions, (0.0, 0.0, height - TOP - BOTTOM), 1.0, step)
    return axes


def _branch(
    axes: "Axes",
    questions: list[Question],
    box: tuple[float, float, float],
    share: float,
    step: float,
    place: int | None = None,
) -> None:
    """Draw the answers to the first question inside a box (left, top, bottom), then the rest."""
    left, top, bottom = box
    if not questions:
        axes.text(
            left + 60.0, (top + bottom) / 2, percent(share), ha="right", va="center",
            fontweight="bold",
        )  # fmt: skip
        return
    answers = questions[0].choices
    tall = (bottom - top) / len(answers)
    for number, choice in enumerate(answers):
        own = number if place is None else place
        inner = (left + step, top + number * tall, top + (number + 1) * tall)
        _limb(axes, (left, (top + bottom) / 2), inner, choice, own)
        _branch(axes, questions[1:], inner, share * choice.probability, step, own)


def _limb(
    axes: "Axes",
    root: tuple[float, float],
    box: tuple[float, float, float],
    choice: Choice,
    place: int,
) -> None:
    end, level = box[0] - 4.0, (box[1] + box[2]) / 2
    turn = root[0] + 16.0
    axes.plot(
        [root[0], turn, end],
        [root[1], level, level],
        color=style.colour(place),
        linewidth=0.8 + 5.0 * choice.probability,
        solid_joinstyle="round",
        alpha=0.75,
        zorder=1,
    )
    text = f"{choice.name} {percent(choice.probability)}"
    axes.text(turn + 4.0, level - 5.0, text, color=style.label_colour(place), fontsize=style.SMALL)
