"""What the lists of some measures cover of many products, looked up once a prefix; knows no rate.

Two codes whose longest prefix on a list is the same, and that are both longer than it, stand alike
before that list: one of them is asked for all. Exporters whom every list treats alike are one.
"""

import datetime as dt
from collections.abc import Sequence
from itertools import count

import attrs
import numpy as np

from tariffsim.arrays import Ints
from tariffsim.reduce.reach import Groups, lists_on, share_of
from tariffsim.scopes import Products, covers_partner
from tariffsim.states import MeasureState, State
from tariffsim.terms import Economy, Product, Slug


@attrs.frozen(kw_only=True)
class Listed:
    """A measure on days on which its list does not change.

    Parameters
    ----------
    measure : Slug
        Which measure.
    day : date
        One of the days.
    spans : tuple of str
        Ids of the scope changes in force.
    groups : mapping, as sorted pairs
        Members of the groups of economies.
    """

    measure: Slug
    spans: tuple[str, ...]
    groups: tuple[tuple[Economy, frozenset[Economy]], ...]
    day: dt.date = attrs.field(eq=False)

    @classmethod
    def of(cls, name: Slug, measure: MeasureState, day: dt.date, groups: Groups) -> "Listed":
        """See a measure's list as it is on a day."""
        spans = tuple(
            span.event
            for span in measure.spans
            if span.effective <= day and (span.until is None or day < span.until)
        )
        pairs = tuple(sorted(groups.items(), key=lambda pair: pair[0]))
        return cls(measure=name, spans=spans, groups=pairs, day=day)


@attrs.frozen(kw_only=True, eq=False)
class Lists:
    """Lists, with what was looked up on them so far.

    Parameters
    ----------
    state : State
        The folded log.
    importer : Economy
        Whose imports.
    measure : Slug
        The measure in question; goods that it never covers are looked up on no other list.
    listed : tuple of Listed
        The lists asked.
    codes : _Codes
        The codes met.
    stems : dict of Slug to _Stems
        By measure: the prefixes that its lists tell apart.
    known : dict
        By list and exporter: the least and the most of the codes asked so far.
    alias : dict of Economy to Economy
        An exporter whom every list treats like this one.
    """

    state: State
    importer: Economy
    measure: Slug
    listed: tuple[Listed, ...]
    codes: "_Codes" = attrs.field(factory=lambda: _Codes())  # noqa: PLW0108 (stands below)
    stems: "dict[Slug, _Stems]" = attrs.field(factory=dict)
    known: dict[tuple[int, Economy], dict[Product, tuple[int, int]]] = attrs.field(factory=dict)
    alias: dict[object, Economy] = attrs.field(factory=dict)

    def coverage(self, exporter: Economy, products: Sequence[Product]) -> Ints:
        """Give the least and the most that each list covers.

        Parameters
        ----------
        exporter : Economy
            Whose goods.
        products : sequence of Product
            HS codes of any length.

        Returns
        -------
        (product, list, end), parts per million
            All nil where the measure in question covers nothing on any day.
        """
        partner = self.alias.setdefault(self._treatment(exporter), exporter)
        codes = self.codes.numbers(products)
        found = np.zeros((len(products), len(self.listed), 2), dtype=np.int64)
        own = {n for n, listed in enumerate(self.listed) if listed.measure == self.measure}
        self._fill(found, own, partner, codes)
        rest = np.flatnonzero(found.any(axis=(1, 2)))
        if len(rest):
            some = found[rest]
            others = set(range(len(self.listed))) - own
            self._fill(some, others, partner, codes[rest])
            found[rest] = some
        return found

    def _fill(self, found: Ints, lists: set[int], exporter: Economy, codes: Ints) -> None:
        """Write what some of the lists cover into (product, list, end), parts per million."""
        for name in {self.listed[number].measure for number in lists}:
            stems = self._stems(name)
            places, number_of = np.unique(stems.places(self.codes)[codes], return_inverse=True)
            asked = [stems.asked[place] for place in places.tolist()]
            for number in lists:
                if self.listed[number].measure == name:
                    found[:, number] = self._ends(number, exporter, asked)[number_of]

    def _ends(self, number: int, exporter: Economy, codes: Sequence[Product]) -> Ints:
        """(code, end), parts per million: what one list covers, each code asked once for all."""
        known = self.known.setdefault((number, exporter), {})
        fresh = [code for code in codes if code not in known]
        if fresh:
            listed = self.listed[number]
            measure, groups = self.state.measures[listed.measure], dict(listed.groups)
            lists = lists_on(measure, listed.day, self.importer, exporter, groups)
            shares = [share_of(lists, code) for code in fresh]
            known.update(zip(fresh, ((share.low, share.high) for share in shares), strict=True))
        return np.array([known[code] for code in codes], dtype=np.int64)

    def _stems(self, name: Slug) -> "_Stems":
        if name not in self.stems:
            self.stems[name] = _Stems.of(self.state.measures[name])
        return self.stems[name]

    def _treatment(self, exporter: Economy) -> object:
        """Say on which lists an exporter stands; the same for exporters treated alike."""
        found: list[bool] = []
        for listed in self.listed:
            measure, groups = self.state.measures[listed.measure], dict(listed.groups)
            assert measure.enacted is not None
            if measure.enacted.flow == "export":
                return exporter
            # A change that names nobody concerns the measure's own partners, which follow from
            # those named.
            named = [span.partners for span in measure.spans if span.partners is not None]
            found += [
                covers_partner(p, exporter, groups) for p in (measure.enacted.partners, *named)
            ]
        return tuple(found)


