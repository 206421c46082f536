"""A benchmark world with names, and the question asked of it resolved; knows no law.

Between a table on disk and the arrays of a kernel: economies, sectors, which customs codes each
sector holds, and the rates of every regime over them.
"""

from collections.abc import Iterable, Mapping

import attrs

from tariffsim.arrays import Bools, Floats, Ints, read_only
from tariffsim.axes import Axis
from tariffsim.log import Source
from tariffsim.scenario import World

GOODS = "goods"
CHAPTERS = tuple(f"{n:02d}" for n in range(1, 98) if n != 77)
"""What the sector `goods` holds: every chapter but 77, which is empty, and 98 and 99."""


def codes_held(
    sectors: Iterable[str], told: Mapping[str, tuple[str, ...]]
) -> dict[str, tuple[str, ...]]:
    """List the customs codes of each sector: as told, or the sector itself where it is a code.

    Examples
    --------
    >>> codes_held(["85", "cars", "services"], {"cars": ("8703",)})
    {'85': ('85',), 'cars': ('8703',), 'services': ()}
    """
    found = {}
    for name in sectors:
        own = CHAPTERS if name == GOODS else (name,) if name.isdigit() else ()
        found[name] = told.get(name, own)
    return found


@attrs.frozen(kw_only=True, eq=False)
class WorldTable:
    """One year of trade among all economies, own trade included, with what links their sectors.

    Parameters
    ----------
    name : str
        The table's name.
    economy, sector : Axis
        Labels; each economy is importer and exporter.
    customs_value : (importer, exporter, sector), USD million
        Duty-exclusive value; own trade on the diagonal.
    benchmark_rate : (importer, exporter, sector), fraction
        Duty over customs value.
    input_share : (economy, used sector, using sector), fraction
        Share of the using sector's output; the rest is value added.
    code : Axis, optional
        Customs codes of the next.
    trade_by_code : (importer, exporter, code), USD million, optional
        The same trade by customs code, where the table tells it; it weighs the rates of codes.
    trade_elasticity : mapping of str to float
        Central values of single sectors; the others take that of the parameters.
    covers : mapping of str to tuple of str
        Customs codes that each sector holds; none for a sector that no duty can reach.
    sources : tuple of Source
        Where the figures come from.
    flagged : tuple of str
        Estimates, judgements and what was filled in.
    digest : str
        Hash of the files as read.
    """

    name: str
    economy: Axis
    sector: Axis
    customs_value: Floats = attrs.field(converter=read_only)
    benchmark_rate: Floats = attrs.field(converter=read_only)
    input_share: Floats = attrs.field(converter=read_only)
    code: Axis | None = None
    trade_by_code: Floats | None = attrs.field(
        converter=attrs.converters.optional(read_only), default=None
    )
    trade_elasticity: Mapping[str, float] = attrs.field(factory=dict)
    covers: Mapping[str, tuple[str, ...]]
    sources: tuple[Source, ...]
    flagged: tuple[str, ...]
    digest: str


@attrs.frozen(kw_only=True, eq=False)
class WorldCase:
    """A benchmark world and the regimes of rates that it is put under.

    Parameters
    ----------
    model : str
        ``gsim``, ``gravity`` or ``world``.
    table : WorldTable
        The benchmark.
    added_low, added_high : (regime, importer, exporter, sector), fraction
        Stacked statutory rate above that of the benchmark day, weighted over customs codes, where
        lists cover the least and the most that is known.
    weights : (path, month, regime), fraction
        Share of the month's days under each regime; sums to one over regimes.
    tracks : (track, sample), int, or None
        The path on which each draw lies, by track: draw i lies on that of sample i modulo their
        number. None where every path is a track, with all draws on it.
    flows : tuple of (int, int)
        Importer and exporter of each flow in question.
    interest : (economy,), bool
        Economies whose paths are kept by month.
    options : World
        Deficits, rebate, patience, and how many draws may fail.
    collected : tuple of (int, int, str)
        Importer, exporter and parameter: the share of a flow's goods that pays what is new; all of
        every other flow.
    left_out : tuple of str
        What the scenario asks of time or of its markets that a world does not have.
    """

    model: str
    table: WorldTable
    added_low: Floats = attrs.field(converter=read_only)
    added_high: Floats = attrs.field(converter=read_only)
    weights: Floats = attrs.field(converter=read_only)
    tracks: Ints | None = attrs.field(default=None, converter=attrs.converters.optional(read_only))
    flows: tuple[tuple[int, int], ...]
    interest: Bools = attrs.field(converter=read_only)
    options: World
    collected: tuple[tuple[int, int, str], ...] = ()
    left_out: tuple[str, ...] = ()
