"""A world over draws: every regime at both horizons, then monthly paths of what is followed.

Joins the world models and the two-speed filter. Knows a resolved world and drawn values; knows no
branch, no probability and no label.
"""

from collections.abc import Iterator, Mapping
from typing import Any

import attrs
import numpy as np

from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.errors import NotConverged
from tariffsim.model.adjustment import adjust, speed_from_years
from tariffsim.model.regime_path import InForce, blend, in_force
from tariffsim.model.world_kernels import KERNELS, Answers, Bench, bench_of, rates_of
from tariffsim.terms import PARTS_PER_UNIT, percent
from tariffsim.world import WorldCase

BLOCK_BYTES = 3e7
MOST_DRAWS = 256
FAILURES = 10_000
"""Share of draws that may fail where the scenario says nothing, parts per million."""

MOST_NAMED = 20

Values = Mapping[str, Floats]
Pair = tuple[int, int]
Parts = Mapping[Any, Floats]


@attrs.frozen(kw_only=True, eq=False)
class WorldPaths:
    """What is kept of a world.

    Parameters
    ----------
    trade, duty : mapping of (importer, exporter) to (path, draw, month), USD million a month
        Flows that touch an economy of interest, and the duty that such an economy takes.
    other_trade, other_duty : mapping of (importer, exporter) to (path, draw, 1), USD million
        All other flows, over the whole horizon.
    changes : mapping of (name, economy) to (path, draw, month), percent
        Against the benchmark, of economies of interest; likewise `other_changes`, its mean over the
        horizon.
    amounts : mapping of (name, economy) to (path, draw, month), USD million a month
        Surpluses of economies of interest; likewise `other_amounts`, over the whole horizon.
    benchmark : (importer, exporter), USD million a year
        Trade of the benchmark, own trade left out; likewise `benchmark_duty`.
    lost : (draw,), bool
        Draws asked for and not solved; they are in none of the arrays.
    below_zero : tuple of (importer, exporter, share)
        Flows that a linear model took below zero, with the largest share of draws of any regime.
    """

    trade: Parts
    duty: Parts
    other_trade: Parts
    other_duty: Parts
    changes: Parts
    other_changes: Parts
    amounts: Parts
    other_amounts: Parts
    benchmark: Floats
    benchmark_duty: Floats
    lost: Bools
    below_zero: tuple[tuple[int, int, float], ...]


def world_paths(
    case: WorldCase,
    drawn: Values,
    *,
    first: int,
    year_share: Floats,
    progress: Iterator[None] | None = None,
) -> WorldPaths:
    """Solve a world's regimes for every draw, and run each path through them.

    Parameters
    ----------
    case : WorldCase
        The resolved world.
    drawn : mapping of str to (draw,)
        Parameter values by draw, and ``central``, the long-run trade elasticity they vary about.
    first : int
        First month to keep.
    year_share : (month,), fraction
        Length of each month kept, by which annual rates become monthly amounts.
    progress : iterator, optional
        Advanced once a block.

    Returns
    -------
    WorldPaths
        Trade with inertia; prices, wages, incomes and rates with the regime in force.

    Raises
    ------
    NotConverged
        More draws than the scenario allows found no equilibrium; their numbers are named.

    Notes
    -----
    A draw that fails in one regime at one horizon is left out everywhere, so that differences
    between branches stay differences draw by draw.
    """
    bench = bench_of(case)
    count = len(drawn["years_to_long_run"])
    kept = _Kept(case, count, len(year_share))
    lost, residual = np.zeros(count, dtype=np.bool_), 0.0
    below = np.zeros((len(case.added_low), len(bench.abroad), len(bench.abroad)))
    for block, chosen in _blocks(case, count):
        own = {name: values[block] if values.ndim else values for name, values in drawn.items()}
        regimes = np.flatnonzero(case.weights[chosen].any(axis=(0, 1)))
        part = attrs.evolve(bench, case=_only(case, regimes))
        short, long = (_answers(part, own, horizon) for horizon in ("short", "long"))
        lost[block] = short.lost | long.lost
        residual = max(residual, short.residual, long.residual)
        below[regimes] += len(block) / count * np.maximum(short.below_zero, long.below_zero)
        speed = _speed(case, own)
        for track, path in enumerate(chosen.tolist()):
            run = _run(short, long, case.weights[path][:, regimes], speed, first)
            kept.put(track, block, run, year_share)
        if progress is not None:
            next(progress, None)
    _refuse_lost(case, lost, residual)
    value = bench.value.sum(axis=-1) * bench.abroad
    duty = (bench.value * bench.rate).sum(axis=-1) * bench.abroad
    return kept.paths(value, duty, lost, _named_below(below, case))


