"""Facts of a controlled material to parameters: the figures known on a day, as distributions.

Of several figures of one thing the one that became known last counts. A material whose share or
whose uses nobody has read anywhere is told as falling short, and is not modelled.
"""

import datetime as dt
from collections.abc import Iterable, Mapping, Sequence
from typing import TypeVar

import attrs

from tariffsim.errors import InputError
from tariffsim.events import Claim, Confidence
from tariffsim.experiment import UseCase
from tariffsim.log import Source
from tariffsim.materials import ControlledMaterial, Industry, Reliance, StageShare, Stock, Use
from tariffsim.parameters import Parameter
from tariffsim.scopes import DayInterval, ShareInterval
from tariffsim.terms import PARTS_PER_UNIT, Slug

Fact = Reliance | Stock | Use | Industry
Sources = Mapping[Slug, Source]
F = TypeVar("F", Reliance, Stock)
A = TypeVar("A", StageShare, Reliance, Stock, Use, Industry)


@attrs.frozen(kw_only=True)
class Profile:
    """What a model needs to know of a material: parameters, and which of them is which.

    Parameters
    ----------
    parameters : mapping of str to Parameter
        Made from its facts; named ``material.figure`` or ``material.industry.figure``.
    reliance : tuple of str
        Parameters whose product is the controller's share of need.
    cover : str
        Parameter: days of need in stock.
    uses : tuple of UseCase
        The user with the highest priority first.
    """

    parameters: Mapping[str, Parameter]
    reliance: tuple[str, ...]
    cover: str
    uses: tuple[UseCase, ...]


def shortcomings(
    material: ControlledMaterial, sources: Sources, known_on: dt.date | None = None
) -> tuple[str, ...]:
    """Say what keeps a material out of the model.

    Parameters
    ----------
    material : ControlledMaterial
        What is known of it.
    sources : mapping of Slug to Source
        The register.
    known_on : date, optional
        Only what was published by then counts.

    Returns
    -------
    tuple of str
        Empty where it may be modelled.
    """
    found = []
    if not any(_read(known, sources, known_on) for known in _need(material)):
        found.append(f"no share of {material.importer}'s need from {material.controller} was read")
    elif not _reliance(material, sources, known_on):
        found.append("net imports and the controller's share of them must both be known")
    if not any(_read(use, sources, known_on) for use in material.uses):
        found.append("no share of a use was read")
    if not _latest(material.stocks, sources, known_on):
        found.append("no stock is stated, not even as a prior")
    return tuple(found)


def as_known(
    material: ControlledMaterial, sources: Sources, known_on: dt.date
) -> ControlledMaterial:
    """Leave out what nobody had published by a day: facts, and later claims of the same fact.

    A fact is neither told, nor cited and graded, by what became public after the day.
    """

    def told(facts: Iterable[A]) -> tuple[A, ...]:
        found = (_told_by(fact, sources, known_on) for fact in facts)
        return tuple(fact for fact in found if fact.claims)

    return attrs.evolve(
        material,
        supply=told(material.supply),
        reliance=told(material.reliance),
        stocks=told(material.stocks),
        uses=told(material.uses),
    )


def profile(
    material: ControlledMaterial,
    industries: Sequence[Industry],
    sources: Sources,
    known_on: dt.date,
) -> Profile:
    """Make the parameters of a material from the facts known on a day.

    Parameters
    ----------
    material : ControlledMaterial
        What is known of it.
    industries : sequence of Industry
        With the value that they add.
    sources : mapping of Slug to Source
        The register.
    known_on : date
        Knowledge day.

    Returns
    -------
    Profile
        An interval becomes a uniform distribution, a single figure a fixed number.

    Raises
    ------
    InputError
        The material falls short of what the model asks, or a use names no known industry.
    """
    short = shortcomings(material, sources, known_on)
    if short:
        raise InputError(
            f"{material.material} must have a sourced share and use by {known_on} to be modelled, "
            f"got: {'; '.join(short)}; add them to a sheet of your own and name it under facts"
        )
    name = material.material
    material = as_known(material, sources, known_on)
    made: dict[str, Parameter] = {}
    reliance = _reliance(material, sources, known_on)
    for fact in reliance:
        _add(made, f"{name}.{fact.kind}", fact.share, fact, sources)
    stock = _latest(material.stocks, sources, known_on)
    assert stock is not None
    _add(made, f"{name}.stock", stock.days, stock, sources)
    uses = []
    for use in sorted(material.uses, key=lambda use: use.priority):
        industry = _industry(use, material, industries)
        if _known(industry, sources, known_on):
            industry = _told_by(industry, sources, known_on)
        uses.append(_use(made, f"{name}.{use.industry}", use, industry, sources))
    return Profile(
        parameters=made,
        reliance=tuple(f"{name}.{fact.kind}" for fact in reliance),
        cover=f"{name}.stock",
        uses=tuple(uses),
    )


