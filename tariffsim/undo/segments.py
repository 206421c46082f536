"""The law that rules tie to one measure, by segment, and what that measure costs; knows no money.

Whatever no rule of law ties to the measure adds the same with and without it and is left out.
Goods that every list that counts covers alike are one kind, whose cost is worked out once.
"""

import datetime as dt
from collections.abc import Sequence

import attrs
import numpy as np

from tariffsim import stacking
from tariffsim.arrays import Bools, Floats, Ints
from tariffsim.reduce import rate_on
from tariffsim.reduce.on_day import in_force, positional_rule, rules_on
from tariffsim.reduce.one_cell import CellRule
from tariffsim.reduce.reach import groups_on
from tariffsim.states import State
from tariffsim.terms import Economy, Product, Slug
from tariffsim.undo.coverage import Listed, Lists


@attrs.frozen(kw_only=True, eq=False)
class SegmentLaw:
    """The measures in force that rules tie to one measure, while nothing changes.

    Parameters
    ----------
    names : tuple of Slug
        The measures, oldest first.
    own : int
        Position of the measure in question.
    rates : (measure,), parts per million
        Their levels.
    lists : (measure,), int
        Which list each of them has.
    rules : tuple of Rule
        Stacking rules over them.
    """

    names: tuple[Slug, ...]
    own: int
    rates: Ints
    lists: Ints
    rules: tuple[stacking.Rule, ...]


@attrs.frozen(kw_only=True, eq=False)
class Tied:
    """One measure with the law tied to it, for one importer, and the kinds of goods met so far.

    Parameters
    ----------
    laws : tuple of SegmentLaw
        Each law that stood on some segment, once.
    law : (segment,), int
        Which of the laws stood on each segment.
    lists : Lists
        What each list covers.
    kinds : dict of bytes to int
        Number of each kind of goods, by what the lists cover of it.
    kind_of : dict of Economy to dict of Product to int
        By exporter, the kind of each product met.
    coverage : list of (list, end), parts per million
        By kind: the least and the most that each list covers.
    cost : list of (end, law), units of 1e-12
        By kind, as far as it was asked for.
    """

    laws: tuple[SegmentLaw, ...]
    law: Ints
    lists: Lists
    kinds: dict[bytes, int] = attrs.field(factory=dict)
    kind_of: dict[Economy, dict[Product, int]] = attrs.field(factory=dict)
    coverage: list[Ints] = attrs.field(factory=list)
    cost: list[Ints] = attrs.field(factory=list)


def tie(state: State, measure: Slug, importer: Economy, starts: Ints) -> Tied:
    """Gather the law tied to a measure.

    Parameters
    ----------
    state : State
        The folded log.
    measure : Slug
        A measure that is in force on each of the days.
    importer : Economy
        Whose imports.
    starts : (segment,), int
        Ordinals of the first day of each segment.
    """
    listed: dict[Listed, int] = {}
    laws: dict[tuple[object, ...], SegmentLaw] = {}
    number: dict[tuple[object, ...], int] = {}
    law = np.empty(len(starts), dtype=np.int64)
    for segment, start in enumerate(starts.tolist()):
        found = _law(state, measure, dt.date.fromordinal(start), listed)
        rules = tuple(
            (r.kind, r.members.tobytes(), r.over.tobytes(), r.amount) for r in found.rules
        )
        key = (found.names, found.rates.tobytes(), found.lists.tobytes(), rules)
        laws.setdefault(key, found)
        law[segment] = number.setdefault(key, len(number))
    lists = Lists(state=state, importer=importer, measure=measure, listed=tuple(listed))
    return Tied(laws=tuple(laws.values()), law=law, lists=lists)


def _law(state: State, measure: Slug, day: dt.date, listed: dict[Listed, int]) -> SegmentLaw:
    names = _tied_names(state, measure, day)
    measures = [state.measures[name] for name in names]
    laws = [found.enacted for found in measures if found.enacted is not None]
    groups = groups_on(state, day)
    lists = [
        listed.setdefault(Listed.of(name, found, day, groups), len(listed))
        for name, found in zip(names, measures, strict=True)
    ]
    return SegmentLaw(
        names=names,
        own=names.index(measure),
        rates=np.array([rate_on(found, day) for found in measures], dtype=np.int64),
        lists=np.array(lists, dtype=np.int64),
        rules=tuple(_in_arrays(positional_rule(s, laws), len(laws)) for s in rules_on(state, day)),
    )


def _in_arrays(rule: CellRule, count: int) -> stacking.Rule:
    members, over = (np.isin(np.arange(count), held) for held in (rule.members, rule.over))
    return stacking.Rule(kind=rule.kind, members=members, over=over, amount=rule.amount)


