"""A benchmark world under the rates of the log: sectors, regimes, and what the reader must know.

Knows economies, customs codes and days; knows no parameter's value and solves nothing.
"""

from collections.abc import Iterable, Sequence

import attrs
import numpy as np

from tariffsim.axes import Axis
from tariffsim.errors import InputError
from tariffsim.resolve.inputs import Inputs
from tariffsim.resolve.paths import Rows
from tariffsim.resolve.regimes import Ends, regimes_of
from tariffsim.resolve.sampled import TariffPaths
from tariffsim.resolve.sectors import SectorWeights, of_sectors, one_sector, sector_weights
from tariffsim.scenario import Month, Scenario, World
from tariffsim.scopes import Partners
from tariffsim.stacking import EXACT_PER_UNIT
from tariffsim.states import State
from tariffsim.terms import RESERVED, Economy
from tariffsim.world import WorldCase, WorldTable

MOST_NAMED = 8


@attrs.frozen(kw_only=True, eq=False)
class WorldView:
    """How a scenario sees a benchmark world: its table, and the weights of customs codes in it."""

    table: WorldTable
    weights: SectorWeights


def world_view(inputs: Inputs) -> WorldView:
    """Prepare a benchmark world for the rates of the log.

    Raises
    ------
    InputError
        The world cannot serve this model, or an economy asked for is not in it.
    """
    table = inputs.world
    assert table is not None
    faults = [*_unfit(inputs.scenario, table), *_missing(inputs.scenario, table)]
    if faults:
        raise InputError("\n".join(f"{inputs.scenario.scenario}: {text}" for text in faults))
    weights = sector_weights(table, inputs.trade)
    if inputs.scenario.model == "gravity" and len(table.sector) > 1:
        table, weights = one_sector(table, weights)
    return WorldView(table=table, weights=weights)


def world_case(
    view: WorldView, inputs: Inputs, rows: Rows, tariffs: TariffPaths, listed: Sequence[Month]
) -> WorldCase:
    """Resolve a world: rates by sector in every regime, and the share of each month under it.

    Parameters
    ----------
    view : WorldView
        Table and weights.
    inputs : Inputs
        For the benchmark day and the options.
    rows : Rows
        Rates by customs code over the table's economies.
    tariffs : TariffPaths
        Which row holds when, path by path.
    listed : sequence of Month
        All months from the benchmark on.

    Returns
    -------
    WorldCase
        With every distinct set of added rates once.
    """
    scenario, table = inputs.scenario, view.table
    day = scenario.benchmark_day

    def added(row: int, base: int) -> Ends:
        return _added(rows, row, base, view.weights)

    low, high, weights = regimes_of(added, tariffs.calendars, day.toordinal(), listed)
    flows = flows_asked(scenario, table.economy)
    interest = np.zeros(len(table.economy), dtype=np.bool_)
    interest[[place for flow in flows for place in flow]] = True
    return WorldCase(
        model=scenario.model,
        table=table,
        added_low=low,
        added_high=high,
        weights=weights,
        flows=flows,
        interest=interest,
        options=scenario.world or World(),
        tracks=tariffs.tracks,
        collected=_collected(scenario, table.economy),
        left_out=left_out(scenario),
    )


def _collected(scenario: Scenario, economy: Axis) -> tuple[tuple[int, int, str], ...]:
    """List the flows of which a part pays what is new, with the parameter that says how much."""
    if not scenario.time.collected:
        return ()
    return tuple(
        (economy.index(market.importer), economy.index(market.exporter), market.collected)
        for market in scenario.markets
        if market.collected is not None
    )


def world_flags(view: WorldView, case: WorldCase, states: Sequence[State]) -> tuple[str, ...]:
    """Say what was estimated, weighted or left out on the way from the log to the world."""
    moved = (case.added_low != 0).any(axis=(0, 3)) | (case.added_high != 0).any(axis=(0, 3))
    labels = case.table.economy.labels
    weighted: dict[str, list[str]] = {"pair": [], "importer": [], "simple": []}
    for n, i in zip(*np.nonzero(moved), strict=True):
        weighted[view.weights.basis[labels[n], labels[i]]].append(f"{labels[n]} on {labels[i]}")
    words = {
        "pair": "weighted by the pair's own imports by code",
        "importer": "weighted by all imports of the importer, the pair's being unknown",
        "simple": "the plain average of codes, no imports by code being known",
    }
    flags = [
        f"rates of {', '.join(pairs)}: {words[kind]}" for kind, pairs in weighted.items() if pairs
    ]
    return (*case.table.flagged, *flags, *_unseen(states, labels))


