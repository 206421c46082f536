"""Scenarios from disk with everything they name: log, trade table, parameters, share priors.

What a scenario names by path lies beside the scenario; what it names by a bare name is shipped.
"""

import contextlib
import hashlib
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import cast

import attrs

from tariffsim.accounts import Accounts
from tariffsim.audit import audit_fork
from tariffsim.codec.documents import read_parameters, read_scenario, read_sources, refuse
from tariffsim.codec.fault import Path as FaultPath
from tariffsim.codec.marked import Marked, compose
from tariffsim.codec.tables import read_monthly, read_shares, read_trade
from tariffsim.disk import read_text
from tariffsim.errors import InputError, UnknownName
from tariffsim.events import Event
from tariffsim.files.accounts import load_accounts
from tariffsim.files.logs import load_log
from tariffsim.files.materials import load_materials, material_named
from tariffsim.files.shipped import composed, shipped, shipped_scenarios, short_name
from tariffsim.files.worlds import load_world
from tariffsim.finding import Finding
from tariffsim.identity import event_id
from tariffsim.log import Log, Source, known_on
from tariffsim.parameters import Parameter
from tariffsim.policy import threatened_events
from tariffsim.references import resolve_references
from tariffsim.resolve import Inputs, resolve
from tariffsim.resolve.network import ILLUSTRATIVE, check_use, sales_of
from tariffsim.resolve.profiles import Profile, profile
from tariffsim.scenario import MODELS, Model, Scenario, World
from tariffsim.scenario.tree import chances, drafts, with_drafts
from tariffsim.terms import Slug, nearest
from tariffsim.trade import MonthlyTrade, TradeTable


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


@attrs.frozen(kw_only=True)
class _Written:
    """A scenario as read, with what is needed to point at its lines."""

    scenario: Scenario
    marked: Marked
    path: Path


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


def _written(reference: str | Path) -> _Written:
    path = _scenario_path(reference)
    marked = compose(read_text(path), file=short_name(path))
    scenario, findings = read_scenario(marked)
    refuse(findings)
    assert scenario is not None
    return _Written(scenario=scenario, marked=marked, path=path)


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
    written = _written(reference)
    scenario = written.scenario
    with _placed(written, ("log",)):
        log = load_log(_beside(scenario.log, written.path))
    scenario = _modelled(_bound(written, log), model)
    with _placed(written, ("trade",)):
        trade = _load_trade(scenario.trade, written.path, log) if scenario.trade else None
    with _placed(written, ("monthly",)):
        monthly = _load_monthly(scenario.monthly, written.path, log) if scenario.monthly else None
    digests = {
        "trade": trade.digest if trade else "none",
        "parameters": _parameter_digest(),
    }
    profiles, sheet_sources = _profiles(written)
    world = None
    if scenario.model != "partial":
        with _placed(written, ("world",)):
            world = load_world(scenario.world or World(), beside=written.path.parent)
        digests["world"] = world.digest
    if monthly is not None:
        digests["monthly"] = monthly.digest
    accounts = _accounts(written, profiles)
    if accounts is not None:
        digests["industries"] = accounts.digest
    return Inputs(
        scenario=scenario,
        log=log,
        trade=trade,
        parameters=load_parameters(),
        share_priors=_shares(written, "share_prior"),
        digests=digests,
        parameter_sources={**parameter_sources(), **sheet_sources},
        profiles=profiles,
        world=world,
        monthly=monthly,
        storable=_shares(written, "storable"),
        accounts=accounts,
    )


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
    resolve(load_inputs(reference))


@contextlib.contextmanager
def _placed(written: _Written, path: FaultPath) -> Iterator[None]:
    """Give a fault without a place the line of the scenario that leads to it."""
    try:
        yield
    except InputError as error:
        if any(isinstance(found, Finding) and found.place for found in error.findings):
            raise
        place = written.marked.place(path)
        refuse([Finding(rule="unknown-name", message=str(error), place=place)])


def _shares(written: _Written, field: str) -> dict[str, dict[str, float]]:
    """Read the tables of shares by product that the markets name in a field."""
    found = {}
    for position, market in enumerate(written.scenario.markets):
        name = getattr(market, field)
        if name is not None:
            with _placed(written, ("markets", position, field)):
                path = _table_path(name, written.path)
                found[name] = read_shares(read_text(path), file=short_name(path))
    return found


