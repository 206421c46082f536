"""Scenarios from disk with everything they name: log, trade table, parameters, share priors.

What a scenario names by path lies beside the scenario; what it names by a bare name is shipped.
"""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import cast

import attrs

from tariffsim.codec.documents import read_parameters, read_scenario, read_sources, refuse
from tariffsim.codec.marked import compose
from tariffsim.disk import read_text
from tariffsim.errors import InputError, UnknownName
from tariffsim.files.forked import bound
from tariffsim.files.logs import load_log
from tariffsim.files.scenario_faults import faults_of_fork, faults_of_steps
from tariffsim.files.scenario_tables import (
    accounts_of,
    monthly_of,
    profiles_of,
    shares_of,
    trade_of,
    world_of,
)
from tariffsim.files.shipped import composed, shipped, shipped_scenarios, short_name
from tariffsim.files.written import Written, beside, placed, pointed
from tariffsim.log import Source
from tariffsim.parameters import Parameter
from tariffsim.resolve import Inputs, resolve
from tariffsim.resolve.inputs import unknown_parameters
from tariffsim.scenario import MODELS, Model, Scenario
from tariffsim.terms import Slug, nearest


def load_parameters() -> dict[str, Parameter]:
    """Load the parameters of all models."""
    found = {}
    for path in _parameter_files():
        parameters, findings = read_parameters(composed(path))
        refuse(findings)
        found.update({parameter.name: parameter for parameter in parameters})
    return found


def _parameter_files() -> tuple[Path, ...]:
    folder = shipped("data") / "parameters"
    return tuple(folder / f"{name}.yaml" for name in ("partial", "industries", "world"))


def _parameter_digest() -> str:
    texts = "".join(read_text(path) for path in _parameter_files())
    return hashlib.sha256(texts.encode()).hexdigest()


def parameter_sources() -> Mapping[Slug, Source]:
    """Load the source register of the parameters."""
    sources, findings = read_sources(composed(shipped("data") / "parameters" / "sources.yaml"))
    refuse(findings)
    return sources


def load_scenario(reference: str | Path) -> Scenario:
    """Load a scenario; its log is not read and not held against it.

    Parameters
    ----------
    reference : str or Path
        Path of the file, or the name of a shipped scenario.

    Raises
    ------
    InputError
        Every fault of the file.

    Examples
    --------
    >>> load_scenario("geneva").known_on.isoformat()
    '2025-06-06'
    """
    return _written(reference).scenario


def _written(reference: str | Path) -> Written:
    path = _scenario_path(reference)
    marked = compose(read_text(path), file=short_name(path))
    scenario, findings = read_scenario(marked)
    if scenario is None:
        findings += faults_of_fork(marked, path)
    refuse(findings)
    assert scenario is not None
    return Written(scenario=scenario, marked=marked, path=path)


def _scenario_path(reference: str | Path) -> Path:
    path = Path(reference)
    if path.exists():
        return path
    name = path.stem if str(path.parent) in (".", "scenarios") else ""
    if name in shipped_scenarios():
        return shipped("scenarios") / f"{name}.yaml"
    raise InputError(
        f"{path}: scenario must exist, found nothing; shipped ones are "
        f"{', '.join(shipped_scenarios())}{nearest(path.stem, shipped_scenarios())}"
    )


def load_inputs(reference: str | Path, *, model: str | None = None) -> Inputs:
    """Load a scenario with everything it names, and hold its fork against the log.

    Parameters
    ----------
    reference : str or Path
        Path of the scenario, or the name of a shipped one.
    model : {'partial', 'gsim', 'gravity', 'world'}, optional
        Which model is to project it, instead of the one the scenario names.

    Returns
    -------
    Inputs
        Ready for `resolve`.

    Raises
    ------
    InputError
        Every fault of the scenario, of its log, or of both together, with its place.

    Examples
    --------
    >>> inputs = load_inputs("canola")
    >>> inputs.scenario.log, inputs.trade.name
    ('canada-china', 'canola-baseline.csv')
    """
    return _whole(_written(reference), model)


def _whole(written: Written, model: str | None = None) -> Inputs:
    """Load all that a scenario names, or tell every fault of it."""
    try:
        return _inputs(written, model)
    except InputError:
        refuse(faults_of_steps(written))
        raise


def _inputs(written: Written, model: str | None) -> Inputs:
    with placed(written.marked, ("log",)):
        log = load_log(beside(written.scenario.log, written.path))
    scenario = _modelled(bound(written, log), model)
    trade, monthly = trade_of(written, log), monthly_of(written, log)
    digests = {
        "trade": trade.digest if trade else "none",
        "parameters": _parameter_digest(),
    }
    profiles, sheet_sources = profiles_of(written)
    world = world_of(written, scenario)
    if world is not None:
        digests["world"] = world.digest
    if monthly is not None:
        digests["monthly"] = monthly.digest
    accounts = accounts_of(written, profiles)
    if accounts is not None:
        digests["industries"] = accounts.digest
    inputs = Inputs(
        scenario=scenario,
        log=log,
        trade=trade,
        parameters=load_parameters(),
        share_priors=shares_of(written, "share_prior"),
        digests=digests,
        parameter_sources={**parameter_sources(), **sheet_sources},
        profiles=profiles,
        world=world,
        monthly=monthly,
        storable=shares_of(written, "storable"),
        accounts=accounts,
    )
    unknown = unknown_parameters(inputs)
    if unknown:
        with pointed(written.marked):
            raise InputError("\n".join(unknown))
    return inputs


def _modelled(scenario: Scenario, model: str | None) -> Scenario:
    """Put another model in the place of the scenario's own."""
    if model is None:
        return scenario
    if model not in MODELS:
        raise UnknownName(
            f"model must be one of {', '.join(MODELS)}, got {model!r}{nearest(model, MODELS)}"
        )
    if model == "partial" and not scenario.markets and not scenario.materials:
        raise InputError(
            f"{scenario.scenario}: markets or materials must be given with model partial, got "
            "neither; add one, or leave --model out"
        )
    return attrs.evolve(scenario, model=cast("Model", model))


def check_scenario(reference: str | Path) -> None:
    """Refuse whatever a run would refuse: resolve a scenario, and project nothing."""
    written = _written(reference)
    inputs = _whole(written)
    with pointed(written.marked):
        resolve(inputs)
