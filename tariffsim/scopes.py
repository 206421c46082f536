"""Whom and what an event covers: partners, products, intervals; knows nothing of rates or days.

Coverage of a product code by a scope is exact where the code lies wholly in or out. Where only
part of a coarser code is listed, it is the share the event itself states, or everything between
0 and 1 where it states none.
"""

from collections.abc import Iterable, Mapping
from functools import cached_property

import attrs

from tariffsim.terms import PARTS_PER_UNIT, RESERVED, WORLD, Economy, Product, Share


@attrs.frozen(kw_only=True)
class ShareInterval:
    """A share known only to lie between `low` and `high` (parts per million, both included)."""

    low: Share
    high: Share

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("interval must run from low to high; swap the two")


@attrs.frozen(kw_only=True)
class DayInterval:
    """A number of days known only to lie between `low` and `high` (both included)."""

    low: int
    high: int

    def __attrs_post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError("interval must run from low to high; swap the two")


ALL_OF_IT = ShareInterval(low=Share(PARTS_PER_UNIT), high=Share(PARTS_PER_UNIT))
NONE_OF_IT = ShareInterval(low=Share(0), high=Share(0))
UNKNOWN_PART = ShareInterval(low=Share(0), high=Share(PARTS_PER_UNIT))


@attrs.frozen(kw_only=True)
class CodeShare:
    """The share of one coarser code that a list covers, on the stated basis, with its source."""

    share: ShareInterval
    basis: str = "judgement"
    source: str | None = None


def _economies(codes: Iterable[Economy]) -> tuple[Economy, ...]:
    """Put codes in order: a list is a set, so two spellings of it are one fact."""
    return tuple(sorted(set(codes)))


def _products(codes: Iterable[Product]) -> tuple[Product, ...]:
    return tuple(sorted(set(codes)))


@attrs.frozen(kw_only=True)
class Partners:
    """Economies covered: those included, less the exceptions."""

    include: tuple[Economy, ...] = attrs.field(converter=_economies)
    exclude: tuple[Economy, ...] = attrs.field(default=(), converter=_economies)


@attrs.frozen(kw_only=True, slots=False)
class Products:
    """Products covered: HS prefixes included (None is all goods), less the exceptions.

    `shares` maps a coarser code to the part of it that the list amounts to.
    """

    include: tuple[Product, ...] | None = attrs.field(
        default=None, converter=attrs.converters.optional(_products)
    )
    exclude: tuple[Product, ...] = attrs.field(default=(), converter=_products)
    shares: Mapping[Product, CodeShare] = attrs.field(factory=dict, converter=dict)

    @property
    def all_goods(self) -> bool:
        """Whether the measure is on all goods (named exceptions allowed)."""
        return self.include is None

    @cached_property
    def listed(self) -> "Codes":
        """The codes included, for lookup."""
        return Codes.of(self.include or ())

    @cached_property
    def excepted(self) -> "Codes":
        """The codes excepted, for lookup."""
        return Codes.of(self.exclude)

    @cached_property
    def answers(self) -> dict[Product, ShareInterval]:
        """What `product_coverage` has found so far: the same codes are asked for day after day."""
        return {}


@attrs.frozen
class Codes:
    """A list of prefixes, and the coarser codes that hold one: a lookup instead of a scan."""

    prefixes: frozenset[str]
    stems: frozenset[str]

    @classmethod
    def of(cls, codes: Iterable[str]) -> "Codes":
        """Index a list of codes."""
        prefixes = frozenset(codes)
        stems = frozenset(code[:length] for code in prefixes for length in range(2, len(code), 2))
        return cls(prefixes, stems)

    def hold(self, code: str) -> bool:
        """Tell whether `code` starts with one of the prefixes."""
        return any(code[:length] in self.prefixes for length in range(2, len(code) + 1, 2))


def covers_partner(
    partners: Partners, economy: Economy, groups: Mapping[Economy, frozenset[Economy]]
) -> bool:
    """Tell whether `economy` is covered, resolving group codes through `groups`.

    Examples
    --------
    >>> covers_partner(Partners(include=("WLD",), exclude=("CAN",)), "CAN", {})
    False
    """
    return _listed(partners.include, economy, groups) and not _listed(
        partners.exclude, economy, groups
    )


def _listed(
    codes: tuple[Economy, ...], economy: Economy, groups: Mapping[Economy, frozenset[Economy]]
) -> bool:
    if economy in codes or WORLD in codes:
        return True
    return any(economy in groups.get(code, frozenset()) for code in codes if code in RESERVED)


def product_coverage(products: Products, code: Product) -> ShareInterval:
    """Find the share of product `code` that `products` covers.

    Parameters
    ----------
    products : Products
        The listed prefixes and exceptions.
    code : Product
        An HS code of any length.

    Returns
    -------
    ShareInterval
        Exact (low equals high) where the code lies wholly in or out or a share is stated;
        0 to 1 where part of the code is listed and nobody says how much.

    Examples
    --------
    >>> metals = Products(include=("72",), exclude=("7204",))
    >>> product_coverage(metals, "7208") == ALL_OF_IT
    True
    >>> product_coverage(metals, "72") == UNKNOWN_PART
    True
    """
    known = products.answers
    if code not in known:
        known[code] = _coverage(products, code)
    return known[code]


def _coverage(products: Products, code: Product) -> ShareInterval:
    stated = products.shares.get(code)
    if stated is not None:
        return stated.share
    if products.excepted.hold(code):
        return NONE_OF_IT
    if _inside_a_part(products, code):
        return UNKNOWN_PART
    if products.include is None or products.listed.hold(code):
        return UNKNOWN_PART if code in products.excepted.stems else ALL_OF_IT
    return UNKNOWN_PART if code in products.listed.stems else NONE_OF_IT


def _inside_a_part(products: Products, code: Product) -> bool:
    """Tell whether a coarser code is covered in part and nothing says which part it is."""
    finer = products.excepted if products.include is None else products.listed
    for length in range(2, len(code), 2):
        coarser = Product(code[:length])
        stated = products.shares.get(coarser)
        if stated is not None and stated.share not in (ALL_OF_IT, NONE_OF_IT):
            named = products.include is not None and coarser in finer.prefixes
            if named or coarser not in finer.stems:
                return True
    return False
