"""A user's accounts to a benchmark world: sectors, inputs, own trade, rates; opens no file.

What does not add up is refused with names and numbers, or mended where the user asks for that, and
then told.
"""

import hashlib
from collections.abc import Iterable, Iterator, Mapping, Sequence

import attrs
import numpy as np

from tariffsim.accounts import Accounts, input_shares
from tariffsim.arrays import Floats
from tariffsim.axes import Axis
from tariffsim.finding import Finding
from tariffsim.log import Source
from tariffsim.terms import REST, nearest
from tariffsim.world import WorldTable, codes_held

SHOWN = 5
MENDED = frozenset({"negative-cells", "negative-trade", "unbalanced", "other-output"})
"""Oddities of accounts that a world can be made of all the same, where the user says so."""
AND_MORE = "negative-value-added"
WITHIN_SECTORS = ("long", "baci")


@attrs.frozen(kw_only=True, eq=False)
class WorldParts:
    """What a world needs beside its accounts.

    Parameters
    ----------
    holds : mapping of str to tuple of str
        Customs codes of each sector; a sector that is a code itself needs none.
    trade_elasticity : mapping of str to float
        Central values of single sectors.
    output : mapping of (economy, sector) to float, USD million
        Gross output, from which own trade follows where the table has none.
    inputs : mapping of (economy, used sector, using sector) to float, USD million
        Sales between industries, where the table itself has none.
    benchmark_rate : (importer, exporter, sector), fraction, optional
        Duty over customs value; nothing where left out.
    sources : tuple of Source
        Where the table comes from.
    flagged : tuple of str
        What the reader of a result must know of the parts.
    digest : str
        Hash of their texts.
    """

    holds: Mapping[str, tuple[str, ...]] = attrs.field(factory=dict)
    trade_elasticity: Mapping[str, float] = attrs.field(factory=dict)
    output: Mapping[tuple[str, str], float] = attrs.field(factory=dict)
    inputs: Mapping[tuple[str, str, str], float] = attrs.field(factory=dict)
    benchmark_rate: Floats | None = None
    sources: tuple[Source, ...] = ()
    flagged: tuple[str, ...] = ()
    digest: str = ""


def by_sector(
    accounts: Accounts, holds: Mapping[str, Sequence[str]]
) -> tuple[Accounts | None, tuple[Finding, ...]]:
    """Sum trade by customs code into sectors.

    Parameters
    ----------
    accounts : Accounts
        Trade whose sectors are customs codes.
    holds : mapping of str to sequence of str
        Codes of each sector, or their beginnings; the longest that fits wins.

    Returns
    -------
    Accounts or None
        None where trade stands in no sector.
    findings : tuple of Finding
        The codes without a sector, with their trade.
    """
    stems = sorted(((stem, name) for name, held in holds.items() for stem in held), key=_longest)
    found = [
        next((name for stem, name in stems if code.startswith(stem)), None)
        for code in accounts.sector.labels
    ]
    astray = [code for code, name in zip(accounts.sector.labels, found, strict=True) if not name]
    if astray:
        at = [accounts.sector.index(code) for code in astray]
        value = accounts.customs_value[..., at].sum()
        return None, (
            _error(
                "code-without-sector",
                f"every code must stand in a sector of the concordance, got {len(astray)} that do "
                f"not ({_listed(astray)}), {value:,.3f} USD million together; add them, or begin "
                "their codes with fewer digits",
            ),
        )
    names = sorted({name for name in found if name})
    summed = np.zeros((*accounts.customs_value.shape[:2], len(names)))
    for place, name in enumerate(found):
        summed[..., names.index(name or "")] += accounts.customs_value[..., place]
    return attrs.evolve(accounts, sector=Axis("sector", names), customs_value=summed), ()


def _longest(pair: tuple[str, str]) -> tuple[int, str]:
    return -len(pair[0]), pair[0]


def oddities(findings: Iterable[Finding], *, repair: bool) -> Iterator[Finding]:
    """Turn what is odd about accounts into what keeps a world from being made of them.

    Parameters
    ----------
    findings : iterable of Finding
        What the reader of the accounts found.
    repair : bool
        Whether what can be mended is to be.
    """
    for finding in findings:
        hint = "; or write repair: true under world"
        if finding.rule in MENDED and not repair:
            yield attrs.evolve(finding, severity="error", message=finding.message + hint)
        elif finding.rule == AND_MORE:
            yield attrs.evolve(finding, severity="error")
        elif finding.rule in MENDED:
            yield finding


