"""Policy as chance: open questions as discrete factors, and the branch their answers make.

Knows branches, options and probabilities; knows no event and no rate.
"""

from collections.abc import Mapping, Sequence

import attrs
import numpy as np

from tariffsim.arrays import Floats, Ints, read_only
from tariffsim.scenario import Branch

WHOLE = "policy"
"""Name of the one factor that branches are where their questions do not cross freely."""


@attrs.frozen(kw_only=True, eq=False)
class Choices:
    """Open questions, and how their answers make a branch.

    Parameters
    ----------
    questions : tuple of str
        One a factor.
    options : tuple of tuple of str
        Of each question.
    probability : tuple of (option,), share
        Of each question's options; sums to one.
    branch : (option of the first question, of the second, ...), int
        Which branch the answers make.
    """

    questions: tuple[str, ...]
    options: tuple[tuple[str, ...], ...]
    probability: tuple[Floats, ...]
    branch: Ints = attrs.field(converter=read_only)


def choices_of(branches: Sequence[Branch]) -> Choices:
    """Read the questions off the branches.

    Parameters
    ----------
    branches : sequence of Branch
        With the options of each, and probabilities that sum to one.

    Returns
    -------
    Choices
        A question is a factor where every combination of options is a branch and probabilities
        multiply; else the branches are the options of one question, `WHOLE`.
    """
    # A question that only some option opens has no answer on the other branches.
    questions = tuple(dict.fromkeys(str(own) for branch in branches for own in branch.options))
    known = [{str(own): str(option) for own, option in b.options.items()} for b in branches]
    answers = [{own: answer.get(own, "") for own in questions} for answer in known]
    if not questions:
        return Choices(questions=(), options=(), probability=(), branch=np.array(0))
    options, weights = [], []
    for question in questions:
        weight: dict[str, float] = {}
        for branch, answer in zip(branches, answers, strict=True):
            option = answer[question]
            weight[option] = weight.get(option, 0.0) + branch.probability
        options.append(tuple(weight))
        weights.append(np.array(list(weight.values())))
    table = _table(answers, options)
    if (table < 0).any() or not _independent(branches, table, weights):
        return _one_question(branches)
    return Choices(
        questions=questions, options=tuple(options), probability=tuple(weights), branch=table
    )


def _table(answers: Sequence[Mapping[str, str]], options: Sequence[Sequence[str]]) -> Ints:
    found = np.full([len(own) for own in options], -1, dtype=np.int64)
    for number, answer in enumerate(answers):
        place = tuple(own.index(answer[name]) for name, own in zip(answer, options, strict=True))
        found[place] = number
    return found


def _independent(branches: Sequence[Branch], table: Ints, weights: Sequence[Floats]) -> bool:
    for place, number in np.ndenumerate(table):
        product = float(np.prod([own[at] for own, at in zip(weights, place, strict=True)]))
        if abs(product - branches[int(number)].probability) > 1e-9:
            return False
    return len(branches) == table.size


def _one_question(branches: Sequence[Branch]) -> Choices:
    return Choices(
        questions=(WHOLE,),
        options=(tuple(branch.name for branch in branches),),
        probability=(np.array([branch.probability for branch in branches]),),
        branch=np.arange(len(branches)),
    )


def pick(choices: Choices, units: Floats) -> Ints:
    """Answer every question at random.

    Parameters
    ----------
    choices : Choices
        The questions.
    units : (draw, question), open unit interval
        Position in the options laid end to end, each as long as it is probable.

    Returns
    -------
    (draw, question), int
        Number of the option.
    """
    found = np.empty(units.shape, dtype=np.int64)
    for column, probability in enumerate(choices.probability):
        ends = np.cumsum(probability)
        # Rounding may leave the last end a hair below one.
        scaled = units[:, column] * ends[-1]
        found[:, column] = np.searchsorted(ends[:-1], scaled, side="right")
    return found


def branch_at(choices: Choices, picked: Ints) -> Ints:
    """Give the branch that answers make; (draw,)."""
    if not choices.questions:
        return np.full(len(picked), int(choices.branch), dtype=np.int64)
    found: Ints = choices.branch[tuple(picked.T)]
    return found