def _tied_names(state: State, measure: Slug, day: dt.date) -> tuple[Slug, ...]:
    """List the measures in force that a chain of rules ties to one, with it, oldest first."""
    own = state.measures[measure].enacted
    assert own is not None
    rules = [span.rule for span in rules_on(state, day) if span.imposer == own.imposer]
    bound = [{*r.groups, *r.to, *r.over, *([r.group] if r.group else [])} for r in rules]
    groups: set[Slug] = set()
    for _ in bound:
        groups = groups.union(*(names for names in bound if names & (groups | {own.group})))
    found = []
    for name, other in state.measures.items():
        law = other.enacted
        if law is None or law.form != "ad-valorem" or not in_force(other, day):
            continue
        if name == measure or (law.imposer == own.imposer and law.group in groups):
            found.append((law.effective, name))
    return tuple(name for _, name in sorted(found))


def kinds_of(tied: Tied, exporter: Economy, products: Sequence[Product]) -> Ints:
    """Find the kind of each of an exporter's products; (product,), int.

    Parameters
    ----------
    tied : Tied
        The measure; it remembers the kinds met.
    exporter : Economy
        Whose goods.
    products : sequence of Product
        HS codes of any length.
    """
    known = tied.kind_of.setdefault(exporter, {})
    fresh = [product for product in dict.fromkeys(products) if product not in known]
    if fresh:
        for product, ends in zip(fresh, tied.lists.coverage(exporter, fresh), strict=True):
            kind = tied.kinds.setdefault(ends.tobytes(), len(tied.coverage))
            if kind == len(tied.coverage):
                tied.coverage.append(ends)
            known[product] = kind
    return np.array([known[product] for product in products], dtype=np.int64)


def costs(tied: Tied, kinds: Ints) -> Ints:
    """Work out what a measure costs through the whole stack: with it, less without it.

    Parameters
    ----------
    tied : Tied
        The measure and the law tied to it.
    kinds : (kind,), int
        Kinds of goods, as `kinds_of` numbers them.

    Returns
    -------
    (end, law, kind), units of 1e-12
        Where lists cover the least and the most that is known; neither bounds the other.
    """
    fresh = np.arange(len(tied.cost), len(tied.coverage))
    if len(fresh):
        found = np.zeros((len(fresh), 2, len(tied.laws)), dtype=np.int64)
        for number, law in enumerate(tied.laws):
            flat = coverage_under(tied, law, fresh).reshape(len(law.names), -1)
            found[:, :, number] = _difference(law, flat).reshape(2, len(fresh)).T
        tied.cost.extend(found)
    none = np.zeros((0, 2, len(tied.laws)), dtype=np.int64)
    return np.array([tied.cost[kind] for kind in kinds.tolist()] or none).transpose(1, 2, 0)


def coverage_under(tied: Tied, law: SegmentLaw, kinds: Ints) -> Ints:
    """Give what the measures of a law cover; (measure, end, kind), parts per million."""
    if not len(kinds):
        return np.zeros((len(law.names), 2, 0), dtype=np.int64)
    return np.stack([tied.coverage[kind][law.lists] for kind in kinds.tolist()], axis=-1)


def is_open(coverage: Ints) -> Bools:
    """(kind,), whether it is not known what part of it the lists cover."""
    found: Bools = (coverage[:, 0] != coverage[:, 1]).any(axis=0)
    return found


def drawn_costs(law: SegmentLaw, coverage: Ints, places: Floats) -> Floats:
    """Work out what a measure costs for draws of what the lists cover.

    Parameters
    ----------
    law : SegmentLaw
        The law.
    coverage : (measure, end, kind), parts per million
        The least and the most that each measure covers.
    places : (measure, draw), unit interval
        How far each list lies from the least towards the most.

    Returns
    -------
    (kind, draw), fraction
    """
    low, high = coverage[:, 0, :, None], coverage[:, 1, :, None]
    covered = low + np.rint((high - low) * places[:, None, :]).astype(np.int64)
    cost = _difference(law, covered.reshape(len(law.names), -1))
    return cost.reshape(covered.shape[1:]) / stacking.EXACT_PER_UNIT


def _difference(law: SegmentLaw, coverage: Ints) -> Ints:
    kept = np.arange(len(law.names)) != law.own
    left = [attrs.evolve(r, members=r.members[kept], over=r.over[kept]) for r in law.rules]
    with_it = stacking.stack(law.rates, coverage, law.rules).sum(axis=0)
    without = stacking.stack(law.rates[kept], coverage[kept], left).sum(axis=0)
    difference: Ints = with_it - without
    return difference