def repaired(accounts: Accounts) -> Accounts:
    """Set sales below zero to zero, use by use, and sum trade again."""
    if accounts.intermediate is None or accounts.final is None:
        return accounts
    between, final = np.maximum(accounts.intermediate, 0.0), np.maximum(accounts.final, 0.0)
    trade = (between.sum(axis=3) + final).transpose(2, 0, 1)
    return attrs.evolve(accounts, intermediate=between, final=final, customs_value=trade)


def kept_apart(
    accounts: Accounts, keep: Sequence[str]
) -> tuple[Accounts | None, tuple[Finding, ...]]:
    """Sum all economies but some into the rest of the world.

    Parameters
    ----------
    accounts : Accounts
    keep : sequence of str
        Economies that stay.

    Returns
    -------
    Accounts or None
        None where an economy to keep is not there. Where own trade of some that are summed is
        unknown, so is that of the rest: trade among them is but a part of it.
    findings : tuple of Finding

    Examples
    --------
    >>> from tariffsim.files.accounts import load_accounts
    >>> from tariffsim.files.shipped import shipped
    >>> accounts, _ = load_accounts(shipped("data") / "tables" / "illustrative")
    >>> two, _ = kept_apart(accounts, ["USA"])
    >>> two.economy.labels, bool(two.gross_output.sum() == accounts.gross_output.sum())
    (('USA', 'ROW'), True)
    """
    labels = accounts.economy.labels
    strange = [code for code in keep if code not in labels]
    if strange:
        return None, tuple(
            _error(
                "unknown-name",
                f"keep must name economies of {accounts.name}, got {code!r}{nearest(code, labels)}",
            )
            for code in strange
        )
    others = [n for n, code in enumerate(labels) if code not in keep or code == REST]
    stay = [n for n in range(len(labels)) if n not in others]
    if not others:
        return accounts, ()
    groups = [*([n] for n in stay), others]

    def summed(values: Floats | None, *axes: int) -> Floats | None:
        for axis in axes:
            values = None if values is None else _grouped(values, groups, axis)
        return values

    value = _grouped(_grouped(accounts.customs_value, groups, 0), groups, 1)
    if not accounts.customs_value[others, others].any(axis=1).all():
        value[-1, -1] = 0.0
    return attrs.evolve(
        accounts,
        economy=Axis("economy", [*(labels[n] for n in stay), REST]),
        customs_value=value,
        intermediate=summed(accounts.intermediate, 0, 2),
        final=summed(accounts.final, 0, 2),
        value_added=summed(accounts.value_added, 0),
        taxes=summed(accounts.taxes, 0),
        stated_output=summed(accounts.stated_output, 0),
    ), ()


def _grouped(values: Floats, groups: Sequence[Sequence[int]], axis: int) -> Floats:
    """Sum groups of places along an axis."""
    return np.stack([values.take(group, axis).sum(axis) for group in groups], axis)


def world_table(
    accounts: Accounts, parts: WorldParts, *, codes: Accounts | None = None
) -> tuple[WorldTable | None, tuple[Finding, ...]]:
    """Make a benchmark world of accounts.

    Parameters
    ----------
    accounts : Accounts
        Trade by the model's sectors, with sales between them where there are any.
    parts : WorldParts
        What is not in the accounts.
    codes : Accounts, optional
        The same trade by customs code; it weighs the rates of codes within sectors.

    Returns
    -------
    WorldTable or None
        None where something does not add up.
    findings : tuple of Finding
        What does not, with names and numbers.

    Notes
    -----
    Inputs are taken at landed prices, and value added is what output leaves after them: taxes on
    products are in it. Final demand is what spending leaves after inputs.

    Examples
    --------
    >>> from tariffsim.files.accounts import load_accounts
    >>> from tariffsim.files.shipped import shipped
    >>> accounts, _ = load_accounts(shipped("data") / "tables" / "illustrative")
    >>> table, findings = world_table(accounts, WorldParts(holds={"vehicles": ("87",)}))
    >>> table.customs_value.shape, table.covers["vehicles"], findings
    ((3, 3, 6), ('87',), ())
    """
    covers = codes_held(accounts.sector.labels, parts.holds)
    rate = parts.benchmark_rate
    rate = np.zeros(accounts.customs_value.shape) if rate is None else rate
    value, faults = _with_own_trade(accounts, parts.output)
    share = _input_share(accounts, parts, value, rate)
    faults += _overdrawn(accounts, value, rate, share)
    if faults:
        return None, tuple(faults)
    return WorldTable(
        name=accounts.name,
        economy=accounts.economy,
        sector=accounts.sector,
        customs_value=value,
        benchmark_rate=rate,
        input_share=share,
        code=None if codes is None else codes.sector,
        trade_by_code=None if codes is None else codes.customs_value,
        trade_elasticity=parts.trade_elasticity,
        covers=covers,
        sources=parts.sources,
        flagged=(*parts.flagged, *_flags(accounts, parts, covers, rate)),
        digest=hashlib.sha256(f"{accounts.digest}{parts.digest}".encode()).hexdigest(),
    ), ()