def _use(
    made: dict[str, Parameter], name: str, use: Use, industry: Industry, sources: Sources
) -> UseCase:
    for field in ("share", "access", "dependence", "input_share"):
        _add(made, f"{name}.{field}", getattr(use, field), use, sources)
    if use.stock_days is not None:
        _add(made, f"{name}.stock", use.stock_days, use, sources)
    low, high = industry.value_added
    value = f"{name}.value_added"
    made[value] = _parameter(value, (low, high), "USD billion a year", industry, sources)
    return UseCase(
        industry=use.industry,
        title=industry.title,
        share=f"{name}.share",
        access=f"{name}.access",
        dependence=f"{name}.dependence",
        input_share=f"{name}.input_share",
        value_added=value,
        stock=f"{name}.stock" if use.stock_days is not None else None,
    )


def _industry(use: Use, material: ControlledMaterial, industries: Sequence[Industry]) -> Industry:
    for industry in industries:
        if industry.industry == use.industry and industry.economy == material.importer:
            return industry
    raise InputError(
        f"{material.material}: industry must be one of {material.importer} in the sheets, got "
        f"{use.industry!r}; add it under industries"
    )


def _add(
    made: dict[str, Parameter],
    name: str,
    interval: ShareInterval | DayInterval,
    fact: Fact,
    sources: Sources,
) -> None:
    if isinstance(interval, DayInterval):
        made[name] = _parameter(
            name, (interval.low, interval.high), "days of normal need", fact, sources
        )
    else:
        ends = (interval.low / PARTS_PER_UNIT, interval.high / PARTS_PER_UNIT)
        made[name] = _parameter(name, ends, "fraction", fact, sources)


def _parameter(
    name: str, ends: tuple[float, float], unit: str, fact: Fact, sources: Sources
) -> Parameter:
    low, high = ends
    claim = _best(fact.claims)
    return Parameter(
        name=name,
        value=(low + high) / 2.0,
        low=low,
        high=high,
        distribution="uniform" if low < high else "fixed",
        unit=unit,
        source=claim.source,
        locator=claim.locator,
        known=_since(fact, sources),
        grade=_grade(claim),
        note=fact.note or "",
    )


def _best(claims: Sequence[Claim]) -> Claim:
    order = ("primary", "official", "secondary", "media", "memory")
    return min(claims, key=lambda claim: order.index(claim.grade))


def _grade(claim: Claim) -> Confidence:
    if claim.grade == "memory":
        return "L"
    if claim.grade in ("primary", "official"):
        return claim.confidence or "M"
    return "L" if claim.confidence == "L" else "M"


def _need(material: ControlledMaterial) -> tuple[Reliance, ...]:
    return tuple(fact for fact in material.reliance if fact.kind != "net-import")


def _reliance(
    material: ControlledMaterial, sources: Sources, known_on: dt.date | None
) -> tuple[Reliance, ...]:
    """Give the share itself, or the two shares that it is the product of; none where one lacks."""
    latest = {
        kind: _latest([f for f in material.reliance if f.kind == kind], sources, known_on)
        for kind in ("from-controller", "net-import", "import-share")
    }
    whole, net, part = latest.values()
    if whole is not None:
        return (whole,)
    return (net, part) if net is not None and part is not None else ()


def _latest(facts: Sequence[F], sources: Sources, known_on: dt.date | None) -> F | None:
    known = [fact for fact in facts if _known(fact, sources, known_on)]
    if not known:
        return None
    last = max(_since(fact, sources) for fact in known)
    return [fact for fact in known if _since(fact, sources) == last][-1]


def _told_by(fact: A, sources: Sources, known_on: dt.date) -> A:
    """Leave out the claims published after a day."""
    by_then = tuple(c for c in fact.claims if sources[c.source].published <= known_on)
    return attrs.evolve(fact, claims=by_then)


def _since(fact: Fact, sources: Sources) -> dt.date:
    return min(sources[claim.source].published for claim in fact.claims)


def _known(fact: Fact, sources: Sources, known_on: dt.date | None) -> bool:
    return known_on is None or _since(fact, sources) <= known_on


def _read(fact: Fact, sources: Sources, known_on: dt.date | None) -> bool:
    return any(
        claim.grade != "memory"
        and (known_on is None or sources[claim.source].published <= known_on)
        for claim in fact.claims
    )