def block_size(case: WorldCase) -> int:
    """Give the number of draws solved at a time: a power of two that stays within memory."""
    cells = case.added_low.size * 8
    size = MOST_DRAWS
    while size > 1 and size * cells > BLOCK_BYTES:
        size //= 2
    return size


def block_count(case: WorldCase, draws: int) -> int:
    """Count the blocks that `world_paths` goes through."""
    return len(list(_blocks(case, draws)))


def _blocks(case: WorldCase, count: int) -> Iterator[tuple[Ints, Ints]]:
    """Yield numbers of draws that share their paths, and the path of each track."""
    size = block_size(case)
    tracks = np.arange(len(case.weights))[:, None] if case.tracks is None else case.tracks
    samples = tracks.shape[1]
    for sample in range(samples):
        draws = np.arange(sample, count, samples)
        for start in range(0, len(draws), size):
            yield draws[start : start + size], tracks[:, sample]


def _only(case: WorldCase, regimes: Ints) -> WorldCase:
    """Keep some regimes of a case: those that a block of draws is ever under."""
    return attrs.evolve(
        case, added_low=case.added_low[regimes], added_high=case.added_high[regimes]
    )


def _answers(bench: Bench, drawn: Values, horizon: str) -> Answers:
    own = dict(drawn)
    for name in ("trade_elasticity", "armington_elasticity"):
        if f"{name}_{horizon}" in own:
            own[name] = own[f"{name}_{horizon}"]
    own.setdefault("labour_supply_elasticity", np.zeros(len(own["years_to_long_run"])))
    rates = rates_of(bench.case, own)
    return KERNELS[bench.case.model](bench, rates, own)


def _speed(case: WorldCase, drawn: Values) -> Floats:
    name = "armington_elasticity" if case.model == "gsim" else "trade_elasticity"
    return speed_from_years(
        drawn["years_to_long_run"], drawn[f"{name}_short"], drawn[f"{name}_long"]
    )


@attrs.frozen
class _Run:
    """One path through the regimes of a block; arrays are (month, draw, ...) from `first` on."""

    short: Answers
    long: Answers
    weights: Floats
    speed: Floats
    first: int
    listed: list[InForce]

    def trade_and_duty(self) -> tuple[Floats, Floats]:
        """Run trade with its inertia, and collect the regime's rate on it."""
        near, far = (_flat(end.pairs["customs_value"]) for end in (self.short, self.long))
        trade = adjust(near, far, self.weights, self.speed)[self.first :]
        flow = blend(near, far, self.listed)
        near, far = (_flat(end.pairs["duty"]) for end in (self.short, self.long))
        duty = blend(near, far, self.listed)
        duty *= np.divide(trade, flow, out=np.zeros_like(trade), where=flow != 0)
        shape = (*trade.shape[:2], *self.short.pairs["duty"].shape[2:])
        return trade.reshape(shape), duty.reshape(shape)

    def followed(self, kind: str, name: str) -> Floats:
        """Run what belongs to the regime in force: a ratio under ``changes``, or an amount."""
        near, far = (getattr(end, kind)[name] for end in (self.short, self.long))
        return blend(near, far, self.listed)


def _run(short: Answers, long: Answers, weights: Floats, speed: Floats, first: int) -> _Run:
    """Set a path out; what users are used to is taken once for all its quantities."""
    column = speed[:, None]
    listed = in_force(weights, column, first=first)
    return _Run(short, long, weights, column, first, listed)


def _flat(pairs: Floats) -> Floats:
    """Lay pairs side by side, (regime, draw, pair)."""
    return pairs.reshape(*pairs.shape[:2], -1)