def _with_own_trade(
    accounts: Accounts, output: Mapping[tuple[str, str], float]
) -> tuple[Floats, list[Finding]]:
    """Fill own trade with output less exports, sector by sector."""
    value = np.array(accounts.customs_value)
    faults, here = [], np.arange(len(accounts.economy))
    known = np.asarray(value[here, here].any(axis=1))
    exports = value.sum(axis=0)
    for (economy, sector), made in output.items():
        n, s = accounts.economy.index(economy), accounts.sector.index(sector)
        own = made - exports[n, s]
        if known[n]:
            message = (
                f"own trade must be told once, but the table has own trade of {economy}, "
                f"{value[n, n].sum():,.3f} USD million, beside its gross output; drop either"
            )
            faults.append(_error("own-trade-twice", message))
            break
        if own < 0:
            message = (
                f"own trade must not be negative, but {economy} {sector}: output {made:,.3f} less "
                f"exports {exports[n, s]:,.3f} is {own:,.3f}; correct the output"
            )
            faults.append(_error("own-trade", message))
        value[n, n, s] = max(own, 0.0)
    return value, faults


def _input_share(accounts: Accounts, parts: WorldParts, value: Floats, rate: Floats) -> Floats:
    """Give inputs at landed prices over output; (economy, used sector, using sector)."""
    if accounts.intermediate is not None:
        return input_shares(accounts, rate)
    sectors = len(accounts.sector)
    share, made = np.zeros((len(accounts.economy), sectors, sectors)), value.sum(axis=0)
    for (economy, used, using), spent in parts.inputs.items():
        n, j = accounts.economy.index(economy), accounts.sector.index(using)
        if made[n, j] > 0:
            share[n, accounts.sector.index(used), j] = spent / made[n, j]
    return share


def _overdrawn(accounts: Accounts, value: Floats, rate: Floats, share: Floats) -> Iterator[Finding]:
    """Find sectors that use more than they make, and economies that use more than there is."""
    made, spent = value.sum(axis=0), (value * (1.0 + rate)).sum(axis=1)
    left = made * (1.0 - share.sum(axis=1))
    final = spent - np.einsum("nkj,nj->nk", share, made)
    for rule, what, amount, whole, advice in (
        ("negative-value-added", "value added", left, made, "lower its inputs, or merge it"),
        ("negative-final-demand", "final demand", final, spent, "lower its use as an input"),
    ):
        low = np.argwhere(amount + 1e-9 * np.maximum(whole, 1.0) < 0)
        if len(low):
            n, s = min(low, key=lambda cell: amount[tuple(cell)])
            name = f"{accounts.economy.labels[n]} {accounts.sector.labels[s]}"
            yield _error(
                rule,
                f"{what} must not be negative, got {len(low)} sectors below zero, the lowest "
                f"{name}: {amount[n, s]:,.3f} of {whole[n, s]:,.3f} USD million; {advice}",
            )


def _flags(
    accounts: Accounts, parts: WorldParts, covers: Mapping[str, tuple[str, ...]], rate: Floats
) -> Iterator[str]:
    """Say what a reader of results must know of a table of one's own."""
    name = accounts.name
    if not parts.sources:
        yield f"{name}: a table of your own without a source; no day is held against it"
    bare = [sector for sector, held in covers.items() if not held]
    if bare:
        yield f"{name}: no duty reaches {_listed(bare)}, which hold no customs codes"
    if not rate.any():
        yield f"{name}: benchmark rates are zero, none was given"
    if parts.output:
        yield f"{name}: own trade is gross output less exports"
    if accounts.taxes is not None:
        taxes = accounts.taxes.sum()
        yield f"{name}: value added has taxes on products in it, {taxes:,.0f} USD million"
    if accounts.intermediate is None and not parts.inputs:
        yield f"{name}: nothing is an input, for no sales between industries were given"


def _error(rule: str, message: str) -> Finding:
    return Finding(rule=rule, message=message, severity="error")


def _listed(names: Iterable[str]) -> str:
    every = list(names)
    shown = ", ".join(every[:SHOWN])
    return shown if len(every) <= SHOWN else f"{shown} and {len(every) - SHOWN} more"
