"""Inputs and result to grounds: what a folder must hold to explain itself; opens no file.

Runs no model: everything is read off the result, the resolved scenario and the log.
"""

from collections.abc import Iterable

import attrs
import numpy as np

from tariffsim.experiment import Experiment
from tariffsim.gather.drivers import drivers
from tariffsim.gather.facts import documents, facts
from tariffsim.gather.rates import forks, product_rates, rate_paths
from tariffsim.gather.takes import takes
from tariffsim.gather.uses import benchmark_sources, uses
from tariffsim.grounds import (
    WEEK,
    Assumption,
    Choice,
    Described,
    Document,
    Grounds,
    Question,
)
from tariffsim.log import Source
from tariffsim.model.variance_shares import between_share
from tariffsim.resolve import Inputs, resolve
from tariffsim.result import Result, Variable
from tariffsim.terms import PARTS_PER_UNIT

__all__ = ["grounds"]


def grounds(
    result: Result,
    inputs: Inputs | None = None,
    *,
    registers: Iterable[Source] = (),
    experiment: Experiment | None = None,
) -> Grounds:
    """Gather what a result rests on.

    Parameters
    ----------
    result : Result
        The answer.
    inputs : Inputs, optional
        What it was run from; without it only what the result itself knows is gathered.
    registers : iterable of Source
        Further sources, as those of the parameters.
    experiment : Experiment, optional
        The inputs resolved, where they are at hand; they are resolved here otherwise.

    Returns
    -------
    Grounds
        The same for the same arguments.

    Examples
    --------
    >>> import tariffsim as ts
    >>> inputs = ts.with_options(ts.load_inputs("canola"), draws=64)
    >>> found = grounds(ts.run(inputs), inputs)
    >>> [(path.branches, round(path.steps[-1].total)) for path in found.rates]
    [(('stay',), 56), (('end',), 0)]
    """
    own = Grounds(
        variables=(
            *(_described(result, variable) for variable in (*result.headline, *result.paths)),
            *(_described_weekly(variable) for variable in result.weekly),
        ),
        branches={
            name: dict(options)
            for name, options in zip(result.branch.labels, result.options, strict=True)
        },
        probability=dict(zip(result.branch.labels, result.probability.tolist(), strict=True)),
    )
    if inputs is None:
        return own
    return _with_inputs(own, result, inputs, experiment or resolve(inputs), tuple(registers))


def _with_inputs(
    own: Grounds,
    result: Result,
    inputs: Inputs,
    experiment: Experiment,
    registers: tuple[Source, ...],
) -> Grounds:
    logs = forks(inputs, experiment)
    rates = rate_paths(inputs, experiment, logs)
    used = uses(inputs, experiment, rates, logs[0])
    assumptions = tuple(_assumption(experiment, name) for name in sorted(experiment.parameters))
    told = facts(logs, used, rates)
    moved, least = drivers(result, experiment)
    return attrs.evolve(
        own,
        questions=_questions(inputs),
        assumptions=assumptions,
        drivers=moved,
        least_share=least,
        rates=rates,
        products=product_rates(experiment),
        take=takes(result, experiment),
        uses=used,
        facts=told,
        documents=_documents(inputs, told, assumptions, registers),
        trade=_benchmark(inputs),
    )


def _described(result: Result, variable: Variable) -> Described:
    path = tuple(variable.path.tolist())
    if variable.basis == "path":
        return Described(key=variable.key, label=variable.label, path=path)
    values = variable.values[:, :, 0]
    return Described(
        key=variable.key,
        label=variable.label,
        path=path,
        mean=tuple(values.mean(axis=1)[variable.path].tolist()),
        between=between_share(values[variable.path], np.asarray(result.probability)),
    )


def _described_weekly(variable: Variable) -> Described:
    # By month it may stand under the same subject.
    key = f"{variable.subject}@{WEEK}"
    return Described(key=key, label=variable.label, path=tuple(variable.path.tolist()))


def _questions(inputs: Inputs) -> tuple[Question, ...]:
    return tuple(
        Question(
            name=name,
            choices=tuple(
                Choice(
                    name=option,
                    title=choice.title,
                    probability=choice.probability / PARTS_PER_UNIT,
                    reason=choice.reason,
                )
                for option, choice in options.items()
            ),
        )
        for name, options in inputs.scenario.branches.items()
    )


def _assumption(experiment: Experiment, name: str) -> Assumption:
    parameter = experiment.parameters[name]
    return Assumption(
        name=name,
        value=parameter.value,
        unit=parameter.unit,
        source=parameter.source,
        known=parameter.known.isoformat(),
        grade=parameter.grade,
        distribution=parameter.distribution,
        low=parameter.low,
        high=parameter.high,
        range=parameter.range,
        horizon=parameter.horizon,
        locator=parameter.locator,
        note=parameter.note,
    )


def _benchmark(inputs: Inputs) -> str:
    tables = (inputs.world, inputs.trade)
    return ", ".join(dict.fromkeys(table.name for table in tables if table is not None))


def _documents(
    inputs: Inputs,
    told: Iterable[object],
    assumptions: Iterable[Assumption],
    registers: tuple[Source, ...],
) -> tuple[Document, ...]:
    trade = benchmark_sources(inputs)
    known: dict[str, Source] = {str(key): source for key, source in inputs.log.sources.items()}
    known |= {source.key: source for source in (*registers, *trade)}
    wanted = {str(assumption.source) for assumption in assumptions}
    wanted |= {source.key for source in trade}
    return documents(known, told, wanted)
