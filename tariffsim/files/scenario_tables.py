"""The tables, sheets and worlds that a scenario names, from disk; holds no fork against a log.

What is named by path lies beside the scenario; what is named by a bare name is shipped.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Protocol, TypeVar

from tariffsim.accounts import Accounts
from tariffsim.codec.documents import read_sources, refuse
from tariffsim.codec.tables import read_monthly, read_shares, read_trade
from tariffsim.disk import read_text
from tariffsim.errors import InputError
from tariffsim.files.accounts import load_accounts
from tariffsim.files.materials import load_materials, material_named
from tariffsim.files.shipped import composed, shipped, short_name
from tariffsim.files.worlds import load_world
from tariffsim.files.written import Written, placed
from tariffsim.log import Log, Source
from tariffsim.resolve.network import ILLUSTRATIVE, check_use, sales_of
from tariffsim.resolve.profiles import Profile, profile
from tariffsim.scenario import Scenario, World
from tariffsim.terms import Slug
from tariffsim.trade import MonthlyTrade, TradeTable
from tariffsim.world import WorldTable

T_co = TypeVar("T_co", covariant=True)


def trade_of(written: Written, log: Log) -> TradeTable | None:
    """Read the table of benchmark trade, where the scenario names one."""
    return _table(written, log, "trade", read_trade)


def monthly_of(written: Written, log: Log) -> MonthlyTrade | None:
    """Read the table of trade by month, where the scenario names one."""
    return _table(written, log, "monthly", read_monthly)


class _Reader(Protocol[T_co]):
    def __call__(
        self, text: str, *, file: str, name: str, sources: Mapping[Slug, Source]
    ) -> T_co: ...


def _table(written: Written, log: Log, field: str, read: _Reader[T_co]) -> T_co | None:
    name = getattr(written.scenario, field)
    if name is None:
        return None
    with placed(written.marked, (field,)):
        path = _path(name, written.path)
        sources = _register(path, log)
        return read(read_text(path), file=short_name(path), name=name, sources=sources)


def world_of(written: Written, scenario: Scenario) -> WorldTable | None:
    """Load the benchmark world, where the scenario is for a model that needs one."""
    if scenario.model == "partial":
        return None
    with placed(written.marked, ("world",)):
        return load_world(scenario.world or World(), beside=written.path.parent)


def shares_of(written: Written, field: str) -> dict[str, dict[str, float]]:
    """Read the tables of shares by product that the markets name in a field."""
    found = {}
    for position, market in enumerate(written.scenario.markets):
        name = getattr(market, field)
        if name is not None:
            with placed(written.marked, ("markets", position, field)):
                path = _path(name, written.path)
                found[name] = read_shares(read_text(path), file=short_name(path))
    return found


def profiles_of(written: Written) -> tuple[dict[Slug, Profile], dict[Slug, Source]]:
    """Describe every material that rests on a sheet, as known on the knowledge day."""
    found: dict[Slug, Profile] = {}
    sources: dict[Slug, Source] = {}
    for position, material in enumerate(written.scenario.materials):
        if material.facts is None:
            continue
        with placed(written.marked, ("materials", position, "material")):
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


def accounts_of(written: Written, profiles: Mapping[Slug, Profile]) -> Accounts | None:
    """Load the input-output table, and hold what the scenario says of it against it."""
    asked = written.scenario.industries
    if asked is None:
        return None
    with placed(written.marked, ("industries", "table")):
        own = asked.table != ILLUSTRATIVE
        path = (
            written.path.parent / asked.table if own else shipped("data") / "tables" / asked.table
        )
        accounts, findings = load_accounts(path)
        refuse(findings)
        assert accounts is not None
        sales_of(accounts)
    for position, use in enumerate(asked.uses):
        with placed(written.marked, ("industries", "uses", position)):
            check_use(use, accounts, profiles)
    return accounts


def _path(name: str, scenario: Path) -> Path:
    if name.endswith(".csv"):
        return scenario.parent / name
    return shipped("data") / "baseline" / f"{name}.csv"


def _register(table: Path, log: Log) -> Mapping[Slug, Source]:
    """Find the sources of a table: those of a register beside it, else those of the log."""
    register = table.with_name("sources.yaml")
    if not register.exists():
        return log.sources
    sources, findings = read_sources(composed(register))
    refuse(findings)
    return sources