def _profiles(written: _Written) -> tuple[dict[Slug, Profile], dict[Slug, Source]]:
    """Describe every material that rests on a sheet, as known on the knowledge day."""
    found: dict[Slug, Profile] = {}
    sources: dict[Slug, Source] = {}
    for position, material in enumerate(written.scenario.materials):
        if material.facts is None:
            continue
        with _placed(written, ("materials", position, "material")):
            own = None if material.facts == "project" else written.path.parent / material.facts
            facts = load_materials(own)
            _refuse_clash(sources, facts.sources)
            sources |= facts.sources
            found[material.material] = profile(
                material_named(facts, material.material),
                facts.industries,
                facts.sources,
                written.scenario.known_on,
            )
    return found, sources


def _refuse_clash(sources: Mapping[Slug, Source], others: Mapping[Slug, Source]) -> None:
    """Refuse sheets of one scenario whose registers mean different documents by one key."""
    for key in sources.keys() & others.keys():
        if sources[key] != others[key]:
            raise InputError(
                f"source {key} must mean one document in the sheets of a scenario, got "
                f"{sources[key].title!r} and {others[key].title!r}; rename one of the two in its "
                "sources.yaml and its sheet"
            )


def _accounts(written: _Written, profiles: Mapping[Slug, Profile]) -> Accounts | None:
    """Load the input-output table, and hold what the scenario says of it against it."""
    asked = written.scenario.industries
    if asked is None:
        return None
    with _placed(written, ("industries", "table")):
        own = asked.table != ILLUSTRATIVE
        path = (
            written.path.parent / asked.table if own else shipped("data") / "tables" / asked.table
        )
        accounts, findings = load_accounts(path)
        refuse(findings)
        assert accounts is not None
        sales_of(accounts)
    for position, use in enumerate(asked.uses):
        with _placed(written, ("industries", "uses", position)):
            check_use(use, accounts, profiles)
    return accounts


def _beside(name: str, scenario: Path) -> str:
    near = scenario.parent / name
    return str(near) if "/" in name or "." in name else name


def _bound(written: _Written, log: Log) -> Scenario:
    """Resolve the draft's references into the log, and audit each branch as a log of its own."""
    paths: list[FaultPath] = []
    events: list[Event] = []
    for path, event in drafts(written.scenario):
        paths.append(path)
        events.append(event)
    findings: list[Finding] = []

    def report(position: int, message: str) -> None:
        place = written.marked.place(paths[position])
        findings.append(Finding(rule="unknown-reference", message=message, place=place))

    known = {key: entry.id for key, entry in log.by_key.items()}
    resolved = resolve_references(events, report, known=known)
    refuse(findings)
    scenario = with_drafts(
        written.scenario, {**_by_holder(paths, resolved), **_threats(written, log)}
    )
    where = {
        event_id(event): written.marked.place(path)
        for path, event in zip(paths, resolved, strict=True)
    }
    refuse(
        attrs.evolve(finding, place=where.get(finding.about or ""))
        for finding in audit_fork(scenario, log)
    )
    return scenario


def _by_holder(
    paths: Sequence[FaultPath], events: Sequence[Event]
) -> dict[FaultPath, tuple[Event, ...]]:
    """Put events together under the path of what holds them."""
    found: dict[FaultPath, tuple[Event, ...]] = {}
    for path, event in zip(paths, events, strict=True):
        holder = () if path[0] == "what_if" else path[:-2]
        found[holder] = (*found.get(holder, ()), event)
    return found


def _threats(written: _Written, log: Log) -> dict[FaultPath, tuple[Event, ...]]:
    """Look up what the threats of the log would do."""
    day = written.scenario.known_on
    found = {}
    for path, _, chance in chances(written.scenario):
        if chance.threat is not None:
            with _placed(written, (*path, "threat")):
                found[path] = threatened_events(chance, known_on(log, day), day)
    return found


def _table_path(name: str, scenario: Path) -> Path:
    if name.endswith(".csv"):
        return scenario.parent / name
    return shipped("data") / "baseline" / f"{name}.csv"


def _load_trade(name: str, scenario: Path, log: Log) -> TradeTable:
    path = _table_path(name, scenario)
    sources = _register(path, log)
    return read_trade(read_text(path), file=short_name(path), name=name, sources=sources)


def _load_monthly(name: str, scenario: Path, log: Log) -> MonthlyTrade:
    path = _table_path(name, scenario)
    sources = _register(path, log)
    return read_monthly(read_text(path), file=short_name(path), name=name, sources=sources)


def _register(table: Path, log: Log) -> Mapping[Slug, Source]:
    """Find the sources of a table: those of a register beside it, else those of the log."""
    register = table.with_name("sources.yaml")
    if not register.exists():
        return log.sources
    sources, findings = read_sources(composed(register))
    refuse(findings)
    return sources