@attrs.define(eq=False)
class _Codes:
    """Codes met, in the order in which they were.

    Parameters
    ----------
    number : dict of Product to int
        Their numbers.
    names : list of Product
        By number.
    length, digits : (code,), int
        How long each is, and the number that its digits write.
    """

    number: dict[Product, int] = attrs.field(factory=dict)
    names: list[Product] = attrs.field(factory=list)
    length: Ints = attrs.field(factory=lambda: np.zeros(0, dtype=np.int64))
    digits: Ints = attrs.field(factory=lambda: np.zeros(0, dtype=np.int64))

    def numbers(self, products: Sequence[Product]) -> Ints:
        """(product,), the number of each product; a new one gets the next."""
        fresh = [code for code in dict.fromkeys(products) if code not in self.number]
        if fresh:
            self.number.update(zip(fresh, count(len(self.names)), strict=False))
            self.names += fresh
            self.length = np.append(self.length, [len(code) for code in fresh])
            self.digits = np.append(self.digits, [int(code) for code in fresh])
        return np.array([self.number[code] for code in products], dtype=np.int64)


@attrs.define(kw_only=True, eq=False)
class _Stems:
    """The prefixes that a measure's lists tell apart, and one code for each way to meet them.

    Parameters
    ----------
    named : dict of int to (prefix,), int
        By length, the prefixes in order.
    numbers : dict of int to int
        The place of each way: a prefix, or none, and whether the code is longer than it.
    asked : list of Product
        By place, the code that stands for all that meet the lists that way.
    placed : (code,), int
        The place of each code met so far.
    """

    named: dict[int, Ints]
    numbers: dict[int, int] = attrs.field(factory=dict)
    asked: list[Product] = attrs.field(factory=list)
    placed: Ints = attrs.field(factory=lambda: np.zeros(0, dtype=np.int64))

    @classmethod
    def of(cls, measure: MeasureState) -> "_Stems":
        assert measure.enacted is not None
        lists = [measure.enacted.products, *(span.products for span in measure.spans)]
        codes = frozenset[str]().union(*(_named(listed) for listed in lists if listed))
        by_length = {
            length: sorted(int(code) for code in codes if len(code) == length)
            for length in {len(code) for code in codes}
        }
        return cls(named={length: np.array(by_length[length]) for length in sorted(by_length)})

    def places(self, codes: _Codes) -> Ints:
        """(code,), the place, among the codes asked, of the one that stands for each code."""
        start = len(self.placed)
        if start < len(codes.names):
            ways, first, way = np.unique(
                self._ways(codes.digits[start:], codes.length[start:]),
                return_index=True,
                return_inverse=True,
            )
            places = [
                self._place(key, codes.names[start + code])
                for key, code in zip(ways.tolist(), first.tolist(), strict=True)
            ]
            self.placed = np.append(self.placed, np.array(places, dtype=np.int64)[way])
        return self.placed

    def _place(self, way: int, code: Product) -> int:
        place = self.numbers.setdefault(way, len(self.asked))
        if place == len(self.asked):
            self.asked.append(code)
        return place

    def _ways(self, digits: Ints, length: Ints) -> Ints:
        """(code,), the longest of the prefixes that each code starts with, and how it ends."""
        found = np.zeros(len(digits), dtype=np.int64)
        for size, named in self.named.items():
            prefix = digits // 10 ** np.maximum(length - size, 0)
            place = np.minimum(np.searchsorted(named, prefix), len(named) - 1)
            starts = (length >= size) & (named[place] == prefix)
            # Prefixes of different lengths may be one number, as 01 and 0001.
            way = (prefix * 16 + size) * 2 + (length > size)
            found = np.where(starts, way, found)
        return found


def _named(products: Products) -> frozenset[str]:
    codes = (products.listed, products.excepted)
    return frozenset(products.shares).union(*(c.prefixes | c.stems for c in codes))