class _Kept:
    """Arrays that blocks of draws are written into; made once, given away when full."""

    def __init__(self, case: WorldCase, draws: int, months: int) -> None:
        self.case, self.months = case, months
        tracks = case.weights if case.tracks is None else case.tracks
        self.shape = (len(tracks), draws)
        self.arrays: dict[tuple[str, tuple[Any, ...]], Floats] = {}

    def put(self, path: int, block: Ints, run: _Run, year_share: Floats) -> None:
        """Write a block of draws of one track."""
        trade, duty = run.trade_and_duty()
        length = year_share[:, None]
        interest = self.case.interest
        for n, i in np.ndindex(trade.shape[2:]):
            if n == i:
                continue
            for kind, values in (("trade", trade), ("duty", duty)):
                monthly = self._followed(kind, (n, i))
                self._write(kind, (n, i), path, block, values[:, :, n, i] * length, monthly=monthly)
        mean = (year_share / year_share.sum())[:, None]
        for kind, part in (("changes", mean), ("amounts", length)):
            for name in getattr(run.short, kind):
                values = run.followed(kind, name)
                for n in range(values.shape[2]):
                    own = values[:, :, n]
                    if kind == "changes":
                        # In percent before any mean is taken: no change stays exactly none.
                        own = 100.0 * (own - 1.0)
                    if not interest[n] or kind == "amounts":
                        own = own * part
                    self._write(kind, (name, n), path, block, own, monthly=bool(interest[n]))

    def _followed(self, kind: str, key: tuple[Any, ...]) -> bool:
        """Tell whether something is kept by month: only what an economy of interest is in."""
        places = {"trade": key, "duty": key[:1]}.get(kind, key[-1:])
        return any(self.case.interest[place] for place in places)

    def _write(
        self,
        kind: str,
        key: tuple[Any, ...],
        path: int,
        block: Ints,
        values: Floats,
        *,
        monthly: bool,
    ) -> None:
        found = self.arrays.get((kind, key))
        if found is None:
            months = self.months if monthly else 1
            found = self.arrays[kind, key] = np.empty((*self.shape, months))
        found[path, block] = values.T if monthly else values.sum(axis=0)[:, None]

    def paths(
        self,
        benchmark: Floats,
        benchmark_duty: Floats,
        lost: Bools,
        below: tuple[tuple[int, int, float], ...],
    ) -> WorldPaths:
        """Give the arrays away, without the draws that were lost."""
        kinds: dict[str, dict[Any, Floats]] = {
            name: {}
            for kind in ("trade", "duty", "changes", "amounts")
            for name in (kind, f"other_{kind}")
        }
        for (kind, key), values in self.arrays.items():
            monthly = self._followed(kind, key)
            found = values[:, ~lost] if lost.any() else values
            found.flags.writeable = False  # made here and held by nobody else: spares a copy
            kinds[kind if monthly else f"other_{kind}"][key] = found
        return WorldPaths(
            **kinds,
            benchmark=benchmark,
            benchmark_duty=benchmark_duty,
            lost=lost,
            below_zero=below,
        )


def _refuse_lost(case: WorldCase, lost: Bools, residual: float) -> None:
    """Refuse to answer from too few draws, and name those that failed."""
    asked = case.options.failures
    limit = FAILURES if asked is None else asked
    numbers = np.flatnonzero(lost)
    if not len(numbers) or (len(numbers) * PARTS_PER_UNIT <= limit * len(lost) and not lost.all()):
        return
    named = ", ".join(map(str, numbers[:MOST_NAMED]))
    more = f" and {len(numbers) - MOST_NAMED} more" if len(numbers) > MOST_NAMED else ""
    raise NotConverged(
        f"{case.model} found no equilibrium in {len(numbers)} of {len(lost)} draws, more than "
        f"the {percent(limit)} allowed: draws {named}{more}; under world, raise iterations or "
        "failures, or narrow the elasticities or the rates",
        iterations=case.options.iterations,
        residual=residual,
    )


def _named_below(below: Floats, case: WorldCase) -> tuple[tuple[int, int, float], ...]:
    worst = below[case.weights.any(axis=(0, 1))].max(axis=0)
    return tuple(
        (int(n), int(i), float(worst[n, i])) for n, i in zip(*np.nonzero(worst), strict=True)
    )
