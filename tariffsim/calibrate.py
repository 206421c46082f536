"""What is collected of new duties, fitted to months known on the knowledge day; does no I/O.

The fit behind the parameters `collected_share_...`: run again whenever the record, the transit of
goods or the model changes, and write what it finds into the parameters.
"""

from collections.abc import Mapping

import attrs
import numpy as np

from tariffsim.arrays import Floats
from tariffsim.errors import InputError
from tariffsim.experiment import Experiment, MarketCase
from tariffsim.model.collection import CollectionFit, fit_collection
from tariffsim.model.markets import total_regimes
from tariffsim.resolve import Inputs, resolve
from tariffsim.terms import Economy
from tariffsim.trade import MonthlyFigure


@attrs.frozen(kw_only=True, eq=False)
class Calibration:
    """A fit, month by month.

    Parameters
    ----------
    month : tuple of str
        Months fitted.
    observed : (month,), fraction
        Duty over value, less that of the benchmark.
    statutory : (month,), fraction
        The same had all been collected at once, goods in transit too, and trade not answered.
    fit : CollectionFit
        What meets it best.
    """

    month: tuple[str, ...]
    observed: Floats
    statutory: Floats
    fit: CollectionFit


def fit_collected_share(inputs: Inputs, importer: Economy) -> Calibration:
    """Fit the share of new duties that one importer collects.

    Parameters
    ----------
    inputs : Inputs
        A scenario with a market of this importer, and a monthly table with its duties.
    importer : Economy
        Whose duties.

    Returns
    -------
    Calibration
        Of the months after the benchmark that were public on the knowledge day.

    Raises
    ------
    InputError
        There is no such market, or no such month.

    Notes
    -----
    Every month is a mixture of solved regimes by days, goods in transit among them, at short-run
    elasticities and central parameters. Rises of the rate are compared, not levels: the table by
    month holds goods that the benchmark leaves out.

    Examples
    --------
    >>> from tariffsim import load_inputs
    >>> found = fit_collected_share(load_inputs("geneva"), "USA")
    >>> found.month
    ('2025-01', '2025-02', '2025-03', '2025-04')
    """
    experiment = resolve(inputs)
    case = next((case for case in experiment.markets if case.importer == importer), None)
    if case is None:
        raise InputError(f"importer must be one of the scenario's markets, got {importer}")
    figures = _known(inputs, case)
    base = [figures[name] for name in figures if name <= _benchmark(inputs)[-1]]
    listed = experiment.month.labels
    months = [name for name in listed if name in figures]
    if not months or not base:
        raise InputError(
            f"the monthly table must have duties of {case.importer} on {case.exporter} before and "
            f"after {inputs.scenario.benchmark_day} that were public by {inputs.scenario.known_on}"
        )
    rows = [listed.index(name) for name in months]
    before = sum(_duty(figure) for figure in base) / sum(f.customs_value for f in base)
    observed = (
        np.array([_duty(figures[name]) / figures[name].customs_value for name in months]) - before
    )
    duty, value = _all_collected(experiment, case, rows)
    middle = case.statutory.mean(axis=0)[0, rows]
    return Calibration(
        month=tuple(months),
        observed=observed,
        statutory=middle - duty[0] / value[0],
        fit=fit_collection(observed, duty, value),
    )


def _benchmark(inputs: Inputs) -> tuple[str, ...]:
    year = inputs.scenario.benchmark_day.year
    return tuple(f"{year}-{number:02d}" for number in range(1, 13))


def _known(inputs: Inputs, case: MarketCase) -> Mapping[str, MonthlyFigure]:
    """Give the flow's months with a duty, from the benchmark year on, that were public by then."""
    if inputs.monthly is None:
        raise InputError("monthly must be given to fit what is collected; name a table by month")
    flow = inputs.monthly.flows.get((case.importer, case.exporter), {})
    first, known_on = _benchmark(inputs)[0], inputs.scenario.known_on
    return {
        name: figure
        for name, figure in sorted(flow.items())
        if name >= first and figure.published <= known_on and figure.duty is not None
    }


def _duty(figure: MonthlyFigure) -> float:
    assert figure.duty is not None
    return figure.duty


def _all_collected(
    experiment: Experiment, case: MarketCase, rows: list[int]
) -> tuple[Floats, Floats]:
    """Give duty and value in the benchmark, and by month had all been collected; (2, month)."""
    central = {name: np.full(1, p.value) for name, p in experiment.parameters.items()}
    totals = total_regimes(attrs.evolve(case, collected=None), central).short
    weights = case.weights[0, rows]
    months = [(weights * totals[name][:, 0]).sum(axis=1) for name in ("duty", "customs_value")]
    still = [(case.benchmark_rate * case.customs_value)[0].sum(), case.customs_value[0].sum()]
    duty, value = (
        np.stack([np.full(len(rows), start), month])
        for start, month in zip(still, months, strict=True)
    )
    return duty, value
