"""What must hold between the parts of a scenario, as faults; reads no text and knows no place.

Each check takes a scenario whose fields are sound by themselves.
"""

from collections.abc import Callable, Iterable

import attrs

from tariffsim import terms
from tariffsim.codec.drafts import in_the_past
from tariffsim.codec.fault import Fault
from tariffsim.codec.policy import POLICY_CHECKS
from tariffsim.parameters import Parameter
from tariffsim.scenario import Scenario, wrong_count
from tariffsim.scenario.tree import drafts
from tariffsim.terms import Slug


def _draft_events(scenario: Scenario) -> Iterable[Fault]:
    return in_the_past(scenario.known_on, drafts(scenario))


def _horizon(scenario: Scenario) -> Iterable[Fault]:
    if scenario.horizon.end.next.first <= scenario.known_on:
        message = (
            f"horizon must end after the knowledge day {scenario.known_on}, got "
            f"{scenario.horizon.end}; choose a later month"
        )
        yield Fault(("horizon", "to"), "horizon", message)
    if scenario.benchmark_day >= scenario.horizon.start.first:
        message = f"benchmark_day must be before the horizon, got {scenario.benchmark_day}"
        yield Fault(("benchmark_day",), "horizon", message)


def _markets(scenario: Scenario) -> Iterable[Fault]:
    partial = scenario.model == "partial"
    if scenario.markets and scenario.trade is None and partial:
        message = "trade must be given where there are markets; add trade: us-china-2024"
        yield Fault(("markets",), "missing-key", message, at_key=True)
    for position, market in enumerate(scenario.markets):
        if market.exporter in (terms.REST, market.importer):
            message = (
                f"exporter must be one economy, other than the importer, got {market.exporter}; "
                "the rest of the world is the competing source by itself"
            )
            yield Fault(("markets", position, "exporter"), "bad-value", message)
    importers = [market.importer for market in scenario.markets]
    for position, importer in enumerate(importers):
        if importer in importers[:position]:
            message = f"importer must have one market, got {importer} again; ask in two scenarios"
            yield Fault(("markets", position, "importer"), "bad-value", message)
    followed = scenario.world.economies if scenario.world and not partial else ()
    if not scenario.markets and not scenario.materials and not followed:
        message = "markets or materials must be given; a scenario needs something to project"
        yield Fault((), "missing-key", message)


def _materials(scenario: Scenario) -> Iterable[Fault]:
    for position, material in enumerate(scenario.materials):
        if material.facts is None and not (material.reliance and material.cover):
            message = (
                "facts must be given where reliance and cover are not; add facts: project, or "
                "name the parameters"
            )
            yield Fault(("materials", position), "missing-key", message)
        elif material.facts is not None and (material.reliance or material.cover):
            message = (
                "facts must stand alone, since a sheet knows reliance and cover; drop one or the "
                "other, and set parameters of the sheet under parameters"
            )
            yield Fault(("materials", position, "facts"), "bad-value", message)


def _industries(scenario: Scenario) -> Iterable[Fault]:
    table = scenario.industries
    if table is None:
        return
    if not table.uses:
        message = "uses must name at least one use of a material, got none; drop industries"
        yield Fault(("industries", "uses"), "bad-value", message)
    if table.table != "illustrative" and table.published is None:
        message = "published must be given for a table of your own: the day it became public"
        yield Fault(("industries",), "missing-key", message)
    told = [material.material for material in scenario.materials if material.facts is not None]
    held: dict[tuple[str, str, str], int] = {}
    for position, use in enumerate(table.uses):
        where = ("industries", "uses", position)
        if use.material not in told:
            message = (
                f"material must be one of the scenario's, with facts, got {use.material!r}"
                f"{terms.nearest(use.material, told)}; add facts: project to it"
            )
            yield Fault((*where, "material"), "bad-value", message)
        key = (use.material, use.economy, use.sector)
        held[key] = held.get(key, 0) + use.share
        if held[key] > terms.PARTS_PER_UNIT:
            message = (
                f"share of the uses of {use.material} in {use.economy} {use.sector} must be at "
                f"most 100% together, got {terms.percent(held[key])}; say what part each is"
            )
            yield Fault((*where, "share"), "bad-value", message)


def _draws(scenario: Scenario) -> Iterable[Fault]:
    for key, message in (
        ("paths", wrong_count("paths", scenario.paths, least=1, such_as=2048)),
        ("draws", wrong_count("draws", scenario.draws, least=2, such_as=8192)),
    ):
        if message is not None:
            yield Fault((key,), "draws", message)


def _overrides(scenario: Scenario) -> Iterable[Fault]:
    for name, override in scenario.parameters.items():
        fields = attrs.asdict(override, filter=lambda field, _: field.name != "reason")
        try:
            Parameter(
                name=name, unit="", source=Slug("scenario"), known=scenario.known_on, grade="L",
                **fields,
            )  # fmt: skip
        except ValueError as error:
            yield Fault(("parameters", name), "bad-value", str(error))


SCENARIO_CHECKS: tuple[Callable[[Scenario], Iterable[Fault]], ...] = (
    *POLICY_CHECKS,
    _draft_events,
    _horizon,
    _markets,
    _materials,
    _industries,
    _draws,
    _overrides,
)
"""Each gives the faults of one part of a scenario."""