def left_out(scenario: Scenario) -> tuple[str, ...]:
    """Say what the scenario asks of time or of its markets that a world does not have.

    Each is named only where it would act in the partial model.
    """
    time, markets = scenario.time, scenario.markets
    grown = any(market.growth is not None for market in markets)
    asked = {
        "goods in transit": time.transit and any(market.by_sea is not None for market in markets),
        "seasons and growth": time.seasonality and (scenario.monthly is not None or grown),
        "buying ahead": time.anticipation
        and any(market.storable is not None for market in markets),
        "revenue lost elsewhere": any(market.revenue_offsets for market in markets),
    }
    return tuple(what for what, wanted in asked.items() if wanted)


def _unfit(scenario: Scenario, table: WorldTable) -> Iterable[str]:
    """Name what keeps a world from serving a model."""
    options = scenario.world or World()
    model, here = scenario.model, np.arange(len(table.economy))
    own = table.customs_value[here, here].sum(axis=1)
    lacking = [name for name, size in zip(table.economy.labels, own, strict=True) if size <= 0]
    if lacking and model != "gsim":
        yield (
            f"{model} must know own trade, and {table.name} has none of "
            f"{', '.join(lacking[:MOST_NAMED])}; add rows or accounts, or take model: gsim"
        )
    if not any(table.covers.values()):
        yield (
            f"some sector must hold customs codes, got none of {len(table.sector)} "
            f"({', '.join(table.sector.labels[:MOST_NAMED])}), so that no duty reaches "
            f"{table.name}; name a file under concordance with the columns sector, product"
        )
    for name, value, served in (
        ("deficit", options.deficit, _DEFICITS[model]),
        ("rebate", options.rebate, _REBATES[model]),
    ):
        if value not in served:
            yield f"{name} must be {' or '.join(served)} with model: {model}, got {value}"


_DEFICITS = {
    "gsim": ("additive",),
    "gravity": ("additive", "multiplicative"),
    "world": ("additive", "removed"),
}
_REBATES = {
    "gsim": ("lump-sum",),
    "gravity": ("lump-sum", "labour-tax"),
    "world": ("lump-sum",),
}


def _missing(scenario: Scenario, table: WorldTable) -> Iterable[str]:
    """Name economies that are asked for and not in the world."""
    asked = [code for market in scenario.markets for code in (market.importer, market.exporter)]
    asked += list(scenario.world.economies if scenario.world else ())
    if len(set(asked)) < 2:
        yield "two economies must be followed at least; add markets, or economies under world"
    for code in dict.fromkeys(asked):
        if code not in table.economy.labels:
            have = ", ".join(table.economy.labels)
            yield f"economy must be one of {table.name} ({have}), got {code}"


def flows_asked(scenario: Scenario, economy: Axis) -> tuple[tuple[int, int], ...]:
    """List the flows in question: the markets', or all between the economies asked for."""
    asked = scenario.world.economies if scenario.world else ()
    if not asked:
        pairs = [(market.importer, market.exporter) for market in scenario.markets]
    else:
        pairs = [(one, other) for one in asked for other in asked if one != other]
    return tuple((economy.index(one), economy.index(other)) for one, other in pairs)


def _added(rows: Rows, row: int, base: int, weights: SectorWeights) -> Ends:
    """Weigh a row's rates above those of the benchmark day; two of (importer, exporter, sector)."""
    low, high = (
        of_sectors(weights, (end[row] - end[base]) / float(EXACT_PER_UNIT))
        for end in (rows.low, rows.high)
    )
    return low, high


def _unseen(states: Sequence[State], labels: Sequence[str]) -> tuple[str, ...]:
    """Name economies that measures single out and the world holds inside EU27 or the rest."""
    held = [code for code in labels if code in RESERVED]
    named: set[Economy] = set()
    for state in states:
        for measure in state.measures.values():
            scopes = [measure.enacted.partners] if measure.enacted is not None else []
            scopes += [span.partners for span in measure.spans if span.partners is not None]
            named |= {code for scope in scopes for code in _single(scope)}
    inside = sorted(named - set(labels))
    if not inside or not held:
        return ()
    listed = ", ".join(inside[:MOST_NAMED]) + (" and others" if len(inside) > MOST_NAMED else "")
    return (
        f"measures that single out {listed} are not counted: the world holds them in "
        f"{' or '.join(held)}, which takes the rates of an economy that nobody names",
    )


def _single(scope: Partners) -> Iterable[Economy]:
    return (code for code in (*scope.include, *scope.exclude) if code not in RESERVED)
